"""How alembic reaches our database: by the connection that `storage.database.migrate` hands in, or on its own.

On its own (`alembic upgrade head`) it reads SCENE_DATABASE_URL, or `-x url=...`.
"""

import os

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import models.tables  # noqa: F401  # fills the metadata
from storage.database import engine_for, writing


def _url() -> str:
    url = context.get_x_argument(as_dictionary=True).get("url") or os.environ.get("SCENE_DATABASE_URL")
    if not url:
        raise SystemExit("Which database? Set SCENE_DATABASE_URL, or say `alembic -x url=... upgrade head`.")
    return str(url)


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(url=_url(), target_metadata=SQLModel.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif (handed_in := context.config.attributes.get("connection")) is not None:
    _run(handed_in)
else:
    engine = engine_for(_url())
    with writing(engine, "schema") as connection:
        _run(connection)
    engine.dispose()
