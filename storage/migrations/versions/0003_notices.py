"""Holiday notices: proposed, decided, and into which scenes each was brought."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "year_notice",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("year_notice_by_year", "year_notice", ["year", "proposed_at"])
    op.create_table(
        "notice_loaded",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("scene", sa.String(), primary_key=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("notice_loaded")
    op.drop_table("year_notice")
