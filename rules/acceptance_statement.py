"""One bidder's acceptance as a statement: verdict, opinions, silence, signatures, payments, refund; the scene's value.

Made from the journal and the state alone; nothing here is judged.
"""

from collections.abc import Sequence
from datetime import date

from models.commands.acceptance import (
    ConcludeAcceptance,
    DecideFaultTolerance,
    Defence,
    FieldTest,
    SiteVisit,
    ToleranceAnswer,
)
from models.deadline import Deadline
from models.frozen import Frozen
from models.journal import JournalEntry
from models.policy import Policy
from models.state import Acceptance, Payment, SceneState, Signature, UnitOpinion
from models.vocabulary import PanelPurpose
from rules import refunds
from rules.keyed import find


class Refund(Frozen):
    """`tolerated` None where nobody found on it. `declared_yuan`: said to be paid back, not received yet."""

    due_yuan: int
    refunded_yuan: int | None
    asked: bool
    tolerated: bool | None
    answers: tuple[ToleranceAnswer, ...]
    declared_yuan: int | None = None


class AcceptanceStatement(Frozen):
    """`awaited` are the units that still may give an opinion; `unsigned` are seats that did not sign any text.

    Value and shares are the scene's.
    """

    bidder: str
    step: str
    budget_yuan: int
    by_defence: bool
    verdict: str | None
    concluded_on: date | None
    concluded_by: str | None
    document_sha256: str | None
    rectifications: int
    rectifications_at_most: int
    retrials: int
    retrials_at_most: int
    opinions: tuple[UnitOpinion, ...]
    silent: tuple[str, ...]
    awaited: tuple[str, ...]
    seats: int
    recommending: int
    signatures: tuple[Signature, ...]
    unsigned: tuple[str, ...]
    payments: tuple[Payment, ...]
    paid_yuan: int
    refund: Refund | None
    clocks: tuple[Deadline, ...]
    value_yuan: int | None
    shares: tuple[tuple[str, str], ...]
    firsts: tuple[str, ...] = ()
    defence: Defence | None = None
    visit: SiteVisit | None = None
    field_tests: tuple[FieldTest, ...] = ()


def statement(
    policy: Policy, state: SceneState, journal: Sequence[JournalEntry], acceptance: Acceptance
) -> AcceptanceStatement:
    bidder = acceptance.bidder
    panel = find(state.panels, purpose=PanelPurpose.ACCEPTANCE, bidder=bidder)
    seats = panel.seats if panel else ()
    signed = {each.person for each in acceptance.signatures}
    clocks = [each for each in state.deadlines if each.bidder == bidder and each.limit in _CLOCKS]
    concluded = _conclusion(journal, bidder)
    return AcceptanceStatement(
        bidder=bidder,
        step=acceptance.step,
        budget_yuan=acceptance.budget_yuan,
        by_defence=acceptance.by_defence,
        verdict=acceptance.verdict,
        concluded_on=acceptance.concluded_on,
        concluded_by=acceptance.concluded_by,
        document_sha256=acceptance.document_sha256,
        rectifications=acceptance.rectifications,
        rectifications_at_most=policy.acceptance.rectifications,
        retrials=acceptance.retrials,
        retrials_at_most=policy.acceptance.retrials,
        opinions=acceptance.opinions,
        silent=acceptance.silent,
        awaited=tuple(each.holder.unit for each in clocks if each.limit == "acceptance_opinion" and each.holder),
        seats=len(seats),
        recommending=sum(seat.recommend is True for seat in seats),
        signatures=acceptance.signatures,
        unsigned=tuple(seat.person for seat in seats if seat.person not in signed),
        payments=tuple(each for each in state.payments if each.bidder == bidder),
        paid_yuan=refunds.paid_yuan(state, bidder),
        refund=_refund(state, journal, acceptance),
        clocks=tuple(sorted(clocks, key=lambda each: (each.due_at, each.id))),
        value_yuan=state.value_yuan,
        shares=state.value_shares,
        firsts=state.profile.firsts if state.profile else (),
        defence=concluded.defence if concluded else None,
        visit=concluded.visit if concluded else None,
        field_tests=concluded.field_tests if concluded else (),
    )


def _conclusion(journal: Sequence[JournalEntry], bidder: str) -> ConcludeAcceptance | None:
    """The last one, whatever became of it."""
    acts = (entry.command.act for entry in reversed(journal))
    return next((act for act in acts if isinstance(act, ConcludeAcceptance) and act.bidder == bidder), None)


_CLOCKS = (
    "acceptance_application", "delivery", "acceptance_review", "acceptance_opinion", "notice_publication",
    "public_notice", "rectification", "refund", "refund_receipt", "fault_tolerance", "payment",
)  # fmt: skip


def _refund(state: SceneState, journal: Sequence[JournalEntry], acceptance: Acceptance) -> Refund | None:
    """Of a result that failed, or of work that ended otherwise without acceptance."""
    owed = find(state.refunds, bidder=acceptance.bidder)
    coming = find(state.refunds_on_their_way, bidder=acceptance.bidder)
    if acceptance.step not in ("failed", "settled") and owed is None and coming is None:
        return None
    declared = owed.declared_yuan if owed is not None else None
    return Refund(
        due_yuan=acceptance.refund_due_yuan,
        refunded_yuan=acceptance.refunded_yuan,
        asked=acceptance.fault_tolerance_asked,
        tolerated=acceptance.fault_tolerated,
        answers=_answers(journal, acceptance.bidder) if acceptance.fault_tolerated is not None else (),
        declared_yuan=coming.amount_yuan if coming is not None else declared,
    )


def _answers(journal: Sequence[JournalEntry], bidder: str) -> tuple[ToleranceAnswer, ...]:
    for entry in reversed(journal):
        match entry.command.act:
            case DecideFaultTolerance(bidder=by, answers=answers) if by == bidder:
                return answers
            case _:
                pass
    return ()
