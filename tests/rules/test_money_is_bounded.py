"""Money never comes back in more than is due, and counts once it has come."""

from datetime import timedelta

import pytest

from models.actor import Actor
from models.calendar import Period
from models.commands.acceptance import AskFaultTolerance, RecordRefund
from models.commands.anywhere import Terminate
from models.commands.promotion import CloseScene
from models.commands.trial import RefuseTrial
from models.deadline import DeadlineStatus
from models.events.acceptance import RefundDeclared, RefundMissed, RefundRecorded
from models.events.clock import DeadlineCancelled, DeadlineMet
from models.policy import Policy
from models.state import RefundOnItsWay
from models.vocabulary import NoticeAbout, PanelPurpose, Role, RunsFrom
from rules.calendar import due_date
from rules.duties import duties
from rules.possible import offers
from rules.refunds import paid_yuan
from tests.plays import fail, make_final
from tests.scenario import Play, document, receipt, with_limit, with_rules

A = "甲公司"
PAID = 120_000
CLOCK = f"refund/{A}"
RECEIPT = f"refund_receipt/{A}"


def refund(amount: int = PAID) -> RecordRefund:
    return RecordRefund(bidder=A, amount_yuan=amount, proof=document("退款凭证"))


def payer(play: Play) -> Actor:
    return play.office(Role.PAYER)


@pytest.fixture
def owing(policy: Policy) -> Play:
    """Paid, and then not admitted: all of it is owed back."""
    play = Play(policy).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    return play


def test_no_more_is_refunded_than_is_owed(owing: Play) -> None:
    for act, who in ((refund(PAID + 1), owing.bidder(A)), (receipt(A, PAID + 1), payer(owing))):
        no = owing.refuses("refund_over", act, who)
        assert (no.details["due"], no.details["amount"]) == (str(PAID), str(PAID + 1))
    owing.do(receipt(A, PAID), payer(owing))
    assert owing.state.payments[0].kept_yuan == 0


def test_who_was_paid_nothing_refunds_nothing(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.conclude(A, "failed")
    play.refuses("refund_over", refund(1), play.bidder(A))
    assert play.do(refund(0), play.bidder(A))[0] == RefundRecorded(bidder=A, amount_yuan=0)


@pytest.mark.parametrize("who", [Role.BIDDER, Role.OWNER])
def test_a_refund_counts_once_the_payer_has_received_it(owing: Play, who: Role) -> None:
    said = owing.do(refund(), owing.bidder(A) if who is Role.BIDDER else owing.owner)
    assert said[0] == RefundDeclared(bidder=A, amount_yuan=PAID)
    assert [each.bidder for each in owing.state.owed_refunds] == [A], "it is owed until it has come"
    assert owing.deadline(RECEIPT).holder == owing.holder(Role.PAYER)
    assert owing.do(receipt(A, PAID), payer(owing))[0] == RefundRecorded(bidder=A, amount_yuan=PAID)
    assert owing.state.owed_refunds == ()
    assert not {CLOCK, RECEIPT} & {each.id for each in owing.state.deadlines}


def test_the_payer_has_its_own_time_however_late_the_bidder_was(owing: Play) -> None:
    owing.pass_limit(CLOCK)
    owing.wait(timedelta(days=20))
    owing.do(refund(), owing.bidder(A))
    asked, limit = owing.deadline(RECEIPT), owing.policy.limits.refund_receipt
    assert (asked.status, asked.due_on) == (
        DeadlineStatus.OPEN, due_date(owing.policy.calendar, owing.today, limit.period).on
    )  # fmt: skip
    met = [each for each in owing.do(receipt(A, PAID), payer(owing)) if isinstance(each, DeadlineMet)]
    assert [(each.id, each.late) for each in met] == [(RECEIPT, False), (CLOCK, True)]


def test_who_paid_back_in_time_is_not_late_because_the_payer_is(owing: Play) -> None:
    owing.do(refund(), owing.bidder(A))
    assert owing.deadline(CLOCK).status is DeadlineStatus.PAUSED
    owing.pass_limit(RECEIPT)
    owing.wait(timedelta(days=90))
    assert owing.deadline(RECEIPT).status is DeadlineStatus.OVERDUE
    met = [each for each in owing.do(receipt(A, PAID), payer(owing)) if isinstance(each, DeadlineMet)]
    assert [(each.id, each.late) for each in met] == [(RECEIPT, True), (CLOCK, False)]


def test_what_did_not_come_is_owed_as_before(owing: Play) -> None:
    before = owing.deadline(CLOCK)
    owing.wait(timedelta(days=7))
    owing.do(refund(), owing.bidder(A))
    left = owing.deadline(CLOCK).remaining
    owing.wait(timedelta(days=7))
    assert owing.do(receipt(A, 0), payer(owing))[0] == RefundMissed(bidder=A)
    after = owing.deadline(CLOCK)
    assert (after.holder, after.verbs) == (before.holder, before.verbs)
    assert after.legs == (Period(length=left or 0, unit=before.period.unit),), "what was left of its time"
    assert owing.state.payments[0].kept_yuan == PAID
    owing.refuses("refund_not_declared", receipt(A, 0), payer(owing))
    owing.refund(A)
    assert owing.state.owed_refunds == ()


@pytest.fixture
def failed(policy: Policy) -> Play:
    """Paid, and then not accepted."""
    play = Play(policy).to_acceptance(A).pay(A, PAID)
    fail(play, A)
    return play


def test_who_owes_for_a_failed_result_may_still_ask_for_tolerance_when_nothing_came(failed: Play) -> None:
    verbs = failed.deadline(CLOCK).verbs
    assert "ask_fault_tolerance" in verbs
    failed.do(refund(), failed.bidder(A))
    failed.do(receipt(A, 0), payer(failed))
    assert failed.deadline(CLOCK).verbs == verbs


@pytest.mark.parametrize("said", [True, False])
def test_the_record_says_that_a_refund_that_came_met_its_clock(failed: Play, said: bool) -> None:
    if said:
        failed.do(refund(), failed.bidder(A))
    events = failed.do(receipt(A, PAID), payer(failed))
    assert CLOCK in [each.id for each in events if isinstance(each, DeadlineMet)]
    assert not [each for each in events if isinstance(each, DeadlineCancelled)]


def test_the_payer_owes_its_answer_also_while_the_refund_waits_for_its_service(policy: Policy) -> None:
    play = Play(with_limit(policy, "refund", runs_from=RunsFrom.SERVICE)).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    assert CLOCK in [each.id for each in play.state.services]
    play.do(refund(), play.bidder(A))
    assert play.deadline(RECEIPT).holder == play.holder(Role.PAYER)
    play.fork().do(receipt(A, PAID), payer(play))
    play.serve_notices()
    assert play.deadline(CLOCK).status is DeadlineStatus.PAUSED
    play.do(receipt(A, 0), payer(play))
    assert play.deadline(CLOCK).status is DeadlineStatus.OPEN


# what was on its way when the work went on again


@pytest.fixture
def on_its_way(owing: Play) -> Play:
    owing.do(refund(), owing.bidder(A))
    owing.win_appeal()
    return owing


def test_what_is_on_its_way_when_the_work_goes_on_is_remembered_and_received(on_its_way: Play) -> None:
    assert on_its_way.state.owed_refunds == ()
    assert list(on_its_way.state.refunds_on_their_way) == [RefundOnItsWay(bidder=A, amount_yuan=PAID)]
    on_its_way.refuses("no_refund_owed", refund(), on_its_way.bidder(A))
    said = on_its_way.refuses("refund_other_than_said", receipt(A, PAID - 1), payer(on_its_way)).details["said"]
    assert said == str(PAID)
    assert [each.verbs for each in duties(on_its_way.state) if each.deadline == RECEIPT] == [("confirm_refund",)]
    assert on_its_way.do(receipt(A, PAID), payer(on_its_way))[0] == RefundRecorded(bidder=A, amount_yuan=PAID)
    assert not on_its_way.state.refunds_on_their_way
    on_its_way.pay(A, PAID)
    assert paid_yuan(on_its_way.state, A) == PAID, "what came back is claimed anew"


def test_what_did_not_come_when_the_work_went_on_is_forgotten(on_its_way: Play) -> None:
    assert on_its_way.do(receipt(A, 0), payer(on_its_way))[0] == RefundMissed(bidder=A)
    assert not on_its_way.state.refunds_on_their_way
    assert RECEIPT not in [each.id for each in on_its_way.state.deadlines]
    assert paid_yuan(on_its_way.state, A) == PAID


def test_what_is_on_its_way_counts_when_the_work_ends_again(on_its_way: Play) -> None:
    on_its_way.do(RefuseTrial(bidder=A, reasons="不符合准入条件"), on_its_way.regulator)
    assert on_its_way.state.refunds[0].declared_yuan == PAID
    assert on_its_way.deadline(CLOCK).status is DeadlineStatus.PAUSED
    on_its_way.do(receipt(A, PAID), payer(on_its_way))
    assert on_its_way.state.owed_refunds == ()


def test_what_was_paid_since_is_owed_when_what_was_on_its_way_has_come(policy: Policy) -> None:
    play = Play(policy).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    play.do(refund(), play.bidder(A))
    play.win_appeal()
    play.pay(A, 30_000)
    play.do(RefuseTrial(bidder=A, reasons="不符合准入条件"), play.regulator)
    play.refuses("refund_other_than_said", receipt(A, PAID - 1), payer(play))
    whole = play.fork()
    whole.do(receipt(A, PAID + 30_000), payer(whole))
    assert whole.state.owed_refunds == ()
    assert play.do(receipt(A, PAID), payer(play))[0] == RefundRecorded(bidder=A, amount_yuan=PAID)
    assert (paid_yuan(play.state, A), play.deadline(CLOCK).status) == (30_000, DeadlineStatus.OPEN)
    assert RECEIPT not in [each.id for each in play.state.deadlines]
    play.refund(A)
    assert play.state.owed_refunds == ()


def test_no_scene_closes_over_what_is_on_its_way(failed: Play) -> None:
    failed.do(refund(), failed.bidder(A))
    failed.win_appeal()
    failed.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    failed.conclude(A)
    if failed.state.step == "acceptance":
        failed.publish(NoticeAbout.ACCEPTANCE, A)
        failed.pass_limit(f"public_notice/{A}")
    assert failed.state.step == "candidate"
    close = CloseScene(reasons="办结")
    assert failed.refuses("refund_on_its_way", close, failed.platform).details["bidders"] == A
    ended = failed.fork()
    ended.do(Terminate(ground="breach", reasons="违约"), ended.lead)
    make_final(ended)
    assert ended.state.step == "remedies"
    ended.do(receipt(A, PAID), payer(ended))
    assert ended.state.closed
    failed.do(receipt(A, PAID), payer(failed))
    failed.pay(A, PAID)
    failed.do(close, failed.platform)
    assert failed.state.closed


def test_only_the_payer_says_that_it_came_or_that_nothing_did(owing: Play) -> None:
    owing.refuses("refund_not_declared", receipt(A, 0), payer(owing))
    owing.do(refund(), owing.bidder(A))
    for amount in (PAID, 0):
        owing.refuses("not_permitted", receipt(A, amount), owing.bidder(A))
    owing.refuses("not_permitted", refund(), payer(owing))


def test_who_says_that_it_was_paid_back_does_not_say_that_it_came(owing: Play) -> None:
    """Also where a city lets its payer enter the bidder's word."""
    may = dict(owing.policy.permissions, record_refund=(Role.PAYER,))
    owing.policy = owing.policy.model_copy(update={"permissions": may})
    owing.do(refund(), payer(owing))
    assert owing.state.owed_refunds
    owing.refuses("approver_pays", receipt(A, PAID), payer(owing))
    owing.do(receipt(A, PAID), owing.office(Role.PAYER, "another"))


def test_nobody_receives_what_they_paid_back_themselves(owing: Play) -> None:
    owing.do(refund(), owing.bidder(A))
    who_paid_back = payer(owing).model_copy(update={"person": owing.bidder(A).person})
    owing.refuses("own_bid", receipt(A, PAID), who_paid_back)
    for_the_owner = payer(owing).model_copy(update={"person": owing.owner.person})
    owing.refuses("drafter_decides", receipt(A, PAID), for_the_owner)


def test_who_was_found_diligent_says_less_and_the_payer_still_receives_it(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    play.do(play.tolerance_act(A), play.group)
    play.do(refund(1), play.bidder(A))
    assert play.state.owed_refunds, "what was paid back has to come"
    play.do(receipt(A, 1), payer(play))
    assert play.state.owed_refunds == ()


def test_what_came_of_what_was_said_is_all_or_nothing(owing: Play) -> None:
    """Tolerated or not: a part of it settles nothing, and what did not come is owed as before."""
    asked = owing.fork()
    owing.do(refund(), owing.bidder(A))
    owing.refuses("refund_other_than_said", receipt(A, PAID - 1), payer(owing))
    asked.do(AskFaultTolerance(bidder=A, grounds="已尽职"), asked.bidder(A))
    (finder,) = asked.policy.permissions["decide_fault_tolerance"]
    asked.do(asked.tolerance_act(A), asked.person(finder, asked.holder(finder).unit, "finder"))
    asked.do(refund(50_000), asked.bidder(A))
    said = asked.refuses("refund_other_than_said", receipt(A, 20_000), payer(asked)).details["said"]
    assert said == "50000"
    asked.do(receipt(A, 50_000), payer(asked))
    assert asked.state.owed_refunds == ()


def test_what_can_be_done_about_a_refund_is_offered_and_nothing_else(owing: Play) -> None:
    verbs = {"record_refund", "confirm_refund", "ask_fault_tolerance", "decide_fault_tolerance"}

    def offered() -> set[str]:
        return {each.verb for each in offers(owing.policy, owing.state)} & verbs

    assert offered() == {"record_refund", "confirm_refund", "ask_fault_tolerance"}
    owing.do(AskFaultTolerance(bidder=A, grounds="已尽职"), owing.bidder(A))
    assert offered() == {"decide_fault_tolerance"}
    (finder,) = owing.policy.permissions["decide_fault_tolerance"]
    owing.do(owing.tolerance_act(A), owing.person(finder, owing.holder(finder).unit, "finder"))
    assert offered() == {"record_refund", "confirm_refund"}
    owing.refund(A)
    assert offered() == set()


def test_a_finding_on_paper_gives_the_payer_its_whole_time(owing: Play) -> None:
    """It counts from a day before the payer was asked for anything."""
    owing.wait(timedelta(days=40))
    owing.do(refund(), owing.bidder(A))
    due_on = owing.deadline(RECEIPT).due_on
    owing.do(AskFaultTolerance(bidder=A, grounds="已尽职"), owing.bidder(A))
    (finder,) = owing.policy.permissions["decide_fault_tolerance"]
    who = owing.person(finder, owing.holder(finder).unit, "finder")
    owing.do(owing.tolerance_act(A), who, on=owing.today - timedelta(days=30))
    assert owing.deadline(RECEIPT).due_on == due_on


def test_nobody_receives_nothing(yancheng: Policy) -> None:
    """Tolerated, and nothing is paid back: there is nothing that the payer could receive."""
    play = Play(yancheng).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    play.do(play.tolerance_act(A), play.group)
    assert play.do(refund(0), play.bidder(A))[0] == RefundRecorded(bidder=A, amount_yuan=0)
    assert RECEIPT not in [each.id for each in play.state.deadlines]
    assert play.state.owed_refunds == ()


def test_a_city_that_asks_for_no_receipt_takes_the_bidders_word(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "acceptance", refund_receipt=False)).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    assert play.do(refund(), play.bidder(A))[0] == RefundRecorded(bidder=A, amount_yuan=PAID)
