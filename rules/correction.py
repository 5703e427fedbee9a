"""Correction of an entry: a second person confirms, and a superseding event stands beside it; nothing is edited.

What a department said is that department's: only its own people propose to correct its opinion, and only they or the
platform office, which keeps the record, confirm it. So nobody else turns an objection into an agreement. So it is with
an award, and those who may make one.
"""

from models.commands.anywhere import ConfirmCorrection, ProposeCorrection
from models.events.anywhere import CorrectionProposed, CorrectionRejected, EntryCorrected
from models.events.review import OpinionGiven
from models.state import Opinion
from models.vocabulary import Role
from rules import review
from rules.docket import Docket
from rules.keyed import find


def propose(docket: Docket, act: ProposeCorrection) -> None:
    if act.sequence > docket.state.sequence:
        docket.refuse("unknown_entry", sequence=act.sequence)
    if find(docket.state.corrections, id=act.correction) is not None:
        docket.refuse("correction_exists", correction=act.correction)
    opinion = _opinion(docket, act.sequence)
    if opinion is not None and docket.unit != opinion.unit:
        docket.refuse("opinion_of_another", unit=opinion.unit)
    _refuse_anothers_award(docket, act.sequence)
    docket.record(
        CorrectionProposed(correction=act.correction, sequence=act.sequence, by=docket.person, position=act.position)
    )


def confirm(docket: Docket, act: ConfirmCorrection) -> None:
    """The entry stays as it was written; a superseding one stands beside it once a second person has confirmed it."""
    correction = find(docket.state.corrections, id=act.correction)
    if correction is None:
        docket.refuse("unknown_correction", correction=act.correction)
    opinion = _opinion(docket, correction.sequence)
    if opinion is not None and docket.unit != opinion.unit and docket.role is not Role.PLATFORM_OFFICE:
        docket.refuse("opinion_of_another", unit=opinion.unit)
    if docket.role is not Role.PLATFORM_OFFICE:
        _refuse_anothers_award(docket, correction.sequence)
    if not act.confirmed:
        docket.record(CorrectionRejected(correction=act.correction, by=docket.person))
        return
    docket.record(EntryCorrected(correction=act.correction, sequence=correction.sequence, by=docket.person))
    consultation = docket.state.consultation
    if correction.position is None or consultation is None or consultation.result is not None:
        return
    wrong = find(consultation.opinions, sequence=correction.sequence, void=False)
    if wrong is not None:
        docket.record(
            OpinionGiven(
                unit=wrong.unit,
                person=wrong.person,
                position=correction.position,
                conditions=wrong.conditions,
                corrects=correction.sequence,
            )
        )
        review.count(docket)


def _refuse_anothers_award(docket: Docket, sequence: int) -> None:
    """What an award says, to whom and for what, is corrected by those who may award, also in words only."""
    may = docket.policy.permissions.get("award", ())
    if any(each.awarded_in == sequence for each in docket.state.contracts) and docket.role not in may:
        docket.refuse("award_of_another", role=docket.role, allowed=", ".join(may))


def _opinion(docket: Docket, sequence: int) -> Opinion | None:
    """The opinion that was given with an entry, in the present round."""
    consultation = docket.state.consultation
    return find(consultation.opinions, sequence=sequence) if consultation is not None else None
