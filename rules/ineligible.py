"""Whoever is found ineligible may appeal; the call does not wait for it.

Upheld before a contract is signed, the check is made anew (招标投标法实施条例81): within it that bid alone, later all
of them, and what followed from it falls away, points and offers too. One ranking is one comparison by one panel; a bid
that was scored alone, by judges who know the others' points, would be none. It is the way that an upheld objection to
the ranking goes. Once a contract is signed its parties rely on it: the upheld appeal is
kept as a finding, on which damages may rest, and changes nothing. So it is where the owner has withdrawn, or where the
scene ends by another decision.

A check or a call that is made anew for another reason leaves nothing to appeal against: the bidder takes part in it.
"""

from models.deadline import AwaitedService, Deadline
from models.events.anywhere import UpheldTooLate
from models.events.matching import EligibilityAnnulled
from models.state import Decision, SceneState
from models.vocabulary import Machine, Outcome
from rules.docket import Docket


def check_anew(docket: Docket, decision: Decision) -> None:
    """Raises nothing: what can no longer be brought back is recorded as upheld too late."""
    state = docket.state
    if any(each.step in ("signed", "dissolved") for each in state.contracts):
        docket.record(UpheldTooLate(decision=decision.sequence, because="contract_signed"))
    elif state.step == "remedies" and not _ends_for_want_of_bids(state):
        docket.record(UpheldTooLate(decision=decision.sequence, because="scene_ending"))
    elif state.step == "eligibility":
        docket.record(EligibilityAnnulled(bidder=decision.bidder or ""))
    else:
        clocks: tuple[Deadline | AwaitedService, ...] = (*state.deadlines, *state.services)
        for clock in clocks:
            if clock.machine is Machine.CONTRACT:
                docket.cancel(clock.id)
        forget(docket)
        docket.enter("eligibility")
        docket.run_on()


def forget(docket: Docket) -> None:
    """The check, or the call, is made anew, and with it the decisions on who is eligible."""
    for decision in docket.state.decisions:
        if decision.verb == "verify_eligibility":
            docket.make_final(decision.sequence)


def _ends_for_want_of_bids(state: SceneState) -> bool:
    return state.outcome is Outcome.UNMATCHED and not any(each.closes_as for each in state.decisions)
