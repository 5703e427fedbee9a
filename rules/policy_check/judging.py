"""How it is judged: quorums, panels, modes, score sheet, contracts, measures, promotion."""

from collections.abc import Iterator, Sequence

from models.calendar import Unit
from models.policy import Policy
from models.vocabulary import Mode, Phase, Role
from rules.policy_check.contradiction import Contradiction, twice

_LARGEST_PANEL = 49


_MOST_CRITERIA = 40


_MOST_WINNERS = 10


_PARTY = {"owner": Role.OWNER, "st_bureau": Role.ST_BUREAU, "bidder": Role.BIDDER}


def quorum(policy: Policy) -> Iterator[Contradiction]:
    """A number of yeses that a domain's departments can never reach would end every consultation in deadlock."""
    needed = policy.consultation.quorum.count
    for domain in policy.domains:
        asked = len(set(domain.units) - {domain.lead})
        if needed is not None and 0 < asked < needed:
            message = f"{needed} yeses are needed, and {domain.name} has {asked} cooperating departments"
            yield Contradiction("consultation.quorum.count", message, f"use {asked} or fewer, or name more units there")


def panels(policy: Policy) -> Iterator[Contradiction]:
    for purpose in ("recognition", "scoring", "acceptance"):
        if (rules := policy.panels.get(purpose)) is None:
            yield Contradiction("panels", f"{purpose} is missing", "add it")
            continue
        key = f"panels.{purpose}"
        if rules.odd and rules.minimum % 2 == 0:
            yield Contradiction(
                f"{key}.minimum",
                f"{rules.minimum} is even, and `odd: true` asks for an odd number",
                f"use {rules.minimum + 1}, or set odd: false",
            )
        if rules.minimum > _LARGEST_PANEL:
            yield Contradiction(f"{key}.minimum", f"a panel has at most {_LARGEST_PANEL} members", "use fewer")
        if rules.overlap is not None and purpose != "acceptance":
            yield Contradiction(f"{key}.overlap", "counts for acceptance only", "remove it here")


def modes(policy: Policy) -> Iterator[Contradiction]:
    for mode, rule in policy.modes.items():
        key = f"modes.{mode}"
        if mode is Mode.HORSE_RACE and rule.winners < 2:
            yield Contradiction(f"{key}.winners", "a race of one is no race", "use 2 or more")
        if rule.winners > _MOST_WINNERS:
            yield Contradiction(f"{key}.winners", f"at most {_MOST_WINNERS} can be awarded at once", "use fewer")
        if mode in (Mode.OPEN_CHALLENGE, Mode.HORSE_RACE, Mode.JOINT_TENDER) and rule.invited_only:
            yield Contradiction(f"{key}.invited_only", f"{mode} is open to everybody", "remove it")
        if mode in (Mode.DIRECTED, Mode.DIRECTED_BEST) and not rule.invited_only:
            yield Contradiction(key, f"{mode} goes to those invited only", "add invited_only: true")
        if rule.fewest_invited > rule.most_invited:
            yield Contradiction(
                f"{key}.fewest_invited",
                f"at least {rule.fewest_invited} and at most {rule.most_invited} are invited: nobody could be",
                f"use {rule.most_invited} or fewer",
            )
        yield from twice(f"{key}.legal_bases", rule.legal_bases)
        if not rule.scored and (mode is Mode.DIRECTED_BEST or not rule.invited_only):
            yield Contradiction(
                f"{key}.scored", "several may bid and nobody would judge the bids: the cheapest wins", "use true"
            )


def score_sheet(policy: Policy) -> Iterator[Contradiction]:
    sheet = policy.score_sheet
    keys = [dimension.key for dimension in sheet.dimensions]
    for at, key in enumerate(keys):
        if key in keys[:at]:
            yield Contradiction(f"score_sheet.dimensions.{at}.key", f"{key} stands twice", "name it differently")
    if len(sheet.criteria) > _MOST_CRITERIA:
        yield Contradiction("score_sheet.dimensions", f"more than {_MOST_CRITERIA} criteria", "use fewer")
    if sheet.drop_extremes_from > _LARGEST_PANEL:
        yield Contradiction(
            "score_sheet.drop_extremes_from", f"a panel has at most {_LARGEST_PANEL} members", "use a smaller number"
        )


def contracting(policy: Policy) -> Iterator[Contradiction]:
    parties = policy.contracting.parties
    yield from twice("contracting.parties", parties)
    for party in ("owner", "bidder"):
        if party not in parties:
            yield Contradiction("contracting.parties", f"lacks the {party}", "add it: owner and bidder always sign")
    for at, party in enumerate(parties):
        if _PARTY[party] not in policy.permissions.get("sign_contract", ()):
            yield Contradiction(
                f"contracting.parties.{at}",
                f"{_PARTY[party]} may not sign_contract: no contract would ever be complete",
                "add the role to permissions.sign_contract, or remove the party",
            )
    if "st_bureau" in parties and Role.ST_BUREAU not in policy.permissions.get("answer_withdrawal", ()):
        yield Contradiction(
            f"contracting.parties.{parties.index('st_bureau')}",
            "st_bureau is a party and may not answer_withdrawal",
            "add the role to permissions.answer_withdrawal",
        )


def orders(policy: Policy) -> Iterator[Contradiction]:
    """Lists whose order means something."""
    lists: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
        ("trial.phases", policy.trial.phases, tuple(Phase)),
        ("inclusion.ladder", policy.inclusion.ladder, ("remind", "advise", "interview", "order")),
    )
    for key, items, order in lists:
        places = [order.index(item) for item in items]
        if places != sorted(set(places)):
            yield Contradiction(
                key, f"{', '.join(items)} is out of order, or repeats", f"keep this order: {', '.join(order)}"
            )
    yield from twice("inclusion.red_lines", policy.inclusion.red_lines)
    yield from twice("inclusion.risks", policy.inclusion.risks)
    yield from twice("fair_competition.unfair", policy.fair_competition.unfair)
    yield from twice("recognition.criteria", policy.recognition.criteria if policy.recognition else ())
    if policy.inclusion.repeat_window.unit in (Unit.HOURS, Unit.WORKDAYS):
        yield Contradiction(
            "inclusion.repeat_window", "is counted in natural days", "count it in days, months or years"
        )


def promotion(policy: Policy) -> Iterator[Contradiction]:
    rules = policy.promotion
    yield from twice("promotion.benefits", rules.benefits)
    if rules.award_cap_yuan and "award" not in rules.benefits:
        yield Contradiction(
            "promotion.award_cap_yuan",
            "caps an award that `benefits` does not list",
            "add award to benefits, or set the cap to 0",
        )
    if "award" in rules.benefits and not rules.award_cap_yuan:
        yield Contradiction(
            f"promotion.benefits.{rules.benefits.index('award')}",
            "an award of at most 0 yuan can never be recorded",
            "set award_cap_yuan, or remove award",
        )
