"""What the owner of the database can do to the rows of the ledger, once he has taken its guards away.

Each is done at a place that chance picks, with what a check has to name: the first entry that is not as it was; and,
where the chain was made again to its end, the head that was signed in a checkpoint.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sqlalchemy import Engine, delete, insert, select, update

from models.journal import GENESIS, link
from models.tables import EntryRow, SceneRow
from storage.checkpoints import SqlCheckpoints
from storage.database import table_of
from storage.reads import LedgerReads

ENTRY, SCENE = table_of(EntryRow), table_of(SceneRow)
Row = dict[str, object]
Rows = list[Row]


@dataclass(frozen=True)
class Done:
    """Rows of the `streams`; `first` is the first sequence that is not as it was. `known` is what the list of scenes
    says of their lengths, where that was changed too. `fits`: the chain holds by itself, only a checkpoint can tell."""

    streams: tuple[str, ...]
    rows: Rows
    first: int
    known: int | None = None
    fits: bool = False


@dataclass(frozen=True)
class Verdict:
    noticed: bool
    named: bool


class Ledger:
    """A ledger with a checkpoint over all of it, in which one thing at a time is done and undone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reads, self._checkpoints = LedgerReads(engine), SqlCheckpoints(engine)
        with engine.begin() as connection:
            for name in (
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            ):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            entries = connection.execute(select(ENTRY)).mappings()
            self.rows: dict[str, Rows] = {}
            for row in sorted(entries, key=lambda each: (each["stream"], each["sequence"])):
                self.rows.setdefault(row["stream"], []).append(dict(row))

    def judged(self, done: Done) -> Verdict:
        """By `scene doctor`'s own checks of the chains and of the checkpoints."""
        self._put(done.streams, done.rows, done.known)
        broken = {each: at for each in self.rows if (at := self._reads.verify_chain(each)) is not None}
        differing = {each.logged.leaf.stream for each in self._checkpoints.differing()}
        self._put(done.streams, [row for each in done.streams for row in self.rows[each]], None)
        self._known(done.streams, None)
        if done.fits:
            return Verdict(bool(broken or differing), set(done.streams) == differing and not broken)
        return Verdict(bool(broken or differing), broken == dict.fromkeys(done.streams, done.first))

    def _put(self, streams: tuple[str, ...], rows: Rows, known: int | None) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(ENTRY).where(ENTRY.c.stream.in_(streams)))
            if rows:
                connection.execute(insert(ENTRY), rows)
        if known is not None:
            self._known(streams, known)

    def _known(self, streams: tuple[str, ...], known: int | None) -> None:
        with self._engine.begin() as connection:
            for stream in streams:
                length = len(self.rows[stream]) if known is None else known
                row = update(SCENE).where(SCENE.c.scene == stream).values(sequence=length)
                connection.execute(row)


def at_random(of: Ledger, chance: Random, name: str | None = None) -> tuple[str, Done]:
    chosen = name or chance.choice(sorted(KINDS))
    return chosen, KINDS[chosen](of, chance)


def edit(of: Ledger, chance: Random) -> Done:
    """A person, a time, a word: some letter of an entry's text."""
    stream, rows, place = _place(of, chance)
    text = str(rows[place]["text"])
    at = chance.randrange(len(text))
    rows[place]["text"] = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
    return Done((stream,), rows, place + 1)


def edit_hash(of: Ledger, chance: Random) -> Done:
    stream, rows, place = _place(of, chance)
    field = chance.choice(["hash", "previous"])
    rows[place][field] = "".join(chance.choices("0123456789abcdef", k=64))
    return Done((stream,), rows, place + 1)


def edit_algorithm(of: Ledger, chance: Random) -> Done:
    stream, rows, place = _place(of, chance)
    rows[place]["algorithm"] = chance.choice(["md5", "none", "sha1"])
    return Done((stream,), rows, place + 1)


def delete_entry(of: Ledger, chance: Random) -> Done:
    stream, rows, place = _place(of, chance)
    del rows[place]
    return Done((stream,), rows, place + 1)


def delete_and_renumber(of: Ledger, chance: Random) -> Done:
    stream, rows, place = _place(of, chance)
    del rows[place]
    return Done((stream,), _numbered(rows), place + 1)


def insert_entry(of: Ledger, chance: Random) -> Done:
    """Another scene's entry, or one of its own again; those after it move on."""
    stream, rows, place = _place(of, chance)
    other = dict(chance.choice(of.rows[chance.choice(sorted(of.rows))]), stream=stream)
    while place < len(rows) and other["text"] == rows[place]["text"]:
        place += 1
    rows.insert(place, other)
    # A scene's first entry stands well at the beginning of another's chain, until the next one.
    first = place + 1 if place or other["sequence"] != 1 else 2
    return Done((stream,), _numbered(rows), first)


def reorder(of: Ledger, chance: Random) -> Done:
    stream, rows, place = _place(of, chance, at_least=2)
    place = min(place, len(rows) - 2)
    rows[place], rows[place + 1] = rows[place + 1], rows[place]
    return Done((stream,), _numbered(rows), place + 1)


def truncate(of: Ledger, chance: Random) -> Done:
    stream, rows, place = _place(of, chance)
    return Done((stream,), rows[:place], place + 1)


def roll_back(of: Ledger, chance: Random) -> Done:
    """The list of scenes goes back as well: the chain holds, and is shorter than what was signed."""
    stream, rows, place = _place(of, chance)
    return Done((stream,), rows[:place], place + 1, known=place, fits=True)


def swap_scenes(of: Ledger, chance: Random) -> Done:
    """Two scenes change their names; each chain holds."""
    one, other = chance.sample(sorted(of.rows), 2)
    rows = [dict(row, stream=other) for row in of.rows[one]] + [dict(row, stream=one) for row in of.rows[other]]
    known = min(len(of.rows[one]), len(of.rows[other]))
    return Done((one, other), rows, 1, known=known, fits=True)


def edit_and_chain_anew(of: Ledger, chance: Random) -> Done:
    stream, rows, place = _place(of, chance)
    entry = json.loads(str(rows[place]["text"]))
    entry["command"]["actor"]["person"] = f"nobody-{chance.randrange(10**6)}"
    rows[place]["text"] = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Done((stream,), _chained(rows), place + 1, fits=True)


def delete_and_chain_anew(of: Ledger, chance: Random) -> Done:
    """An entry never happened; numbers, also those within the texts, and hashes are made again."""
    stream, rows, place = _place(of, chance)
    del rows[place]
    rows = _numbered(rows)
    for row in rows:
        entry = {**json.loads(str(row["text"])), "sequence": row["sequence"]}
        row["text"] = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Done((stream,), _chained(rows), place + 1, known=len(rows), fits=True)


KINDS: dict[str, Callable[[Ledger, Random], Done]] = {
    each.__name__: each
    for each in (
        edit, edit_hash, edit_algorithm, delete_entry, delete_and_renumber, insert_entry, reorder, truncate, roll_back,
        swap_scenes, edit_and_chain_anew, delete_and_chain_anew,
    )
}  # fmt: skip


def _place(of: Ledger, chance: Random, *, at_least: int = 1) -> tuple[str, Rows, int]:
    stream = chance.choice(sorted(stream for stream, rows in of.rows.items() if len(rows) >= at_least))
    rows = [dict(row) for row in of.rows[stream]]
    return stream, rows, chance.randrange(len(rows))


def _numbered(rows: Rows) -> Rows:
    return [dict(row, sequence=number) for number, row in enumerate(rows, start=1)]


def _chained(rows: Rows) -> Rows:
    previous = GENESIS
    for row in rows:
        row["previous"] = previous
        row["hash"] = previous = link("sha256", previous, str(row["text"]).encode())
    return rows
