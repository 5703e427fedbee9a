"""Which schema a database has, and which the code needs."""

from typing import NamedTuple

from sqlalchemy import Engine

from storage.database import alembic_config


class Schema(NamedTuple):
    """`has` is None for a database without our tables."""

    has: str | None
    needs: str | None

    @property
    def current(self) -> bool:
        return self.has == self.needs


def schema(engine: Engine) -> Schema:
    """Changes nothing. Raises SQLAlchemyError for a database that does not answer."""
    from alembic.migration import MigrationContext  # half a second, for nothing but this
    from alembic.script import ScriptDirectory

    with engine.connect() as connection:
        has = MigrationContext.configure(connection).get_current_revision()
        return Schema(has, ScriptDirectory.from_config(alembic_config(connection)).get_current_head())
