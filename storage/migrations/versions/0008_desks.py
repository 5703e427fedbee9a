"""At whose desk a duty lies, drafts, and who has read which message."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("duty") as duty:
        duty.add_column(sa.Column("claimed_by", sa.String()))
        duty.add_column(sa.Column("delegated_to", sa.String()))
    op.create_table(
        "draft",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("draft_by_unit", "draft", ["unit", "role"])
    op.create_table(
        "read_mark",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("recipient", sa.String(), primary_key=True),
        sa.Column("rung", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("read_mark")
    op.drop_index("draft_by_unit", "draft")
    op.drop_table("draft")
    with op.batch_alter_table("duty") as duty:
        duty.drop_column("delegated_to")
        duty.drop_column("claimed_by")
