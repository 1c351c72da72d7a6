"""`smartflow openapi`: the API's description, without a running server."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from smartflow.cmd.host import Means
from smartflow.cmd.product import assemble
from smartflow.cmd.settings import settings_of
from smartflow.gateway.openapi import describe
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.ids import SystemEntropy
from smartflow.shared.process.pool import ProcessPool


@click.command("openapi")
def command() -> None:
    """Print the API's description (OpenAPI 3.1, JSON)."""
    click.echo(to_json(asyncio.run(document())))


async def document() -> Mapping[str, Any]:
    """Describe the routes of the product; nothing is opened and nothing is kept."""
    with TemporaryDirectory() as folder:
        settings = settings_of({"data_dir": folder})
        means = Means(SqliteEngine(Path(folder) / "none.db"), SystemClock(), SystemEntropy(), ProcessPool())
        product = assemble(settings, means)
        return describe(product.gateway.routes.all, "0.1.0")
