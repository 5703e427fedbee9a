"""The register of documents, and the last number of each series."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer()),
        sa.Column("number", sa.String()),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("to_role", sa.String(), nullable=False),
        sa.Column("to_unit", sa.String(), nullable=False),
        sa.Column("to_person", sa.String()),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("sha256", sa.String()),
        sa.Column("written_at", MOMENT),
    )
    op.create_index("document_by_number", "document", ["city", "year", "series", "ordinal"])
    op.create_index("document_by_issue", "document", ["issued_at"])
    op.create_table(
        "document_count",
        sa.Column("city", sa.String(), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("series", sa.String(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )

    with op.batch_alter_table("posted") as posted:
        posted.add_column(sa.Column("brought", sa.JSON()))


def downgrade() -> None:
    with op.batch_alter_table("posted") as posted:
        posted.drop_column("brought")
    op.drop_table("document_count")
    op.drop_table("document")
