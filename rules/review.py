"""Review: the departments are asked, the conditions of competition are checked, experts advise, the lead decides.

A consultation that finds no quorum goes to `deadlock`, where the lead asks again, returns, refuses, or the leading
group steps in; it never passes because everybody has answered. A failed fair-competition review blocks what follows,
and entry conditions on region, track record, size or ownership are refused outright (S0 三（一）1, S3 四（二）).
"""

from typing import assert_never

from models.commands.review import (
    AskConsultation,
    ConcludeFairCompetition,
    ConfirmScene,
    ConvenePanel,
    GiveExpertOpinion,
    GiveOpinion,
    ListScene,
    Recognise,
    Recuse,
    Refuse,
    ReviewAct,
)
from models.deadline import Deadline, Holder
from models.events.review import (
    ConsultationAsked,
    ConsultationClosed,
    FairCompetitionConcluded,
    OpinionGiven,
    SceneConfirmed,
    SceneListed,
    SceneRecognised,
)
from models.policy import Closing
from models.state import FairCompetitionResult
from models.vocabulary import Machine, NoticeAbout, Outcome, PanelPurpose, Position, Role
from rules import acceptance, exit_panel, matching, notices, panels
from rules.consultation import tally
from rules.docket import Docket
from rules.fair_competition import answered_flags, refuse_unfair


def judge(docket: Docket, act: ReviewAct) -> None:
    match act:
        case AskConsultation():
            _ask(docket)
        case GiveOpinion():
            _give_opinion(docket, act)
        case ConcludeFairCompetition():
            _conclude_fair_competition(docket, act)
        case ConvenePanel():
            _convene(docket, act)
        case GiveExpertOpinion():
            _give_expert_opinion(docket, act)
        case Recuse():
            _recuse(docket, act)
        case Recognise():
            panels.refuse_unless_recommended(docket, panels.seated(docket, PanelPurpose.RECOGNITION))
            _refuse_unless_up_to_standard(docket, act)
            recognised(docket)
        case Refuse():
            _against_owner(docket)
        case ConfirmScene(confirmed=True):
            docket.record(SceneConfirmed())
            _to_notice(docket)
        case ConfirmScene():
            _against_owner(docket)
        case ListScene():
            notices.refuse_while_complained(docket, NoticeAbout.RECOGNITION)
            docket.record(SceneListed(list=act.list, batch=act.batch))
            docket.enter("listed")
        case _:
            assert_never(act)


def _against_owner(docket: Docket) -> None:
    owner = docket.state.profile.owner if docket.state.profile else ""
    docket.decide_against(owner, reopens=docket.state.step, closes_as=Outcome.REFUSED)
    docket.close(Outcome.REFUSED)


def _ask(docket: Docket) -> None:
    rules, before = docket.policy.consultation, docket.state.consultation
    if not docket.used("consultation") or not docket.state.cooperating:
        docket.enter("fair_competition")
        return
    if docket.state.step == "deadlock" and before is not None and before.round >= rules.rounds:
        docket.refuse("rounds_used_up", rounds=rules.rounds)
    open_round(docket)


def open_round(docket: Docket) -> None:
    """A new round: every cooperating department is asked, with a duty of its own."""
    docket.enter("consultation")
    before, units = docket.state.consultation, docket.state.cooperating
    docket.record(ConsultationAsked(round=before.round + 1 if before else 1, units=units))
    for unit in units:
        holder = Holder(role=Role.COOPERATING, unit=unit)
        docket.set_deadline("consultation", holder, ("give_opinion",), key=unit)
    if docket.policy.consultation.closes is Closing.AT_DEADLINE:
        docket.set_deadline("consultation", None, ())


def _give_opinion(docket: Docket, act: GiveOpinion) -> None:
    consultation, unit = docket.state.consultation, docket.unit
    if consultation is None or unit not in consultation.units:
        docket.refuse("not_asked", unit=unit)
    if any(opinion.unit == unit and not opinion.void for opinion in consultation.opinions):
        docket.refuse("opinion_already_given", unit=unit)
    if unit not in _waited_for(docket):
        docket.refuse("silent_already", unit=unit)
    if act.position is Position.CONDITIONAL and not act.conditions:
        docket.refuse("conditions_missing")
    docket.record(OpinionGiven(unit=unit, person=docket.person, position=act.position, conditions=len(act.conditions)))
    docket.met(f"consultation/{unit}")
    count(docket)


def _waited_for(docket: Docket) -> tuple[str, ...]:
    """The departments whose time still runs."""
    clocks = docket.open_deadlines("consultation")
    return tuple(clock.holder.unit for clock in clocks if clock.holder is not None)


def count(docket: Docket) -> None:
    """Closes the round if the policy says that it is time."""
    consultation = docket.state.consultation
    if consultation is None or docket.state.step != "consultation":
        return
    rules = docket.policy.consultation
    result = tally(rules, consultation, waiting=_waited_for(docket))
    over = not docket.open_deadlines("consultation")
    match rules.closes:
        case Closing.WHEN_ANSWERED | Closing.AT_DEADLINE:
            closes = over
        case Closing.WHEN_DECIDED:
            closes = over or result.decided
        case _:
            assert_never(rules.closes)
    if closes:
        docket.record(ConsultationClosed(tally=result, passed=result.passes))
        docket.enter("fair_competition" if result.passes else "deadlock")


def consultation_ran_out(docket: Docket, _: Deadline) -> None:
    """A department's time is over: it is silent, and what it says from here on does not count in this round."""
    count(docket)


def _conclude_fair_competition(docket: Docket, act: ConcludeFairCompetition) -> None:
    refuse_unfair(docket, act.conditions)
    result = FairCompetitionResult(passed=act.passed, conditions=len(act.conditions))
    texts = (act.conclusion if act.passed else "", *(each.text for each in act.conditions))
    flags = answered_flags(docket, texts, act.findings)
    docket.record(FairCompetitionConcluded(result=result, flags=flags))
    own = docket.deadline("fair_competition")
    if not act.passed and own is not None:
        # Blocked: the drafter amends and concludes again, in the same time.
        docket.met(own.id)
        docket.set_deadline("fair_competition", docket.holder(Role.LEAD), own.verbs)
    elif docket.used("expert_review"):
        docket.enter("expert_review")
    else:
        recognised(docket)


def _convene(docket: Docket, act: ConvenePanel) -> None:
    match act.purpose:
        case PanelPurpose.RECOGNITION:
            if docket.state.step != "expert_review":
                docket.refuse("wrong_step", step=docket.state.step, verb=act.verb, possible="-")
            owners = docket.state.owners
            panels.convene(docket, act, limit="expert_review", verbs=("give_expert_opinion",), parties=owners)
        case PanelPurpose.SCORING:
            matching.convene(docket, act)
        case PanelPurpose.ACCEPTANCE:
            acceptance.convene(docket, act)
        case PanelPurpose.EXIT:
            exit_panel.convene(docket, act)
        case _:
            assert_never(act.purpose)


def _give_expert_opinion(docket: Docket, act: GiveExpertOpinion) -> None:
    if act.purpose is PanelPurpose.ACCEPTANCE:
        panels.give_opinion(docket, act, "acceptance_review")
        return
    if act.purpose is PanelPurpose.EXIT:
        exit_panel.give_opinion(docket, act)
        return
    if docket.state.step != "expert_review":
        docket.refuse("wrong_step", step=docket.state.step, verb=act.verb, possible="-")
    panels.give_opinion(docket, act, "expert_review")


def _recuse(docket: Docket, act: Recuse) -> None:
    """While the panel speaks; a tie that comes to light afterwards is for an objection."""
    if act.purpose is PanelPurpose.EXIT:
        exit_panel.recuse(docket, act)
        return
    speaking = {
        PanelPurpose.RECOGNITION: ("expert_review", ("give_expert_opinion",), docket.state.step),
        PanelPurpose.SCORING: ("scoring", ("score_bid",), docket.state.step),
        PanelPurpose.ACCEPTANCE: (
            "acceptance_review", acceptance.OF_A_MEMBER, docket.step(Machine.ACCEPTANCE, act.bidder or "-"),
        ),
    }  # fmt: skip
    limit, verbs, step = speaking[act.purpose]
    if step not in ("expert_review", "scoring", "reviewing") or (step == "reviewing") != (limit == "acceptance_review"):
        docket.refuse("wrong_step", step=step, verb=act.verb, possible="-")
    panels.recuse(docket, act, limit=limit, verbs=verbs)


def _refuse_unless_up_to_standard(docket: Docket, act: Recognise) -> None:
    """A scene is recognised by the city's standard, every criterion of it, or not at all."""
    standard = docket.policy.recognition.criteria if docket.policy.recognition else ()
    found = {finding.criterion for finding in act.findings}
    if missing := [criterion for criterion in standard if criterion not in found]:
        docket.refuse("findings_missing", missing="、".join(missing))
    if unknown := [each for each in sorted(found) if each not in standard]:
        docket.refuse("unknown_criterion", unknown="、".join(unknown), known="、".join(standard) or "-")


def recognised(docket: Docket) -> None:
    docket.record(SceneRecognised())
    if docket.used("confirmation"):
        docket.enter("confirmation")
    else:
        _to_notice(docket)


def _to_notice(docket: Docket) -> None:
    docket.enter("recognised" if docket.used("recognition_notice") else "listing")
