"""How a scene ends, and what can be done against it: withdrawal, termination, service, appeal, override."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from models.actor import Actor
from models.commands import Act
from models.commands.anywhere import (
    AnswerWithdrawal,
    Appeal,
    DecideAppeal,
    Override,
    RecordService,
    RequestExtension,
    Suspend,
    Terminate,
    Withdraw,
)
from models.commands.matching import GiveUpMatching
from models.commands.promotion import NominateBenchmark
from models.commands.review import ConfirmScene, GiveOpinion, Recognise, Refuse
from models.commands.solicitation import DeclineAdmission
from models.commands.trial import FileReport, ProveRollback, RefuseTrial, SubmitTrialPlan
from models.deadline import DeadlineStatus
from models.events.anywhere import AdverseDecision, DecisionFinal
from models.events.clock import DeadlineCancelled, DeadlineMet
from models.policy import Policy
from models.vocabulary import Mode, Outcome, PanelPurpose, Position, Role, Scale, Stage
from rules.docket import BIDDER_MACHINES
from rules.lifecycle import BEFORE_CONTRACT, OPEN, OVERRIDE_TO, comes_before, step_of
from tests.plays import at
from tests.scenario import Play, city, document

A, B = "甲公司", "乙公司"
TERMINATE = Terminate(ground="breach", reasons="违约")
WITHDRAW = Withdraw(reasons="无力继续")


def decision(play: Play) -> int:
    return play.state.decisions[-1].sequence


def service(play: Play, on: date | None = None, number: int = 0) -> RecordService:
    return RecordService(
        entry=number or decision(play), how="post", served_on=on or play.today, to="发榜方", proof=document("回证")
    )


def serve(play: Play, on: date | None = None) -> None:
    play.do(service(play, on), play.platform)


def appeal(play: Play) -> None:
    serve(play)
    play.do(Appeal(decision=decision(play), grounds="认定有误"), play.owner)


def uphold(play: Play, *, upheld: bool = True) -> None:
    play.do(DecideAppeal(decision=decision(play), upheld=upheld, reasons="审理"), play.supervisor)


# adverse decisions


def confirming(play: Play) -> Play:
    play.to_expert_review().experts_recommend(PanelPurpose.RECOGNITION)
    play.do(Recognise(value="有价值"), play.lead)
    return play


DECISIONS: dict[str, tuple[Callable[[Play], object], Act, Role, Outcome, str]] = {
    "not admitted": (
        Play.submit, DeclineAdmission(reasons="不属于"), Role.PLATFORM_OFFICE, Outcome.NOT_ADMITTED, "accepted",
    ),
    "refused": (Play.to_expert_review, Refuse(reasons="价值不足"), Role.LEAD, Outcome.REFUSED, "expert_review"),
    "not confirmed": (
        confirming, ConfirmScene(confirmed=False, reasons="不足"), Role.LEADING_GROUP, Outcome.REFUSED, "confirmation",
    ),
    "terminated": (Play.to_fair_competition, TERMINATE, Role.LEAD, Outcome.TERMINATED, "fair_competition"),
}  # fmt: skip


def decided(kind: str) -> tuple[Play, str]:
    """After a decision against the owner, with the step that an appeal would re-open."""
    way, act, role, outcome, reopens = DECISIONS[kind]
    play = Play(city("yancheng"), scale=Scale.COMPREHENSIVE)
    way(play)
    who = play.lead if role is Role.LEAD else play.office(role)
    events = play.do(act, who)
    (against,) = [event for event in events if isinstance(event, AdverseDecision)]
    assert (against.against, against.closes_as, against.reopens) == (play.owner_unit, outcome, reopens)
    assert (play.state.step, play.state.stage, play.state.outcome) == ("remedies", Stage.CLOSED, outcome)
    return play, reopens


@pytest.mark.parametrize("kind", DECISIONS)
def test_a_decision_is_served_and_final_when_nobody_appeals_in_time(kind: str) -> None:
    play, _ = decided(kind)
    outcome = play.state.outcome
    duty = play.deadline(f"service/{decision(play)}")
    assert duty.holder is not None
    assert duty.holder.role is Role.PLATFORM_OFFICE
    serve(play)
    play.pass_limit(f"appeal_window/{decision(play)}")
    assert "decision_final" in [event.kind for event in play.journal[-1].events]
    assert (play.state.step, play.state.outcome) == ("closed", outcome)


@pytest.mark.parametrize("kind", DECISIONS)
def test_an_upheld_appeal_re_opens_the_step_where_it_was_decided(kind: str) -> None:
    play, reopens = decided(kind)
    appeal(play)
    uphold(play)
    assert (play.state.step, play.state.outcome, play.state.decisions) == (reopens, None, ())
    assert [each.status for each in play.state.deadlines] == [DeadlineStatus.OPEN]


@pytest.mark.parametrize("kind", DECISIONS)
def test_a_dismissed_appeal_makes_the_decision_final(kind: str) -> None:
    play, _ = decided(kind)
    outcome, number = play.state.outcome, decision(play)
    appeal(play)
    uphold(play, upheld=False)
    assert DecisionFinal(decision=number) in play.journal[-1].events
    assert (play.state.step, play.state.outcome) == ("closed", outcome)


def test_until_it_is_served_nothing_runs_against_the_owner() -> None:
    play, _ = decided("refused")
    play.refuses("decision_not_served", Appeal(decision=decision(play), grounds="不服"), play.owner)
    play.wait(timedelta(days=300))
    assert play.state.step == "remedies"
    assert play.deadline(f"service/{decision(play)}").status is DeadlineStatus.OVERDUE


def test_the_time_to_appeal_runs_from_the_proven_service_whenever_that_is_entered() -> None:
    play, _ = decided("refused")
    served_on = play.today + timedelta(days=1)
    play.wait(timedelta(days=20))
    serve(play, served_on)
    window = play.deadline(f"appeal_window/{decision(play)}")
    assert (window.started_on, window.holder) == (served_on, None)
    assert window.due_on >= served_on + timedelta(days=60)


def test_a_service_is_neither_in_the_future_nor_before_the_decision_and_is_recorded_once() -> None:
    play, _ = decided("refused")
    play.refuses("served_in_future", service(play, play.today + timedelta(days=1)), play.platform)
    play.refuses("served_before_decision", service(play, play.today - timedelta(days=1)), play.platform)
    serve(play)
    play.refuses("already_served", service(play), play.platform)
    play.refuses("nothing_to_serve", service(play, number=1), play.platform)


def test_an_appeal_is_lodged_once_by_whom_the_decision_is_against_and_in_time() -> None:
    play, _ = decided("refused")
    serve(play)
    act = Appeal(decision=decision(play), grounds="不服")
    play.refuses("not_your_part", act, play.person(Role.OWNER, "别的公司"))
    play.refuses("not_appealed", DecideAppeal(decision=decision(play), upheld=True, reasons="成立"), play.supervisor)
    play.do(act, play.owner)
    duty = play.deadline(f"appeal/{decision(play)}")
    assert duty.holder is not None
    assert duty.holder.role is Role.SUPERVISOR
    play.refuses("already_appealed", act, play.owner)
    late, _ = decided("refused")
    serve(late)
    number = decision(late)
    late.pass_limit(f"appeal_window/{number}")
    late.refuses("already_closed", Appeal(decision=number, grounds="不服"), late.owner)


def test_a_decision_against_a_bidder_is_not_the_owners_to_appeal(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))
    play.do(RefuseTrial(bidder=A, reasons="方案不可行"), play.regulator)
    serve(play)
    play.refuses("not_against_you", Appeal(decision=decision(play), grounds="不服"), play.owner)


def test_who_decided_or_appealed_does_not_decide_the_appeal() -> None:
    play, _ = decided("refused")
    appeal(play)
    act = DecideAppeal(decision=decision(play), upheld=True, reasons="成立")
    for code, before in (("decided_before", play.lead), ("drafter_decides", play.owner)):
        play.refuses(code, act, play.office(Role.SUPERVISOR, before.person))


def test_an_appeal_that_is_not_decided_in_time_escalates_and_can_be_extended() -> None:
    play, _ = decided("refused")
    appeal(play)
    id = f"appeal/{decision(play)}"
    due = play.deadline(id).due_on
    play.do(RequestExtension(deadline=id, reasons="案情复杂"), play.supervisor)
    assert f"extension_answer/{id}" in [each.id for each in play.state.deadlines]
    play.until(play.deadline(id).due_at + timedelta(days=1))
    assert (play.state.step, play.deadline(id).status) == ("remedies", DeadlineStatus.OVERDUE)
    assert play.today > due


# everything else stands still


def test_while_remedies_are_open_all_other_clocks_stand_still_and_run_on_if_it_is_reopened(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance(A)
    play.apply(A)
    play.seat_panel(PanelPurpose.ACCEPTANCE, A)
    before = {each.id: each for each in play.state.deadlines}
    play.do(TERMINATE, play.lead)
    paused = {each.id for each in play.state.deadlines if each.status is DeadlineStatus.PAUSED}
    assert paused == before.keys()
    play.wait(timedelta(days=100))
    appeal(play)
    play.wait(timedelta(days=20))
    uphold(play)
    assert play.state.step == "acceptance"
    for id, deadline in before.items():
        assert play.deadline(id).status is DeadlineStatus.OPEN
        assert play.deadline(id).due_on > deadline.due_on


def test_in_remedies_nobody_goes_on_working(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.do(TERMINATE, play.lead)
    report = FileReport(bidder=A, kind="regular", document=document("月报"))
    play.refuses("wrong_step", report, play.bidder(A))
    play.refuses("wrong_step", Suspend(reasons="核查"), play.lead)
    play.refuses("wrong_step", TERMINATE, play.lead)
    play.refuses("wrong_step", WITHDRAW, play.owner)


def test_a_consultation_that_was_interrupted_goes_on_where_it_stood(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    first, *others = play.state.cooperating
    play.agree(first)
    play.do(TERMINATE, play.lead)
    appeal(play)
    uphold(play)
    assert play.state.step == "consultation"
    waiting = [each.holder.unit for each in play.state.deadlines if each.holder]
    assert waiting == others
    again = GiveOpinion(position=Position.AGREE, text="意见")
    play.refuses("opinion_already_given", again, play.cooperating(first))
    for unit in others:
        play.agree(unit)
    assert play.state.step == "fair_competition"


def test_experts_who_had_not_spoken_still_have_their_time_when_a_refusal_falls(yancheng: Policy) -> None:
    play = Play(yancheng).to_expert_review()
    play.seat_panel(PanelPurpose.RECOGNITION)
    play.do(Refuse(reasons="价值不足"), play.lead)
    appeal(play)
    uphold(play)
    waiting = {each.id for each in play.state.deadlines if each.status is DeadlineStatus.OPEN}
    assert waiting == {"expert_review", *(f"expert_review/expert-{n}" for n in range(1, 6))}


def test_an_opened_call_that_was_interrupted_is_open_as_long_as_was_left(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post(days=30)
    play.bid(A)
    play.wait(timedelta(days=10))
    play.do(TERMINATE, play.lead)
    left = play.deadline("bidding").remaining
    assert left == 20
    appeal(play)
    play.wait(timedelta(days=30))
    uphold(play)
    assert play.state.step == "posted"
    assert play.deadline("bidding").due_on >= play.today + timedelta(days=20)


# when a termination is final


def test_a_final_termination_ends_what_the_bidders_had_open(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.do(TERMINATE, play.lead)
    serve(play)
    assert play.state.trials[0].step == "suspended"
    play.pass_limit(f"appeal_window/{decision(play)}")
    play.do(ProveRollback(bidder=A, proof=document("恢复证明")), play.bidder(A))
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.TERMINATED)
    assert [each.step for each in play.state.contracts] == ["dissolved"]
    assert [each.step for each in play.state.trials] == ["terminated"]
    assert [each.step for each in play.state.inclusions] == ["ended_early"]


def test_a_termination_upheld_by_the_supervisor_ends_them_too(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance(A)
    play.apply(A)
    play.do(TERMINATE, play.lead)
    appeal(play)
    uphold(play, upheld=False)
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.TERMINATED)
    assert [each.step for each in play.state.acceptances] == ["withdrawn"]
    assert [each.step for each in play.state.trials] == ["ended"]


def test_a_bidders_upheld_appeal_does_not_bring_back_a_terminated_scene(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))
    play.do(RefuseTrial(bidder=A, reasons="方案不可行"), play.regulator)
    number = decision(play)
    serve(play)
    play.do(Appeal(decision=number, grounds="不服"), play.bidder(A))
    play.do(TERMINATE, play.lead)
    play.do(DecideAppeal(decision=number, upheld=True, reasons="成立"), play.supervisor)
    assert (play.state.step, play.state.outcome) == ("remedies", Outcome.TERMINATED)
    assert play.deadline(f"admission/{A}").status is DeadlineStatus.PAUSED
    appeal(play)
    uphold(play)
    assert play.state.step == "trial"
    assert play.deadline(f"admission/{A}").status is DeadlineStatus.OPEN


# withdrawal


@pytest.fixture
def race(ningbo: Policy) -> Play:
    """Two bidders at their trials; the bureau of science and technology is a party to the contracts."""
    play = Play(ningbo)
    if Mode.HORSE_RACE not in ningbo.modes:
        race = ningbo.modes[Mode.OPEN_CHALLENGE].model_copy(update={"winners": 2})
        play = Play(ningbo.model_copy(update={"modes": {**ningbo.modes, Mode.HORSE_RACE: race}}))
    return play.to_trial(A, B, winners=2, mode=Mode.HORSE_RACE)


def consent(unit: str) -> str:
    return f"withdrawal_consent/{unit}"


def agree(play: Play, *actors: Actor, agreed: bool = True) -> None:
    for actor in actors:
        play.do(AnswerWithdrawal(agreed=agreed, reasons="答复"), actor)


def test_after_the_contract_every_other_party_is_asked(race: Play) -> None:
    race.do(WITHDRAW, race.owner)
    asked = [each.id for each in race.state.deadlines if each.limit == "withdrawal_consent"]
    assert asked == [consent(unit) for unit in (A, B, race.policy.offices.st_bureau)]
    agree(race, race.bidder(A), race.bureau)
    assert race.state.step == "trial"
    agree(race, race.bidder(B))
    assert (race.state.step, race.state.outcome) == ("closed", Outcome.WITHDRAWN)
    assert {each.step for each in race.state.contracts} == {"dissolved"}
    assert {each.step for each in race.state.trials} == {"withdrawn"}


def test_one_who_does_not_agree_is_enough_to_keep_the_contract(race: Play) -> None:
    race.do(WITHDRAW, race.owner)
    agree(race, race.bidder(A))
    agree(race, race.bidder(B), agreed=False)
    assert race.state.withdrawal is None
    assert not [each for each in race.state.deadlines if each.limit == "withdrawal_consent"]
    race.refuses("no_withdrawal", AnswerWithdrawal(agreed=True, reasons="答复"), race.bureau)
    assert [event.id for event in race.journal[-1].events if isinstance(event, DeadlineMet)] == [consent(B)]
    cancelled = [event.id for event in race.journal[-1].events if isinstance(event, DeadlineCancelled)]
    assert cancelled == [consent(race.policy.offices.st_bureau)]


def test_a_bidder_withdraws_with_the_agreement_of_the_owner_and_the_bureau(race: Play) -> None:
    race.do(WITHDRAW, race.bidder(A))
    race.refuses("withdrawal_pending", WITHDRAW, race.bidder(B))
    race.refuses("not_asked_to_agree", AnswerWithdrawal(agreed=True, reasons="答复"), race.bidder(B))
    agree(race, race.owner)
    race.refuses("not_asked_to_agree", AnswerWithdrawal(agreed=True, reasons="答复"), race.owner)
    agree(race, race.bureau)
    assert [(each.bidder, each.step) for each in race.state.trials] == [(A, "withdrawn"), (B, "planning")]
    assert race.state.step == "trial"


def test_after_one_bidder_has_withdrawn_the_next_may_ask(race: Play) -> None:
    for bidder in (A, B):
        race.do(WITHDRAW, race.bidder(bidder))
        agree(race, race.owner, race.bureau)
    assert race.state.closed


def test_a_withdrawal_that_the_scene_has_outlived_falls_away(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance(A)
    play.do(WITHDRAW, play.owner)
    play.accept(A)
    assert (play.state.step, play.state.withdrawal) == ("candidate", None)
    assert not [each for each in play.state.deadlines if each.limit == "withdrawal_consent"]
    play.refuses("no_withdrawal", AnswerWithdrawal(agreed=True, reasons="同意"), play.bidder(A))


def test_a_call_that_found_nobody_may_be_given_up_or_withdrawn(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post()
    play.pass_limit("bidding")
    for act, outcome in ((GiveUpMatching(reasons="流标"), Outcome.UNMATCHED), (WITHDRAW, Outcome.WITHDRAWN)):
        end = play.fork()
        end.do(act, end.owner)
        assert (end.state.step, end.state.outcome) == ("closed", outcome)


def test_a_scene_in_promotion_is_closed_and_not_withdrawn(yancheng: Policy) -> None:
    play = Play(yancheng).to_candidate(A)
    play.refuses("wrong_step", WITHDRAW, play.owner)


# from every step


@pytest.mark.parametrize("step", OPEN)
def test_from_any_open_step_a_scene_can_be_terminated_and_comes_back_where_it_was(step: str) -> None:
    play = at(step)
    before = {each.id: each for each in play.state.deadlines}
    play.do(TERMINATE, play.group)
    play.wait(timedelta(days=1))
    appeal(play)
    uphold(play)
    assert (play.state.step, play.state.outcome) == (step, None)
    assert {each.id for each in play.state.deadlines} == before.keys()
    for id, was in before.items():
        assert play.deadline(id).holder == was.holder
        assert play.deadline(id).due_at >= was.due_at


@pytest.mark.parametrize("step", OPEN)
def test_from_any_open_step_a_termination_that_nobody_contests_ends_the_scene(step: str) -> None:
    play = at(step)
    play.do(TERMINATE, play.group)
    serve(play)
    play.pass_limit(f"appeal_window/{decision(play)}")
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.TERMINATED)
    for machine, parts in BIDDER_MACHINES.items():
        assert all(step_of(machine, part.step).terminal for part in getattr(play.state, parts))


@pytest.mark.parametrize("step", BEFORE_CONTRACT)
def test_from_any_step_before_the_contract_the_owner_withdraws_alone(step: str) -> None:
    play = at(step)
    play.do(WITHDRAW, play.owner)
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.WITHDRAWN)


# override


@pytest.mark.parametrize("step", BEFORE_CONTRACT)
def test_from_any_step_before_the_contract_the_leading_group_re_opens_what_lies_behind(step: str) -> None:
    start = at(step)
    reached = start.state.returned.returned_from if start.state.returned else step
    for to in OVERRIDE_TO:
        play = start.fork()
        if to == step or comes_before(reached, to):
            play.refuses("not_returnable", Override(to=to, reasons="重新审议"), play.group)
        else:
            play.override(to)
            assert play.state.step == to


@pytest.mark.parametrize("to", ["registered", "fair_competition", "expert_review", "listing"])
def test_the_leading_group_re_opens_a_step_that_the_scene_has_passed(yancheng: Policy, to: str) -> None:
    play = Play(yancheng).to_listed()
    opinions = play.state.consultation
    panels = play.state.panels
    play.do(Override(to=to, reasons="重新审议"), play.group)
    assert play.state.step == to
    assert (play.state.consultation, play.state.panels) == (opinions, panels)
    assert [each.step for each in play.state.deadlines] == [to]


def test_nobody_is_led_past_a_step_by_an_override() -> None:
    for kind, allowed in (
        ("not admitted", {"accepted"}),
        ("terminated", {"accepted", "registered", "fair_competition"}),
        ("refused", {"accepted", "registered", "fair_competition", "expert_review"}),
    ):
        play, _ = decided(kind)
        no = play.refuses("not_returnable", Override(to="listed", reasons="特事特办"), play.group)
        assert set(no.details["known"].split(", ")) == allowed


def test_an_override_ends_the_remedies_of_what_it_re_opens() -> None:
    play, _ = decided("refused")
    appeal(play)
    play.do(Override(to="expert_review", reasons="重新评审"), play.group)
    assert (play.state.step, play.state.decisions, play.state.outcome) == ("expert_review", (), None)
    assert [each.limit for each in play.state.deadlines] == ["expert_review"]


def test_after_an_override_to_another_step_nothing_of_the_interrupted_one_is_due(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    play.do(TERMINATE, play.lead)
    play.do(Override(to="registered", reasons="重新协调"), play.group)
    assert [each.id for each in play.state.deadlines] == ["consultation_start"]


def test_once_bidders_are_in_the_leading_group_re_opens_nothing(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.refuses("not_returnable", Override(to="listed", reasons="重来"), play.group)
    play.do(TERMINATE, play.lead)
    play.refuses("not_returnable", Override(to="listed", reasons="重来"), play.group)


def test_in_promotion_the_leading_group_takes_a_scene_back_among_the_candidates(yancheng: Policy) -> None:
    play = Play(yancheng).to_candidate(A)
    play.refuses("not_returnable", Override(to="candidate", reasons="复核"), play.group)
    play.do(NominateBenchmark(level="城市级", grounds="成效显著"), play.lead)
    play.refuses("not_returnable", Override(to="listing", reasons="复核"), play.group)
    play.do(Override(to="candidate", reasons="复核"), play.group)
    assert (play.state.step, play.state.stage) == ("candidate", Stage.PROMOTION)
