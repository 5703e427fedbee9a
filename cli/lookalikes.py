"""The duplicate check (避免重复建设): the system shows which scenes look alike and why; a person decides."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from models.commands.solicitation import Application, Register
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from runtime.policy_files import city_files, load_city, load_policy
from runtime.samples import application_of, load_scenes
from runtime.settings import PROJECT, Settings
from runtime.wiring import Parts

from . import output, wording
from .applications import submission
from .output import AsJson, misuse, note, say
from .session import city_policy, database, settings

if TYPE_CHECKING:
    from similarity.lookalikes import LookAlike, Reason

_PARTS = {"name": ("名称", "name"), "need": ("需求", "need"), "place": ("地点", "place"), "domain": ("领域", "domain")}


def add_to(app: typer.Typer) -> None:
    app.command("lookalikes", rich_help_panel=output.SCENES)(lookalikes)


def lookalikes(
    scene: Annotated[
        str | None, typer.Argument(metavar="[SCENE]", help="场景编号 · scene id", show_default=False)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="未申报的申报书 · a draft application", show_default=False),
    ] = None,
    city: Annotated[str | None, typer.Option(help="只与某市的场景比 · one city only", show_default=False)] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=500, help="至多几个，默认按政策 · at most", show_default=False)
    ] = None,
    least: Annotated[
        float | None,
        typer.Option("--min", min=0, max=1, help="相似度下限，默认按政策 · least likeness", show_default=False),
    ] = None,
    with_samples: Annotated[
        bool, typer.Option("--samples", help="也与三百个样例场景比 · with the samples as well")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """查重：相似的场景及理由 · Scenes that look alike, and why; whether one is a duplicate a person decides"""
    if (scene is None) == (file is None):
        raise misuse("请给出场景编号，或用 --file 给出申报书。", "Give a scene's id, or an application with --file.")
    made = settings()
    only = load_city(made.policies_dir, city).city if city is not None else None
    draft = submission(made, file)[0].application if file is not None else None
    with database(made) as opened:
        known = opened.reads.applications(only)
        subject = draft or _submitted(opened, known, scene or "")
        if with_samples:
            known |= _samples(made, only, known)
        policy = load_city(made.policies_dir, subject.city)
        found = _alike(policy, known, subject, scene, least)[: limit or policy.lookalikes.at_most]
        stands = {each.scene: _stands(opened, each.scene) for each in found}
    here = [each for each in found if each.city == subject.city]
    elsewhere = [each for each in found if each.city != subject.city]
    compared = len(known.keys() - {scene})
    data = {
        "scene": scene, "name": subject.name, "city": subject.city, "compared": compared,
        "least": policy.lookalikes.propose_from if least is None else least,
        "here": [each.model_dump(mode="json") for each in here],
        "elsewhere": [each.model_dump(mode="json") for each in elsewhere],
    }  # fmt: skip
    tables = [
        output.table(_COLUMNS, [_line(each, stands[each.scene]) for each in group], title)
        for group, title in ((here, say("本市", "In this city")), (elsewhere, say("其他城市", "In other cities")))
        if group
    ]
    output.present(data, *tables, _footer(len(found), compared))


_COLUMNS = [("编号", "scene"), ("名称", "name"), ("城市", "city"), ("领域", "domain"), ("环节", "step"),
            ("相似度", "likeness"), ("理由", "reasons")]  # fmt: skip


def _line(each: "LookAlike", step: str) -> tuple[object, ...]:
    why = say("；", "; ").join(map(_reason, each.reasons))
    return each.scene, each.name, each.city, each.domain, step, f"{each.score:.2f}", why


def _reason(reason: "Reason") -> str:
    part = say(*_PARTS[reason.part])
    if reason.part == "domain":
        return say(f"{part}相同", f"same {part}")
    words = say("、", ", ").join(reason.common)
    return say(f"{part} {reason.likeness:.2f}：{words}", f"{part} {reason.likeness:.2f}: {words}")


def _footer(found: int, compared: int) -> str:
    if not found:
        return say(
            f"与 {compared} 个场景相比，没有相似的。--min 0 列出略有相似的。",
            f"Compared with {compared} scenes: none is alike. --min 0 lists what is a little alike.",
        )
    return say(
        f"与 {compared} 个场景相比。是否重复建设由平台窗口判断：scene register SCENE --finding 结论 --looked-at 编号",
        f"Compared with {compared} scenes. Whether one is a duplicate the platform office decides: "
        "scene register SCENE --finding TEXT --looked-at ID",
    )


def _submitted(opened: Parts, known: Mapping[str, Application], scene: str) -> Application:
    """Raises Refused: unknown_scene."""
    found = known.get(scene) or opened.reads.applications().get(scene)
    if found is None:
        raise Refused("unknown_scene", scene=scene)
    return found


def _samples(made: Settings, city: str | None, known: Mapping[str, Application]) -> dict[str, Application]:
    """Those that were not submitted: a sample that was is a scene already."""
    policies = {policy.city: policy for policy in map(load_policy, city_files(made.policies_dir))}
    applications = {
        each.id: application_of(each, policies[each.city])
        for each in load_scenes(PROJECT / "samples")
        if each.city in policies and city in (None, each.city)
    }
    submitted = set(known.values())
    return {id: each for id, each in applications.items() if each not in submitted}


def _stands(opened: Parts, scene: str) -> str:
    found = opened.reads.scene(scene)
    if found is None:
        return say("样例", "a sample")
    return wording.outcome(found.outcome) if found.outcome is not None else wording.step(found.step)


def _alike(
    policy: Policy,
    known: Mapping[str, Application],
    subject: Application,
    itself: str | None,
    least: float | None = None,
) -> "tuple[LookAlike, ...]":
    from similarity.lookalikes import Corpus  # loads a dictionary, which no other command should wait for

    rules = policy.lookalikes
    return Corpus(rules, known.items()).like(
        subject, itself=itself, least=rules.propose_from if least is None else least
    )


def proposed(opened: Parts, state: SceneState, act: Register) -> Register:
    """The act with the look-alikes that the city's rules propose today; says which of them it does not name."""
    check = act.duplicate_check
    policy = city_policy(opened.settings, state)
    if check.proposed or policy is None:
        return act
    try:
        known = opened.reads.applications(policy.city)
    except SQLAlchemyError:
        note(say("数据库暂不可用，未能提示相似场景。", "The database is away: look-alikes could not be proposed."))
        return act
    subject = known.get(state.scene)
    if subject is None:
        return act
    found = _alike(policy, known, subject, state.scene)[: policy.lookalikes.at_most]
    unnamed = [each for each in found if each.scene not in check.looked_at]
    if unnamed and (check.looked_at or not policy.lookalikes.must_look):  # what names none is refused, and told so
        listed = say("；", "; ").join(f"{each.scene} {each.name} {each.score:.2f}" for each in unnamed)
        note(
            say(
                f"注意：有相似场景未列入查重：{listed}。理由见 scene lookalikes {state.scene}；"
                "比对过的请用 --looked-at 写明。",
                f"Mind: the check does not name these look-alikes: {listed}. Why: scene lookalikes {state.scene}; "
                "name those you looked at with --looked-at.",
            )
        )
    return with_proposed(act, tuple(each.scene for each in found))


def with_proposed(act: Register, scenes: tuple[str, ...]) -> Register:
    return act.model_copy(update={"duplicate_check": act.duplicate_check.model_copy(update={"proposed": scenes})})
