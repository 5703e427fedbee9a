"""赛马, midway: who races on is laid side by side, and one may go no further, with reasons and remedies."""

from datetime import timedelta

import pytest

from models.commands.anywhere import Appeal, DecideAppeal
from models.commands.matching import CompareRacers, RacerFinding
from models.commands.trial import ProveRollback
from models.events.anywhere import AdverseDecision
from models.events.matching import RacersCompared
from models.policy import Policy
from models.vocabulary import Mode
from tests.scenario import Play, document

A, B, C = "甲公司", "乙公司", "丙公司"


def comparison(*racers: str, ends: str | None = None) -> CompareRacers:
    return CompareRacers(
        basis="按任务书指标完成率比较",
        findings=tuple(RacerFinding(bidder=each, finding="完成率") for each in racers),
        reasons="中期比较",
        ends=ends,
    )


def scored(play: Play, shares: dict[str, float], ends: str | None) -> CompareRacers:
    findings = tuple(
        RacerFinding(bidder=bidder, finding="按评分表", scores=play.scores(share)) for bidder, share in shares.items()
    )
    return comparison(*shares, ends=ends).model_copy(update={"findings": findings})


@pytest.fixture
def race(yancheng: Policy) -> Play:
    """A and B race, six months each; C is next in the ranking."""
    return Play(yancheng).to_running(A, B, C, winners=2, mode=Mode.HORSE_RACE)


@pytest.fixture
def midway(race: Play) -> Play:
    race.wait(timedelta(days=100))
    return race


def steps(play: Play) -> dict[str, str]:
    return {trial.bidder: trial.step for trial in play.state.trials}


def test_a_race_is_compared_from_its_half_on(race: Play) -> None:
    no = race.refuses("race_too_young", comparison(A, B), race.lead)
    end = race.deadline(f"trial/{A}").due_on
    half = race.today + (end - race.today) / 2
    assert no.details["earliest"] in (str(half), str(half + timedelta(days=1)))
    race.until(race.morning_of(half + timedelta(days=1)))
    race.do(comparison(A, B), race.lead)


def test_a_comparison_that_ends_nobody_is_on_record_and_all_go_on(midway: Play) -> None:
    events = midway.do(scored(midway, {A: 0.9, B: 0.8}, None), midway.lead)
    assert events[0] == RacersCompared(racers=((A, 900), (B, 800)), ends=None)
    assert [event.kind for event in events[1:]] == ["deadline_met"]
    assert steps(midway) == {A: "running", B: "running"}


def test_who_is_ended_goes_back_to_how_it_was_and_the_other_goes_on(midway: Play) -> None:
    events = midway.do(comparison(A, B, ends=B), midway.lead)
    (decision,) = [event for event in events if isinstance(event, AdverseDecision)]
    assert (decision.against, decision.verb) == (B, "compare_racers")
    assert steps(midway) == {A: "running", B: "rolling_back"}
    assert [(each.bidder, each.step) for each in midway.state.inclusions] == [(A, "active"), (B, "ended_early")]
    assert f"service/{decision.decision}" in [each.id for each in midway.state.deadlines]
    assert f"trial/{A}" in [each.id for each in midway.state.deadlines]
    assert f"trial/{B}" not in [each.id for each in midway.state.deadlines]
    midway.do(ProveRollback(bidder=B, proof=document("恢复证明")), midway.bidder(B))
    assert midway.state.step == "trial"


def test_who_wins_the_appeal_plans_its_trial_anew(midway: Play) -> None:
    midway.do(comparison(A, B, ends=B), midway.lead)
    midway.win_appeal()
    assert steps(midway) == {A: "running", B: "planning"}
    midway.start(B)
    assert steps(midway) == {A: "running", B: "running"}


def test_who_decided_the_comparison_does_not_decide_the_appeal(midway: Play) -> None:
    midway.do(comparison(A, B, ends=B), midway.lead)
    decision = midway.state.decisions[-1].sequence
    midway.serve(decision)
    midway.do(Appeal(decision=decision, grounds="不服"), midway.bidder(B))
    again = midway.supervisor.model_copy(update={"person": midway.lead.person})
    midway.refuses("decided_before", DecideAppeal(decision=decision, upheld=False, reasons="驳回"), again)


def test_findings_are_given_on_everybody_who_races_and_on_nobody_else(midway: Play) -> None:
    midway.refuses("other_racers", comparison(A), midway.lead)
    midway.refuses("other_racers", comparison(A, B, C), midway.lead)
    midway.refuses("other_racers", comparison(A, A), midway.lead)
    midway.refuses("other_racers", comparison(A, B, ends=C), midway.lead)


def test_the_better_one_is_not_ended_and_of_equals_either_may_be(midway: Play) -> None:
    no = midway.refuses("ends_the_better", scored(midway, {A: 0.9, B: 0.8}, A), midway.lead)
    assert (no.details["points"], no.details["worse"]) == ("90.0", B)
    equal = midway.fork()
    equal.do(scored(equal, {A: 0.8, B: 0.8}, A), equal.lead)
    midway.do(scored(midway, {A: 0.9, B: 0.8}, B), midway.lead)


def test_where_one_racer_is_scored_all_are_on_the_whole_sheet(midway: Play) -> None:
    half = scored(midway, {A: 0.9, B: 0.8}, None)
    unscored = half.findings[1].model_copy(update={"scores": ()})
    act = half.model_copy(update={"findings": (half.findings[0], unscored)})
    midway.refuses("scores_incomplete", act, midway.lead)


def test_one_who_races_alone_is_compared_with_nobody(midway: Play) -> None:
    midway.do(comparison(A, B, ends=B), midway.lead)
    midway.refuses("no_race", comparison(A), midway.lead)


def test_an_open_challenge_is_no_race(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.refuses("no_race", comparison(A), play.lead)


def test_nobody_but_the_lead_department_compares(midway: Play) -> None:
    for actor in (midway.bidder(A), midway.owner, midway.regulator):
        midway.refuses("not_permitted", comparison(A, B), actor)
