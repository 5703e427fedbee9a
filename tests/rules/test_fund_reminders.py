"""The duties of a pool: who is told, when, how loudly; and acts on paper that are entered afterwards (补录)."""

from datetime import date, timedelta

import pytest

from models.actor import Actor
from models.deadline import Holder, Level
from models.fund import FundAct, FundCommand, FundState
from models.notification import Notification, NotificationKind, role_mailbox, unit_mailbox
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import Role
from rules import fund
from rules.calendar import due_date, shift_workdays
from rules.fund_notifications import notifications, outrun
from rules.policy_check import contradictions
from tests.pool import A, Pool, approve, decline, file, pay, pay_in, propose, reading, recover, withdraw
from tests.scenario import digest, with_rules


@pytest.fixture
def pool(yancheng: Policy) -> Pool:
    return Pool(yancheng).filled()


def told(pool: Pool) -> tuple[Notification, ...]:
    """Of the last entry."""
    before = FundState(city=pool.policy.city)
    for entry in pool.journal[:-1]:
        before = fund.fold(before, entry)
    return notifications(before, pool.state, pool.journal[-1])


def over(pool: Pool) -> tuple[str, ...]:
    before = FundState(city=pool.policy.city)
    for entry in pool.journal[:-1]:
        before = fund.fold(before, entry)
    return outrun(before, pool.state)


# who hears of it


def test_a_claim_is_a_duty_of_the_lead_who_is_reminded_by_the_citys_ladder(pool: Pool) -> None:
    claim = pool.claim(pool.filed())
    lead, group = pool.lead.unit, role_mailbox(pool.policy.city, Role.LEADING_GROUP)
    assert claim.due is not None
    assert claim.due.holder == Holder(role=Role.LEAD, unit=lead)
    duty, *reminders = told(pool)
    assert (duty.kind, duty.recipient) == (NotificationKind.DUTY_SET, unit_mailbox(pool.policy.city, lead))
    assert (duty.matter.scene, duty.matter.bidder, duty.matter.due_on) == ("YC-1", A, claim.due.on)
    heard = [(each.rung.partition("/")[0], each.level, each.recipient) for each in reminders]
    mine = unit_mailbox(pool.policy.city, lead)
    assert heard[:5] == [
        ("T-10", Level.REMIND, mine), ("T-5", Level.REMIND, mine), ("T-2", Level.REMIND, mine),
        ("T-0", Level.REMIND, mine), ("T+1", Level.YELLOW, mine),
    ]  # fmt: skip
    assert ("T+5", Level.RED, group) in heard
    days = [each.send_after.date() for each in reminders]
    assert days[3] == claim.due.on
    assert days[2] == shift_workdays(pool.policy.calendar, claim.due.on, -2)
    assert days == sorted(days)


def test_each_step_is_the_next_ones_duty_and_takes_back_what_the_last_would_still_have_said(pool: Pool) -> None:
    number = pool.filed()
    first = told(pool)[0].deadline
    pool.do(propose(number, 100_000), pool.lead)
    assert over(pool) == (first,)
    office = {Role.LEADING_GROUP: pool.policy.offices.leading_group, Role.PAYER: pool.policy.offices.payer}
    assert told(pool)[0].recipient == unit_mailbox(pool.policy.city, office[Role.LEADING_GROUP])
    pool.do(approve(number, 100_000), pool.group)
    assert told(pool)[0].recipient == unit_mailbox(pool.policy.city, office[Role.PAYER])
    pool.do(pay(number), pool.payer)
    assert (told(pool), len(over(pool))) == ((), 1)
    pool.do(recover(number, 1), pool.payer)
    assert (told(pool), over(pool)) == ((), ())


def test_a_proposal_that_is_made_again_is_another_duty(pool: Pool) -> None:
    number = pool.proposed()
    first = told(pool)[0].deadline
    pool.do(propose(number, 100), pool.lead)
    assert over(pool) == (first,)
    assert told(pool)[0].deadline not in (None, first)


@pytest.mark.parametrize("declined", [True, False])
def test_a_claim_that_is_over_reminds_nobody(pool: Pool, declined: bool) -> None:
    number = pool.proposed()
    pool.do(decline(number) if declined else withdraw(number), pool.group if declined else pool.bidder)
    assert (told(pool), len(over(pool))) == ((), 1)


def test_another_claim_is_left_alone(pool: Pool) -> None:
    pool.filed()
    pool.proposed(incident="I-2")
    assert {each.deadline for each in told(pool)} == {"fund_decision/2/4"}
    assert over(pool) == ("fund_proposal/2/3",)


def test_nobody_is_told_twice_of_the_same(pool: Pool) -> None:
    for way, incident in ((Pool.filed, "I-1"), (Pool.proposed, "I-2"), (Pool.approved, "I-3")):
        way(pool, incident=incident)
        keys = [(each.recipient, each.rung) for each in told(pool)]
        assert len(keys) == len(set(keys))


def test_a_city_may_want_another_ladder(yancheng: Policy) -> None:
    quiet = Pool(with_rules(yancheng, "fund", ladder="quiet")).filled()
    quiet.filed()
    assert [each.kind for each in told(quiet)] == [NotificationKind.DUTY_SET]


def test_a_ladder_that_the_city_lacks_is_found(yancheng: Policy) -> None:
    wrong = with_rules(yancheng, "fund", ladder="loud")
    assert [each.key for each in contradictions(wrong)] == ["fund.ladder"]


def test_a_duty_from_before_there_were_reminders_has_none(pool: Pool) -> None:
    pool.filed()
    entry = pool.journal[-1].model_dump(mode="json")
    for name in ("sequence", "holder", "rungs"):
        del entry["events"][0]["claim"]["due"][name]
    old = type(pool.journal[-1]).model_validate(entry)
    before = fund.fold(FundState(city=pool.policy.city), pool.journal[0])
    assert notifications(before, fund.fold(before, old), old) == ()


# on paper, entered afterwards


def entered(pool: Pool, act: FundAct, actor: Actor, on: date, *, paper: bool = True) -> None:
    command = FundCommand(
        command_id=f"p{len(pool.journal)}", actor=actor, act=act, effective_on=on,
        effective_document=digest("paper") if paper else None,
    )  # fmt: skip
    pool.play(command)


def refused(pool: Pool, act: FundAct, actor: Actor, on: date, *, paper: bool = True) -> Refused:
    with pytest.raises(Refused) as no:
        entered(pool, act, actor, on, paper=paper)
    return no.value


@pytest.fixture
def filed(pool: Pool) -> Pool:
    pool.filed()
    pool.now += timedelta(days=20)
    return pool


def test_what_was_proposed_on_paper_counts_from_that_day(filed: Pool) -> None:
    on = filed.today - timedelta(days=8)
    entered(filed, propose(1, 100_000), filed.lead, on)
    due = filed.claim(1).due
    assert due is not None
    assert filed.policy.fund is not None
    assert due.since == on
    assert due.on == due_date(filed.policy.calendar, on, filed.policy.fund.decision).on
    assert all(rung.at > filed.now for rung in due.rungs)


def test_a_paper_is_needed_and_its_day_is_neither_to_come_nor_too_old_nor_before_the_last_step(filed: Pool) -> None:
    act, lead, day = propose(1, 100_000), filed.lead, timedelta(days=1)
    assert refused(filed, act, lead, filed.today, paper=False).code == "effective_without_document"
    assert refused(filed, act, lead, filed.today + day).code == "effective_in_future"
    assert refused(filed, act, lead, filed.today - 400 * day).code == "effective_too_old"
    no = refused(filed, act, lead, filed.claim(1).filed_on - day)
    assert (no.code, no.details["entered_on"]) == ("effective_before_step", str(filed.claim(1).filed_on))
    entered(filed, act, lead, filed.claim(1).filed_on)


def test_each_step_on_paper_follows_the_one_before(filed: Pool) -> None:
    on = filed.today - timedelta(days=5)
    entered(filed, propose(1, 100_000), filed.lead, on)
    earlier = on - timedelta(days=1)
    assert refused(filed, approve(1, 100_000), filed.group, earlier).code == "effective_before_step"
    entered(filed, approve(1, 100_000), filed.group, on)
    assert refused(filed, pay(1), filed.payer, earlier).code == "effective_before_step"
    entered(filed, pay(1), filed.payer, filed.today)
    assert refused(filed, recover(1, 5), filed.payer, on).code == "effective_before_step"


def test_the_year_whose_cap_counts_is_that_of_the_paper(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    number = pool.proposed()
    pool.now += timedelta(days=310)
    assert pool.today.year == 2027
    on = date(2026, 12, 20)
    entered(pool, approve(number, 200_000), pool.group, on)
    assert pool.claim(number).granted_in == 2026


def test_a_claim_on_paper_was_in_time_if_its_paper_was(yancheng: Policy) -> None:
    pool = Pool(yancheng).filled()
    assert pool.policy.fund is not None
    latest = due_date(pool.policy.calendar, pool.today, pool.policy.fund.claim_within).on
    pool.now += (latest - pool.today) + timedelta(days=10)
    late = file(reading(pool.policy))
    pool.refuses("fund_too_late", late, pool.bidder)
    entered(pool, late, pool.bidder, latest)
    assert pool.claim(1).filed_on == latest


def test_money_that_was_paid_in_on_paper_is_entered_too(yancheng: Policy) -> None:
    pool = Pool(yancheng)
    entered(pool, pay_in(5), pool.payer, pool.today - timedelta(days=3))
    assert pool.state.balance_yuan == 5


def test_a_command_from_before_has_the_same_digest(pool: Pool) -> None:
    command = pool.journal[0].command
    assert "effective_on" not in command.model_dump(mode="json")
