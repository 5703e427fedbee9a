"""What would have been otherwise under another policy: the recorded commands, judged by other rules."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress as Bar

from audit.whatif import Comparison, Divergence, compared
from models.policy import Policy
from models.refusal import REFUSALS
from runtime.policy_files import load_policy
from runtime.wiring import Parts

from . import output, shown, wording
from .acting import OnBehalf
from .output import AsJson, Failure, misuse, say
from .session import database, policy_of, state_of
from .viewing import Viewing, may_audit

SHOWN = 50
_KINDS = {
    "refused": ("不再可能", "no longer possible"),
    "possible": ("变为可能", "possible then"),
    "step": ("环节不同", "another step"),
    "date": ("日期不同", "another date"),
    "reminder": ("提醒不同", "another reminder"),
    "outcome": ("结果不同", "another outcome"),
}


def add_to(app: typer.Typer) -> None:
    app.command("whatif")(whatif)


def whatif(
    policy: Annotated[Path, typer.Option(metavar="FILE", help="另一份政策文件 · the other policy's file")],
    scene: Annotated[list[str] | None, typer.Argument(metavar="[SCENE]...", help="场景 · the scenes")] = None,
    city: Annotated[str | None, typer.Option(help="某市全部场景 · every scene of a city", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部场景 · every scene")] = False,
    calendar: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="另一套日历 · another calendar's folder", show_default=False),
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """换一份政策会怎样：按原有操作重新裁断 · Judge what was done by another policy, first change first"""
    if not scene and city is None and not everything:
        raise misuse("请指明场景，或用 --city、--all 选择。", "Name the scenes, or choose them with --city or --all.")
    if scene and (city is not None or everything):
        raise misuse("场景、--city、--all 只能用一种。", "Name scenes or use --city or --all, not both.")
    other = load_policy(policy, calendar)
    with database() as stored:
        known = stored.reads.scenes(city=city)
        chosen = tuple(dict.fromkeys(scene)) if scene else known
        for each in chosen:
            state_of(stored, each)
        admitted = may_audit(stored, chosen, who, on_behalf_of, named=bool(scene), display="audit_whatif")
        chosen = admitted.scenes
        with Bar(disable=output.as_json(), transient=True) as bar:
            each_in_turn = bar.track(chosen, description=say("裁断", "judging"))
            found = [_of(stored, each, other, own_calendar=calendar is None) for each in each_in_turn]
    firsts = sorted(((each.first, each) for each in found if each.first), key=lambda pair: (pair[0].at, pair[1].scene))
    changed = [each for _, each in firsts]
    data = {
        "policy": {"city": other.city, "version": other.version, "digest": other.digest},
        "scenes": len(found), "left_out": admitted.left_out, "changed": len(changed),
        "items": [each.model_dump(mode="json") for each in changed],
        "unlike_record": [each.scene for each in found if each.unlike_record],
    }  # fmt: skip
    columns = [("场景", "scene"), ("最早的不同", "first change"), ("起于", "from"), ("原为", "before"),
               ("会是", "would be"), ("共", "in all"), ("结果", "outcome")]  # fmt: skip
    rows = [_row(each, first) for first, each in firsts[:SHOWN]]
    counts = Counter(each.kind for comparison in changed for each in comparison.divergences)
    summary = "，".join(f"{say(*_KINDS[kind])} {count}" for kind, count in counts.items())
    lines = [
        say(
            f"{len(found)} 个场景中 {len(changed)} 个会不同。{summary}",
            f"{len(changed)} of {len(found)} scenes would differ. {summary}",
        )
    ]
    if any(each.refused for each in changed):
        lines.append(
            say(
                "“不再可能”的操作当时是办成了的；换了政策人们会怎么做，没有人知道，其后的不同多由此而来。",
                "What is no longer possible was done then. What people would have done instead nobody knows; most of "
                "what differs later follows from it.",
            )
        )
    if unlike := data["unlike_record"]:
        lines.append(
            say(f"以原政策重演也与记录不同的：{unlike}。", f"Not lived again even under their own policy: {unlike}.")
        )
    output.present(data, *([output.table(columns, rows)] if rows else []), *lines, *admitted.told)


def _of(stored: Parts, scene: str, other: Policy, *, own_calendar: bool) -> Comparison:
    entries = [record.entry for record in stored.reads.entries(scene)]
    first = entries[0]
    began = stored.rulebooks.find(first.policy, first.calendar) or policy_of(stored, state_of(stored, scene))
    if began is None:
        raise Failure(
            "no_rulebook",
            say(f"找不到 {scene} 当时的政策。", f"The policy that {scene} began under is not found."),
        )
    if began.city != other.city:
        raise misuse(
            f"{scene} 属于{began.city}，这份政策是{other.city}的；请用 --city 选择。",
            f"{scene} is of {began.city}, the policy of {other.city}; choose scenes with --city.",
        )
    if own_calendar:
        other = other.model_copy(update={"calendar": began.calendar})
    return compared(scene, entries, began, other)


def _row(each: Comparison, first: Divergence) -> tuple[object, ...]:
    ends = "" if each.ended == each.would_end else f"{_end(each.ended)} → {_end(each.would_end)}"
    kind = say(*_KINDS[first.kind])
    return (
        each.scene, f"{kind}：{_what(first)}", f"{first.sequence} · {shown.moment(first.at)}",
        _value(first, first.before), _value(first, first.after), len(each.divergences), ends,
    )  # fmt: skip


def _what(first: Divergence) -> str:
    match first.kind:
        case "refused" | "possible":
            return wording.verb(first.what)
        case "date" | "reminder":
            id, _, rung = first.what.partition(" ")
            limit, _, rest = id.partition("/")
            return " ".join(filter(None, (wording.limit(limit), rest, rung)))
        case _:
            return ""


def _value(first: Divergence, value: str | None) -> str:
    if value is None:
        return "-"
    if first.kind == "step":
        return wording.step(value)
    return value if value not in REFUSALS else f"[{value}]"


def _end(pair: tuple[str, str]) -> str:
    step, outcome = pair
    return wording.outcome(outcome) if outcome else wording.step(step)
