"""Copies and their kin: evidence goes down to the copies, alarm goes to all (S0 三（三）5, S4 四（十一）).

A copy does not start from nothing: it inherits what its original had shown, as of an entry that an auditor can look up.
In return nobody among the kin may look away: an incident in one, or a title that one lost, re-opens the review of every
other that is still open, once. The benchmark's evaluation team reviews it, else the regulator looks, and the platform
office where there is none yet. Whoever finds a running trial affected has to stop it first.

`evidence_of` and `kin` say what there is to inherit, and who is kin; who sends it is `client.lineage`.
"""

from collections.abc import Iterable
from typing import assert_never

from models.commands.lineage import ConcludeLineageReview, InheritEvidence, LineageAct, ReopenReview
from models.deadline import Holder
from models.events.lineage import EvidenceInherited, LineageReviewConcluded, LineageReviewOpened
from models.lineage import NEWEST_INCIDENTS, AcceptedResult, Evidence, Figure, KnownIncident, TriedOut
from models.state import SceneState, Trial
from models.vocabulary import Role
from rules import phases
from rules.docket import Docket
from rules.keyed import find


def judge(docket: Docket, act: LineageAct) -> None:
    match act:
        case InheritEvidence():
            _inherit(docket, act)
        case ReopenReview():
            _reopen(docket, act)
        case ConcludeLineageReview():
            _conclude(docket, act)
        case _:
            assert_never(act)


def _inherit(docket: Docket, act: InheritEvidence) -> None:
    """A copy that said at its submission what it copies has that original and no other.

    What claims a later entry than there is would bar the true evidence for ever; so it can be replaced by name. That
    the original's journal does not have it, or says something else by then, the ledger knows: `client.lineage` replaces
    it, and the doctor names it.
    """
    evidence, state = act.evidence, docket.state
    declared = state.profile.copied_from if state.profile else None
    if evidence.scene == state.scene or declared not in (None, evidence.scene):
        docket.refuse("not_the_original", scene=evidence.scene, original=declared or "-")
    known = find(state.inherited, scene=evidence.scene)
    if act.replaces is not None:
        if known is None or known.head != act.replaces:
            docket.refuse("evidence_not_there", scene=evidence.scene, head=known.head if known else "-")
    elif known is not None and known.sequence >= evidence.sequence:
        docket.refuse("evidence_known", scene=evidence.scene, sequence=known.sequence)
    docket.record(EvidenceInherited(evidence=evidence))


def _reopen(docket: Docket, act: ReopenReview) -> None:
    review, state = act.cause.review, docket.state
    if act.cause.scene == state.scene:
        docket.refuse("own_cause", scene=state.scene)
    if find(state.lineage_reviews, id=review) is not None:
        docket.refuse("review_reopened_already", review=review)
    docket.record(LineageReviewOpened(cause=act.cause))
    holder, verbs = _reviewer(docket)
    docket.set_deadline("lineage_review", holder, verbs, key=review, step="")


def _reviewer(docket: Docket) -> tuple[Holder, tuple[str, ...]]:
    if docket.state.titled:
        return docket.holder(Role.EVALUATION_TEAM), ("conclude_lineage_review", "review_benchmark")
    role = Role.REGULATOR if docket.state.regulator else Role.PLATFORM_OFFICE
    return docket.holder(role), ("conclude_lineage_review",)


def _conclude(docket: Docket, act: ConcludeLineageReview) -> None:
    review = find(docket.state.lineage_reviews, id=act.review)
    if review is None or review.affected is False:
        docket.refuse("no_lineage_review", review=act.review, known=", ".join(open_reviews(docket.state)) or "-")
    clock = docket.deadline(f"lineage_review/{act.review}")
    holder = clock.holder if clock is not None and clock.holder is not None else _reviewer(docket)[0]
    if holder.role is not docket.role:
        docket.refuse("not_your_part", unit=docket.unit, role=docket.role, expected=holder.unit)
    running = [trial.bidder for trial in docket.state.trials if trial.step == "running"]
    if act.affected and running:
        docket.refuse("affected_trial_runs", bidder=", ".join(running))
    if act.affected and docket.state.titled:
        docket.refuse("affected_benchmark")
    _answered(docket, act.review, affected=act.affected)


def answer_all(docket: Docket, *, affected: bool) -> None:
    """A benchmark that was reviewed anew, or lost its title, has answered what its kin had re-opened."""
    for review in open_reviews(docket.state):
        _answered(docket, review, affected=affected)


def _answered(docket: Docket, review: str, *, affected: bool) -> None:
    docket.record(LineageReviewConcluded(review=review, affected=affected, by=docket.person))
    docket.met(f"lineage_review/{review}")


def refuse_itself(docket: Docket, other: str | None) -> None:
    if other == docket.state.scene:
        docket.refuse("copies_itself", scene=other)


def refuse_counted(docket: Docket, copy: str | None) -> None:
    """Each copy that is known by its id is counted once; it is kin only when it says so itself."""
    refuse_itself(docket, copy)
    if copy is not None and find(docket.state.replications, scene=copy) is not None:
        docket.refuse("copy_counted", scene=copy)


def hand_over(docket: Docket) -> None:
    """Who enters or leaves `benchmark` has another reviewer: what is open goes there, with its date.

    One found affected has no clock any more; with a title that came back it is the evaluation team's to take up.
    """
    holder, verbs = _reviewer(docket)
    team = holder.role is Role.EVALUATION_TEAM
    for review in open_reviews(docket.state):
        clock = docket.deadline(f"lineage_review/{review}")
        if clock is None and team and not docket.has_clock(f"lineage_review/{review}"):
            docket.set_deadline("lineage_review", holder, verbs, key=review, step="")
        elif (
            clock is not None and clock.holder is not None and ((clock.holder.role is Role.EVALUATION_TEAM) is not team)
        ):
            handed = clock.model_copy(update={"holder": holder, "verbs": verbs, "desk": None})
            docket.shift(handed, "reassignment")


def refuse_unreviewed(docket: Docket) -> None:
    """No title, no trial that starts or goes on, no result and no end before somebody has looked at the kin.

    A scene found affected waits until a later conclusion says that it no longer is.
    """
    if open_ones := open_reviews(docket.state):
        docket.refuse("lineage_review_open", reviews=", ".join(open_ones))


def open_reviews(state: SceneState) -> tuple[str, ...]:
    """Unanswered, or found affected and not yet found to be so no longer."""
    return tuple(review.id for review in state.lineage_reviews if review.affected is not False)


# what there is to inherit, and who is kin


def evidence_of(state: SceneState, head: str) -> Evidence | None:
    """What a scene has shown as of its last entry, whose chain's head is given; None before any result was accepted."""
    if state.profile is None or find(state.acceptances, step="passed") is None:
        return None
    benchmark = state.benchmark if state.benchmark is not None and state.benchmark.confirmed else None
    return Evidence(
        scene=state.scene,
        sequence=state.sequence,
        head=head,
        city=state.profile.city,
        level=benchmark.level if benchmark else None,
        confirmed_on=benchmark.confirmed_on if benchmark else None,
        reviews=benchmark.reviews if benchmark else 0,
        value_yuan=state.value_yuan,
        acceptances=tuple(
            AcceptedResult(
                bidder=each.bidder,
                step=each.step,
                verdict=each.verdict,
                on=each.concluded_on,
                document=each.document_sha256,
            )
            for each in state.acceptances
        ),
        trials=tuple(
            TriedOut(
                bidder=each.bidder,
                step=each.step,
                attempt=each.attempt,
                started_on=each.started_on,
                reports=each.reports,
                figures=_figures(each),
            )
            for each in state.trials
        ),
        incidents=tuple(
            KnownIncident(id=each.id, casualty=each.casualty, status=each.status)
            for each in state.incidents[-NEWEST_INCIDENTS:]
        ),
        older_incidents=max(0, len(state.incidents) - NEWEST_INCIDENTS),
    )


def _figures(trial: Trial) -> tuple[Figure, ...]:
    """What came of its indicators, in the order of its plan: as the exit found it, else by the last readings."""
    found = {each.kpi: each for each in trial.results or phases.results(trial)}
    return tuple(
        Figure(
            kpi=kpi.key, name=kpi.name, unit=kpi.unit, target=kpi.target, stop=kpi.stop,
            value=result.value, reached=result.reached,
        )
        for kpi in trial.kpis
        if (result := found.get(kpi.key)) is not None
    )  # fmt: skip


def kin(ties: Iterable[tuple[str, str]], scene: str) -> tuple[str, ...]:
    """Everybody that is tied to a scene through copying, however far: what it copies, its copies, its siblings.

    `ties` are pairs of an original and its copy, as the copy itself said. The scene is not among them.
    """
    near: dict[str, set[str]] = {}
    for original, copy in ties:
        near.setdefault(original, set()).add(copy)
        near.setdefault(copy, set()).add(original)
    found, waiting = {scene}, [scene]
    while waiting:
        fresh = near.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return tuple(sorted(found - {scene}))
