"""Staged trials: test, demonstration, pilot (测试、示范、试运行), and the gate that each phase ends with.

A phase is left when it lasted long enough, its indicators reach their targets, nothing is left open, and its reports
are in: what of it counts is the policy's gate of that phase. Everything that is missing is named at once. Nothing is
fit for acceptance that stayed behind: the last phase has to be passed too, or the one that the policy names.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from models.deadline import Deadline, DeadlineStatus
from models.plan import KpiResult, Reading
from models.policy import PhaseGate, Policy
from models.state import IncidentStatus, SceneState, Trial, order_key
from models.vocabulary import Phase
from rules.calendar import due_date
from rules.keyed import find
from rules.trial_plan import past_stop, reached, report_period


class Unmet(NamedTuple):
    """A condition of a gate: what of, how it stands, what is needed."""

    what: Literal["phase", "time", "kpi", "incident", "order", "overdue", "reports"]
    of: str
    stands: str
    needs: str

    def __str__(self) -> str:
        return f"{self.what} {self.of}: {self.stands} / {self.needs}"


def next_of(order: Sequence[Phase], present: Phase | None) -> Phase | None:
    """The first of the order that is later than the present one, which a newer policy may leave out; else None."""
    if present in order:
        return next(iter(order[order.index(present) + 1 :]), None)
    every = list(Phase)
    return next((each for each in order if present is None or every.index(each) > every.index(present)), None)


def unmet(policy: Policy, state: SceneState, bidder: str, today: date) -> tuple[Unmet, ...]:
    """What the gate of the bidder's present phase still asks for; nothing where the policy has no gate for it."""
    trial = find(state.trials, bidder=bidder)
    gate = next((each for each in policy.trial.gates if trial is not None and each.phase is trial.phase), None)
    if trial is None or gate is None:
        return ()
    return tuple(_unmet(policy, state, trial, gate, today))


def to_pass(policy: Policy, order: Sequence[Phase]) -> Phase | None:
    """The phase that a trial through `order` has to have passed to be found fit; None: any will do."""
    last, named = order[-1], policy.trial.fit_from
    if named is None:
        return last if policy.trial.gates else None
    return min(named, last, key=list(Phase).index)


def short_of_fit(policy: Policy, state: SceneState, order: Sequence[Phase], trial: Trial) -> tuple[Unmet, ...]:
    """What a trial that is over lacks of the phases to be found fit for acceptance.

    Of a trial that was taken over while it ran, what came before is declared, not gone through here.
    """
    needed, every = to_pass(policy, order), list(Phase)
    if needed is None or (trial.declared and trial.attempt == 1):
        return ()
    if trial.phase is None or every.index(trial.phase) < every.index(needed):
        return (Unmet("phase", trial.bidder, trial.phase or "-", needed),)
    if trial.phase is not needed or trial.last_day is None:
        return ()
    lacks = unmet(policy, state, trial.bidder, trial.last_day + timedelta(days=1))
    # A report that is owed bars nobody who says why it is missing: `shortfalls`.
    return tuple(each for each in lacks if each.what != "overdue")


def _unmet(policy: Policy, state: SceneState, trial: Trial, gate: PhaseGate, today: date) -> Iterator[Unmet]:
    if gate.at_least is not None and trial.phase_since is not None:
        counted_from = trial.phase_since + timedelta(days=trial.stood_still)
        first = due_date(policy.calendar, counted_from, gate.at_least).on + timedelta(days=1)
        if today < first:
            yield Unmet("time", gate.phase, today.isoformat(), first.isoformat())
    for kpi in trial.kpis if gate.targets else ():
        reading = find(trial.readings, kpi=kpi.key)
        if reading is None or not _of_present_phase(trial, reading):
            yield Unmet("kpi", f"{kpi.key} {kpi.name}", "-", f"{kpi.target} {kpi.unit}")
        elif not reached(kpi, reading.value):
            yield Unmet("kpi", f"{kpi.key} {kpi.name}", f"{reading.value} {kpi.unit}", f"{kpi.target} {kpi.unit}")
    if gate.nothing_open:
        yield from _open(state, trial.bidder)
    if trial.phase_reports < gate.reports:
        yield Unmet("reports", gate.phase, str(trial.phase_reports), str(gate.reports))


def _of_present_phase(trial: Trial, reading: Reading) -> bool:
    """Recorded in it, and measured in it."""
    return reading.phase is trial.phase and (trial.phase_since is None or reading.on >= trial.phase_since)


def _open(state: SceneState, bidder: str) -> Iterator[Unmet]:
    for incident in state.incidents:
        if incident.bidder == bidder and incident.status is not IncidentStatus.CLOSED:
            yield Unmet("incident", incident.id, incident.status, IncidentStatus.CLOSED)
    for fault in state.open_orders(bidder):
        yield Unmet("order", f"{bidder} {order_key(fault.number)}", "open", "verified")
    for deadline in state.deadlines:
        late = deadline.status is DeadlineStatus.OVERDUE and deadline.bidder == bidder
        if late and deadline.limit in ("report", "midterm", "incident_report"):
            yield Unmet("overdue", deadline.id, deadline.due_on.isoformat(), "filed")


def results(trial: Trial) -> tuple[KpiResult, ...]:
    """Each indicator by its last reading."""
    lasts = ((kpi, find(trial.readings, kpi=kpi.key)) for kpi in trial.kpis)
    return tuple(
        KpiResult(
            kpi=kpi.key,
            target=kpi.target,
            value=last.value if last else None,
            reached=last is not None and reached(kpi, last.value),
        )
        for kpi, last in lasts
    )


def was_due(clock: Deadline, end: Deadline) -> bool:
    """Whether a report was due before the trial's end; one that a stop held may have been overdue before it."""
    if clock.status is DeadlineStatus.PAUSED:
        return (clock.remaining or 0) < 0
    return clock.due_on <= end.due_on


def shortfalls(policy: Policy, state: SceneState, bidder: str) -> tuple[str, ...]:
    """What a trial that is over leaves to explain: each report owed, by its due day; each indicator past its stop."""
    trial = find(state.trials, bidder=bidder)
    if trial is None:
        return ()
    past = [
        kpi.key for kpi in trial.kpis for last in trial.readings if last.kpi == kpi.key and past_stop(kpi, last.value)
    ]
    return (*_reports_owed(policy, state, trial), *past)


def _reports_owed(policy: Policy, state: SceneState, trial: Trial) -> Iterator[str]:
    """One for each period that went by without one, not for the oldest alone."""
    for limit in ("report", "midterm"):
        clock = find(state.deadlines, id=f"{limit}/{trial.bidder}")
        due_on = clock.due_on if clock is not None else None
        while due_on is not None:
            yield f"{limit}/{due_on}"
            following = due_date(policy.calendar, due_on, report_period(policy, state)).on
            over = limit == "midterm" or trial.last_day is None or following > trial.last_day
            due_on = None if over else following


def beyond_stop(trial: Trial) -> tuple[str, ...]:
    """The indicators whose last reading is past the stop threshold."""
    lasts = ((kpi, find(trial.readings, kpi=kpi.key)) for kpi in trial.kpis)
    return tuple(
        f"{kpi.key} {kpi.name}: {last.value} / {kpi.stop}" for kpi, last in lasts if last and past_stop(kpi, last.value)
    )
