"""More time: asked by whose duty it is, early enough, granted by another; and a part that passes into other hands."""

from datetime import date, timedelta

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import DecideExtension, Reassign, RequestExtension, Suspend
from models.commands.review import GiveOpinion, Recognise
from models.deadline import DeadlineStatus
from models.events.anywhere import ExtensionDecided, PartReassigned
from models.events.clock import DeadlineCancelled, DeadlineMet
from models.policy import Closing, ExtensionRule, Policy
from models.vocabulary import PanelPurpose, Position, Role
from tests.scenario import Play, at, with_limit, with_rules

CLOCK = "expert_review"
ASK = RequestExtension(deadline=CLOCK, reasons="需现场考察")
GRANT = DecideExtension(deadline=CLOCK, granted=True, reasons="同意")


@pytest.fixture
def reviewing(yancheng: Policy) -> Play:
    """The lead's own 20 working days end on Monday 30 March 2026."""
    play = Play(yancheng).to_expert_review()
    assert play.deadline(CLOCK).due_on == date(2026, 3, 30)
    return play


def extendable(policy: Policy, limit: str, **rule: object) -> Policy:
    base = policy.limits.expert_review.extension
    assert base is not None
    return with_limit(policy, limit, extension=base.model_copy(update=rule))


# asking


def test_whose_duty_it_is_asks_and_the_approver_has_a_duty_to_answer(reviewing: Play) -> None:
    reviewing.do(ASK, reviewing.lead)
    duty = reviewing.deadline(f"extension_answer/{CLOCK}")
    assert duty.holder is not None
    assert (duty.holder.role, duty.verbs) == (Role.LEAD, ("decide_extension",))
    reviewing.refuses("extension_pending", ASK, reviewing.lead)


def test_nobody_asks_for_another_ones_time(reviewing: Play) -> None:
    reviewing.refuses("not_your_deadline", ASK, reviewing.owner)
    reviewing.refuses("not_your_deadline", ASK, reviewing.regulator)


def test_only_a_clock_that_runs_and_may_be_extended_is_asked_about(reviewing: Play) -> None:
    no = reviewing.refuses("unknown_deadline", RequestExtension(deadline="trial/甲", reasons="无"), reviewing.lead)
    assert no.details["known"] == CLOCK
    reviewing.refuses("no_extension_request", GRANT, reviewing.group)
    play = Play(reviewing.policy).to_fair_competition()
    play.refuses("not_extendable", RequestExtension(deadline="fair_competition", reasons="无"), play.lead)


def test_it_is_asked_early_enough(reviewing: Play) -> None:
    """Two working days before Monday the 30th: Thursday the 26th at the latest."""
    reviewing.until(at(2026, 3, 27))
    no = reviewing.refuses("extension_too_late", ASK, reviewing.lead)
    assert no.details["latest"] == "2026-03-26"
    in_time = Play(reviewing.policy).to_expert_review()
    in_time.until(at(2026, 3, 26, 23))
    in_time.do(ASK, in_time.lead)


def test_without_a_latest_moment_it_is_asked_until_the_last_day(yancheng: Policy) -> None:
    play = Play(extendable(yancheng, CLOCK, ask_before=None)).to_expert_review()
    play.until(at(2026, 3, 30, 23))
    play.do(ASK, play.lead)


def test_a_request_done_on_paper_in_time_is_in_time(reviewing: Play) -> None:
    reviewing.until(at(2026, 3, 27))
    reviewing.do(ASK, reviewing.lead, on=date(2026, 3, 25))
    assert reviewing.state.extension_requests


# deciding


def test_what_is_granted_is_counted_from_the_day_it_was_due(reviewing: Play) -> None:
    reviewing.do(ASK, reviewing.lead)
    events = reviewing.do(GRANT, reviewing.group)
    assert ExtensionDecided(deadline=CLOCK, granted=True, by=reviewing.group.person) in events
    longer = reviewing.deadline(CLOCK)
    assert longer.due_on == date(2026, 4, 14)
    assert longer.legs == (Period(length=20, unit=Unit.WORKDAYS), Period(length=10, unit=Unit.WORKDAYS))
    (extension,) = longer.extensions
    assert (extension.asked_by, extension.approved_by) == (reviewing.lead.person, reviewing.group.person)
    assert reviewing.state.extension_requests == ()


def test_the_answer_is_met_by_who_gives_it(reviewing: Play) -> None:
    reviewing.do(ASK, reviewing.lead)
    events = reviewing.do(GRANT, reviewing.group)
    assert DeadlineMet(id=f"extension_answer/{CLOCK}", late=False) in events


def test_what_is_denied_leaves_the_date_and_may_be_asked_for_again(reviewing: Play) -> None:
    before = reviewing.deadline(CLOCK)
    for _ in range(2):
        reviewing.do(ASK, reviewing.lead)
        reviewing.do(GRANT.model_copy(update={"granted": False}), reviewing.group)
        assert reviewing.deadline(CLOCK) == before


def test_nobody_grants_what_they_asked_for_and_only_an_approver_grants(reviewing: Play) -> None:
    reviewing.do(ASK, reviewing.lead)
    reviewing.refuses("same_person", GRANT, reviewing.lead)
    no = reviewing.refuses("not_an_approver", GRANT, reviewing.regulator)
    assert no.details["allowed"] == "lead_department, leading_group"
    reviewing.do(GRANT, reviewing.person(Role.LEAD, reviewing.state.lead or "", "head"))


def test_it_is_granted_as_often_as_the_policy_says(reviewing: Play) -> None:
    reviewing.do(ASK, reviewing.lead)
    reviewing.do(GRANT, reviewing.group)
    no = reviewing.refuses("extensions_used_up", ASK, reviewing.lead)
    assert no.details["times"] == "1"


def test_twice_is_twice(yancheng: Policy) -> None:
    play = Play(extendable(yancheng, CLOCK, times=2)).to_expert_review()
    for _ in range(2):
        play.do(ASK, play.lead)
        play.do(GRANT, play.group)
    assert len(play.deadline(CLOCK).extensions) == 2
    play.refuses("extensions_used_up", ASK, play.lead)


def test_a_request_falls_away_with_the_duty_and_its_answer_is_nobodys_merit(reviewing: Play) -> None:
    reviewing.experts_recommend(PanelPurpose.RECOGNITION)
    reviewing.do(ASK, reviewing.lead)
    events = reviewing.do(Recognise(value="有价值"), reviewing.lead)
    assert DeadlineCancelled(id=f"extension_answer/{CLOCK}", because="recognise") in events
    assert reviewing.state.extension_requests == ()
    reviewing.refuses("no_extension_request", GRANT, reviewing.group)


def test_a_request_that_nobody_answered_in_time_ends_with_the_silence_it_was_about(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    unit = play.state.cooperating[0]
    id = f"consultation/{unit}"
    play.do(RequestExtension(deadline=id, reasons="需核实"), play.cooperating(unit))
    play.pass_limit(id)
    assert play.state.step == "fair_competition"
    assert play.state.extension_requests == ()
    assert [each.limit for each in play.state.deadlines] == ["fair_competition"]


def test_what_is_overdue_may_still_be_granted_if_it_was_asked_for_in_time(reviewing: Play) -> None:
    reviewing.do(ASK, reviewing.lead)
    reviewing.until(at(2026, 4, 2))
    assert reviewing.deadline(CLOCK).status is DeadlineStatus.OVERDUE
    reviewing.do(GRANT, reviewing.group)
    assert (reviewing.deadline(CLOCK).status, reviewing.deadline(CLOCK).due_on) == (
        DeadlineStatus.OPEN, date(2026, 4, 14),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "longer", "more"),
    [
        (Period(length=20, unit=Unit.WORKDAYS), Period(length=10, unit=Unit.WORKDAYS), 10),
        (Period(length=2, unit=Unit.MONTHS), Period(length=1, unit=Unit.MONTHS), 33),
        (Period(length=30, unit=Unit.HOURS), Period(length=10, unit=Unit.HOURS), 36_000),
    ],
)
def test_a_clock_that_stands_still_is_extended_in_its_own_units(
    yancheng: Policy, limit: Period, longer: Period, more: int
) -> None:
    """Two months from 2 March end on 6 May, after the holiday; a month from there on Monday 8 June, 33 days later."""
    policy = with_limit(extendable(yancheng, CLOCK, period=longer, ask_before=None), CLOCK, period=limit)
    play = Play(policy).to_expert_review()
    play.wait(timedelta(hours=3))
    play.do(Suspend(reasons="核查"), play.lead)
    left = play.deadline(CLOCK).remaining
    assert left is not None
    play.do(ASK, play.lead)
    play.do(GRANT, play.group)
    assert (play.deadline(CLOCK).status, play.deadline(CLOCK).remaining) == (DeadlineStatus.PAUSED, left + more)


def test_while_a_clock_stands_still_it_is_never_too_late_to_ask(reviewing: Play) -> None:
    reviewing.do(Suspend(reasons="核查"), reviewing.lead)
    reviewing.wait(timedelta(days=100))
    reviewing.do(ASK, reviewing.lead)


def test_an_extension_rule_may_name_several_approvers_and_the_first_is_asked(yancheng: Policy) -> None:
    rule = yancheng.limits.expert_review.extension
    assert isinstance(rule, ExtensionRule)
    play = Play(extendable(yancheng, CLOCK, approvers=tuple(reversed(rule.approvers)))).to_expert_review()
    play.do(ASK, play.lead)
    duty = play.deadline(f"extension_answer/{CLOCK}")
    assert duty.holder is not None
    assert duty.holder.role is Role.LEADING_GROUP


# parts in other hands


def reassign(play: Play, part: str, from_unit: str | None, to_unit: str) -> Reassign:
    return Reassign.model_validate(
        {"part": part, "from_unit": from_unit or "无", "to_unit": to_unit, "reasons": "职责调整"}
    )


def outsider(play: Play) -> str:
    """A unit of the city that has no part in the scene yet."""
    taken = {play.state.lead, play.state.regulator, *play.state.cooperating}
    return next(unit.name for unit in reversed(play.policy.units) if unit.name not in taken)


def test_the_lead_passes_on_with_its_open_duties(reviewing: Play) -> None:
    reviewing.do(ASK, reviewing.lead)
    old, new = reviewing.state.lead, outsider(reviewing)
    before = reviewing.deadline(CLOCK)
    events = reviewing.do(reassign(reviewing, "lead", old, new), reviewing.group)
    assert PartReassigned(part="lead", from_unit=old or "", to_unit=new) in events
    handed = reviewing.deadline(CLOCK)
    assert handed.holder is not None
    assert (handed.holder.unit, handed.due_on, handed.rungs) == (new, before.due_on, before.rungs)
    answer = reviewing.deadline(f"extension_answer/{CLOCK}").holder
    assert answer is not None
    assert answer.unit == new
    reviewing.refuses("not_your_part", Recognise(value="有"), reviewing.person(Role.LEAD, old or ""))


def test_the_regulator_passes_on_with_its_open_duties(yancheng: Policy) -> None:
    play = Play(yancheng).to_running("甲公司")
    play.pass_limit("trial/甲公司")
    new = outsider(play)
    play.do(reassign(play, "regulator", play.state.regulator, new), play.platform)
    holder = play.deadline("exit_evaluation/甲公司").holder
    assert holder is not None
    assert (holder.role, holder.unit) == (Role.REGULATOR, new)


@pytest.mark.parametrize("closes", list(Closing))
def test_a_department_that_is_replaced_in_mid_consultation_hands_its_question_over(
    yancheng: Policy, closes: Closing
) -> None:
    play = Play(with_rules(yancheng, "consultation", closes=closes)).to_consultation()
    first, second, third = play.state.cooperating
    new = outsider(play)
    due = play.deadline(f"consultation/{first}").due_on
    play.do(reassign(play, "cooperating", first, new), play.platform)
    assert play.state.cooperating == (new, second, third)
    assert play.state.consultation is not None
    assert play.state.consultation.units == (new, second, third)
    assert play.deadline(f"consultation/{new}").due_on == due
    assert f"consultation/{first}" not in [each.id for each in play.state.deadlines]
    play.refuses("not_your_part", GiveOpinion(position=Position.AGREE, text="意见"), play.cooperating(first))
    for unit in (new, second, third):
        if play.state.step == "consultation":
            play.agree(unit)
    if closes is Closing.AT_DEADLINE:
        play.pass_limit("consultation")
    assert play.state.step == "fair_competition"


def test_a_department_that_has_spoken_is_not_unsaid_by_its_replacement(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    first, second, third = play.state.cooperating
    play.agree(first)
    new = outsider(play)
    play.do(reassign(play, "cooperating", first, new), play.platform)
    assert play.state.consultation is not None
    assert play.state.consultation.units == (first, second, third)
    play.refuses("not_asked", GiveOpinion(position=Position.OBJECT, text="意见"), play.cooperating(new))
    play.agree(second)
    play.agree(third)
    assert play.state.step == "fair_competition"


def test_a_closed_round_keeps_the_names_of_those_who_were_asked(reviewing: Play) -> None:
    first = reviewing.state.cooperating[0]
    assert reviewing.state.consultation is not None
    units = reviewing.state.consultation.units
    reviewing.do(reassign(reviewing, "cooperating", first, outsider(reviewing)), reviewing.platform)
    assert reviewing.state.consultation is not None
    assert reviewing.state.consultation.units == units


def test_a_request_for_more_time_does_not_pass_on_and_the_new_department_may_make_its_own(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    first, new = play.state.cooperating[0], outsider(play)
    play.do(RequestExtension(deadline=f"consultation/{first}", reasons="需核实"), play.cooperating(first))
    play.do(reassign(play, "cooperating", first, new), play.platform)
    assert play.state.extension_requests == ()
    play.do(RequestExtension(deadline=f"consultation/{new}", reasons="刚接手"), play.cooperating(new))


def test_a_part_goes_from_who_has_it_to_a_known_unit_that_has_no_other_in_the_review(reviewing: Play) -> None:
    lead, first = reviewing.state.lead, reviewing.state.cooperating[0]
    new = outsider(reviewing)
    for act, code in (
        (reassign(reviewing, "lead", new, first), "not_your_part"),
        (reassign(reviewing, "lead", lead, first), "same_part"),
        (reassign(reviewing, "lead", lead, lead or ""), "same_part"),
        (reassign(reviewing, "cooperating", first, lead or ""), "same_part"),
        (reassign(reviewing, "regulator", reviewing.state.regulator, reviewing.state.regulator or ""), "same_part"),
        (reassign(reviewing, "lead", lead, "没有的单位"), "unknown_unit"),
    ):
        reviewing.refuses(code, act, reviewing.platform)
    reviewing.do(reassign(reviewing, "regulator", reviewing.state.regulator, lead or ""), reviewing.platform)
    assert reviewing.state.regulator == lead
