"""The horse race (赛马): several bidders try their solutions side by side, and midway they are compared.

A race may be compared from a share of each racer's trial on (`compare_from`), and where the policy gives a limit
(`race_comparison`) the lead department has that long from then on. A scene that was taken over with several trials
running is a race by what was declared of it: there is no challenge here to say so.
"""

import math
from datetime import date, timedelta

from models.commands.matching import CompareRacers
from models.events.matching import RacersCompared
from models.policy import ModeRule, Policy
from models.state import SceneState, Trial
from models.vocabulary import Machine, Mode, Role
from rules import settling
from rules.docket import Docket
from rules.scoring import on_the_sheet

CLOCK = "race_comparison"


def compare(docket: Docket, act: CompareRacers) -> None:
    """Midway in a 赛马 the racers are laid side by side; one may go no further, never a better one than who goes on."""
    racing, rule = _racing(docket.state), _rule(docket.policy, docket.state)
    if rule is None or len(racing) < 2:
        docket.refuse("no_race", racing=", ".join(trial.bidder for trial in racing) or "-")
    racers, named = [trial.bidder for trial in racing], [finding.bidder for finding in act.findings]
    if sorted(named) != sorted(racers) or act.ends not in (None, *racers):
        docket.refuse("other_racers", racers=", ".join(racers), named=", ".join(named))
    for trial in racing:
        earliest = _comparable_from(docket, rule, trial)
        if earliest is not None and docket.day < earliest:
            docket.refuse("race_too_young", bidder=trial.bidder, share=rule.compare_from, earliest=earliest)
    scored = any(finding.scores for finding in act.findings)
    tenths = {
        finding.bidder: sum(points for _, points in on_the_sheet(docket, finding.scores)) if scored else None
        for finding in act.findings
    }
    if act.ends is not None and scored:
        its = tenths[act.ends] or 0
        if worse := [bidder for bidder, points in tenths.items() if (points or 0) < its]:
            docket.refuse("ends_the_better", bidder=act.ends, points=its / 10, worse=", ".join(worse))
    docket.record(RacersCompared(racers=tuple(tenths.items()), ends=act.ends))
    docket.met(CLOCK)
    if act.ends is not None:
        docket.decide_against(act.ends, reopens="planning", machine=Machine.TRIAL, bidder=act.ends)
        settling.end_inclusion(docket, act.ends, "ended_early")
        docket.move(Machine.TRIAL, act.ends, "rolling_back")
        settling.end_trial_clocks(docket, act.ends)


def keep_clock(docket: Docket) -> None:
    """The duty to compare stands while there is a race that nobody compared, and is no earlier than the race allows.

    Called after every command: racers start, stand still, are extended and end by many.
    """
    if docket.policy.limits.race_comparison is None or docket.state.closed:
        return
    racing, rule = _racing(docket.state), _rule(docket.policy, docket.state)
    days = [_comparable_from(docket, rule, trial) for trial in racing] if rule is not None else []
    known = [day for day in days if day is not None]
    if docket.state.race_compared or len(known) < 2 or len(known) < len(days):
        docket.cancel(CLOCK)
        return
    since, clock = max(known), docket.deadline(CLOCK)
    if clock is not None and since > clock.started_on:
        docket.cancel(CLOCK)
        clock = None
    if clock is None:
        holder = docket.holder(Role.LEAD)
        docket.set_deadline(CLOCK, holder, ("compare_racers",), step="", counted_from=max(since, docket.day))


def is_on(policy: Policy, state: SceneState) -> bool:
    """Whether there are racers to compare; from which day on, the policy says."""
    return _rule(policy, state) is not None and len(_racing(state)) >= 2


def _racing(state: SceneState) -> list[Trial]:
    return [trial for trial in state.trials if trial.step in ("running", "suspended")]


def _rule(policy: Policy, state: SceneState) -> ModeRule | None:
    """The mode by which several may win; None where it is no race."""
    challenge = state.challenge
    if challenge is None and not state.declared:
        return None
    rule = policy.modes.get(challenge.mode if challenge is not None else Mode.HORSE_RACE)
    return rule if rule is not None and rule.winners > 1 else None


def _comparable_from(docket: Docket, rule: ModeRule, trial: Trial) -> date | None:
    """None where the policy names no share, or the trial has no end to count to."""
    end, started = docket.deadline(f"trial/{trial.bidder}"), trial.started_on
    if rule.compare_from is None or end is None or started is None:
        return None
    return started + timedelta(days=math.ceil((end.due_on - started).days * rule.compare_from))
