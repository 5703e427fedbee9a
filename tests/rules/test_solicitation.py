"""Solicitation: submitted, completed once, registered or not; silence is acceptance, and silence is withdrawal."""

from datetime import date, timedelta

import pytest

from models.commands.solicitation import (
    AcceptFiling,
    AnswerSupplement,
    Call,
    DeclineAdmission,
    DuplicateCheck,
    Register,
    RequestSupplement,
    Submit,
)
from models.deadline import DeadlineStatus
from models.events.solicitation import FilingAccepted, SceneRegistered, SceneSubmitted, SupplementRequested
from models.policy import Policy
from models.vocabulary import Outcome, Role, Stage
from tests.scenario import Play, at, document

NO_DUPLICATE = DuplicateCheck(finding="无重复")
ANSWER = AnswerSupplement(documents=(document("资金证明"),))


@pytest.fixture
def submitted(yancheng: Policy) -> Play:
    return Play(yancheng).submit()


def request(play: Play, *items: str) -> None:
    play.do(RequestSupplement(items=items or ("资金证明",)), play.platform)


# the application


def test_an_application_pins_the_policy_and_waits_for_the_platform_office(policy: Policy) -> None:
    play = Play(policy)
    events = play.do(Submit(application=play.application()), play.owner)
    assert isinstance(events[0], SceneSubmitted)
    assert (events[0].policy_version, events[0].policy_digest) == (policy.version, policy.digest)
    assert (play.state.step, play.state.stage) == ("submitted", Stage.SOLICITATION)
    duty = play.deadline("completeness")
    assert duty.holder is not None
    assert duty.holder.unit == policy.offices.platform_office
    assert duty.due_on == date(2026, 3, 9)


def test_a_duty_names_only_what_its_holder_may_do(submitted: Play) -> None:
    assert submitted.deadline("completeness").verbs == (
        "request_supplement", "accept_filing", "register", "decline_admission",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"city": "别的市"}, "wrong_city"),
        ({"domain": "没有的领域"}, "unknown_domain"),
        ({"fair_competition_self_check": False}, "self_check_missing"),
    ],
)
def test_an_application_that_cannot_be_judged_is_refused(
    yancheng: Policy, change: dict[str, object], code: str
) -> None:
    play = Play(yancheng)
    wrong = play.application().model_copy(update=change)
    no = play.refuses(code, Submit(application=wrong), play.owner)
    if code == "unknown_domain":
        assert yancheng.domains[0].name in no.details["known"]
    assert play.state.profile is None


def test_nobody_submits_for_another_unit(yancheng: Policy) -> None:
    play = Play(yancheng)
    play.refuses("not_your_part", Submit(application=play.application()), play.person(Role.OWNER, "别的公司"))


def test_a_scene_is_submitted_once(submitted: Play) -> None:
    submitted.refuses("already_submitted", Submit(application=submitted.application()), submitted.owner)


def test_nothing_else_is_possible_before_the_application(yancheng: Policy) -> None:
    play = Play(yancheng)
    play.refuses("not_submitted", AcceptFiling(), play.platform)


# the call


def test_a_call_is_open_from_its_first_day_to_its_last(yancheng: Policy) -> None:
    call = Call(batch="2026-1", opened_on=date(2026, 3, 2))
    for day, code in ((date(2026, 3, 1), "call_not_open"), (date(2026, 3, 31), "call_closed")):
        play = Play(yancheng, now=at(day.year, day.month, day.day))
        play.refuses(code, Submit(application=play.application(), call=call), play.owner)
    for day in (date(2026, 3, 2), date(2026, 3, 30)):
        play = Play(yancheng, now=at(day.year, day.month, day.day))
        play.do(Submit(application=play.application(), call=call), play.owner)
        assert play.state.call == call


def test_rolling_solicitation_has_no_window(yancheng: Policy) -> None:
    assert Play(yancheng, now=at(2026, 12, 1)).submit().state.call is None


# completeness


def test_silence_of_the_platform_office_is_acceptance(submitted: Play) -> None:
    events = submitted.pass_limit("completeness")
    assert [event for event in events if isinstance(event, FilingAccepted)] == [FilingAccepted(silent=True)]
    assert submitted.state.step == "accepted"
    assert submitted.journal[-1].command.actor.role is Role.SYSTEM


def test_registration_is_counted_from_the_last_day_of_the_silence(submitted: Play) -> None:
    submitted.pass_limit("completeness")
    registration = submitted.deadline("registration")
    assert (registration.started_on, registration.due_on) == (date(2026, 3, 9), date(2026, 3, 16))


def test_a_filing_may_be_accepted_before_it_is_registered(submitted: Play) -> None:
    submitted.do(AcceptFiling(), submitted.platform)
    assert submitted.state.step == "accepted"
    submitted.register()
    assert submitted.state.step == "registered"


def test_a_complete_filing_is_registered_at_once(submitted: Play) -> None:
    submitted.register()
    assert (submitted.state.step, submitted.state.stage) == ("registered", Stage.REVIEW)


# supplement


def test_what_is_missing_is_asked_for_once_and_completely(submitted: Play) -> None:
    request(submitted, "资金证明", "风险表")
    assert SupplementRequested(items=2) in submitted.journal[-1].events
    assert submitted.state.step == "supplement"
    submitted.serve_notices()
    duty = submitted.deadline("supplement")
    assert duty.holder is not None
    assert (duty.holder.role, duty.due_on) == (Role.OWNER, date(2026, 3, 16))
    submitted.do(ANSWER, submitted.owner)
    submitted.refuses("supplement_once", RequestSupplement(items=("再补",)), submitted.platform)


def test_an_answered_supplement_is_checked_in_the_full_time_again(submitted: Play) -> None:
    submitted.wait(timedelta(days=3))
    request(submitted)
    submitted.wait(timedelta(days=4))
    submitted.do(ANSWER, submitted.owner)
    assert submitted.state.step == "submitted"
    assert submitted.deadline("completeness").due_on == date(2026, 3, 16)
    submitted.pass_limit("completeness")
    assert submitted.state.step == "accepted"


def test_an_owner_who_does_not_answer_is_deemed_to_have_withdrawn(submitted: Play) -> None:
    request(submitted)
    submitted.pass_limit("supplement")
    assert (submitted.state.step, submitted.state.outcome) == ("closed", Outcome.WITHDRAWN)
    submitted.refuses("already_closed", ANSWER, submitted.owner)


def test_an_answer_on_the_last_day_is_in_time(submitted: Play) -> None:
    request(submitted)
    submitted.serve_notices()
    submitted.until(submitted.deadline("supplement").due_at - timedelta(minutes=1))
    submitted.do(ANSWER, submitted.owner)
    assert submitted.state.step == "submitted"


def test_while_the_owner_supplements_the_platform_office_waits(submitted: Play) -> None:
    request(submitted)
    for act in (AcceptFiling(), Register(duplicate_check=NO_DUPLICATE), DeclineAdmission(reasons="缺件")):
        submitted.refuses("wrong_step", act, submitted.platform)


# registration


def test_without_other_names_the_policy_says_who_leads_cooperates_and_regulates(policy: Policy) -> None:
    play = Play(policy).to_registered()
    domain = policy.domains[0]
    assert (play.state.lead, play.state.regulator) == (domain.lead, domain.regulator)
    assert play.state.cooperating == tuple(unit for unit in domain.units if unit != domain.lead)
    assert play.deadline("consultation_start").holder == play.state.deadlines[0].holder


def test_the_lead_never_cooperates_with_itself_and_nobody_stands_twice(submitted: Play) -> None:
    first, second = submitted.policy.domains[0].units[:2]
    act = Register(duplicate_check=NO_DUPLICATE, lead=first, cooperating=(second, first, second))
    events = submitted.do(act, submitted.platform)
    assert [event.cooperating for event in events if isinstance(event, SceneRegistered)] == [(second,)]


@pytest.mark.parametrize("part", ["lead", "regulator", "cooperating"])
def test_a_unit_that_the_policy_does_not_know_gets_no_part(submitted: Play, part: str) -> None:
    value: object = ("科技局啊",) if part == "cooperating" else "科技局啊"
    act = Register.model_validate({"duplicate_check": NO_DUPLICATE, part: value})
    no = submitted.refuses("unknown_unit", act, submitted.platform)
    assert no.details["near"]


def test_a_duplicate_cannot_be_registered(submitted: Play) -> None:
    act = Register(duplicate_check=DuplicateCheck(duplicate=True, looked_at=("YC-1",), finding="与 YC-1 重复"))
    submitted.refuses("duplicate_scene", act, submitted.platform)
    submitted.do(DeclineAdmission(reasons="重复建设"), submitted.platform)
    assert submitted.state.step == "remedies"


def test_an_overdue_registration_stays_open_and_escalates(submitted: Play) -> None:
    submitted.do(AcceptFiling(), submitted.platform)
    submitted.pass_limit("registration")
    assert submitted.deadline("registration").status is DeadlineStatus.OVERDUE
    submitted.register()
    late = [event.late for event in submitted.journal[-1].events if event.kind == "deadline_met"]
    assert late == [True]


@pytest.mark.parametrize("accepted", [False, True])
def test_admission_may_be_declined_with_reasons_and_the_owner_may_appeal(submitted: Play, accepted: bool) -> None:
    if accepted:
        submitted.do(AcceptFiling(), submitted.platform)
    submitted.do(DeclineAdmission(reasons="不属于场景"), submitted.platform)
    assert (submitted.state.step, submitted.state.outcome) == ("remedies", Outcome.NOT_ADMITTED)
    (decision,) = submitted.state.decisions
    assert (decision.against, decision.reopens) == (submitted.owner_unit, "accepted")
