"""Duties kept apart, rule by rule: who is refused, with which code, and that somebody else is not.

Every case is attacked in every way that a person can come back: in another role, through a delegate, as a delegate, and
as one of two delegates of the same person. A scene that is `lent` was played by delegates throughout.
"""

from collections.abc import Callable
from functools import cache

import pytest

from models.actor import Actor
from models.commands import ACTS, Act
from models.commands.anywhere import (
    ConfirmCorrection,
    Override,
    ProposeCorrection,
    Reassign,
    Resubmit,
    ReturnForCorrection,
)
from models.commands.matching import (
    VerifyEligibility,
    WithdrawBid,
)
from models.commands.review import (
    AnswerObjection,
    ConvenePanel,
    FileComplaint,
)
from models.commands.trial import (
    AcknowledgeIncident,
    ApproveResumption,
    ProposeResumption,
    ReportFix,
    ReportUpward,
    SuspendTrial,
    VerifyIncident,
)
from models.events.review import PanelConvened
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import NoticeAbout, PanelPurpose, Role
from models.words import OFFICE_VERBS
from rules.separation import APART, OVER_BIDDERS
from tests.improviser import some_act
from tests.rules.conftest import CITIES
from tests.scenario import Play, city, document, free_unit, naming
from tests.separation_cases import (
    CASES,
    CITIZEN,
    FAIR,
    RECOGNITION,
    REGISTRATION,
    SCENES,
    A,
    B,
    Case,
    Lent,
    actor,
    analysis,
    awarding,
    check,
    checking,
    complaint_decision,
    corrected,
    fault,
    incident_ordered,
    incident_reported,
    listing,
    next_is_an_order,
    notice,
    posted,
    ranked,
    recognised,
    recommended,
    resumption_proposed,
    revelation,
)


def in_every_city(cases: tuple[Case, ...]) -> pytest.MarkDecorator:
    """But for the third signature, where a city asks for none."""
    signs = {name for name in CITIES if "st_bureau" in city(name).contracting.parties}
    return pytest.mark.parametrize(
        ("case", "name"),
        [
            pytest.param(case, name, id=f"{case}-{name}")
            for case in cases
            for name in (CITIES if "bureau" not in (case.did, case.then) else signs)
        ],
    )


def played(case: Case, name: str, *, lent: bool = False) -> Play:
    return _played(case.scene, name, lent).fork()


@cache
def _played(scene: Callable[[Play], None], name: str, lent: bool) -> Play:
    play = Lent(city(name)) if lent else Play(city(name))
    scene(play)
    return play


def refusing(case: Case, play: Play, *actors: Actor) -> None:
    act = case.act if isinstance(case.act, Act) else case.act(play)
    for each in actors:
        no = play.refuses(case.code, act, each)
        assert no.details["person"] in each.persons


def as_(play: Play, case: Case, person: str, *behalf: str) -> Actor:
    return actor(play, case.then).model_copy(update={"person": person, "on_behalf_of": behalf})


@in_every_city(CASES)
def test_who_had_a_hand_in_it_is_refused_in_any_role_and_through_any_delegate(case: Case, name: str) -> None:
    play = played(case, name)
    before = actor(play, case.did).person
    refusing(
        case, play,
        as_(play, case, before),
        as_(play, case, "deputy", before),
        as_(play, case, "clerk", "deputy", before),
        as_(play, case, before, "somebody else"),
    )  # fmt: skip
    act = case.act if isinstance(case.act, Act) else case.act(play)
    play.do(act, as_(play, case, "fresh", "unconcerned"))


@in_every_city(tuple(each for each in CASES if each.did not in ("expert", "acceptance_expert", "citizen")))
def test_whom_a_delegate_acted_for_had_a_hand_in_it_as_well(case: Case, name: str) -> None:
    play = played(case, name, lent=True)
    delegate = actor(play, case.did).person
    chief = f"{delegate}-chief" if case.did != "second_regulator" else delegate
    refusing(
        case, play,
        as_(play, case, delegate),
        as_(play, case, chief),
        as_(play, case, "another delegate", chief),
        as_(play, case, "clerk", "another delegate", chief),
    )  # fmt: skip


# the table itself


HARMLESS = {
    "take_over", "ask_consultation", "suspend_trial", "report_incident", "suggest_rule_change",
    "assess_value", "apply_for_benchmark", "complain", "request_factor", "ask_green_channel",
    "record_finance",
    "record_replication", "recommend_upward", "close_scene", "suspend", "resume", "request_extension", "record_service",
    "propose_correction", "confirm_correction", "adopt_policy", "load_calendar", *OFFICE_VERBS,
    "sign_contract", "answer_withdrawal", "recuse", "claim_duty", "release_duty", "transfer_duty", "delegate_duty",
    "hand_back_duty", "nudge", "copy_to", "take_back", "inherit_evidence", "reopen_review",
}  # fmt: skip
"""What decides nothing about a bid, stops for safety, or has a second person, or a line, of its own."""


def test_every_code_of_the_table_is_attacked() -> None:
    assert {line.code for line in APART} == {case.code for case in CASES} - {"officer_verifies"}


def test_every_deed_of_the_table_is_one_that_happens() -> None:
    kinds = {*NoticeAbout, *PanelPurpose, Role.OWNER, Role.ST_BUREAU, Role.BIDDER, Role.REGULATOR, "inclusion", "order"}
    kinds |= {Role.PAYER}
    kinds |= {"correction_order"}
    for line in APART:
        for deed in (*line.first, *line.then):
            verb, _, kind = deed.partition(":")
            assert verb in ACTS or deed in (Role.OWNER, Role.BIDDER), deed
            assert not kind or kind in kinds, deed


def test_whatever_an_authority_may_do_is_barred_to_a_bidders_people_unless_it_is_harmless(policy: Policy) -> None:
    of_authorities = {
        verb for verb, roles in policy.permissions.items() if set(roles) - {Role.OWNER, Role.BIDDER, Role.PUBLIC}
    }
    barred = {deed.partition(":")[0] for deed in OVER_BIDDERS}
    assert not barred & HARMLESS
    assert of_authorities <= barred | HARMLESS


# 1: across a return, a role change, and a scene that was taken over


@pytest.mark.parametrize("then", ["start_over", "straight_back"])
def test_who_corrected_a_returned_scene_for_the_owner_does_not_recognise_it(policy: Policy, then: str) -> None:
    play = Play(policy)
    recommended(play)
    back = ReturnForCorrection.model_validate({"to": "registered", "then": then, "reasons": "修改"})
    play.do(back, play.lead)
    drafter = play.owner.model_copy(update={"person": "mallory"})
    play.do(Resubmit(note="已改"), drafter)
    if play.state.step == "registered":
        play.consult()
        play.refuses("drafter_decides", FAIR, play.lead.model_copy(update={"person": "mallory"}))
        play.conclude_fair_competition()
    play.experts_recommend(PanelPurpose.RECOGNITION)
    for person, behalf in (("mallory", ()), ("deputy", ("mallory",)), (play.owner.person, ())):
        again = play.lead.model_copy(update={"person": person, "on_behalf_of": behalf})
        play.refuses("drafter_decides", play.recognise_act(), again)
    play.do(play.recognise_act(), play.lead)


def test_who_took_a_scene_over_does_not_decide_on_it(policy: Policy) -> None:
    play = Play(policy).taken_over("accepted")
    play.refuses("drafter_decides", REGISTRATION, play.office(Role.PLATFORM_OFFICE, "clerk"))
    play.do(REGISTRATION, play.platform)


def test_what_was_decided_in_a_first_round_is_not_published_in_the_second(policy: Policy) -> None:
    play = Play(policy)
    SCENES[RECOGNITION](play)
    play.do(AnswerObjection(objection=play.state.objections[-1].id, upheld=True, text="成立"), play.platform)
    if play.state.step == "expert_review":
        play.experts_recommend(PanelPurpose.RECOGNITION)
        second = play.person(Role.LEAD, play.state.lead or "", "lead-2")
        play.do(play.recognise_act(), second)
        for person in (play.lead.person, second.person):
            play.refuses("decider_publishes", notice(RECOGNITION), play.office(Role.PLATFORM_OFFICE, person))


# 2: panels, ties, units


def test_nobody_who_acted_for_the_owner_or_a_bidder_is_seated(policy: Policy) -> None:
    play = Play(naming(policy)).to_scoring(A, B)
    for person in (play.owner.person, play.bidder(A).person, play.bidder(B).person):
        first, *others = play.members(purpose=PanelPurpose.SCORING)
        act = ConvenePanel(purpose=PanelPurpose.SCORING, members=(first.model_copy(update={"person": person}), *others))
        play.refuses("panel_took_sides", act, play.lead)


OPENERS = ("platform_office-1", "platform_office-2")


def test_neither_of_the_two_who_opened_the_bids_checks_them_or_is_seated_to_score_them(policy: Policy) -> None:
    play = Play(policy).to_eligibility(A, B)
    for person in OPENERS:
        play.refuses("opened_bids", check(play), play.lead.model_copy(update={"person": person}))
    for bidder in (A, B):
        play.verify(bidder)
    play.policy = naming(play.policy)
    first, *others = play.members(purpose=PanelPurpose.SCORING)
    for person in OPENERS:
        official = first.model_copy(update={"person": person})
        act = ConvenePanel(purpose=PanelPurpose.SCORING, members=(official, *others))
        play.refuses("opened_bids", act, play.lead)


def test_who_opened_the_bids_is_excused_from_a_draw(ningbo: Policy) -> None:
    play = Play(ningbo).to_scoring(A, B)
    pool = tuple(play.members(9, PanelPurpose.SCORING))
    openers = tuple(pool[0].model_copy(update={"person": person}) for person in OPENERS)
    events = play.do(ConvenePanel(purpose=PanelPurpose.SCORING, pool=(*openers, *pool), size=7), play.lead)
    (drawn,) = [event for event in events if isinstance(event, PanelConvened)]
    assert drawn.draw is not None
    assert [(each.person, each.because) for each in drawn.draw.excused] == [(each, "opened_bids") for each in OPENERS]
    assert not set(OPENERS) & {seat.person for seat in (*drawn.panel.seats, *drawn.panel.reserve)}


@pytest.mark.parametrize("purpose", [PanelPurpose.RECOGNITION, PanelPurpose.SCORING, PanelPurpose.ACCEPTANCE])
def test_declared_ties_lead_to_recusal(policy: Policy, purpose: PanelPurpose) -> None:
    play = Play(naming(policy), consortium=("丙公司",))
    tied = [play.owner_unit]
    if purpose is PanelPurpose.RECOGNITION:
        play.to_expert_review()
    elif purpose is PanelPurpose.SCORING:
        play.to_scoring(A, B)
        tied += [A, B, "丙公司"]
    else:
        play.to_acceptance(A, B).apply(A)
        tied += [A, B, "丙公司"]
    bidder = A if purpose is PanelPurpose.ACCEPTANCE else None
    first, *others = play.members(purpose=purpose)
    for unit in tied:
        with_ties = first.model_copy(update={"ties": ("某高校", unit)})
        act = ConvenePanel(purpose=purpose, members=(with_ties, *others), bidder=bidder)
        assert play.refuses("panel_conflict", act, play.lead).details["unit"] == unit
    harmless = first.model_copy(update={"ties": ("某高校",)})
    play.do(ConvenePanel(purpose=purpose, members=(harmless, *others), bidder=bidder), play.lead)


def test_a_competitors_people_do_not_accept(policy: Policy) -> None:
    play = Play(policy).to_acceptance(A, B)
    play.apply(A)
    play.refuses("panel_conflict", play.panel_act(PanelPurpose.ACCEPTANCE, A, unit=B), play.lead)


def test_a_member_who_now_acts_for_a_bidding_unit_does_not_score(policy: Policy) -> None:
    play = Play(policy, consortium=("丙公司",)).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    for unit in (A, B, "丙公司"):
        play.refuses("own_unit_bids", play.score_act(A, 0.9), play.expert(1).model_copy(update={"unit": unit}))
    play.do(play.score_act(A, 0.9), play.expert(1))


def test_a_seat_is_personal(policy: Policy) -> None:
    play = Play(policy).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    act = play.score_act(A, 0.9)
    play.refuses("not_on_panel", act, play.expert(1).model_copy(update={"person": "x", "on_behalf_of": ("expert-1",)}))
    for behalf in ("expert-2", "x"):
        play.refuses("seat_is_personal", act, play.expert(1).model_copy(update={"on_behalf_of": (behalf,)}))


def outside(policy: Policy) -> str:
    """A department that has no part in the scene, and does not hold the opening of its bids."""
    domain = policy.domains[0]
    taken = (domain.lead, domain.regulator, *domain.units, policy.offices.platform_office)
    return next(unit.name for unit in policy.units if unit.name not in taken)


def test_a_part_is_not_handed_to_a_unit_that_bids(policy: Policy) -> None:
    department = outside(policy)
    play = Play(policy, consortium=(department,))
    checking(play)
    for part, unit in (("lead", play.state.lead), ("regulator", play.state.regulator)):
        act = Reassign.model_validate({"part": part, "from_unit": unit, "to_unit": department, "reasons": "调整"})
        play.refuses("own_scene", act, play.group)


# 3: orders


@pytest.mark.parametrize("scene", [next_is_an_order, incident_reported])
def test_an_order_names_a_second_officer(policy: Policy, scene: Callable[[Play], None]) -> None:
    play = Play(policy)
    scene(play)
    order = (lambda second: fault("four", second)) if scene is next_is_an_order else analysis
    deputy = play.regulator.model_copy(update={"on_behalf_of": ("chief",)})
    play.refuses("second_officer_missing", order(None), play.regulator)
    play.refuses("same_person", order(play.regulator.person), play.regulator)
    play.refuses("same_person", order("chief"), deputy)
    play.refuses("own_bid", order(play.bidder(B).person), play.regulator)
    play.refuses("drafter_decides", order(play.owner.person), play.regulator)
    play.do(order("regulator-2"), deputy)
    state = play.state
    officers = state.inclusions[0].faults[-1].officers if scene is next_is_an_order else state.incidents[0].officers
    assert officers == ("regulator-1", "chief", "regulator-2")


def test_what_orders_nothing_needs_one_officer(policy: Policy) -> None:
    play = Play(policy)
    incident_reported(play)
    play.do(analysis(None, order=None), play.regulator)
    play.do(fault("one", None), play.regulator)


def test_an_officer_who_moves_with_the_reassigned_part_still_does_not_verify(policy: Policy) -> None:
    play = Play(policy)
    incident_ordered(play)
    before = play.state.regulator or ""
    after = free_unit(play)
    play.do(Reassign(part="regulator", from_unit=before, to_unit=after, reasons="机构调整"), play.group)
    act = VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已改")
    assert play.regulator.unit == after
    for officer in (play.regulator, play.second_regulator):
        play.refuses("officer_verifies", act, officer)
    play.do(act, play.person(Role.REGULATOR, after, "regulator-3"))


def test_a_unit_that_has_spoken_is_not_asked_again_for_the_part_that_it_takes_over(policy: Policy) -> None:
    play = Play(policy).to_acceptance(A)
    play.apply(A)
    unit, before = play.state.cooperating[0], play.state.regulator or ""
    play.acceptance_opinion(A, play.cooperating(unit))
    play.do(Reassign(part="regulator", from_unit=before, to_unit=unit, reasons="机构调整"), play.group)
    asked = [each.holder.unit for each in play.state.deadlines if each.limit == "acceptance_opinion" and each.holder]
    assert play.state.regulator == unit
    assert not {unit, before} & set(asked)


# 6: sealed bids


def test_before_the_close_nothing_opens_a_bid(policy: Policy) -> None:
    play = Play(policy)
    posted(play)
    play.bid(A)
    reveal = revelation(play)
    play.refuses("wrong_step", reveal, play.bidder(A))
    (bid,) = play.state.bids
    assert (bid.revealed, bid.price_yuan, bid.proposal_sha256) == (False, None, None)
    play.refuses("wrong_step", VerifyEligibility.model_validate({**check(play).model_dump(), "bidder": A}), play.lead)


def test_a_bid_is_opened_by_its_own_bidder_only(policy: Policy) -> None:
    play = Play(policy).to_opening(A, B)
    reveal = revelation(play)
    for other in (play.bidder(B), play.bidder(A).model_copy(update={"unit": B})):
        play.refuses("not_your_part", reveal, other)
    for role in set(Role) - {Role.BIDDER}:
        play.refuses("not_permitted", reveal, play.person(role, A))
    play.refuses("commitment_mismatch", reveal.model_copy(update={"price_yuan": 1}), play.bidder(A))
    play.do(reveal, play.bidder(A).model_copy(update={"on_behalf_of": ("director",)}))


def test_before_the_close_no_refusal_tells_who_has_bid(policy: Policy) -> None:
    department = outside(policy)
    play = Play(policy, consortium=(department,))
    posted(play)
    play.bid(A)
    no = play.refuses("unknown_bidder", WithdrawBid(bidder=B, reasons="撤回"), play.bidder(B))
    assert no.details["known"] == "-"
    act = Reassign(part="lead", from_unit=play.state.lead or "", to_unit=department, reasons="调整")
    play.do(act, play.group)
    play.pass_limit("bidding")
    play.reveal(A)
    play.refuses("own_unit_bids", check(play).model_copy(update={"bidder": A}), play.lead)


# 8: each stop for itself


def test_who_approved_once_may_propose_the_next_time(policy: Policy) -> None:
    play = Play(policy)
    resumption_proposed(play)
    play.do(ApproveResumption(bidder=A), play.second_regulator)
    play.do(SuspendTrial(bidder=A, reasons="又一故障"), play.second_regulator)
    play.do(ReportFix(bidder=A, proof=document("证明")), play.bidder(A))
    play.do(ProposeResumption(bidder=A, reasons="已改"), play.second_regulator)
    play.refuses("same_person", ApproveResumption(bidder=A), play.second_regulator)
    play.do(ApproveResumption(bidder=A), play.regulator)


# 9: no business rights


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM])
def test_no_policy_gives_an_administrator_or_an_auditor_business_rights(policy: Policy, role: Role) -> None:
    everything = {verb: (*roles, role) for verb, roles in policy.permissions.items()}
    play = Play(policy.model_copy(update={"permissions": everything})).submit()
    play.refuses("not_permitted", REGISTRATION, play.platform.model_copy(update={"role": role}))


# 10: an override


def test_an_override_re_opens_and_alters_nothing_that_was_said(policy: Policy) -> None:
    tried = 0
    for scene in (recommended, recognised, listing, ranked, awarding):
        before = Play(policy)
        scene(before)
        for to in ("accepted", "registered", "fair_competition", "expert_review", "listing", "listed"):
            play = before.fork()
            try:
                play.do(Override(to=to, reasons="重新审定"), play.group)
            except Refused:
                continue
            tried += 1
            assert play.state.bids == before.state.bids
            assert play.state.ranking == before.state.ranking
            assert play.state.panels == before.state.panels
            assert play.state.consultation == before.state.consultation
            kinds = {event.kind for event in play.journal[-1].events}
            assert not kinds & {"bid_scored", "bids_ranked", "opinion_given", "expert_opinion_given"}
    assert tried > 5


# 11: delegation


@pytest.mark.parametrize(
    "path", [("owner",), ("chief", "chief"), ("chief", "owner"), ("a", "b", "a"), ("owner", "chief", "owner")]
)
def test_a_path_that_names_somebody_twice_is_refused(policy: Policy, path: tuple[str, ...]) -> None:
    play = Play(policy)
    submit = play.owner.model_copy(update={"person": "owner", "on_behalf_of": path})
    no = play.refuses("delegation_cycle", some_act(play, "submit"), submit)
    assert no.details["path"] == " > ".join(("owner", *path))


def test_the_path_stays_on_record(policy: Policy) -> None:
    play = Play(policy)
    deputy = play.owner.model_copy(update={"on_behalf_of": ("director", "mayor")})
    play.do(some_act(play, "submit"), deputy)
    assert play.journal[-1].command.actor.on_behalf_of == ("director", "mayor")
    assert ("scene_owner-1", "director", "mayor") in [hand.persons for hand in play.state.hands]


def test_a_complaint_is_filed_by_who_objected_or_their_delegate(policy: Policy) -> None:
    play = Play(policy)
    SCENES[RECOGNITION](play)
    id = play.state.objections[-1].id
    play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
    act = FileComplaint(objection=id, text="不服")
    play.refuses("not_your_part", act, CITIZEN.model_copy(update={"person": "neighbour"}))
    play.do(act, CITIZEN.model_copy(update={"person": "lawyer", "on_behalf_of": (CITIZEN.person,)}))
    for person in ("lawyer", CITIZEN.person):
        play.refuses("decided_before", complaint_decision(play), play.office(Role.SUPERVISOR, person))


def test_a_wrong_entry_is_confirmed_by_no_delegate_of_who_proposed(policy: Policy) -> None:
    """Two corrections side by side: each has its own proposer."""
    play = Play(policy)
    corrected(play)
    play.do(ProposeCorrection(correction="K-2", sequence=1, reasons="误", right_text="正"), play.platform)
    play.refuses("same_person", ConfirmCorrection(correction="K-2", confirmed=True), play.platform)
    play.do(ConfirmCorrection(correction="K-1", confirmed=True), play.platform)
    play.do(ConfirmCorrection(correction="K-2", confirmed=True), play.lead)


def test_a_bidders_person_neither_acknowledges_nor_reports_an_incident_upward(policy: Policy) -> None:
    play = Play(policy)
    incident_reported(play)
    mole = play.regulator.model_copy(update={"person": play.bidder(A).person})
    paper = document("快报").model_copy(update={"number": "1"})
    for act in (
        AcknowledgeIncident(bidder=A, incident="I-1"),
        ReportUpward(bidder=A, incident="I-1", to="省", document=paper),
    ):
        play.refuses("own_bid", act, mole)
