"""Scores to a ranking, explained line by line.

Each judge gives points for each criterion of the score sheet. From `drop_extremes_from` judges on, the highest and the
lowest total are dropped (S3 三（三）: two dimensions; the dropping and the pass mark are defaults). A bid's score is the
mean of what remains; a tie goes to the dimension that the sheet names, then to the earlier name, so that the order is
always the same. Arithmetic is exact: tenths in, hundredths out, halves rounded up.
"""

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


def _mean_hundredths(total_tenths: int, judges: int) -> int:
    """Tenths summed over judges, as hundredths of their mean, halves up."""
    return (2 * total_tenths * 10 + judges) // (2 * judges) if judges else 0


def standing(sheet: ScoreSheet, bid: Bid) -> Ranked:
    """A bid's line before it has a rank."""
    scores = counted(sheet, bid.scores)
    totals = {criterion.key: 0 for criterion in sheet.criteria}
    for _, points in scores:
        for criterion, tenths in points:
            totals[criterion] += tenths
    dimensions = tuple(
        (dimension.key, _mean_hundredths(sum(totals[each.key] for each in dimension.criteria), len(scores)))
        for dimension in sheet.dimensions
    )
    hundredths = _mean_hundredths(sum(totals.values()), len(scores))
    return Ranked(
        rank=0,
        bidder=bid.bidder,
        hundredths=hundredths,
        dimensions=dimensions,
        passed=hundredths >= sheet.pass_mark * 100,
    )


def ranking(sheet: ScoreSheet, bids: tuple[Bid, ...]) -> tuple[Ranked, ...]:
    """The bids in order, best first."""
    lines = [standing(sheet, bid) for bid in bids]
    lines.sort(key=lambda line: (-line.hundredths, -dict(line.dimensions)[sheet.tie_break], line.bidder))
    return tuple(line.model_copy(update={"rank": rank}) for rank, line in enumerate(lines, start=1))
