"""Events from outside that a person closed: who, when and why."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("received") as received:
        received.add_column(sa.Column("dismissal", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("received") as received:
        received.drop_column("dismissal")
