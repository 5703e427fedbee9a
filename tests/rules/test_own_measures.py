"""A city adds a step to the ladder of faults by its file alone: its words, time, officers, roles, who is told."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cli.inclusion import measure_words
from models.calendar import Period, Unit
from models.commands.trial import RecordFault, ReportCorrection, VerifyCorrection
from models.events.trial import FaultRecorded
from models.policy import Measure, Policy
from models.state import Fault
from models.vocabulary import Role
from rules.calendar import shift_workdays
from rules.inclusion_statement import statements
from rules.ladder import climb
from rules.notifications import notifications
from rules.policy_check import contradictions
from runtime.policy_files import load_policy
from tests.rules.test_inclusion import A, fault, record, verify
from tests.scenario import ROOT, Play, city, document, with_rules

OF_NINGBO = "ladder: [remind, advise, interview, order]"
CRITICISM = """ladder:
    - remind
    - advise
    - interview
    - {key: circular, name: 通报批评, name_en: public criticism,
       two_officers: true, contestable: true, told: [lead_department, bidder]}
    - {key: second_interview, name: 二次约谈, name_en: second interview, correct_within: {length: 5, unit: workdays}}
    - order"""  # fmt: skip


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Policy]:
    """Ningbo's file with another ladder."""

    def write(ladder: str) -> Policy:
        path = tmp_path_factory.mktemp("city") / "mine.yaml"
        text = (ROOT / "policies" / "ningbo.yaml").read_text("utf-8")
        assert OF_NINGBO in text
        path.write_text(text.replace(OF_NINGBO, ladder), "utf-8")
        return load_policy(path, Path(ROOT / "policies" / "calendars"))

    return write


@pytest.fixture
def running(edited: Callable[[str], Policy]) -> Play:
    return Play(edited(CRITICISM)).to_running(A)


def at(play: Play, step: str) -> Play:
    """After the faults that lead to a step; each is of another kind, and what is ordered gets corrected."""
    for kind in ("one", "two", "three", "four", "five", "six"):
        if record(play, kind) == step:
            return play
        if play.state.open_orders(A):
            verify(play, corrected=True)
    raise AssertionError(step)


def test_a_fault_meets_the_citys_own_steps_in_their_place(running: Play) -> None:
    met = [record(running, kind) for kind in ("one", "two", "three", "four", "five")]
    assert met == ["remind", "advise", "interview", "circular", "second_interview"]
    verify(running, corrected=True)
    assert record(running, "six") == "order"
    verify(running, corrected=True)
    assert record(running, "seven") == "breach"


def test_a_repeat_skips_over_the_citys_own_step(running: Play) -> None:
    assert [record(running, "delay") for _ in range(3)] == ["remind", "advise", "circular"]


def test_a_step_that_takes_two_officers_is_refused_to_one(running: Play) -> None:
    at(running, "interview")
    running.refuses("second_officer_missing", fault("four", with_officer=None), running.regulator)


def test_a_step_with_a_time_is_an_order_that_runs_so_long_from_its_service(running: Play) -> None:
    at(running, "second_interview")
    assert running.state.open_orders(A)
    awaited = next(each for each in running.state.services if each.limit == "correction_order")
    assert awaited.period == Period(length=5, unit=Unit.WORKDAYS)
    running.refuses("officer_verifies", VerifyCorrection(bidder=A, corrected=True, finding="核验"), running.regulator)
    running.serve_notices()
    due = next(each for each in running.state.deadlines if each.id == f"correction_order/{A}/#5")
    assert due.due_on == shift_workdays(running.policy.calendar, running.today, 5)
    running.do(ReportCorrection(bidder=A, proof=document("整改")), running.bidder(A))
    verify(running, corrected=True)
    assert not running.state.open_orders(A)


def test_who_is_told_of_a_step_gets_a_copy_of_it(running: Play) -> None:
    at(running, "interview")
    before = running.state
    running.do(fault("four"), running.regulator)
    told = [each.recipient for each in notifications(before, running.state, running.journal[-1])
            if each.rung == f"measure/{A}/4"]  # fmt: skip
    assert told == [f"unit:宁波市/{running.state.lead}", f"unit:宁波市/{A}"]


def test_a_contestable_step_that_is_annulled_counts_no_more_and_ends_nothing(running: Play) -> None:
    at(running, "circular")
    running.win_appeal()
    inclusion = running.state.inclusions[0]
    assert (inclusion.step, inclusion.faults[-1].annulled) == ("active", True)
    assert record(running, "again") == "circular"


def test_a_step_that_only_the_leading_group_takes_is_refused_to_the_regulator(
    edited: Callable[[str], Policy],
) -> None:
    own = "ladder: [remind, {key: circular, name: 通报批评, name_en: public criticism, roles: [leading_group]}, order]"
    may = {**city("ningbo").permissions, "record_fault": (Role.REGULATOR, Role.LEADING_GROUP)}
    running = Play(edited_with(edited, own, may)).to_running(A)
    record(running, "one")
    running.refuses("measure_of_others", fault("two"), running.regulator)
    met = running.do(fault("two"), running.group)
    assert [each.fault.rung for each in met if isinstance(each, FaultRecorded)] == ["circular"]


def edited_with(edited: Callable[[str], Policy], ladder: str, may: dict[str, tuple[Role, ...]]) -> Policy:
    """The file with a ladder whose role is not permitted is refused; with the permission it plays."""
    with pytest.raises(Exception, match=r"inclusion\.ladder\.1\.roles\.0: leading_group may not record_fault"):
        edited(ladder)
    open_to_all = edited(ladder.replace(", roles: [leading_group]", ""))
    own = Measure(key="circular", name="通报批评", name_en="public criticism", roles=(Role.LEADING_GROUP,))
    policy = with_rules(open_to_all, "inclusion", ladder=("remind", own, "order"))
    return policy.model_copy(update={"permissions": may})


def test_the_statement_calls_a_step_as_the_file_does(running: Play) -> None:
    at(running, "second_interview")
    (told,) = statements(running.journal)
    assert [line.measure for line in told.faults][-2:] == ["circular", "second_interview"]
    words = measure_words(told)
    assert (words["circular"].zh, words["second_interview"].en) == ("通报批评", "second interview")
    assert told.faults[-1].order is not None


def test_a_step_that_the_city_has_given_up_counts_as_what_was_met_below_it() -> None:
    rules = city("ningbo").inclusion
    day = date(2026, 3, 2)
    before = tuple(
        Fault(number=number, kind=str(number), recorded_on=day, rung=rung, by="r")
        for number, rung in enumerate(("remind", "circular"), start=1)
    )
    assert climb(rules, before, "x", day).rung == "advise"


@pytest.mark.parametrize(
    ("ladder", "wrong"),
    [
        ("ladder: [remind, {key: breach, name: 通报, name_en: x}]", "inclusion.ladder.1.key"),
        ("ladder: [remind, {key: remind, name: 再提醒, name_en: x}]", "inclusion.ladder.1"),
        ("ladder: [remind, {key: told, name: 通报, name_en: x, told: [auditor]}]", "inclusion.ladder.1.told.0"),
        ("ladder: [order, {key: told, name: 通报, name_en: x}, remind]", "inclusion.ladder"),
        ("ladder: [remind, {key: told, name: 通报}]", "inclusion.ladder.1.name_en: is missing"),
        ("ladder: [remind, circular]", "inclusion.ladder.1: 'circular' is no step that every city knows"),
    ],
)
def test_a_step_that_can_not_work_is_told_with_its_place(
    edited: Callable[[str], Policy], ladder: str, wrong: str
) -> None:
    with pytest.raises(Exception) as told:  # noqa: PT011
        edited(ladder)
    assert wrong in str(told.value)
    assert str(told.value).count("\n") <= 1


def test_a_ladder_with_own_steps_contradicts_nothing(edited: Callable[[str], Policy]) -> None:
    assert contradictions(edited(CRITICISM)) == ()


def test_a_policy_of_plain_words_keeps_its_digest() -> None:
    assert city("ningbo").model_dump(mode="json")["inclusion"]["ladder"] == ["remind", "advise", "interview", "order"]
    assert RecordFault.model_fields.keys() == fault().model_dump().keys()
