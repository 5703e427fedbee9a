"""The inclusion ledger, told from the journal alone: eligibility, faults and their why, orders, extensions, the end."""

from datetime import timedelta

import pytest

from models.commands.anywhere import ConfirmCorrection, DecideExtension, ProposeCorrection, RequestExtension
from models.commands.trial import EndInclusionEarly, FirstFault, RecordFault, ReportCorrection, VerifyCorrection
from models.journal import JournalEntry
from models.policy import Policy
from models.vocabulary import Credit, Mode, Risk
from rules.inclusion_statement import InclusionStatement, statements
from tests.scenario import Play, digest, document

A, B = "甲公司", "乙公司"
KINDS = ("one", "two", "three", "four")


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


def fault(kind: str, **more: object) -> RecordFault:
    return RecordFault.model_validate(
        {
            "bidder": A, "kind": kind, "plan_clause": "1.1", "finding": f"查明{kind}", "evidence": document(kind),
            "with_officer": "regulator-3", **more,
        }
    )  # fmt: skip


def told(play: Play, bidder: str = A) -> InclusionStatement:
    """As an auditor has it: the entries went through their text and back, and nothing else is known."""
    read = [JournalEntry.model_validate_json(entry.model_dump_json()) for entry in play.journal]
    return statements(read, bidder)[-1]


def test_eligibility_is_told_as_it_was_found_at_the_start(running: Play) -> None:
    statement = told(running)
    assert statement.eligibility.risk is Risk.MEDIUM
    assert statement.eligibility.credit is Credit.GOOD
    assert statement.eligibility.commitment is True
    assert statement.granted.person == running.regulator.person
    assert statement.granted.unit == running.regulator.unit
    assert statement.notice is not None
    assert statement.started_on == running.today
    assert statement.until == running.deadline(f"inclusion/{A}").due_on
    assert (statement.step, statement.ended) == ("active", None)


def test_every_fault_is_tied_to_clause_guidance_finding_and_evidence(running: Play) -> None:
    findings = FirstFault(first=True, minor=True, corrected=True, harmless=True)
    running.do(fault("late", punishable=False, first_fault=findings, guidance="补报"), running.regulator)
    (line,) = told(running).faults
    assert (line.measure, line.plan_clause, line.guidance, line.finding) == ("tolerated", "1.1", "补报", "查明late")
    assert line.evidence.sha256 == digest("late")
    assert line.first_fault == findings
    assert line.climb is None
    assert line.recorded.sequence == running.state.sequence


def test_it_says_why_a_fault_met_its_rung(running: Play) -> None:
    for kind in ("delay", "noise", "delay", "delay"):
        running.do(fault(kind), running.regulator)
        running.wait(timedelta(days=1))
    lines = told(running).faults
    assert [line.measure for line in lines] == ["remind", "advise", "interview", "breach"]
    first, _, third, last = (line.climb for line in lines)
    assert first is not None
    assert third is not None
    assert last is not None
    assert (first.above, first.steps, first.repeats) == (None, 1, ())
    assert (third.above, third.steps, third.repeats) == ("advise", 1, (1,))
    assert (last.above, last.steps, last.repeats) == ("interview", 2, (1, 3))
    assert (last.repeats_to_skip, last.window) == (2, running.policy.inclusion.repeat_window)


def test_the_why_that_is_told_gives_the_rung_again(running: Play) -> None:
    """Whoever counts with the figures of the statement comes to the same rung."""
    for kind in ("a", "a", "b", "a"):
        running.do(fault(kind), running.regulator)
    ladder = running.policy.inclusion.ladder
    for line in told(running).faults:
        climb = line.climb
        assert climb is not None
        at = (ladder.index(climb.above) if climb.above else -1) + climb.steps
        assert line.measure == climb.rung == (ladder[at] if at < len(ladder) else "breach")
        assert climb.steps == (2 if len(climb.repeats) >= climb.repeats_to_skip else 1)


def ordered(play: Play) -> Play:
    for kind in KINDS:
        play.do(fault(kind), play.regulator)
    return play


def test_an_order_is_told_with_its_officers_its_service_and_its_due_date(running: Play) -> None:
    ordered(running)
    order = told(running).faults[-1].order
    assert order is not None
    assert order.officers == ("regulator-1", "regulator-3")
    assert (order.served_on, order.due_on) == (None, None)
    running.wait(timedelta(days=2))
    running.serve_notices()
    order = told(running).faults[-1].order
    assert order is not None
    assert order.served_on == running.today
    assert order.due_on == running.deadline(f"correction_order/{A}/#4").due_on


def test_an_order_is_told_with_its_extension_and_its_verification(running: Play) -> None:
    ordered(running).serve_notices()
    id = f"correction_order/{A}/#4"
    running.do(RequestExtension(deadline=id, reasons="备件未到"), running.bidder(A))
    running.do(DecideExtension(deadline=id, granted=True, reasons="同意"), running.second_regulator)
    due = running.deadline(id).due_on
    running.do(VerifyCorrection(bidder=A, corrected=True, finding="已改"), running.second_regulator)
    statement = told(running)
    order = statement.faults[-1].order
    assert order is not None
    assert order.due_on == due
    (extension,) = order.extensions
    assert (extension.asked.unit, extension.granted, extension.until) == (A, True, due)
    assert order.verified is not None
    assert (order.verified.person, order.corrected, order.finding) == ("regulator-2", True, "已改")
    assert statement.extensions == ()


def test_an_order_that_nobody_reported_is_told_as_lapsed_and_one_not_followed_as_the_end(running: Play) -> None:
    ordered(running).pass_limit(f"correction_order/{A}/#4")
    statement = told(running)
    order = statement.faults[-1].order
    assert order is not None
    assert order.lapsed
    assert statement.ended is None
    running.do(VerifyCorrection(bidder=A, corrected=False, finding="未改"), running.second_regulator)
    ended = told(running).ended
    assert ended is not None
    assert (ended.step, ended.cause) == ("breached", "verify_correction")


def test_what_the_bidder_reported_of_an_order_is_told_with_its_proof(running: Play) -> None:
    ordered(running).serve_notices()
    running.do(ReportCorrection(bidder=A, proof=document("整改照片")), running.bidder(A))
    order = told(running).faults[-1].order
    assert order is not None
    assert order.reported is not None
    assert (order.reported.unit, order.proof) == (A, document("整改照片"))


def test_extensions_are_told_with_who_asked_and_who_answered(running: Play) -> None:
    id = f"inclusion/{A}"
    for granted in (False, True):
        running.do(RequestExtension(deadline=id, reasons="继续验证"), running.bidder(A))
        running.do(DecideExtension(deadline=id, granted=granted, reasons="审定"), running.group)
    statement = told(running)
    refused, granted_one = statement.extensions
    assert (refused.granted, refused.until) == (False, None)
    assert granted_one.answered is not None
    assert (granted_one.answered.person, granted_one.granted) == (running.group.person, True)
    assert granted_one.until == statement.until == running.deadline(id).due_on
    assert statement.step == "extended"


@pytest.mark.parametrize("how", ["early", "red_line", "time", "exit"])
def test_the_end_is_told_with_how_and_why(running: Play, how: str) -> None:
    expected: tuple[str, str, str | None]
    match how:
        case "early":
            running.do(EndInclusionEarly(bidder=A, reasons="已无必要"), running.regulator)
            expected = ("ended_early", "end_inclusion_early", "已无必要")
        case "red_line":
            running.do(fault("leak", red_line="data_or_privacy_harm"), running.regulator)
            expected = ("breached", "record_fault", None)
        case "time":
            running.pass_limit(f"trial/{A}")
            running.pass_limit(f"inclusion/{A}")
            expected = ("ended", "after:inclusion", None)
        case _:
            running.end_trial(A)
            expected = ("ended", "conclude_exit", None)
    ended = told(running).ended
    assert ended is not None
    assert (ended.step, ended.cause) == expected[:2]
    if expected[2]:
        assert ended.reasons == expected[2]


def test_a_correction_that_was_confirmed_stands_beside_the_fault(running: Play) -> None:
    running.do(fault("late"), running.regulator)
    wrong = running.state.sequence
    running.do(
        ProposeCorrection(correction="K-1", sequence=wrong, reasons="误", right_text="第四条"), running.regulator
    )
    assert told(running).faults[0].corrections == ()
    running.do(ConfirmCorrection(correction="K-1", confirmed=True), running.lead)
    assert told(running).faults[0].corrections == ("第四条",)


def test_a_second_trial_has_a_statement_of_its_own(running: Play) -> None:
    running.do(fault("late"), running.regulator)
    running.end_trial(A)
    running.retrial(A)
    running.start(A)
    running.do(fault("noise"), running.regulator)
    first, second = statements(running.journal, A)
    assert [(each.number, [line.kind for line in each.faults]) for each in (first, second)] == [
        (1, ["late"]), (2, ["noise"]),
    ]  # fmt: skip
    assert (first.step, second.step) == ("ended", "active")
    assert second.faults[0].climb is not None
    assert second.faults[0].climb.above == "remind", "the ladder goes on where it stood"


def test_of_two_bidders_each_has_its_own(yancheng: Policy) -> None:
    race = Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.do(fault("late"), race.regulator)
    assert [(each.bidder, len(each.faults)) for each in statements(race.journal)] == [(A, 1), (B, 0)]
    assert [each.bidder for each in statements(race.journal, B)] == [B]


def test_a_trial_without_an_inclusion_period_has_no_statement(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    assert statements(play.journal) == ()
