"""A ranking line by line: a contest of Ningbo that was scored by hand on paper, and what is shown before the award."""

from fractions import Fraction

import pytest

from models.commands.matching import Award, Score, ScoreBid
from models.policy import Policy
from models.state import Bid
from models.vocabulary import Mode, NoticeAbout, PanelPurpose
from rules import lots
from rules.scoring import Explanation, explained, ranking
from tests.scenario import Play, city, digest, with_rules

JIA, YI, BING, DING, WU = "甲公司", "乙公司", "丙公司", "丁公司", "戊公司"
NEED, SOLUTION, NOVELTY, FEASIBILITY, PRICE, DELIVERY, RESULTS = CRITERIA = (
    "need", "solution", "novelty", "feasibility", "price", "delivery", "results",
)  # fmt: skip

# The sheets on paper: a row a judge; need 15, solution 20, novelty 15, feasibility 10 | price 15, delivery 10,
# results 15; behind each row its technical points, its business points and its total, added up by hand.
PAPER: dict[str, tuple[tuple[float, ...], ...]] = {
    JIA: (
        (13, 18, 13, 9, 12, 8, 13),  # 53.0 + 33.0 = 86.0
        (14, 18, 12, 9, 13, 9, 12),  # 53.0 + 34.0 = 87.0
        (12, 17, 13, 8, 12, 8, 12),  # 50.0 + 32.0 = 82.0
        (15, 20, 15, 10, 14, 10, 15),  # 60.0 + 39.0 = 99.0, the highest
        (10, 12, 9, 6, 10, 6, 9),  # 37.0 + 25.0 = 62.0, the lowest
        (13, 17.5, 13, 8.5, 12, 8.5, 12.5),  # 52.0 + 33.0 = 85.0
        (13, 18, 13.5, 9, 12, 8, 12),  # 53.5 + 32.0 = 85.5
    ),
    YI: (
        (13, 16, 12, 8, 12, 7, 12),  # 49.0 + 31.0 = 80.0
        (12, 16, 12, 8, 12, 8, 12),  # 48.0 + 32.0 = 80.0
        (12, 16, 12, 8, 12, 8, 12),  # 48.0 + 32.0 = 80.0
        (13, 17, 13, 9, 11, 8, 12),  # 52.0 + 31.0 = 83.0, the highest
        (11, 15, 11, 8, 12, 8, 12),  # 45.0 + 32.0 = 77.0, the lowest
        (12, 16, 12, 8, 12, 8, 12),  # 48.0 + 32.0 = 80.0
        (12, 16, 12, 8, 12, 8, 12),  # 48.0 + 32.0 = 80.0
    ),
    BING: (
        (12, 16, 12, 8, 12, 8, 12),  # 48.0 + 32.0 = 80.0
        (12, 16, 12, 8, 12, 8, 12),  # 48.0 + 32.0 = 80.0
        (13, 17, 12, 8, 12, 8, 12),  # 50.0 + 32.0 = 82.0
        (11, 15, 11, 8, 12, 8, 13),  # 45.0 + 33.0 = 78.0
        (12, 16, 12, 8, 12, 8, 12),  # 48.0 + 32.0 = 80.0
        (14, 19, 14, 9, 13, 9, 14),  # 56.0 + 36.0 = 92.0, the highest
        (10, 12, 10, 6, 9, 6, 9),  # 38.0 + 24.0 = 62.0, the lowest
    ),
    DING: (
        (10, 14, 10.5, 7, 10.5, 7, 11),  # 41.5 + 28.5 = 70.0
        (10, 14, 10.5, 7, 10.5, 7, 11),  # 41.5 + 28.5 = 70.0
        (10, 14, 10.4, 7, 10.5, 7, 11),  # 41.4 + 28.5 = 69.9
        (10, 14, 10.5, 7, 10.5, 7, 11),  # 41.5 + 28.5 = 70.0
        (10, 14, 10.5, 7, 10.5, 7, 11),  # 41.5 + 28.5 = 70.0
        (12, 15, 11, 8, 11, 8, 12),  # 46.0 + 31.0 = 77.0, the highest
        (8, 10, 8, 5, 8, 5, 8),  # 31.0 + 21.0 = 52.0, the lowest
    ),
}
PAPER[WU] = PAPER[BING]

# Below each sheet: the five that count, added up and divided by five. Points, technical, business; rank; passed.
BY_HAND = {
    JIA: (1, 86.0 + 87.0 + 82.0 + 85.0 + 85.5, 425.5, 85.10, 261.5, 52.30, 164.0, 32.80, True, None),
    YI: (2, 80.0 + 80.0 + 80.0 + 80.0 + 80.0, 400.0, 80.00, 241.0, 48.20, 159.0, 31.80, True, "score"),
    BING: (3, 80.0 + 80.0 + 82.0 + 78.0 + 80.0, 400.0, 80.00, 239.0, 47.80, 161.0, 32.20, True, "tie_break"),
    WU: (4, 80.0 + 80.0 + 82.0 + 78.0 + 80.0, 400.0, 80.00, 239.0, 47.80, 161.0, 32.20, True, "name"),
    DING: (5, 70.0 + 70.0 + 69.9 + 70.0 + 70.0, 349.9, 69.98, 207.4, 41.48, 142.5, 28.50, False, "score"),
}
DROPPED = {JIA: (4, 5), YI: (4, 5), BING: (6, 7), WU: (6, 7), DING: (6, 7)}
"""Bidder: whose sheet was the highest, whose the lowest."""


@pytest.fixture(scope="module")
def contest() -> Play:
    """The contest of Ningbo, all sheets in; ties by name, as on the paper."""
    play = Play(with_rules(city("ningbo"), "score_sheet", full_tie="name")).to_scoring(*PAPER)
    play.seat_panel(PanelPurpose.SCORING)
    for bidder, sheets in PAPER.items():
        for number, points in enumerate(sheets, start=1):
            scores = tuple(Score(criterion=key, points=given) for key, given in zip(CRITERIA, points, strict=True))
            play.do(ScoreBid(bidder=bidder, scores=scores), play.expert(number))
    return play


def awarded(contest: Play) -> Play:
    play = contest.fork()
    play.publish(NoticeAbout.RANKING)
    play.pass_limit("public_notice")
    play.do(Award(bidders=(JIA,), reasons="第一名"), play.lead)
    return play


def explanation(play: Play) -> Explanation:
    return explained(play.policy.score_sheet, play.state)


def test_the_ranking_is_the_one_on_paper_line_by_line(contest: Play) -> None:
    assert [line.bidder for line in contest.state.ranking] == [JIA, YI, BING, WU, DING]
    for line in explanation(contest).lines:
        rank, added, points, mean, technical, t_mean, business, b_mean, passed, below = BY_HAND[line.bidder]
        assert round(added, 1) == points
        assert (line.rank, line.counted, line.passed, line.below) == (rank, 5, passed, below)
        assert (line.tenths, line.hundredths) == (round(points * 10), round(mean * 100))
        assert [(each.dimension, each.tenths, each.hundredths) for each in line.dimensions] == [
            ("technical", round(technical * 10), round(t_mean * 100)),
            ("business", round(business * 10), round(b_mean * 100)),
        ]


def test_each_sheet_is_shown_as_it_was_filled_in_and_which_were_dropped(contest: Play) -> None:
    play = awarded(contest)
    for line in explanation(play).lines:
        by_person = {each.person: each for each in line.judges}
        for number, points in enumerate(PAPER[line.bidder], start=1):
            sheet = by_person[f"expert-{number}"]
            assert sheet.points == tuple((key, round(given * 10)) for key, given in zip(CRITERIA, points, strict=True))
            assert sheet.tenths == round(sum(points) * 10)
            assert dict(sheet.dimensions) == {
                "technical": round(sum(points[:4]) * 10), "business": round(sum(points[4:]) * 10),
            }  # fmt: skip
        dropped = tuple(
            next(person for person, each in by_person.items() if each.counts == mark) for mark in ("highest", "lowest")
        )
        assert dropped == tuple(f"expert-{number}" for number in DROPPED[line.bidder])


def test_what_is_explained_is_what_was_decided(contest: Play) -> None:
    assert tuple(line.ranked for line in explanation(contest).lines) == contest.state.ranking


def test_a_bid_just_below_the_pass_mark_is_awarded_nothing(contest: Play) -> None:
    play = contest.fork()
    play.publish(NoticeAbout.RANKING)
    play.pass_limit("public_notice")
    no = play.refuses("not_next_ranked", Award(bidders=(DING,), reasons="差0.02分"), play.lead)
    assert no.details["expected"] == JIA


def test_before_the_last_score_is_in_nothing_of_the_scores_is_shown(ningbo: Policy) -> None:
    play = Play(ningbo).to_scoring(JIA, YI)
    play.seat_panel(PanelPurpose.SCORING)
    for number in range(1, 8):
        play.do(play.score_act(JIA, 0.9), play.expert(number))
    for number in range(1, 7):
        play.do(play.score_act(YI, 0.8), play.expert(number))
    so_far = explanation(play)
    assert so_far.lines == ()
    assert (so_far.judges, so_far.bids, so_far.scores) == (7, 2, 13)
    play.do(play.score_act(YI, 0.8), play.expert(7))
    assert [line.bidder for line in explanation(play).lines] == [JIA, YI]


def test_judges_are_numbers_until_the_award_and_persons_after_it(contest: Play) -> None:
    before = explanation(contest)
    assert "expert-" not in before.model_dump_json()
    assert [each.judge for each in before.lines[0].judges] == [1, 2, 3, 4, 5, 6, 7]
    after = explanation(awarded(contest))
    assert {each.person for each in after.lines[0].judges} == {f"expert-{number}" for number in range(1, 8)}
    assert [each.tenths for each in before.lines[0].judges] == [each.tenths for each in after.lines[0].judges]


def test_a_mean_is_shown_to_the_nearest_hundredth_halves_up_and_judged_exactly(ningbo: Policy) -> None:
    """Nine judges, of whom seven count: 5606 tenths over 70 are 80.0857...; 4899 are 69.9857..., and no pass."""
    sheet = ningbo.score_sheet

    def bid(name: str, *totals: int) -> Bid:
        judges = tuple(
            (f"j{n}", (("need", total), *((key, 0) for key in CRITERIA[1:]))) for n, total in enumerate(totals)
        )
        return Bid(bidder=name, person="p", commitment=digest(name), eligible=True, scores=judges)

    first = bid("a", 900, 801, 801, 801, 801, 801, 801, 800, 100)
    second = bid("b", 900, 700, 700, 700, 700, 700, 700, 699, 100)
    lines = ranking(sheet, (first, second))
    assert [(line.tenths, line.counted, line.hundredths, line.passed) for line in lines] == [
        (5606, 7, 8009, True), (4899, 7, 6999, False),
    ]  # fmt: skip
    assert Fraction(4899, 70) < 70


def test_a_mode_without_scoring_is_explained_by_price_and_name(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "score_sheet", full_tie="name")).to_listed()
    play.post(Mode.DIRECTED, invited=(JIA, YI, BING))
    prices = {JIA: 300_000, YI: 200_000, BING: 300_000}
    for bidder, price in prices.items():
        play.bid(bidder, price)
    play.pass_limit("bidding")
    for bidder, price in prices.items():
        play.reveal(bidder, price)
    for bidder in prices:
        play.verify(bidder)
    assert [(line.bidder, line.price_yuan, line.below) for line in explanation(play).lines] == [
        (YI, 200_000, None), (BING, 300_000, "price"), (JIA, 300_000, "name"),
    ]  # fmt: skip


def test_a_full_tie_is_decided_by_a_lot_that_anybody_draws_again(yancheng: Policy) -> None:
    """The seed is that of the command of the last judge and of its moment: nobody's name, and nobody's choice."""
    play = Play(yancheng).to_scoring(JIA, YI, BING)
    play.score({JIA: 0.9, YI: 0.9, BING: 0.9})
    entry = play.journal[-1]
    seed = lots.seed_at("TEST-1", "ranking", None, entry.command.digest, entry.at)
    assert [each.lot for each in entry.events if each.kind == "bids_ranked"] == [seed]
    in_order = sorted((JIA, YI, BING), key=lambda bidder: lots.ticket(seed, bidder))
    lines = explanation(play).lines
    assert [line.bidder for line in play.state.ranking] == [line.bidder for line in lines] == in_order
    assert [line.below for line in lines] == [None, "lot", "lot"]
