"""The directories of the cities; a version that was confirmed is never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "directory",
        sa.Column("city", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "directory_change",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("directory_change_by_city", "directory_change", ["city", "proposed_at"])
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER directory_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON directory "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER directory_refuses_{act.lower()} BEFORE {act} ON directory "
            f"BEGIN SELECT RAISE(ABORT, 'directory is append-only: {act} refused'); END"
        )
    op.execute(
        "CREATE TRIGGER directory_refuses_replace BEFORE INSERT ON directory "
        "WHEN EXISTS (SELECT 1 FROM directory WHERE city = NEW.city AND version = NEW.version) "
        "BEGIN SELECT RAISE(ABORT, 'directory is append-only: REPLACE refused'); END"
    )


def downgrade() -> None:
    """Refused while there is anything: no history would bring it back."""
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(sa.table("directory"))):
        raise RuntimeError("the table directory is not empty; export it and use a new database instead")
    op.drop_table("directory_change")
    op.drop_table("directory")
