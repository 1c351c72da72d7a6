"""Runs migrations on the connection that it is given."""

from typing import Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from smartflow.cmd.schema import schema

connection = context.config.attributes["connection"]


def _plain(kind: str, column_type: object, _: object) -> str | Literal[False]:
    """Write our own column types as what they are stored as: a migration imports nothing of the product."""
    return f"sa.{column_type.impl_instance!r}" if kind == "type" and isinstance(column_type, TypeDecorator) else False


# Whoever hands the connection over has seen to it that changes of the schema obey the transaction.
context.configure(connection=connection, target_metadata=schema(), render_item=_plain, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
