"""The risk compensation pools of the cities; what was recorded is never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fund_entry",
        sa.Column("city", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("fund_entry_by_command", "fund_entry", ["city", "command_id"], unique=True)
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER fund_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund_entry "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER fund_entry_refuses_{act.lower()} BEFORE {act} ON fund_entry "
            f"BEGIN SELECT RAISE(ABORT, 'fund_entry is append-only: {act} refused'); END"
        )
    op.execute(
        "CREATE TRIGGER fund_entry_refuses_replace BEFORE INSERT ON fund_entry WHEN EXISTS (SELECT 1 FROM fund_entry "
        "WHERE city = NEW.city AND (sequence = NEW.sequence OR command_id = NEW.command_id)) "
        "BEGIN SELECT RAISE(ABORT, 'fund_entry is append-only: REPLACE refused'); END"
    )


def downgrade() -> None:
    """Refused while there is anything: no history would bring it back."""
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(sa.table("fund_entry"))):
        raise RuntimeError("the table fund_entry is not empty; export it and use a new database instead")
    op.drop_table("fund_entry")
