"""The checks of one scene that need no code of the time: chains, histories, acts, actors, duties apart, dates, papers.

Each takes what was read and gives the places that deviate; an empty list is a proof of what the check is about. Whether
the events follow from the rules is asked of the build that made them: `audit.rerun`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any, get_args

from pydantic import ValidationError

from audit import unambiguous
from audit.bundle import MANIFEST, documents_path, plain_json
from audit.evidence import MICROSECOND, SceneEvidence
from audit.findings import Deviation, first_difference
from audit.runs import AcceptedAct, RunHistory, entries_of
from audit.temporal import SKEW
from client.scene_client import workflow_id
from models.actor import SYSTEM
from models.calendar import SATURDAY, Calendar, Period, Unit
from models.canonical import canonical
from models.commands import Command
from models.commands.anywhere import PassDeadline
from models.deadline import Deadline
from models.directory import Directory
from models.document import OfficialDocument, number_of
from models.events.anywhere import DocumentIssued
from models.events.clock import DeadlineMoved, DeadlineSet
from models.journal import GENESIS, Algorithm, JournalEntry, Link, link
from models.opening import SceneOpening
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.state import SceneState
from rules import directory as persons
from rules import separation
from rules.deadlines import local_day
from rules.journal import fold

_DAY = timedelta(days=1)
SCENE = "Scene"
"""The type of a scene's workflow."""
_ENDINGS = frozenset(
    f"workflow_execution_{how}" for how in ("completed", "failed", "timed_out", "terminated", "canceled")
)


def chain(lines: Sequence[Link], head: str | None = None, length: int | None = None) -> Iterator[Deviation]:
    """A chain from its beginning: each link names the one before and is the hash of what it holds."""
    previous = GENESIS
    for expected, line in enumerate(lines, start=1):
        if line.sequence != expected:
            yield Deviation(what="sequence", sequence=line.sequence, recorded=line.sequence, expected=expected)
        algorithm = next((known for known in get_args(Algorithm) if known == line.algorithm), None)
        if algorithm is None:
            yield Deviation(what="algorithm", sequence=line.sequence, recorded=line.algorithm)
        else:
            if line.previous != previous:
                yield Deviation(what="previous", sequence=line.sequence, recorded=line.previous, expected=previous)
            made = link(algorithm, line.previous, line.text.encode())
            if line.hash != made:
                yield Deviation(what="hash", sequence=line.sequence, recorded=line.hash, expected=made)
        previous = line.hash
    if length is not None and len(lines) != length:
        yield Deviation(what="length", sequence=len(lines), recorded=len(lines), expected=length)
    if head is not None and previous != head:
        yield Deviation(what="head", sequence=len(lines), recorded=previous, expected=head)


def ledger(scene: SceneEvidence) -> Iterator[Deviation]:
    yield from chain(scene.lines, scene.part.head, scene.part.sequence)
    unread = {each.sequence for each in scene.unread.get("chain", ())}
    readable = [line for line in scene.lines if line.sequence not in unread]
    for line, entry in zip(readable, scene.entries, strict=False):
        if entry.sequence != line.sequence:
            yield Deviation(what="sequence", sequence=line.sequence, recorded=entry.sequence, expected=line.sequence)
        yield from _as_written(line, entry)
    for before, after in zip(scene.entries, scene.entries[1:], strict=False):
        if after.at < before.at:
            yield Deviation(
                what="order", sequence=after.sequence, recorded=after.at.isoformat(), expected=before.at.isoformat()
            )


def _as_written(line: Link, entry: JournalEntry) -> Iterator[Deviation]:
    """The text is how the ledger writes an entry: sorted, each value in its one form, a time in UTC. Another build may
    know fewer fields."""
    text = unambiguous.loads(line.text)
    if plain_json(text) != line.text.encode():
        yield Deviation(what="form", sequence=line.sequence, recorded=line.text[:200])
    if (found := first_difference(text, _no_more_than(text, entry.model_dump(mode="json")))) is not None:
        at, recorded, expected = found
        yield Deviation(what="form", sequence=line.sequence, at=at, recorded=recorded, expected=expected)


def _no_more_than(text: Any, written: Any) -> Any:
    """Of what is written only the keys that a text has."""
    match text, written:
        case dict(), dict():
            return {key: _no_more_than(value, written.get(key)) for key, value in text.items()}
        case list(), list() if len(text) == len(written):
            return [_no_more_than(one, other) for one, other in zip(text, written, strict=True)]
        case _:
            return written


def refusals(scene: SceneEvidence) -> Iterator[Deviation]:
    yield from chain(scene.refusals, scene.part.refusals_head, scene.part.refusals)
    for line in scene.refusals:
        try:
            named = unambiguous.loads(line.text).get("scene")
        except (ValueError, AttributeError, RecursionError) as error:
            yield Deviation(what="unreadable", sequence=line.sequence, recorded=str(error)[:300])
            continue
        if named != scene.scene:
            yield Deviation(what="other_scene", sequence=line.sequence, recorded=named, expected=scene.scene)


def histories(scene: SceneEvidence) -> Iterator[Deviation]:
    """The runs follow one another without a gap, and hold what the ledger holds: no more, no less, nothing else."""
    yield from _in_order(scene)
    held: set[int] = set()
    for run in scene.runs:
        for event, entry in entries_of(run):
            sequence = entry.get("sequence")
            line = scene.line_of.get(sequence) if type(sequence) is int else None
            if line is None:
                # What a scene that goes on had not yet given to the ledger may have gone over to another run.
                if scene.part.closed or type(sequence) is not int or sequence <= scene.part.sequence:
                    yield Deviation(what="not_in_ledger", run=run.run_id, event=event, recorded=sequence)
                continue
            held.add(sequence)
            if plain_json(entry) != line.text.encode() and (found := unlike(unambiguous.loads(line.text), entry)):
                at, in_ledger, in_history = found
                yield Deviation(
                    what="entry", run=run.run_id, event=event, sequence=sequence, at=at, recorded=in_ledger,
                    expected=in_history,
                )  # fmt: skip
        for each in run.broken:
            yield Deviation(
                what=each.what, run=run.run_id, event=each.event, at=each.at, recorded=each.recorded,
                expected=each.expected,
            )  # fmt: skip
        yield from _answers(scene, run)
    for line in scene.lines:
        if line.sequence not in held:
            yield Deviation(what="not_in_histories", sequence=line.sequence)


def _in_order(scene: SceneEvidence) -> Iterator[Deviation]:
    if len(scene.runs) != len(scene.part.runs) or not scene.runs:
        yield Deviation(what="runs", recorded=len(scene.runs), expected=len(scene.part.runs))
        if not scene.runs:
            return
    first = scene.runs[0]
    if first.place == 0 and (
        first.continued_from is not None or first.opening["state"]["sequence"] != 0 or first.opening["unrecorded"]
    ):
        yield Deviation(what="begins_later", run=first.run_id, event=1, recorded=first.opening["state"]["sequence"])
    if first.place == 0:
        yield from _begun_with_something(scene, first)
    begun = scene.part.runs[0].run_id
    for run in scene.runs:
        named = scene.part.runs[run.place]
        begun = run.run_id if _restarted(run) else begun
        said: dict[str, tuple[str, Any, Any]] = {
            "run_id": ("run_id", run.run_id, named.run_id),
            "workflowId": ("other_scene", run.workflow_id, workflow_id(scene.scene)),
            "workflowType": ("other_workflow", run.workflow_type, SCENE),
            "firstExecutionRunId": ("next_run", run.first_run, begun),
            "input.state.scene": ("other_scene", run.opening["state"]["scene"], scene.scene),
            "builds": ("build", list(named.builds), list(run.builds)),
        }
        for at, (what, recorded, expected) in said.items():
            if recorded != expected:
                yield Deviation(
                    what=what, part=named.path, run=run.run_id, event=1, at=at, recorded=recorded, expected=expected
                )
    for run, after in pairwise(scene.runs):
        if after.place == run.place + 1:
            yield from _follows(run, after)
    last = scene.runs[-1]
    if last.place < len(scene.part.runs) - 1:
        return
    if scene.part.closed:
        expected = {"scene": scene.scene, "sequence": scene.part.sequence, "head": scene.part.head}
        ended = {key: (last.end or {}).get(key) for key in expected}
        if ended != expected:
            yield Deviation(what="end", run=last.run_id, event=last.events, recorded=ended, expected=expected)
    elif last.went_on or last.end is not None or last.last_event in _ENDINGS:
        yield Deviation(what="end", run=last.run_id, event=last.events, recorded=last.last_event, expected="open")


def _begun_with_something(scene: SceneEvidence, first: RunHistory) -> Iterator[Deviation]:
    """What a scene is born with no entry decided, and every replay takes for granted. A field that another build has
    may stand there, empty."""
    blank = SceneState(scene=scene.scene).model_dump(mode="json")
    for name, value in first.opening["state"].items():
        if name not in ("scene", "sequence") and (value != blank[name] if name in blank else value):
            yield Deviation(
                what="born_with", run=first.run_id, event=1, at=f"input.state.{name}", recorded=value,
                expected=blank.get(name),
            )  # fmt: skip


def _follows(run: RunHistory, after: RunHistory) -> Iterator[Deviation]:
    if after.reset_of is not None:
        kept = [entry["sequence"] for event, entry in entries_of(after) if event < after.reset_at]
        yield Deviation(
            what="reset",
            run=after.run_id,
            event=after.reset_at,
            sequence=max(kept, default=None),
            recorded=after.reset_of,
        )
        return
    if _restarted(after):
        yield Deviation(what="restarted", run=after.run_id, event=1, sequence=after.opening["state"]["sequence"])
    elif run.next_run != after.run_id or after.continued_from != run.run_id:
        yield Deviation(what="next_run", run=run.run_id, event=run.events, recorded=after.run_id, expected=run.next_run)
    elif after.opening_text != run.next_text and (found := first_difference(after.opening, run.next_opening)):
        at, recorded, expected = found
        yield Deviation(what="opening", run=after.run_id, event=1, at=at, recorded=recorded, expected=expected)
    if after.began < run.ended - SKEW:
        yield Deviation(
            what="time", run=after.run_id, event=1, recorded=after.began.isoformat(), expected=run.ended.isoformat()
        )


def _restarted(run: RunHistory) -> bool:
    """Whether no run handed over to it what it began with: it was started from the ledger."""
    return (
        run.place > 0 and run.continued_from is None and run.reset_of is None and run.opening["state"]["sequence"] != 0
    )


def _answers(scene: SceneEvidence, run: RunHistory) -> Iterator[Deviation]:
    """What the ledger answered stands in the history: the head, and who recorded."""
    for batch in run.batches:
        if batch.stream != scene.scene:
            yield Deviation(
                what="other_scene", run=run.run_id, event=batch.event, recorded=batch.stream, expected=scene.scene
            )
        if batch.answer is None:
            continue
        if (answered := batch.answer["stream"]) != scene.scene:
            yield Deviation(
                what="other_scene", run=run.run_id, event=batch.event, recorded=answered, expected=scene.scene
            )
        sequence = batch.entries[-1]["sequence"]
        line = scene.line_of.get(sequence)
        if line is None:
            yield Deviation(what="not_in_ledger", run=run.run_id, event=batch.event, sequence=sequence)
            continue
        said = {key: batch.answer.get(key) for key in ("sequence", "head", "algorithm", "build", "rules")}
        stands = {
            "sequence": sequence, "head": line.hash, "algorithm": line.algorithm, "build": line.build,
            "rules": line.rules,
        }  # fmt: skip
        if (found := first_difference(stands, said)) is not None:
            at, recorded, expected = found
            yield Deviation(
                what="answer", run=run.run_id, event=batch.event, sequence=sequence, at=at, recorded=recorded,
                expected=expected,
            )  # fmt: skip


def acts(scene: SceneEvidence) -> Iterator[Deviation]:
    """Each entry is an accepted update of its run, or an alarm when the run's code ran; each update is one entry."""
    entries = {entry.sequence: entry for entry in scene.entries}
    commands = {entry.command.command_id: entry for entry in scene.entries}
    for number, run in enumerate(scene.runs):
        first, last = scene.range_of(number)
        accepted = {act.update: act for act in run.acts}
        moments = [task.at for task in run.tasks]
        for sequence in range(first, last + 1):
            if (entry := entries.get(sequence)) is None:
                continue
            place: dict[str, Any] = {"run": run.run_id, "sequence": sequence}
            if isinstance(entry.command.act, PassDeadline):
                if entry.command.actor != SYSTEM:
                    yield Deviation(what="alarm_by", **place, recorded=entry.command.actor.person, expected="system")
                if not any(abs(moment - entry.at) <= MICROSECOND for moment in moments):
                    yield Deviation(what="no_task", **place, recorded=entry.at.isoformat())
                continue
            act = accepted.get(entry.command.command_id)
            if act is None:
                yield Deviation(what="no_update", **place, recorded=entry.command.command_id)
                continue
            yield from _same_act(scene.scene, entry, act, place)
        is_open = run.place == len(scene.part.runs) - 1 and not scene.part.closed
        for act in run.acts:
            if act.answered not in (None, act.update):
                yield Deviation(
                    what="receipt", run=run.run_id, event=act.event, at="updateId", recorded=act.answered,
                    expected=act.update,
                )  # fmt: skip
            if act.receipt is None:
                # Its handler never waits: what was taken in is answered in the same workflow task.
                if not act.refused and not is_open:
                    yield Deviation(what="no_answer", run=run.run_id, event=act.event, recorded=act.update)
                continue
            place = {"run": run.run_id, "event": act.event}
            stands = commands.get(act.update)
            if stands is None:
                if act.receipt["sequence"] <= scene.part.sequence:
                    yield Deviation(what="no_entry", **place, recorded=act.update)
            elif act.receipt["sequence"] != stands.sequence:
                yield Deviation(what="receipt", **place, recorded=act.receipt["sequence"], expected=stands.sequence)


def _same_act(scene: str, entry: JournalEntry, act: AcceptedAct, place: dict[str, Any]) -> Iterator[Deviation]:
    place = {**place, "event": act.event}
    try:
        asked = Command.model_validate(act.command)
    except ValidationError as error:
        yield Deviation(what="unreadable", **place, recorded=error.errors()[0]["msg"])
        return
    if asked != entry.command or act.verb != entry.command.act.verb:
        found = first_difference(entry.command.model_dump(mode="json"), asked.model_dump(mode="json"))
        at, recorded, expected = found or ("act.verb", entry.command.act.verb, act.verb)
        yield Deviation(what="command", **place, at=at, recorded=recorded, expected=expected)
    if abs(act.at - entry.at) > MICROSECOND:
        yield Deviation(what="moment", **place, recorded=entry.at.isoformat(), expected=act.at.isoformat())
    if act.refused:
        yield Deviation(what="refused", **place, recorded=act.update)
    if act.receipt is not None:
        receipt = Receipt.model_validate(act.receipt).model_dump(mode="json")
        stands = {
            "scene": scene, "sequence": entry.sequence, "command_id": entry.command.command_id,
            "digest": entry.command.digest, "at": entry.model_dump(mode="json")["at"],
        }  # fmt: skip
        for at, expected in stands.items():
            if receipt[at] != expected:
                yield Deviation(what="receipt", **place, at=at, recorded=receipt[at], expected=expected)


def actors(scene: SceneEvidence, directory: Callable[[str, int], Directory | None]) -> Iterator[Deviation]:
    """Whoever acted was in that role and unit on that day by the directory that the act names, or stood in for them."""
    for entry in scene.entries:
        who = entry.command.actor
        if who == SYSTEM or not who.directory_version:
            continue
        place: dict[str, Any] = {"sequence": entry.sequence}
        known = directory(scene.part.city, who.directory_version)
        if known is None:
            yield Deviation(what="directory_missing", **place, recorded=who.directory_version)
            continue
        said = None
        # Whoever sends an act asks the directory a moment before it is entered, which may be on the day before.
        for day in (local_day(entry.at), local_day(entry.at) - _DAY):
            try:
                found = persons.actor(
                    known, who.directory_version, who.person, day, role=who.role, unit=who.unit,
                    on_behalf_of=who.on_behalf_of, known_as=(who.unit,),
                )  # fmt: skip
            except Refused as refused:
                said = said or refused.code
            else:
                said = None if found == who else "other_actor"
                break
        if said is not None:
            yield Deviation(what=said, **place, recorded=who.model_dump(mode="json"))


def without_directory(scene: SceneEvidence) -> int:
    """How many acts say that no directory was asked."""
    return sum(each.command.actor != SYSTEM and not each.command.actor.directory_version for each in scene.entries)


def apart(scene: SceneEvidence) -> Iterator[Deviation]:
    """Separation of duties over the whole life: nobody did two things that `rules.separation.APART` keeps apart."""
    state = SceneState(scene=scene.scene)
    done: list[tuple[int, Any]] = []
    for entry in scene.entries:
        if not isinstance(entry.command.act, PassDeadline):
            hands = separation.hands_of(state, entry.command)
            for line in separation.APART:
                if any(separation.is_one_of(hand.deed, line.then) for hand in hands):
                    yield from _twice(entry, hands[0], line, done)
            done += [(entry.sequence, hand) for hand in hands]
        try:
            state = fold(state, entry)
        except ValueError as error:
            yield Deviation(what="unreadable", sequence=entry.sequence, recorded=str(error)[:200])
            return


def _twice(entry: JournalEntry, now: Any, line: separation.Apart, done: list[tuple[int, Any]]) -> Iterator[Deviation]:
    earlier = [
        (sequence, hand)
        for sequence, hand in done
        if separation.is_one_of(hand.deed, line.first) and separation.are_about_the_same(line, hand, now)
    ]
    if any(separation.is_one_of(hand.deed, separation.AFRESH) for _, hand in earlier):
        earlier = earlier[-1:]
    for sequence, hand in earlier:
        if both := sorted(set(hand.persons) & set(now.persons)):
            yield Deviation(
                what=line.code, sequence=entry.sequence, at=", ".join(both), recorded=now.deed,
                expected=f"{hand.deed} ({sequence})",
            )  # fmt: skip
            return


def deadlines(scene: SceneEvidence, calendars: dict[str, Calendar]) -> Iterator[Deviation]:
    """Every date that was set or moved, counted again day by day from what stands beside it (民法典 201-203)."""
    for entry in scene.entries:
        for event in entry.events:
            if not isinstance(event, DeadlineSet | DeadlineMoved) or not event.deadline.legs:
                continue
            deadline = event.deadline
            calendar = calendars.get(deadline.calendar)
            if calendar is None:
                yield Deviation(
                    what="calendar_missing", sequence=entry.sequence, at=deadline.id, recorded=deadline.calendar
                )
            elif (day := counted(calendar, deadline)) is not None and day != deadline.due_on:
                yield Deviation(
                    what="due_on", sequence=entry.sequence, at=deadline.id, recorded=deadline.due_on.isoformat(),
                    expected=day.isoformat(),
                )  # fmt: skip


def counted(calendar: Calendar, deadline: Deadline) -> date | None:
    """The last day of a deadline, without `rules.calendar`; None for one in hours, which no day-count gives."""
    day = deadline.counted_from
    for period in deadline.legs:
        if period.unit is Unit.HOURS:
            return None
        day = _counted(calendar, day, period)
    return day


def _counted(calendar: Calendar, start: date, period: Period) -> date:
    if period.unit is Unit.WORKDAYS:
        day, left = start, period.length
        while left:
            day += _DAY
            left -= _works(calendar, day)
        return day
    if period.unit is Unit.DAYS:
        day = start + period.length * _DAY
    else:
        months = period.length * (12 if period.unit is Unit.YEARS else 1)
        years, month = divmod(start.month - 1 + months, 12)
        first = date(start.year + years, month + 1, 1)
        last = (first.replace(year=first.year + 1, month=1) if month == 11 else first.replace(month=month + 2)) - _DAY
        day = first.replace(day=min(start.day, last.day))
    while not _works(calendar, day):
        day += _DAY
    return day


def _works(calendar: Calendar, day: date) -> bool:
    for notice in calendar.notices:
        if day in notice.makeup_workdays:
            return True
        if any(day in holiday.days for holiday in notice.holidays):
            return False
    return day.weekday() < SATURDAY


def documents(scene: SceneEvidence) -> Iterator[Deviation]:
    """Each document that was issued is in the register, under the number that the history knows, in its own words."""
    numbers = {
        (each["sequence"], each["place"]): each["ordinal"]
        for run in scene.runs
        for batch in run.batches
        if batch.answer is not None
        for each in batch.answer.get("documents", ())
    }
    register = {(each.sequence, each.place): each for each in scene.documents}
    issued = set()
    for entry in scene.entries:
        events = [each for each in entry.events if isinstance(each, DocumentIssued)]
        for place, event in enumerate(events):
            key = (entry.sequence, place)
            issued.add(key)
            document = register.get(key)
            if document is None:
                yield Deviation(what="not_in_register", sequence=entry.sequence, at=str(place))
                continue
            if document.ordinal != numbers.get(key):
                yield Deviation(
                    what="number", sequence=entry.sequence, at=str(place), recorded=document.ordinal,
                    expected=numbers.get(key),
                )  # fmt: skip
            due = _as_issued(scene, entry, event, document).model_dump(mode="json")
            if (found := first_difference(document.model_dump(mode="json"), due)) is not None:
                at, recorded, expected = found
                yield Deviation(
                    what="register", sequence=entry.sequence, at=f"{place}.{at}", recorded=recorded, expected=expected
                )
    if len(register) != len(scene.documents):
        yield Deviation(what="twice", part=documents_path(scene.scene), recorded=len(scene.documents))
    for key, document in register.items():
        sequence, place = key
        if key not in issued:
            yield Deviation(what="never_issued", sequence=sequence, at=str(place), recorded=document.number)
        if (other := _number_of_another(document, scene.documents)) is not None:
            yield Deviation(
                what="other_document", sequence=sequence, at=str(place), recorded=other, expected=document.number
            )
        made = sha256(document.text.encode()).hexdigest() if document.text is not None else None
        if made != document.sha256:
            yield Deviation(what="words", sequence=sequence, at=str(place), recorded=document.sha256, expected=made)


def _number_of_another(document: OfficialDocument, register: Sequence[OfficialDocument]) -> str | None:
    """The number that a document's words bear, where it is another's and not its own: two papers changed places."""
    text, own = document.text or "", document.number
    if own is None or own in text:
        return None
    return next((each.number for each in register if each.number is not None and each.number in text), None)


def _as_issued(
    scene: SceneEvidence, entry: JournalEntry, event: DocumentIssued, document: OfficialDocument
) -> OfficialDocument:
    """The document's line in the register, as its entry gives it."""
    year, ordinal = local_day(entry.at).year, document.ordinal
    return document.model_copy(
        update={
            "stream": scene.scene, "city": scene.part.city, "year": year, "series": event.series, "form": event.form,
            "title": event.title, "to_role": event.to.role.value, "to_unit": event.to.unit,
            "to_person": event.to.person, "issued_at": entry.at,
            "number": number_of(event.series, year, ordinal) if ordinal is not None else None,
        }
    )  # fmt: skip


def rulebooks(scene: SceneEvidence, find: Callable[[str, str], Policy | str]) -> Iterator[Deviation]:
    """Each policy and calendar that an entry names is in the bundle, and is what its name says; so is each that a run
    began with."""
    for digest, version in sorted({(entry.policy, entry.calendar) for entry in scene.entries}):
        sequence = next(each.sequence for each in scene.entries if (each.policy, each.calendar) == (digest, version))
        policy = find(digest, version)
        if isinstance(policy, str):
            yield Deviation(what="unreadable", sequence=sequence, recorded=policy)
            continue
        if (made := (policy.digest, policy.calendar.version)) != (digest, version):
            yield Deviation(what="policy", sequence=sequence, recorded=f"{digest}.{version}", expected=".".join(made))
        if policy.city != scene.part.city:
            yield Deviation(
                what="city", part=MANIFEST, sequence=sequence, recorded=scene.part.city, expected=policy.city
            )
    yield from _names(scene)
    entries = {entry.sequence: entry for entry in scene.entries}
    for number, run in enumerate(scene.runs):
        first = entries.get(scene.range_of(number)[0])
        policy = find(first.policy, first.calendar) if first is not None else ""
        if first is None or isinstance(policy, str):
            continue
        try:
            pinned = SceneOpening.model_validate({**run.opening, "unrecorded": ()}).policy
        except ValidationError as error:
            yield Deviation(what="unreadable", run=run.run_id, event=1, recorded=error.errors()[0]["msg"])
            continue
        if pinned != policy:
            at, recorded, expected = first_difference(
                pinned.model_dump(mode="json"), policy.model_dump(mode="json")
            ) or ("policy", pinned.digest, first.policy)
            yield Deviation(
                what="policy", run=run.run_id, event=1, sequence=first.sequence, at=at, recorded=recorded,
                expected=expected,
            )  # fmt: skip


def _names(scene: SceneEvidence) -> Iterator[Deviation]:
    application = getattr(scene.entries[0].command.act, "application", None) if scene.entries else None
    if application is not None and application.name != scene.part.name:
        yield Deviation(what="name", part=MANIFEST, recorded=scene.part.name, expected=application.name)


def unlike(in_ledger: Any, in_history: Any) -> tuple[str, Any, Any] | None:
    """Where two entries differ. Another build may write the same entry with one field more, at its default."""
    if (found := first_difference(in_ledger, in_history)) is None:
        return None
    try:
        one, other = JournalEntry.model_validate(in_ledger), JournalEntry.model_validate(in_history)
    except ValidationError:
        return found
    return None if canonical(one) == canonical(other) else found
