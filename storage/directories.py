"""The directories of the cities: every version that was confirmed, chained, and what was proposed.

Primary data: no history has it. A version is never changed; the database refuses it.
"""

from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Connection, Engine, insert, select, update

from models.canonical import canonical
from models.directory import DirectoryChange
from models.journal import ALGORITHM, GENESIS, link
from models.proposal import ProposalStatus
from models.tables import DirectoryChangeRow, DirectoryRow
from storage.database import table_of, writing

DIRECTORY = table_of(DirectoryRow)
CHANGE = table_of(DirectoryChangeRow)

Standing = DirectoryChange | None
"""The version in force; None before the first."""


class SqlDirectories:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def in_force(self, city: str) -> Standing:
        with self._engine.connect() as connection:
            return _in_force(connection, city)

    def version(self, city: str, version: int) -> Standing:
        of_it = select(DIRECTORY.c.text).where(DIRECTORY.c.city == city, DIRECTORY.c.version == version)
        with self._engine.connect() as connection:
            text = connection.scalar(of_it)
        return DirectoryChange.model_validate_json(text) if text is not None else None

    def versions(self, city: str | None = None) -> tuple[DirectoryChange, ...]:
        """Of one city, or of all; the latest first."""
        query = select(DIRECTORY.c.text).order_by(DIRECTORY.c.city, DIRECTORY.c.version.desc())
        if city is not None:
            query = query.where(DIRECTORY.c.city == city)
        with self._engine.connect() as connection:
            return tuple(DirectoryChange.model_validate_json(text) for text in connection.scalars(query))

    def changes(self) -> tuple[DirectoryChange, ...]:
        """The last proposed first."""
        query = select(CHANGE.c.text).order_by(CHANGE.c.proposed_at.desc(), CHANGE.c.id)
        with self._engine.connect() as connection:
            return tuple(DirectoryChange.model_validate_json(text) for text in connection.scalars(query))

    def propose(self, city: str, propose: Callable[[Standing], DirectoryChange]) -> DirectoryChange:
        """Keeps what `propose` makes of the version in force; the same proposal again is the one that stands."""
        with writing(self._engine, f"directory {city}") as connection:
            change = propose(_in_force(connection, city))
            while (stands := _change(connection, change.id)) is not None:
                if stands.status is not ProposalStatus.REJECTED:
                    return stands
                # The same again after a rejection is another proposal.
                change = change.model_copy(update={"id": sha256(change.id.encode()).hexdigest()})
            connection.execute(insert(CHANGE), {"id": change.id, "city": city, "base": change.base, **_kept(change)})
        return change

    def decide(
        self, id: str, city: str, decide: Callable[[Standing, DirectoryChange], DirectoryChange]
    ) -> DirectoryChange:
        """The change as `decide` makes it; confirmed, it is the next version in the same transaction.

        Raises KeyError for a change that nobody proposed, and whatever `decide` raises.
        """
        with writing(self._engine, f"directory {city}") as connection:
            stands = _change(connection, id)
            if stands is None:
                raise KeyError(id)
            decided = decide(_in_force(connection, city), stands)
            if decided != stands:
                connection.execute(update(CHANGE).where(CHANGE.c.id == id).values(**_kept(decided)))
                if decided.status is ProposalStatus.CONFIRMED:
                    _append(connection, city, decided)
        return decided

    def broken(self, city: str) -> int | None:
        """The first version whose link is missing or changed; None where the chain is whole."""
        columns = [DIRECTORY.c[name] for name in ("version", "algorithm", "previous", "hash", "text")]
        query = select(*columns).where(DIRECTORY.c.city == city).order_by(DIRECTORY.c.version)
        previous, expected = GENESIS, 1
        with self._engine.connect() as connection:
            for version, algorithm, before, hash_, text in connection.execute(query):
                whole = before == previous and link(algorithm, previous, text.encode()) == hash_
                if version != expected or not whole:
                    return expected
                previous, expected = hash_, version + 1
        return None

    def cities(self) -> tuple[str, ...]:
        with self._engine.connect() as connection:
            return tuple(connection.scalars(select(DIRECTORY.c.city).distinct().order_by(DIRECTORY.c.city)))


def _in_force(connection: Connection, city: str) -> Standing:
    newest = select(DIRECTORY.c.text).where(DIRECTORY.c.city == city).order_by(DIRECTORY.c.version.desc()).limit(1)
    text = connection.scalar(newest)
    return DirectoryChange.model_validate_json(text) if text is not None else None


def _change(connection: Connection, id: str) -> Standing:
    text = connection.scalar(select(CHANGE.c.text).where(CHANGE.c.id == id))
    return DirectoryChange.model_validate_json(text) if text is not None else None


def _kept(change: DirectoryChange) -> dict[str, object]:
    return {"status": change.status.value, "proposed_at": change.proposed_at, "text": canonical(change).decode()}


def _append(connection: Connection, city: str, change: DirectoryChange) -> None:
    if change.decision is None:
        raise ValueError(f"{change.id} is not decided")
    last = select(DIRECTORY.c.hash).where(DIRECTORY.c.city == city, DIRECTORY.c.version == change.base)
    previous = connection.scalar(last) or GENESIS
    text = canonical(change)
    connection.execute(
        insert(DIRECTORY),
        {
            "city": city,
            "version": change.version,
            "algorithm": ALGORITHM,
            "previous": previous,
            "hash": link(ALGORITHM, previous, text),
            "at": change.decision.at,
            "text": text.decode(),
        },
    )
