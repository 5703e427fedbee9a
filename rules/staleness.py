"""Whether a decision rests on what is no longer so.

A command is stale only if a later entry changed its own subject: that opinion, bid, trial, order, step. Other
departments' opinions never make it stale.
"""

from models.commands import BidderAct, Command
from models.commands.acceptance import CheckIntellectualProperty, GiveAcceptanceOpinion
from models.commands.anywhere import (
    AdoptPolicy,
    AnswerWithdrawal,
    Appeal,
    ConfirmCorrection,
    DecideAppeal,
    DecideExtension,
    LoadCalendar,
    Override,
    PassDeadline,
    ProposeCorrection,
    Reassign,
    RecordService,
    RequestExtension,
    Resume,
    Suspend,
    TakeOver,
    Terminate,
)
from models.commands.handling import AddSigner, CopyTo, DutyAct, Nudge, RemoveSigner, TakeBack
from models.commands.lineage import ConcludeLineageReview, InheritEvidence, ReopenReview
from models.commands.matching import (
    AmendChallenge,
    CompareRacers,
    DeclineAward,
    ProposeContract,
    RevealBid,
    ReviewInvitation,
    ScoreBid,
    SignContract,
    SubmitBid,
    VerifyEligibility,
    WithdrawBid,
)
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment
from models.commands.promotion import GiveBenchmarkOpinion, WithdrawBenchmark
from models.commands.review import (
    AnswerObjection,
    ConcludeComplaint,
    ConcludeFairCompetition,
    ConvenePanel,
    DecideComplaint,
    FileComplaint,
    GiveExpertOpinion,
    GiveOpinion,
    PublishNotice,
    RaiseObjection,
    Recuse,
)
from models.commands.solicitation import Submit
from models.commands.suggestions import AnswerSuggestion, SuggestRuleChange
from models.commands.support import (
    AnswerComplaint,
    AnswerFactor,
    AskGreenChannel,
    Complain,
    DecideGreenChannel,
    RecordFinance,
    RequestFactor,
)
from models.commands.trial import (
    AcknowledgeIncident,
    AdvancePhase,
    AnalyseIncident,
    CloseIncident,
    ConcludeExit,
    GiveTrialOpinion,
    NotifyLeak,
    ProposeResumption,
    RecordReading,
    ReportCorrection,
    ReportIncident,
    ReportUpward,
    VerifyCorrection,
    VerifyIncident,
)
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import PanelPurpose, Role


def subjects_of(command: Command) -> tuple[str, ...]:
    """What a command is about, in the words of `Event.touches`; nothing for one that cannot be stale."""
    act = command.act
    if isinstance(act, Override | Terminate | WithdrawBenchmark) and act.objection is not None:
        return (*_subjects(command), f"objection/{act.objection}")
    return _subjects(command)


def _subjects(command: Command) -> tuple[str, ...]:
    act = command.act
    match act:
        case Submit() | TakeOver() | PassDeadline() | LoadCalendar() | ReportIncident() | RaiseObjection():
            return ()
        case RecordReading() | Complain() | RequestFactor() | RecordFinance():
            return ()
        case AnswerComplaint():
            return (f"complaint/{act.complaint}",)
        case AnswerFactor():
            return (f"factor/{act.request}",)
        case AskGreenChannel() | DecideGreenChannel():
            return ("green_channel",)
        case AdvancePhase() | ProposeResumption() | ConcludeExit():
            return (f"trial/{act.bidder}", f"inclusion/{act.bidder}", f"reading/{act.bidder}")
        case GiveOpinion():
            return (f"opinion/{command.actor.unit}",)
        case GiveExpertOpinion() | Recuse():
            return (
                f"panel/{act.purpose}/{act.bidder or ''}",
                f"expert/{act.purpose}/{act.bidder or ''}/{command.actor.person}",
            )
        case Nudge() | CopyTo() | TakeBack():
            return ()
        case DutyAct():
            return (f"duty/{act.duty}",)
        case AddSigner() | RemoveSigner():
            return ("step", f"opinion/{act.unit}")
        case ConcludeFairCompetition():
            return ("step", "fair_competition")
        case ConvenePanel():
            return (f"panel/{act.purpose}/{act.bidder or ''}",)
        case PublishNotice():
            return (f"notice/{act.about}/{act.bidder or ''}",)
        case AnswerObjection() | FileComplaint() | DecideComplaint() | ConcludeComplaint():
            return (f"objection/{act.objection}",)
        case CompareRacers():
            return ("step", *(f"trial/{finding.bidder}" for finding in act.findings))
        case AmendChallenge() | ReviewInvitation():
            return ("challenge",)
        case SubmitBid():
            return ("challenge", f"bid/{act.bidder}")
        case WithdrawBid() | RevealBid() | VerifyEligibility():
            return (f"bid/{act.bidder}",)
        case ScoreBid():
            return (f"panel/{PanelPurpose.SCORING}/", f"score/{act.bidder}/{command.actor.person}")
        case ProposeContract() | SignContract() | DeclineAward():
            return (f"contract/{act.bidder}",)
        case AcknowledgeIncident() | AnalyseIncident() | VerifyIncident() | CloseIncident():
            return (f"incident/{act.incident}",)
        case ReportUpward():
            return (f"upward/{act.incident}",)
        case NotifyLeak():
            return (f"leak/{act.incident}/{act.to}",)
        case GiveTrialOpinion():
            actor = command.actor
            speaker = f"expert/{actor.person}" if actor.role is Role.EXPERT else actor.unit
            return (f"trial/{act.bidder}", f"trial/{act.bidder}/{speaker}")
        case GiveBenchmarkOpinion():
            speaker = command.actor.person if command.actor.role is Role.EXPERT else command.actor.unit
            return ("nomination", f"benchmark_opinion/{speaker}")
        case Override(bidder=str()):
            return ("step", f"trial/{act.bidder}")
        case GiveAcceptanceOpinion():
            return (f"acceptance/{act.bidder}", f"acceptance/{act.bidder}/{command.actor.unit}")
        case CheckIntellectualProperty():
            return (f"acceptance/{act.bidder}", f"ip/{act.bidder}")
        case AnswerWithdrawal():
            return ("withdrawal",)
        case RequestExtension() | DecideExtension():
            return (f"extension/{act.deadline}",)
        case Appeal() | DecideAppeal():
            return (f"decision/{act.decision}",)
        case RecordService():
            return (f"service/{act.entry}",)
        case ProposeCorrection() | ConfirmCorrection():
            return (f"correction/{act.correction}",)
        case ProposePayment() | ApprovePayment() | PayMilestone():
            return (f"payment/{act.bidder}/{act.milestone}", f"contract/{act.bidder}")
        case InheritEvidence():
            # Each names the entry it is as of: the rules refuse an older one, and a newer one is never stale.
            return (f"evidence/{act.evidence.scene}@{act.evidence.sequence}",)
        case SuggestRuleChange() | AnswerSuggestion():
            return (f"suggestion/{act.suggestion}",)
        case ReopenReview():
            return (f"lineage/{act.cause.review}",)
        case ConcludeLineageReview():
            return (f"lineage/{act.review}",)
        case Suspend() | Resume():
            return ("suspension",)
        case Reassign():
            return ("parts",)
        case AdoptPolicy():
            return ("policy",)
        case ReportCorrection(incident=str()):
            return (f"incident/{act.incident}",)
        case ReportCorrection() | VerifyCorrection():
            return (f"order/{act.bidder}" if act.fault is None else f"order/{act.bidder}/{act.fault}",)
        case BidderAct():
            return (f"trial/{act.bidder}", f"inclusion/{act.bidder}", f"acceptance/{act.bidder}")
        case _:
            return ("step",)


def refuse_stale(state: SceneState, command: Command) -> None:
    """Raises Refused: stale, seen_ahead."""
    if command.seen > state.sequence:
        raise Refused("seen_ahead", seen=command.seen, sequence=state.sequence)
    touched = dict(state.touched)
    for subject in subjects_of(command):
        if (changed := touched.get(subject, 0)) > command.seen:
            raise Refused("stale", seen=command.seen, subject=subject, changed=changed)
