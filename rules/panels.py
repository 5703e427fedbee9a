"""Panels: how they are made up, who may sit, and when they have spoken.

At least `minimum` members, an odd number, at least `expert_share` experts; drawn by lot where the policy says so, from
a pool of several times the seats, and then who may not sit is excused. A panel that is drawn stays drawn, unless two
officers say why not. Nobody of the owner's or a bidder's unit, nobody with declared ties to one, nobody who has acted
for either and nobody whom an earlier deed keeps from what the panel does (docs/explanation/domain.md, duties kept
apart, 2 and 6).
A seat is personal: nobody speaks on a member's behalf. Locked once a member has spoken. Who finds a tie afterwards
recuses themselves: what they said is void, and the next in the order of the draw takes the seat.
"""

import math
from collections.abc import Collection

from models.commands.review import ConvenePanel, GiveExpertOpinion, PanelMember, Recuse
from models.events.review import Draw, Excused, ExpertOpinionGiven, MemberRecused, PanelConvened
from models.policy import PanelRules, Policy
from models.refusal import Refused
from models.state import Panel, SceneState, Seat
from models.vocabulary import PanelPurpose, Role
from rules import lots, separation
from rules.docket import Docket
from rules.keyed import find


def convene(
    docket: Docket,
    act: ConvenePanel,
    *,
    limit: str,
    verbs: tuple[str, ...],
    parties: tuple[str, ...],
    not_drawn: Collection[str] = (),
) -> Panel:
    """Seats a panel; each member has until the date of the step's own deadline under `limit`.

    `not_drawn` are persons who may be named, up to a share, and are left out of a draw.
    """
    rules = docket.policy.panels[act.purpose.value]
    if rules.conveners and docket.role not in rules.conveners:
        docket.refuse("not_the_convener", purpose=act.purpose, role=docket.role, conveners=", ".join(rules.conveners))
    members, draw = _members(docket, act, parties, not_drawn)
    size, experts = len(members), sum(member.expert for member in members)
    if size < rules.minimum:
        docket.refuse("panel_too_small", minimum=rules.minimum, size=size)
    if rules.odd and size % 2 == 0:
        docket.refuse("panel_even", size=size)
    if experts < math.ceil(rules.expert_share * size):
        docket.refuse("panel_too_few_experts", share=rules.expert_share, experts=experts, size=size)
    for member in members:
        if (bar := _bar(docket, act.purpose, member, parties)) is not None:
            raise bar
    before = find(docket.state.panels, purpose=act.purpose, bidder=act.bidder)
    if before is not None and not before.void:
        if has_spoken(docket.state, before):
            docket.refuse("panel_already")
        _refuse_drawing_again(docket, act, before)
        for seat in before.seats:
            docket.cancel(seat_deadline(limit, act.bidder, seat.person))
    elif act.reasons or act.with_officer:
        docket.refuse("nothing_to_redraw")
    seats = tuple(Seat(person=each.person, unit=each.unit, expert=each.expert) for each in members)
    panel = Panel(
        purpose=act.purpose,
        bidder=act.bidder,
        seats=seats,
        reserve=_reserve(act, members, draw),
        drawn=draw is not None,
    )
    docket.record(PanelConvened(panel=panel, draw=draw))
    for seat in seats:
        _seat(docket, seat, limit, act.bidder, verbs)
    return panel


def _refuse_drawing_again(docket: Docket, act: ConvenePanel, before: Panel) -> None:
    if before.drawn and docket.policy.panels[act.purpose.value].drawn_once:
        if act.reasons is None:
            docket.refuse("drawn_already")
        separation.two_officers(docket, act.with_officer)
    elif act.reasons or act.with_officer:
        docket.refuse("nothing_to_redraw")


def _reserve(act: ConvenePanel, members: tuple[PanelMember, ...], draw: Draw | None) -> tuple[Seat, ...]:
    """Who is drawn next, as many as there are seats; nobody, where members were named."""
    if draw is None:
        return ()
    gone = {each.person for each in members} | {each.person for each in draw.excused}
    in_order = [each for each in lots.ordered(draw.seed, act.pool) if each.person not in gone]
    return tuple(Seat(person=each.person, unit=each.unit, expert=each.expert) for each in in_order[: len(members)])


def recuse(docket: Docket, act: Recuse, *, limit: str, verbs: tuple[str, ...]) -> None:
    """The next of the reserve with whom the panel has the experts it needs takes the seat; else it is void."""
    panel = seated(docket, act.purpose, act.bidder)
    own_seat(docket, panel)
    if all_have_spoken(panel):
        docket.refuse("votes_open")
    others = [seat for seat in panel.seats if seat.person != docket.person]
    needed = math.ceil(docket.policy.panels[act.purpose.value].expert_share * len(panel.seats))
    experts = sum(seat.expert for seat in others)
    free = (seat for seat in panel.reserve if _barred_since(docket, act.purpose, seat.person) is None)
    successor = next((seat for seat in free if experts + seat.expert >= needed), None)
    docket.record(MemberRecused(purpose=act.purpose, bidder=act.bidder, person=docket.person, successor=successor))
    for seat in panel.seats if successor is None else (Seat(person=docket.person, unit="", expert=False),):
        docket.cancel(seat_deadline(limit, act.bidder, seat.person))
    if successor is not None:
        _seat(docket, successor, limit, act.bidder, verbs)


def _seat(docket: Docket, seat: Seat, limit: str, bidder: str | None, verbs: tuple[str, ...]) -> None:
    """The member's duty, due with the step's own."""
    if (own := docket.deadline("/".join(part for part in (limit, bidder) if part))) is not None:
        holder = docket.holder(Role.EXPERT, person=seat.person).model_copy(update={"unit": seat.unit})
        docket.share_deadline(own, holder, verbs, seat.person)


def _members(
    docket: Docket, act: ConvenePanel, parties: tuple[str, ...], not_drawn: Collection[str]
) -> tuple[tuple[PanelMember, ...], Draw | None]:
    """Those named, or those drawn; nobody twice. Raises Refused: panel_duplicate, panel_drawn, pool_too_small,
    pool_too_narrow.
    """
    rules = docket.policy.panels[act.purpose.value]
    persons = [each.person for each in (*act.members, *act.pool)]
    if twice := [person for at, person in enumerate(persons) if person in persons[:at]]:
        docket.refuse("panel_duplicate", person=twice[0])
    if act.members:
        if rules.drawn:
            docket.refuse("panel_drawn")
        return act.members, None
    barred = {each.person: "panel_overlap" for each in act.pool if each.person in not_drawn}
    barred |= {
        each.person: bar.code for each in act.pool if (bar := _bar(docket, act.purpose, each, parties)) is not None
    }
    free = [each for each in act.pool if each.person not in barred]
    experts = math.ceil(rules.expert_share * act.size)
    if len(free) < (needed := rules.pool_times * act.size) and rules.pool_times > 1:
        docket.refuse("pool_too_narrow", size=act.size, needed=needed, free=len(free), excused=len(barred))
    if rules.drawn_once:
        seed = lots.seed_at(docket.state.scene, act.purpose, act.bidder, docket.command.digest, docket.now)
    else:
        seed = lots.seed_of(docket.state, act.purpose, act.bidder)
    excused = tuple(Excused(person=person, because=code) for person, code in barred.items())
    try:
        return lots.draw(seed, free, act.size, experts), Draw(seed=seed, excused=excused)
    except ValueError:
        docket.refuse("pool_too_small", size=act.size, experts=experts, free=len(free), excused=len(barred))


def _bar(docket: Docket, purpose: PanelPurpose, member: PanelMember, parties: tuple[str, ...]) -> Refused | None:
    """Why somebody may not sit."""
    if (since := _barred_since(docket, purpose, member.person)) is not None:
        return since
    for unit in (member.unit, *member.ties):
        if unit in parties:
            return Refused("panel_conflict", person=member.person, unit=unit)
    return None


def _barred_since(docket: Docket, purpose: PanelPurpose, person: str) -> Refused | None:
    """What may have become of somebody since they were drawn. Who convenes sits on no panel of theirs."""
    if separation.took_sides(docket.state, person):
        return Refused("panel_took_sides", person=person)
    if person in docket.state.recused:
        return Refused("panel_recused", person=person)
    for deed in separation.JUDGED[purpose]:
        if (kept := separation.kept_from(docket.state, person, deed)) is not None:
            return kept
    if person in separation.officers_of(docket.command):
        verb = separation.JUDGED[purpose][0].partition(":")[0]
        return Refused("decides_and_judges", person=person, did=docket.command.act.verb, verb=verb)
    return None


def seat_deadline(limit: str, bidder: str | None, person: str) -> str:
    return "/".join(part for part in (limit, bidder, person) if part)


def has_spoken(state: SceneState, panel: Panel) -> bool:
    if panel.purpose is PanelPurpose.SCORING:
        return any(bid.scores for bid in state.bids)
    return any(seat.recommend is not None for seat in panel.seats)


def all_have_spoken(panel: Panel) -> bool:
    """From here on the votes stand open (`rules.votes`): nobody leaves, or votes again, by what the others said."""
    return all(seat.recommend is not None for seat in panel.seats)


def seated(docket: Docket, purpose: PanelPurpose, bidder: str | None = None) -> Panel:
    """The panel in force. Raises Refused: no_panel."""
    panel = find(docket.state.panels, purpose=purpose, bidder=bidder)
    if panel is None or panel.void:
        docket.refuse("no_panel")
    return panel


def own_seat(docket: Docket, panel: Panel) -> Seat:
    seat = panel.seat(docket.person)
    if seat is None:
        docket.refuse("not_on_panel", person=docket.person)
    if docket.command.actor.on_behalf_of:
        docket.refuse("seat_is_personal", person=docket.person)
    return seat


def give_opinion(docket: Docket, act: GiveExpertOpinion, limit: str) -> None:
    panel = seated(docket, act.purpose, act.bidder)
    if own_seat(docket, panel).recommend is not None:
        docket.refuse("already_reviewed", person=docket.person)
    docket.record(
        ExpertOpinionGiven(
            purpose=act.purpose,
            bidder=act.bidder,
            person=docket.person,
            recommend=act.recommend,
            tenths=_marks(docket, act),
        )
    )
    clock = docket.deadline(seat_deadline(limit, act.bidder, docket.person))
    if clock is not None and clock.verbs == (act.verb,):  # who has still to sign keeps the duty
        docket.met(clock.id)


def _marks(docket: Docket, act: GiveExpertOpinion) -> tuple[tuple[str, int], ...]:
    """In the order of the criteria, each within its points; who recommends has found the pass mark reached."""
    purpose: PanelPurpose = PanelPurpose(act.purpose)
    rules = docket.policy.panels[purpose.value]
    tenths = {each.criterion: round(each.points * 10) for each in act.marks}
    keys, given = [each.key for each in rules.criteria], [each.criterion for each in act.marks]
    if sorted(given) != sorted(keys):
        docket.refuse(
            "marks_incomplete",
            missing=", ".join(f"{each.key} {each.name}" for each in rules.criteria if each.key not in given) or "-",
            unknown=", ".join(each for each in given if each not in keys or given.count(each) > 1) or "-",
        )
    if above := [each for each in rules.criteria if tenths[each.key] > each.points * 10]:
        docket.refuse("mark_out_of_range", criterion=above[0].name, points=above[0].points)
    total = sum(tenths.values())
    if act.recommend and total < rules.pass_mark * 10:
        docket.refuse("marks_contradict", total=total / 10, mark=rules.pass_mark)
    return tuple((key, tenths[key]) for key in keys)


def refuse_unless_recommended(docket: Docket, panel: Panel) -> None:
    """Everyone has spoken, and enough of them for it: two questions, both must hold."""
    refuse_incomplete(docket, panel)
    yes, needed = votes(docket.policy, panel)
    if yes < needed:
        docket.refuse("panel_not_for", yes=yes, size=len(panel.seats), needed=needed)


def votes(policy: Policy, panel: Panel) -> tuple[int, int]:
    """How many recommend, and how many it takes."""
    yes = sum(seat.recommend is True for seat in panel.seats)
    return yes, votes_needed(policy.panels[panel.purpose.value], len(panel.seats))


def votes_needed(rules: PanelRules, size: int) -> int:
    """How many of so many members have to recommend."""
    return math.ceil(rules.pass_share * size)


def refuse_incomplete(docket: Docket, panel: Panel) -> None:
    if missing := sum(seat.recommend is None for seat in panel.seats):
        docket.refuse("panel_incomplete", missing=missing)
