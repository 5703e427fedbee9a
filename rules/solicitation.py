"""Solicitation: what may be submitted, when it counts as complete, and how it is registered or not.

The platform office asks once for everything that is missing; its silence is acceptance (行政许可法 32). An owner who
does not answer in time is deemed to have withdrawn. A found duplicate cannot be registered (S4 避免重复建设).
"""

from typing import assert_never

from models.commands.solicitation import (
    AcceptFiling,
    AnswerSupplement,
    Application,
    DeclineAdmission,
    Register,
    RequestSupplement,
    SolicitationAct,
    Submit,
)
from models.deadline import Deadline
from models.events.solicitation import (
    FilingAccepted,
    SceneRegistered,
    SceneSubmitted,
    SupplementAnswered,
    SupplementRequested,
)
from models.policy import Policy
from models.vocabulary import Outcome
from rules import lineage, support
from rules.calendar import due_date
from rules.docket import Docket
from rules.permissions import unknown_unit


def judge(docket: Docket, act: SolicitationAct) -> None:
    match act:
        case Submit():
            _submit(docket, act)
        case AcceptFiling():
            docket.record(FilingAccepted(silent=False))
            docket.enter("accepted")
        case RequestSupplement():
            if docket.state.supplements:
                docket.refuse("supplement_once")
            docket.record(SupplementRequested(items=len(act.items)))
            docket.enter("supplement")
        case AnswerSupplement():
            docket.record(SupplementAnswered(documents=len(act.documents)))
            docket.enter("submitted")
        case Register():
            _register(docket, act)
        case DeclineAdmission():
            docket.decide_against(_owner(docket), reopens="accepted", closes_as=Outcome.NOT_ADMITTED)
            docket.close(Outcome.NOT_ADMITTED)
        case _:
            assert_never(act)


def _owner(docket: Docket) -> str:
    return docket.state.profile.owner if docket.state.profile else ""


def refuse_before_its_day(docket: Docket, policy: Policy) -> None:
    """Raises Refused for a policy that is not in force yet."""
    if policy.effective_from > docket.day:
        docket.refuse("policy_not_in_force", version=policy.version, begins=policy.effective_from, today=docket.day)


def _submit(docket: Docket, act: Submit) -> None:
    policy, application = docket.policy, act.application
    refuse_before_its_day(docket, policy)
    if application.city != policy.city:
        docket.refuse("wrong_city", city=application.city, expected=policy.city)
    lineage.refuse_itself(docket, application.copied_from)
    if (domain := policy.domain(application.domain)) is None:
        known = ", ".join(domain.name for domain in policy.domains)
        docket.refuse("unknown_domain", domain=application.domain, known=known)
    refuse_unknown_words(docket, application)
    track = policy.tracks[application.track]
    if (why := track.bar(application.maturity, application.risk, livelihood=domain.livelihood)) is not None:
        docket.refuse("track_not_open", track=application.track, why=why)
    owners = (application.owner, *(each.unit for each in application.co_owners))
    if twice := [unit for at, unit in enumerate(owners) if unit in owners[:at]]:
        docket.refuse("owner_twice", unit=twice[0])
    if not application.fair_competition_self_check:
        docket.refuse("self_check_missing")
    if act.call is not None:
        if docket.day < act.call.opened_on:
            docket.refuse("call_not_open", batch=act.call.batch, opened_on=act.call.opened_on)
        closes = due_date(policy.calendar, act.call.opened_on, policy.limits.call_window.period)
        if docket.day > closes.on:
            docket.refuse("call_closed", batch=act.call.batch, closed_on=closes.on)
    docket.record(
        SceneSubmitted(
            application=application,
            call=act.call,
            by=docket.person,
            on=docket.day,
            policy_version=policy.version,
            policy_digest=policy.digest,
            calendar=policy.calendar.version,
        )
    )
    docket.enter("submitted")
    if application.green_channel is not None:
        support.ask_green_channel(docket)


def refuse_unknown_words(docket: Docket, application: Application) -> None:
    """What an application says of itself stands in the city's lists (`classification`)."""
    lists = docket.policy.classification
    said = (
        ("type", (application.type,), lists.types),
        ("maturity", (application.maturity,), lists.maturities),
        ("firsts", application.firsts, lists.firsts),
        ("project.kind", (application.project.kind,) if application.project else (), lists.project_kinds),
    )
    for what, values, known in said:
        if unknown := [value for value in values if value not in known]:
            docket.refuse("unknown_class", what=what, value=unknown[0], known=", ".join(known) or "-")


def _register(docket: Docket, act: Register) -> None:
    if act.duplicate_check.duplicate:
        docket.refuse("duplicate_scene")
    check = act.duplicate_check
    if docket.policy.lookalikes.must_look and check.proposed and not check.looked_at:
        docket.refuse("lookalikes_not_looked_at", proposed=", ".join(check.proposed))
    lead, cooperating, regulator = parts(docket, act.lead, act.cooperating, act.regulator)
    docket.record(SceneRegistered(lead=lead, cooperating=cooperating, regulator=regulator))
    docket.enter("registered")


def parts(
    docket: Docket, lead: str | None, cooperating: tuple[str, ...] | None, regulator: str | None
) -> tuple[str, tuple[str, ...], str]:
    """Who leads, who cooperates, who regulates: as named, else as the policy assigns them to the scene's domain."""
    profile = docket.state.profile
    domain = docket.policy.domain(profile.domain) if profile else None
    if domain is None:
        docket.refuse("unknown_domain", domain=profile.domain if profile else "-", known="-")
    lead = lead or domain.lead
    owners = docket.state.owners
    named = domain.units if cooperating is None else cooperating
    others = tuple(dict.fromkeys(unit for unit in named if unit not in (lead, *owners)))
    regulator = regulator or domain.regulator
    refuse_unknown_units(docket, lead, regulator, *named)
    refuse_judge_of_itself(docket, lead, regulator)
    if not others and any(unit not in (lead, *owners) for unit in domain.units):
        docket.refuse("no_cooperating", known="、".join(unit for unit in domain.units if unit not in (lead, *owners)))
    return lead, others, regulator


def refuse_judge_of_itself(docket: Docket, *units: str) -> None:
    """Who decides on a scene does not own it, and answers no objection nor appeal against it. Raises Refused."""
    offices = docket.policy.offices
    for unit in units:
        if unit in (offices.platform_office, offices.complaint_supervisor, *docket.state.owners):
            docket.refuse("judge_of_itself", unit=unit)


def refuse_unknown_units(docket: Docket, *units: str) -> None:
    for unit in units:
        if unit not in docket.policy.unit_names:
            raise unknown_unit(docket.policy, unit)


def silence_accepts(docket: Docket, _: Deadline) -> None:
    docket.record(FilingAccepted(silent=True))
    docket.enter("accepted")


def deemed_withdrawn(docket: Docket, _: Deadline) -> None:
    docket.close(Outcome.WITHDRAWN)
