"""Delivery: when a message is tried again, and that it was given up."""

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


def downgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("given_up_at")
        outbox.drop_column("retry_at")
