"""Suggestions to change a rule, of all scenes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("bidder", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("by_role", sa.String(), nullable=False),
        sa.Column("by_unit", sa.String(), nullable=False),
        sa.Column("to_role", sa.String(), nullable=False),
        sa.Column("to_unit", sa.String(), nullable=False),
        sa.Column("suggested_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String()),
        sa.Column("answered_on", sa.Date()),
        sa.Column("answered_in", sa.Integer()),
        sa.Column("authority", sa.String()),
        sa.Column("document", sa.String()),
    )
    op.create_index("suggestion_by_day", "suggestion", ["suggested_on", "stream", "id"])


def downgrade() -> None:
    op.drop_table("suggestion")
