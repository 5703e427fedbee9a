"""What the leading groups set as quotas. Primary data: no history has it. A line is never changed."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, insert, select

from models.canonical import canonical
from models.quota import QuotaSet
from models.tables import QuotaSetRow
from storage.database import table_of, writing

QUOTA_SET = table_of(QuotaSetRow)


class SqlQuotas:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, city: str) -> tuple[QuotaSet, ...]:
        """In the order set."""
        with self._engine.connect() as connection:
            return _of(connection, city)

    def set(self, city: str, decide: Callable[[Sequence[QuotaSet]], QuotaSet]) -> QuotaSet:
        """Keeps what `decide` makes of all that was set before; two at once go one by one. Raises what it raises."""
        with writing(self._engine, f"quotas {city}") as connection:
            decided = decide(_of(connection, city))
            row = {"city": city, "number": decided.number, "quota": decided.quota.id, "at": decided.at}
            connection.execute(insert(QUOTA_SET), {**row, "text": canonical(decided).decode()})
        return decided


def _of(connection: Connection, city: str) -> tuple[QuotaSet, ...]:
    query = select(QUOTA_SET.c.text).where(QUOTA_SET.c.city == city).order_by(QUOTA_SET.c.number)
    return tuple(QuotaSet.model_validate_json(text) for text in connection.scalars(query))
