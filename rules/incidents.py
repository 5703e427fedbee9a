"""Incidents (S4 四（十一） 安全风险闭环管控): report, acknowledge, stop, analyse, order, verify, close.

A casualty stops the trial at once, and so does a severity of which the policy says so. The regulator acknowledges every
report, also one that another system entered in its name: nobody's report is taken for read. A casualty, and what the
policy calls severe, is reported upward (生产安全事故报告和调查处理条例9, R72); a leak of personal data is told to the
authority and to those concerned (个人信息保护法57). An order takes two officers and is verified by a third person; one
that nobody verified by its due date stops the trial by itself. What may be a red line of the inclusion period is
offered, never decided. The bidder's own report may say that it was more, the analysis also that it was less. No trial
is resumed over an open order, and no scene ends over an open incident. An incident is closed with its cause, remedy and
lessons, when nothing is owed any more; no result stands over an unverified order, a casualty or a leak before.
"""

from typing import assert_never

from models.commands.trial import (
    AcknowledgeIncident,
    AnalyseIncident,
    CloseIncident,
    IncidentAct,
    NotifyLeak,
    ReportIncident,
    ReportUpward,
    VerifyIncident,
)
from models.deadline import Deadline, Holder
from models.events.anywhere import ServiceDropped
from models.events.trial import (
    CorrectionReported,
    IncidentAcknowledged,
    IncidentAnalysed,
    IncidentAssessed,
    IncidentClosed,
    IncidentReported,
    IncidentVerified,
    LeakNotified,
    ReportedUpward,
)
from models.policy import Severity
from models.state import Incident, IncidentStatus, SceneState
from models.vocabulary import Machine, Role
from rules import red_lines, remedies, separation, settling
from rules.docket import Docket
from rules.keyed import find

OWED = ("incident_report", "casualty_report", "upward_report", "leak_notice")
"""Limits of the reports without which an incident is not closed."""


def judge(docket: Docket, act: IncidentAct) -> None:
    match act:
        case ReportIncident():
            _report(docket, act)
        case AcknowledgeIncident():
            _acknowledge(docket, act)
        case ReportUpward():
            _report_upward(docket, act)
        case NotifyLeak():
            _notify(docket, act)
        case AnalyseIncident():
            _analyse(docket, act)
        case VerifyIncident():
            _verify(docket, act)
        case CloseIncident():
            _close(docket, act)
        case _:
            assert_never(act)


def _report(docket: Docket, act: ReportIncident) -> None:
    """Whoever reports first opens the incident; if that was not the bidder, the bidder owes its own report at once.

    What the bidder's own report adds to the first one counts; nothing is taken away by it.
    """
    _refuse_unknown_severity(docket, act.severity)
    owed = f"incident_report/{act.bidder}/{act.incident}"
    if (known := find(docket.state.incidents, id=act.incident)) is not None:
        if docket.role is Role.BIDDER and docket.deadline(owed) is not None:
            docket.met(owed)
            worse = _worse(docket, known.severity, act.severity)
            _assess(docket, known, known.casualty or act.casualty, worse, known.leak or act.leak)
            return
        docket.refuse("incident_exists", incident=act.incident)
    incident = Incident(
        id=act.incident,
        bidder=act.bidder,
        casualty=False,
        reported_on=docket.day,
        in_period=docket.step(Machine.INCLUSION, act.bidder) in ("active", "extended"),
    )
    told = incident.model_copy(update={"casualty": act.casualty, "severity": act.severity, "leak": act.leak})
    reported = told.model_copy(update={"red_line": _red_line(docket, told)})
    docket.record(IncidentReported(bidder=act.bidder, incident=reported))
    regulator = docket.holder(Role.REGULATOR)
    if docket.role is not Role.BIDDER:
        _owe(docket, reported, "incident_report", docket.holder(Role.BIDDER, act.bidder), "report_incident")
    _owe(docket, reported, "incident_acknowledgement", regulator, "acknowledge_incident")
    _owe(docket, reported, "incident_analysis", regulator, "analyse_incident")
    _follow(docket, incident, reported)


def _assess(docket: Docket, known: Incident, casualty: bool, severity: str | None, leak: bool) -> None:
    """The incident is something else than was known: what follows from that is owed, or owed no more."""
    found = known.model_copy(update={"casualty": casualty, "severity": severity, "leak": leak})
    if found == known:
        return
    found = found.model_copy(update={"red_line": _red_line(docket, found)})
    docket.record(
        IncidentAssessed(
            bidder=known.bidder, incident=known.id,
            casualty=casualty, severity=severity, leak=leak, red_line=found.red_line,
        )
    )  # fmt: skip
    _follow(docket, known, found)


def _follow(docket: Docket, before: Incident, found: Incident) -> None:
    """The reports of a casualty, a severity or a leak that was not known before, and the stop; or their end."""
    was, now = _upward_limit(docket, before), _upward_limit(docket, found)
    if now != was:
        if was is not None:
            docket.cancel(f"{was}/{found.bidder}/{found.id}")
        worse = now == "casualty_report" or not found.upward
        if now is not None and worse:
            _owe(docket, found, now, docket.holder(Role.REGULATOR), "report_upward")
    for told in ("authority", "persons"):
        if before.leak and not found.leak:
            docket.cancel(f"leak_notice/{found.bidder}/{found.id}/{told}")
        elif found.leak and not before.leak and told not in found.leak_told:
            _owe(docket, found, "leak_notice", docket.holder(Role.BIDDER, found.bidder), "notify_leak", told)
    if _stops(docket, found) and not _stops(docket, before):
        settling.suspend_trial(docket, found.bidder)


def _owe(docket: Docket, incident: Incident, limit: str, holder: Holder, verb: str, *more: str) -> None:
    docket.set_deadline(
        limit, holder, (verb,), key="/".join((incident.id, *more)), machine=Machine.TRIAL, bidder=incident.bidder,
        step="",
    )  # fmt: skip


def _severity(docket: Docket, incident: Incident) -> Severity | None:
    """None also for one that the city's policy knows no more."""
    return find(docket.policy.incidents.severities, key=incident.severity)


def _refuse_unknown_severity(docket: Docket, severity: str | None) -> None:
    known = [each.key for each in docket.policy.incidents.severities]
    if severity is not None and severity not in known:
        docket.refuse("unknown_severity", severity=severity, known=", ".join(known))


def _worse(docket: Docket, *severities: str | None) -> str | None:
    """In the policy's order, from the mildest; what it does not name, or nobody said, ranks below."""
    known = [each.key for each in docket.policy.incidents.severities]
    return max(severities, key=lambda key: known.index(key) if key in known else -1)


def _upward_limit(docket: Docket, incident: Incident) -> str | None:
    severity = _severity(docket, incident)
    if incident.casualty:
        return "casualty_report"
    return "upward_report" if severity is not None and severity.upward else None


def _stops(docket: Docket, incident: Incident) -> bool:
    severity = _severity(docket, incident)
    return incident.casualty or (severity is not None and severity.stops)


def _red_line(docket: Docket, incident: Incident) -> str | None:
    """What the incident may be, within an inclusion period or without: a question to the regulator."""
    lines = docket.policy.incidents.red_lines
    return (lines.casualty if incident.casualty else None) or (lines.leak if incident.leak else None)


def _incident(docket: Docket, act: IncidentAct, *statuses: IncidentStatus) -> Incident:
    """Of this bidder, and at one of these statuses. Raises Refused: unknown_incident, incident_not_open."""
    incident = find(docket.state.incidents, id=act.incident, bidder=act.bidder)
    if incident is None:
        docket.refuse("unknown_incident", incident=act.incident)
    if incident.status not in statuses:
        docket.refuse("incident_not_open", incident=act.incident, status=incident.status)
    return incident


_ORDERED = IncidentStatus.ORDERED
_OPEN = (IncidentStatus.REPORTED, IncidentStatus.ORDERED, IncidentStatus.INVESTIGATED)


def _acknowledge(docket: Docket, act: AcknowledgeIncident) -> None:
    if _incident(docket, act, *_OPEN).acknowledged_by is not None:
        docket.refuse("already_acknowledged", incident=act.incident)
    _acknowledged(docket, act)


def _acknowledged(docket: Docket, act: IncidentAct) -> None:
    docket.record(IncidentAcknowledged(bidder=act.bidder, incident=act.incident, by=docket.person))
    docket.met(f"incident_acknowledgement/{act.bidder}/{act.incident}")


def _report_upward(docket: Docket, act: ReportUpward) -> None:
    _incident(docket, act, *_OPEN)
    if act.document.number is None:
        docket.refuse("number_missing", document=act.document.title)
    docket.record(
        ReportedUpward(
            bidder=act.bidder,
            incident=act.incident,
            to=act.to,
            number=act.document.number,
            document=act.document.sha256,
            by=docket.person,
        )
    )
    docket.met(f"casualty_report/{act.bidder}/{act.incident}")
    docket.met(f"upward_report/{act.bidder}/{act.incident}")


def _notify(docket: Docket, act: NotifyLeak) -> None:
    """Also of a leak that only came to light afterwards."""
    if act.to in _incident(docket, act, *_OPEN).leak_told:
        docket.refuse("leak_told_already", incident=act.incident, to=act.to)
    docket.record(LeakNotified(bidder=act.bidder, incident=act.incident, to=act.to, document=act.document.sha256))
    docket.met(f"leak_notice/{act.bidder}/{act.incident}/{act.to}")


def _analyse(docket: Docket, act: AnalyseIncident) -> None:
    """Who analyses an incident has acknowledged it, and finds what it was."""
    incident = _incident(docket, act, IncidentStatus.REPORTED)
    _refuse_unknown_severity(docket, act.severity)
    if incident.acknowledged_by is None:
        _acknowledged(docket, act)
    ordered = act.order is not None
    officers = separation.two_officers(docket, act.with_officer) if ordered else ()
    docket.record(
        IncidentAnalysed(bidder=act.bidder, incident=act.incident, ordered=ordered, by=docket.person, officers=officers)
    )
    docket.met(f"incident_analysis/{act.bidder}/{act.incident}")
    _assess(
        docket, incident,
        incident.casualty if act.casualty is None else act.casualty,
        act.severity or incident.severity,
        incident.leak if act.leak is None else act.leak,
    )  # fmt: skip
    if ordered:
        docket.decide_against(
            act.bidder, reopens=incident.status, machine=Machine.TRIAL, bidder=act.bidder, item=act.incident
        )
        docket.set_deadline(
            "correction_order", docket.holder(Role.BIDDER, act.bidder), ("report_correction",),
            key=act.incident, machine=Machine.TRIAL, bidder=act.bidder, step="",
        )  # fmt: skip
    else:
        _owe(docket, incident, "incident_close", docket.holder(Role.REGULATOR), "close_incident")


def _verify(docket: Docket, act: VerifyIncident) -> None:
    incident = _incident(docket, act, IncidentStatus.ORDERED)
    separation.refuse_officers(docket, incident.officers)
    docket.record(IncidentVerified(bidder=act.bidder, incident=act.incident, verified=act.verified))
    if act.verified:
        docket.met(f"correction_order/{act.bidder}/{act.incident}")
        docket.met(f"incident_close/{act.bidder}/{act.incident}")
        _owe(docket, incident, "incident_close", docket.holder(Role.REGULATOR), "close_incident")
        docket.met(f"correction_check/{act.bidder}/{act.incident}")
    else:
        if docket.has_clock(f"correction_order/{act.bidder}/{act.incident}"):
            docket.met(f"correction_check/{act.bidder}/{act.incident}")
        settling.suspend_trial(docket, act.bidder)


def report_correction(docket: Docket, bidder: str, id: str) -> None:
    """The order's time runs on: what nobody verified by then stops the trial by itself (S4 四（十一）)."""
    incident = find(docket.state.incidents, id=id, bidder=bidder)
    if incident is None:
        docket.refuse("unknown_incident", incident=id)
    if incident.status is not IncidentStatus.ORDERED:
        docket.refuse("incident_not_open", incident=id, status=incident.status)
    if incident.correction_reported:
        docket.refuse("correction_reported_already", bidder=bidder)
    docket.record(CorrectionReported(bidder=bidder, incident=id))
    _ask_to_verify(docket, incident)


def _ask_to_verify(docket: Docket, incident: Incident) -> None:
    if not docket.has_clock(f"correction_check/{incident.bidder}/{incident.id}"):
        _owe(docket, incident, "correction_check", docket.holder(Role.REGULATOR), "verify_incident")


def _close(docket: Docket, act: CloseIncident) -> None:
    """Not while an order or a report is open, nor before the question of a red line is answered."""
    incident = _incident(docket, act, IncidentStatus.ORDERED, IncidentStatus.INVESTIGATED)
    if incident.status is IncidentStatus.ORDERED:
        docket.refuse("incident_order_open", incident=act.incident)
    if reports := owed(docket.state, incident):
        docket.refuse("incident_reports_owed", incident=act.incident, owed=", ".join(reports))
    _refuse_unanswered(docket, act, incident)
    docket.record(IncidentClosed(bidder=act.bidder, incident=act.incident, by=docket.person, red_line=act.red_line))
    docket.met(f"incident_close/{act.bidder}/{act.incident}")
    if act.red_line is not None:
        red_lines.breach(docket, act.bidder, act.incident)
    remedies.end_if_final(docket)


def owed(state: SceneState, incident: Incident) -> tuple[str, ...]:
    """The clocks of the reports that are still owed for an incident."""
    of_it = [f"{limit}/{incident.bidder}/{incident.id}" for limit in OWED]
    clocks = (each.id for each in state.deadlines)
    return tuple(clock for clock in clocks if any(clock == id or clock.startswith(f"{id}/") for id in of_it))


def _refuse_unanswered(docket: Docket, act: CloseIncident, incident: Incident) -> None:
    """Whether it was a red line: a fault with its line says so, a finding outside the period, or why it was none."""
    if act.red_line is not None:
        if act.no_red_line is not None:
            docket.refuse("red_line_both_ways")
        if docket.step(Machine.INCLUSION, act.bidder) in ("active", "extended"):
            docket.refuse("red_line_in_period", bidder=act.bidder)
        known = docket.policy.inclusion.red_lines
        if act.red_line not in known:
            docket.refuse("unknown_red_line", red_line=act.red_line, known=", ".join(known))
        return
    found = red_lines.answered_by_fault(docket.state, incident)
    if incident.red_line is not None and not found and act.no_red_line is None:
        docket.refuse("red_line_unanswered", incident=act.incident, red_line=incident.red_line)


def order_ran_out(docket: Docket, deadline: Deadline) -> None:
    """The trial stops, and the regulator has to see whether it was carried out: the order stays until somebody did."""
    incident = find(
        docket.state.incidents,
        bidder=deadline.bidder,
        id=deadline.id.removeprefix(f"{deadline.limit}/{deadline.bidder}/"),
    )
    if incident is not None:
        settling.suspend_trial(docket, incident.bidder)
        _ask_to_verify(docket, incident)


def service_ran_out(docket: Docket, deadline: Deadline) -> None:
    """An order after an incident whose service nobody proved in time counts from the last day of that time."""
    entry = deadline.id.removeprefix(f"{deadline.limit}/")
    for awaited in docket.state.services:
        if str(awaited.entry) == entry and awaited.limit == "correction_order" and awaited.machine is Machine.TRIAL:
            docket.record(ServiceDropped(id=awaited.id))
            docket.start(awaited, deadline.due_on)


def refuse_ordered(docket: Docket, bidder: str) -> None:
    """No trial runs again before what was ordered after its incidents was verified (S4 四（十一）)."""
    ordered = [each.id for each in docket.state.incidents if each.bidder == bidder and each.status is _ORDERED]
    if ordered:
        docket.refuse("resumption_order_open", incidents=", ".join(ordered))


def does_harm(incident: Incident) -> bool:
    """Somebody was hurt, or personal data may have leaked."""
    return incident.casualty or incident.leak


def refuse_unsettled(docket: Docket, bidder: str | None = None) -> None:
    """No result stands over what an incident left behind (S4 四（十一） 闭环).

    An order is verified before, and a casualty or a leak closed, with all that is owed for it. Of one bidder, or of
    the whole scene.
    """
    unsettled = [
        each.id
        for each in docket.state.incidents
        if each.bidder == (bidder or each.bidder)
        and (each.status is _ORDERED or (does_harm(each) and each.status is not IncidentStatus.CLOSED))
    ]
    if unsettled:
        docket.refuse("incidents_unsettled", incidents=", ".join(unsettled))
