"""Policies: are they right, what do they say, how do two differ; and the lifecycle drawn from the table."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import yaml

from models.policy import Policy, Reading, Subject
from models.vocabulary import Machine, Role, Stage
from models.words import LIMITS, OFFICE_VERBS, READINGS, ROLES, SUBJECTS, VERBS, Word
from rules.diagram import graph, length, mermaid
from rules.lifecycle import stages_of
from rules.permissions import NO_BUSINESS
from runtime.drawing import svg
from runtime.policy_files import city_files, load_city, load_policy
from runtime.yaml_files import FileProblems, Problem

from . import identity, output, wording
from .fields import act_class
from .output import AsJson, Failure, misuse, say
from .session import settings

app = output.group("政策文件 · The cities' policies")

City = Annotated[str, typer.Argument(metavar="CITY|FILE", help="城市或政策文件 · a city or a file", show_default=False)]
OneCity = Annotated[
    str | None,
    typer.Option("--city", metavar="CITY|FILE", help="城市或政策文件 · a city or a file", show_default=False),
]

Machines = Literal["all", "scene", "contract", "trial", "inclusion", "acceptance"]


@app.command()
def check(
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CITY|FILE]...", help="城市或政策文件 · cities or files", show_default=False),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="全部城市 · every city")] = False,
    as_json: AsJson = False,
) -> None:
    """检查政策文件，问题一次说全 · Check policy files; all problems at once, each with its line"""
    if bool(named) == every:
        raise misuse("请给出城市或文件，或用 --all。", "Name cities or files, or use --all.")
    wanted = [str(path) for path in city_files(settings().policies_dir)] if every else named or []
    results = [_checked(each) for each in wanted]
    rows = [_row(each) for each in results]
    columns = [("文件", "file"), ("结果", "result"), ("说明", "details")]
    output.present(results, output.table(columns, rows))
    if not all(each["ok"] for each in results):
        raise typer.Exit(1)


def _checked(name: str) -> dict[str, Any]:
    try:
        policy = load(name)
    except FileProblems as found:
        return {"file": name, "ok": False, "problems": [_problem(each) for each in found.problems]}
    return {
        "file": name,
        "ok": True,
        "problems": [],
        "city": policy.city,
        "version": policy.version,
        "digest": policy.digest,
        "calendar": policy.calendar.version,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "file": str(problem.file), "line": problem.line, "key": problem.key, "message": problem.message,
        "hint": problem.hint, "text": problem.text(output.language()),
    }  # fmt: skip


def _row(result: dict[str, Any]) -> tuple[object, ...]:
    if result["ok"]:
        details = f"{result['city']} {result['version']} · {result['digest'][:12]} · {result['calendar']}"
        return (result["file"], output.line((say("✔ 正确", "✔ right"), "green")), details)
    count = len(result["problems"])
    bad = output.line((say(f"✘ {count} 处问题", f"✘ {count} problems"), "bold red"))
    return (result["file"], bad, "\n".join(each["text"] for each in result["problems"]))


def load(name: str) -> Policy:
    """A city's policy by its name, or a file's. Raises FileProblems."""
    if name.endswith((".yaml", ".yml")) or "/" in name:
        # A draft on somebody's desk has no calendars beside it; those delivered do.
        beside = Path(name).parent / "calendars"
        return load_policy(Path(name), None if beside.is_dir() else settings().policies_dir / "calendars")
    return load_city(settings().policies_dir, name)


@app.command()
def show(
    city: City,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="只看一项，如 limits.trial · one key only", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """查看政策 · What a policy says"""
    policy = load(city)
    whole = policy.model_dump(mode="json", exclude={"calendar"})
    if key is not None:
        value = _at(whole, key)
        output.present(value, yaml.safe_dump(value, allow_unicode=True, sort_keys=False).removesuffix("...\n").rstrip())
        return
    facts = [
        (say("城市", "city"), f"{policy.city} ({policy.code})"),
        (say("版本", "version"), f"{policy.version} · {say('自', 'from')} {policy.effective_from}"),
        (say("名称", "title"), policy.title),
        (say("摘要", "digest"), policy.digest),
        (say("日历", "calendar"), policy.calendar.version),
        (say("依据", "sources"), "\n".join(policy.sources)),
        (say("领域", "domains"), "、".join(domain.name for domain in policy.domains)),
        (say("不启用的环节", "steps off"), "、".join(wording.step(step) for step in policy.steps_off) or "-"),
    ]
    columns = [("期限", "limit"), ("键", "key"), ("时长", "length"), ("默认值", "default"), ("依据", "clause")]
    rows = [
        (
            LIMITS[name].text(output.language()), f"limits.{name}", length(policy, name, output.language()),
            say("默认", "default") if policy.limit(name).default else "", policy.limit(name).clause,
        )
        for name in policy.limits.stated
    ]  # fmt: skip
    output.present(
        {**whole, "digest": policy.digest, "calendar": policy.calendar.version},
        output.pairs(facts),
        output.table(columns, rows),
    )


def _at(whole: Any, key: str) -> Any:
    value = whole
    for step in key.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            known = ", ".join(value) if isinstance(value, dict) else "-"
            raise Failure(
                "unknown_key",
                say(
                    f"政策里没有 {key}（“{step}”）。此处有：{known}。",
                    f"The policy has no {key} ({step}). Here are: {known}.",
                ),
            )
    return value


@app.command()
def diagram(
    machine: Annotated[Machines, typer.Option(help="哪个状态机 · which machine")] = "scene",
    format_: Annotated[Literal["mermaid", "svg"], typer.Option("--format", help="格式 · format")] = "mermaid",
    city: OneCity = None,
    to: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="写入文件 · write to a file", show_default=False),
    ] = None,
) -> None:
    """流程图，由流程表生成 · The lifecycle drawn from its table, for all cities or one"""
    policy = load(city) if city else None
    machines = tuple(Machine) if machine == "all" else (Machine(machine),)
    graphs = tuple(graph(each, policy) for each in machines)
    text = (
        mermaid(graphs, output.language(), policy) if format_ == "mermaid" else svg(graphs, output.language(), policy)
    )
    if to is None:
        output.write(text)
        return
    to.write_text(text, encoding="utf-8")
    output.note(say(f"已写入 {to}", f"Written to {to}"))


@app.command()
def permissions(
    city: Annotated[
        str | None,
        typer.Argument(metavar="[CITY|FILE]", help="城市或政策文件 · a city or a file", show_default=False),
    ] = None,
    role: Annotated[str | None, typer.Option(help="只看某角色 · one role", show_default=False)] = None,
    verb: Annotated[str | None, typer.Option(help="只看某操作 · one verb", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """权限表：谁可以办什么、看什么 · Who may do and read what, in one city by stage and role, or city by city"""
    only = identity.who(role, outside=(Role.AUDITOR, Role.ADMINISTRATOR)).role if role else None
    wanted = [_verb(verb)] if verb else [each for each in (*VERBS, *OFFICE_VERBS) if each != "pass_deadline"]
    if city is None:
        _compare([load_policy(path) for path in city_files(settings().policies_dir)], wanted, only, reads=not verb)
    else:
        _matrix(load(city), wanted, only, reads=not verb)


def _compare(policies: list[Policy], verbs: list[str], only: Role | None, *, reads: bool) -> None:
    """Every city's roles, verb by verb; then what each role reads, subject by subject."""
    data = [
        {"verb": each, "roles": {policy.city: [*policy.permissions.get(each, ())] for policy in policies}}
        for each in verbs
        if only is None or any(only in policy.permissions.get(each, ()) for policy in policies)
    ]
    columns = [("操作", "verb"), *((policy.city, policy.city) for policy in policies)]
    rows = [
        (wording.verb(str(each["verb"])), *(_roles(policy, str(each["verb"]), only) for policy in policies))
        for each in data
    ]
    pairs = [(role, subject) for role in (_readers(policies, only) if reads else []) for subject in Subject]
    cells = [
        {"role": role, "subject": about, "reads": {each.city: each.reading.cell(role, about) for each in policies}}
        for role, about in pairs
    ]
    heads = [("角色", "role"), ("内容", "subject"), *((policy.city, policy.city) for policy in policies)]
    lines = [
        (wording.role(role), _subject(about), *(_reading(each.reading.cell(role, about)) for each in policies))
        for role, about in pairs
    ]
    title = say("谁可以看什么", "Who may read what")
    output.present(
        [*data, *cells], output.table(columns, rows), *([output.table(heads, lines, title)] if lines else [])
    )


def _readers(policies: list[Policy], only: Role | None) -> list[Role]:
    """The roles with a line in some city's table."""
    return [role for role in Role if only in (None, role) and any(policy.reading.has(role) for policy in policies)]


def _subject(subject: str) -> str:
    return f"{SUBJECTS[subject].zh} {subject}" if output.language() == "zh" else subject


def _reading(word: Reading) -> str:
    if output.language() == "en" or word is Reading.NONE:
        return READINGS[word].en
    return f"{READINGS[word].zh} {word}"


def _matrix(policy: Policy, verbs: list[str], only: Role | None, *, reads: bool) -> None:
    """One city's tables: verbs by stage, roles across, who plays each role; and what each of them reads."""
    granted = {each: policy.permissions.get(each, ()) for each in verbs}
    shown = [each for each in verbs if only is None or only in granted[each]]
    shown.sort(key=lambda each: [*Stage].index(stages_of(each)[0]) if stages_of(each) else len(Stage))
    roles = [each for each in Role if each not in NO_BUSINESS and (only is None or each is only)]
    data = {
        "city": policy.city,
        "version": policy.version,
        "played_by": {each.value: policy.office(each) for each in roles},
        "verbs": [{"verb": each, "stages": [*stages_of(each)], "roles": [*granted[each]]} for each in shown],
        "reads": {
            role.value: {subject.value: policy.reading.cell(role, subject).value for subject in Subject}
            for role in _readers([policy], only)
        },
    }
    columns = [("阶段", "stage"), ("操作", "verb"), *(ROLES[each.value] for each in roles)]
    rows = [
        (_stages(each), wording.verb(each), *("✔" if role in granted[each] else "" for role in roles)) for each in shown
    ]
    played = [
        (wording.role(each.value), policy.office(each) or _PLAYED_BY[each].text(output.language())) for each in roles
    ]
    heads = [("可看", "reads"), *((SUBJECTS[each].zh, each.value) for each in Subject)]
    lines = [
        (
            wording.role(role.value),
            *(READINGS[policy.reading.cell(role, each)].text(output.language()) for each in Subject),
        )
        for role in _readers([policy], only)
    ]
    words = [(f"{READINGS[each].text(output.language())}", each.value) for each in Reading]
    readable = (
        [output.table(heads, lines, say("谁可以看什么", "Who may read what")), output.pairs(words)] if reads else []
    )
    output.present(data, output.table(columns, rows), output.pairs(played), *readable)


_PLAYED_BY = {
    Role.LEAD: Word("按场景领域，或登记时指定", "as the scene's domain or its registration says"),
    Role.COOPERATING: Word("按场景领域，或登记时指定", "as the scene's domain or its registration says"),
    Role.REGULATOR: Word("按场景领域，或登记时指定", "as the scene's domain or its registration says"),
    Role.OWNER: Word("申报单位", "who applied"),
    Role.BIDDER: Word("投标或签约单位，各办各的", "who bids or has a contract, each for itself"),
    Role.EXPERT: Word("评审组成员", "the members of its panels"),
    Role.PUBLIC: Word("任何人", "anybody"),
}


def _stages(verb: str) -> str:
    if verb in OFFICE_VERBS:
        return say("场景之外", "outside any scene")
    return say("、", ", ").join(wording.stage(each) for each in stages_of(verb)) or say("任何阶段", "any")


def _verb(name: str) -> str:
    if name in OFFICE_VERBS:
        return name
    verb: str = act_class(name).model_fields["verb"].default
    return verb


def _roles(policy: Policy, verb: str, only: Role | None) -> str:
    roles = policy.permissions.get(verb, ())
    if only is not None:
        return "✔" if only in roles else "-"
    return say("、", ", ").join(wording.role(role) for role in roles) or "-"


@app.command()
def diff(first: City, second: City, as_json: AsJson = False) -> None:
    """比较两份政策 · How two policies differ, key by key"""
    one, other = load(first), load(second)
    flat, against = _flat(one), _flat(other)
    _gather_lonely(flat, against)
    keys = [key for key in (*flat, *(key for key in against if key not in flat)) if flat.get(key) != against.get(key)]
    data = [{"key": key, "first": flat.get(key), "second": against.get(key)} for key in keys]
    names = [f"{policy.city} {policy.version}" for policy in (one, other)]
    columns = [("键", "key"), *((name, name) for name in names)]
    same = say("两份政策相同。", "The two are the same.")
    rows = [(key, flat.get(key, "-"), against.get(key, "-")) for key in keys]
    output.present(data, output.table(columns, rows) if rows else same)


def _flat(policy: Policy) -> dict[str, Any]:
    """Every leaf by its dotted path; items of lists that have a name stand under it."""
    content = policy.model_dump(mode="json", exclude={"calendar"})
    return dict(_leaves("", content)) | {"calendar": policy.calendar.version}


def _gather_lonely(flat: dict[str, Any], against: dict[str, Any]) -> None:
    """A unit or a domain that only one of the two has is one difference, not one for each of its keys."""
    items = [{key[: key.index("]") + 1] for key in each if "]" in key} for each in (flat, against)]
    for each, lonely in ((flat, items[0] - items[1]), (against, items[1] - items[0])):
        for item in lonely:
            for key in [key for key in each if key.startswith(item)]:
                del each[key]
            each[item] = say("有", "there")


def _name_of(item: Any, at: int) -> str:
    """What people call an item of a list: some stand there by their bare name."""
    if not isinstance(item, dict):
        return str(item)
    return str(item.get("name") or item.get("key") or item.get("kind") or at)


def _leaves(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(f"{path}.{key}" if path else key, inner)]
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        named = {_name_of(each, at): each for at, each in enumerate(value)}
        return [leaf for name, inner in named.items() for leaf in _leaves(f"{path}[{name}]", inner)]
    return [(path, ", ".join(map(str, value)) if isinstance(value, list) else value)]
