"""Why a deadline is when it is: its clause, its story and its days."""

from rich.console import RenderableType

from models.calendar import Period
from models.state import SceneState
from models.words import DAY_KINDS, TURN_REASONS, TURNS, UNITS
from rules.disclosure import Veil, Viewer
from rules.explaining import Explanation, Leg, Turn, explained
from runtime.wiring import Parts

from . import output, shown, wording
from .output import Failure, say
from .session import policy_of


def explanation(opened: Parts, state: SceneState, deadline: str, viewer: Viewer) -> Explanation:
    """As far as the viewer may be told of it. Raises Failure: unknown_deadline, no_calendar."""
    journal = [record.entry for record in opened.reads.entries(state.scene)]
    policy = policy_of(opened, state)
    veil = Veil(policy, state, viewer, journal)
    if policy is None:
        raise Failure(
            "no_calendar",
            say("找不到该场景所用的政策和日历。", "The policy and calendar of this scene were not found."),
        )
    found = explained(journal, deadline, policy.calendar)
    if found is not None and found.deadline.calendar != policy.calendar.version:
        older = opened.rulebooks.find(state.policy_digest, found.deadline.calendar)
        found = explained(journal, deadline, older.calendar) if older else found
    if found is None or not veil.shows(found.deadline) or veil.deadline(found.deadline) != found.deadline:
        # Whether a judge's deadline exists would tell whether somebody is a judge.
        clocks = [each.deadline for each in opened.reads.deadlines(state.scene) if veil.shows(each.deadline)]
        known = "、".join(veil.deadline(each).id for each in clocks) or "-"
        raise Failure(
            "unknown_deadline",
            say(
                f"{state.scene} 没有期限“{deadline}”。它的期限：{known}。",
                f"{state.scene} has no deadline {deadline}. It has: {known}.",
            ),
        )
    return found.model_copy(
        update={"turns": tuple(Turn.model_validate(veil.told(each.model_dump())) for each in found.turns)}
    )


def rendered(story: Explanation) -> list[RenderableType]:
    deadline = story.deadline
    due = shown.due_of(deadline)
    limit, period = wording.limit(deadline.limit), _period(deadline.period)
    lines = [
        say(f"{limit}：{period}，{due}到期", f"{limit}: {period}, due {due}"),
        say(f"依据：{deadline.clause}", f"Clause: {deadline.clause}"),
        say(f"日历版本：{deadline.calendar}", f"Calendar: {deadline.calendar}"),
    ]
    parts: list[RenderableType] = [*lines, _story(story)]
    for number, leg in enumerate(story.legs, start=1):
        parts += [_leg_heading(number, len(story.legs), leg), _days(leg)]
    if not story.legs:
        parts.append(say("这一天是指定的，不是推算的。", "This day was fixed, not counted."))
    return parts


def _story(story: Explanation) -> RenderableType:
    columns = [("号", "no"), ("时间", "time"), ("变化", "what"), ("由", "by"), ("原因", "why"), ("到期", "due")]
    rows = []
    for turn in story.turns:
        because = f" {shown.word(TURN_REASONS, turn.because)}" if turn.because else ""
        left = say(f"剩 {turn.remaining}", f"{turn.remaining} left") if turn.remaining is not None else ""
        rows.append(
            (
                turn.sequence,
                shown.moment(turn.at),
                f"{shown.word(TURNS, turn.what)}{because}",
                f"{wording.verb(turn.verb)} {wording.role(turn.role.value)} {turn.unit}",
                turn.reasons or "",
                turn.due_on or left,
            )
        )
    return output.table(columns, rows)


def _leg_heading(number: int, of: int, leg: Leg) -> str:
    which = f"{number}/{of} " if of > 1 else ""
    return say(
        f"{which}自 {leg.start} 次日起 {_period(leg.period)}，至 {leg.due_on}",
        f"{which}{_period(leg.period)} from the day after {leg.start}, to {leg.due_on}",
    )


def _days(leg: Leg) -> RenderableType:
    columns = [("日期", "day"), ("性质", "what"), ("第几日", "number")]
    guess = say("（暂定）", " (provisional)")
    rows = [
        (
            f"{day.on} {say('一二三四五六日'[day.on.weekday()], f'{day.on:%a}')}",
            (day.name or shown.word(DAY_KINDS, day.kind)) + ("" if day.published else guess),
            day.number if day.number is not None else say("不计", "does not count"),
        )
        for day in leg.days
    ]
    return output.table(columns, rows)


def _period(period: Period) -> str:
    return f"{period.length}{say('', ' ')}{shown.word(UNITS, period.unit)}"
