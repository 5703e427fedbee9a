"""`scene act`: every verb there is; and `scene verbs`: which there are, what they take, and who may use them now."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.commands import ACTS, Act
from models.policy import Subject
from models.vocabulary import Machine
from models.words import VERBS
from rules import lifecycle
from rules.possible import Offer, offers
from rules.reading import Extent
from runtime.yaml_files import load_yaml

from . import output, wording
from .acting import OnBehalf, command_for
from .fields import act_class, build, entries, with_documents
from .output import AsJson, Failure, misuse, say
from .session import database, policy_of, state_of
from .viewing import Viewing, veil_of

Bidder = Annotated[str | None, typer.Option(help="揭榜方 · the bidder it concerns", show_default=False)]


def add_to(app: typer.Typer) -> None:
    command_for(app, "act")(any_act)
    app.command("verbs", rich_help_panel=output.ACTS)(verbs)


def any_act(
    verb: Annotated[str, typer.Argument(metavar="VERB", help="操作名，见 scene verbs · see `scene verbs`")],
    bidder: Bidder = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="字段=值，可多个；文件写 @路径 · a field; @path for a document",
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="ACT.yaml", help="从文件读取内容 · read the fields from a file", show_default=False),
    ] = None,
) -> Act:
    """办理任一操作 · Any act in a scene (`scene verbs` lists them)"""
    model = act_class(verb)
    start: dict[str, Any] = {"bidder": bidder} if bidder is not None else {}
    if bidder is not None and "bidder" not in model.model_fields:
        raise misuse(f"{verb} 不涉及揭榜方。", f"{verb} concerns no bidder.")
    if file is None:
        return build(model, set_ or (), start)
    if set_:
        raise misuse("--file 与 --set 请只用一个。", "Use --file or --set, not both.")
    return load_yaml(file, model, lambda content: _completed(model, content, start, file.parent))


def _completed(model: type[Act], content: object, start: dict[str, Any], folder: Path) -> object:
    content = with_documents(model, content, folder)
    return {**content, **start} if isinstance(content, dict) else content


def verbs(
    about: Annotated[
        str | None,
        typer.Argument(metavar="[SCENE|VERB]", help="场景编号或操作名 · a scene, or a verb", show_default=False),
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """可办操作：全部、某场景当前可办、或某操作的字段 · What can be done, in a scene or at all"""
    if about is None:
        _every_verb()
    elif about.replace("-", "_") in ACTS or any(about in each for each in VERBS.values()):
        _fields(act_class(about))
    else:
        _possible_in(about, who, on_behalf_of)


def _every_verb() -> None:
    rows = [
        (verb, VERBS[verb].text(output.language()), ", ".join(_steps_of(verb)))
        for verb in ACTS
        if verb != "pass_deadline"
    ]
    data = [{"verb": verb, "name": name, "steps": steps.split(", ") if steps else []} for verb, name, steps in rows]
    output.present(data, output.table([("操作", "verb"), ("名称", "name"), ("环节", "steps")], rows))


def _steps_of(verb: str) -> list[str]:
    if verb in lifecycle.ANYWHERE:
        return [say("任一未办结环节", "any open step")]
    found = [
        step.key if step.machine is Machine.SCENE else f"{step.machine.value}/{step.key}"
        for step in lifecycle.STEPS
        if verb in lifecycle.verbs_at(step.machine, step.key)
    ]
    if len(found) > 8:
        return [say(f"{len(found)} 个环节", f"{len(found)} steps")]
    return found


def _fields(model: type[Act]) -> None:
    verb = model.model_fields["verb"].default
    found = list(entries(model))
    data = {
        "verb": verb,
        "name": VERBS[verb].text(output.language()),
        "steps": _steps_of(verb),
        "fields": [each._asdict() for each in found],
    }
    rows = [
        (each.path, each.takes, say("必填", "required") if each.required else each.default, each.note) for each in found
    ]
    columns = [("字段", "field"), ("取值", "takes"), ("必填／默认", "required or default"), ("说明", "note")]
    title = f"{wording.verb(verb)}（{', '.join(data['steps'])}）"
    output.present(data, output.table(columns, rows, title))


def _possible_in(scene: str, who: str | None, behalf: list[str] | None) -> None:
    with database() as opened:
        try:
            state = state_of(opened, scene)
        except Exception as error:
            if not getattr(error, "code", "") == "unknown_scene":
                raise
            raise _neither(scene, error) from None
        policy = policy_of(opened, state)
        veil = veil_of(opened, state, who, behalf)
        veil.sight.demand(Subject.SCENE, least=Extent.PUBLIC)
    if policy is None:
        raise Failure("unknown_policy", say("找不到该场景适用的政策。", "The scene's policy is not known here."))
    # Of the scene as it may be seen: who may withdraw a bid would tell who bids.
    found = offers(policy, veil.state())
    data = [
        {
            "verb": offer.verb,
            "machine": offer.machine.value,
            "bidder": offer.bidder,
            "by": [{"role": party.role.value, "units": party.units} for party in offer.parties],
        }
        for offer in found
    ]
    rows = [(wording.verb(offer.verb), _where(offer), _parties(offer)) for offer in found]
    title = f"{scene} · {wording.step(state.step)} ({state.step})"
    columns = [("可办操作", "possible"), ("对象", "in"), ("由谁办理", "by whom")]
    output.present({"scene": scene, "step": state.step, "possible": data}, output.table(columns, rows, title))


def _neither(about: str, error: Exception) -> Failure:
    try:
        act_class(about)
    except Failure as unknown:
        return Failure(
            "unknown_scene",
            say(
                f"既没有场景“{about}”，也没有这个操作。{unknown.message}",
                f"{about} is neither a scene nor a verb. {unknown.message}",
            ),
        )
    return Failure("unknown_scene", str(error))


def _where(offer: Offer) -> str:
    if offer.bidder is None:
        return wording.machine(Machine.SCENE)
    return f"{wording.machine(offer.machine)} · {offer.bidder}"


def _parties(offer: Offer) -> str:
    parts = []
    for party in offer.parties:
        role = wording.role(party.role)
        if party.units:
            parts.append(
                f"{role}：{'、'.join(party.units)}"
                if output.language() == "zh"
                else f"{role}: {', '.join(party.units)}"
            )
        elif party.units is None:
            parts.append(role)
    return ("；" if output.language() == "zh" else "; ").join(parts)
