"""What comes in while a scene runs: a year's holiday notice, and another version of the city's policy."""

import re
from datetime import date, timedelta

import pytest

from models.calendar import Calendar, Holiday, Period, Unit, YearNotice
from models.commands import COMMAND_BYTES
from models.commands.acceptance import AskFaultTolerance, RecordRefund
from models.commands.anywhere import AdoptPolicy, DecideExtension, LoadCalendar, RequestExtension, Resume, Suspend
from models.commands.review import AskConsultation, ListScene
from models.commands.solicitation import Submit
from models.deadline import DeadlineStatus
from models.events.anywhere import CalendarLoaded, PolicyAdopted
from models.events.clock import DeadlineMoved
from models.policy import Offices, Policy
from models.refusal import Refused
from models.vocabulary import NoticeAbout, Role
from rules.calendar import with_notice
from rules.policy_check import contradictions
from tests.scenario import Play, at, document, loading, with_limit, with_rules

NEW_YEAR = YearNotice(
    year=2027, source="关于2027年部分节假日安排的通知",
    holidays=(Holiday(name="元旦", days=tuple(date(2027, 1, day) for day in (1, 2, 3))),),
    makeup_workdays=(date(2027, 1, 9),),
)  # fmt: skip


def load(play: Play, notice: YearNotice = NEW_YEAR) -> list[DeadlineMoved]:
    events = play.do(loading(notice), play.platform)
    return [event for event in events if isinstance(event, DeadlineMoved)]


@pytest.fixture
def across(yancheng: Policy) -> Play:
    """Asked on 21 December 2026: ten working days reach into a year whose notice is not published yet."""
    play = Play(yancheng, now=at(2026, 12, 21)).to_consultation()
    assert {(each.due_on, each.provisional) for each in play.state.deadlines} == {(date(2027, 1, 4), True)}
    return play


# the calendar


def test_a_notice_moves_the_dates_that_reach_into_its_year_and_makes_them_firm(across: Play) -> None:
    moved = load(across)
    assert {event.because for event in moved} == {"calendar"}
    assert len(moved) == 3
    for deadline in across.state.deadlines:
        assert (deadline.due_on, deadline.provisional) == (date(2027, 1, 5), False)
        assert deadline.calendar == across.policy.calendar.version
        assert deadline.arithmetic is not None
        assert deadline.arithmetic.due_on == deadline.due_on


@pytest.mark.parametrize(
    ("proposed_by", "confirmed_by", "code"),
    [(None, None, "notice_unconfirmed"), ("p-1", None, "notice_unconfirmed"), (None, "p-2", "notice_unconfirmed"),
     ("p-1", "p-1", "same_person")],
)  # fmt: skip
def test_two_persons_stand_behind_a_notice(
    across: Play, proposed_by: str | None, confirmed_by: str | None, code: str
) -> None:
    act = LoadCalendar(notice=NEW_YEAR, proposed_by=proposed_by, confirmed_by=confirmed_by)
    for actor in (across.platform, across.group):
        across.refuses(code, act, actor)


def test_a_notice_that_changes_no_date_still_makes_it_firm(across: Play) -> None:
    weekends_only = YearNotice(year=2027, source="通知")
    moved = load(across, weekends_only)
    assert [event.deadline.due_on for event in moved] == [date(2027, 1, 4)] * 3
    assert not any(each.provisional for each in across.state.deadlines)


def test_the_new_calendar_is_named_in_the_state_and_in_what_is_set_from_then_on(across: Play) -> None:
    before = across.policy.calendar
    events = across.do(loading(NEW_YEAR), across.platform)
    version = with_notice(before, NEW_YEAR).version
    assert events[0] == CalendarLoaded(year=2027, calendar=version)
    assert (across.state.calendar, across.policy.calendar.version) == (version, version)
    for unit in across.state.cooperating:
        across.agree(unit)
    assert across.deadline("fair_competition").calendar == version
    assert across.journal[-1].calendar == version


def test_a_date_before_that_year_does_not_move(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    before = play.state.deadlines
    assert load(play) == []
    assert play.state.deadlines == before


def test_reminders_move_with_the_working_days_though_the_date_itself_stays(yancheng: Policy) -> None:
    """Due on Wednesday 30 December; three working days later is Monday the 4th, after the holiday Tuesday the 5th."""
    play = Play(yancheng, now=at(2026, 12, 25)).to_registered()
    play.until(at(2026, 12, 31))
    before = play.deadline("consultation_start")
    assert (before.due_on, before.rungs[0].at) == (date(2026, 12, 30), at(2027, 1, 4, 9))
    load(play)
    after = play.deadline("consultation_start")
    assert (after.due_on, after.rungs[0].at, after.status) == (before.due_on, at(2027, 1, 5, 9), before.status)


def test_so_they_do_for_a_day_that_is_fixed_and_not_counted(yancheng: Policy) -> None:
    """A clock that was overdue and stood still has its day by what it was overdue by."""
    play = Play(yancheng, now=at(2026, 12, 25)).to_registered()
    play.until(at(2026, 12, 31))
    play.do(Suspend(reasons="核查"), play.lead)
    play.do(Resume(reasons="结束"), play.lead)
    before = play.deadline("consultation_start")
    assert (before.legs, before.due_on, before.rungs[0].at) == ((), date(2026, 12, 30), at(2027, 1, 4, 9))
    load(play)
    after = play.deadline("consultation_start")
    assert (after.status, after.due_on, after.rungs[0].at) == (
        DeadlineStatus.OVERDUE, date(2026, 12, 30), at(2027, 1, 5, 9),
    )  # fmt: skip


def test_what_was_overdue_may_be_in_time_again(yancheng: Policy) -> None:
    play = Play(yancheng, now=at(2026, 12, 30)).to_registered()
    play.until(at(2027, 1, 6))
    overdue = play.deadline("consultation_start")
    assert (overdue.status, overdue.due_on) == (DeadlineStatus.OVERDUE, date(2027, 1, 4))
    longer = NEW_YEAR.holidays[0].model_copy(update={"days": tuple(date(2027, 1, day) for day in range(1, 6))})
    load(play, NEW_YEAR.model_copy(update={"holidays": (longer,)}))
    again = play.deadline("consultation_start")
    assert (again.status, again.due_on) == (DeadlineStatus.OPEN, date(2027, 1, 7))


def test_what_is_overdue_either_way_stays_overdue(yancheng: Policy) -> None:
    play = Play(yancheng, now=at(2026, 12, 28)).to_registered()
    play.until(at(2027, 1, 20))
    load(play)
    deadline = play.deadline("consultation_start")
    assert (deadline.status, deadline.due_on) == (DeadlineStatus.OVERDUE, date(2026, 12, 31))


def test_the_same_notice_twice_and_one_that_contradicts_its_neighbour_are_refused(across: Play) -> None:
    load(across)
    across.refuses("same_calendar", loading(NEW_YEAR), across.platform)
    clash = YearNotice(year=2028, source="通知", holidays=(Holiday(name="元旦", days=(date(2027, 12, 31),)),))
    load(across, clash)
    worked = NEW_YEAR.model_copy(update={"makeup_workdays": (date(2027, 1, 9),), "source": "更正"})
    load(across, worked)
    against = YearNotice(year=2026, source="通知", makeup_workdays=(date(2027, 1, 2),))
    no = across.refuses("notice_misfits", loading(against), across.platform)
    assert in_both_languages(no)
    assert "2027-01-02" in no.text("en")


def test_a_corrected_notice_of_the_same_year_takes_the_place_of_the_first(across: Play) -> None:
    load(across)
    corrected = NEW_YEAR.model_copy(update={"holidays": (), "makeup_workdays": ()})
    load(across, corrected)
    assert {each.due_on for each in across.state.deadlines} == {date(2027, 1, 4)}


def test_a_paused_clock_is_counted_under_the_new_calendar_when_it_resumes(across: Play) -> None:
    across.until(at(2026, 12, 28))
    across.do(Suspend(reasons="核查"), across.lead)
    assert {each.remaining for each in across.state.deadlines} == {5}
    assert load(across) == []
    across.until(at(2026, 12, 30))
    across.do(Resume(reasons="结束"), across.lead)
    assert {(each.due_on, each.provisional) for each in across.state.deadlines} == {(date(2027, 1, 7), False)}


# the policy


def version(policy: Policy, **changes: object) -> Policy:
    """Another version of the policy, with a digest of its own."""
    fields = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy.model_validate({**fields, "version": "v2026-2", **changes})


def adopt(play: Play, policy: Policy) -> None:
    play.do(AdoptPolicy(policy=policy, reasons="新版施行"), play.group)


def test_another_version_is_adopted_by_value_and_counts_from_there_on(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    before = play.state.deadlines
    ten = yancheng.limits.registration.period.model_copy(update={"length": 20})
    newer = version(with_limit(yancheng, "consultation", period=ten))
    events = play.do(AdoptPolicy(policy=newer, reasons="新版施行"), play.group)
    adopted = PolicyAdopted(policy_version="v2026-2", policy_digest=newer.digest, calendar=yancheng.calendar.version)
    assert events == (adopted,)
    assert newer.digest != yancheng.digest
    assert (play.state.policy_digest, play.policy.digest) == (newer.digest, newer.digest)
    assert play.state.deadlines == before
    play.do(AskConsultation(question="是否同意"), play.lead)
    assert {each.due_on for each in play.state.deadlines} == {date(2026, 3, 30)}
    assert play.journal[-1].policy == newer.digest


def test_a_policy_that_is_adopted_takes_away_no_holiday_notice(across: Play) -> None:
    load(across)
    calendar = across.policy.calendar
    adopt(across, version(across.policy, calendar=Calendar()))
    assert across.policy.calendar == calendar
    assert across.state.calendar == calendar.version


def test_a_policy_of_another_city_is_refused(yancheng: Policy, ningbo: Policy) -> None:
    play = Play(yancheng).to_registered()
    no = play.refuses("other_city_policy", AdoptPolicy(policy=ningbo, reasons="试"), play.group)
    assert no.details == {"city": ningbo.city, "expected": yancheng.city}


def test_a_policy_that_contradicts_itself_is_refused(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    broken = version(yancheng, steps_off=("listing",))
    no = play.refuses("policy_problem", AdoptPolicy(policy=broken, reasons="试"), play.group)
    assert in_both_languages(no)
    assert "listing" in no.details["problem"]


def in_both_languages(no: Refused) -> bool:
    """Whether the Chinese text holds a sentence of its own, and not the English one."""
    zh, en = no.text("zh"), no.text("en")
    return (
        no.details["problem"] in en
        and no.details["problem"] not in zh
        and bool(re.search("[一-鿿]{4}", no.details["problem_zh"]))
    )


def without_unit(policy: Policy, name: str) -> Policy:
    """The unit goes, and with it the domain that it serves."""
    kept = tuple(each for each in policy.domains if name not in (each.lead, each.regulator, *each.units))
    return version(policy, units=tuple(unit for unit in policy.units if unit.name != name), domains=kept)


@pytest.mark.parametrize("part", ["lead", "regulator"])
def test_a_policy_that_does_not_know_a_unit_of_the_scene_is_refused(yancheng: Policy, part: str) -> None:
    play = Play(yancheng).to_registered()
    gone = getattr(play.state, part)
    act = AdoptPolicy(policy=without_unit(yancheng, gone), reasons="机构改革")
    no = play.refuses("policy_problem", act, play.group)
    assert in_both_languages(no)
    assert gone in no.details["problem"]


def test_a_policy_that_does_not_know_the_scenes_domain_is_refused(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    act = AdoptPolicy(policy=version(yancheng, domains=yancheng.domains[1:]), reasons="领域调整")
    no = play.refuses("policy_problem", act, play.group)
    assert in_both_languages(no)
    assert yancheng.domains[0].name in no.details["problem"]


def test_a_policy_that_does_not_know_the_mode_of_an_open_challenge_is_refused(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post()
    assert play.state.challenge is not None
    modes = {mode: rule for mode, rule in yancheng.modes.items() if mode is not play.state.challenge.mode}
    no = play.refuses("policy_problem", AdoptPolicy(policy=version(yancheng, modes=modes), reasons="试"), play.group)
    assert in_both_languages(no)
    assert play.state.challenge.mode in no.details["problem"]


def test_an_office_that_moves_takes_its_open_duties_along(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    before = play.deadline("notice_publication")
    new = yancheng.domains[0].units[1]
    offices = yancheng.offices.model_copy(update={"platform_office": new})
    adopt(play, version(yancheng, offices=Offices.model_validate(offices.model_dump())))
    after = play.deadline("notice_publication")
    assert after.holder is not None
    assert (after.holder.unit, after.due_on) == (new, before.due_on)
    play.publish(NoticeAbout.RECOGNITION)
    play.pass_limit("public_notice")
    play.do(ListScene(list="demand", batch="2026-1"), play.platform)
    assert play.state.step == "listed"


@pytest.mark.parametrize("may", [(Role.LEAD,), (Role.EVALUATION_TEAM, Role.LEAD)])
def test_who_finds_on_tolerance_by_a_newer_policy_has_the_duty_that_is_open(
    yancheng: Policy, may: tuple[Role, ...]
) -> None:
    play = Play(yancheng).to_trial("甲公司").pay("甲公司", 1_000)
    play.refuse_trial("甲公司")
    play.do(AskFaultTolerance(bidder="甲公司", grounds="已尽职"), play.bidder("甲公司"))
    before = play.deadline("fault_tolerance/甲公司")
    adopt(play, version(yancheng, permissions={**yancheng.permissions, "decide_fault_tolerance": may}))
    after = play.deadline("fault_tolerance/甲公司")
    assert (after.holder, after.due_on) == (play.holder(may[0]), before.due_on)
    play.do(play.tolerance_act("甲公司"), play.person(may[0], play.holder(may[0]).unit, "finder"))


def test_so_it_is_with_a_receipt_that_a_newer_policy_asks_of_nobody(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial("甲公司").pay("甲公司", 1_000)
    play.refuse_trial("甲公司")
    play.do(
        RecordRefund(bidder="甲公司", amount_yuan=1_000, proof=document("退款凭证")), play.bidder("甲公司")
    )  # fmt: skip
    no_receipt = with_rules(yancheng, "acceptance", refund_receipt=False)
    adopt(play, version(no_receipt, permissions={**yancheng.permissions, "confirm_refund": (Role.LEAD,)}))
    assert play.deadline("refund_receipt/甲公司").holder == play.holder(Role.LEAD)


def test_so_it_is_with_more_time_that_was_asked_for(yancheng: Policy) -> None:
    play, deadline = Play(yancheng).to_running("甲公司"), "inclusion/甲公司"
    play.do(RequestExtension(deadline=deadline, reasons="继续"), play.bidder("甲公司"))
    rule = yancheng.limits.inclusion.extension
    assert rule is not None
    decline = DecideExtension(deadline=deadline, granted=False, reasons="不同意")
    never = play.fork()
    adopt(never, version(with_limit(yancheng, "inclusion", extension=None)))
    never.refuses("not_extendable", decline.model_copy(update={"granted": True}), never.group)
    never.do(decline, never.group)
    adopt(
        play, version(with_limit(yancheng, "inclusion", extension=rule.model_copy(update={"approvers": (Role.LEAD,)})))
    )
    assert play.deadline(f"extension_answer/{deadline}").holder == play.holder(Role.LEAD)
    play.do(decline, play.lead)


def test_no_policy_is_adopted_that_leaves_what_is_open_here_to_no_unit(yancheng: Policy) -> None:
    play = Play(yancheng).taken_over("trial", "甲公司")
    unasked = with_rules(yancheng, "back_dating", confirm_take_over=False)
    to_nobody = version(unasked, permissions={**yancheng.permissions, "confirm_take_over": (Role.EXPERT,)})
    assert contradictions(to_nobody) == ()
    no = play.refuses("policy_problem", AdoptPolicy(policy=to_nobody, reasons="试"), play.group)
    assert in_both_languages(no)
    assert "confirm_take_over" in no.details["problem"]
    adopt(play, version(unasked))
    play.confirm_take_over()


def test_two_who_adopt_at_once_do_not_overrule_each_other(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    seen = play.state.sequence
    adopt(play, version(yancheng))
    play.refuses("stale", AdoptPolicy(policy=version(yancheng), reasons="重复"), play.group, seen=seen)


def test_a_policy_travels_in_one_command(policy: Policy) -> None:
    play = Play(policy).to_registered()
    command = play.command(AdoptPolicy(policy=version(policy), reasons="新版施行"), play.group)
    assert len(command.model_dump_json().encode()) < COMMAND_BYTES


def test_a_scene_goes_on_for_years_on_the_notices_that_come_in(yancheng: Policy) -> None:
    play = Play(yancheng, now=at(2026, 12, 21)).to_consultation()
    load(play)
    for unit in play.state.cooperating:
        play.agree(unit)
    play.wait(timedelta(days=400))
    load(play, YearNotice(year=2028, source="通知"))
    assert play.deadline("fair_competition").status is DeadlineStatus.OVERDUE


def test_a_policy_is_applied_from_its_day_on(yancheng: Policy) -> None:
    tomorrow = yancheng.model_copy(update={"version": "next", "effective_from": at(2026, 12, 22).date()})
    play = Play(yancheng, now=at(2026, 12, 21)).to_registered()
    play.refuses("policy_not_in_force", AdoptPolicy(policy=tomorrow, reasons="换版"), play.group)
    early = Play(tomorrow, now=at(2026, 12, 21))
    early.refuses("policy_not_in_force", Submit(application=early.application()), early.owner)
    play.until(at(2026, 12, 22))
    play.do(AdoptPolicy(policy=tomorrow, reasons="换版"), play.group)


def test_other_rules_have_another_version(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    same_name = with_limit(yancheng, "consultation", period=Period(length=3, unit=Unit.WORKDAYS))
    no = play.refuses("policy_problem", AdoptPolicy(policy=same_name, reasons="换版"), play.group)
    assert in_both_languages(no)
    assert "version" in str(no.details["problem"])


@pytest.mark.parametrize("step", ["posted", "eligibility", "scoring"])
def test_the_score_sheet_that_was_posted_stands_until_the_award(yancheng: Policy, step: str) -> None:
    play = Play(yancheng).to_close("甲公司") if step == "posted" else getattr(Play(yancheng), f"to_{step}")("甲公司")
    sheet = yancheng.score_sheet.model_copy(update={"pass_mark": 10})
    easy = yancheng.model_copy(update={"version": "easy", "score_sheet": sheet})
    no = play.refuses("policy_problem", AdoptPolicy(policy=easy, reasons="换版"), play.group)
    assert in_both_languages(no)
    assert "score_sheet" in str(no.details["problem"])


def test_the_quorum_of_a_consultation_that_is_asked_stands(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    lower = yancheng.consultation.model_copy(update={"rounds": yancheng.consultation.rounds + 1})
    other = yancheng.model_copy(update={"version": "lower", "consultation": lower})
    no = play.refuses("policy_problem", AdoptPolicy(policy=other, reasons="换版"), play.group)
    assert in_both_languages(no)
    assert "consultation" in str(no.details["problem"])
