"""Quotas are chained for each city, as the journal is; those that were set before are chained as they stand."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CHAIN = ("algorithm", "previous", "hash")


def upgrade() -> None:
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT city, number, quota, at, text FROM quota_set ORDER BY city, number"))
    rows = [dict(row) for row in known.mappings()]
    heads: dict[str, str] = {}
    for row in rows:
        previous = heads.get(row["city"], "0" * 64)
        heads[row["city"]] = sha256(f"sha256\n{previous}\n".encode() + row["text"].encode()).hexdigest()
        row |= {"algorithm": "sha256", "previous": previous, "hash": heads[row["city"]]}
    _replace(rows, CHAIN)


def downgrade() -> None:
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT city, number, quota, at, text FROM quota_set ORDER BY city, number"))
    _replace([dict(row) for row in known.mappings()], ())


def _replace(rows: list[dict[str, object]], chain: tuple[str, ...]) -> None:
    """The table is made anew with its guards: nothing in it can be changed."""
    op.drop_table("quota_set")
    table = op.create_table(
        "quota_set",
        sa.Column("city", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("quota", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in chain),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    columns = [column.name for column in table.columns]
    for row in rows:
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        statement = sa.text(f"INSERT INTO quota_set ({names}) VALUES ({values})")  # noqa: S608 - names of our own
        op.get_bind().execute(statement, {name: row[name] for name in columns})
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
