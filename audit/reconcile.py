"""Compares what ledger and histories say of one scene, and says what can be put right without inventing anything.

Either may have been restored from an older backup. What only one of them lost, the other gives back: entries go from
histories to the ledger as they stood, byte for byte, and only where the chain leads over them to the heads that are
known. Where both went on after a restore there are two lives of one scene: that is a fork, and people decide.

Nothing here reads or writes; `runtime.reconciling` does.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import JsonValue, ValidationError

from audit.checks import unlike
from audit.differences import Difference, Kind, Plan, Told, Witness, told
from audit.journals import Answer, Held, Histories, spans
from models.canonical import canonical
from models.journal import GENESIS, Algorithm, JournalEntry, Link, link
from storage.restoring import LostEntry

SHA256: Algorithm = "sha256"


@dataclass(frozen=True)
class Compared:
    """What differs, and the entries that the ledger lost, as they are to be appended."""

    differences: tuple[Difference, ...] = ()
    lost: tuple[LostEntry, ...] = ()


def compare(
    scene: str,
    ledger: Sequence[Link],
    histories: Histories,
    *,
    closed: bool,
    seen: int | None = None,
    witnesses: Sequence[Witness] = (),
    build: str = "",
    rules: str = "",
) -> Compared:
    """`ledger` was read after the histories, but for its entries up to `seen`: a later one needs not be in them yet.

    `closed` is how the scene stands by the ledger. An entry that no ledger ever confirmed is appended as recorded by
    `build` and `rules`.
    """
    rows = {line.sequence: line for line in ledger}
    differences = list(_damage(scene, ledger, histories))
    damaged = {each.first for each in differences}
    if not rows and not histories.held and not histories.top:
        return Compared(tuple(against(scene, rows, witnesses)))
    if (parting := _parting(scene, rows, histories, damaged)) is not None:
        differences += [parting, *against(scene, rows, witnesses)]
        return Compared(tuple(_in_order(differences)))
    missing = list(_missing(rows, histories))
    lost: tuple[LostEntry, ...] = ()
    if not damaged:
        heads = [(each.sequence, each.head) for each in histories.answers]
        heads += [(each.sequence, each.head) for each in witnesses]
        lost, unprovable = _made_again(scene, rows, histories, missing, heads, build=build, rules=rules)
        differences += unprovable
    differences += _lost(scene, rows, histories, lost, missing, witnesses)
    differences += _gone_from_temporal(scene, rows, histories, closed=closed or histories.ended, seen=seen)
    chain = rows | {each.sequence: each for each in lost}
    differences += against(scene, rows, witnesses, chain)
    return Compared(tuple(_in_order(differences)), lost)


def _in_order(differences: Sequence[Difference]) -> list[Difference]:
    order = list(Kind)
    return sorted(differences, key=lambda each: (order.index(each.kind), each.first or 0))


def _damage(scene: str, ledger: Sequence[Link], histories: Histories) -> Iterator[Difference]:
    """Rows that are not what their hash says, or do not name the row before: changed after they were recorded."""
    held = {each.sequence: each for each in histories.held}
    before: Link | None = None
    for line in ledger:
        what = _fault_of(line, before)
        if what is not None:
            known = held.get(line.sequence)
            unlikeness = unlike(_json(line.text), known.entry) if known is not None else None
            at, found, expected = unlikeness if unlikeness is not None else what
            yield Difference(
                scene=scene, kind=Kind.CHANGED, plan=Plan.PERSON, first=line.sequence, last=line.sequence,
                run=known.run if known else None, event=known.event if known else None, at=at, ledger=found,
                history=expected,
            )  # fmt: skip
        before = line


def _fault_of(line: Link, before: Link | None) -> tuple[str, JsonValue, JsonValue] | None:
    algorithm = next((known for known in get_args(Algorithm) if known == line.algorithm), None)
    if algorithm is None:
        return "algorithm", line.algorithm, SHA256
    made = link(algorithm, line.previous, line.text.encode())
    if made != line.hash:
        return "hash", line.hash, made
    if (named := _sequence_in(line.text)) != line.sequence:
        return "sequence", line.sequence, named
    follows = before is not None and before.sequence == line.sequence - 1
    expected = before.hash if follows and before is not None else GENESIS if line.sequence == 1 else line.previous
    return ("previous", line.previous, expected) if line.previous != expected else None


def _sequence_in(text: str) -> Any:
    content = _json(text)
    return content.get("sequence") if isinstance(content, dict) else None


def _command_of(entry: Any) -> Any:
    command = entry.get("command") if isinstance(entry, dict) else None
    return command.get("command_id") if isinstance(command, dict) else None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _parting(scene: str, rows: dict[int, Link], histories: Histories, damaged: set[int | None]) -> Difference | None:
    """Where two contents stand under one sequence first; each side's entries from there on.

    `rewritten`: the ledger once confirmed another chain to the very run that it now contradicts. An act that somebody
    has a receipt for counts as well, though its run ended before it gave the entry to be recorded.
    """
    kept: dict[int, Held] = {}
    for held in sorted(histories.held, key=lambda each: each.sequence):
        row = rows.get(held.sequence)
        other = kept.setdefault(held.sequence, held)
        if held.sequence in damaged:
            continue
        against = _json(row.text) if row is not None else other.entry
        if (found := unlike(against, held.entry)) is None:
            continue
        at, in_ledger, in_history = found
        rewritten = row is not None and _answered_otherwise(rows, histories, held)
        ours = [told(_json(rows[each].text)) for each in sorted(rows) if each >= held.sequence]
        if row is None:
            ours = _branch(histories, other.run, held.sequence)
        return Difference(
            scene=scene, kind=Kind.REWRITTEN if rewritten else Kind.FORK, plan=Plan.PERSON, first=held.sequence,
            last=max([*rows, histories.top]), run=held.run, event=held.event, at=at, ledger=in_ledger,
            history=in_history, in_ledger=tuple(ours),
            in_histories=tuple(_branch(histories, held.run, held.sequence)),
        )  # fmt: skip
    for given in sorted(histories.given, key=lambda each: each.sequence):
        row = rows.get(given.sequence)
        entry = _json(row.text) if row is not None else kept[given.sequence].entry if given.sequence in kept else None
        if entry is None or given.sequence in damaged or (id := _command_of(entry)) == given.command_id:
            continue
        return Difference(
            scene=scene, kind=Kind.FORK, plan=Plan.PERSON, first=given.sequence, last=max([*rows, histories.top]),
            run=given.run, event=given.event, at="command.command_id", ledger=id, history=given.command_id,
            in_ledger=(told(entry),), in_histories=(Told(sequence=given.sequence, verb=given.verb),),
        )  # fmt: skip
    for answer in sorted(histories.answers, key=lambda each: each.sequence):
        row = rows.get(answer.sequence)
        if row is not None and row.hash != answer.head and not damaged:
            return Difference(
                scene=scene, kind=Kind.REWRITTEN, plan=Plan.PERSON, first=answer.first, last=answer.sequence,
                run=answer.run, event=answer.event, at="head", ledger=row.hash, history=answer.head,
            )  # fmt: skip
    return None


def _answered_otherwise(rows: dict[int, Link], histories: Histories, held: Held) -> bool:
    return any(
        answer.run == held.run
        and answer.sequence >= held.sequence
        and answer.sequence in rows
        and rows[answer.sequence].hash != answer.head
        for answer in histories.answers
    )


def _branch(histories: Histories, run: str, first: int) -> list[Told]:
    """What follows from `first` on in the life that `run` belongs to, as far as it is held."""
    known = {each.sequence: each for each in histories.held if each.run == run and each.sequence >= first}
    for each in histories.held:
        if each.sequence > max(known, default=first):
            known.setdefault(each.sequence, each)
    return [told(known[sequence].entry) for sequence in sorted(known)]


def _missing(rows: dict[int, Link], histories: Histories) -> Iterator[int]:
    """The entries that the ledger has to have and lacks: what was confirmed, and what nobody will give it again."""
    last = max([*rows, histories.confirmed, *(each.sequence for each in histories.held)], default=0)
    for sequence in range(1, last + 1):
        if sequence not in rows and not histories.is_on_its_way(sequence):
            yield sequence


def _made_again(
    scene: str,
    rows: dict[int, Link],
    histories: Histories,
    missing: Sequence[int],
    known: Sequence[tuple[int, str]],
    *,
    build: str,
    rules: str,
) -> tuple[tuple[LostEntry, ...], list[Difference]]:
    """The missing entries as they stood, block by block; a block that leads to another head than is known is told."""
    held = {each.sequence: each for each in histories.held}
    lost: list[LostEntry] = []
    wrong: list[Difference] = []
    heads = {sequence: row.hash for sequence, row in rows.items()}
    for first, last in spans([each for each in missing if each in held]):
        if first > 1 and first - 1 not in heads:
            continue  # what it would have to follow is lost: it can not be appended
        previous = heads.get(first - 1, GENESIS)
        entries = [held[sequence] for sequence in range(first, last + 1)]
        block, problem = None, None
        for text_of in (_as_given, _as_read):
            made = _block(entries, previous, text_of, histories, build=build, rules=rules)
            problem = problem or _misses(made, rows, known)
            if made and _misses(made, rows, known) is None:
                block = made
                break
        if block is not None:
            lost += block
            heads |= {each.sequence: each.hash for each in block}
        else:
            sequence, head, made_head = problem or (last, None, None)
            wrong.append(
                Difference(
                    scene=scene,
                    kind=Kind.UNPROVABLE,
                    plan=Plan.PERSON,
                    first=first,
                    last=last,
                    run=entries[0].run,
                    event=entries[0].event,
                    at=f"head {sequence}",
                    ledger=head,
                    history=made_head,
                )
            )
    return tuple(lost), wrong


def _as_given(entry: Any) -> bytes | None:
    """The text that the build of then wrote: the same fields, whatever today's models have."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _as_read(entry: Any) -> bytes | None:
    """The text that today's models write."""
    try:
        return canonical(JournalEntry.model_validate(entry))
    except ValidationError:
        return None


def _block(
    entries: Sequence[Held],
    previous: str,
    text_of: Callable[[Any], bytes | None],
    histories: Histories,
    *,
    build: str,
    rules: str,
) -> list[LostEntry]:
    made: list[LostEntry] = []
    for each in entries:
        text = text_of(each.entry)
        if text is None:
            return []
        answer = _answer_to(each.sequence, histories)
        made.append(
            LostEntry(
                sequence=each.sequence,
                algorithm=SHA256,
                previous=previous,
                hash=link(SHA256, previous, text),
                text=text.decode(),
                build=(answer.build if answer else None) or build,
                rules=(answer.rules if answer else None) or rules,
            )
        )
        previous = made[-1].hash
    return made


def _answer_to(sequence: int, histories: Histories) -> Answer | None:
    """The nearest answer that covers an entry: who recorded the last of a batch recorded the others with it."""
    covering = [each for each in histories.answers if each.first <= sequence <= each.sequence and each.build]
    return min(covering, key=lambda each: each.sequence, default=None)


def _misses(
    block: Sequence[LostEntry], rows: dict[int, Link], known: Sequence[tuple[int, str]]
) -> tuple[int, JsonValue, JsonValue] | None:
    """The first head that is known and is not the block's: of an answer or a witness, or the one the next row names."""
    heads = {each.sequence: each.hash for each in block}
    for sequence, head in sorted(known):
        if heads.get(sequence, head) != head:
            return sequence, head, heads[sequence]
    after = rows.get(block[-1].sequence + 1) if block else None
    if after is not None and after.previous != block[-1].hash:
        return block[-1].sequence, after.previous, block[-1].hash
    return None


def _lost(
    scene: str,
    rows: dict[int, Link],
    histories: Histories,
    lost: Sequence[LostEntry],
    missing: Sequence[int],
    witnesses: Sequence[Witness],
) -> Iterator[Difference]:
    held = {each.sequence: each for each in histories.held}
    again = {each.sequence for each in lost}
    last = max(rows, default=0)
    for plan, sequences in ((Plan.APPEND, again), (Plan.PERSON, {each for each in missing if each in held} - again)):
        for first, end in spans(sorted(sequences)):
            behind = Kind.LEDGER_BEHIND if rows else Kind.ONLY_IN_HISTORIES
            kind = behind if first > last else Kind.LEDGER_GAP
            yield Difference(
                scene=scene, kind=kind, plan=plan, first=first, last=end, run=held[first].run,
                event=held[first].event, ledger=last if kind is not Kind.LEDGER_GAP else None, history=end,
                in_histories=tuple(told(held[each].entry) for each in range(first, end + 1)),
            )  # fmt: skip
    goes_on = histories.live is not None and histories.live.is_open
    acknowledged = {each.sequence for each in histories.given if not histories.is_on_its_way(each.sequence)}
    known_of = (
        set(missing) | acknowledged | set(range(last + 1, (histories.confirmed if goes_on else histories.top) + 1))
    )
    for first, end in spans(sorted(known_of - set(held) - set(rows))):
        named = [each.name for each in witnesses if first <= each.sequence <= end]
        yield Difference(
            scene=scene, kind=Kind.ENTRIES_LOST, plan=Plan.PERSON, first=first, last=end,
            at=", ".join(named) or None,
        )  # fmt: skip


def _gone_from_temporal(
    scene: str, rows: dict[int, Link], histories: Histories, *, closed: bool, seen: int | None
) -> Iterator[Difference]:
    """What the run that goes on does not know, and what no history holds."""
    last = max(rows, default=0)
    known = last if seen is None else min(seen, last)
    top = max(known, histories.top)
    live = histories.live
    held = {each.sequence for each in histories.held}
    unheld = spans([each for each in sorted(rows) if each <= known and each not in held])
    if rows and not held and live is None and histories.asked:
        yield Difference(
            scene=scene, kind=Kind.ONLY_IN_LEDGER, plan=Plan.PERSON if closed else Plan.RESTART, first=min(rows),
            last=last, ledger=last, in_ledger=(told(_json(rows[last].text)),),
        )  # fmt: skip
        return
    restarts = False
    if live is not None and live.height < top and (live.is_open or live.last_event == "completed"):
        restarts = live.is_open
        beyond = [told(_json(rows[each].text)) for each in sorted(rows) if each > live.height]
        yield Difference(
            scene=scene, kind=Kind.HISTORY_BEHIND, plan=Plan.RESTART if restarts else Plan.PERSON,
            first=live.height + 1, last=top, run=live.run, event=live.events, ledger=last, history=live.height,
            in_ledger=tuple(beyond),
        )  # fmt: skip
    elif (
        not closed and rows and histories.asked
        and (live is None or (not live.is_open and live.last_event != "completed"))
    ):  # fmt: skip
        restarts = True
        yield Difference(
            scene=scene, kind=Kind.WORKFLOW_MISSING, plan=Plan.RESTART, first=top, last=top,
            run=live.run if live else None, event=live.events if live else None, ledger=last,
            history=live.last_event if live else None,
        )  # fmt: skip
    if histories.asked or closed:
        # What stands at the end and in no history is handed over to the run that a restart begins.
        for first, end in unheld[:-1] if restarts and unheld and unheld[-1][1] == known else unheld:
            yield Difference(
                scene=scene, kind=Kind.NOT_IN_HISTORIES, plan=Plan.PERSON, first=first, last=end,
                run=", ".join(histories.lost) or None,
                in_ledger=tuple(told(_json(rows[each].text)) for each in range(first, end + 1)),
            )  # fmt: skip


def against(
    scene: str, rows: Mapping[int, Link], witnesses: Sequence[Witness], chain: Mapping[int, Link] | None = None
) -> Iterator[Difference]:
    """What others once saw of a chain. `chain` has what is to be appended as well."""
    chain = rows if chain is None else chain
    for witness in witnesses:
        row, made = rows.get(witness.sequence), chain.get(witness.sequence)
        if row is not None and row.hash != witness.head:
            yield Difference(
                scene=scene, kind=Kind.WITNESS_DIFFERS, plan=Plan.PERSON, first=witness.sequence,
                last=witness.sequence, at=witness.name, ledger=row.hash, history=witness.head,
            )  # fmt: skip
        elif row is None:
            leads_there = made is not None and made.hash == witness.head
            yield Difference(
                scene=scene, kind=Kind.WITNESS_LONGER, plan=Plan.APPEND if leads_there else Plan.PERSON,
                first=witness.sequence, last=witness.sequence, at=witness.name, ledger=max(rows, default=0),
                history=witness.sequence,
            )  # fmt: skip
