"""Entry conditions of a challenge: what may be asked of those who want to take part.

Conditions on region, track record, size or ownership are refused (S0 三（一）1, S3 四（二）); which kinds are unfair
is policy data.
"""

from models.commands.review import EntryCondition
from rules.docket import Docket


def refuse_unfair(docket: Docket, conditions: tuple[EntryCondition, ...]) -> None:
    unfair = [each.kind.value for each in conditions if each.kind in docket.policy.fair_competition.unfair]
    if unfair:
        docket.refuse("unfair_gate", kinds=", ".join(dict.fromkeys(unfair)))
