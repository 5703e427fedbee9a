"""One scene as it is shown, whether it was read from the lists or from its workflow."""

from datetime import UTC, date, datetime
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from models.calendar import Calendar, Unit
from models.deadline import AwaitedService, Deadline, DeadlineStatus
from models.policy import Policy
from models.state import IncidentStatus, Objection, SceneState
from models.vocabulary import Machine
from models.words import (
    COMPLAINT_OUTCOMES,
    INCIDENTS,
    LIMITS,
    MACHINES,
    NOTICES,
    OBJECTIONS,
    POSITIONS,
    RISKS,
    ROLES,
    STATUSES,
    TRACKS,
    Word,
)
from rules.calendar import workdays_left
from rules.deadlines import BEIJING, local_day
from rules.docket import BIDDER_MACHINES

from . import output, wording
from .output import say


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The city's date."""
    return local_day(now())


def moment(at: datetime | None) -> str:
    """The city's clock."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if at else "-"


def word(words: Any, key: str) -> str:
    found: Word | None = words.get(key)
    return found.text(output.language()) if found else key


def at_desk(claimed_by: str | None, delegated_to: str | None) -> str:
    """At whose desk a duty lies; nothing where it lies open to the unit."""
    if claimed_by is None:
        return ""
    return f"{claimed_by} → {delegated_to}" if delegated_to is not None else claimed_by


def left(deadline_status: DeadlineStatus | str, due_on: date, calendar: Calendar | None) -> int | None:
    """Working days left: 0 on the due day, negative after it. None while the clock stands still."""
    if deadline_status == DeadlineStatus.PAUSED or calendar is None:
        return None
    return workdays_left(calendar, today(), due_on)


def left_in_words(status: DeadlineStatus | str, days: int | None) -> Text:
    if status == DeadlineStatus.PAUSED:
        return Text(word(STATUSES, "paused"), "dim")
    if days is None:
        return Text("-")
    if status == DeadlineStatus.OVERDUE or days < 0:
        return Text(say(f"逾期 {-days} 个工作日", f"{-days} workdays overdue"), "bold red")
    if days == 0:
        return Text(say("今天到期", "due today"), "bold yellow")
    return Text(say(f"剩 {days} 个工作日", f"{days} workdays left"), "yellow" if days <= 2 else "")


def due_of(deadline: Deadline) -> Text:
    """A day; the minute, for a duty that is counted in hours."""
    if deadline.period.unit is Unit.HOURS:
        return Text(moment(deadline.due_at))
    return due(deadline.due_on, provisional=deadline.provisional)


def left_of(deadline: Deadline, status: DeadlineStatus | str, calendar: Calendar | None) -> Text:
    """Working days; hours and minutes, for a duty that is counted in hours."""
    if deadline.period.unit is not Unit.HOURS or status == DeadlineStatus.PAUSED:
        return left_in_words(status, left(status, deadline.due_on, calendar))
    seconds = (deadline.due_at - now()).total_seconds()
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    length = say(f"{hours} 小时 {minutes} 分", f"{hours} h {minutes} min")
    if seconds < 0:
        return Text(say(f"逾期 {length}", f"{length} overdue"), "bold red")
    return Text(say(f"剩 {length}", f"{length} left"), "bold yellow")


def due(due_on: date, *, provisional: bool) -> Text:
    """A day; a provisional one is marked: it reaches into a year whose holiday notice is not published."""
    return Text.assemble(due_on.isoformat(), (say(" 暂定", " provisional"), "magenta") if provisional else "")


def holder(role: str, unit: str, person: str | None) -> str:
    return " · ".join(part for part in (unit or word(ROLES, role), person) if part)


def content(state: SceneState, policy: Policy | None, source: str) -> dict[str, Any]:
    """The data of `scene show`; its keys stay."""
    calendar = policy.calendar if policy else None
    profile = state.profile
    return {
        "scene": state.scene,
        "source": source,
        "sequence": state.sequence,
        "profile": profile.model_dump(mode="json") if profile else None,
        "stage": state.stage.value,
        "step": state.step,
        "entered_at": state.entered_at,
        "began_on": state.began_on,
        "outcome": state.outcome,
        "declared": state.declared,
        "suspended_since": state.suspension.since if state.suspension else None,
        "lead": state.lead,
        "cooperating": state.cooperating,
        "regulator": state.regulator,
        "policy": {"version": state.policy_version, "digest": state.policy_digest, "calendar": state.calendar},
        "duties": [_clock(each, calendar) for each in _by_date(state) if each.holder is not None],
        "running": [_clock(each, calendar) for each in _by_date(state) if each.holder is None],
        "awaiting_service": [_awaited(each) for each in state.services],
        "bidders": [{"bidder": bidder, **steps} for bidder, steps in machines(state).items()],
        "plan_opinions": [
            {"bidder": trial.bidder, **each.model_dump(mode="json")}
            for trial in state.trials
            for each in trial.opinions
        ],
        "complaints": [each.model_dump(mode="json") for each in state.complaints],
        "factors": [each.model_dump(mode="json") for each in state.factors],
        "green_channel": state.green_channel.model_dump(mode="json") if state.green_channel else None,
        "finances": [each.model_dump(mode="json") for each in state.finances],
        "benchmark_applications": [each.model_dump(mode="json") for each in state.benchmark_applications],
        "objections": [each.model_dump(mode="json") for each in state.objections],
        "incidents": [each.model_dump(mode="json") for each in state.incidents],
        "decisions": [each.model_dump(mode="json") for each in state.decisions],
        "extension_requests": [each.deadline for each in state.extension_requests],
        "withdrawal": state.withdrawal.model_dump(mode="json") if state.withdrawal else None,
    }


def objection_stands(objection: Objection) -> str:
    """How an objection stands, with what became of a result that counted already."""
    said = word(OBJECTIONS, objection.status)
    if objection.outcome is None:
        return said
    between = say("，", ", ")
    return f"{said}{between}{word(COMPLAINT_OUTCOMES, objection.outcome)}"


def _by_date(state: SceneState) -> list[Deadline]:
    return sorted(state.deadlines, key=lambda each: (each.due_at, each.id))


def _clock(deadline: Deadline, calendar: Calendar | None) -> dict[str, Any]:
    return {
        "deadline": deadline.id,
        "limit": deadline.limit,
        "holder": deadline.holder.model_dump(mode="json") if deadline.holder else None,
        "verbs": deadline.verbs,
        "bidder": deadline.bidder,
        "due_on": deadline.due_on,
        "due_at": deadline.due_at,
        "workdays_left": left(deadline.status, deadline.due_on, calendar),
        "provisional": deadline.provisional,
        "status": deadline.status.value,
        "clause": deadline.clause,
    }


def _awaited(awaited: AwaitedService) -> dict[str, Any]:
    return {
        "deadline": awaited.id,
        "limit": awaited.limit,
        "entry": awaited.entry,
        "to": awaited.to.model_dump(mode="json") if awaited.to else None,
        "holder": awaited.holder.model_dump(mode="json") if awaited.holder else None,
        "verbs": awaited.verbs,
    }


def machines(state: SceneState) -> dict[str, dict[str, str]]:
    """Each bidder's own machines, by the step each stands at."""
    found: dict[str, dict[str, str]] = {}
    for machine, parts in BIDDER_MACHINES.items():
        for part in getattr(state, parts):
            if part.step:
                found.setdefault(part.bidder, {})[machine.value] = part.step
    return found


def rendered(state: SceneState, policy: Policy | None) -> list[RenderableType]:
    """What people see of `scene show`."""
    calendar = policy.calendar if policy else None
    parts: list[RenderableType] = [_headline(state), output.pairs(_facts(state))]
    clocks = _by_date(state)
    if duties := [each for each in clocks if each.holder is not None]:
        columns = [("应办", "duty"), ("责任方", "whose turn"), ("在办", "at"), ("期限", "due"), ("剩余", "left"),
                   ("操作", "by")]  # fmt: skip
        parts.append(output.table(columns, [_duty(each, calendar) for each in duties], say("待办", "Duties")))
    if running := [each for each in clocks if each.holder is None]:
        columns = [("期间", "period"), ("揭榜方", "bidder"), ("截止", "ends"), ("剩余", "left"), ("状态", "status")]
        parts.append(
            output.table(columns, [_running(each, calendar) for each in running], say("进行中的期间", "Running"))
        )
    if state.services:
        columns = [("自送达起算", "runs from service"), ("责任方", "whose turn"), ("记录", "entry"), ("送达给", "to")]
        rows: list[tuple[object, ...]] = [
            (
                word(LIMITS, each.limit),
                holder(each.holder.role, each.holder.unit, each.holder.person) if each.holder else "",
                each.entry,
                holder(each.to.role, each.to.unit, each.to.person) if each.to else "",
            )
            for each in state.services
        ]
        parts.append(output.table(columns, rows, say("待送达", "To be served")))
    if found := machines(state):
        columns = [("揭榜方", "bidder"), *((wording_of(m, "zh"), wording_of(m, "en")) for m in BIDDER_MACHINES)]
        rows = [
            (bidder, *(wording.step(steps[m.value], m) if m.value in steps else "" for m in BIDDER_MACHINES))
            for bidder, steps in found.items()
        ]
        parts.append(output.table(columns, rows, say("揭榜方", "Bidders")))
    if opinions := [(trial.bidder, each) for trial in state.trials for each in trial.opinions]:
        columns = [("揭榜方", "bidder"), ("单位", "unit"), ("专家", "expert"), ("意见", "opinion")]
        rows = [(bidder, each.unit, each.person or "", word(POSITIONS, each.position)) for bidder, each in opinions]
        parts.append(output.table(columns, rows, say("试点方案意见", "Opinions on the trial plan")))
    parts += _support(state, policy)
    if state.benchmark_applications:
        columns = [("申报单位", "unit"), ("层级", "level")]
        rows = [(each.unit, each.level) for each in state.benchmark_applications]
        parts.append(output.table(columns, rows, say("标杆申报", "Applied as benchmark")))
    if state.objections:
        columns = [("编号", "id"), ("公示", "notice"), ("揭榜方", "bidder"), ("状态", "status")]
        rows = [
            (each.id, word(NOTICES, each.about), each.bidder or "", objection_stands(each)) for each in state.objections
        ]
        parts.append(output.table(columns, rows, say("异议", "Objections")))
    if state.incidents:
        columns = [("编号", "id"), ("揭榜方", "bidder"), ("等级", "severity"), ("状态", "status"),
                   ("签收", "acknowledged"),
                   ("上报次数", "times reported up"), ("可能的红线", "red line it may be")]  # fmt: skip
        rows = [
            (
                each.id, each.bidder, say("伤亡", "casualty") if each.casualty else _severity(policy, each.severity),
                word(INCIDENTS, each.status), each.acknowledged_by or "-", len(each.upward), each.red_line or "",
            )
            for each in state.incidents
        ]  # fmt: skip
        parts.append(output.table(columns, rows, say("事件", "Incidents")))
    return parts


def _support(state: SceneState, policy: Policy | None) -> list[RenderableType]:
    """Complaints, factors, the green channel, loans and insurance."""
    parts: list[RenderableType] = []
    rows: list[tuple[object, ...]]
    answers = {None: say("待答复", "waiting"), True: say("同意", "granted"), False: say("不同意", "not granted")}
    if state.green_channel is not None:
        parts.append(output.pairs([(say("绿色通道", "green channel"), answers[state.green_channel.granted])]))
    if state.factors:
        known = {each.key: each.name for each in policy.factors.kinds} if policy and policy.factors else {}
        columns = [("编号", "id"), ("要素", "factor"), ("数量", "amount"), ("申请单位", "by"), ("答复", "answer")]
        rows = [
            (each.id, known.get(each.factor, each.factor), each.amount, each.by, answers[each.granted])
            for each in state.factors
        ]
        parts.append(output.table(columns, rows, say("要素保障", "Factors")))
    if state.complaints:
        found = {None: say("待答复", "waiting"), True: say("属实", "founded"), False: say("不属实", "not founded")}
        columns = [("编号", "id"), ("受理方", "addressed"), ("被投诉方", "against"), ("答复", "answer"),
                   ("信用等级", "credit since")]  # fmt: skip
        rows = [
            (each.id, word(ROLES, each.to), each.against or "", found[each.founded], each.credit or "")
            for each in state.complaints
        ]
        parts.append(output.table(columns, rows, say("投诉举报", "Complaints")))
    if state.finances:
        kinds = {"loan": say("场景贷", "loan"), "insurance": say("场景保险", "insurance")}
        columns = [("类别", "kind"), ("单位", "for"), ("机构", "by"), ("金额（元）", "yuan"), ("保费（元）", "premium"),
                   ("期间", "period"), ("登记人", "recorded by")]  # fmt: skip
        rows = [
            (
                kinds[each.kind], each.unit, each.provider, f"{each.amount_yuan:,}",
                "" if each.premium_yuan is None else f"{each.premium_yuan:,}", f"{each.since} – {each.until}", each.by,
            )
            for each in state.finances
        ]  # fmt: skip
        parts.append(output.table(columns, rows, say("场景贷与场景保险", "Loans and insurance")))
    return parts


def _severity(policy: Policy | None, key: str | None) -> str:
    """As the city's policy names it."""
    known = policy.incidents.severities if policy else ()
    return next((each.name for each in known if each.key == key), key or "-")


def wording_of(machine: Machine, language: str) -> str:
    word = MACHINES[machine.value]
    return word.zh if language == "zh" else word.en


def _headline(state: SceneState) -> Text:
    name = state.profile.name if state.profile else "-"
    marks = Text()
    if state.suspension:
        marks.append(
            say(f" [暂停 {moment(state.suspension.since)} 起]", f" [suspended since {moment(state.suspension.since)}]"),
            "bold red",
        )
    if state.declared:
        marks.append(say(" [以往为申报，未经本系统见证]", " [its past is declared, not witnessed]"), "magenta")
    if state.outcome:
        marks.append(f" [{wording.outcome(state.outcome)}]", "bold")
    return Text.assemble((name, "bold"), f"  {state.scene}", marks)


def closing_waits_for(state: SceneState) -> str:
    """Why a scene that ends is not over yet: remedies, incidents, payments, refunds."""
    reasons = []
    if state.decisions:
        reasons.append(say("救济期未满", "remedies are open"))
    if any(each.status is not IncidentStatus.CLOSED for each in state.incidents):
        reasons.append(say("事件未销号", "an incident is open"))
    if state.owed_payments:
        reasons.append(say("款项未付", "a payment is owed"))
    if state.owed_refunds:
        reasons.append(say("款项未退", "a refund is owed"))
    if state.refunds_on_their_way:
        reasons.append(say("退款是否到账未确认", "a refund is on its way"))
    return say("、", ", ").join(reasons)


def _facts(state: SceneState) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [
        (say("环节", "step"), f"{wording.stage(state.stage)} · {wording.step(state.step)} ({state.step})"),
        (say("进入时间", "since"), moment(state.entered_at)),
    ]
    if state.step == "remedies":
        rows.append((say("待办结原因", "waits, because"), closing_waits_for(state)))
    if (profile := state.profile) is not None:
        kind = (profile.type, profile.scale.value, profile.maturity, word(TRACKS, profile.track))
        rows += [
            (
                say("城市与领域", "city, domain"),
                _marked(f"{profile.city} · {profile.domain}", profile.assumed, "domain"),
            ),
            (say("类型", "kind"), _marked(" · ".join(kind), profile.assumed, "type", "scale", "maturity", "track")),
            (say("风险", "risk"), _marked(word(RISKS, profile.risk), profile.assumed, "risk")),
            (say("预算（元）", "budget, yuan"), _marked(f"{profile.budget_yuan:,}", profile.assumed, "budget_yuan")),
            (word(ROLES, "scene_owner"), _marked(profile.owner, profile.assumed, "owner")),
        ]
        if profile.co_owners:
            others = [f"{each.unit}（{each.region}）" if each.region else each.unit for each in profile.co_owners]
            rows.append((say("联合场景单位", "co-owners"), say("、", ", ").join(others)))
        if profile.firsts:
            rows.append((say("三首产品", "three firsts"), say("、", ", ").join(profile.firsts)))
        if profile.project is not None:
            rows.append((profile.project.kind, profile.project.name))
    rows += [
        (word(ROLES, "lead_department"), state.lead),
        (word(ROLES, "cooperating_department"), say("、", ", ").join(state.cooperating) or "-"),
        (word(ROLES, "regulator"), state.regulator),
        (say("政策与日历", "policy, calendar"), f"{state.policy_version} · {state.calendar}"),
        (say("记录数", "entries"), state.sequence),
    ]
    return rows


def _marked(text: str, assumed: tuple[str, ...], *fields: str) -> Text:
    """What no source states is marked."""
    mark = (say("（部分为假定）", " (in part assumed)"), "magenta")
    if len(fields) == 1:
        mark = (say("（假定）", " (assumed)"), "magenta")
    return Text.assemble(text, mark if set(fields) & set(assumed) else "")


def _duty(deadline: Deadline, calendar: Calendar | None) -> tuple[object, ...]:
    who = deadline.holder
    name = wording.limit(deadline.limit) + (f" · {deadline.bidder}" if deadline.bidder else "")
    return (
        name,
        holder(who.role, who.unit, who.person) if who else "",
        at_desk(deadline.desk.claimed_by, deadline.desk.delegated_to) if deadline.desk else "",
        due_of(deadline),
        left_of(deadline, deadline.status, calendar),
        ", ".join(deadline.verbs),
    )


def _running(deadline: Deadline, calendar: Calendar | None) -> tuple[object, ...]:
    return (
        wording.limit(deadline.limit),
        deadline.bidder or "",
        due_of(deadline),
        left_of(deadline, deadline.status, calendar),
        word(STATUSES, deadline.status),
    )
