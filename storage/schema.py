"""Which schema a database has, and which the code needs; and whether it still guards what only grows."""

from typing import NamedTuple

from sqlalchemy import Engine, text

from storage.database import alembic_config

GUARDED = ("entry", "refusal", "directory", "fund_entry", "log_leaf", "checkpoint", "rulebook", "quota_set")
"""The tables that only grow: triggers refuse to change, delete, replace or truncate what stands there.

There is no door for our own code: restoring and rebuilding only add. Who has the rights of the database's owner can
take a trigger away; what he changes then, the chains and the checkpoints show.
"""
_GUARDS: dict[str, tuple[tuple[str, ...], str]] = {
    "sqlite": (
        ("refuses_update", "refuses_delete", "refuses_replace"),
        "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    ),
    "postgresql": (("append_only",), "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"),
}


class Schema(NamedTuple):
    """`has` is None for a database without our tables."""

    has: str | None
    needs: str | None

    @property
    def current(self) -> bool:
        return self.has == self.needs

    @property
    def is_newer(self) -> bool:
        """Revisions are numbered: 0001, 0002 and so on."""
        return self.has is not None and self.needs is not None and self.has > self.needs


def schema(engine: Engine) -> Schema:
    """Changes nothing. Raises SQLAlchemyError for a database that does not answer."""
    from alembic.migration import MigrationContext  # half a second, for nothing but this
    from alembic.script import ScriptDirectory

    with engine.connect() as connection:
        has = MigrationContext.configure(connection).get_current_revision()
        return Schema(has, ScriptDirectory.from_config(alembic_config(connection)).get_current_head())


def missing_guards(engine: Engine) -> tuple[str, ...]:
    """The triggers that are gone or switched off, as table_trigger."""
    names, query = _GUARDS[engine.dialect.name]
    with engine.connect() as connection:
        there = set(connection.scalars(text(query)))
    wanted = [f"{table}_{name}" for table in GUARDED for name in names]
    return tuple(each for each in wanted if each not in there)
