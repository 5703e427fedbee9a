"""Scores to a ranking, explained line by line.

Each judge gives points for each criterion of the score sheet. From `drop_extremes_from` judges on, the highest and the
lowest total are dropped (S3 三（三）: two dimensions; the dropping and the pass mark are defaults). A bid's score is
the mean of what remains; a tie goes to the dimension that the sheet names, then to the earlier name, so that the order
is always the same. Order and pass mark are judged on the exact mean; what is shown is rounded, halves up.
"""

import math
from fractions import Fraction

from models.policy import ScoreSheet
from models.state import Bid, Ranked

Scores = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
"""Judge: (criterion: tenths of a point)."""


def counted(sheet: ScoreSheet, scores: Scores) -> Scores:
    """The judges whose scores count: all, or all but one highest and one lowest total."""
    if len(scores) < sheet.drop_extremes_from:
        return scores
    by_total = sorted(scores, key=lambda score: (sum(tenths for _, tenths in score[1]), score[0]))
    kept = {person for person, _ in by_total[1:-1]}
    return tuple(score for score in scores if score[0] in kept)


def means(sheet: ScoreSheet, bid: Bid) -> dict[str, Fraction]:
    """Dimension: the exact mean of its points over the judges that count. The score is their sum."""
    scores = counted(sheet, bid.scores)
    return {
        dimension.key: Fraction(_tenths(scores, {each.key for each in dimension.criteria}), 10 * max(len(scores), 1))
        for dimension in sheet.dimensions
    }


def _tenths(scores: Scores, criteria: set[str]) -> int:
    return sum(tenths for _, points in scores for criterion, tenths in points if criterion in criteria)


def _hundredths(points: Fraction) -> int:
    return math.floor(points * 100 + Fraction(1, 2))


def ranking(sheet: ScoreSheet, bids: tuple[Bid, ...]) -> tuple[Ranked, ...]:
    """The bids in order, best first."""
    found = [(means(sheet, bid), bid.bidder) for bid in bids]
    found.sort(key=lambda line: (-sum(line[0].values()), -line[0][sheet.tie_break], line[1]))
    return tuple(
        Ranked(
            rank=rank,
            bidder=bidder,
            hundredths=_hundredths(score := sum(dimensions.values(), Fraction())),
            dimensions=tuple((key, _hundredths(points)) for key, points in dimensions.items()),
            passed=score >= sheet.pass_mark,
        )
        for rank, (dimensions, bidder) in enumerate(found, start=1)
    )
