"""Duties kept apart: what one person may not do because of what the same person did before (domain.md).

The state remembers who had a hand in what: whoever acted, and everybody on whose behalf (`Actor.persons`). So a
delegate is taken for everybody on the delegation path, and each of them for the delegate, whichever acts first; the
role or the unit in which somebody acts makes no difference. `APART` says of pairs of deeds that nobody may do the
second who had a hand in the first. A pair bars one direction; where both orders can happen, both stand here.

1  Who drafted a thing does not decide on it, whoever decided does not act for its owner afterwards, and who decided
   does not publish it.
2  Nobody judges a bid of their own or of their unit's, acts for a bidder of a scene in which they had authority, or
   for two bidders. One's units are all that the directory has oneself in, or anybody for whom one acts. Who makes a
   panel, checks what it judges or decides on it does not sit on it, nor the reverse.
3  An order needs two officers, its verifier is a third, and neither of them gives it more time; so do two officers open
   the bids.
4  Objections, appeals and questions of fault go to somebody who did not decide. What is found anew on a fault, after an
   upheld appeal, is such a question: who found before on the same bidder does not find again.
5  Who proposes, who approves and who pays are three.
6  Bids are sealed until the close: `rules.bidding`, a commitment and nothing else. Who held the opening session has met
   the bidders and knows who the bids are from: they neither check nor judge them (招标投标法37、38).
7  Who granted an inclusion period does not extend it.
8  One person stops a trial, two resume it. So it is with a request for more time and its answer, and with a correction,
   or a scene that is taken over, and its confirmation.
9  Administrators and auditors have no business rights, whatever a policy says: `rules.permissions`.
10 An override re-opens a step and alters no score: `rules.anywhere`.
11 A delegate acts with the path on record, and never for a member of a panel; a path that turns back on itself is
   refused: `rules.permissions`, `rules.panels`.
"""

from typing import Literal, NamedTuple

from models.commands import Command
from models.commands.anywhere import (
    ConfirmCorrection,
    DecideExtension,
    Override,
    ProposeCorrection,
    RequestExtension,
    Terminate,
)
from models.commands.matching import OpenBids, SignContract
from models.commands.promotion import WithdrawBenchmark
from models.commands.review import (
    AnswerObjection,
    ConcludeComplaint,
    ConvenePanel,
    DecideComplaint,
    GiveExpertOpinion,
    PublishNotice,
    RaiseObjection,
)
from models.commands.suggestions import AnswerSuggestion, SuggestRuleChange
from models.commands.support import AnswerComplaint, Complain
from models.commands.trial import AdmitTrial, AnalyseIncident, RecordFault, RecordReading, StartTrial
from models.refusal import Refused
from models.state import Hand, SceneState
from models.vocabulary import NoticeAbout, PanelPurpose, Role
from rules.docket import Docket
from rules.keyed import find, put


class Apart(NamedTuple):
    """Who had a hand in one of `first` is refused `then`, with `code`.

    A deed is a verb, one kind of it (`publish_notice:ranking`), or a role in which somebody acts. `about` is what both
    have to be about: the same scene, the same bidder, or the same deadline or correction; or else another bidder.
    """

    rule: int
    code: str
    first: tuple[str, ...]
    then: tuple[str, ...]
    about: Literal["scene", "bidder", "item", "another bidder"] = "scene"


RECOGNISED = ("conclude_fair_competition", "give_expert_opinion:recognition", "recognise", "confirm_scene")
RANKED = ("verify_eligibility", "score_bid", "award")
ACCEPTED = (
    "give_acceptance_opinion", "give_expert_opinion:acceptance", "sign_acceptance_opinion", "conclude_acceptance",
)  # fmt: skip
CHOSEN = ("nominate_benchmark", "conclude_evaluation", "confirm_benchmark")
"""What leads to a result that a public notice announces."""

ON_ADMISSION = ("accept_filing", "request_supplement", "register", "decline_admission")
ON_REMEDIES = ("answer_objection", "decide_complaint", "conclude_complaint", "decide_appeal")
ON_OBJECTIONS = ("answer_objection", "decide_complaint", "conclude_complaint")
_ON_OBJECTIONS = {about: tuple(f"{verb}:{about}" for verb in ON_OBJECTIONS) for about in NoticeAbout}
DECISIONS = (
    *ON_ADMISSION, "give_opinion", *RECOGNISED, "refuse",
    "review_invitation", *RANKED, "compare_racers",
    "admit_trial", "return_trial_plan", "refuse_trial", "start_trial", "approve_resumption", "end_inclusion_early",
    "give_expert_opinion:exit", "conclude_exit",
    "give_expert_opinion:acceptance", "conclude_acceptance", "decide_fault_tolerance",
    "conclude_evaluation", "confirm_benchmark", "review_benchmark", "withdraw_benchmark",
    "terminate", "override",
)  # fmt: skip

ORDERS = ("record_fault:order", "analyse_incident:order")
MEASURES = ("record_fault", "analyse_incident", "verify_correction", "terminate_trial")
"""What the regulator decides against a bidder whose trial has begun."""
PREPARED = {
    PanelPurpose.RECOGNITION: (
        "convene_panel:recognition", "give_opinion", "conclude_fair_competition", "recognise",
        "refuse", "confirm_scene",
    ),
    PanelPurpose.SCORING: (
        "convene_panel:scoring", "review_invitation", "open_bids", "verify_eligibility", "award",
    ),
    PanelPurpose.ACCEPTANCE: (
        "convene_panel:acceptance", "give_acceptance_opinion", "conclude_acceptance",
    ),
    PanelPurpose.EXIT: (
        "convene_panel:exit", "give_trial_opinion", "admit_trial", "start_trial", "advance_phase", "record_fault",
        "analyse_incident", "conclude_exit",
    ),
}  # fmt: skip
"""What makes a panel, comes before it, or decides on what it says."""
JUDGED = {
    PanelPurpose.RECOGNITION: ("give_expert_opinion:recognition",),
    PanelPurpose.SCORING: ("score_bid",),
    PanelPurpose.ACCEPTANCE: ("give_expert_opinion:acceptance", "sign_acceptance_opinion"),
    PanelPurpose.EXIT: ("give_expert_opinion:exit",),
}
"""What a member of a panel says."""

TRIED = (
    "admit_trial", "return_trial_plan", "refuse_trial", "start_trial", "advance_phase", "suspend_trial",
    "propose_resumption", "approve_resumption", "terminate_trial", "record_fault", "verify_correction",
    "end_inclusion_early", "lift_supervision", "analyse_incident", "verify_incident", "close_incident",
    "conclude_exit",
)  # fmt: skip
"""What an officer decides in a trial: who did has judged it before its acceptance is judged (`panels.overlap`)."""

TO_THE_OWNER = (*(deed for each in JUDGED.values() for deed in each), "verify_eligibility", "award")
"""What nobody does who is tied to the owner: judge its scene, and choose who works for it."""

BIDDER, OWNER = Role.BIDDER.value, Role.OWNER.value
OVER_BIDDERS = (
    *DECISIONS, *ON_REMEDIES,
    "convene_panel", "publish_notice", "list_scene", "add_signer", "remove_signer",
    "open_bids", "give_trial_opinion", "answer_complaint", "answer_factor", "decide_green_channel",
    "advance_phase", "record_reading:regulator", "propose_resumption", "terminate_trial", "lift_supervision",
    "record_fault", "verify_correction", "analyse_incident", "verify_incident", "close_incident",
    "acknowledge_incident", "report_upward",
    "give_acceptance_opinion", "check_intellectual_property", "sign_acceptance_opinion",
    "approve_payment", "pay_milestone", "confirm_refund",
    "nominate_benchmark", "give_benchmark_opinion", "record_benefit", "conclude_lineage_review",
    "decide_extension", "return_for_correction", "reassign", "answer_suggestion", "confirm_take_over",
)  # fmt: skip
"""Every act of authority that a bid, or what becomes of it, can depend on."""

OVER_OWNER = (
    *DECISIONS, *ON_REMEDIES,
    "convene_panel", "publish_notice", "list_scene", "add_signer", "remove_signer",
    "open_bids", "give_trial_opinion", "give_benchmark_opinion", "answer_complaint", "answer_factor",
    "decide_green_channel",
    "record_fault", "analyse_incident", "confirm_refund",
    "decide_extension", "confirm_take_over",
)  # fmt: skip
"""Every act of authority over what the owner drafted."""

APART: tuple[Apart, ...] = (
    Apart(1, "drafter_decides", (OWNER,), OVER_OWNER),
    Apart(1, "drafter_decides", ("take_over",), DECISIONS),
    Apart(1, "decider_drafts", (*OVER_OWNER, *JUDGED[PanelPurpose.ACCEPTANCE]), (OWNER,)),
    Apart(1, "decider_publishes", RECOGNISED, ("publish_notice:recognition", "list_scene")),
    Apart(1, "decider_publishes", RANKED, ("publish_notice:ranking",)),
    Apart(1, "decider_publishes", ACCEPTED, ("publish_notice:acceptance",)),
    Apart(1, "decider_publishes", CHOSEN, ("publish_notice:benchmark",)),
    Apart(1, "decider_publishes", ("publish_notice:recognition", "list_scene"), (*RECOGNISED, "refuse")),
    Apart(1, "decider_publishes", ("publish_notice:ranking",), RANKED),
    Apart(1, "decider_publishes", ("publish_notice:acceptance",), ACCEPTED),
    Apart(
        1,
        "decider_publishes",
        ("publish_notice:benchmark",),
        (*CHOSEN, "review_benchmark", "withdraw_benchmark"),
    ),
    Apart(6, "opened_bids", ("open_bids",), ("verify_eligibility", "score_bid")),
    *(Apart(2, "decides_and_judges", PREPARED[purpose], JUDGED[purpose]) for purpose in PanelPurpose),
    *(Apart(2, "decides_and_judges", JUDGED[purpose], PREPARED[purpose]) for purpose in PanelPurpose),
    Apart(2, "own_bid", (BIDDER,), OVER_BIDDERS),
    Apart(2, "bids_as_judge", (OWNER, *DECISIONS, "open_bids"), ("submit_bid", "reveal_bid")),
    Apart(2, "bids_for_two", ("submit_bid", "reveal_bid"), ("submit_bid", "reveal_bid"), "another bidder"),
    Apart(2, "other_side", (BIDDER,), (OWNER, "sign_contract:st_bureau")),
    Apart(2, "other_side", (*OVER_BIDDERS, *JUDGED[PanelPurpose.ACCEPTANCE], OWNER), (BIDDER,)),
    Apart(2, "other_side", (OWNER, "award"), ("sign_contract:st_bureau",)),
    Apart(2, "other_side", ("sign_contract:st_bureau",), (OWNER, BIDDER)),
    Apart(3, "ordered_before", ORDERS, ("decide_extension:correction_order",), "bidder"),
    Apart(4, "decided_before", RECOGNISED, _ON_OBJECTIONS[NoticeAbout.RECOGNITION]),
    Apart(4, "decided_before", RANKED, _ON_OBJECTIONS[NoticeAbout.RANKING]),
    Apart(4, "decided_before", ACCEPTED, _ON_OBJECTIONS[NoticeAbout.ACCEPTANCE]),
    Apart(4, "decided_before", CHOSEN, _ON_OBJECTIONS[NoticeAbout.BENCHMARK]),
    Apart(4, "decided_before", ("raise_objection", "file_complaint"), ON_OBJECTIONS),
    Apart(4, "decided_before", ("answer_objection",), ("decide_complaint", "conclude_complaint")),
    Apart(4, "decided_before", ("decide_complaint",), ("conclude_complaint",)),
    Apart(4, "decided_before", ("complain",), ("answer_complaint",), "item"),
    Apart(4, "decided_before", (*DECISIONS, "appeal"), ("decide_appeal",)),
    Apart(4, "decided_before", MEASURES, ("decide_appeal",)),
    Apart(4, "decided_before", (*ACCEPTED, "ask_fault_tolerance"), ("decide_fault_tolerance",)),
    Apart(4, "decided_before", ("decide_fault_tolerance",), ("decide_fault_tolerance",), "bidder"),
    Apart(5, "proposer_approves", ("nominate_benchmark",), ("conclude_evaluation", "confirm_benchmark")),
    Apart(5, "proposer_approves", ("conclude_evaluation",), ("confirm_benchmark",)),
    Apart(5, "proposer_approves", ("propose_payment",), ("approve_payment",), "bidder"),
    Apart(5, "proposer_approves", ("approve_payment",), ("propose_payment",), "bidder"),
    Apart(5, "approver_pays", ("propose_payment", "approve_payment"), ("pay_milestone",), "bidder"),
    Apart(5, "approver_pays", ("pay_milestone",), ("propose_payment", "approve_payment"), "bidder"),
    Apart(5, "approver_pays", CHOSEN, ("record_benefit",)),
    Apart(5, "approver_pays", ("record_benefit",), CHOSEN),
    Apart(5, "approver_pays", ("conclude_acceptance", "decide_fault_tolerance"), ("record_refund", "confirm_refund")),
    Apart(5, "approver_pays", ("record_refund",), ("confirm_refund",), "bidder"),
    Apart(5, "proposer_approves", ("suggest_rule_change",), ("answer_suggestion",), "item"),
    Apart(7, "granted_before", ("start_trial:inclusion",), ("decide_extension:inclusion",), "bidder"),
    Apart(8, "same_person", ("propose_resumption",), ("approve_resumption",), "bidder"),
    Apart(8, "same_person", ("request_extension",), ("decide_extension",), "item"),
    Apart(8, "same_person", ("propose_correction",), ("confirm_correction",), "item"),
    Apart(8, "same_person", ("take_over",), ("confirm_take_over",)),
)

AFRESH = ("propose_resumption", "request_extension", "propose_correction")
"""A new proposal takes the place of the one before; all else is remembered of everybody who ever did it."""

FOR_SAFETY = ("report_incident", "suspend_trial")
"""What nobody is kept from for the side that they take: one person is enough for it, whoever they were before."""

_FIRST = (*(deed for line in APART for deed in line.first), *TRIED)


def refuse_involved(docket: Docket) -> None:
    """Raises Refused with the code of the first line that keeps these two deeds apart."""
    _refuse_persons(docket, docket.command.actor.persons)
    if (second := getattr(docket.command.act, "with_officer", None)) in docket.command.actor.persons:
        docket.refuse("same_person", person=second)
    now = hands_of(docket.state, docket.command)[0]
    bidding, owner = units_bidding(docket.state), docket.state.profile.owner if docket.state.profile else ""
    for unit in (docket.unit, *docket.command.actor.ties):
        if unit in bidding and is_one_of(now.deed, OVER_BIDDERS):
            docket.refuse("own_unit_bids", unit=unit)
    if owner in docket.command.actor.ties and is_one_of(now.deed, TO_THE_OWNER):
        docket.refuse("tied_to_owner", owner=owner, verb=docket.command.act.verb)


def _refuse_persons(docket: Docket, persons: tuple[str, ...]) -> None:
    now, *sides = hands_of(docket.state, docket.command)
    if docket.command.act.verb in FOR_SAFETY:
        sides = []
    deeds = (now.deed, *(side.deed for side in sides))
    for line in APART:
        if any(is_one_of(deed, line.then) for deed in deeds):
            for hand in docket.state.hands:
                known = [person for person in persons if person in hand.persons]
                if known and is_one_of(hand.deed, line.first) and are_about_the_same(line, hand, now):
                    did = hand.deed.partition(":")[0]
                    docket.refuse(line.code, person=known[0], did=did, verb=docket.command.act.verb)


def units_bidding(state: SceneState) -> tuple[str, ...]:
    """Everybody who bids, alone or in a consortium, or has a contract."""
    bids = (unit for bid in state.bids for unit in (bid.bidder, *bid.consortium))
    return tuple(dict.fromkeys((*bids, *(contract.bidder for contract in state.contracts))))


def kept_from(state: SceneState, person: str, deed: str) -> Refused | None:
    """Why somebody may not do this later in the scene, by what they did so far; for who is to be chosen for it."""
    for line in APART:
        if line.about != "scene" or not is_one_of(deed, line.then):
            continue
        for hand in state.hands:
            if person in hand.persons and is_one_of(hand.deed, line.first):
                verb, did = deed.partition(":")[0], hand.deed.partition(":")[0]
                return Refused(line.code, person=person, did=did, verb=verb)
    return None


def who_tried(state: SceneState) -> set[str]:
    """Everybody who decided in a trial of the scene."""
    return {person for hand in state.hands if is_one_of(hand.deed, TRIED) for person in hand.persons}


def took_sides(state: SceneState, person: str) -> bool:
    """Whether somebody has acted for the owner or for a bidder of this scene."""
    return any(person in hand.persons for hand in state.hands if hand.deed in (OWNER, BIDDER))


def two_officers(docket: Docket, second: str | None) -> tuple[str, ...]:
    """The persons who issue an order, admit a trial, open the bids: the second is judged as the first is.

    Raises Refused: second_officer_missing, same_person, and the code of a line that keeps the second apart.
    """
    persons = docket.command.actor.persons
    if second is None:
        docket.refuse("second_officer_missing")
    if second in persons:
        docket.refuse("same_person", person=second)
    _refuse_persons(docket, (second,))
    return (*persons, second)


def refuse_officers(docket: Docket, officers: tuple[str, ...]) -> None:
    """The verifier of an order is a third person."""
    if known := [person for person in docket.command.actor.persons if person in officers]:
        docket.refuse("officer_verifies", person=known[0])


def remember(state: SceneState, command: Command) -> tuple[Hand, ...]:
    """The hands after a command that stood; `state` is that before it."""
    hands = state.hands
    for new in hands_of(state, command):
        if not is_one_of(new.deed, _FIRST):
            continue
        before = find(hands, deed=new.deed, bidder=new.bidder, item=new.item)
        if before is not None and not is_one_of(new.deed, AFRESH):
            new = new.model_copy(update={"persons": tuple(dict.fromkeys((*before.persons, *new.persons)))})
        hands = put(hands, new, by=lambda hand: (hand.deed, hand.bidder, hand.item))
    return hands


def is_one_of(deed: str, names: tuple[str, ...]) -> bool:
    """A verb without its kind stands for every kind."""
    return deed in names or deed.partition(":")[0] in names


def are_about_the_same(line: Apart, hand: Hand, now: Hand) -> bool:
    if line.about == "another bidder":
        return hand.bidder != now.bidder
    return about(hand, line) == about(now, line)


def about(hand: Hand, line: Apart) -> str:
    return {"scene": "", "bidder": hand.bidder, "item": hand.item}.get(line.about, "")


def officers_of(command: Command) -> tuple[str, ...]:
    """Whoever acts, and the second officer whom the act names."""
    second = getattr(command.act, "with_officer", None)
    return (*command.actor.persons, second) if second else command.actor.persons


def _about(state: SceneState, objection: str) -> str:
    found = find(state.objections, id=objection)
    return found.about if found is not None else ""


def hands_of(state: SceneState, command: Command) -> tuple[Hand, ...]:
    """What a command is a deed of: first its verb with its kind, then the role of somebody who takes sides, and what it
    concludes on."""
    act, actor = command.act, command.actor
    bidder, item = getattr(act, "bidder", None) or "", ""
    kind, persons = "", actor.persons
    match act:
        case OpenBids() | AdmitTrial(with_officer=str()):
            persons = officers_of(command)
        case RecordFault(with_officer=str()) | AnalyseIncident(order=str(), with_officer=str()):
            kind, persons = "order", officers_of(command)
        case PublishNotice() | RaiseObjection():
            kind = act.about
        case AnswerObjection() | DecideComplaint() | ConcludeComplaint():
            kind = _about(state, act.objection)
        case GiveExpertOpinion():
            kind = act.purpose
        case ConvenePanel():
            kind, persons = act.purpose, officers_of(command)
        case SignContract() | RecordReading():
            kind = actor.role
        case StartTrial(inclusion=True):
            kind = "inclusion"
        case RequestExtension() | DecideExtension():
            deadline = find(state.deadlines, id=act.deadline)
            kind, item = (deadline.limit if deadline is not None else ""), act.deadline
            bidder = (deadline.bidder if deadline is not None else None) or ""
        case ProposeCorrection() | ConfirmCorrection():
            item = act.correction
        case SuggestRuleChange() | AnswerSuggestion():
            item = act.suggestion
        case Complain() | AnswerComplaint():
            item = act.complaint
        case _:
            pass
    deed = f"{act.verb}:{kind}" if kind else act.verb
    sides = [Hand(deed=actor.role, persons=actor.persons)] if actor.role in (Role.OWNER, Role.BIDDER) else []
    if isinstance(act, Override | Terminate | WithdrawBenchmark) and act.objection is not None:
        sides.append(Hand(deed=f"conclude_complaint:{_about(state, act.objection)}", persons=actor.persons))
    return (Hand(deed=deed, bidder=bidder, item=item, persons=persons), *sides)
