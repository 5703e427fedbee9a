"""The panel at the end of a trial: experts evaluate it, the regulator concludes with their recommendation before it.

The regulator convenes it, as the policy says (`panels.exit`): how many, how many of them experts, drawn or named, and
which trials it is for (`trial.exit_panel_for`). It judges the exit report, so it speaks once that is filed; each member
marks the policy's criteria and recommends, or not. The regulator answers for the conclusion: it waits for every member,
may differ, and then says why. Who spoke here is one of those who may fill a share of the acceptance panel only.
"""

from models.commands.review import ConvenePanel, GiveExpertOpinion, Recuse
from models.commands.trial import ConcludeExit
from models.policy import Policy
from models.state import SceneState, Trial
from models.vocabulary import PanelPurpose
from rules import panels, separation
from rules.docket import Docket
from rules.keyed import find

LIMIT = "exit_evaluation"
OF_A_MEMBER = ("give_expert_opinion",)


def needed(policy: Policy, state: SceneState, trial: Trial) -> bool:
    """Whether experts evaluate this trial; of the risk that the regulator found, or else the bidder's own word."""
    profile = state.profile
    if "exit" not in policy.panels or profile is None:
        return False
    risk = trial.found_risk or trial.risk or profile.risk
    return policy.trial.exit_panel_for.has(risk, profile.scale, profile.maturity)


def is_asked(policy: Policy, state: SceneState, bidder: str) -> bool:
    """Whether a bidder's trial is at its exit and experts evaluate it."""
    trial = find(state.trials, bidder=bidder)
    return trial is not None and trial.step == "exit" and needed(policy, state, trial)


def convene(docket: Docket, act: ConvenePanel) -> None:
    _asked(docket, act.bidder)
    parties = (*docket.state.owners, *separation.units_bidding(docket.state))
    panels.convene(docket, act, limit=LIMIT, verbs=OF_A_MEMBER, parties=parties)


def give_opinion(docket: Docket, act: GiveExpertOpinion) -> None:
    if not _asked(docket, act.bidder).exit_report:
        docket.refuse("exit_report_missing")
    panels.give_opinion(docket, act, LIMIT)


def recuse(docket: Docket, act: Recuse) -> None:
    _asked(docket, act.bidder)
    panels.recuse(docket, act, limit=LIMIT, verbs=OF_A_MEMBER)


def _asked(docket: Docket, bidder: str | None) -> Trial:
    """The trial of a bidder, at its exit, that a panel is asked about."""
    trial = find(docket.state.trials, bidder=bidder)
    if trial is None or trial.step != "exit":
        known = ", ".join(each.bidder for each in docket.state.trials if each.step == "exit") or "-"
        docket.refuse("unknown_bidder", bidder=bidder or "-", known=known)
    if not needed(docket.policy, docket.state, trial):
        docket.refuse("no_exit_panel", bidder=trial.bidder)
    return trial


def refuse_unheard(docket: Docket, act: ConcludeExit, trial: Trial) -> bool | None:
    """Whether the panel found it fit; None where none is asked."""
    if not needed(docket.policy, docket.state, trial):
        return None
    panel = find(docket.state.panels, purpose=PanelPurpose.EXIT, bidder=act.bidder)
    if panel is None or panel.void:
        docket.refuse("exit_panel_missing", bidder=act.bidder)
    panels.refuse_incomplete(docket, panel)
    yes, votes = panels.votes(docket.policy, panel)
    if act.fit_for_acceptance is not (yes >= votes) and act.against_panel is None:
        docket.refuse("exit_against_panel", yes=yes, size=len(panel.seats), needed=votes)
    return yes >= votes
