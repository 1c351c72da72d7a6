"""`smartflow up`: everything in one process, on SQLite."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from shlex import quote

import click
import uvloop

from smartflow.cmd.demo import DEMO, fill, is_published
from smartflow.cmd.ended import brief
from smartflow.cmd.host import Means
from smartflow.cmd.migrate import upgrade
from smartflow.cmd.options import with_data_dir
from smartflow.cmd.product import Product, assemble
from smartflow.cmd.reach import call_server
from smartflow.cmd.settings import Settings, settings_of
from smartflow.cmd.shown import fail
from smartflow.gateway.server import Server, bound, bound_locally, server, started
from smartflow.services.schedule.plan.jobs import KIND as PLANS
from smartflow.services.userauth.passwords import KIND as PASSWORDS
from smartflow.shared.database.faults import Faults, NoFaults
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.kernel.ids import SystemEntropy
from smartflow.shared.process.datadir import DataDir
from smartflow.shared.process.lifecycle import Action, Lifecycle, Stage
from smartflow.shared.process.logs import configure, logger
from smartflow.shared.process.loop import Rounds, SystemWaits
from smartflow.shared.process.pool import WORKERS, ProcessPool
from smartflow.shared.process.telemetry import Metrics


@click.command("up")
@click.option("--demo", is_flag=True, help="Make a demonstration account with something in it (loopback only).")
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; 0 takes a free one.")
@with_data_dir
def command(demo: bool, host: str | None, port: int | None, data_dir: Path | None) -> None:  # noqa: FBT001 - a flag
    """Run everything in one process, with nothing to configure."""
    options = {"http.host": host, "http.port": port, "data_dir": data_dir}
    settings = settings_of({key: str(value) for key, value in options.items() if value is not None})
    if demo and settings.is_public():
        fail("demo data are for this machine alone: leave --demo out, or listen on 127.0.0.1")
    folder = DataDir(settings.data_dir)
    folder.lock()
    upgrade(folder.database)
    configure(sys.stderr, SystemClock(), settings.log.level)
    uvloop.run(serve(settings, folder, demo=demo))


async def serve(settings: Settings, folder: DataDir, *, demo: bool, faults: Faults | None = None) -> None:
    """Run until told to stop, then drain."""
    metrics = Metrics()
    engine = SqliteEngine(folder.database, faults=faults, grouped=metrics.commits.observe)
    await engine.open()
    entropy, pool = SystemEntropy(), ProcessPool(limits={PASSWORDS: 2, PLANS: WORKERS - 1})
    means = Means(engine, SystemClock(), entropy, pool, faults or NoFaults(), metrics=metrics)
    product = assemble(settings, means, DEMO if demo else None)
    life = Lifecycle(Rounds(SystemWaits(), entropy, metrics), patience=timedelta(seconds=10))
    life.at(Stage.FLUSH, "database", engine.close)
    life.at(Stage.FLUSH, "workers", pool.close)
    life.at(Stage.FLUSH, "relays", product.host.backbone.close)
    life.at(Stage.FINISH, "parts", product.host.close)
    for loop, lease in product.loops():
        life.loop(loop, lease)
    if settings.is_public() and await is_published(product.clients):
        fail(_published(folder))
    try:
        listening = bound(settings.http.host, settings.http.port)
    except OSError as error:
        fail(f"cannot listen on {settings.http.host}:{settings.http.port}: {error.strerror}")
    web, calls = server(product.gateway), server(call_server(product))
    life.must_run("http", lambda: web.serve([listening]))
    life.must_run("calls", lambda: calls.serve([bound_locally(folder.socket())]))
    for each in (web, calls):
        life.at(Stage.ACCEPT, "server", _stopping(each))
    life.at(Stage.STREAMS, "live", product.hub.close)
    life.must_run("start", lambda: _started(product, web, life.stop, listening.getsockname()[:2], demo=demo))
    with life.signals():
        await life.run()


async def _started(product: Product, web: Server, stop: asyncio.Event, address: tuple[str, int], *, demo: bool) -> None:
    """Say that all is ready; who cannot even be told that has no use for the rest."""
    await _ready(product, web, address, demo=demo)
    await stop.wait()


async def _ready(product: Product, web: Server, address: tuple[str, int], *, demo: bool) -> None:
    await started(web)
    account = ""
    if demo:
        await _filled(product)
        account = f" (demo account: {DEMO.username}, password: {DEMO.password})"
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    click.echo(f"SmartFlow is ready on http://{host}:{address[1]}{account}")


async def _filled(product: Product) -> None:
    """Fill the demo account; without it, or half of it, the rest is there all the same."""
    try:
        await fill(product.clients, product.host.clock.now())
    except Exception as error:  # noqa: BLE001 - whatever it was, the product is not the demo
        logger("demo").exception("demo.incomplete")
        click.echo(f"smartflow: the demo account is incomplete: {brief(error)}", err=True)


def _published(folder: DataDir) -> str:
    """Say what is to be done before others may reach a server with the demo's account."""
    set_it, delete = (f"smartflow user {verb} {DEMO.username} --data-dir {quote(str(folder.path))}" for verb in ("password", "delete"))
    return f"everybody knows the password of the account {DEMO.username}; before others can reach it, run: {set_it}, or: {delete}"


def _stopping(serving: Server) -> Action:
    async def stop() -> None:
        serving.should_exit = True

    return stop
