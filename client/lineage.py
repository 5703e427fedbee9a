"""Tells a scene's kin what concerns them: a copy what its original had shown, all of them what went wrong in one.

One direction: the ledger says who is kin, what happened, and who was told; what is left is sent, each as one command
whose id and content are functions of the cause and the scene it goes to. It can be killed at any moment and begun
again: what was told stands in the ledger, what was sent a moment ago is refused by the scene itself or answered with
the same receipt. Nothing else remembers anything.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError

from client.standing import Standings
from models.actor import Actor
from models.commands import Command
from models.commands.lineage import InheritEvidence, ReopenReview
from models.lineage import Cause, Evidence
from models.receipt import Receipt
from models.refusal import Refused
from models.state import IncidentStatus
from models.telling import PERSON, Due, Message, Unread, Untold
from models.vocabulary import Role
from rules.keyed import find
from rules.lineage import evidence_of, kin
from storage.lineage import Member, SqlLineage

_DONE = ("review_reopened_already", "evidence_known", "evidence_not_there", "command_id_reused", "already_closed")
"""What a scene refuses that was told already, or can be told nothing any more."""


class Scenes(Protocol):
    """`client.scene_client.SceneClient`."""

    async def act(self, scene: str, command: Command) -> Receipt: ...


@dataclass(frozen=True)
class LineageWatch:
    scenes: Scenes
    lineage: SqlLineage
    standings: Standings

    def due(self) -> Due:
        return left_to_tell(self.lineage)

    async def tell(self, message: Message) -> bool:
        """Whether it is told now, or was before. Raises Refused, NoRulebook, TemporalError."""
        standing = await asyncio.to_thread(self.standings.of, message.scene)
        if standing is None:
            return False
        office = standing.policy.offices.platform_office
        command = Command(
            command_id=message.command_id,
            actor=Actor(person=PERSON, unit=office, role=Role.PLATFORM_OFFICE),
            # The same to the byte whenever it is sent; nobody else changes what it is about.
            seen=0,
            act=message.act,
        )
        try:
            await self.scenes.act(message.scene, command)
        except Refused as refused:
            if refused.code not in (*_DONE, "stale"):
                raise
        return True


def left_to_tell(lineage: SqlLineage) -> Due:
    """What kin still have to be told, alarms first; which closed scenes nobody can tell any more, and what fails."""
    ties, members = lineage.ties(), lineage.members()
    told = {(each.scene, each.cause_scene, each.cause_sequence) for each in lineage.reopened()}
    messages: list[Message] = []
    closed: list[Untold] = []
    for cause in lineage.alarms():
        for scene in kin(ties, cause.scene):
            if scene not in members or (scene, cause.scene, cause.sequence) in told:
                continue
            if members[scene].closed:
                closed.append(Untold(scene=scene, cause=cause))
            elif not _was_over(lineage, cause, scene):
                messages.append(Message(scene=scene, act=ReopenReview(cause=cause)))
    causes = {(cause.scene, cause.sequence): cause for cause in lineage.alarms()}
    for each in lineage.reopened():
        member, known = members.get(each.scene), causes.get((each.cause_scene, each.cause_sequence))
        if each.affected is None and member is not None and member.closed and known is not None:
            closed.append(Untold(scene=each.scene, cause=known))
    evidence, unread = _evidence_due(lineage, ties, members)
    return Due((*messages, *evidence), tuple(closed), tuple(unread))


def _was_over(lineage: SqlLineage, cause: Cause, copy: str) -> bool:
    """An incident from before the copy's submission that is closed: its end is in the evidence that was inherited."""
    if cause.incident is None:
        return False
    began, happened = lineage.entered_at(copy, 1), lineage.entered_at(cause.scene, cause.sequence)
    if began is None or happened is None or happened >= began:
        return False
    try:
        found = lineage.snapshot(cause.scene)
    except ValidationError:  # who cannot be read is looked at
        return False
    incident = find(found.state.incidents, id=cause.incident) if found is not None else None
    return incident is not None and incident.status is IncidentStatus.CLOSED


def _evidence_due(
    lineage: SqlLineage, ties: tuple[tuple[str, str], ...], members: dict[str, Member]
) -> tuple[list[Message], list[Unread]]:
    messages: list[Message] = []
    unread: list[Unread] = []
    inherited = lineage.inherited()
    for original, copy in ties:
        if original not in members or copy not in members or members[copy].closed:
            continue
        try:
            evidence = current_evidence(lineage, original)
            known = lineage.snapshot(copy) if evidence is not None and (original, copy) in inherited else None
        except Exception as problem:  # noqa: BLE001  # one record that cannot be read holds up no other city's
            unread.append(Unread(original=original, replica=copy, problem=f"{type(problem).__name__}: {problem}"))
            continue
        before = find(known.state.inherited, scene=original) if known is not None else None
        if evidence is None:
            continue
        if before is not None and not lineage.proves(before):
            messages.append(Message(scene=copy, act=InheritEvidence(evidence=evidence, replaces=before.head)))
        elif before is None or _says_more(evidence, before):
            messages.append(Message(scene=copy, act=InheritEvidence(evidence=evidence)))
    return messages, unread


def _says_more(now: Evidence, before: Evidence) -> bool:
    """Whether the level, the title or a verdict has changed since; what else goes on there is no news to a copy."""
    return now.sequence > before.sequence and _standing(now) != _standing(before)


def _standing(evidence: Evidence) -> object:
    verdicts = tuple((each.bidder, each.step, each.verdict) for each in evidence.acceptances)
    return evidence.level, evidence.confirmed_on, verdicts


def current_evidence(lineage: SqlLineage, scene: str) -> Evidence | None:
    """What a scene has shown as of its last recorded entry; None for one that nobody knows, or that has nothing."""
    found = lineage.snapshot(scene)
    return evidence_of(found.state, found.head) if found is not None else None
