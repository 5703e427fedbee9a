"""When the bidders' machines have settled, the scene itself moves on.

With several bidders at once (赛马) the scene waits for the last of them: it is as far as its slowest open bidder. A
bidder who signs early begins at once, while the others still sign.
"""

from collections.abc import Sequence

from models.calendar import Period
from models.deadline import AwaitedService, Deadline, Holder
from models.events.acceptance import AcceptanceOpened
from models.events.matching import Awarded, CallFailed
from models.events.trial import TrialSuspended
from models.state import Challenge, SceneState
from models.vocabulary import Machine, Outcome, Role
from rules import lifecycle, refunds
from rules.docket import BIDDER_MACHINES, Docket
from rules.keyed import find


def settle(docket: Docket) -> None:
    """Moves a scene with bidders at work to where the slowest of them stands, or beyond them all."""
    step, contracts, acceptances = docket.state.step, docket.state.contracts, docket.state.acceptances
    at_work = next((to for machine, to in _WORK if not _all_settled(docket, machine)), None)
    if step not in lifecycle.BY_AGREEMENT or step == at_work:
        return
    if at_work is not None:
        docket.enter(at_work)
    elif any(each.step == "passed" for each in acceptances):
        docket.enter("candidate")
    elif any(each.step == "signed" for each in contracts):
        docket.close(Outcome.FAILED if acceptances else Outcome.TERMINATED)
    elif step == "contracting":
        call_failed(docket, "no_contract")
    else:
        docket.close(Outcome.WITHDRAWN)


_WORK = ((Machine.CONTRACT, "contracting"), (Machine.TRIAL, "trial"), (Machine.ACCEPTANCE, "acceptance"))
"""The bidders' machines in order, and where the scene waits for each."""


def _all_settled(docket: Docket, machine: Machine) -> bool:
    parts = getattr(docket.state, BIDDER_MACHINES[machine])
    return all(lifecycle.step_of(machine, part.step).terminal for part in parts)


def refuse_open_parts(docket: Docket) -> None:
    """An upheld appeal may reopen a bidder's part in a scene that has moved on: it neither closes nor rises over it."""
    if parts := open_parts(docket.state):
        docket.refuse("parts_open", parts=", ".join(parts))


def open_parts(state: SceneState) -> tuple[str, ...]:
    """Where a bidder still has something to do: its name, the machine, and where that stands."""
    return tuple(
        f"{part.bidder} {machine} {part.step}"
        for machine, parts in BIDDER_MACHINES.items()
        for part in getattr(state, parts)
        if not lifecycle.step_of(machine, part.step).terminal
    )


def call_failed(docket: Docket, because: str) -> None:
    """The call found nobody: it is re-issued as often as the policy says, then the scene closes.

    The call of a scene that was taken over was its first. None is issued again while money of the last contract is
    owed.
    """
    docket.record(CallFailed.model_validate({"because": because}))
    challenge = docket.state.challenge
    number = challenge.number if challenge else 1
    if number <= docket.policy.contracting.reissues and not (docket.state.owed_payments or docket.state.owed_refunds):
        docket.enter("unmatched")
    else:
        docket.close(Outcome.UNMATCHED)


def is_no_call(docket: Docket, challenge: Challenge) -> bool:
    """An invitation that was not approved: nobody could bid, so it uses up no call."""
    mode = docket.policy.modes.get(challenge.mode)
    return mode is not None and mode.invited_only and not challenge.reviewed


def no_call(docket: Docket) -> None:
    """Back to where it was posted from. The time to re-issue stood still meanwhile and runs on, a day at the least."""
    challenge = docket.state.challenge
    if challenge is None or challenge.reissue_left is None:
        docket.enter("listed")
        return
    unit = docket.policy.limits.reissue.period.unit
    docket.enter("unmatched", period=Period(length=max(challenge.reissue_left, 1), unit=unit))


def offer_to_next(docket: Docket) -> None:
    """A contract that came to nothing is offered to the next in the ranking who passed."""
    if not docket.policy.contracting.next_ranked:
        return
    asked = {contract.bidder for contract in docket.state.contracts}
    for ranked in docket.state.ranking:
        if ranked.passed and ranked.bidder not in asked:
            docket.record(Awarded(bidder=ranked.bidder, rank=ranked.rank))
            docket.move(Machine.CONTRACT, ranked.bidder, "offered")
            return


def begin_work(docket: Docket, bidder: str) -> None:
    """After the contract: to the sandbox, or on the fast track (S3) straight to delivery and acceptance."""
    if docket.used("trial"):
        docket.move(Machine.TRIAL, bidder, "planning")
    else:
        open_acceptance(docket, bidder)


def open_acceptance(docket: Docket, bidder: str) -> None:
    """The bidder applies within the time after its trial, or on the fast track within that for its delivery."""
    contract = find(docket.state.contracts, bidder=bidder)
    docket.record(AcceptanceOpened(bidder=bidder, budget_yuan=contract.budget_yuan if contract else 0))
    docket.move(Machine.ACCEPTANCE, bidder, "applying", limit=None if docket.used("trial") else "delivery")


def ask_for_acceptance_opinions(docket: Docket, bidder: str) -> None:
    """Owners, regulator and cooperating departments each have a duty of their own, well before the review is due.

    So has the S&T bureau, which signed as third party, where the policy lets it speak and it does not lead itself.
    """
    holders = [Holder(role=Role.OWNER, unit=unit) for unit in docket.state.owners]
    holders.append(docket.holder(Role.REGULATOR))
    holders += [Holder(role=Role.COOPERATING, unit=unit) for unit in docket.state.cooperating]
    bureau = docket.holder(Role.ST_BUREAU)
    if Role.ST_BUREAU in docket.policy.permissions["give_acceptance_opinion"] and bureau.unit != docket.state.lead:
        holders.append(bureau)
    seen = set()
    for holder in holders:
        if holder.unit and holder.unit not in seen:
            seen.add(holder.unit)
            docket.set_deadline(
                "acceptance_opinion", holder, ("give_acceptance_opinion",),
                key=holder.unit, machine=Machine.ACCEPTANCE, bidder=bidder,
            )  # fmt: skip


def stop_retrial(docket: Docket, bidder: str) -> None:
    """A re-trial that did not end well leaves nothing to accept."""
    if docket.step(Machine.ACCEPTANCE, bidder) == "retrial":
        docket.move(Machine.ACCEPTANCE, bidder, "lapsed")


def suspend_trial(docket: Docket, bidder: str) -> None:
    """Stops a running trial; a trial that does not run is left as it is."""
    if docket.step(Machine.TRIAL, bidder) != "running":
        return
    docket.record(TrialSuspended(bidder=bidder, by=docket.person, on=docket.day))
    docket.move(Machine.TRIAL, bidder, "suspended")
    docket.stand_still()


def end_trial_clocks(docket: Docket, bidder: str, but: Sequence[str] = ()) -> None:
    """The trial's end, its insurance, its reports. An incident is dealt with to its end, what a stop held runs on."""
    for limit in ("trial", "insurance", "report", "midterm"):
        if limit not in but:
            docket.cancel(f"{limit}/{bidder}")
    docket.run_on()


def end_inclusion(docket: Docket, bidder: str, step: str, *, for_now: bool = False) -> None:
    """Ends a period that runs, with its clocks. `for_now`: what is left of it waits for the end of the remedies.

    A period leaves its open order behind, however it ended but by a breach: that is still carried out, and verified.
    """
    if docket.step(Machine.INCLUSION, bidder) in ("active", "extended"):
        docket.move(Machine.INCLUSION, bidder, step)
    clocks: tuple[Deadline | AwaitedService, ...] = (*docket.state.deadlines, *docket.state.services)
    for clock in clocks:
        if clock.bidder != bidder or clock.machine is not Machine.INCLUSION:
            continue
        if step != "breached" and clock.limit in ("correction_order", "correction_check"):
            continue
        if for_now and isinstance(clock, Deadline) and clock.limit == "inclusion":
            docket.pause(clock)
        else:
            docket.cancel(clock.id)


def end_part(docket: Docket, bidder: str, trial: str) -> None:
    """Ends what is still open of a bidder's contract, trial, inclusion period and acceptance.

    What a trial that had started has put up is taken down first: only a rollback that was proven ends it.
    """
    end_inclusion(docket, bidder, "ended_early")
    started = docket.step(Machine.TRIAL, bidder) in lifecycle.STARTED
    for machine, to in (
        (Machine.TRIAL, "rolling_back" if started else trial),
        (Machine.ACCEPTANCE, "withdrawn"),
        (Machine.CONTRACT, "dissolved"),
    ):
        if lifecycle.has_row(machine, docket.step(machine, bidder), docket.cause, to):
            docket.move(machine, bidder, to)
    end_trial_clocks(docket, bidder)
    refunds.work_ended(docket, bidder)
