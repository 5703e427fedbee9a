"""The horse race (赛马): several bidders try their solutions side by side, and midway they are compared."""

import math
from datetime import timedelta

from models.commands.matching import CompareRacers
from models.events.matching import RacersCompared
from models.vocabulary import Machine
from rules import settling
from rules.bidding import mode_of
from rules.docket import Docket
from rules.scoring import on_the_sheet


def compare(docket: Docket, act: CompareRacers) -> None:
    """Midway in a 赛马 the racers are laid side by side; one may go no further, never a better one than who goes on."""
    racing = [trial for trial in docket.state.trials if trial.step in ("running", "suspended")]
    if docket.state.challenge is None or (mode := mode_of(docket)).winners < 2 or len(racing) < 2:
        docket.refuse("no_race", racing=", ".join(trial.bidder for trial in racing) or "-")
    racers, named = [trial.bidder for trial in racing], [finding.bidder for finding in act.findings]
    if sorted(named) != sorted(racers) or act.ends not in (None, *racers):
        docket.refuse("other_racers", racers=", ".join(racers), named=", ".join(named))
    for trial in racing:
        end, started = docket.deadline(f"trial/{trial.bidder}"), trial.started_on
        if mode.compare_from is not None and end is not None and started is not None:
            earliest = started + timedelta(days=math.ceil((end.due_on - started).days * mode.compare_from))
            if docket.day < earliest:
                docket.refuse("race_too_young", bidder=trial.bidder, share=mode.compare_from, earliest=earliest)
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
    if act.ends is not None:
        docket.decide_against(act.ends, reopens="planning", machine=Machine.TRIAL, bidder=act.ends)
        settling.end_inclusion(docket, act.ends, "ended_early")
        docket.move(Machine.TRIAL, act.ends, "rolling_back")
        settling.end_trial_clocks(docket, act.ends)
