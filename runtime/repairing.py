"""What a reconciliation may put right: entries appended as they stood, all that follows from them made again, and,
where it is asked for, a scene's workflow started again from its ledger. Nothing is decided here.

Everything is safe to repeat, and to be killed: each scene's records change in one transaction, a workflow ends and
begins in one step. What was done stands in the log, with who asked for it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from activities.ledger import LedgerFault
from audit.differences import Kind, Plan
from audit.rejudge import Otherwise, judged_again
from audit.runs import read_history
from client.scene_runs import SceneRuns, WentOn
from models.canonical import canonical
from models.journal import JournalEntry
from models.opening import SceneOpening
from models.recording import RECORD_BYTES
from models.state import SceneState
from rules.journal import fold, policy_after
from runtime.reconciling import FALSE, Looked
from runtime.wiring import Parts
from storage.rebuild import JournalDamaged
from storage.restoring import Restored, restore, restore_refusals

LEAVES_IT_TO_BE_RESTARTED = (Kind.HISTORY_BEHIND, Kind.WORKFLOW_MISSING, Kind.ONLY_IN_LEDGER, Kind.NOT_IN_HISTORIES)
_log = structlog.get_logger("scene.reconcile")


@dataclass(frozen=True)
class Repaired:
    """What was done to one scene; `problem` says why it was left as it was."""

    scene: str
    restored: Restored = field(default_factory=Restored)
    refusals: tuple[int, ...] = ()
    rulebooks: int = 0
    run: str | None = None
    problem: str | None = None

    @property
    def did(self) -> bool:
        done = self.restored
        return bool(done.appended or done.documents or done.differences or self.refusals or self.rulebooks or self.run)


class Repairs:
    """`runs` is None where Temporal gives no answer: then nothing is restarted."""

    def __init__(self, stored: Parts, runs: SceneRuns | None, *, now: Callable[[], datetime]) -> None:
        self._stored, self._runs, self._now = stored, runs, now

    async def repair(self, looked: Looked, *, by: str, delivered_until: datetime | None = None) -> Repaired:
        """Does what histories and ledger allow; safe to repeat, and to be killed. Raises SQLAlchemyError."""
        return await asyncio.to_thread(self._repair, looked, by, delivered_until)

    def _repair(self, looked: Looked, by: str, delivered_until: datetime | None) -> Repaired:
        stored, scene = self._stored, looked.scene
        for policy in looked.policies:
            stored.rulebooks.keep(policy)
            _log.warning("rulebook kept", scene=scene, by=by, digest=policy.digest, calendar=policy.calendar.version)
        done = Repaired(scene, rulebooks=len(looked.policies))
        if looked.refusals:
            try:
                numbers = restore_refusals(stored.engine, scene, looked.refusals)
            except LedgerFault as fault:
                return replace(done, problem=str(fault))
            done = replace(done, refusals=numbers)
            _log.warning("refusals appended", scene=scene, by=by, sequences=list(numbers))
        asked = any(each.plan in (Plan.APPEND, Plan.REBUILD) for each in looked.differences)
        if any(each.kind in FALSE for each in looked.differences) or not (asked or delivered_until):
            return done
        given = {(each.sequence, each.place): each.ordinal for each in looked.histories.numbers}
        try:
            restored = restore(
                stored.engine, scene, looked.compared.lost, numbers=given, now=self._now(),
                delivered_until=delivered_until,
            )  # fmt: skip
        except (LedgerFault, JournalDamaged) as fault:
            return replace(done, problem=str(fault))
        hashes = {each.sequence: each for each in looked.compared.lost}
        for sequence in restored.appended:
            entry = hashes[sequence]
            _log.warning(
                "entry appended", scene=scene, by=by, sequence=sequence, hash=entry.hash, build=entry.build
            )  # fmt: skip
        if restored.differences or restored.documents:
            _log.warning(
                "projections rebuilt", scene=scene, by=by, rows=len(restored.differences),
                messages=restored.messages, documents=restored.documents,
            )  # fmt: skip
        return replace(done, restored=restored)

    def index_archive(self, by: str) -> int:
        """Puts what the archive's folder has back into its index. Raises ArchiveDamaged."""
        count = self._stored.archive.index_again(self._now())
        _log.warning("archive indexed", by=by, runs=count)
        return count

    async def restart(self, looked: Looked, *, by: str) -> Repaired:
        """Starts the scene's workflow again from the ledger, once the rules give what only the ledger has.

        Raises NotRestarted, SQLAlchemyError.
        """
        scene = looked.scene
        if self._runs is None:
            raise NotRestarted(scene, "server_away")
        if others := [each for each in looked.differences if each.kind not in LEAVES_IT_TO_BE_RESTARTED]:
            raise NotRestarted(scene, others[0].kind.value)
        opening, judged = await asyncio.to_thread(self._opening, looked)
        live = looked.histories.live
        instead_of = (live.run, live.events) if live is not None and live.is_open else None
        try:
            run = await self._runs.restart(scene, opening, instead_of=instead_of)
        except WentOn:
            raise NotRestarted(scene, "went_on") from None
        _log.warning(
            "workflow started again", scene=scene, by=by, run=run, sequence=opening.state.sequence, judged=judged,
            instead_of=live.run if live else None,
        )  # fmt: skip
        if instead_of is not None and (late := await self._taken_in(scene, *instead_of)):
            raise NotRestarted(scene, "act_lost", late)
        return Repaired(scene, run=run)

    async def _taken_in(self, scene: str, run_id: str, after: int) -> str:
        """What a run took in after an event, until it ended in the moment in which the new one began."""
        history = await self._runs.history(scene, run_id) if self._runs is not None else None
        if history is None:
            return ""
        acts = (await asyncio.to_thread(read_history, lambda: history)).acts
        return ", ".join(f"{act.verb} {act.update}" for act in acts if act.event > after)

    def _opening(self, looked: Looked) -> tuple[SceneOpening, int]:
        """What the new run is handed over, and how many entries the rules gave again. Raises NotRestarted."""
        stored, scene = self._stored, looked.scene
        entries = [record.entry for record in stored.reads.entries(scene)]
        held = {each.sequence for each in looked.histories.held}
        live = looked.histories.live
        prefix = next((each.sequence - 1 for each in entries if each.sequence not in held), len(entries))
        known = min(prefix, live.height) if live is not None and live.is_open else prefix
        state = SceneState(scene=scene)
        for entry in entries[:known]:
            state = fold(state, entry)
        named = entries[known] if known < len(entries) else entries[-1]
        try:
            policy = stored.rulebooks.find(named.policy, named.calendar)
        except ValueError:
            policy = None
        if policy is None:
            raise NotRestarted(scene, "no_rulebook", f"{named.policy[:12]} {named.calendar}")
        if known == len(entries):
            policy = policy_after(policy, named)
        try:
            policy, state = judged_again(policy, state, entries[known:])
        except Otherwise as otherwise:
            record = stored.reads.entries(scene, otherwise.sequence, otherwise.sequence)[0]
            raise NotRestarted(scene, "judged_otherwise", record.build, otherwise) from None
        return SceneOpening(policy=policy, state=state, unrecorded=_handed_over(entries, prefix)), len(entries) - known


class NotRestarted(Exception):
    """`why` is a code: a kind of difference, or what else stands against it."""

    def __init__(self, scene: str, why: str, detail: str = "", otherwise: Otherwise | None = None) -> None:
        super().__init__(f"{scene}: {why} {detail}".strip())
        self.scene, self.why, self.detail, self.otherwise = scene, why, detail, otherwise


def _handed_over(entries: Sequence[JournalEntry], prefix: int) -> tuple[JournalEntry, ...]:
    """What the new run gives to the ledger once more, so that a history has it and the heads are compared: what no
    history holds, as much as fits into one recording, and the last entry in any case."""
    tail: list[JournalEntry] = []
    size = 0
    for entry in reversed(entries):
        size += len(canonical(entry))
        if tail and (entry.sequence <= prefix or size > RECORD_BYTES):
            break
        tail.insert(0, entry)
    return tuple(tail)
