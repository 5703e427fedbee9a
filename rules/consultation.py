"""Counting a consultation (会商).

`decided` and `everyone_answered` are kept apart: a round may be decided before all have answered, and all may have
answered without enough yeses; only enough yeses let a scene go on. What silence counts as, and how many yeses are
needed, is policy.
"""

import math
from fractions import Fraction
from typing import assert_never

from models.policy import ConsultationRules, Quorum
from models.state import Consultation, Tally
from models.vocabulary import Position


def needed_yeses(quorum: Quorum, units: int) -> int:
    """Never less than one: a round that nobody carries does not pass."""
    match quorum.rule:
        case "all":
            needed = units
        case "majority":
            needed = units // 2 + 1
        case "share":
            needed = math.ceil((quorum.share or Fraction(1)) * units)
        case "count":
            needed = min(quorum.count or units, units)
        case _:
            assert_never(quorum.rule)
    return max(needed, 1)


def tally(rules: ConsultationRules, consultation: Consultation, *, waiting: tuple[str, ...]) -> Tally:
    """The count as it stands. `waiting`: the units whose time still runs; others who have not answered are silent."""
    valid = [opinion for opinion in consultation.opinions if not opinion.void]
    yes = sum(opinion.position is not Position.OBJECT for opinion in valid)
    no = len(valid) - yes
    answered = {opinion.unit for opinion in valid}
    outstanding = sum(unit in waiting for unit in consultation.units if unit not in answered)
    silent = len(consultation.units) - len(valid) - outstanding
    if rules.silence == "no_objection":
        yes += silent
    elif rules.silence == "objects":
        no += silent
    needed = needed_yeses(rules.quorum, len(consultation.units))
    vetoed = rules.veto and no > 0
    passes = yes >= needed and not vetoed
    lost = vetoed or yes + outstanding < needed
    won = passes and (outstanding == 0 or not rules.veto)
    return Tally(
        yes=yes,
        no=no,
        silent=silent,
        outstanding=outstanding,
        needed=needed,
        vetoed=vetoed,
        passes=passes,
        decided=lost or won or outstanding == 0,
        everyone_answered=len(valid) == len(consultation.units),
    )
