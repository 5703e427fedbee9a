"""The risk compensation pool: who may claim what, within which caps and days, and what the scene's journal says."""

from datetime import timedelta

import pytest

from models.commands.trial import ReportIncident, TerminateTrial
from models.events.clock import StepEntered
from models.fund import ClaimStatus, CompensationApproved, SceneReading
from models.journal import GENESIS, chain
from models.policy import Policy
from models.vocabulary import Machine, Role, Stage
from rules import fund
from rules.calendar import due_date, shift_workdays
from tests.pool import A, Pool, approve, decline, file, pay, pay_in, propose, reading, recover, withdraw
from tests.scenario import Play, digest, document, with_rules


def pool_of(policy: Policy, amount: int = 1_000_000, **rules: object) -> Pool:
    return Pool(with_rules(policy, "fund", **rules)).filled(amount)


# the way of a claim


def test_a_claim_is_filed_proposed_approved_and_paid(policy: Policy) -> None:
    pool = Pool(policy).filled(1_000_000)
    number = pool.filed()
    assert pool.claim(number).status is ClaimStatus.FILED
    pool.do(propose(number, 150_000), pool.lead)
    assert (pool.claim(number).proposed_yuan, pool.state.reserved_yuan) == (150_000, 0)
    pool.do(approve(number, 150_000), pool.group)
    assert (pool.state.balance_yuan, pool.state.reserved_yuan, pool.state.available_yuan) == (
        1_000_000, 150_000, 850_000,
    )  # fmt: skip
    pool.do(pay(number), pool.payer)
    assert (pool.state.balance_yuan, pool.state.reserved_yuan) == (850_000, 0)
    assert (pool.claim(number).status, pool.claim(number).due) == (ClaimStatus.PAID, None)


def test_each_step_has_its_day_on_the_citys_calendar_and_keeps_how_it_was_counted(policy: Policy) -> None:
    pool = Pool(policy).filled()
    rules = policy.fund
    assert rules is not None
    number = pool.filed()
    for act, actor, verb, period in (
        (propose(number, 200_000), pool.lead, "propose_compensation", rules.proposal),
        (approve(number, 200_000), pool.group, "approve_compensation", rules.decision),
        (pay(number), pool.payer, "pay_compensation", rules.payment),
    ):
        due = pool.claim(number).due
        assert due is not None
        assert (due.verb, due.since, due.clause) == (verb, pool.today, rules.clause)
        assert due.on == due_date(policy.calendar, pool.today, period).on
        pool.now += timedelta(days=3)
        pool.do(act, actor)


def test_a_city_without_the_section_has_no_pool(yancheng: Policy) -> None:
    pool = Pool(yancheng.model_copy(update={"fund": None}))
    pool.refuses("fund_off", pay_in(1), pool.payer)


def test_the_owner_pays_in_its_own_money_and_nobody_elses(yancheng: Policy) -> None:
    pool = Pool(yancheng)
    owner = pool.actor(Role.OWNER, unit="城市运营公司")
    pool.do(pay_in(10, "城市运营公司"), owner)
    assert pool.state.balance_yuan == 10
    pool.refuses("not_your_part", pay_in(10, "别家公司"), owner)


@pytest.mark.parametrize("end", [withdraw, decline])
def test_what_was_reserved_is_free_again_when_the_claim_ends(yancheng: Policy, end: object) -> None:
    pool = Pool(yancheng).filled(200_000)
    number = pool.approved()
    assert pool.state.available_yuan == 0
    pool.do(withdraw(number), pool.bidder) if end is withdraw else pool.do(decline(number), pool.group)
    assert (pool.state.available_yuan, pool.claim(number).granted_yuan) == (200_000, 0)
    assert pool.approved() == 2, "and it can be claimed again"


def test_what_comes_back_is_in_the_pool_again_and_never_more_than_was_paid(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled(300_000)
    number = pool.paid()
    pool.do(recover(number, 150_000), pool.payer)
    assert pool.state.balance_yuan == 250_000
    no = pool.refuses("fund_over_paid", recover(number, 50_001), pool.payer)
    assert no.details["most"] == "50000"
    pool.do(recover(number, 50_000), pool.payer)
    assert pool.state.balance_yuan == 300_000


def test_every_step_is_for_claims_that_stand_there(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    number = pool.filed()
    for act, actor in (
        (approve(number, 1), pool.group), (decline(number), pool.group), (pay(number), pool.payer),
        (recover(number, 1), pool.payer),
    ):  # fmt: skip
        pool.refuses("fund_claim_status", act, actor)
    pool.do(withdraw(number), pool.bidder)
    pool.refuses("fund_claim_status", propose(number, 1), pool.lead)
    pool.refuses("fund_unknown_claim", propose(9, 1), pool.lead)


# money


def test_nothing_is_approved_that_the_pool_does_not_have(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled(300_000)
    pool.approved("YC-1")
    number = pool.proposed("YC-2")
    no = pool.refuses("fund_short", approve(number, 200_000), pool.group)
    assert no.details == {"available": "100000", "amount": "200000"}
    pool.do(propose(number, 100_000), pool.lead)
    pool.do(approve(number, 100_000), pool.group)
    assert pool.state.available_yuan == 0


def test_approved_is_what_was_seen_or_nothing(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    number = pool.proposed()
    pool.do(propose(number, 120_000), pool.lead)
    pool.refuses("fund_other_amount", approve(number, 200_000), pool.group)
    pool.do(approve(number, 120_000), pool.group)


def test_the_lead_proposes_no_more_than_was_asked(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    pool.refuses("fund_over_asked", propose(pool.filed(), 200_001), pool.lead)


def test_no_more_than_the_policys_share_of_the_loss(policy: Policy) -> None:
    pool = Pool(policy).filled()
    no = pool.refuses("fund_over_share", file(reading(policy), amount=50_001, loss=100_000), pool.bidder)
    assert no.details["most"] == "50000"
    no = pool.refuses("fund_over_share", file(reading(policy), amount=50_001, loss=100_001), pool.bidder)
    assert no.details["most"] == "50000", "half a yuan is no yuan"
    pool.do(file(reading(policy), amount=50_000, loss=100_000), pool.bidder)


def test_the_cap_of_a_claim(yancheng: Policy) -> None:
    pool = pool_of(yancheng, per_claim_yuan=100_000)
    pool.refuses("fund_over_claim_cap", file(reading(yancheng), amount=100_001), pool.bidder)
    assert pool.approved(amount=100_000)


def test_the_cap_of_a_scene_counts_all_its_claims_paid_or_not(yancheng: Policy) -> None:
    pool = pool_of(yancheng, per_scene_yuan=300_000)
    pool.do(recover(pool.paid(), 200_000), pool.payer)
    number = pool.proposed(incident="I-2")
    no = pool.refuses("fund_over_scene_cap", approve(number, 200_000), pool.group)
    assert no.details["granted"] == "200000", "what came back frees no cap"
    pool.do(propose(number, 100_000), pool.lead)
    pool.do(approve(number, 100_000), pool.group)
    assert pool.approved("YC-2"), "another scene has its own"


def test_the_cap_of_a_year_begins_anew_with_the_year(yancheng: Policy) -> None:
    pool = pool_of(yancheng, per_year_yuan=300_000)
    number = pool.approved("YC-1")
    other = pool.proposed("YC-2")
    pool.refuses("fund_over_year_cap", approve(other, 200_000), pool.group)
    pool.do(withdraw(number), pool.bidder)
    pool.do(approve(other, 200_000), pool.group)
    third = pool.proposed("YC-3")
    pool.refuses("fund_over_year_cap", approve(third, 200_000), pool.group)
    pool.now += timedelta(days=365)
    event = pool.do(approve(third, 200_000), pool.group)
    assert isinstance(event, CompensationApproved)
    assert event.year == 2027


# who and for what


def test_only_a_bidder_with_a_trial_claims_and_only_its_own(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    pool.refuses("unknown_bidder", file(reading(yancheng, trial=None)), pool.bidder)
    pool.refuses("not_your_part", file(reading(yancheng), bidder="乙公司"), pool.bidder)
    pool.refuses("wrong_city", file(reading(yancheng, city="别处")), pool.bidder)
    pool.refuses("not_permitted", file(reading(yancheng)), pool.lead)
    pool.refuses("not_your_part", withdraw(pool.filed()), pool.actor(Role.BIDDER, "x", "乙公司"))


def test_the_offices_and_the_scenes_own_lead_decide_and_nobody_else(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    number = pool.filed()
    other = next(unit.name for unit in yancheng.units if unit.name != yancheng.domains[0].lead)
    pool.refuses("not_your_part", propose(number, 1), pool.actor(Role.LEAD, unit=other))
    pool.refuses("not_permitted", propose(number, 1), pool.group)
    pool.do(propose(number, 1), pool.lead)
    pool.refuses("not_your_part", approve(number, 1), pool.actor(Role.LEADING_GROUP, unit=other))
    pool.refuses("not_permitted", approve(number, 1), pool.payer)


def test_an_administrator_has_no_part_in_it_whatever_a_policy_says(yancheng: Policy) -> None:
    granted = {**yancheng.permissions, "pay_into_fund": (Role.ADMINISTRATOR,)}
    pool = Pool(yancheng.model_copy(update={"permissions": granted}))
    pool.refuses("not_permitted", pay_in(1), pool.actor(Role.ADMINISTRATOR, unit="市财政局"))


def test_a_cause_has_to_be_one_of_the_policys_and_to_stand_in_the_scenes_journal(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    pool.refuses("fund_cause_unknown", file(reading(yancheng), cause="weather"), pool.bidder)
    pool.refuses("fund_no_ground", file(reading(yancheng, happened_on=None)), pool.bidder)
    pool.refuses("fund_no_ground", file(reading(yancheng), incident=None), pool.bidder)
    pool.refuses("fund_no_ground", file(reading(yancheng), cause="termination"), pool.bidder)
    over = reading(yancheng, trial="terminated", ground="breach")
    pool.refuses("fund_no_ground", file(over, cause="termination", incident=None), pool.bidder)
    over = over.model_copy(update={"ground": "safety"})
    pool.do(file(over, cause="termination", incident=None), pool.bidder)


def test_who_crossed_a_red_line_gets_nothing_unless_the_city_says_so(yancheng: Policy) -> None:
    breached = reading(yancheng, breached=True)
    pool_of(yancheng).refuses("fund_breach", file(breached), Pool(yancheng).bidder)
    lenient = pool_of(yancheng, excludes_breach=False)
    lenient.do(file(breached), lenient.bidder)


def test_a_red_line_found_after_the_filing_stops_the_claim_at_every_further_step(yancheng: Policy) -> None:
    steps = ((propose(1, 200_000), "lead"), (approve(1, 200_000), "group"), (pay(1), "payer"))
    pool = pool_of(yancheng)
    pool.filed()
    for act, who in steps:
        actor = getattr(pool, who)
        pool.refuses("fund_breach", act, actor, breached=True)
        pool.refuses("fund_question_open", act, actor, red_line_open=True)
        pool.do(act, actor)
    assert pool.claim(1).status is ClaimStatus.PAID
    lenient = pool_of(yancheng, excludes_breach=False)
    lenient.filed()
    lenient.do(propose(1, 200_000), lenient.lead, breached=True)


def test_a_claim_that_can_not_be_paid_any_more_is_declined_all_the_same(yancheng: Policy) -> None:
    pool = pool_of(yancheng)
    number = pool.approved()
    pool.do(decline(number), pool.group, breached=True)
    assert (pool.claim(number).status, pool.state.reserved_yuan) == (ClaimStatus.DECLINED, 0)


def test_the_reading_tells_of_a_question_that_nobody_answered_yet(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.do(ReportIncident(bidder=A, incident="I-1", leak=True, text="泄露"), play.bidder(A))
    found = fund.read_scene(play.scene, play.journal, digest("head"), A, "I-1")
    assert (found.breached, found.red_line_open) == (False, True)


def test_a_claim_has_its_first_and_its_last_day(yancheng: Policy) -> None:
    after = {"length": 5, "unit": "workdays"}
    rules = yancheng.fund
    assert rules is not None
    pool = pool_of(yancheng, claim_after=type(rules.claim_within).model_validate(after))
    start = pool.today
    earliest = shift_workdays(yancheng.calendar, start, 5)
    latest = due_date(yancheng.calendar, start, rules.claim_within).on
    morning = pool.now
    pool.now = morning + (earliest - start) - timedelta(days=1)
    pool.refuses("fund_too_early", file(reading(yancheng)), pool.bidder)
    pool.now = morning + (latest - start) + timedelta(days=1)
    pool.refuses("fund_too_late", file(reading(yancheng)), pool.bidder)
    pool.now = morning + (latest - start)
    pool.filed("YC-1")
    pool.now = morning + (earliest - start)
    pool.filed("YC-2")


def test_one_thing_is_claimed_for_once(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    number = pool.filed()
    again = file(reading(yancheng))
    pool.refuses("fund_claim_stands", again, pool.bidder)
    pool.filed("YC-2")
    pool.filed(incident="I-2")
    pool.do(propose(number, 1), pool.lead)
    pool.do(approve(number, 1), pool.group)
    pool.do(pay(number), pool.payer)
    pool.refuses("fund_claim_stands", again, pool.bidder)


# what the scene's journal says


@pytest.fixture(scope="module")
def running(yancheng: Policy) -> Play:
    return Play(yancheng, scene="YC-R").to_running(A)


def read(play: Play, bidder: str = A, incident: str | None = None) -> SceneReading:
    journal = tuple(play.journal)
    return fund.read_scene(play.scene, journal, chain(GENESIS, journal), bidder, incident)


def test_a_running_trial_without_an_incident_gives_no_ground(running: Play) -> None:
    found = read(running, incident="I-1")
    assert (found.trial, found.happened_on, found.lead) == ("running", None, running.state.lead)
    assert (found.sequence, found.head) == (running.state.sequence, chain(GENESIS, tuple(running.journal)))
    assert read(running, "乙公司").trial is None


def test_an_incident_counts_from_the_day_it_was_reported_and_for_its_bidder_only(running: Play) -> None:
    play = running.fork()
    play.do(ReportIncident(bidder=A, incident="I-1", casualty=False, text="碰撞"), play.bidder(A))
    found = read(play, incident="I-1")
    assert found.happened_on == play.today
    assert read(play, incident="I-2").happened_on is None
    assert read(play, "乙公司", "I-1").happened_on is None
    assert play.bidder(A).person in found.people
    assert found.units == (A,)
    assert play.regulator.person in found.judges
    assert not set(found.people) & set(found.judges)


def test_a_terminated_trial_counts_from_its_termination_with_its_ground(running: Play) -> None:
    play = running.fork()
    play.do(TerminateTrial(bidder=A, ground="safety", reasons="存在重大安全隐患"), play.regulator)
    found = read(play)
    assert (found.trial, found.ground, found.happened_on) == ("rolling_back", "safety", play.today)
    pool = Pool(play.policy, now=play.now)
    bidder = play.bidder(A)
    pool.do(file(found, cause="termination", incident=None, evidence=document("损失证明")), bidder)
    judge = play.regulator.model_copy(update={"unit": A, "role": Role.BIDDER})
    pool.refuses("fund_judge_claims", file(found, cause="termination", incident=None), judge)


def test_a_trial_that_began_anew_is_not_the_one_that_was_terminated(running: Play) -> None:
    play = running.fork()
    play.do(TerminateTrial(bidder=A, ground="safety", reasons="存在重大安全隐患"), play.regulator)
    assert read(play).ground == "safety"
    for step in ("planning", "rolling_back"):
        moved = {"machine": Machine.TRIAL, "bidder": A, "step": step, "stage": Stage.TRIAL, "left": "-"}
        event = StepEntered.model_validate({**moved, "at": play.now, "on": play.today})
        last = play.journal[-1]
        play.journal.append(last.model_copy(update={"sequence": last.sequence + 1, "events": (event,)}))
        assert (read(play).trial, read(play).ground, read(play).happened_on) == (step, None, None)
