"""Temporal and SQL compared scene by scene, and put right: what `audit.reconcile` says of what is read here.

A worker may go on meanwhile. The ledger is read before the histories and after them: what it had before has to stand
in the histories, what they hold as confirmed has to stand in it afterwards, and what is on its way is no difference.
What differs all the same is looked at again a moment later, and only what differs then as well is told.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from audit.differences import Difference, Kind, Plan, Witness
from audit.journals import Histories, histories_of
from audit.reconcile import Compared, against, compare
from audit.runs import NoHistory, RunHistory, read_history, read_run
from audit.sealed import NotBelieved, Sealed, read_sealed
from audit.sealing import NotSealed
from client.scene_runs import SceneRuns
from models.checkpoint import ChainKind, LoggedLeaf, LogItem, SignedCheckpoint
from models.journal import JournalEntry, Link
from models.opening import SceneOpening
from models.policy import Policy
from rules.journal import policy_after
from runtime.build import build_id, rules_digest
from runtime.wiring import Parts, seals
from storage.archive_files import ArchiveDamaged, ArchivedFile
from storage.rebuild import JournalDamaged
from storage.restoring import Followed, followed

SETTLES_WITHIN = 2.0
"""Seconds in which a scene's last entries reach the ledger when all is well."""
AT_ONCE = 8
"""Scenes that are read at the same time."""
SHOWN = 300
"""Characters of a column's value."""
FALSE = (Kind.REWRITTEN, Kind.CHANGED)
"""While one of these stands, nothing is made from the scene's ledger, and nothing is compared with it."""
BROKEN = (Kind.FORK, Kind.LEDGER_GAP, Kind.ENTRIES_LOST, Kind.UNPROVABLE)
"""What explains that a ledger can not be folded."""


@dataclass(frozen=True)
class Looked:
    """One scene as it was found. What only a repair needs is kept where something differs."""

    scene: str
    differences: tuple[Difference, ...] = ()
    compared: Compared = field(default_factory=Compared)
    histories: Histories = field(default_factory=Histories)
    policies: tuple[Policy, ...] = ()
    refusals: tuple[Link, ...] = ()

    @property
    def case(self) -> str:
        return self.differences[0].kind.value if self.differences else "agrees"


class Reconciliation:
    """Of all scenes that either side knows. `runs` is None where Temporal gives no answer.

    `copy` are the items of a checkpoint log that somebody else keeps, and that was verified.
    """

    def __init__(self, stored: Parts, runs: SceneRuns | None, *, copy: Iterable[LogItem] = ()) -> None:
        self._stored, self._runs = stored, runs
        self._seals = seals(stored)
        self._copy = list(copy)
        self._listed: dict[str, list[str]] = {}
        self._strays: dict[str, dict[str, ArchivedFile]] = {}
        self._sealed_scenes: frozenset[str] = frozenset()
        self._rulebooks: set[tuple[str, str]] = set()
        self._witnesses: dict[tuple[ChainKind, str], list[Witness]] = {}
        self._damage: list[Difference] = []

    async def begin(self) -> None:
        """Reads what concerns all scenes. Raises RPCError, SQLAlchemyError, OSError."""
        self._listed = await self._runs.listed() if self._runs is not None else {}
        await asyncio.to_thread(self._read_archive)
        self._sealed_scenes = frozenset(await asyncio.to_thread(self._seals.scenes))
        await asyncio.to_thread(self._read_witnesses)

    def scenes(self, city: str | None = None) -> tuple[str, ...]:
        """All that is known anywhere; of a city, also those of which the ledger knows nothing yet."""
        stored = self._stored
        known = {*stored.reads.streams(), *stored.reads.scenes()}
        archived = {run.stream for run in stored.archive.runs()}
        anywhere = known | archived | set(self._listed) | set(self._strays) | self._sealed_scenes
        anywhere |= {stream for kind, stream in self._witnesses if kind == "scene"}
        if city is None:
            return tuple(sorted(anywhere))
        of_it = set(stored.reads.scenes(city=city))
        return tuple(sorted(each for each in anywhere if each in of_it or each not in known))

    def apart_from_scenes(self, among: Sequence[str] | None = None) -> tuple[Difference, ...]:
        """Files of the archive that its index lacks, of all scenes or of some; of all, also the chains of no scene."""
        before = {(stream, run) for stream, runs in self._strays.items() for run in runs}
        self._read_archive()
        found = list(self._damage)
        for (kind, stream), witnesses in sorted(self._witnesses.items()):
            if among is None and kind in ("directory", "fund"):
                links = self._stored.checkpoints.chain(kind, stream)
                rows = {each.sequence: Link.model_validate(each.model_dump()) for each in links}
                found += against(f"{kind} {stream}", rows, witnesses)
        for stream, runs in sorted(self._strays.items()):
            found += [
                Difference(scene=stream, kind=Kind.ARCHIVE_INDEX, plan=Plan.APPEND, run=run)
                for run in sorted(runs)
                if (stream, run) in before and (among is None or stream in among)
            ]
        return tuple(found)

    async def look(
        self, scenes: Sequence[str], tell: Callable[[str], object] = lambda _: None
    ) -> AsyncIterator[Looked]:
        """Each scene once, in no order; what differs was looked at twice."""
        again: list[str] = []
        async for looked in self._each(scenes, listed=True):
            if looked.differences:
                again.append(looked.scene)
                continue
            tell(looked.scene)
            yield looked
        if again:
            await asyncio.sleep(SETTLES_WITHIN)
        async for looked in self._each(again, listed=False):
            tell(looked.scene)
            yield looked

    async def _each(self, scenes: Sequence[str], *, listed: bool) -> AsyncIterator[Looked]:
        for at in range(0, len(scenes), AT_ONCE):
            for looked in await asyncio.gather(
                *(self._look(each, listed=listed) for each in scenes[at : at + AT_ONCE])
            ):
                yield looked

    async def _look(self, scene: str, *, listed: bool) -> Looked:
        before = await asyncio.to_thread(self._last, scene)
        wrong: list[Difference] = []
        sealed = await asyncio.to_thread(self._sealed, scene, wrong)
        runs, live, lost = await self._read_runs(scene, sealed, wrong, listed=listed)
        try:
            histories = histories_of(runs, live, lost=lost, asked=self._runs is not None)
        except (KeyError, TypeError, AttributeError, IndexError, ValueError) as malformed:
            return Looked(scene, (*wrong, _unreadable(scene, f"{type(malformed).__name__}: {malformed}")))
        return await asyncio.to_thread(self._judge, scene, before, runs, histories, sealed, wrong)

    def _last(self, scene: str) -> int:
        chain = self._stored.reads.chain(scene)
        return chain[-1].sequence if chain else 0

    async def _read_runs(
        self, scene: str, sealed: Sealed | None, wrong: list[Difference], *, listed: bool
    ) -> tuple[list[RunHistory], RunHistory | None, list[str]]:
        """Every run that anybody has, the newest that Temporal has, and those that are named and that nobody has."""
        known = await asyncio.to_thread(self._archived, scene, wrong)
        for run in sealed.runs if sealed else ():
            known.setdefault(run.run_id, run)
        found = list(known.values())
        live: RunHistory | None = None
        if self._runs is not None:
            ids = self._listed.get(scene, []) if listed else (await self._runs.listed(scene)).get(scene, [])
            live = await self._fetched(scene, None, wrong)
            while live is not None and live.next_run is not None:
                known.setdefault(live.run_id, live)
                found.append(live)
                following = await self._fetched(scene, live.next_run, wrong)
                if following is None:
                    break
                live = following
            if live is not None:
                known.setdefault(live.run_id, live)
                found.append(live)
            for id in ids:
                if id not in known and (listed_run := await self._fetched(scene, id, wrong)) is not None:
                    known[id] = listed_run
                    found.append(listed_run)
        lost: list[str] = []
        for run in list(found):
            before = run.continued_from
            while before is not None and before not in known:
                earlier = await self._fetched(scene, before, wrong) if self._runs is not None else None
                if earlier is None:
                    lost.append(before)
                    break
                known[before] = earlier
                found.append(earlier)
                before = earlier.continued_from
        return [run for run in found if _is_of_a_scene(run)], live if live and _is_of_a_scene(live) else None, lost

    async def _fetched(self, scene: str, run_id: str | None, wrong: list[Difference]) -> RunHistory | None:
        if self._runs is None:
            return None
        history = await self._runs.history(scene, run_id)
        if history is None:
            return None
        try:
            return await asyncio.to_thread(read_history, lambda: history)
        except NoHistory as problem:
            wrong.append(_unreadable(scene, str(problem), run_id))
            return None

    def _archived(self, scene: str, wrong: list[Difference]) -> dict[str, RunHistory]:
        found: dict[str, RunHistory] = {}
        for run in self._stored.archive.runs(scene):
            try:
                found[run.run_id] = read_run(self._stored.archive.history(run).encode())
            except (ArchiveDamaged, NoHistory) as problem:
                wrong.append(_unreadable(scene, str(problem), run.run_id))
        for run_id, file in self._strays.get(scene, {}).items():
            try:
                found[run_id] = read_run(self._stored.archive.history(file).encode())
            except (ArchiveDamaged, NoHistory) as problem:
                wrong.append(_unreadable(scene, str(problem), run_id))
        return found

    def _sealed(self, scene: str, wrong: list[Difference]) -> Sealed | None:
        keys = self._seals.own_keys()
        if not keys or scene not in self._sealed_scenes:
            return None
        with TemporaryDirectory(prefix="scene-reconcile-") as folder:
            try:
                self._seals.copy(scene, copy := Path(folder, "sealed.zip"))
                return read_sealed(copy, scene, keys)
            except (NotSealed, NotBelieved) as problem:
                wrong.append(_unreadable(scene, str(problem)))
                return None

    def _judge(
        self,
        scene: str,
        before: int,
        runs: Sequence[RunHistory],
        histories: Histories,
        sealed: Sealed | None,
        wrong: list[Difference],
    ) -> Looked:
        stored = self._stored
        ledger = stored.reads.chain(scene)
        witnesses = list(self._witnesses.get(("scene", scene), ()))
        if sealed is not None:
            witnesses.append(Witness(name="sealed", sequence=sealed.sequence, head=sealed.head))
        compared = compare(
            scene,
            ledger,
            histories,
            closed=any('"kind":"scene_closed"' in line.text for line in ledger),
            seen=before,
            witnesses=witnesses,
            build=build_id(),
            rules=rules_digest(),
        )
        differences = [*wrong, *compared.differences]
        differences += self._what_does_not_follow(scene, histories, differences)
        policies: tuple[Policy, ...] = ()
        if lacking := self._lacking_rulebooks(ledger, compared):
            policies = _held_policies(runs, lacking)
            held = {(each.digest, each.calendar.version) for each in policies}
            differences += [
                Difference(
                    scene=scene,
                    kind=Kind.RULEBOOK,
                    plan=Plan.APPEND if each in held else Plan.PERSON,
                    at=".".join(each),
                )
                for each in sorted(lacking)
            ]
        refusals, refused = self._refusals(scene, sealed)
        differences += refused
        order = list(Kind)
        differences.sort(key=lambda each: (order.index(each.kind), each.first or 0))
        if not differences:
            return Looked(scene)
        return Looked(scene, tuple(differences), compared, histories, policies, refusals)

    def _what_does_not_follow(self, scene: str, histories: Histories, known: Sequence[Difference]) -> list[Difference]:
        if any(each.kind in FALSE for each in known):
            return []
        try:
            made = followed(self._stored.engine, scene)
        except JournalDamaged as damaged:
            if any(each.kind in BROKEN for each in known):
                return []
            return [_unreadable(scene, str(damaged)).model_copy(update={"first": damaged.sequence})]
        return [*_projections(scene, made), *self._documents(scene, made, histories)]

    def _documents(self, scene: str, made: Followed, histories: Histories) -> list[Difference]:
        numbers = {(each.sequence, each.place): each.ordinal for each in histories.numbers}
        found = [
            Difference(
                scene=scene, kind=Kind.DOCUMENT, plan=Plan.APPEND if (sequence, place) in numbers else Plan.PERSON,
                first=sequence, last=sequence, at=f"document {place}", history=numbers.get((sequence, place)),
            )
            for sequence, place in made.lacking
        ]  # fmt: skip
        for each in self._stored.documents.of(scene):
            number = numbers.get((each.sequence, each.place))
            if number is not None and each.ordinal != number:
                found.append(
                    Difference(
                        scene=scene, kind=Kind.DOCUMENT, plan=Plan.PERSON, first=each.sequence, last=each.sequence,
                        at=f"document {each.place}", ledger=each.ordinal, history=number,
                    )
                )  # fmt: skip
        return found

    def _lacking_rulebooks(self, ledger: Sequence[Link], compared: Compared) -> set[tuple[str, str]]:
        named: set[tuple[str, str]] = set()
        for line in (*ledger, *compared.lost):
            with suppress(ValueError, KeyError, TypeError):  # told as changed
                entry = json.loads(line.text)
                named.add((entry["policy"], entry["calendar"]))
        return {each for each in named if not self._has_rulebook(each)}

    def _has_rulebook(self, named: tuple[str, str]) -> bool:
        with suppress(ValueError):
            if named not in self._rulebooks and self._stored.rulebooks.find(*named) is not None:
                self._rulebooks.add(named)
        return named in self._rulebooks

    def _refusals(self, scene: str, sealed: Sealed | None) -> tuple[tuple[Link, ...], list[Difference]]:
        reads = self._stored.reads
        chain = {each.sequence: each for each in reads.refusal_chain(scene)}
        if (broken := reads.verify_refusals(scene).get(scene)) is not None:
            plan = Plan.PERSON
            return (), [Difference(scene=scene, kind=Kind.REFUSALS_CHANGED, plan=plan, first=broken, last=broken)]
        last = max(chain, default=0)
        later = tuple(each for each in (sealed.refusals if sealed else ()) if each.sequence > last)
        joins = bool(later) and later[0].previous == (chain[last].hash if last else later[0].previous)
        found = []
        if later:
            found.append(
                Difference(
                    scene=scene, kind=Kind.REFUSALS_BEHIND, plan=Plan.APPEND if joins else Plan.PERSON, at="sealed",
                    first=later[0].sequence, last=later[-1].sequence, ledger=last, history=later[-1].sequence,
                )
            )  # fmt: skip
        witnesses = [
            each.model_copy(update={"name": f"{each.name}, refusals"})
            for each in self._witnesses.get(("refusal", scene), ())
        ]
        found += against(scene, chain, witnesses, chain | {each.sequence: each for each in later})
        return later if joins else (), found

    def _read_archive(self) -> None:
        self._strays, self._damage = {}, []
        try:
            for stream, run_id, file in self._stored.archive.unindexed():
                self._strays.setdefault(stream, {})[run_id] = file
        except ArchiveDamaged as damaged:
            self._damage.append(_unreadable("archive", str(damaged)))

    def _read_witnesses(self) -> None:
        found: dict[tuple[ChainKind, str], dict[tuple[int, str], Witness]] = {}
        for items, name in ((self._stored.checkpoints.items(), "checkpoint {}"), (iter(self._copy), "copy {}")):
            waiting: list[LoggedLeaf] = []
            for item in items:
                if isinstance(item, LoggedLeaf):
                    waiting.append(item)
                elif isinstance(item, SignedCheckpoint):
                    for each in waiting:
                        leaf = each.leaf
                        witness = Witness(
                            name=name.format(item.checkpoint.number), sequence=leaf.sequence, head=leaf.head
                        )
                        found.setdefault((leaf.kind, leaf.stream), {}).setdefault((leaf.sequence, leaf.head), witness)
                    waiting = []
        self._witnesses = {key: list(each.values()) for key, each in found.items()}


def _projections(scene: str, made: Followed) -> list[Difference]:
    found = []
    for each in made.rebuilt.differences:
        if each in made.rebuilt.kept:
            continue
        place = f"{each.table} {' / '.join(map(str, each.key[1:]))}".strip()
        values = made.rebuilt.values.get(each, {})
        if not values:
            found.append(Difference(scene=scene, kind=Kind.PROJECTION, plan=Plan.REBUILD, at=place, ledger=each.found))
        for column, (is_there, follows) in values.items():
            found.append(
                Difference(
                    scene=scene, kind=Kind.PROJECTION, plan=Plan.REBUILD, at=f"{place} {column}",
                    ledger=_shown(is_there), history=_shown(follows),
                )
            )  # fmt: skip
    return found


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)[:SHOWN]


def _held_policies(runs: Sequence[RunHistory], lacking: set[tuple[str, str]]) -> tuple[Policy, ...]:
    """Those of the rulebooks that runs were handed over by value, or that entries made of them."""
    found: dict[tuple[str, str], Policy] = {}

    def seen(policy: Policy) -> None:
        key = policy.digest, policy.calendar.version
        if key in lacking:
            found[key] = policy

    for run in runs:
        try:
            policy = SceneOpening.model_validate(run.opening).policy
            seen(policy)
            for batch in run.batches:
                for each in batch.entries:
                    policy = policy_after(policy, JournalEntry.model_validate(each))
                    seen(policy)
            if run.next_opening is not None:
                seen(SceneOpening.model_validate(run.next_opening).policy)
        except ValidationError:
            continue
    return tuple(found.values())


def _is_of_a_scene(run: RunHistory) -> bool:
    """A start whose submission was lost leaves a run that ended without a scene."""
    return run.end is None or bool(run.end["sequence"])


def _unreadable(scene: str, problem: str, run: str | None = None) -> Difference:
    return Difference(scene=scene, kind=Kind.UNREADABLE, plan=Plan.PERSON, run=run, history=problem[:SHOWN])
