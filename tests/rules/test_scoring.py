"""Scores to a ranking: the arithmetic is checked against an independent count with fractions."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.commands.matching import Award, Score, ScoreBid
from models.events.matching import BidsRanked, CallFailed
from models.policy import Criterion, Dimension, Policy, ScoreSheet
from models.state import Bid
from models.vocabulary import Mode, Outcome, PanelPurpose
from rules.scoring import counted, ranking
from tests.scenario import Play, digest

A, B, C, D = "甲公司", "乙公司", "丙公司", "丁公司"

Sheet = dict[str, dict[str, int]]
Given = dict[str, dict[str, dict[str, int]]]
"""Bidder: judge: criterion: tenths."""


def sheet_of(dimensions: Sheet, pass_mark: int = 70, drop_from: int = 7, tie_break: str = "") -> ScoreSheet:
    return ScoreSheet(
        clause="测试",
        pass_mark=pass_mark,
        drop_extremes_from=drop_from,
        tie_break=tie_break or next(iter(dimensions)),
        dimensions=tuple(
            Dimension(
                key=key,
                name=key,
                criteria=tuple(Criterion(key=each, name=each, points=points) for each, points in criteria.items()),
            )
            for key, criteria in dimensions.items()
        ),
    )


def bids_of(given_: Given) -> tuple[Bid, ...]:
    return tuple(
        Bid(
            bidder=bidder, person="p", commitment=digest(bidder), eligible=True,
            scores=tuple((judge, tuple(points.items())) for judge, points in judges.items()),
        )
        for bidder, judges in given_.items()
    )  # fmt: skip


# an independent count: points as fractions, judges by name, nothing shared with rules.scoring


def honest_mean(judges: dict[str, dict[str, int]], criteria: set[str], drop_from: int) -> Fraction:
    names = sorted(judges, key=lambda name: (sum(judges[name].values()), name))
    if len(names) >= drop_from:
        names = names[1:-1]
    return sum((Fraction(judges[name][key], 10) for name in names for key in criteria), Fraction(0)) / len(names)


def honest_order(
    dimensions: Sheet, given_: Given, pass_mark: int, drop_from: int, tie_break: str
) -> list[tuple[str, bool]]:
    everything = {key for criteria in dimensions.values() for key in criteria}
    lines = []
    for bidder, judges in given_.items():
        total = honest_mean(judges, everything, drop_from)
        tie = honest_mean(judges, set(dimensions[tie_break]), drop_from)
        lines.append((-total, -tie, bidder))
    return [(bidder, -total >= pass_mark) for total, _, bidder in sorted(lines)]


DIMENSIONS: Sheet = {
    "technical": {"need": 15, "solution": 20, "novelty": 15, "feasibility": 10},
    "business": {"price": 15, "delivery": 10, "results": 15},
}
CRITERIA = {key: points for criteria in DIMENSIONS.values() for key, points in criteria.items()}


@st.composite
def score_sheets(draw: st.DrawFn) -> Given:
    """Close together, so that ties and near ties are common; up to a panel of 25."""
    judges = [f"judge-{n:02}" for n in range(draw(st.integers(1, 25)))]
    bidders = (A, B, C)[: draw(st.integers(1, 3))]
    step = draw(st.sampled_from((1, 5, 10)))
    low = draw(st.sampled_from((0.0, 0.6, 0.69, 0.9)))
    return {
        bidder: {
            judge: {
                key: min(points * 10, int(points * 10 * low) + step * draw(st.integers(0, 2)))
                for key, points in CRITERIA.items()
            }
            for judge in judges
        }
        for bidder in bidders
    }


@given(given_=score_sheets(), tie_break=st.sampled_from(sorted(DIMENSIONS)))
@settings(max_examples=60, deadline=None)
def test_the_ranking_is_that_of_an_honest_count_with_fractions(given_: Given, tie_break: str) -> None:
    lines = ranking(sheet_of(DIMENSIONS, tie_break=tie_break), bids_of(given_))
    assert [(line.bidder, line.passed) for line in lines] == honest_order(DIMENSIONS, given_, 70, 7, tie_break)
    assert [line.rank for line in lines] == list(range(1, len(given_) + 1))
    for line in lines:
        exact = 100 * honest_mean(given_[line.bidder], set(CRITERIA), 7)
        assert abs(line.hundredths - exact) <= Fraction(1, 2), "shown to the nearest hundredth"
        for mean in line.dimensions:
            exact = 100 * honest_mean(given_[line.bidder], set(DIMENSIONS[mean.dimension]), 7)
            assert abs(mean.hundredths - exact) <= Fraction(1, 2)


@given(given_=score_sheets())
@settings(max_examples=30, deadline=None)
def test_the_ranking_does_not_depend_on_the_order_of_bids_or_judges(given_: Given) -> None:
    bids = bids_of(given_)
    shuffled = [bid.model_copy(update={"scores": tuple(reversed(bid.scores))}) for bid in reversed(bids)]
    sheet = sheet_of(DIMENSIONS)
    assert ranking(sheet, bids) == ranking(sheet, tuple(shuffled))


ONE: Sheet = {"technical": {"t": 60}, "business": {"b": 40}}


def given_totals(**totals: list[int]) -> Given:
    """Judges' totals in points, split over the two dimensions."""
    return {
        bidder: {
            f"j{n}": {"t": min(points, 60) * 10, "b": max(points - 60, 0) * 10} for n, points in enumerate(points_)
        }
        for bidder, points_ in totals.items()
    }


def test_with_seven_judges_one_highest_and_one_lowest_are_dropped() -> None:
    lines = ranking(sheet_of(ONE), bids_of(given_totals(a=[100, 80, 80, 80, 80, 80, 0])))
    assert lines[0].hundredths == 8000


def test_with_six_judges_all_count() -> None:
    lines = ranking(sheet_of(ONE), bids_of(given_totals(a=[100, 80, 80, 80, 80, 0])))
    assert lines[0].hundredths == 7000
    assert lines[0].passed


def test_only_one_of_several_highest_is_dropped() -> None:
    sheet = sheet_of(ONE)
    bid = bids_of(given_totals(a=[90, 90, 90, 70, 70, 70, 70]))[0]
    assert len(counted(sheet, bid.scores)) == 5
    assert ranking(sheet, (bid,))[0].hundredths == 7800


def test_a_tie_goes_to_the_dimension_that_the_sheet_names_then_to_the_earlier_name() -> None:
    tied: Given = {
        "b": {"j": {"t": 500, "b": 300}},
        "a": {"j": {"t": 500, "b": 300}},
        "c": {"j": {"t": 510, "b": 290}},
    }
    assert [line.bidder for line in ranking(sheet_of(ONE), bids_of(tied))] == ["c", "a", "b"]
    by_business = sheet_of(ONE, tie_break="business")
    assert [line.bidder for line in ranking(by_business, bids_of(tied))] == ["a", "b", "c"]


def test_a_mean_just_below_the_pass_mark_is_not_rounded_up_to_it() -> None:
    """Of 25 judges 22 give 70, two 69.9 and one 70.1; 23 count: the mean is 69.9957, shown as 70.00."""
    judges = {f"j{n:02}": {"t": 600, "b": 100} for n in range(22)} | {
        "j22": {"t": 600, "b": 99}, "j23": {"t": 600, "b": 99}, "j24": {"t": 600, "b": 101},
    }  # fmt: skip
    (line,) = ranking(sheet_of(ONE), bids_of({"a": judges}))
    assert not line.passed


def test_a_better_mean_wins_even_if_both_are_shown_alike() -> None:
    equal = {f"j{n:02}": {"t": 500, "b": 300} for n in range(25)}
    better = equal | {"j07": {"t": 500, "b": 301}, "j08": {"t": 500, "b": 301}}
    worse_in_total = {judge: {"t": points["t"] + 1, "b": points["b"] - 1} for judge, points in equal.items()}
    lines = ranking(sheet_of(ONE), bids_of({"z": better, "a": worse_in_total}))
    assert [line.bidder for line in lines] == ["z", "a"]


# in a scene


@pytest.fixture
def scoring(yancheng: Policy) -> Play:
    play = Play(yancheng).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    return play


def test_a_score_covers_the_whole_sheet_and_nothing_else(scoring: Play) -> None:
    whole = scoring.scores(0.8)
    judge = scoring.expert(1)
    no = scoring.refuses("scores_incomplete", ScoreBid(bidder=A, scores=whole[1:]), judge)
    assert no.details["missing"] == whole[0].criterion
    foreign = (*whole, Score(criterion="looks", points=1))
    assert scoring.refuses("scores_incomplete", ScoreBid(bidder=A, scores=foreign), judge).details["extra"] == "looks"
    scoring.refuses("scores_incomplete", ScoreBid(bidder=A, scores=(*whole, whole[0])), judge)


def test_no_criterion_gets_more_points_than_it_has(scoring: Play) -> None:
    first, *others = scoring.scores(1.0)
    too_many = first.model_copy(update={"points": first.points + 0.1})
    scoring.refuses("score_too_high", ScoreBid(bidder=A, scores=(too_many, *others)), scoring.expert(1))
    scoring.do(ScoreBid(bidder=A, scores=(first, *others)), scoring.expert(1))


@pytest.mark.parametrize("points", [0.05, -1, float("nan"), float("inf"), 3.14])
def test_points_are_whole_tenths(points: float) -> None:
    with pytest.raises(ValueError, match="points"):
        Score(criterion="need", points=points)


@pytest.mark.parametrize("tenths", range(0, 1000, 7))
def test_every_tenth_can_be_given(tenths: int) -> None:
    assert round(Score(criterion="need", points=tenths / 10).points * 10) == tenths


def test_only_the_panel_scores_and_each_member_once_for_each_bid(scoring: Play) -> None:
    scoring.refuses("not_on_panel", scoring.score_act(A, 0.9), scoring.expert(99))
    scoring.do(scoring.score_act(A, 0.9), scoring.expert(1))
    scoring.refuses("already_reviewed", scoring.score_act(A, 0.1), scoring.expert(1))
    scoring.do(scoring.score_act(B, 0.8), scoring.expert(1))
    assert "scoring/expert-1" not in [each.id for each in scoring.state.deadlines]


def test_a_panel_is_locked_once_a_member_has_scored(scoring: Play) -> None:
    scoring.do(scoring.score_act(A, 0.9), scoring.expert(1))
    scoring.refuses("panel_already", scoring.panel_act(PanelPurpose.SCORING), scoring.lead)


def test_the_ranking_stands_when_the_last_judge_has_scored_the_last_bid(scoring: Play) -> None:
    for number in range(1, 6):
        scoring.do(scoring.score_act(A, 0.8), scoring.expert(number))
    for number in range(1, 5):
        scoring.do(scoring.score_act(B, 0.9), scoring.expert(number))
    assert scoring.state.step == "scoring"
    events = scoring.do(scoring.score_act(B, 0.9), scoring.expert(5))
    (ranked,) = [event for event in events if isinstance(event, BidsRanked)]
    assert [(line.rank, line.bidder, line.hundredths) for line in ranked.ranking] == [(1, B, 9000), (2, A, 8000)]
    assert scoring.state.step == "ranked"


def test_a_call_in_which_nobody_passes_has_failed(yancheng: Policy) -> None:
    play = Play(yancheng).to_scoring(A, B)
    play.score({A: 0.69, B: 0.5})
    assert [event.because for entry in play.journal for event in entry.events if isinstance(event, CallFailed)] == [
        "none_passed"
    ]
    assert play.state.step == "unmatched"


# the award follows the ranking


def test_an_award_goes_to_the_first_in_the_ranking(yancheng: Policy) -> None:
    play = Play(yancheng).to_awarding(A, B)
    no = play.refuses("not_next_ranked", Award(bidders=(B,), reasons="偏好"), play.lead)
    assert no.details["expected"] == A
    play.refuses("too_many_winners", Award(bidders=(A, B), reasons="两家"), play.lead)
    play.award(A)


def test_nobody_below_the_pass_mark_is_awarded(yancheng: Policy) -> None:
    play = Play(yancheng).to_scoring(A, B, mode=Mode.HORSE_RACE)
    play.score({A: 0.9, B: 0.5})
    play.rank()
    play.refuses("not_next_ranked", Award(bidders=(A, B), reasons="两家"), play.lead)
    play.award(A)


def test_a_horse_race_awards_the_first_few_in_order(chongqing: Policy) -> None:
    play = Play(chongqing).to_awarding(A, B, C, D, mode=Mode.HORSE_RACE)
    play.refuses("not_next_ranked", Award(bidders=(B, A), reasons="倒序"), play.lead)
    play.refuses("not_next_ranked", Award(bidders=(A, A), reasons="重复"), play.lead)
    play.refuses("too_many_winners", Award(bidders=(A, B, C, D), reasons="四家"), play.lead)
    play.award(A, B, C)
    assert [(each.bidder, each.rank, each.step) for each in play.state.contracts] == [
        (A, 1, "offered"),
        (B, 2, "offered"),
        (C, 3, "offered"),
    ]


def test_a_city_without_scores_to_give_closes_the_scene_after_the_second_failed_call(yancheng: Policy) -> None:
    none = yancheng.contracting.model_copy(update={"reissues": 0})
    play = Play(yancheng.model_copy(update={"contracting": none})).to_scoring(A)
    play.score({A: 0.1})
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.UNMATCHED)
