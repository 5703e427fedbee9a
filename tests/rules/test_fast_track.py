"""The fast track (R7, S3 一（二）): mature technology goes from the contract straight to delivery and acceptance."""

import pytest

from models.commands.anywhere import DecideExtension, RequestExtension
from models.commands.solicitation import Submit
from models.commands.trial import SubmitTrialPlan
from models.policy import Policy
from models.vocabulary import Mode, Outcome, PanelPurpose, Risk, Role, Track
from rules.calendar import due_date
from tests.scenario import Play

A, B = "甲公司", "乙公司"


def ids(play: Play) -> set[str]:
    return {deadline.id for deadline in play.state.deadlines}


def test_the_sandbox_is_left_out_and_the_bidder_has_its_delivery_time(policy: Policy) -> None:
    play = Play(policy, track=Track.FAST).to_trial(A)
    assert play.state.step == "acceptance"
    assert not play.state.trials
    assert not play.state.inclusions
    clock = play.deadline(f"delivery/{A}")
    assert clock.holder == play.holder(Role.BIDDER, A)
    assert clock.due_on == due_date(policy.calendar, play.today, policy.limits.delivery.period).on
    play.refuses("unknown_bidder", SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))


def test_a_delivered_result_is_accepted_and_promoted(policy: Policy) -> None:
    play = Play(policy, track=Track.FAST).to_trial(A)
    play.accept(A)
    assert play.state.step == "candidate"


def test_a_city_may_leave_out_more_for_mature_technology(ningbo: Policy) -> None:
    play = Play(ningbo, track=Track.FAST).to_fair_competition()
    play.conclude_fair_competition()
    assert play.state.step == "recognised"


def test_what_was_not_delivered_in_time_has_lapsed(yancheng: Policy) -> None:
    play = Play(yancheng, track=Track.FAST).to_trial(A)
    play.pass_limit(f"delivery/{A}")
    assert (play.state.acceptances[0].step, play.state.outcome) == ("lapsed", Outcome.FAILED)
    assert play.state.closed


def test_the_delivery_is_extended_by_the_lead_department(yancheng: Policy) -> None:
    play = Play(yancheng, track=Track.FAST).to_trial(A)
    clock = play.deadline(f"delivery/{A}")
    play.do(RequestExtension(deadline=clock.id, reasons="设备到货延迟"), play.bidder(A))
    play.do(DecideExtension(deadline=clock.id, granted=True, reasons="同意"), play.lead)
    assert play.deadline(clock.id).due_on > clock.due_on


def test_what_had_no_trial_has_none_to_repeat(yancheng: Policy) -> None:
    play = Play(yancheng, track=Track.FAST).to_trial(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.refuses("fast_track_no_retrial", play.conclude_act(A, "retrial"), play.lead)
    play.conclude(A, "conditional", conditions=("补充",))


@pytest.mark.parametrize("first", [A, B])
def test_in_a_race_the_scene_waits_for_the_last_delivery(yancheng: Policy, first: str) -> None:
    race = Play(yancheng, track=Track.FAST).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE)
    assert ids(race) == {f"delivery/{A}", f"delivery/{B}"}
    race.accept(first)
    assert race.state.step == "acceptance"
    race.pass_limit(f"delivery/{B if first == A else A}")
    assert race.state.step == "candidate"


# who may take it


@pytest.mark.parametrize(
    ("more", "why"),
    [({"maturity": "早期"}, "早期"), ({"risk": Risk.HIGH}, "risk: high")],
)
def test_the_fast_track_is_for_the_mature_and_not_for_high_risk(
    policy: Policy, more: dict[str, object], why: str
) -> None:
    play = Play(policy, track=Track.FAST)
    submit = Submit(application=play.application().model_copy(update=more))
    assert play.refuses("track_not_open", submit, play.owner).details["why"] == why
    play.submit()


def test_a_livelihood_scene_takes_the_sandbox_in_every_city(policy: Policy) -> None:
    domain = next(each.name for each in policy.domains if each.livelihood)
    play = Play(policy, track=Track.FAST, domain=domain)
    assert (
        play.refuses("track_not_open", Submit(application=play.application()), play.owner).details["why"]
        == "livelihood"
    )
    Play(policy, domain=domain).submit()


def test_a_track_of_which_the_policy_says_nothing_is_open_to_all(yancheng: Policy) -> None:
    rule = yancheng.tracks[Track.FAST].model_copy(update={"maturities": (), "risks": (), "livelihood": True})
    open_to_all = yancheng.model_copy(update={"tracks": {**yancheng.tracks, Track.FAST: rule}})
    play = Play(open_to_all, track=Track.FAST, risk=Risk.HIGH)
    play.do(Submit(application=play.application().model_copy(update={"maturity": "早期"})), play.owner)
