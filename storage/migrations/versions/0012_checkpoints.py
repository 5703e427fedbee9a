"""The checkpoint log; refusals chained for each scene instead of all in one; kept policies are guarded as well.

Refusals that stand already are linked anew, each scene's in the order they came: their hashes change, their texts and
digests do not. A chain that does not hold is not linked anew, which would hide what was done to it: the migration
stops there.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
GENESIS = "0" * 64
REFUSAL = ("scene", "sequence", "code", "person", "unit", "role", "seen", "at", "digest", "algorithm", "previous",
           "hash", "text")  # fmt: skip


def upgrade() -> None:
    if context.is_offline_mode():
        # A script can not link anew what it does not see: it must not drop it either.
        if op.get_context().dialect.name != "postgresql":
            raise RuntimeError("0012 links refusals anew: migrate SQLite online")
        op.execute(
            "DO $$ BEGIN IF EXISTS (SELECT 1 FROM refusal) THEN "
            "RAISE EXCEPTION 'refusals stand here: migrate online'; END IF; END $$"
        )
    refusals = [] if context.is_offline_mode() else _refusals()
    op.drop_table("refusal")
    op.create_table(
        "refusal",
        sa.Column("scene", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
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
    op.create_index("refusal_by_time", "refusal", ["at"])
    op.create_index("refusal_by_code", "refusal", ["code", "at"])
    if refusals:
        op.get_bind().execute(sa.insert(sa.table("refusal", *map(sa.column, REFUSAL))), _linked_by_scene(refusals))
    op.create_table(
        "log_leaf",
        sa.Column("index", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.create_index("log_leaf_by_stream", "log_leaf", ["kind", "stream", "sequence"], unique=True)
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), unique=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
    )
    _guard("refusal", "(scene = NEW.scene AND sequence = NEW.sequence) OR digest = NEW.digest")
    _guard(
        "log_leaf",
        '"index" = NEW."index" OR (kind = NEW.kind AND stream = NEW.stream AND sequence = NEW.sequence)',
    )
    _guard("checkpoint", "number = NEW.number OR day = NEW.day")
    _guard("rulebook", "digest = NEW.digest AND calendar = NEW.calendar")


def _refusals() -> Sequence[Any]:
    """All that stand, in their order. Raises RuntimeError where the chain does not hold."""
    found = op.get_bind().execute(sa.text("SELECT * FROM refusal ORDER BY sequence")).mappings().all()
    previous = GENESIS
    for expected, row in enumerate(found, start=1):
        if row["sequence"] != expected or row["previous"] != previous or _link(previous, row["text"]) != row["hash"]:
            raise RuntimeError(
                f"refusal {expected} is missing or changed: restore a backup, or ask who changed it, before migrating"
            )
        previous = row["hash"]
    return found


def _linked_by_scene(refusals: Sequence[Any]) -> list[dict[str, Any]]:
    heads: dict[str, tuple[int, str]] = {}
    linked = []
    for row in refusals:
        sequence, previous = heads.get(row["scene"], (0, GENESIS))
        heads[row["scene"]] = (sequence + 1, _link(previous, row["text"]))
        linked.append(
            {name: row[name] for name in REFUSAL}
            | {"sequence": sequence + 1, "algorithm": "sha256", "previous": previous, "hash": heads[row["scene"]][1]}
        )
    return linked


def _link(previous: str, text: str) -> str:
    """`models.journal.link` as it was when these were written."""
    return sha256(f"sha256\n{previous}\n{text}".encode()).hexdigest()


def _guard(table: str, there_already: str) -> None:
    """The database refuses to change, delete or replace what stands there; see 0001."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {act} refused'); END"
        )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "  # noqa: S608  # all named above
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there_already}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: REPLACE refused'); END"
    )


def downgrade() -> None:
    """Refused while the log or the refusals hold anything."""
    for table in ("checkpoint", "log_leaf", "refusal"):
        if op.get_bind().scalar(sa.select(sa.func.count()).select_from(sa.table(table))):
            raise RuntimeError(f"the table {table} is not empty; export it and use a new database instead")
    op.drop_table("checkpoint")
    op.drop_table("log_leaf")
    op.drop_table("refusal")
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
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER rulebook_append_only ON rulebook")
    else:
        for act in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER rulebook_refuses_{act}")
    _guard("refusal", "sequence = NEW.sequence OR digest = NEW.digest")
