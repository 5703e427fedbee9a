"""What the leading groups set as quotas, chained for each city. Primary data: no history has it.

A line is never changed; the database refuses it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, insert, select

from models.canonical import canonical
from models.journal import ALGORITHM, GENESIS, link
from models.quota import QuotaSet
from models.tables import QuotaSetRow
from storage.database import table_of, writing

QUOTA_SET = table_of(QuotaSetRow)


class Setting(NamedTuple):
    """What was set, and what had been set before."""

    made: QuotaSet
    before: tuple[QuotaSet, ...]


class SqlQuotas:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, city: str) -> tuple[QuotaSet, ...]:
        """In the order set."""
        with self._engine.connect() as connection:
            return _of(connection, city)

    def set(self, city: str, decide: Callable[[Sequence[QuotaSet]], QuotaSet]) -> Setting:
        """Keeps what `decide` makes of all that was set before; two at once go one by one. Raises what it raises."""
        with writing(self._engine, f"quotas {city}") as connection:
            before = _of(connection, city)
            made = decide(before)
            text, previous = canonical(made), _head(connection, city)
            row = {
                "city": city, "number": made.number, "quota": made.quota.id, "at": made.at, "text": text.decode(),
                "algorithm": ALGORITHM, "previous": previous, "hash": link(ALGORITHM, previous, text),
            }  # fmt: skip
            connection.execute(insert(QUOTA_SET), row)
        return Setting(made, before)

    def broken(self, city: str) -> int | None:
        """The first setting that is missing, changed, or does not follow from those before; None where all stands."""
        names = ("number", "quota", "algorithm", "previous", "hash", "text")
        query = select(*(QUOTA_SET.c[name] for name in names)).where(QUOTA_SET.c.city == city)
        previous, expected = GENESIS, 1
        with self._engine.connect() as connection:
            for number, quota, algorithm, before, hash_, text in connection.execute(query.order_by(QUOTA_SET.c.number)):
                whole = before == previous and link(algorithm, previous, text.encode()) == hash_
                if number != expected or not whole or not _repeats(text, number, quota):
                    return expected
                previous, expected = hash_, expected + 1
        return None

    def cities(self) -> tuple[str, ...]:
        with self._engine.connect() as connection:
            return tuple(connection.scalars(select(QUOTA_SET.c.city).distinct().order_by(QUOTA_SET.c.city)))


def _repeats(text: str, number: int, quota: str) -> bool:
    """Whether the columns are what the text says."""
    try:
        said = QuotaSet.model_validate_json(text)
    except ValidationError:
        return False
    return (said.number, said.quota.id) == (number, quota)


def _of(connection: Connection, city: str) -> tuple[QuotaSet, ...]:
    query = select(QUOTA_SET.c.text).where(QUOTA_SET.c.city == city).order_by(QUOTA_SET.c.number)
    return tuple(QuotaSet.model_validate_json(text) for text in connection.scalars(query))


def _head(connection: Connection, city: str) -> str:
    query = select(QUOTA_SET.c.hash).where(QUOTA_SET.c.city == city).order_by(QUOTA_SET.c.number.desc()).limit(1)
    return connection.scalar(query) or GENESIS
