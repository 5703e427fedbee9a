"""The comparison of ledger and histories as a function over two journals: every case that it can tell."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.differences import Difference, Kind, Plan, Witness
from audit.journals import Given, Histories, spans
from audit.reconcile import Compared, compare
from audit.rejudge import Otherwise, judged_again
from models.commands.anywhere import ProposeCorrection
from models.journal import JournalEntry, Link, link
from models.state import SceneState
from rules.journal import fold
from tests.audit.lives import BUILD, RULES, ledger_of, over, together, told_by
from tests.scenario import Play, city


def life(acts: int = 6, play: Play | None = None) -> Play:
    play = play or Play(city("盐城市"), scene="S-1").submit()
    while len(play.journal) < acts:
        play.now += timedelta(minutes=1)
        play.do(
            ProposeCorrection(correction=f"k{play.commands}", sequence=1, reasons="笔误", right_text="更正"), play.owner
        )
    return play


WHOLE = life()
JOURNAL: tuple[JournalEntry, ...] = tuple(WHOLE.journal)
LEDGER = ledger_of(JOURNAL)


@cache
def other_life(after: int) -> tuple[JournalEntry, ...]:
    """What might have happened instead after an entry: the same acts by another hand."""
    play = WHOLE.fork()
    play.journal = list(JOURNAL[:after])
    state = SceneState(scene="S-1")
    play.commands = 100
    for entry in play.journal:
        state = fold(state, entry)
    play.state = state
    return tuple(life(len(JOURNAL), play).journal)


def found(ledger: Sequence[Link], histories: Histories, **more: Any) -> Compared:
    return compare("S-1", ledger, histories, closed=more.pop("closed", False), **more)


def kinds(compared: Compared) -> list[tuple[Kind, int | None, int | None, Plan]]:
    return [(each.kind, each.first, each.last, each.plan) for each in compared.differences]


def one(compared: Compared) -> Difference:
    assert len(compared.differences) == 1, kinds(compared)
    return compared.differences[0]


def test_what_agrees_has_no_differences() -> None:
    assert found(LEDGER, told_by(JOURNAL)) == Compared()


def test_nothing_on_either_side_is_no_difference() -> None:
    assert found([], Histories()) == Compared()


def test_what_is_on_its_way_to_the_ledger_is_no_difference() -> None:
    assert found(LEDGER[:4], told_by(JOURNAL, confirmed=4)) == Compared()
    assert found([], told_by(JOURNAL[:1], confirmed=0)) == Compared()


def test_what_the_ledger_got_while_the_histories_were_read_is_no_difference() -> None:
    assert found(LEDGER, told_by(JOURNAL[:4]), seen=4) == Compared()
    assert kinds(found(LEDGER, told_by(JOURNAL[:4]), seen=5))[0][0] is Kind.HISTORY_BEHIND


def test_a_ledger_from_an_older_backup_gets_back_what_it_lost_as_it_stood() -> None:
    compared = found(LEDGER[:3], told_by(JOURNAL))
    difference = one(compared)
    assert kinds(compared) == [(Kind.LEDGER_BEHIND, 4, 6, Plan.APPEND)]
    assert (difference.event, difference.ledger, difference.history) == (40, 3, 6)
    assert [(each.sequence, each.hash, each.previous, each.text) for each in compared.lost] == [
        (each.sequence, each.hash, each.previous, each.text) for each in LEDGER[3:]
    ]
    assert {(each.build, each.rules) for each in compared.lost} == {(BUILD, RULES)}


def test_a_scene_that_the_ledger_does_not_know_is_made_again() -> None:
    compared = found([], over(told_by(JOURNAL)), closed=False)
    assert (Kind.ONLY_IN_HISTORIES, 1, 6, Plan.APPEND) in kinds(compared)
    assert [each.hash for each in compared.lost] == [each.hash for each in LEDGER]


def test_an_entry_lost_in_the_middle_is_put_back_between_its_neighbours() -> None:
    compared = found([*LEDGER[:2], *LEDGER[3:]], told_by(JOURNAL))
    assert kinds(compared) == [(Kind.LEDGER_GAP, 3, 3, Plan.APPEND)]
    assert [each.hash for each in compared.lost] == [LEDGER[2].hash]


def test_the_text_of_an_older_build_is_kept_byte_for_byte() -> None:
    """Its models lacked a field that today's have, with a default: the history still has the words of then."""
    older = [json.loads(line.text) for line in LEDGER]
    for entry in older:
        del entry["command"]["actor"]["directory_version"]
    texts = [json.dumps(each, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for each in older]
    previous, links = "0" * 64, []
    for number, text in enumerate(texts, start=1):
        links.append(Link(sequence=number, algorithm="sha256", previous=previous,
                          hash=link("sha256", previous, text.encode()), text=text))  # fmt: skip
        previous = links[-1].hash
    histories = told_by(JOURNAL)
    histories = replace(
        histories,
        held=tuple(replace(each, entry=older[each.sequence - 1]) for each in histories.held),
        answers=tuple(replace(each, head=links[each.sequence - 1].hash) for each in histories.answers),
    )
    compared = found(links[:3], histories)
    assert [each.text for each in compared.lost] == texts[3:]
    assert found(LEDGER, replace(histories, answers=())) == Compared(), "a field at its default is no difference"


def test_what_does_not_lead_to_the_known_head_is_not_appended() -> None:
    histories = told_by(JOURNAL)
    wrong = tuple(replace(each, head="f" * 64) if each.sequence == 5 else each for each in histories.answers)
    compared = found(LEDGER[:3], replace(histories, answers=wrong))
    assert compared.lost == ()
    assert (Kind.UNPROVABLE, 4, 6, Plan.PERSON) in kinds(compared)
    unprovable = compared.differences[0]
    assert (unprovable.at, unprovable.ledger) == ("head 5", "f" * 64)


def test_entries_that_neither_side_holds_are_named() -> None:
    histories = told_by(JOURNAL)
    without = replace(histories, held=tuple(each for each in histories.held if each.sequence != 5))
    compared = found(LEDGER[:3], without)
    assert (Kind.ENTRIES_LOST, 5, 5, Plan.PERSON) in kinds(compared)
    assert (Kind.LEDGER_BEHIND, 4, 4, Plan.APPEND) in kinds(compared)
    assert (Kind.LEDGER_BEHIND, 6, 6, Plan.PERSON) in kinds(compared)
    assert [each.sequence for each in compared.lost] == [4]


def test_a_receipt_in_a_run_that_was_ended_by_force_names_an_entry_that_nobody_holds() -> None:
    histories = over(told_by(JOURNAL[:5]))
    assert histories.live is not None
    compared = found(LEDGER[:5], replace(histories, live=replace(histories.live, height=6)))
    assert (Kind.ENTRIES_LOST, 6, 6, Plan.PERSON) in kinds(compared)


def test_an_act_that_somebody_has_a_receipt_for_is_missed_though_no_entry_of_it_is_held() -> None:
    """It came in while its run was ended by force; another run went on without it."""
    old, live = over(told_by(JOURNAL[:4])), told_by(JOURNAL, run="run-2")
    late = Given(sequence=5, command_id="late", verb="withdraw", run="run-1", event=49)
    both = together(old, live, live=live.live)
    fork = one(found(LEDGER, replace(both, given=(*both.given, late))))
    assert (fork.kind, fork.first, fork.run, fork.event, fork.history) == (Kind.FORK, 5, "run-1", 49, "late")
    assert [each.verb for each in fork.in_histories] == ["withdraw"]
    beyond = replace(both, given=(*both.given, replace(late, sequence=7)))
    assert (Kind.ENTRIES_LOST, 7, 7, Plan.PERSON) in kinds(found(LEDGER, beyond))


def test_a_workflow_from_an_older_backup_does_not_know_what_the_ledger_has() -> None:
    compared = found(LEDGER, told_by(JOURNAL[:4]))
    assert kinds(compared) == [(Kind.HISTORY_BEHIND, 5, 6, Plan.RESTART)]
    difference = one(compared)
    assert (difference.ledger, difference.history, difference.run) == (6, 4, "run-1")
    assert [each.sequence for each in difference.in_ledger] == [5, 6]
    assert difference.in_ledger[0].verb == "propose_correction"


def test_an_archived_run_knows_more_than_the_workflow_that_was_restored() -> None:
    live = told_by(JOURNAL[:4])
    both = together(told_by(JOURNAL), live, live=live.live)
    assert kinds(found(LEDGER, both)) == [(Kind.HISTORY_BEHIND, 5, 6, Plan.RESTART)]
    compared = found(LEDGER[:4], both)
    assert [each[0] for each in kinds(compared)] == [Kind.LEDGER_BEHIND, Kind.HISTORY_BEHIND]


@pytest.mark.parametrize("last_event", ["terminated", "failed", "timed_out", "canceled"])
def test_an_open_scene_without_a_running_workflow_is_named(last_event: str) -> None:
    compared = found(LEDGER, over(told_by(JOURNAL), last_event))
    assert kinds(compared) == [(Kind.WORKFLOW_MISSING, 6, 6, Plan.RESTART)]
    assert one(compared).history == last_event


def test_archived_runs_alone_prove_a_closed_scene_and_miss_the_workflow_of_an_open_one() -> None:
    archived = replace(told_by(JOURNAL), live=None)
    assert found(LEDGER, archived, closed=True) == Compared()
    assert found(LEDGER, replace(archived, ended=True)) == Compared()
    assert kinds(found(LEDGER, archived)) == [(Kind.WORKFLOW_MISSING, 6, 6, Plan.RESTART)]


def test_while_temporal_can_not_be_asked_an_open_scene_is_compared_with_what_is_archived() -> None:
    archived = replace(told_by(JOURNAL[:4]), live=None, asked=False)
    assert found(LEDGER, archived) == Compared()
    assert kinds(found(LEDGER[:2], archived)) == [(Kind.LEDGER_BEHIND, 3, 4, Plan.APPEND)]


@pytest.mark.parametrize(("closed", "plan"), [(False, Plan.RESTART), (True, Plan.PERSON)])
def test_a_scene_that_no_history_knows_stands_in_the_ledger_alone(closed: bool, plan: Plan) -> None:
    assert kinds(found(LEDGER, Histories(), closed=closed)) == [(Kind.ONLY_IN_LEDGER, 1, 6, plan)]


def test_entries_whose_run_is_gone_are_named() -> None:
    histories = replace(told_by(JOURNAL, first=4), lost=("run-0",))
    compared = found(LEDGER, histories)
    assert kinds(compared) == [(Kind.NOT_IN_HISTORIES, 1, 3, Plan.PERSON)]
    assert one(compared).run == "run-0"


def test_two_lives_after_a_restore_are_told_side_by_side() -> None:
    theirs = other_life(4)
    compared = found(LEDGER, told_by(theirs, confirmed=4))
    fork = one(compared)
    assert kinds(compared) == [(Kind.FORK, 5, 6, Plan.PERSON)]
    assert compared.lost == ()
    assert fork.event == 50
    assert fork.at is not None
    assert fork.ledger != fork.history
    assert [each.sequence for each in fork.in_ledger] == [each.sequence for each in fork.in_histories] == [5, 6]


def test_a_fork_is_found_among_the_histories_as_well() -> None:
    live = told_by(JOURNAL)
    compared = found(LEDGER, together(told_by(other_life(4), run="run-0", confirmed=4), live, live=live.live))
    assert kinds(compared) == [(Kind.FORK, 5, 6, Plan.PERSON)]
    assert one(compared).run == "run-0"
    confirmed = found(LEDGER, together(told_by(other_life(4), run="run-0"), live, live=live.live))
    assert kinds(confirmed) == [(Kind.REWRITTEN, 5, 6, Plan.PERSON)]


def test_a_fork_beyond_the_ledger_is_found_too() -> None:
    live = told_by(JOURNAL, confirmed=4)
    compared = found(LEDGER[:4], together(told_by(other_life(4), run="run-0", confirmed=4), live, live=live.live))
    assert kinds(compared) == [(Kind.FORK, 5, 6, Plan.PERSON)]
    assert one(compared).in_ledger != one(compared).in_histories


def test_a_ledger_that_was_made_again_from_an_entry_on_contradicts_its_own_answers() -> None:
    forged = ledger_of(other_life(4))
    compared = found(forged, told_by(JOURNAL))
    assert kinds(compared) == [(Kind.REWRITTEN, 5, 6, Plan.PERSON)]


def test_an_answer_with_another_head_is_told_where_the_contents_are_the_same() -> None:
    histories = told_by(JOURNAL)
    wrong = tuple(replace(each, head="e" * 64) if each.sequence == 6 else each for each in histories.answers)
    difference = one(found(LEDGER, replace(histories, answers=wrong)))
    assert (difference.kind, difference.at, difference.history) == (Kind.REWRITTEN, "head", "e" * 64)


def changed(number: int, **to: str) -> list[Link]:
    return [each.model_copy(update=to) if each.sequence == number else each for each in LEDGER]


@pytest.mark.parametrize(
    ("ledger", "at"),
    [
        (changed(3, text=LEDGER[2].text.replace("笔误", "属实")), "command.act.reasons"),
        (changed(3, hash="a" * 64), "hash"),
        (changed(3, algorithm="sha1"), "algorithm"),
        (changed(1, previous="b" * 64), "hash"),
        (changed(4, text="no json at all"), "."),
    ],
)
def test_a_row_that_is_not_what_its_hash_says_was_changed(ledger: list[Link], at: str) -> None:
    compared = found(ledger, told_by(JOURNAL))
    first = next(each for each in compared.differences if each.kind is Kind.CHANGED)
    assert first.plan is Plan.PERSON
    assert first.at == at
    assert compared.lost == ()


def test_a_changed_row_with_a_new_hash_breaks_the_one_after_it() -> None:
    text = LEDGER[2].text.replace("笔误", "属实")
    forged = changed(3, text=text, hash=link("sha256", LEDGER[2].previous, text.encode()))
    assert [each[:2] for each in kinds(found(forged, told_by(JOURNAL)))] == [(Kind.REWRITTEN, 3), (Kind.CHANGED, 4)]


def test_a_row_under_the_number_of_another_was_moved() -> None:
    moved = [*LEDGER[:5], LEDGER[5].model_copy(update={"sequence": 7})]
    assert (Kind.CHANGED, 7, 7, Plan.PERSON) in kinds(found(moved, told_by(JOURNAL)))


def test_nothing_is_appended_to_a_ledger_that_was_changed() -> None:
    compared = found(changed(2, hash="a" * 64)[:4], told_by(JOURNAL))
    assert compared.lost == ()
    assert (Kind.LEDGER_BEHIND, 5, 6, Plan.PERSON) in kinds(compared)


def test_a_checkpoint_proves_a_longer_ledger_and_says_whether_the_histories_lead_there() -> None:
    witness = Witness(name="checkpoint 3", sequence=6, head=LEDGER[5].hash)
    again = found(LEDGER[:4], told_by(JOURNAL), witnesses=[witness])
    assert kinds(again) == [(Kind.LEDGER_BEHIND, 5, 6, Plan.APPEND), (Kind.WITNESS_LONGER, 6, 6, Plan.APPEND)]
    lost = found(LEDGER[:4], told_by(JOURNAL[:4]), witnesses=[witness])
    assert kinds(lost) == [(Kind.WITNESS_LONGER, 6, 6, Plan.PERSON)]
    assert lost.differences[0].at == "checkpoint 3"
    assert found(LEDGER, told_by(JOURNAL), witnesses=[witness]) == Compared()


def test_a_scene_that_only_a_checkpoint_remembers_is_named() -> None:
    witness = Witness(name="checkpoint 3", sequence=6, head=LEDGER[5].hash)
    assert kinds(found([], Histories(), witnesses=[witness])) == [(Kind.WITNESS_LONGER, 6, 6, Plan.PERSON)]


def test_what_a_checkpoint_contradicts_is_not_appended() -> None:
    compared = found(LEDGER[:4], told_by(JOURNAL), witnesses=[Witness(name="checkpoint 3", sequence=6, head="d" * 64)])
    assert compared.lost == ()
    assert (Kind.UNPROVABLE, 5, 6, Plan.PERSON) in kinds(compared)
    assert (Kind.WITNESS_LONGER, 6, 6, Plan.PERSON) in kinds(compared)


def test_a_checkpoint_that_saw_another_head_is_told() -> None:
    witness = Witness(name="checkpoint 3", sequence=4, head="d" * 64)
    difference = one(found(LEDGER, told_by(JOURNAL), witnesses=[witness]))
    assert (difference.kind, difference.ledger, difference.history) == (Kind.WITNESS_DIFFERS, LEDGER[3].hash, "d" * 64)


@given(st.integers(0, 6), st.integers(1, 6), st.integers(0, 6))
def test_whatever_was_lost_nothing_is_invented(in_ledger: int, in_history: int, confirmed: int) -> None:
    """Two copies of one life, each cut somewhere: what is appended is what stood, and no fork is ever told."""
    confirmed = min(confirmed, in_history)
    compared = found(LEDGER[:in_ledger], told_by(JOURNAL[:in_history], confirmed=confirmed))
    assert [each.hash for each in compared.lost] == [each.hash for each in LEDGER[in_ledger:confirmed]]
    told = {each.kind for each in compared.differences}
    assert told <= {Kind.LEDGER_BEHIND, Kind.ONLY_IN_HISTORIES, Kind.HISTORY_BEHIND}
    assert (Kind.HISTORY_BEHIND in told) == (in_ledger > in_history)
    assert bool(compared.lost) == (confirmed > in_ledger)


@given(st.integers(1, 5), st.integers(1, 6))
def test_wherever_two_lives_part_the_first_entry_that_differs_is_named(after: int, confirmed: int) -> None:
    compared = found(LEDGER, told_by(other_life(after), confirmed=min(after, confirmed)))
    assert kinds(compared) == [(Kind.FORK, after + 1, 6, Plan.PERSON)]


@given(st.sets(st.integers(1, 30)))
def test_spans_hold_each_number_once(numbers: set[int]) -> None:
    found = spans(sorted(numbers))
    assert [each for first, last in found for each in range(first, last + 1)] == sorted(numbers)
    assert all(after[0] > before[1] + 1 for before, after in pairwise(found))


def test_the_rules_give_again_what_was_decided_and_name_what_they_would_not() -> None:
    policy, state = city("盐城市"), SceneState(scene="S-1")
    after, folded = judged_again(policy, state, JOURNAL)
    assert (after, folded) == (policy, WHOLE.state)
    forged = JOURNAL[3].model_copy(update={"events": ()})
    with pytest.raises(Otherwise) as otherwise:
        judged_again(policy, state, (*JOURNAL[:3], forged))
    assert otherwise.value.sequence == 4
    stranger = JOURNAL[3].command.actor.model_copy(update={"unit": "别的公司"})
    command = JOURNAL[3].command.model_copy(update={"actor": stranger})
    with pytest.raises(Otherwise) as refused:
        judged_again(policy, state, (*JOURNAL[:3], JOURNAL[3].model_copy(update={"command": command})))
    assert refused.value.at == "refused"
    assert refused.value.recorded == "propose_correction"


def test_an_alarm_that_was_not_due_or_was_left_out_is_named() -> None:
    policy, start = city("盐城市"), SceneState(scene="S-1")
    play = Play(policy, scene="S-1").submit()
    play.wait(timedelta(days=30))
    first = next(each for each in play.journal if each.command.act.verb == "pass_deadline")
    before = tuple(play.journal[: first.sequence - 1])
    _, state = judged_again(policy, start, before)
    judged_again(policy, state, [first])
    for wrong in (
        first.model_copy(update={"at": before[-1].at}),
        first.model_copy(update={"command": first.command.model_copy(update={"command_id": "by-hand"})}),
        JOURNAL[3].model_copy(update={"sequence": first.sequence, "at": first.at}),
    ):
        with pytest.raises(Otherwise) as otherwise:
            judged_again(policy, state, [wrong])
        assert otherwise.value.at == "alarm"
