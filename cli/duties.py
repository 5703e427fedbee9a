"""A duty among people: at whose desk it lies, who could take it, and how it is passed on."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from models.commands import Act
from models.commands.handling import (
    AddSigner,
    ClaimDuty,
    CopyTo,
    DelegateDuty,
    HandBackDuty,
    Nudge,
    ReleaseDuty,
    RemoveSigner,
    TakeBack,
    TransferDuty,
)
from models.deadline import Duty
from rules.directory import candidates
from rules.duties import duties

from . import output, pool_duties, shown, wording
from .acting import OnBehalf, Scene, command_for
from .named import Reasons
from .output import AsJson, say
from .session import database, policy_of, state_of
from .viewing import Viewing, veil_of

app = output.group("待办：认领、转办、委办、催办、抄送、加减签、撤回 · Duties among people")

Which = Annotated[
    str, typer.Argument(metavar="DUTY", help="待办编号，见 scene duty list · see `scene duty list`", show_default=False)
]
Note = Annotated[str, typer.Option(help="说明 · a note", show_default=False)]
To = Annotated[str, typer.Option(metavar="PERSON", help="接办人编号 · who takes it", show_default=False)]
Unit = Annotated[str, typer.Argument(metavar="UNIT", help="单位 · the unit", show_default=False)]


def _claim(duty: Which) -> Act:
    """认领：此后由本人办理 · Claim a duty: from now on it is yours"""
    return ClaimDuty(duty=duty)


def _release(duty: Which, reasons: Reasons) -> Act:
    """退回待领 · Release a duty to its unit"""
    return ReleaseDuty(duty=duty, reasons=reasons)


def _transfer(duty: Which, to: To, reasons: Reasons) -> Act:
    """转办：交给同单位他人，不再收回 · Transfer a duty to a colleague for good"""
    return TransferDuty(duty=duty, to=to, reasons=reasons)


def _delegate(duty: Which, to: To, reasons: Reasons) -> Act:
    """委办：请同单位他人准备，办好交回 · Have a colleague prepare a duty; it comes back"""
    return DelegateDuty(duty=duty, to=to, reasons=reasons)


def _hand_back(duty: Which, note: Note) -> Act:
    """交回（或收回）委办 · Hand back what was delegated, or call it back"""
    return HandBackDuty(duty=duty, note=note)


def _nudge(duty: Which, note: Note) -> Act:
    """催办 · Nudge the holder of a duty"""
    return Nudge(duty=duty, note=note)


def _copy(
    unit: Annotated[list[str], typer.Option("--to", help="抄送单位，可多个 · a unit", show_default=False)], note: Note
) -> Act:
    """抄送 · Tell units of the scene as it stands"""
    return CopyTo(units=tuple(unit), note=note)


def _add(unit: Unit, reasons: Reasons) -> Act:
    """加签：会商中增加一家单位 · Ask one more department"""
    return AddSigner(unit=unit, reasons=reasons)


def _remove(unit: Unit, reasons: Reasons) -> Act:
    """减签：不再征求尚未答复的单位 · Leave out a department that has not answered"""
    return RemoveSigner(unit=unit, reasons=reasons)


def _take_back(
    entry: Annotated[int, typer.Option(min=1, help="要撤回的记录号 · entry of the act", show_default=False)],
    reasons: Reasons,
) -> Act:
    """撤回本人刚办理、他人尚未接手的操作 · Take back your own last act"""
    return TakeBack(entry=entry, reasons=reasons)


_ACTS: dict[str, Callable[..., Act]] = {
    "claim": _claim, "release": _release, "transfer": _transfer, "delegate": _delegate, "hand-back": _hand_back,
    "nudge": _nudge, "copy": _copy, "add-signer": _add, "remove-signer": _remove, "take-back": _take_back,
}  # fmt: skip
for _name, _build in _ACTS.items():
    command_for(app, _name)(_build)


@app.command("list")
def list_(scene: Scene, who: Viewing = None, on_behalf_of: OnBehalf = None, as_json: AsJson = False) -> None:
    """某场景的待办：在谁手上，谁可认领 · A scene's duties: at whose desk they lie, who could claim them"""
    with database() as opened:
        whole = state_of(opened, scene)
        veil = veil_of(opened, whole, who, on_behalf_of)
        state = veil.state()
        policy = policy_of(opened, whole)
        city = whole.profile.city if whole.profile else ""
        directory = opened.directories.in_force(city)
        of_pool = pool_duties.of_scene(opened, whole, policy)
        found = (*duties(state), *filter(veil.shows, of_pool))
    calendar = policy.calendar if policy else None
    data = []
    for duty in found:
        able: tuple[str, ...] = (duty.holder.person,) if duty.holder.person else ()
        if directory is not None and not able:
            able = candidates(directory.directory, duty.holder.unit, duty.holder.role, shown.today())
        left = shown.left(duty.status, duty.due_on, calendar)
        data.append({**duty.model_dump(mode="json"), "workdays_left": left, "candidates": able})
    columns = [("编号", "duty"), ("应办", "what"), ("责任方", "whose turn"), ("在办", "at"), ("可认领", "candidates"),
               ("期限", "due"), ("剩余", "left")]  # fmt: skip
    rows = [_row(duty, each) for duty, each in zip(found, data, strict=True)]
    none = say("没有待办事项。", "Nothing is to be done.")
    output.present(data, output.table(columns, rows) if rows else none)


def _row(duty: Duty, data: dict[str, Any]) -> tuple[object, ...]:
    return (
        duty.deadline,
        wording.limit(duty.limit),
        shown.holder(duty.holder.role, duty.holder.unit, duty.holder.person),
        shown.at_desk(duty.desk.claimed_by, duty.desk.delegated_to) if duty.desk else "",
        ", ".join(data["candidates"]),
        shown.due(duty.due_on, provisional=duty.provisional),
        shown.left_in_words(duty.status, data["workdays_left"]),
    )
