"""Copies and their kin as the ledger's projections have them; nothing is written here."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Engine, and_, select, union

from models.frozen import Frozen
from models.journal import JournalEntry
from models.lineage import Cause, Evidence
from models.state import SceneState
from rules.journal import fold
from rules.lineage import evidence_of
from storage.ledger import ALARM, ENTRY, KINSHIP, LINEAGE_REVIEW, SCENE


class Member(Frozen):
    """One of a family, as its last recorded entry left it."""

    scene: str
    name: str
    city: str
    step: str
    outcome: str | None

    @property
    def closed(self) -> bool:
        return self.step == "closed"


class Reopened(NamedTuple):
    """A review that a scene re-opened because of an entry of its kin."""

    scene: str
    cause_scene: str
    cause_sequence: int
    affected: bool | None


class Unproven(NamedTuple):
    """Evidence that a copy has, and that its original's journal does not bear out."""

    replica: str
    original: str
    sequence: int
    head: str


class Snapshot(NamedTuple):
    """A state with the head of its chain, as of the same entry."""

    state: SceneState
    head: str


class SqlLineage:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shown: dict[tuple[str, int, str], Evidence | None] = {}

    def ties(self) -> tuple[tuple[str, str], ...]:
        """Every (original, copy) that the copy tells of."""
        query = select(KINSHIP.c.original, KINSHIP.c.replica).distinct().order_by(KINSHIP.c.original, KINSHIP.c.replica)
        with self._engine.connect() as connection:
            return tuple((original, copy) for original, copy in connection.execute(query))

    def inherited(self) -> frozenset[tuple[str, str]]:
        """Every (original, copy) of which the copy has the evidence."""
        query = select(KINSHIP.c.original, KINSHIP.c.replica).where(KINSHIP.c.evidence.is_not(None))
        with self._engine.connect() as connection:
            return frozenset((original, copy) for original, copy in connection.execute(query))

    def entered_at(self, scene: str, sequence: int) -> datetime | None:
        query = select(ENTRY.c.text).where(ENTRY.c.stream == scene, ENTRY.c.sequence == sequence)
        with self._engine.connect() as connection:
            text = connection.scalar(query)
        return None if text is None else JournalEntry.model_validate_json(text).at

    def proves(self, evidence: Evidence) -> bool:
        """Whether the original's journal has the entry that evidence names, and says by then what evidence says.

        A true head under other contents is no proof: they are made again from the journal up to that entry.
        """
        query = select(ENTRY.c.hash).where(ENTRY.c.stream == evidence.scene, ENTRY.c.sequence == evidence.sequence)
        with self._engine.connect() as connection:
            head = connection.scalar(query)
        if head is None or head != evidence.head:
            return False
        try:
            return self._shown_by(evidence.scene, evidence.sequence, head) == evidence
        except ValidationError:  # an entry that cannot be read is found where the chains are checked
            return True

    def _shown_by(self, scene: str, sequence: int, head: str) -> Evidence | None:
        """What a scene had shown as of an entry; kept, since no entry ever changes. Raises ValidationError."""
        at = (scene, sequence, head)
        if at not in self._shown:
            entries = select(ENTRY.c.text).where(ENTRY.c.stream == scene, ENTRY.c.sequence <= sequence)
            state = SceneState(scene=scene)
            with self._engine.connect() as connection:
                for text in connection.scalars(entries.order_by(ENTRY.c.sequence)):
                    state = fold(state, JournalEntry.model_validate_json(text))
            self._shown[at] = evidence_of(state, head)
        return self._shown[at]

    def unproven(self, scenes: Iterable[str]) -> tuple[Unproven, ...]:
        """What these scenes inherited that no entry of the original's journal bears out.

        An original that this ledger does not know can be looked up elsewhere only; nothing is said of it.
        """
        found: list[Unproven] = []
        for scene in scenes:
            try:
                known = self.snapshot(scene)
            except ValidationError:  # a list that cannot be read is found where lists are compared with the journals
                continue
            found += [
                Unproven(scene, evidence.scene, evidence.sequence, evidence.head)
                for evidence in (known.state.inherited if known is not None else ())
                if self.entered_at(evidence.scene, 1) is not None and not self.proves(evidence)
            ]
        return tuple(found)

    def alarms(self) -> tuple[Cause, ...]:
        """Whatever has to be looked at among kin, of scenes that have any, each with its place in the chain."""
        tied = union(select(KINSHIP.c.original), select(KINSHIP.c.replica))
        its_entry = and_(ENTRY.c.stream == ALARM.c.stream, ENTRY.c.sequence == ALARM.c.sequence)
        query = (
            select(ALARM.c.stream, ALARM.c.sequence, ENTRY.c.hash, ALARM.c.kind, ALARM.c.incident)
            .join(ENTRY, its_entry)
            .where(ALARM.c.stream.in_(tied))
            .order_by(ALARM.c.stream, ALARM.c.sequence)
        )
        with self._engine.connect() as connection:
            return tuple(
                Cause(scene=scene, sequence=sequence, head=head, kind=kind, incident=incident)
                for scene, sequence, head, kind, incident in connection.execute(query)
            )

    def reopened(self) -> tuple[Reopened, ...]:
        columns = (LINEAGE_REVIEW.c[name] for name in ("stream", "cause_stream", "cause_sequence", "affected"))
        query = select(*columns).order_by(
            LINEAGE_REVIEW.c.stream, LINEAGE_REVIEW.c.cause_stream, LINEAGE_REVIEW.c.cause_sequence
        )
        with self._engine.connect() as connection:
            return tuple(Reopened(*row) for row in connection.execute(query))

    def members(self) -> dict[str, Member]:
        """Every scene that has kin and that the ledger knows."""
        tied = union(select(KINSHIP.c.original), select(KINSHIP.c.replica))
        query = select(*(SCENE.c[name] for name in Member.model_fields)).where(SCENE.c.scene.in_(tied))
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings()
            return {row["scene"]: Member.model_validate(dict(row)) for row in rows}

    def snapshot(self, scene: str) -> Snapshot | None:
        query = select(SCENE.c.snapshot, SCENE.c.head).where(SCENE.c.scene == scene)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else Snapshot(SceneState.model_validate_json(row[0]), row[1])
