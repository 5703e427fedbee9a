"""Counting a consultation (会商).

`decided` and `everyone_answered` are kept apart: a round may be decided before all have answered, and all may have
answered without enough yeses; only enough yeses let a scene go on. What silence counts as, and how many yeses are
needed, is policy.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import assert_never

from models.policy import ConsultationRules, Quorum
from models.state import Consultation, Tally
from models.vocabulary import Position


def needed_yeses(quorum: Quorum, voices: int) -> int:
    """Never less than one: a round that nobody carries does not pass."""
    match quorum.rule:
        case "all":
            needed = voices
        case "majority":
            needed = voices // 2 + 1
        case "share":
            needed = math.ceil((quorum.share or Fraction(1)) * voices)
        case "count":
            needed = min(quorum.count or voices, voices)
        case _:
            assert_never(quorum.rule)
    return max(needed, 1)


def tally(rules: ConsultationRules, consultation: Consultation, *, waiting: tuple[str, ...]) -> Tally:
    """The count as it stands, in voices. `waiting`: the units whose time still runs; others not heard are silent."""
    weight = rules.quorum.weights
    valid = [opinion for opinion in consultation.opinions if not opinion.void]
    objecting = {opinion.unit for opinion in valid if opinion.position is Position.OBJECT}
    answered = {opinion.unit for opinion in valid}
    unheard = [unit for unit in consultation.units if unit not in answered]

    def voices(units: Iterable[str]) -> int:
        return sum(weight.get(unit, 1) for unit in units)

    yes, no = voices(answered - objecting), voices(objecting)
    outstanding = voices(unit for unit in unheard if unit in waiting)
    silent = voices(unheard) - outstanding
    if rules.silence == "no_objection":
        yes += silent
    elif rules.silence == "objects":
        no += silent
    needed = needed_yeses(rules.quorum, voices(consultation.units))
    if rules.silence == "objects":
        objecting |= {unit for unit in unheard if unit not in waiting}
    vetoed = any(rules.veto or unit in rules.vetoers for unit in objecting)
    passes = yes >= needed and not vetoed
    lost = vetoed or yes + outstanding < needed
    may_veto = any(rules.veto or unit in rules.vetoers for unit in unheard if unit in waiting)
    won = passes and not may_veto
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
