"""Extension of a deadline: asked for with reasons, decided by somebody else whom the policy names."""

from hashlib import sha256

from models.calendar import Period
from models.commands.anywhere import DecideExtension, RequestExtension
from models.deadline import Deadline, DeadlineStatus, Extension
from models.events.anywhere import ExtensionDecided, ExtensionRequested
from models.policy import ExtensionRule
from models.vocabulary import Machine
from rules import inclusion, trial
from rules.calendar import shift_workdays
from rules.deadlines import extended
from rules.docket import Docket
from rules.keyed import find


def _rule_for(docket: Docket, deadline: Deadline) -> ExtensionRule:
    rule = docket.policy.limit(deadline.limit).extension
    if rule is None:
        docket.refuse("not_extendable", deadline=deadline.id)
    if len(deadline.extensions) >= rule.times:
        docket.refuse("extensions_used_up", deadline=deadline.id, times=rule.times)
    return rule


def _deadline(docket: Docket, id: str) -> Deadline:
    deadline = docket.deadline(id)
    if deadline is None:
        known = ", ".join(each.id for each in docket.state.deadlines) or "-"
        docket.refuse("unknown_deadline", deadline=id, known=known)
    return deadline


def request(docket: Docket, act: RequestExtension) -> None:
    deadline = _deadline(docket, act.deadline)
    rule = _rule_for(docket, deadline)
    if deadline.limit == "inclusion":
        inclusion.refuse_over(docket, deadline.bidder or "")
    askers = {deadline.holder.unit} if deadline.holder else {deadline.bidder, docket.state.lead, docket.state.regulator}
    if docket.unit not in askers:
        docket.refuse("not_your_deadline", deadline=deadline.id, holder=", ".join(sorted(filter(None, askers))))
    if find(docket.state.extension_requests, deadline=deadline.id) is not None:
        docket.refuse("extension_pending", deadline=deadline.id)
    latest = deadline.due_on
    if rule.ask_before is not None:
        latest = shift_workdays(docket.policy.calendar, deadline.due_on, -rule.ask_before.length)
    if deadline.status is not DeadlineStatus.PAUSED and docket.day > latest:
        docket.refuse("extension_too_late", latest=latest)
    digest = sha256(act.reasons.encode()).hexdigest()
    docket.record(ExtensionRequested(deadline=deadline.id, by=docket.person, reasons_sha256=digest))
    approver = docket.holder(rule.approvers[0], deadline.bidder)
    docket.set_deadline("extension_answer", approver, ("decide_extension",), key=deadline.id, step="")


def decide(docket: Docket, act: DecideExtension) -> None:
    """With the clock of a step go those that others share in it: the members of its panel, the parties who sign.

    What a policy that was adopted since extends no more can still be declined.
    """
    request = find(docket.state.extension_requests, deadline=act.deadline)
    if request is None:
        docket.refuse("no_extension_request", deadline=act.deadline)
    deadline = _deadline(docket, act.deadline)
    rule = _rule_for(docket, deadline) if act.granted else docket.policy.limit(deadline.limit).extension
    if rule is not None and docket.role not in rule.approvers:
        docket.refuse("not_an_approver", role=docket.role, allowed=", ".join(rule.approvers))
    docket.met(f"extension_answer/{act.deadline}")
    docket.record(ExtensionDecided(deadline=act.deadline, granted=act.granted, by=docket.person))
    if not act.granted or rule is None:
        return
    if deadline.limit == "inclusion":
        inclusion.refuse_over(docket, deadline.bidder or "")
    extension = Extension(
        period=rule.period,
        reason_sha256=request.reasons_sha256,
        asked_by=request.asked_by,
        approved_by=docket.person,
        sequence=docket.sequence,
    )
    for each in docket.state.deadlines:
        if each.id == deadline.id or each.id.startswith(f"{deadline.id}/"):
            docket.shift(extended(docket.policy, each, extension, docket.at, _at_most(docket, each)), "extension")
    if deadline.limit == "trial":
        trial.ask_for_report(docket, deadline.bidder or "", "report", docket.day)
    if deadline.limit == "inclusion" and docket.step(Machine.INCLUSION, deadline.bidder) == "active":
        docket.move(Machine.INCLUSION, deadline.bidder, "extended")


def _at_most(docket: Docket, deadline: Deadline) -> Period | None:
    """An inclusion period is at most so long in all; one whose clock stood still lasts as much longer."""
    stood_still = deadline.counted_from != deadline.started_on
    return docket.policy.inclusion.at_most if deadline.limit == "inclusion" and not stood_still else None
