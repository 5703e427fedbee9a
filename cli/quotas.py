"""A city's quotas: what stands now, who set it, and how the leading group sets one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from models.document import Document
from models.policy import Policy, Subject
from models.quota import Quota, QuotaSet
from models.refusal import Refused
from models.state import SceneState
from rules import quotas as rules
from rules.reading import Extent
from runtime.policy_files import load_city
from runtime.quotas import load_quotas
from runtime.settings import PROJECT
from runtime.yaml_files import load_yaml
from storage.refusals import Refusal

from . import fields, identity, output, shown
from .acting import As, OnBehalf, actor_of
from .output import AsJson, misuse, say
from .session import database, refuse_remote, settings
from .viewing import Viewing, sight_of_city

app = output.group("指标：现行指标、设定指标 · Quotas: what stands, and setting one")

City = Annotated[str, typer.Option("--city", help="城市 · the city", show_default=False)]


@app.command("list")
def list_(
    city: City,
    history: Annotated[bool, typer.Option("--history", help="历次设定 · every setting, not only the last")] = False,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """现行指标及其出处或设定 · The quotas in force, and who set them"""
    policy = load_city(settings().policies_dir, city)
    with database() as opened:
        sight_of_city(opened, policy, who, on_behalf_of).demand(Subject.QUOTA, least=Extent.PUBLIC)
        sets = opened.quotas.of(policy.city)
    last = {each.quota.id: each for each in sets}
    if history:
        lines: list[tuple[Quota, QuotaSet | None]] = [(each.quota, each) for each in sets]
    else:
        lines = [(each, last.get(each.id)) for each in rules.in_force(_of_texts(policy.city), sets)]
    columns = [("指标", "quota"), ("事项", "what"), ("目标", "figure"), ("范围", "binds"), ("出处", "source"),
               ("设定", "set")]  # fmt: skip
    none = say("尚未设定过指标。", "No quota was set yet.")
    output.present(
        [_data(*each) for each in lines], output.table(columns, [_row(*each) for each in lines]) if lines else none
    )


@app.command("set")
def set_(
    city: City,
    reasons: Annotated[str, typer.Option(help="理由 · the reasons", show_default=False)],
    document: Annotated[str, typer.Option(help="依据文件，如 @文件.pdf · the decision", show_default=False)],
    quota: Annotated[str | None, typer.Argument(metavar="QUOTA", help="指标编号 · its id", show_default=False)] = None,
    value: Annotated[float | None, typer.Option(help="新的数值 · the new figure", show_default=False)] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="整条指标（YAML） · a whole quota", show_default=False)
    ] = None,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """设定指标（领导小组） · Set a quota; the leading group does"""
    made = settings()
    if (file is None) is (quota is None or value is None) or (file is not None and (quota or value is not None)):
        raise misuse(
            "请写指标编号和 --value；或只用 --file 给出整条指标（编号和数值写在文件里）。",
            "Give an id and --value; or a whole quota with --file alone, its id and figure in the file.",
        )
    acts = identity.who(who)
    refuse_remote(made)
    policy = load_city(made.policies_dir, city)
    of_texts = _of_texts(policy.city)
    paper = Document.model_validate(fields.document(document))
    with database(made) as opened:
        stream = f"quotas:{policy.code}"
        actor = actor_of(opened, acts, policy, SceneState(scene=stream), rules.SET)
        try:
            kept = opened.quotas.set(
                policy.city,
                lambda before: rules.set_quota(
                    policy, of_texts, before, _wanted(policy, of_texts, before, quota, value, file), reasons, paper,
                    actor, shown.now(),
                ),
            )  # fmt: skip
        except Refused as refused:
            opened.refusals.keep(Refusal.of_office(stream, actor, {"verb": rules.SET}, refused, shown.now()))
            raise
    made_, was = kept.made, rules.replaced(of_texts, kept.before, kept.made.quota.id)
    drops = was is not None and not made_.quota.period.covers(was.period)
    lines = [(say("指标", "quota"), made_.quota.id), (say("目标", "figure"), _figure(made_.quota)),
             (say("设定", "set"), _by(made_))]  # fmt: skip
    if was is not None:
        lines.append((say("取代", "replaces"), _figure(was)))
    if drops:
        lines.append((say("注意", "note"), say(
            "原期限中未列入新期限的年份不再有此指标", "years of its old period outside the new one have no figure now"
        )))  # fmt: skip
    replaces = was.model_dump(mode="json") if was is not None else None
    output.present({**_data(made_.quota, made_), "replaces": replaces, "drops_years": drops}, output.pairs(lines))


def _of_texts(city: str) -> tuple[Quota, ...]:
    return tuple(each for each in load_quotas(PROJECT / "samples") if each.city == city)


def _wanted(
    policy: Policy,
    of_texts: Sequence[Quota],
    before: Sequence[QuotaSet],
    quota: str | None,
    value: float | None,
    file: Path | None,
) -> Quota:
    if file is not None:
        return load_yaml(file, Quota)
    return rules.with_value(policy, rules.in_force(of_texts, before), quota or "", value or 0)


def _data(quota: Quota, by: QuotaSet | None) -> dict[str, Any]:
    of_it = by.model_dump(mode="json", exclude={"quota"}) if by is not None else None
    return {**quota.model_dump(mode="json"), "set": of_it}


def _row(quota: Quota, by: QuotaSet | None) -> tuple[object, ...]:
    what = " · ".join(part for part in (quota.subject, quota.domain) if part)
    binds = say("每个单位", "each unit") if quota.per_unit else quota.scope
    return quota.id, what, _figure(quota), binds, f"{quota.source} {quota.section}", _by(by) if by is not None else ""


def _figure(quota: Quota) -> str:
    value = "–".join(str(each) for each in quota.value) if isinstance(quota.value, tuple) else quota.value
    years = "–".join(str(each) for each in dict.fromkeys((quota.period.start, quota.period.end)) if each)
    return f"{'' if quota.op in ('range', 'approx', '==') else quota.op}{value} {quota.unit} {years}".strip()


def _by(by: QuotaSet) -> str:
    return f"{shown.moment(by.at)} {by.set_by.unit} {by.set_by.person} ({by.document.title})"
