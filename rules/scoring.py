"""Scores to a ranking, and the ranking line by line: one computation, so that what is shown is what was decided.

Each judge gives points for each criterion of the score sheet. From `drop_extremes_from` judges on, the highest and the
lowest total of each bid are dropped (S3 三（三）: two dimensions; the dropping and the pass mark are defaults); of
several equal totals the one whose judge comes first by id is the lowest, the last the highest. A bid's score is the
mean of what remains; a tie goes to the dimension that the sheet names, then to the earlier name, so that the order is
always the same. Order and pass mark are judged on the exact mean; what is shown is rounded, halves up.

Points are added up in tenths, so every line can be checked by hand: `tenths` over ten times `counted` is the mean.
"""

import math
from fractions import Fraction
from typing import Literal

from models.commands.matching import Score
from models.frozen import Frozen
from models.policy import Dimension, ScoreSheet, Subject
from models.state import Bid, Ranked, SceneState
from models.vocabulary import PanelPurpose
from rules.disclosure import names_open
from rules.docket import Docket
from rules.keyed import find
from rules.reading import Extent, Sight

Points = tuple[tuple[str, int], ...]
"""Criterion: tenths of a point."""
Scores = tuple[tuple[str, Points], ...]
"""Judge: points."""
Counts = Literal["counts", "highest", "lowest"]
"""Whether a judge's score of a bid counts, or was dropped as its highest or its lowest."""
Below = Literal["score", "tie_break", "name", "price", "lot"]


class Judged(Frozen):
    """One judge's score of one bid, in tenths. `judge` is the number of the seat; `person` stands open once awarded."""

    judge: int
    person: str | None
    points: Points
    dimensions: Points
    tenths: int
    counts: Counts


class Mean(Frozen):
    """Of one dimension: the tenths that count, and their mean in hundredths of a point, halves up.

    The means of the dimensions are rounded one by one: their sum may differ from the bid's own by a hundredth.
    """

    dimension: str
    tenths: int
    hundredths: int


class Line(Frozen):
    """One bid of the ranking: `tenths` of `counted` judges make its mean, shown in hundredths, halves up.

    `below` says why it stands below the line before: its score, the dimension that decides a tie, a lot, or its name.
    A mode without scoring ranks by `price_yuan`.
    """

    rank: int
    bidder: str
    judges: tuple[Judged, ...] = ()
    counted: int = 0
    tenths: int = 0
    hundredths: int = 0
    dimensions: tuple[Mean, ...] = ()
    passed: bool = True
    below: Below | None = None
    price_yuan: int | None = None

    @property
    def ranked(self) -> Ranked:
        dimensions = tuple((mean.dimension, mean.hundredths) for mean in self.dimensions)
        return Ranked(
            rank=self.rank,
            bidder=self.bidder,
            hundredths=self.hundredths,
            dimensions=dimensions,
            passed=self.passed,
        )


class Explanation(Frozen):
    """A scene's ranking: nothing of it before it stands. Members of the panel have numbers until the award."""

    judges: int
    bids: int
    scores: int
    pass_mark: int
    drop_extremes_from: int
    tie_break: str
    lines: tuple[Line, ...] = ()


def ranking(
    sheet: ScoreSheet, bids: tuple[Bid, ...], judges: tuple[str, ...] = (), drawn: tuple[str, ...] = ()
) -> tuple[Line, ...]:
    """The bids in order, best first. `judges` in the order of their seats; by id where none are given.

    `drawn` are the bidders in the order in which full ties fall; by name where none is given.
    """
    seats = judges or tuple(sorted({person for bid in bids for person, _ in bid.scores}))
    means = {bid.bidder: _means(sheet, counted(sheet, bid.scores)) for bid in bids}
    totals = {bidder: sum(dimensions.values(), Fraction()) for bidder, dimensions in means.items()}
    of_tie_break = {bid.bidder: means[bid.bidder][sheet.tie_break] for bid in bids}
    in_order = sorted(bids, key=lambda bid: (-totals[bid.bidder], -of_tie_break[bid.bidder], _place(drawn, bid)))
    lines = []
    for rank, bid in enumerate(in_order, start=1):
        above = in_order[rank - 2].bidder if rank > 1 else None
        below: Below | None = None
        if above is not None and totals[above] != totals[bid.bidder]:
            below = "score"
        elif above is not None:
            tied = means[above][sheet.tie_break] == means[bid.bidder][sheet.tie_break]
            below = ("lot" if drawn else "name") if tied else "tie_break"
        scores = counted(sheet, bid.scores)
        line = Line(
            rank=rank,
            bidder=bid.bidder,
            judges=_judged(sheet, bid.scores, seats),
            counted=len(scores),
            tenths=sum(_total(points) for _, points in scores),
            hundredths=_hundredths(totals[bid.bidder]),
            dimensions=tuple(
                Mean(
                    dimension=each.key,
                    tenths=sum(_of(each, points) for _, points in scores),
                    hundredths=_hundredths(means[bid.bidder][each.key]),
                )
                for each in sheet.dimensions
            ),
            passed=totals[bid.bidder] >= sheet.pass_mark,
            below=below,
            price_yuan=bid.price_yuan,
        )
        lines.append(line)
    return tuple(lines)


def _place(drawn: tuple[str, ...], bid: Bid) -> tuple[int, str]:
    return (drawn.index(bid.bidder) if bid.bidder in drawn else 0, bid.bidder)


def by_price(bids: tuple[Bid, ...], drawn: tuple[str, ...] = ()) -> tuple[Line, ...]:
    """A mode without scoring ranks the eligible by price, then by lot, or by name where none is drawn."""
    in_order = sorted(bids, key=lambda bid: (bid.price_yuan or 0, _place(drawn, bid)))
    tied: Below = "lot" if drawn else "name"
    return tuple(
        Line(
            rank=rank,
            bidder=bid.bidder,
            below=None if rank == 1 else tied if bid.price_yuan == in_order[rank - 2].price_yuan else "price",
            price_yuan=bid.price_yuan,
        )
        for rank, bid in enumerate(in_order, start=1)
    )


def explained(sheet: ScoreSheet, state: SceneState) -> Explanation:
    """The ranking of a scene, line by line. `sheet` is that of the policy it was ranked by.

    Before the last score is in it says how many are, and nothing of them; the names of the panel stand open with the
    award (domain.md, duties kept apart, 6).
    """
    panel = find(state.panels, purpose=PanelPurpose.SCORING, bidder=None)
    seats = tuple(seat.person for seat in panel.seats) if panel is not None and not panel.void else ()
    bids = tuple(bid for bid in state.bids if bid.eligible)
    lines: tuple[Line, ...] = ()
    if state.ranking:
        drawn = tuple(line.bidder for line in state.ranking) if sheet.full_tie == "lot" else ()
        lines = ranking(sheet, bids, seats, drawn) if any(bid.scores for bid in bids) else by_price(bids, drawn)
    if panel is not None and not names_open(state, panel):
        lines = tuple(line.model_copy(update={"judges": tuple(map(_unnamed, line.judges))}) for line in lines)
    return Explanation(
        judges=len(seats),
        bids=len(bids),
        scores=sum(len(bid.scores) for bid in bids),
        pass_mark=sheet.pass_mark,
        drop_extremes_from=sheet.drop_extremes_from,
        tie_break=sheet.tie_break,
        lines=lines,
    )


def as_seen(found: Explanation, sight: Sight) -> Explanation:
    """As far as the points of each bid may be read: every sheet, its total, or its place alone."""
    lines = (_line_as_seen(line, sight.of(Subject.SCORE, line.bidder)) for line in found.lines)
    return found.model_copy(update={"lines": tuple(line for line in lines if line is not None)})


def _line_as_seen(line: Line, extent: Extent) -> Line | None:
    match extent:
        case Extent.WHOLE:
            return line
        case Extent.TOTAL:
            return line.model_copy(update={"judges": (), "dimensions": ()})
        case Extent.RESULT:
            return Line(rank=line.rank, bidder=line.bidder, passed=line.passed)
        case _:
            return None


def _unnamed(judged: Judged) -> Judged:
    return judged.model_copy(update={"person": None})


def _by_total(scores: Scores) -> Scores:
    return tuple(sorted(scores, key=lambda score: (_total(score[1]), score[0])))


def counted(sheet: ScoreSheet, scores: Scores) -> Scores:
    """The judges whose scores count: all, or all but one highest and one lowest total."""
    return scores if len(scores) < sheet.drop_extremes_from else _by_total(scores)[1:-1]


def _judged(sheet: ScoreSheet, scores: Scores, seats: tuple[str, ...]) -> tuple[Judged, ...]:
    in_order, dropped = _by_total(scores), len(scores) >= sheet.drop_extremes_from
    marks: dict[str, Counts] = {in_order[0][0]: "lowest", in_order[-1][0]: "highest"} if dropped else {}
    given = dict(scores)
    return tuple(
        Judged(
            judge=number,
            person=person,
            points=given[person],
            dimensions=tuple((each.key, _of(each, given[person])) for each in sheet.dimensions),
            tenths=_total(given[person]),
            counts=marks.get(person, "counts"),
        )
        for number, person in enumerate(seats, start=1)
        if person in given
    )


def _means(sheet: ScoreSheet, scores: Scores) -> dict[str, Fraction]:
    """Dimension: the exact mean of its points over the judges that count. The score is their sum."""
    return {
        each.key: Fraction(sum(_of(each, points) for _, points in scores), 10 * max(len(scores), 1))
        for each in sheet.dimensions
    }


def _total(points: Points) -> int:
    return sum(tenths for _, tenths in points)


def _of(dimension: Dimension, points: Points) -> int:
    keys = {criterion.key for criterion in dimension.criteria}
    return sum(tenths for criterion, tenths in points if criterion in keys)


def _hundredths(points: Fraction) -> int:
    return math.floor(points * 100 + Fraction(1, 2))


def on_the_sheet(docket: Docket, scores: tuple[Score, ...]) -> Points:
    """Points for every criterion of the sheet, none above its own."""
    sheet = docket.policy.score_sheet
    given = {score.criterion: round(score.points * 10) for score in scores}
    keys = [criterion.key for criterion in sheet.criteria]
    missing, extra = [key for key in keys if key not in given], [key for key in given if key not in keys]
    if missing or extra or len(given) != len(scores):
        docket.refuse("scores_incomplete", missing=", ".join(missing) or "-", extra=", ".join(extra) or "-")
    for criterion in sheet.criteria:
        if given[criterion.key] > criterion.points * 10:
            docket.refuse(
                "score_too_high", criterion=criterion.key, points=criterion.points, given=given[criterion.key] / 10
            )
    return tuple((key, given[key]) for key in keys)
