"""Delivery: when a message is tried again, that it was given up, and which ways a letter went."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("retry_at", MOMENT))
        outbox.add_column(sa.Column("given_up_at", MOMENT))
    op.create_table(
        "posted",
        sa.Column("letter", sa.String(), primary_key=True),
        sa.Column("way", sa.String(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text()),
    )


def downgrade() -> None:
    op.drop_table("posted")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("given_up_at")
        outbox.drop_column("retry_at")
