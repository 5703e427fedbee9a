"""The ledger and its projections. The database itself refuses to change or to delete what stands in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LEDGERS = ("entry", "refusal")


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("build", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
    )
    op.create_table(
        "refusal",
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("person", sa.String()),
        sa.Column("unit", sa.String()),
        sa.Column("role", sa.String()),
        sa.Column("seen", sa.Integer()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(), nullable=False, unique=True),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("refusal_by_scene", "refusal", ["scene", "at"])
    op.create_index("refusal_by_code", "refusal", ["code", "at"])
    op.create_table(
        "scene",
        sa.Column("scene", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("risk", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("outcome", sa.String()),
        sa.Column("lead", sa.String()),
        sa.Column("regulator", sa.String()),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("cooperating", sa.JSON(), nullable=False),
        sa.Column("bidders", sa.JSON(), nullable=False),
        sa.Column("declared", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("began_on", sa.Date()),
        sa.Column("entered_at", MOMENT),
        sa.Column("next_due_at", MOMENT),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("policy_digest", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("assumed", sa.JSON(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
    )
    op.create_index("scene_by_city_and_stage", "scene", ["city", "stage"])
    op.create_index("scene_by_lead", "scene", ["lead"])
    op.create_index("scene_by_next_due", "scene", ["next_due_at"])
    op.create_table(
        "deadline",
        sa.Column("scene", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("started_by", sa.Integer(), primary_key=True),
        sa.Column("limit", sa.String(), nullable=False),
        sa.Column("holder_role", sa.String()),
        sa.Column("holder_unit", sa.String()),
        sa.Column("holder_person", sa.String()),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("bidder", sa.String()),
        sa.Column("verbs", sa.JSON(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("closed_sequence", sa.Integer()),
        sa.Column("fact", sa.Text(), nullable=False),
    )
    op.create_index("deadline_by_status", "deadline", ["status", "due_at"])
    op.create_table(
        "duty",
        sa.Column("scene", sa.String(), primary_key=True),
        sa.Column("deadline", sa.String(), primary_key=True),
        sa.Column("limit", sa.String(), nullable=False),
        sa.Column("holder_role", sa.String(), nullable=False),
        sa.Column("holder_unit", sa.String(), nullable=False),
        sa.Column("holder_person", sa.String()),
        sa.Column("verbs", sa.JSON(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("bidder", sa.String()),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
    )
    op.create_index("duty_by_unit", "duty", ["holder_unit", "due_at"])
    op.create_index("duty_by_person", "duty", ["holder_person", "due_at"])
    op.create_table(
        "outbox",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("recipient", sa.String(), primary_key=True),
        sa.Column("rung", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("deadline", sa.String()),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("send_after", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("delivered_at", MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text()),
        sa.Column("message_id", sa.String()),
    )
    undelivered = sa.text("delivered_at IS NULL")
    op.create_index(
        "outbox_undelivered",
        "outbox",
        ["recipient", "send_after"],
        sqlite_where=undelivered,
        postgresql_where=undelivered,
    )
    op.create_table(
        "rulebook",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("calendar", sa.String(), primary_key=True),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "archive",
        sa.Column("workflow_id", sa.String(), primary_key=True),
        sa.Column("run_id", sa.String(), primary_key=True),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.Column("archived_at", MOMENT, nullable=False),
    )
    op.create_index("archive_by_stream", "archive", ["stream", "closed_at"])
    if op.get_context().dialect.name == "postgresql":
        _forbid_in_postgresql()
    else:
        _forbid_in_sqlite()


def _forbid_in_postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for ledger in LEDGERS:
        op.execute(
            f"CREATE TRIGGER {ledger}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {ledger} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )


def _forbid_in_sqlite() -> None:
    """INSERT OR REPLACE deletes without asking the triggers of a deletion: it is caught as the insert it is."""
    there_already = {
        "entry": "SELECT 1 FROM entry WHERE stream = NEW.stream AND sequence = NEW.sequence",
        "refusal": "SELECT 1 FROM refusal WHERE sequence = NEW.sequence OR digest = NEW.digest",
    }
    for ledger in LEDGERS:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {ledger}_refuses_{act.lower()} BEFORE {act} ON {ledger} "
                f"BEGIN SELECT RAISE(ABORT, '{ledger} is append-only: {act} refused'); END"
            )
        op.execute(
            f"CREATE TRIGGER {ledger}_refuses_replace BEFORE INSERT ON {ledger} "
            f"WHEN EXISTS ({there_already[ledger]}) "
            f"BEGIN SELECT RAISE(ABORT, '{ledger} is append-only: REPLACE refused'); END"
        )


def downgrade() -> None:
    """Refused while the ledger holds anything: a schema is rebuilt, a ledger is not."""
    for ledger in LEDGERS:
        if op.get_bind().scalar(sa.select(sa.func.count()).select_from(sa.table(ledger))):
            raise RuntimeError(f"the table {ledger} is not empty; export it and use a new database instead")
    for table in ("archive", "rulebook", "outbox", "duty", "deadline", "scene", "refusal", "entry"):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_is_append_only()")
