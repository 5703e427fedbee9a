"""The docket: one command being judged.

A stage's rules read `docket.state`, `record` events (each is folded in at once, so that what comes after sees it), move
machines along the rows of the lifecycle table, and set, meet and cancel deadlines. What they refuse leaves no trace:
the docket is thrown away. `decide` stays a pure function of its arguments.
"""

import math
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NoReturn

from models.calendar import Period
from models.commands import Command
from models.deadline import AwaitedService, Deadline, DeadlineStatus, Holder
from models.events import AnyEvent
from models.events.anywhere import AdverseDecision, DecisionFinal, ServiceAwaited, ServiceDropped
from models.events.clock import (
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMoved,
    DeadlinePaused,
    DeadlineSet,
    SceneClosed,
    SceneEnding,
    StepEntered,
)
from models.policy import GreenChannelRules, Policy
from models.refusal import Refused
from models.state import IncidentStatus, SceneState
from models.vocabulary import Machine, Outcome, Role, RunsFrom, Scale, Stage, Suspends
from rules import lifecycle
from rules.deadlines import local_day, new_deadline, remaining, resumed
from rules.evolve import evolve
from rules.keyed import find

BIDDER_MACHINES = {
    Machine.CONTRACT: "contracts",
    Machine.TRIAL: "trials",
    Machine.INCLUSION: "inclusions",
    Machine.ACCEPTANCE: "acceptances",
}


REMEDIES = ("service", "appeal_window", "appeal")
"""Limits of the clocks that run after a decision against somebody."""

OF_INCIDENTS = (
    "incident_report", "incident_acknowledgement", "incident_analysis", "casualty_report", "upward_report",
    "leak_notice", "correction_order", "correction_check", "incident_close",
)  # fmt: skip
"""Limits of what is owed for an incident; the order of an inclusion period is a clock of that period instead."""


RUN_ON_IN_REMEDIES = (
    "rollback", "correction_order", "correction_check", "trial", "insurance", "inclusion", "refund", "refund_receipt",
    "fault_tolerance", "take_over_confirmation",
)  # fmt: skip
"""Limits of what is carried out, or runs out, also where a scene only waits for its remedies.

A trial's time, its insurance and its inclusion period run on as they do for a trial that is stopped.
"""


ENDED_FOR_NOW = ("ended_early", "breached")
"""How an inclusion period ends by a decision: what is left of it waits until that cannot be appealed any more."""


class Docket:
    """`at` is the moment of the act (the alarm's own for an alarm), `day` the date that periods are counted from."""

    def __init__(self, policy: Policy, state: SceneState, command: Command, now: datetime) -> None:
        self.policy = policy
        self.state = state
        self.command = command
        self.now = now
        self.at = now
        self.day: date = command.effective_on or local_day(now)
        self.cause: str = command.act.verb
        self.events: list[AnyEvent] = []

    @property
    def sequence(self) -> int:
        """Of the journal entry that is being written."""
        return self.state.sequence + 1

    @property
    def person(self) -> str:
        return self.command.actor.person

    @property
    def unit(self) -> str:
        return self.command.actor.unit

    @property
    def role(self) -> Role:
        return self.command.actor.role

    def refuse(self, code: str, **details: object) -> NoReturn:
        raise Refused(code, **details)

    def record(self, event: AnyEvent) -> None:
        """A request that falls away with this event leaves nobody with a duty to answer it."""
        self.events.append(event)
        before = self.state
        self.state = evolve(before, event)
        for request in before.extension_requests:
            if request not in self.state.extension_requests:
                self.cancel(f"extension_answer/{request.deadline}")
        if before.withdrawal is not None and self.state.withdrawal is None:
            for party in before.withdrawal.parties:
                self.cancel(f"withdrawal_consent/{party}")
        for refund in before.refunds:
            if find(self.state.refunds, bidder=refund.bidder) is None:
                self._work_goes_on(refund.bidder)

    def _work_goes_on(self, bidder: str) -> None:
        """Nothing is owed back, so it is asked no more whether the failure is tolerated, nor by which remedy."""
        self.cancel(f"refund/{bidder}")
        self.cancel(f"fault_tolerance/{bidder}")
        for decision in self.state.decisions:
            if (decision.verb, decision.bidder) == ("decide_fault_tolerance", bidder):
                self.make_final(decision.sequence)

    # machines

    def step(self, machine: Machine, bidder: str | None = None) -> str:
        """Where a machine stands; "" where it has not begun."""
        if bidder is None:
            return self.state.step
        part = find(getattr(self.state, BIDDER_MACHINES[machine]), bidder=bidder)
        return part.step if part is not None else ""

    def enter(self, step: str, *, due_on: date | None = None, period: Period | None = None) -> None:
        """Moves the scene itself, and sets the new step's deadline for its holder."""
        self.move(Machine.SCENE, None, step, due_on=due_on, period=period)

    def move(
        self,
        machine: Machine,
        bidder: str | None,
        step: str,
        *,
        due_on: date | None = None,
        period: Period | None = None,
        limit: str | None = None,
    ) -> None:
        """Moves a machine along a row of the table; `limit` stands in for the step's own."""
        left = self.step(machine, bidder)
        if not lifecycle.has_row(machine, left, self.cause, step):
            raise AssertionError(f"no row in the lifecycle table: {machine} {left} --{self.cause}--> {step}")
        self._end_clocks(machine, bidder, step)
        spec = lifecycle.step_of(machine, step)
        stage = self._stage_of_return() if step == "returned" else spec.stage
        self.record(
            StepEntered(machine=machine, bidder=bidder, step=step, stage=stage, left=left, at=self.at, on=self.day)
        )
        limit = limit or spec.limit
        if limit is None or self._has_its_clock(_named(limit, bidder), step):
            return
        holder = self.holder(spec.holder, bidder) if spec.holder is not None else None
        self.set_deadline(
            limit, holder, self._verbs_of(holder, machine, step),
            machine=machine, bidder=bidder, step=step, due_on=due_on, period=period,
        )  # fmt: skip

    def _has_its_clock(self, id: str, step: str) -> bool:
        """Whether a step that is entered again still has its clock, running or waiting for service."""
        return any(find(clocks, id=id, step=step) for clocks in (self.state.deadlines, self.state.services))

    def _verbs_of(self, holder: Holder | None, machine: Machine, step: str) -> tuple[str, ...]:
        """With which verbs a holder may discharge the duty of a step."""
        if holder is None:
            return ()
        may = self.policy.permissions
        verbs = lifecycle.verbs_at(machine, step)
        if machine is Machine.SCENE:
            verbs = lifecycle.discharging(step)
        return tuple(verb for verb in verbs if holder.role in may.get(verb, ()))

    def _stage_of_return(self) -> Stage:
        return lifecycle.step_of(Machine.SCENE, self.state.returned.to).stage if self.state.returned else Stage.REVIEW

    def _end_clocks(self, machine: Machine, bidder: str | None, entering: str) -> None:
        """The clocks of a step end with it: met where the act was theirs, cancelled where it was another's.

        What is only interrupted, by remedies, keeps the clocks of its step: it may be entered again.
        """
        for deadline in self.state.deadlines:
            if (deadline.machine, deadline.bidder) != (machine, bidder) or deadline.step in ("", entering):
                continue
            if deadline.limit == "yearly_review" and self.state.is_raised:
                continue  # a benchmark that is being raised is reviewed as any other
            if self.cause in deadline.verbs and self._is_holder(deadline):
                self.met(deadline.id)
            elif entering != "remedies":
                self.cancel(deadline.id)
        for awaited in self.state.services:
            left = (awaited.machine, awaited.bidder) == (machine, bidder) and awaited.step not in ("", entering)
            if left and entering != "remedies":
                self._drop(awaited)

    def _is_holder(self, deadline: Deadline) -> bool:
        return deadline.holder is not None and deadline.holder.unit == self.unit

    def close(self, outcome: Outcome) -> None:
        """Ends the scene. It waits in `remedies` for appeals that are possible, and for all that is still to be done.

        That is open incidents, orders not verified, rollbacks not proven, payments and refunds owed: their clocks run
        on meanwhile; all else but the remedies stands still.
        """
        if self.state.decisions or self._still_to_be_done():
            if self.state.outcome is not outcome:
                self.record(SceneEnding(outcome=outcome))
            if self.state.step != "remedies":
                self.enter("remedies")
            self.stand_still()
            self.run_on()
            return
        self.enter("closed")
        for awaited in self.state.services:
            self._drop(awaited)
        for deadline in self.state.deadlines:
            self.cancel(deadline.id)
        self.record(SceneClosed(outcome=outcome, at=self.at))

    def _still_to_be_done(self) -> bool:
        state = self.state
        rollbacks = any(trial.step == "rolling_back" for trial in state.trials)
        orders = any(each.open_orders for each in state.inclusions)
        owed = state.owed_payments or state.owed_refunds or state.refunds_on_their_way
        return bool(self.open_incidents() or owed or rollbacks or orders)

    def open_incidents(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.state.incidents if each.status is not IncidentStatus.CLOSED)

    def refuse_over_incidents(self) -> None:
        """Nobody ends a scene over an incident (S4 四（十一） 闭环): it is closed first."""
        if incidents := self.open_incidents():
            self.refuse("incidents_open", incidents=", ".join(incidents))

    def used(self, step: str) -> bool:
        """Whether the city's policy and the scene's track use a step of the lifecycle."""
        profile = self.state.profile
        if profile is None or step in self.policy.steps_off or step in self.policy.tracks[profile.track].skips:
            return False
        return step != "confirmation" or profile.scale is Scale.COMPREHENSIVE

    def first_used(self, *steps: str) -> str:
        """The first of these steps that is in use."""
        return next(step for step in steps if self.used(step))

    # clocks

    def holder(self, role: Role, bidder: str | None = None, person: str | None = None) -> Holder:
        """Who plays a role in this scene."""
        match role:
            case Role.LEAD:
                unit = self.state.lead
            case Role.OWNER:
                unit = self.state.profile.owner if self.state.profile else None
            case Role.REGULATOR:
                unit = self.state.regulator
            case Role.BIDDER:
                unit = bidder
            case _:
                unit = self.policy.office(role)
        return Holder(role=role, unit=unit or "", person=person)

    def first_holder(self, verb: str) -> Holder | None:
        """Whose duty an act is that several may do: the first of the policy's roles for it that one unit plays."""
        holders = (self.holder(role) for role in self.policy.permissions.get(verb, ()))
        return next((holder for holder in holders if holder.unit), None)

    def set_deadline(
        self,
        limit: str,
        holder: Holder | None,
        verbs: tuple[str, ...],
        *,
        key: str = "",
        machine: Machine = Machine.SCENE,
        bidder: str | None = None,
        step: str | None = None,
        period: Period | None = None,
        due_on: date | None = None,
        counted_from: date | None = None,
        to: Holder | None = None,
    ) -> None:
        """Sets a deadline under one of the policy's limits, bound to a step: it ends when the step is left.

        Its id is the limit with `key`, or with the bidder, behind it. `step` "" binds it to no step at all. Where all
        else stands still, the new clock does too. One that runs from service waits for it; it is served to `to`, by
        default to its holder.
        """
        planned = AwaitedService(
            id=_named(limit, bidder, key),
            entry=self.sequence,
            on=self.day,
            to=to or holder,
            limit=limit,
            holder=holder,
            verbs=verbs,
            machine=machine,
            bidder=bidder,
            step=self.step(machine, bidder) if step is None else step,
            period=period,
        )
        if planned.to is not None and self.policy.limit(limit).runs_from is RunsFrom.SERVICE:
            self.record(ServiceAwaited(awaited=planned))
            self.expect_service()
        else:
            self.start(planned, counted_from or self.day, due_on)

    def start(self, planned: AwaitedService, counted_from: date, due_on: date | None = None) -> None:
        """The clock runs from that day; `due_on` fixes its end instead. A green channel shortens what it may."""
        green = self._green_channel(planned)
        deadline = new_deadline(
            self.policy,
            planned.limit,
            key=planned.id,
            holder=planned.holder,
            verbs=planned.verbs,
            machine=planned.machine,
            bidder=planned.bidder,
            step=planned.step,
            sequence=self.sequence,
            counted_from=counted_from,
            set_at=self.at,
            period=planned.period
            if green is None
            else _shortened(self.policy.limit(planned.limit).period, green.share),
            due_on=due_on,
        )
        if green is not None:
            deadline = deadline.model_copy(update={"clause": f"{deadline.clause}；{green.clause}"})
        self._set(deadline)

    def _green_channel(self, planned: AwaitedService) -> GreenChannelRules | None:
        """The rule by which a clock is shortened, where the scene was granted it."""
        rules, granted = self.policy.green_channel, self.state.green_channel
        if rules is None or granted is None or not granted.granted or planned.period is not None:
            return None
        return rules if planned.limit in rules.limits else None

    def start_served(self, planned: AwaitedService, served_on: date) -> None:
        """The clock runs from the service; where it could not have run since, from when it could again.

        Nobody loses time to a standstill that lay between a service and its entry; while it lasts, none has gone by.
        """
        pauses = self.policy.limit(planned.limit).when_suspended is Suspends.PAUSES
        days = [served_on, self.state.reopened_on, self.state.ran_on if pauses else None]
        runs_on = planned.limit in RUN_ON_IN_REMEDIES or is_of_incident(planned)
        waits = self.state.step == "remedies" and not runs_on
        if waits or (pauses and self.state.suspension is not None):
            days.append(self.day)
        self.start(planned, max(day for day in days if day is not None))

    def expect_service(self) -> None:
        """The office has to prove the service of what this entry decides."""
        office = self.holder(Role.PLATFORM_OFFICE)
        self.set_deadline("service", office, ("record_service",), key=str(self.sequence), step="")

    def _drop(self, awaited: AwaitedService) -> None:
        """A clock that waited for service is needed no more; neither is the service, where nothing else hangs on it."""
        self.record(ServiceDropped(id=awaited.id))
        unserved = any(each.sequence == awaited.entry and each.served_on is None for each in self.state.decisions)
        if not unserved and find(self.state.services, entry=awaited.entry) is None:
            self.cancel(f"service/{awaited.entry}")

    def share_deadline(self, of: Deadline, holder: Holder, verbs: tuple[str, ...], key: str) -> None:
        """Another holder's duty with the same date."""
        update: dict[str, Any] = {
            "id": _named(of.limit, of.bidder, key),
            "holder": holder, "verbs": verbs, "started_by": self.sequence,
            "step": self.step(of.machine, of.bidder),
        }  # fmt: skip
        self._set(of.model_copy(update=update))

    def _set(self, deadline: Deadline) -> None:
        self.record(DeadlineSet(deadline=deadline))
        if self._is_held(deadline):
            self.pause(deadline)

    def deadline(self, id: str) -> Deadline | None:
        return find(self.state.deadlines, id=id)

    def has_clock(self, id: str) -> bool:
        """Whether it runs, or waits for its service."""
        return self.deadline(id) is not None or find(self.state.services, id=id) is not None

    def met(self, id: str) -> None:
        """Nothing happens where no such deadline is open."""
        if (deadline := self.deadline(id)) is not None:
            self.record(DeadlineMet(id=id, late=self._is_late(deadline)))
        elif (awaited := find(self.state.services, id=id)) is not None:
            self._drop(awaited)

    def _is_late(self, deadline: Deadline) -> bool:
        """An act done on paper in time is not late because it was entered afterwards, nor one while its clock stood."""
        if deadline.status is DeadlineStatus.PAUSED:
            return (deadline.remaining or 0) < 0
        if self.command.effective_on is not None:
            return deadline.due_on < self.day
        return deadline.due_at <= self.at

    def cancel(self, id: str) -> None:
        if self.deadline(id) is not None:
            self.record(DeadlineCancelled(id=id, because=self.cause))
        elif (awaited := find(self.state.services, id=id)) is not None:
            self._drop(awaited)

    def shift(self, deadline: Deadline, because: str) -> None:
        self.record(DeadlineMoved.model_validate({"deadline": deadline, "because": because}))

    # decisions against somebody

    def decide_against(
        self,
        against: str,
        reopens: str,
        *,
        closes_as: Outcome | None = None,
        machine: Machine = Machine.SCENE,
        bidder: str | None = None,
        item: str | None = None,
    ) -> None:
        """An adverse decision: it has to be served, and its remedy runs from the service."""
        self.record(
            AdverseDecision(
                decision=self.sequence,
                verb=self.cause,
                against=against,
                by=self.person,
                machine=machine,
                bidder=bidder,
                reopens=reopens,
                closes_as=closes_as,
                on=self.day,
                item=item,
            )
        )
        self.expect_service()

    def make_final(self, decision: int) -> None:
        """No remedy against it is needed, or possible, any more; it is still served where a clock waits for that."""
        self.record(DecisionFinal(decision=decision))
        waits = find(self.state.services, entry=decision) is not None
        for limit in REMEDIES:
            if not (waits and limit == "service"):
                self.cancel(f"{limit}/{decision}")

    # standing still

    def _is_held(self, deadline: Deadline) -> bool:
        """Open remedies hold what neither is theirs nor runs on, a suspended scene or a stopped trial what they may.

        The policy says which clocks a suspension holds.
        """
        in_remedies = self.state.step == "remedies"
        if in_remedies and not self._runs_on_in_remedies(deadline):
            return deadline.limit not in REMEDIES
        if deadline.limit == "inclusion" and self.step(Machine.INCLUSION, deadline.bidder) in ENDED_FOR_NOW:
            return True  # it waits for the remedies against its end
        if deadline.limit in ("refund", "refund_receipt") and self._tolerance_is_asked(deadline.bidder):
            return True
        if deadline.limit == "refund" and self._is_said_to_be_paid_back(deadline.bidder):
            return True
        pauses = self._says_the_notice(deadline)
        if pauses is None:
            pauses = self.policy.limit(deadline.limit).when_suspended is Suspends.PAUSES
        suspended = self.state.suspension is not None and not in_remedies
        return (pauses and suspended) or self._is_held_by_its_trial(deadline, pauses)

    def _says_the_notice(self, deadline: Deadline) -> bool | None:
        """What the start notice says of an inclusion period's clock; None of any other, or where it is silent."""
        period = find(self.state.inclusions, bidder=deadline.bidder) if deadline.limit == "inclusion" else None
        return period.suspension_pauses if period is not None else None

    def _runs_on_in_remedies(self, deadline: Deadline) -> bool:
        limit = deadline.limit
        return limit in RUN_ON_IN_REMEDIES or is_of_incident(deadline) or self._is_payment_that_runs(deadline)

    def _tolerance_is_asked(self, bidder: str | None) -> bool:
        """Whether a refund may fall away: nobody pays back what a finding may tolerate (容错)."""
        owed = find(self.state.refunds, bidder=bidder, settled=False) or find(self.state.acceptances, bidder=bidder)
        return owed is not None and owed.fault_tolerance_asked and owed.fault_tolerated is None

    def _is_said_to_be_paid_back(self, bidder: str | None) -> bool:
        """Whether it is the payer's turn: to say that it came."""
        owed = find(self.state.refunds, bidder=bidder, settled=False)
        return owed is not None and owed.declared_yuan is not None

    def _is_payment_that_runs(self, deadline: Deadline) -> bool:
        """What is owed is paid in the law's time, whatever becomes of the scene (保障中小企业款项支付条例)."""
        return deadline.limit == "payment" and self.policy.limit("payment").when_suspended is Suspends.RUNS

    def _is_held_by_its_trial(self, deadline: Deadline, pauses: bool) -> bool:
        """A bidder whose trial was stopped: its clocks run on when the trial does, or is over."""
        if deadline.step or deadline.bidder is None or self.step(Machine.TRIAL, deadline.bidder) != "suspended":
            return False
        if deadline.machine is Machine.INCLUSION:
            says = self._says_the_notice(deadline)
            held = self.policy.inclusion.suspension_pauses if says is None else says
            return deadline.limit == "inclusion" and held
        return deadline.machine is Machine.TRIAL and pauses and not is_of_incident(deadline)

    def stand_still(self) -> None:
        """Pauses every clock that is held now."""
        for deadline in self.state.deadlines:
            if self._is_held(deadline):
                self.pause(deadline)

    def run_on(self) -> None:
        """Resumes every clock that nothing holds any more."""
        for deadline in self.state.deadlines:
            if not self._is_held(deadline):
                self.resume(deadline)

    def pause(self, deadline: Deadline) -> None:
        """Also one that is overdue: nobody is reminded of what cannot be done now."""
        if deadline.status is not DeadlineStatus.PAUSED:
            left = remaining(self.policy, deadline, self.at, self.day)
            self.record(DeadlinePaused(id=deadline.id, remaining=left))

    def resume(self, deadline: Deadline) -> None:
        """It is not due before it began, whatever day the act counts from."""
        if deadline.status is DeadlineStatus.PAUSED:
            again = resumed(self.policy, deadline, self.at, self.day)
            if again.due_on < deadline.started_on:
                again = resumed(self.policy, deadline, self.at, deadline.started_on)
            self.shift(again, "resumption")

    def open_deadlines(self, limit: str, bidder: str | None = None) -> tuple[Deadline, ...]:
        return tuple(each for each in self.state.deadlines if each.limit == limit and each.bidder == bidder)


def is_of_incident(clock: Deadline | AwaitedService) -> bool:
    """An incident is dealt with whatever becomes of its trial, and of the scene."""
    return clock.limit in OF_INCIDENTS and clock.machine is Machine.TRIAL


def _shortened(period: Period, share: Fraction) -> Period:
    return period.model_copy(update={"length": max(1, math.ceil(period.length * share))})


def _named(limit: str, bidder: str | None, key: str = "") -> str:
    return "/".join(part for part in (limit, bidder, key) if part)
