"""What one person declared of a scene that ran elsewhere pays and awards nothing until a second has confirmed it."""

import pytest

from models.actor import Actor
from models.commands.anywhere import ConfirmTakeOver, Resume, Suspend, Terminate
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment
from models.commands.promotion import RecordBenefit
from models.deadline import DeadlineStatus
from models.events.anywhere import TakeOverConfirmed
from models.events.clock import DeadlineMet, RungDue
from models.journal import GENESIS
from models.policy import Policy
from models.vocabulary import Role
from rules import fund
from rules.calendar import due_date
from rules.duties import duties
from rules.possible import offers
from tests.pool import Pool, approve, file, propose, reading
from tests.pool import pay as pay_claim
from tests.scenario import Play, document, with_rules

A = "甲公司"
WITH_BIDDERS = ("contracting", "trial", "acceptance", "candidate", "benchmark")
CLOCK = "take_over_confirmation"
CONFIRM = ConfirmTakeOver(finding="与移交材料一致")
AWARD = RecordBenefit(kind="award", beneficiary=A, amount_yuan=400_000, document=document("激励文件"))
CLAIM = ProposePayment(bidder=A, milestone="交付", amount_yuan=100, proof=document("交付确认单"))


def clerk(play: Play) -> Actor:
    return play.office(Role.PLATFORM_OFFICE, "clerk")


def payer(play: Play) -> Actor:
    return play.office(Role.PAYER)


def taken_over(policy: Policy, step: str) -> Play:
    return Play(policy).taken_over(step, A)


def verbs(play: Play) -> set[str]:
    return {each.verb for each in offers(play.policy, play.state)}


def test_no_award_rests_on_the_word_of_the_one_who_took_the_benchmark_over(yancheng: Policy) -> None:
    play = taken_over(yancheng, "benchmark")
    assert play.refuses("take_over_unconfirmed", AWARD, payer(play)).details["verb"] == "record_benefit"
    play.do(CONFIRM, play.group)
    play.do(AWARD, payer(play))
    assert play.state.awarded_yuan == 400_000


@pytest.mark.parametrize("step", ["trial", "acceptance"])
def test_nothing_is_paid_on_a_contract_that_only_one_person_declared(policy: Policy, step: str) -> None:
    play = taken_over(policy, step) if step not in policy.steps_off else taken_over(policy, "acceptance")
    approve = ApprovePayment(bidder=A, milestone="交付", approved=True, reasons="核对")
    pay = PayMilestone(bidder=A, milestone="交付", proof=document("支付凭证"))
    for act, who in ((CLAIM, play.bidder(A)), (approve, play.lead), (pay, payer(play))):
        play.refuses("take_over_unconfirmed", act, who)
    play.confirm_take_over()
    play.pay(A, 100)


def test_who_took_it_over_does_not_confirm_it_nor_anybody_for_them(yancheng: Policy) -> None:
    play = taken_over(yancheng, "benchmark")
    play.refuses("same_person", CONFIRM, clerk(play))
    play.refuses("same_person", CONFIRM, play.group.model_copy(update={"person": "clerk"}))
    play.refuses("same_person", CONFIRM, play.platform.model_copy(update={"on_behalf_of": ("clerk",)}))
    play.refuses("not_permitted", CONFIRM, play.lead)
    assert play.do(CONFIRM, play.platform)[0] == TakeOverConfirmed(by=play.platform.person)


def test_it_is_confirmed_once_and_only_where_something_was_taken_over(yancheng: Policy) -> None:
    play = taken_over(yancheng, "benchmark").confirm_take_over()
    play.refuses("nothing_taken_over_to_confirm", CONFIRM, play.group)
    for other in (Play(yancheng).submit(), Play(yancheng).taken_over("listed")):
        other.refuses("nothing_taken_over_to_confirm", CONFIRM, other.platform)


@pytest.mark.parametrize("step", WITH_BIDDERS)
def test_what_is_offered_follows_the_confirmation(yancheng: Policy, step: str) -> None:
    play = taken_over(yancheng, step)
    money = {"propose_payment", "approve_payment", "pay_milestone", "record_benefit"}
    assert "confirm_take_over" in verbs(play)
    assert not verbs(play) & money
    play.confirm_take_over()
    assert "confirm_take_over" not in verbs(play)
    assert verbs(play) & money or step == "contracting"


def test_it_is_a_duty_of_who_may_confirm_with_a_clock_and_reminders(policy: Policy) -> None:
    play = taken_over(policy, "acceptance")
    (duty,) = [each for each in duties(play.state) if each.limit == "take_over_confirmation"]
    assert (duty.holder, duty.verbs) == (play.holder(Role.PLATFORM_OFFICE), ("confirm_take_over",))
    limit = policy.limits.take_over_confirmation
    assert duty.due_on == due_date(policy.calendar, play.today, limit.period).on
    reminded = {event.id for event in play.pass_limit(CLOCK) if isinstance(event, RungDue)}
    assert CLOCK in reminded
    assert play.deadline(CLOCK).status is DeadlineStatus.OVERDUE
    events = play.do(CONFIRM, play.group)
    assert [event.late for event in events if isinstance(event, DeadlineMet)] == [True]
    assert CLOCK not in [each.id for each in play.state.deadlines]


def test_its_clock_runs_while_the_scene_stands_still_as_what_is_owed_does(policy: Policy) -> None:
    play = taken_over(policy, "acceptance")
    play.do(Suspend(reasons="核查"), play.lead)
    assert play.deadline(CLOCK).status is DeadlineStatus.OPEN
    play.do(Resume(reasons="结束"), play.lead)
    play.do(Terminate(ground="breach", reasons="违约"), play.lead)
    assert (play.state.step, play.deadline(CLOCK).status) == ("remedies", DeadlineStatus.OPEN)


def test_where_nobody_is_asked_there_is_no_clock(yancheng: Policy) -> None:
    for play in (taken_over(with_rules(yancheng, "back_dating", confirm_take_over=False), "acceptance"),
                 Play(yancheng).taken_over("listed")):  # fmt: skip
        assert CLOCK not in [each.id for each in play.state.deadlines]


def test_the_pool_takes_no_claim_that_rests_on_it(policy: Policy) -> None:
    """Neither filed, nor proposed, approved or paid: as payments of its contracts."""
    play = taken_over(policy, "acceptance")
    journal = tuple(play.journal)
    assert fund.read_scene(play.scene, journal, GENESIS, A, None).unconfirmed
    pool = Pool(policy).filled()
    waiting = reading(policy, unconfirmed=True)
    assert pool.refuses("take_over_unconfirmed", file(waiting), pool.bidder).details["verb"] == "claim_from_fund"
    number = pool.filed()
    for act, who in (
        (propose(number, 100), pool.lead), (approve(number, 100), pool.group), (pay_claim(number), pool.payer),
    ):  # fmt: skip
        pool.refuses("take_over_unconfirmed", act, who, unconfirmed=True)
        pool.do(act, who)


def test_all_else_goes_on_meanwhile(yancheng: Policy) -> None:
    play = taken_over(yancheng, "acceptance")
    play.accept(A)
    assert play.state.step == "candidate"


def test_a_city_may_do_without(yancheng: Policy) -> None:
    play = taken_over(with_rules(yancheng, "back_dating", confirm_take_over=False), "benchmark")
    assert not play.state.unconfirmed
    play.do(AWARD, payer(play))


# what was awarded elsewhere


def benchmark_with(policy: Policy, awarded: int) -> Play:
    play = Play(policy)
    act = play.take_over_act("benchmark", play.declared(A)).model_copy(update={"awarded_yuan": awarded})
    play.do(act, clerk(play))
    return play.confirm_take_over()


def test_what_was_awarded_before_counts_towards_the_cap(yancheng: Policy) -> None:
    play = benchmark_with(yancheng, 700_000)
    no = play.refuses("budget_exceeded", AWARD, payer(play))
    assert (no.details["amount"], no.details["cap"]) == ("1100000", "1000000")
    play.do(AWARD.model_copy(update={"amount_yuan": 300_000}), payer(play))


def test_no_more_is_declared_than_may_be_awarded_and_only_of_a_benchmark(yancheng: Policy) -> None:
    play = Play(yancheng)
    too_much = play.take_over_act("benchmark", play.declared(A)).model_copy(update={"awarded_yuan": 1_000_001})
    play.refuses("budget_exceeded", too_much, clerk(play))
    early = play.take_over_act("candidate", play.declared(A)).model_copy(update={"awarded_yuan": 1})
    play.refuses("take_over_incomplete", early, clerk(play))
