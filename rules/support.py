"""What helps a scene along, and who looks after it.

Anybody may complain about a trial or its contractor at any open step (R47); regulator or supervisor, whichever was
addressed, answers within a limit, never who complained. A founded one may change the contractor's credit grade, which
an inclusion period that is granted later is judged by (S3 四（二） 信用承诺+信用核查).

Bidder and owner ask for factors (R69; S0 三（四）8, S4 三（八）); the department that the policy names for the kind
answers where it takes part in the scene, else the lead. A trial whose plan names such a request waits for its grant.

A green channel (R68; S0 四（三）) shortens the limits of authorities that the policy lists, for clocks that start after
its grant. Loans and insurance are on record with their period (R70; S0 三（四）9, S4 三（八） 场景贷、场景保险).
"""

from typing import assert_never

from models.commands.support import (
    AnswerComplaint,
    AnswerFactor,
    AskGreenChannel,
    Complain,
    DecideGreenChannel,
    RecordFinance,
    RequestFactor,
    SupportAct,
)
from models.deadline import Holder
from models.events.support import (
    ComplaintAnswered,
    ComplaintMade,
    FactorAnswered,
    FactorRequested,
    FinanceRecorded,
    GreenChannelAsked,
    GreenChannelDecided,
)
from models.state.support import Complaint, FactorRequest, Finance
from models.vocabulary import Role
from rules.docket import Docket
from rules.keyed import find


def judge(docket: Docket, act: SupportAct) -> None:
    match act:
        case Complain():
            _complain(docket, act)
        case AnswerComplaint():
            _answer(docket, act)
        case RequestFactor():
            _request(docket, act)
        case AnswerFactor():
            _answer_factor(docket, act)
        case AskGreenChannel():
            ask_green_channel(docket)
        case DecideGreenChannel():
            asked = docket.state.green_channel
            if asked is None or asked.granted is not None:
                docket.refuse("green_channel_not_asked")
            docket.record(GreenChannelDecided(granted=act.granted, on=docket.day))
            docket.met("green_channel")
        case RecordFinance():
            _finance(docket, act)
        case _:
            assert_never(act)


# complaints


def _complain(docket: Docket, act: Complain) -> None:
    """Against who has a contract: until the bids are opened a refusal would tell who has bid."""
    known = [contract.bidder for contract in docket.state.contracts]
    if act.against is not None and act.against not in known:
        docket.refuse("unknown_bidder", bidder=act.against, known=", ".join(known) or "-")
    if find(docket.state.complaints, id=act.complaint) is not None:
        docket.refuse("id_in_use", id=act.complaint)
    to = Role(act.to) if docket.state.regulator else Role.SUPERVISOR
    docket.record(
        ComplaintMade(
            complaint=Complaint(
                id=act.complaint, to=to, against=act.against, by=docket.unit, real_name=act.real_name
            )
        )
    )  # fmt: skip
    docket.set_deadline("complaint_answer", docket.holder(to), ("answer_complaint",), key=act.complaint, step="")


def _answer(docket: Docket, act: AnswerComplaint) -> None:
    complaint = find(docket.state.complaints, id=act.complaint)
    if complaint is None or complaint.founded is not None:
        waiting = [each.id for each in docket.state.complaints if each.founded is None]
        docket.refuse("no_such_request", id=act.complaint, known=", ".join(waiting) or "-")
    if docket.role is not complaint.to:
        docket.refuse("not_your_part", unit=docket.unit, role=docket.role, expected=complaint.to)
    if act.credit is not None and not (act.founded and complaint.against):
        docket.refuse("credit_without_ground", complaint=act.complaint)
    docket.record(ComplaintAnswered(complaint=act.complaint, founded=act.founded, credit=act.credit))
    docket.met(f"complaint_answer/{act.complaint}")


def refuse_open_complaints(docket: Docket) -> None:
    """A scene is not closed over a complaint."""
    if waiting := [each.id for each in docket.state.complaints if each.founded is None]:
        docket.refuse("complaints_open", complaints=", ".join(waiting))


# factors


def _request(docket: Docket, act: RequestFactor) -> None:
    kinds = docket.policy.factors.kinds if docket.policy.factors else ()
    kind = find(kinds, key=act.factor)
    if kind is None:
        docket.refuse("unknown_factor", factor=act.factor, known=", ".join(f"{k.key} {k.name}" for k in kinds) or "-")
    if docket.state.lead is None:
        docket.refuse("wrong_step", step=docket.state.step, verb=act.verb, possible="register")
    if find(docket.state.factors, id=act.request) is not None:
        docket.refuse("id_in_use", id=act.request)
    holder = docket.holder(Role.LEAD)
    if kind.unit in docket.state.cooperating:
        holder = Holder(role=Role.COOPERATING, unit=kind.unit or "")
    request = FactorRequest(id=act.request, factor=act.factor, amount=act.amount, by=docket.unit)
    docket.record(FactorRequested(request=request))
    docket.set_deadline("factor", holder, ("answer_factor",), key=act.request, step="")


def _answer_factor(docket: Docket, act: AnswerFactor) -> None:
    clock = docket.deadline(f"factor/{act.request}")
    if clock is None or clock.holder is None:
        waiting = [each.id for each in docket.state.factors if each.granted is None]
        docket.refuse("no_such_request", id=act.request, known=", ".join(waiting) or "-")
    if docket.unit != clock.holder.unit:
        docket.refuse("not_your_part", unit=docket.unit, role=docket.role, expected=clock.holder.unit)
    docket.record(FactorAnswered(request=act.request, granted=act.granted))
    docket.met(clock.id)


def refuse_unknown_factors(docket: Docket, named: tuple[str, ...]) -> None:
    """A plan names requests that were made."""
    known = [each.id for each in docket.state.factors]
    if wrong := [each for each in named if each not in known]:
        docket.refuse("no_such_request", id=", ".join(wrong), known=", ".join(known) or "-")


def refuse_missing_factors(docket: Docket, named: tuple[str, ...]) -> None:
    """What the plan rests on was granted."""
    granted = [each.id for each in docket.state.factors if each.granted]
    if missing := [each for each in named if each not in granted]:
        docket.refuse("factors_missing", missing=", ".join(missing))


# green channel, loans and insurance


def ask_green_channel(docket: Docket) -> None:
    """R68: in the application itself, or later."""
    if docket.policy.green_channel is None:
        docket.refuse("no_green_channel", city=docket.policy.city)
    asked = docket.state.green_channel
    if asked is not None and asked.granted is not False:
        docket.refuse("green_channel_asked")
    docket.record(GreenChannelAsked(by=docket.unit))
    office = docket.holder(Role.PLATFORM_OFFICE)
    docket.set_deadline("green_channel", office, ("decide_green_channel",), step="")


def _finance(docket: Docket, act: RecordFinance) -> None:
    if not docket.state.contracts:
        docket.refuse("no_contract_yet")
    if act.until < act.since:
        docket.refuse("period_reversed", since=act.since, until=act.until)
    if act.kind == "insurance" and act.premium_yuan is None:
        docket.refuse("premium_missing")
    docket.record(
        FinanceRecorded(
            finance=Finance(
                kind=act.kind, unit=docket.unit, by=docket.person, provider=act.provider, amount_yuan=act.amount_yuan,
                premium_yuan=act.premium_yuan, since=act.since, until=act.until,
            )
        )
    )  # fmt: skip
