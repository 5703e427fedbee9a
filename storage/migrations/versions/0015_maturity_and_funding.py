"""How mature a scene is, how far its project, and where its money comes from: lists are filtered by them.

Only the application says so, hence the columns of the scenes that there are are filled from their first entries.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("maturity", "project_stage", "funding_source")
AT_ONCE = 500


def upgrade() -> None:
    with op.batch_alter_table("scene") as scene:
        for name in COLUMNS:
            scene.add_column(sa.Column(name, sa.String()))
    connection = op.get_bind()
    scenes = sa.table("scene", *(sa.column(name) for name in ("scene", *COLUMNS)))
    entries = sa.table("entry", *(sa.column(name) for name in ("stream", "sequence", "text")))
    first = sa.select(entries.c.stream, entries.c.text).where(entries.c.sequence == 1).limit(AT_ONCE)
    after = ""
    while page := connection.execute(first.where(entries.c.stream > after).order_by(entries.c.stream)).all():
        for stream, text in page:
            told: dict[str, str] = next(
                (each["application"] for each in json.loads(text)["events"] if "application" in each), {}
            )
            said = {name: told.get(name) for name in COLUMNS}
            connection.execute(scenes.update().where(scenes.c.scene == stream).values(said))
            after = stream


def downgrade() -> None:
    with op.batch_alter_table("scene") as scene:
        for name in reversed(COLUMNS):
            scene.drop_column(name)
