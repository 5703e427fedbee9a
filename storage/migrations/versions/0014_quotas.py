"""Quotas as the leading groups set them; a line is never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota_set",
        sa.Column("city", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("quota", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER quota_set_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_set "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER quota_set_refuses_{act.lower()} BEFORE {act} ON quota_set "
            f"BEGIN SELECT RAISE(ABORT, 'quota_set is append-only: {act} refused'); END"
        )
    op.execute(
        "CREATE TRIGGER quota_set_refuses_replace BEFORE INSERT ON quota_set "
        "WHEN EXISTS (SELECT 1 FROM quota_set WHERE city = NEW.city AND number = NEW.number) "
        "BEGIN SELECT RAISE(ABORT, 'quota_set is append-only: REPLACE refused'); END"
    )


def downgrade() -> None:
    """Refused while there is anything: no history would bring it back."""
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(sa.table("quota_set"))):
        raise RuntimeError("the table quota_set is not empty; export it and use a new database instead")
    op.drop_table("quota_set")
