"""Over lives played by chance: what is offered somebody can do, and nothing that the rules take was left out.

Offers know neither the day nor what an act says; a corner that lies there stands in `CORNERS`, with its reason. Where
an offer is not taken at once it is tried with other contents and other people before it counts as made in vain.
"""

from collections.abc import Iterator
from random import Random

import pytest

from models.actor import Actor
from models.commands import ACTS, Act
from models.commands.trial import ProveRollback
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import Mode, PanelPurpose, Role
from rules.decide import decide
from rules.permissions import units_playing
from rules.possible import Offer, offers
from tests.improviser import BIDDERS, CONTENT_WITH_BIDDER, Improviser
from tests.rules.test_machine import LONG, beginning
from tests.rules.test_race import A, B, comparison
from tests.scenario import Play, digest, document

LIVES = range(300) if LONG else range(10)
CORNERS = {
    "request_extension": {"extension_too_late", "not_your_deadline"},
    "compare_racers": {"race_too_young"},
    "advance_phase": {"gate_closed"},
    "take_back": {"take_back_too_late", "not_your_act"},
}
"""Verb: the refusals that hang on the day (more time is asked for early enough, racers are compared and phases left
after a while, an act is taken back soon), or on who did what: an offer looks at neither."""


class Willing(Improviser):
    """Says what the rules can take, where mere chance seldom does."""

    def _sign_acceptance_opinion(self) -> dict[str, object]:
        text = self.choose(("结论", "结论二", "结论三"))
        return {"document": {"title": text, "sha256": digest(text)}}

    def _suggest_rule_change(self) -> dict[str, object]:
        trial = next((each for each in self.play.state.trials if each.bidder == self.about), None)
        known = [each.id for each in self.play.state.incidents if each.bidder == self.about]
        evidence = {
            "clauses": trial.clauses[:1] if trial else (),
            "readings": tuple(each.kpi for each in trial.readings[:1]) if trial else (),
            "incidents": known[:1],
        }
        return super()._suggest_rule_change() | {"suggestion": f"S-{self.choose(range(90))}", "evidence": evidence}

    def _conclude_acceptance(self) -> dict[str, object]:
        reviewed = next((each for each in self.play.state.acceptances if each.bidder == self.about), None)
        signed = [each.document for each in reviewed.signatures] if reviewed else []
        document = {"title": "意见书", "sha256": self.choose(signed or [digest("x")])}
        more = {"over_objections": "已采纳", "against_panel": "证据不足", "conditions": ("补充",)}
        return super()._conclude_acceptance() | more | {"document": document}

    def _recuse(self) -> dict[str, object]:
        scene = PanelPurpose.SCORING if self.play.state.step == "scoring" else PanelPurpose.RECOGNITION
        return {"purpose": PanelPurpose.ACCEPTANCE if self.about else scene, "bidder": self.about}

    def _inherit_evidence(self) -> dict[str, object]:
        evidence = {"scene": "KIN-1", "sequence": self.choose(range(1, 60)), "head": digest("head"), "city": "宁波市"}
        return {"evidence": evidence}

    def _notify_leak(self) -> dict[str, object]:
        found = [each.id for each in self.play.state.incidents if each.bidder == self.about and each.status != "closed"]
        return {"incident": self.choose(found or ["I-1"]), "to": self.choose(("authority", "persons"))}

    def _record_reading(self) -> dict[str, object]:
        trial = next((each for each in self.play.state.trials if each.bidder == self.about), None)
        kpis = [each.key for each in trial.kpis] if trial else []
        last = min(self.play.today, trial.last_day) if trial and trial.last_day else self.play.today
        return {"kpi": self.choose(kpis or ["k"]), "value": "97", "on": last}

    def _record_fault(self) -> dict[str, object]:
        lines = (None, self.play.policy.inclusion.red_lines[0])
        return super()._record_fault() | {"red_line": self.choose(lines), "with_officer": "regulator-8"}

    def _reassign(self) -> dict[str, object]:
        return super()._reassign() | {"from_unit": self.play.state.regulator or "无", "part": "regulator"}


def a_life(number: int) -> Play:
    choose = Random(number).choice  # noqa: S311 - chance that can be repeated
    play = beginning(choose)
    somebody = Improviser(play, choose, calm=choose((True, True, False)))
    for _ in range(choose(range(45))):
        if play.state.closed:
            break
        somebody.move()
    play.let_pass()
    return play


def people(play: Play, role: Role, unit: str) -> Iterator[Actor]:
    """Who has acted so far, somebody new, whoever has claimed a duty, and who could take back what was done."""
    if role is Role.EXPERT:
        seats = [seat for panel in play.state.panels if not panel.void for seat in panel.seats]
        yield from (play.expert(int(seat.person.removeprefix("expert-"))) for seat in seats or ())
        return
    desks = [each.desk for each in play.state.deadlines if each.desk is not None]
    names = [f"{role.value}-{number}" for number in (1, 2, 7)]
    names += [person for desk in desks if (person := desk.delegated_to or desk.claimed_by)]
    names += play.state.last.persons if play.state.last is not None else ()
    yield from (play.person(role, unit, name) for name in dict.fromkeys(names))


def takes(play: Play, act: Act, actor: Actor) -> str:
    """ "", or why not."""
    try:
        decide(play.policy, play.state, play.command(act, actor), play.now)
    except Refused as no:
        return no.code
    return ""


def refusals(play: Play, offer: Offer) -> set[str]:
    """With what an offer is refused, whatever is said and whoever says it; nothing where somebody can take it."""
    codes: set[str] = set()
    for attempt in range(80):
        choose = Random(f"{offer.verb}{offer.bidder}{attempt}").choice  # noqa: S311
        act = Willing(play, choose).act(offer.verb, offer.bidder)
        for party in offer.parties:
            units = party.units if party.units is not None else (getattr(act, "bidder", None) or play.owner_unit,)
            for unit in units:
                for actor in people(play, party.role, unit):
                    if not (code := takes(play, act, actor)):
                        return set()
                    codes.add(code)
    return codes


def left_out(play: Play, found: tuple[Offer, ...]) -> Iterator[str]:
    offered: dict[tuple[str, Role], list[tuple[str | None, tuple[str, ...] | None]]] = {}
    for offer in found:
        for party in offer.parties:
            offered.setdefault((offer.verb, party.role), []).append((offer.bidder, party.units))
    for verb in ACTS:
        for role in play.policy.permissions.get(verb, ()):
            known = offered.get((verb, role), [])
            for bidder in BIDDERS if verb in CONTENT_WITH_BIDDER else (None,):
                act = Willing(play, lambda options: options[0]).act(verb, bidder)
                about = getattr(act, "bidder", None)
                for unit in units_playing(play.policy, play.state, role, act) or (play.owner_unit,):
                    if any(whose in (None, about) and (by is None or unit in by) for whose, by in known):
                        continue
                    able = [each.person for each in people(play, role, unit) if not takes(play, act, each)]
                    yield from (f"{verb} {about} by {person} of {unit}" for person in able)


def disagreements(play: Play) -> list[str]:
    found = offers(play.policy, play.state)
    told = []
    for offer in found:
        codes = refusals(play, offer)
        if codes and not codes & CORNERS.get(offer.verb, set()):
            told.append(f"{offer.verb} {offer.bidder} is offered in vain: {sorted(codes)}")
    return [*told, *(f"{each} is not offered" for each in left_out(play, found))]


@pytest.mark.parametrize("number", LIVES)
def test_what_is_offered_is_what_the_rules_take(number: int) -> None:
    assert not disagreements(a_life(number))


@pytest.mark.parametrize("accepted_meanwhile", [False, True])
def test_a_racer_who_won_its_appeal_is_offered_what_it_can_do(yancheng: Policy, accepted_meanwhile: bool) -> None:
    race = yancheng.modes[Mode.HORSE_RACE].model_copy(update={"compare_from": None})
    at_any_time = yancheng.model_copy(update={"modes": {**yancheng.modes, Mode.HORSE_RACE: race}})
    play = Play(at_any_time).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.do(comparison(A, B, ends=B), play.lead)
    if accepted_meanwhile:
        play.do(ProveRollback(bidder=B, proof=document("恢复证明")), play.bidder(B))
        play.end_trial(A)
    play.win_appeal()

    assert {each.bidder: each.step for each in play.state.trials}[B] == "planning"
    assert not disagreements(play)


def test_a_corner_is_a_verb_and_its_refusals_are_known() -> None:
    assert set(CORNERS) <= set(ACTS)
