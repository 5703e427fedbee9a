"""Where no scene may ever stand, whatever was done: what the lifecycle and the separation of duties rule out.

Each check says again, from domain.md and not from the rules, what must have come before what, who owes an answer to
what is open, what money adds up to, and who sits where. `tests.invariants` asks after every entry. A scene that was
taken over (存量导入) is excused from what nobody witnessed.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from models.calendar import Period, Unit
from models.commands import Act
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.state import IncidentStatus, Panel, PaymentStatus, SceneState
from models.state.review import ObjectionStatus
from models.vocabulary import Machine, NoticeAbout, PanelPurpose, Role, Stage
from rules.lifecycle import STARTED
from rules.permissions import units_playing

AFTER_RECOGNITION = (Stage.MATCHING, Stage.TRIAL, Stage.ACCEPTANCE, Stage.PROMOTION)
ENTITLED = ("evaluation", "benchmark_decision", "benchmark_confirmed", "benchmark_notice", "benchmark")
ENDED_TRIALS = ("ended",)
ACCEPTING = ("reviewing", "concluded", "noticed", "passed", "rectifying")


def unreachable(policy: Policy, state: SceneState) -> Iterator[str]:
    """What is wrong with an open scene."""
    yield from _twice(state)
    if not state.declared:
        yield from _out_of_order(policy, state)
    yield from _unanswered(state)
    yield from _money(policy, state)
    yield from _counts(policy, state)
    yield from _seats(policy, state)
    yield from _duties(policy, state)


def left_over(state: SceneState) -> Iterator[str]:
    """What a closed scene still holds open; objections to a notice fall with the scene, a suspension ends with it."""
    if state.services or state.extension_requests or state.withdrawal is not None:
        yield "closed, and somebody waits for an answer"
    for contract in state.contracts:
        if contract.step in ("offered", "signing"):
            yield f"closed over the contract of {contract.bidder} ({contract.step})"
    for acceptance in state.acceptances:
        if acceptance.step in ("reviewing", "concluded", "noticed", "rectifying"):
            yield f"closed over the acceptance of {acceptance.bidder} ({acceptance.step})"
    if state.owed_refunds:
        yield "closed over a refund"


def _twice(state: SceneState) -> Iterator[str]:
    """Each bidder has one of each; so no two inclusion periods are ever open for one of them."""
    for parts in ("bids", "contracts", "trials", "inclusions", "acceptances", "refunds"):
        bidders = [each.bidder for each in getattr(state, parts)]
        if len(bidders) != len(set(bidders)):
            yield f"two {parts} of one bidder: {bidders}"
    for kept in ("objections", "suggestions", "complaints", "factors", "corrections", "incidents", "lineage_reviews"):
        ids = [each.id for each in getattr(state, kept)]
        if len(ids) != len(set(ids)):
            yield f"two {kept} of one name: {ids}"
    rounds = state.consultation
    if rounds is not None:
        voices = [each.unit for each in rounds.opinions if not each.void]
        if len(voices) != len(set(voices)) or set(voices) - set(rounds.units):
            yield f"a department is counted twice, or was never asked: {voices}"
    keys = [panel.key for panel in state.panels if not panel.void]
    if len(keys) != len(set(keys)):
        yield f"two panels for one thing: {keys}"


def _used(policy: Policy, state: SceneState, step: str) -> bool:
    track = policy.tracks[state.profile.track] if state.profile else None
    return step not in policy.steps_off and (track is None or step not in track.skips)


def _out_of_order(policy: Policy, state: SceneState) -> Iterator[str]:
    """What must have come before the step at which something stands."""
    if state.stage in AFTER_RECOGNITION:
        fair = state.fair_competition
        if fair is None or not fair.passed:
            yield f"stands at {state.step} without a fair-competition review that was passed"
        if state.lead is None or state.regulator is None:
            yield f"stands at {state.step} and nobody leads, or regulates"
        if state.listed_in is None:
            yield f"stands at {state.step} and is on no list"
        shown = any(each.about is NoticeAbout.RECOGNITION for each in state.notices)
        if _used(policy, state, "recognition_notice") and not shown:
            yield f"stands at {state.step}, and its recognition was never published"
    contracts = {each.bidder: each for each in state.contracts}
    trials = {each.bidder: each for each in state.trials}
    for contract in state.contracts:
        if contract.step == "signed" and set(contract.signed) != set(contract.parties):
            yield f"the contract of {contract.bidder} is signed by {contract.signed} of {contract.parties}"
        bid = next((each for each in state.bids if each.bidder == contract.bidder), None)
        if contract.step != "lapsed" and (bid is None or not bid.eligible):
            yield f"a contract for {contract.bidder}, who has no eligible bid"
        line = next((each for each in state.ranking if each.bidder == contract.bidder), None)
        if contract.step != "lapsed" and (line is None or not line.passed):
            yield f"a contract for {contract.bidder}, who did not pass"
    for bid in state.bids:
        opened = state.challenge is not None and state.challenge.opened_by
        if bid.revealed and not opened:
            yield f"the bid of {bid.bidder} is open before any opening session"
        if bid.eligible and not bid.revealed:
            yield f"the bid of {bid.bidder} was found eligible unread"
        if bid.scores and not bid.eligible:
            yield f"the bid of {bid.bidder} was scored, and is not eligible"
    if state.ranking and any(first.hundredths < second.hundredths for first, second in pairwise(state.ranking)):
        yield "the ranking is out of order"
    for bidder, trial in trials.items():
        if bidder not in contracts or contracts[bidder].step not in ("signed", "dissolved"):
            yield f"a trial of {bidder} without a contract"
        if trial.step not in ("planning", "refused", "withdrawn", "terminated", "rolling_back") and not trial.declared:
            if trial.plan_sha256 is None:
                yield f"the trial of {bidder} is {trial.step} without a plan"
            if trial.step in (*STARTED, *ENDED_TRIALS) and (trial.started_on is None or not trial.admitted_by):
                yield f"the trial of {bidder} is {trial.step}, and nobody admitted or started it"
        if trial.step == "ended" and not trial.exit_report and not trial.declared:
            yield f"the trial of {bidder} ended without an exit report"
    for period in state.inclusions:
        if period.bidder not in trials:
            yield f"an inclusion period of {period.bidder} without a trial"
    for acceptance in state.acceptances:
        bidder = acceptance.bidder
        if bidder not in contracts:
            yield f"an acceptance of {bidder} without a contract"
        ended = bidder in trials and trials[bidder].step in ENDED_TRIALS
        if acceptance.step in ACCEPTING and _used(policy, state, "trial") and not ended:
            yield f"the acceptance of {bidder} is {acceptance.step}, its trial is {trials.get(bidder)}"
    passed = [each.bidder for each in state.acceptances if each.step == "passed"]
    if state.stage is Stage.PROMOTION and not passed:
        yield f"stands at {state.step}, and nothing was accepted"
    if state.step in ENTITLED and state.benchmark is None:
        yield f"stands at {state.step}, and nobody was nominated"
    title = state.benchmark
    if state.step == "benchmark" and (title is None or not title.confirmed or title.withdrawn):
        yield "is a benchmark that nobody confirmed"
    if title is not None and title.confirmed and title.recommended is None:
        yield "a benchmark was confirmed that nobody evaluated"


def _unanswered(state: SceneState) -> Iterator[str]:
    """R62: whatever waits for somebody's answer has a clock, and somebody whose turn it is."""
    if state.closed:
        return
    clocks = {each.id for each in state.deadlines} | {each.id for each in state.services}

    def waits(what: str, *names: str) -> Iterator[str]:
        if not any(name in clocks for name in names):
            yield f"{what} waits, and nobody has to answer it by any day ({', '.join(names)})"

    def waits_for(what: str, limit: str, key: str) -> Iterator[str]:
        if not any(name.startswith(f"{limit}/") and name.endswith(key) for name in clocks):
            yield f"{what} waits, and nobody has to answer it by any day ({limit}/.../{key})"

    for objection in state.objections:
        if objection.status is ObjectionStatus.RAISED:
            yield from waits_for(objection.id, "objection", objection.id)
        if objection.status is ObjectionStatus.COMPLAINT:
            yield from waits_for(objection.id, "complaint", objection.id)
        if objection.status is ObjectionStatus.TO_CONCLUDE:
            yield from waits_for(objection.id, "complaint_outcome", objection.id)
    for decision in state.decisions:
        limit = "service" if decision.served_on is None else "appeal_window"
        limit = "appeal" if decision.appealed_by is not None else limit
        yield from waits_for(f"the decision {decision.sequence} ({decision.verb})", limit, str(decision.sequence))
    for request in state.extension_requests:
        yield from waits(f"the request for {request.deadline}", f"extension_answer/{request.deadline}")
        if request.deadline not in clocks:
            yield f"more time is asked for {request.deadline}, which does not run"
    for complaint in state.complaints:
        if complaint.founded is None:
            yield from waits_for(complaint.id, "complaint_answer", complaint.id)
    for factor in state.factors:
        if factor.granted is None:
            yield from waits_for(factor.id, "factor", factor.id)
    if state.green_channel is not None and state.green_channel.granted is None:
        yield from waits("the green channel", "green_channel")
    if state.withdrawal is not None:
        for party in set(state.withdrawal.parties) - set(state.withdrawal.agreed):
            yield from waits(f"the agreement of {party}", f"withdrawal_consent/{party}")
    for payment in state.owed_payments:
        yield from waits(f"the payment of {payment.milestone}", f"payment/{payment.bidder}/{payment.milestone}")
    for refund in state.owed_refunds:
        yield from waits(f"the refund of {refund.bidder}", f"refund/{refund.bidder}")
    for incident in state.incidents:
        if incident.status is not IncidentStatus.CLOSED and not any(incident.id in name for name in clocks):
            yield f"the incident {incident.id} is {incident.status}, and nobody has to do anything about it"
    for trial in state.trials:
        if trial.resumption_proposed_by is not None and trial.step == "suspended" and state.step != "remedies":
            yield from waits(f"the resumption of {trial.bidder}", f"resumption/{trial.bidder}", f"fix/{trial.bidder}")


def _money(policy: Policy, state: SceneState) -> Iterator[str]:
    for contract in state.contracts:
        of_it = [each for each in state.payments if each.bidder == contract.bidder]
        paid = sum(each.amount_yuan for each in of_it if each.status is PaymentStatus.PAID)
        refunded = sum(each.refunded_yuan for each in of_it)
        if refunded > paid or any(not 0 <= each.refunded_yuan <= each.amount_yuan for each in of_it):
            yield f"{contract.bidder} refunded {refunded} of {paid}"
        if any(each.amount_yuan < 0 for each in of_it):
            yield f"{contract.bidder} is paid less than nothing"
        for name, share in contract.milestones:
            kept = sum(each.kept_yuan for each in of_it if each.milestone == name)
            rounding = len(contract.milestones)
            if kept > contract.budget_yuan * share // 100 + rounding:
                yield f"{kept} of {contract.bidder}'s {name}, whose share is {share} % of {contract.budget_yuan}"
    if state.awarded_yuan > policy.promotion.award_cap_yuan:
        yield f"awarded {state.awarded_yuan} of at most {policy.promotion.award_cap_yuan}"
    if state.value_shares and sum((Fraction(share) for _, share in state.value_shares), Fraction(0)) != 1:
        yield f"the shares are not the whole: {state.value_shares}"


def _counts(policy: Policy, state: SceneState) -> Iterator[str]:
    """What may happen once, or so many times."""
    if state.supplements > 1:
        yield f"{state.supplements} requests to complete one application"
    for acceptance in state.acceptances:
        if acceptance.rectifications > policy.acceptance.rectifications:
            yield f"{acceptance.bidder} rectified {acceptance.rectifications} times"
        if acceptance.retrials > policy.acceptance.retrials:
            yield f"{acceptance.bidder} tried {acceptance.retrials} times again"
    for deadline in state.deadlines:
        rule = policy.limit(deadline.limit).extension
        if len(deadline.extensions) > (rule.times if rule is not None else 0):
            yield f"{deadline.id} was extended {len(deadline.extensions)} times"
        for extension in deadline.extensions:
            if extension.asked_by == extension.approved_by:
                yield f"{extension.asked_by} gave themselves more time for {deadline.id}"
    for period in state.inclusions:
        clock = next((each for each in state.deadlines if each.id == f"inclusion/{period.bidder}"), None)
        if clock is None or period.started_on is None or period.suspension_pauses or clock.remaining is not None:
            continue
        if _length(clock.legs) > _length((policy.inclusion.at_most,)):
            yield f"the inclusion period of {period.bidder} is longer than any may be"


def _length(periods: tuple[Period, ...]) -> int:
    """Roughly, in days; what is not counted in months or days adds nothing."""
    return sum({Unit.MONTHS: 31, Unit.DAYS: 1, Unit.YEARS: 366}.get(each.unit, 0) * each.length for each in periods)


def _seats(policy: Policy, state: SceneState) -> Iterator[str]:
    """Panels as the policy wants them, nobody on one who recused themselves, no score from outside one."""
    for panel in state.panels:
        if panel.void or panel.purpose.value not in policy.panels:
            continue  # a policy that was adopted since may ask no panel of this kind
        rules, size = policy.panels[panel.purpose.value], len(panel.seats)
        people = [seat.person for seat in panel.seats]
        if len(set(people)) < size or size < rules.minimum or (rules.odd and size % 2 == 0):
            yield f"a panel of {size} for {panel.key}: {people}"
        if sum(seat.expert for seat in panel.seats) < rules.expert_share * size:
            yield f"too few experts for {panel.key}"
        if (again := set(people) & set(state.recused)) and _is_at_work(state, panel):
            yield f"{again} recused themselves and sit on the panel for {panel.key}"
        parties = {*state.owners}
        if panel.purpose is not PanelPurpose.RECOGNITION:
            parties |= {bid.bidder for bid in state.bids if bid.revealed}
        if tied := [seat.person for seat in panel.seats if seat.unit in parties]:
            yield f"{tied} judge their own unit's work in {panel.key}"


def _is_at_work(state: SceneState, panel: Panel) -> bool:
    """Who recuses themselves later has sat on an earlier panel all the same."""
    reviewing = any((each.bidder, each.step) == (panel.bidder, "reviewing") for each in state.acceptances)
    at = {PanelPurpose.RECOGNITION: "expert_review", PanelPurpose.SCORING: "scoring"}.get(panel.purpose)
    return state.step == at if at is not None else reviewing


def _duties(policy: Policy, state: SceneState) -> Iterator[str]:
    """A duty is laid on a unit that still plays the role, and falls due after it began."""
    for deadline in state.deadlines:
        if deadline.due_on < deadline.started_on and deadline.legs and deadline.status is not DeadlineStatus.PAUSED:
            yield f"{deadline.id} was due before it began"
        if not deadline.clause:
            yield f"{deadline.id} rests on nothing"
        holder = deadline.holder
        if holder is None or holder.role in (Role.EXPERT, Role.PUBLIC, Role.BIDDER):
            continue
        playing = _playing(policy, state, holder.role)
        if holder.unit not in playing and not (holder.role is Role.COOPERATING and deadline.limit == "lineage_review"):
            yield f"{deadline.id} is laid on {holder.unit}, which is not {holder.role} here ({playing})"
        if deadline.machine is not Machine.SCENE and deadline.bidder is None:
            yield f"{deadline.id} is of no bidder's {deadline.machine}"


def _playing(policy: Policy, state: SceneState, role: Role) -> tuple[str, ...]:
    units = state.owners if role is Role.OWNER else units_playing(policy, state, role, Act(verb="x"))
    return units or ()
