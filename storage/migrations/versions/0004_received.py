"""Events from outside: each is kept before it is acted on; of what nobody known had signed only the number is."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "received",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event_id", sa.String()),
        sa.Column("type", sa.String()),
        sa.Column("subject", sa.String()),
        sa.Column("time", sa.String()),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("command_id", sa.String(), unique=True),
        sa.Column("handling", sa.String(), nullable=False),
        sa.Column("code", sa.String()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("scene", sa.String()),
        sa.Column("entry", sa.Integer()),
        sa.Column("command", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", MOMENT),
    )
    op.create_index("received_by_handling", "received", ["handling", "received_at"])
    op.create_index("received_by_source", "received", ["source", "received_at"])
    op.create_index("received_by_scene", "received", ["scene", "received_at"])
    op.create_table(
        "turned_away",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("turned_away")
    op.drop_table("received")
