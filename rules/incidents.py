"""Incidents (S4 四（十一） 安全风险闭环管控): report, acknowledge, stop, analyse, order, verify, close.

A casualty stops the trial at once, and so does a severity of which the policy says so. The regulator acknowledges every
report, also one that another system entered in its name: nobody's report is taken for read. A casualty, and what the
policy calls severe, is reported upward (生产安全事故报告和调查处理条例9, R72); a leak of personal data is told to the
authority and to those concerned (个人信息保护法57). An order takes two officers and is verified by a third person; one
that nobody verified by its due date stops the trial by itself. What may be a red line of the inclusion period is
offered, never decided. An incident is closed with its cause, remedy and lessons, when nothing is owed any more.
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
from models.deadline import Holder
from models.events.trial import (
    IncidentAcknowledged,
    IncidentAnalysed,
    IncidentClosed,
    IncidentReported,
    IncidentVerified,
    LeakNotified,
    ReportedUpward,
)
from models.policy import Severity
from models.state import Incident, IncidentStatus
from models.vocabulary import Machine, Role
from rules import separation, settling
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
    """Whoever reports first opens the incident; if that was not the bidder, the bidder owes its own report at once."""
    owed = f"incident_report/{act.bidder}/{act.incident}"
    if find(docket.state.incidents, id=act.incident) is not None:
        if docket.role is Role.BIDDER and docket.deadline(owed) is not None:
            docket.met(owed)
            return
        docket.refuse("incident_exists", incident=act.incident)
    severity = _severity(docket, act)
    incident = Incident(
        id=act.incident,
        bidder=act.bidder,
        casualty=act.casualty,
        reported_on=docket.day,
        severity=act.severity,
        leak=act.leak,
        red_line=_red_line(docket, act),
    )
    docket.record(IncidentReported(bidder=act.bidder, incident=incident))
    regulator, bidder = docket.holder(Role.REGULATOR), docket.holder(Role.BIDDER, act.bidder)
    if docket.role is not Role.BIDDER:
        _owe(docket, act, "incident_report", bidder, "report_incident")
    _owe(docket, act, "incident_acknowledgement", regulator, "acknowledge_incident")
    _owe(docket, act, "incident_analysis", regulator, "analyse_incident")
    if act.casualty:
        _owe(docket, act, "casualty_report", regulator, "report_upward")
    elif severity is not None and severity.upward:
        _owe(docket, act, "upward_report", regulator, "report_upward")
    if act.leak:
        for told in ("authority", "persons"):
            _owe(docket, act, "leak_notice", bidder, "notify_leak", told)
    if act.casualty or (severity is not None and severity.stops):
        settling.suspend_trial(docket, act.bidder)


def _owe(docket: Docket, act: IncidentAct, limit: str, holder: Holder, verb: str, *more: str) -> None:
    docket.set_deadline(
        limit, holder, (verb,), key="/".join((act.incident, *more)), machine=Machine.TRIAL, bidder=act.bidder, step=""
    )


def _severity(docket: Docket, act: ReportIncident) -> Severity | None:
    if act.severity is None:
        return None
    known = docket.policy.incidents.severities
    found = next((each for each in known if each.key == act.severity), None)
    if found is None:
        docket.refuse("unknown_severity", severity=act.severity, known=", ".join(each.key for each in known))
    return found


def _red_line(docket: Docket, act: ReportIncident) -> str | None:
    """What the incident may be while an inclusion period runs: a question to the regulator."""
    if docket.step(Machine.INCLUSION, act.bidder) not in ("active", "extended"):
        return None
    lines = docket.policy.incidents.red_lines
    return (lines.casualty if act.casualty else None) or (lines.leak if act.leak else None)


def _incident(docket: Docket, act: IncidentAct, *statuses: IncidentStatus) -> Incident:
    """Of this bidder, and at one of these statuses. Raises Refused: unknown_incident, incident_not_open."""
    incident = find(docket.state.incidents, id=act.incident, bidder=act.bidder)
    if incident is None:
        docket.refuse("unknown_incident", incident=act.incident)
    if incident.status not in statuses:
        docket.refuse("incident_not_open", incident=act.incident, status=incident.status)
    return incident


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
    """Who analyses an incident has acknowledged it."""
    if _incident(docket, act, IncidentStatus.REPORTED).acknowledged_by is None:
        _acknowledged(docket, act)
    ordered = act.order is not None
    officers = separation.two_officers(docket, act.with_officer) if ordered else ()
    docket.record(
        IncidentAnalysed(bidder=act.bidder, incident=act.incident, ordered=ordered, by=docket.person, officers=officers)
    )
    docket.met(f"incident_analysis/{act.bidder}/{act.incident}")
    if ordered:
        docket.set_deadline(
            "correction_order", docket.holder(Role.BIDDER, act.bidder), (),
            key=act.incident, machine=Machine.TRIAL, bidder=act.bidder, step="",
        )  # fmt: skip
    else:
        _owe(docket, act, "incident_close", docket.holder(Role.REGULATOR), "close_incident")


def _verify(docket: Docket, act: VerifyIncident) -> None:
    incident = _incident(docket, act, IncidentStatus.ORDERED)
    separation.refuse_officers(docket, incident.officers)
    docket.record(IncidentVerified(bidder=act.bidder, incident=act.incident, verified=act.verified))
    if act.verified:
        docket.met(f"correction_order/{act.bidder}/{act.incident}")
        _owe(docket, act, "incident_close", docket.holder(Role.REGULATOR), "close_incident")
    else:
        settling.suspend_trial(docket, act.bidder)


def _close(docket: Docket, act: CloseIncident) -> None:
    """Not while an order or a report is open, nor before the question of a red line is answered."""
    incident = _incident(docket, act, IncidentStatus.ORDERED, IncidentStatus.INVESTIGATED)
    if incident.status is IncidentStatus.ORDERED:
        docket.refuse("incident_order_open", incident=act.incident)
    of_it = [f"{limit}/{act.bidder}/{act.incident}" for limit in OWED]
    owed = [
        each.id for each in docket.state.deadlines if any(each.id == id or each.id.startswith(f"{id}/") for id in of_it)
    ]
    if owed:
        docket.refuse("incident_reports_owed", incident=act.incident, owed=", ".join(owed))
    inclusion = find(docket.state.inclusions, bidder=act.bidder)
    found = any(fault.incident == act.incident for fault in inclusion.faults) if inclusion else False
    if incident.red_line is not None and not found and act.no_red_line is None:
        docket.refuse("red_line_unanswered", incident=act.incident, red_line=incident.red_line)
    docket.record(IncidentClosed(bidder=act.bidder, incident=act.incident, by=docket.person))
    docket.met(f"incident_close/{act.bidder}/{act.incident}")
