"""Copies and their kin: who copies whom, what alarms the kin, and which reviews were re-opened for it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kinship",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("original", sa.String(), primary_key=True),
        sa.Column("replica", sa.String(), primary_key=True),
        sa.Column("evidence", sa.Integer()),
    )
    op.create_table(
        "lineage_alarm",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("incident", sa.String()),
    )
    op.create_table(
        "lineage_review",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("cause_stream", sa.String(), primary_key=True),
        sa.Column("cause_sequence", sa.Integer(), primary_key=True),
        sa.Column("affected", sa.Boolean()),
    )


def downgrade() -> None:
    op.drop_table("lineage_review")
    op.drop_table("lineage_alarm")
    op.drop_table("kinship")
