"""The risk compensation pools of the cities, each a chained journal of its own: read, judged and written in one go.

Whoever acts in a pool is alone with it from reading its balance to writing the entry, so no two approvals ever count
on the same money. Primary data: no history has it; the database refuses to change an entry.
"""

from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, delete, func, insert, select

from models.canonical import canonical
from models.fund import (
    ClaimFiled,
    FileClaim,
    FundAct,
    FundCommand,
    FundEntry,
    FundReceipt,
    FundState,
    OnClaim,
    SceneReading,
)
from models.journal import ALGORITHM, GENESIS, link
from models.policy import Policy
from models.refusal import Refused
from models.tables import EntryRow, FundEntryRow, OutboxRow
from rules import fund as rules
from rules.fund_notifications import notifications, outrun
from rules.keyed import find
from storage.database import table_of, writing
from storage.projection import outbox_row
from storage.reads import LedgerReads

ENTRY, SCENE_ENTRY, OUTBOX = table_of(FundEntryRow), table_of(EntryRow), table_of(OutboxRow)


class SqlFunds:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reads = LedgerReads(engine)

    def act(self, policy: Policy, command: FundCommand, now: datetime) -> FundReceipt:
        """The receipt of a command that stands; the same command again has the same one.

        Raises Refused as the rules do, and command_id_reused, stale, fund_reading_untrue.
        """
        city = policy.city
        if isinstance(command.act, FileClaim) and self.command(city, command.command_id) is None:
            self._refuse_untrue(command.act)
        reading = self._fresh(city, command.act)
        with writing(self._engine, f"fund {city}") as connection:
            if (stands := _by_command(connection, city, command.command_id)) is not None:
                if stands.command.digest != command.digest:
                    raise Refused("command_id_reused", command_id=command.command_id)
                return _receipt(city, stands)
            state, head = _folded(connection, city)
            try:
                rests_on = command.act.reading if isinstance(command.act, FileClaim) else reading
                if rests_on is not None:
                    _refuse_overtaken(connection, rests_on)
                events = rules.decide(policy, state, command, now, reading)
            except Refused as refused:
                refused.sequence, refused.policy = state.sequence, policy.digest
                raise
            entry = FundEntry(
                sequence=state.sequence + 1,
                at=now,
                command=command,
                events=events,
                policy=policy.digest,
                calendar=policy.calendar.version,
                reading=reading,
            )
            _append(connection, city, head, entry)
            _tell(connection, policy.code, state, entry)
        return _receipt(city, entry)

    def _fresh(self, city: str, act: FundAct) -> SceneReading | None:
        """How the claim's scene stands now, where the act rests on that."""
        if not isinstance(act, rules.RESTS_ON_SCENE):
            return None
        claim = find(self.state(city).claims, number=act.claim)
        records = self._reads.entries(claim.scene) if claim is not None else []
        if claim is None or not records:
            return None
        journal = tuple(each.entry for each in records)
        return rules.read_scene(claim.scene, journal, records[-1].hash, claim.bidder, claim.incident)

    def _refuse_untrue(self, act: FileClaim) -> None:
        """What a claim says of its scene is what the scene's own journal says at that entry."""
        said = act.reading
        records = self._reads.entries(said.scene, last=said.sequence)
        if records and records[-1].entry.sequence == said.sequence:
            journal = tuple(each.entry for each in records)
            if rules.read_scene(said.scene, journal, records[-1].hash, act.bidder, act.incident) == said:
                return
        raise Refused("fund_reading_untrue", scene=said.scene, sequence=said.sequence)

    def state(self, city: str) -> FundState:
        with self._engine.connect() as connection:
            return _folded(connection, city)[0]

    def command(self, city: str, command_id: str) -> FundCommand | None:
        """What stands under an id."""
        with self._engine.connect() as connection:
            entry = _by_command(connection, city, command_id)
        return entry.command if entry is not None else None

    def history(self, city: str, *, claim: int | None = None) -> tuple[FundEntry, ...]:
        """Every entry of a city, or those of one claim; the latest first."""
        with self._engine.connect() as connection:
            entries = tuple(entry for entry, _ in _entries(connection, city))[::-1]
        return entries if claim is None else tuple(each for each in entries if claim_of(each) == claim)

    def broken(self, city: str) -> int | None:
        """The first entry that is missing, changed, or does not follow from those before; None where all stands."""
        columns = [ENTRY.c[name] for name in ("sequence", "command_id", "algorithm", "previous", "hash", "text")]
        query = select(*columns).where(ENTRY.c.city == city).order_by(ENTRY.c.sequence)
        previous, state = GENESIS, FundState(city=city)
        with self._engine.connect() as connection:
            for sequence, command_id, algorithm, before, hash_, text in connection.execute(query):
                expected = state.sequence + 1
                if sequence != expected or before != previous or link(algorithm, previous, text.encode()) != hash_:
                    return expected
                try:
                    entry = FundEntry.model_validate_json(text)
                    state = rules.fold(state, entry)
                except (ValidationError, ValueError):
                    return expected
                if entry.command.command_id != command_id or not 0 <= state.reserved_yuan <= state.balance_yuan:
                    return expected
                previous = hash_
        return None

    def cities(self) -> tuple[str, ...]:
        with self._engine.connect() as connection:
            return tuple(connection.scalars(select(ENTRY.c.city).distinct().order_by(ENTRY.c.city)))


def claim_of(entry: FundEntry) -> int | None:
    """The claim that an entry is about."""
    if isinstance(entry.command.act, OnClaim):
        return entry.command.act.claim
    return next((event.claim.number for event in entry.events if isinstance(event, ClaimFiled)), None)


def _refuse_overtaken(connection: Connection, said: SceneReading) -> None:
    """A claim rests on all that is recorded of its scene, not on a better day."""
    last = connection.scalar(select(func.max(SCENE_ENTRY.c.sequence)).where(SCENE_ENTRY.c.stream == said.scene))
    if last != said.sequence:
        raise Refused("stale", seen=said.sequence, subject=said.scene, changed=last)


def _entries(connection: Connection, city: str) -> list[tuple[FundEntry, str]]:
    query = select(ENTRY.c.text, ENTRY.c.hash).where(ENTRY.c.city == city).order_by(ENTRY.c.sequence)
    return [(FundEntry.model_validate_json(text), hash_) for text, hash_ in connection.execute(query)]


def _folded(connection: Connection, city: str) -> tuple[FundState, str]:
    """How the pool stands, and its chain's head."""
    state, head = FundState(city=city), GENESIS
    for entry, hash_ in _entries(connection, city):
        state, head = rules.fold(state, entry), hash_
    return state, head


def _by_command(connection: Connection, city: str, command_id: str) -> FundEntry | None:
    query = select(ENTRY.c.text).where(ENTRY.c.city == city, ENTRY.c.command_id == command_id)
    text = connection.scalar(query)
    return FundEntry.model_validate_json(text) if text is not None else None


def _append(connection: Connection, city: str, previous: str, entry: FundEntry) -> None:
    text = canonical(entry)
    connection.execute(
        insert(ENTRY),
        {
            "city": city,
            "sequence": entry.sequence,
            "command_id": entry.command.command_id,
            "algorithm": ALGORITHM,
            "previous": previous,
            "hash": link(ALGORITHM, previous, text),
            "at": entry.at,
            "text": text.decode(),
        },
    )


def _tell(connection: Connection, code: str, before: FundState, entry: FundEntry) -> None:
    """The entry's messages, in the same transaction; what a duty would still have said is taken back with it."""
    stream, after = f"fund:{code}", rules.fold(before, entry)
    if over := outrun(before, after):
        to_come = (OUTBOX.c.send_after > entry.at, OUTBOX.c.delivered_at.is_(None))
        connection.execute(delete(OUTBOX).where(OUTBOX.c.stream == stream, OUTBOX.c.deadline.in_(over), *to_come))
    if told := notifications(before, after, entry):
        connection.execute(insert(OUTBOX), [outbox_row(stream, entry.sequence, entry.at, each) for each in told])


def _receipt(city: str, entry: FundEntry) -> FundReceipt:
    return FundReceipt(
        city=city,
        sequence=entry.sequence,
        command_id=entry.command.command_id,
        digest=entry.command.digest,
        at=entry.at,
        claim=claim_of(entry),
    )
