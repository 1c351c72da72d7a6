"""Brings a database to this version's schema; one linear history, forward only in the product."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from smartflow.cmd.shown import fact, fail, with_json

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"
VERSIONS = Path(__file__).parent / "migrations" / "versions"


class SchemaNewer(Exception):  # noqa: N818 - said to the operator as it is
    """The database was written by a newer SmartFlow."""


def configuration(path: Path) -> "Config":
    """Make the migration tool's configuration for a database file; it connects when it is used."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(rev)s_%%(slug)s")
    config.attributes["connection"] = create_engine(f"sqlite:///{path}", poolclass=NullPool).connect()
    return config


def revision(path: Path) -> str | None:
    """Read which schema a database has; None for one that has none yet."""
    if not path.exists():
        return None
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(path: Path) -> bool:
    """Bring a database to the newest schema; gives whether anything had to be done.

    Raises:
        SchemaNewer: It was written by a newer SmartFlow.
    """
    found = revision(path)
    if found == HEAD:
        return False
    if found is not None and found > HEAD:
        raise SchemaNewer(found)
    from alembic import command

    config = configuration(path)
    try:
        command.upgrade(config, "head")
        config.attributes["connection"].commit()
    finally:
        config.attributes["connection"].close()
    return True


@click.command("migrate")
@click.option("--data-dir", type=click.Path(path_type=Path), help="The data directory.")
@with_json
def command(data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Bring the database to this version's schema. `up` does so by itself."""
    from smartflow.cmd.settings import data_dir_of
    from smartflow.shared.process.datadir import DataDirError

    folder = data_dir_of(data_dir)
    try:
        folder.lock()
        changed = upgrade(folder.database)
    except (DataDirError, SchemaNewer) as error:
        fail(str(error))
    fact({"schema": HEAD, "changed": changed}, f"The schema is at {HEAD}.", as_json=as_json)
