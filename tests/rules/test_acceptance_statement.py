"""An acceptance as a statement: who spoke, who was silent, who signed, what was paid and is owed; it judges nothing."""

import pytest

from models.commands.acceptance import AskFaultTolerance
from models.policy import Policy
from models.vocabulary import PanelPurpose
from rules.acceptance_statement import AcceptanceStatement, statement
from tests.scenario import Play, digest

A = "甲公司"


def of(play: Play) -> AcceptanceStatement:
    (acceptance,) = play.state.acceptances
    return statement(play.policy, play.state, play.journal, acceptance)


@pytest.fixture
def reviewed(yancheng: Policy) -> Play:
    play = Play(yancheng).to_acceptance(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    return play


def test_who_has_not_spoken_is_awaited_until_their_time_is_over(reviewed: Play) -> None:
    before = of(reviewed)
    assert (before.opinions, before.silent) == ((), ())
    reviewed.acceptance_opinion(A, reviewed.owner)
    after = of(reviewed)
    assert [each.unit for each in after.opinions] == [reviewed.owner_unit]
    assert set(after.awaited) == set(before.awaited) - {reviewed.owner_unit}
    reviewed.wait(max(each.due_at for each in after.clocks if each.limit == "acceptance_opinion") - reviewed.now)
    late = of(reviewed)
    assert (set(late.silent), late.awaited) == (set(after.awaited), ())


def test_who_has_not_signed_is_named_until_they_have(reviewed: Play) -> None:
    before = of(reviewed)
    assert before.seats == before.recommending == len(before.unsigned) > 0
    reviewed.sign_all(A)
    after = of(reviewed)
    assert (after.unsigned, len(after.signatures)) == ((), before.seats)


def test_a_result_that_passed_has_its_verdict_and_no_refund(reviewed: Play) -> None:
    reviewed.conclude(A)
    found = of(reviewed)
    assert (found.verdict, found.concluded_on, found.refund) == ("passed", reviewed.today, None)
    assert found.document_sha256 == digest("验收意见书")


def test_a_result_that_failed_says_what_is_due_and_how_its_tolerance_was_found(reviewed: Play) -> None:
    reviewed.conclude(A, "failed")
    before = of(reviewed).refund
    assert before is not None
    assert (before.refunded_yuan, before.asked, before.tolerated, before.answers) == (None, False, None, ())
    reviewed.do(AskFaultTolerance(bidder=A, grounds="已尽职"), reviewed.bidder(A))
    finding = reviewed.tolerance_act(A, tolerated=False)
    reviewed.do(finding, reviewed.group)
    after = of(reviewed).refund
    assert after is not None
    assert (after.asked, after.tolerated, after.answers) == (True, False, finding.answers)


def test_value_and_shares_are_those_of_the_scene(reviewed: Play) -> None:
    reviewed.do(reviewed.value_act(), reviewed.lead)
    found = of(reviewed)
    assert (found.value_yuan, found.shares) == (1_000_000, ((reviewed.owner_unit, "3/5"), (A, "2/5")))
