"""The directory of a city: who belongs where, as what, and who stands in for whom. One proposes, another confirms."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import yaml

from models.actor import Actor
from models.directory import Directory, DirectoryChange, Organisation
from models.frozen import Frozen
from models.policy import Policy, Subject
from models.proposal import ProposalStatus
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from models.words import PROPOSAL_STATUSES
from rules import directory as rules
from runtime.policy_files import load_city
from runtime.wiring import Parts
from runtime.yaml_files import load_yaml
from storage.refusals import Refusal

from . import identity, output, shown, wording
from .acting import As, OnBehalf, a_date, actor_of
from .output import AsJson, Failure, say
from .session import database, refuse_remote, settings
from .viewing import Viewing, sight_of_city

app = output.group("组织和人员：目录、版本、查询 · Organisations and people: the directory and its versions")
SHOWN_DIGITS = 12

DirectoryFile = Annotated[Path, typer.Argument(metavar="FILE", help="人员目录（YAML） · the directory, as YAML")]
City = Annotated[str, typer.Option("--city", help="城市 · the city", show_default=False)]
OptionalCity = Annotated[str | None, typer.Option("--city", help="城市 · the city", show_default=False)]
Digits = Annotated[
    str,
    typer.Argument(metavar="ID", help="编号（前几位即可） · its id, or how it begins", show_default=False),
]


@app.command()
def draft(
    city: City,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="写入文件 · write it there")] = None,
) -> None:
    """按政策写出目录的初稿：各单位，没有人员 · A first directory from the policy: its units, and nobody in them"""
    policy = load_city(settings().policies_dir, city)
    text = as_yaml(drafted(policy))
    if out is None:
        output.write(text)
        return
    out.write_text(text, encoding="utf-8")
    output.note(say(f"已写入 {out}", f"Written to {out}"))


def drafted(policy: Policy) -> Directory:
    """The organisations that a policy names, assumed where no text names them."""
    clauses = {unit: domain.clause for domain in reversed(policy.domains) for unit in reversed(domain.units)}
    return Directory(
        city=policy.city,
        organisations=tuple(
            Organisation(name=unit.name, assumed=unit.assumed, source=clauses.get(unit.name)) for unit in policy.units
        ),
    )


def as_yaml(directory: Directory) -> str:
    """The file as people write it: what stands at its default is left out."""
    content = directory.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


@app.command()
def check(file: DirectoryFile, as_json: AsJson = False) -> None:
    """核对目录文件，说明与政策不一致之处 · Check a file, and what the policy names that it lacks"""
    directory = load_yaml(file, Directory)
    lacks = _lacks(directory)
    output.present({**_counts(directory), "lacks": lacks}, _summary(directory), *_warned(lacks))


def _lacks(directory: Directory) -> list[str]:
    """Units of the city's policy that the directory does not know: nobody could act for them."""
    policy = load_city(settings().policies_dir, directory.city)
    return [unit.name for unit in policy.units if directory.organisation(unit.name) is None]


def _warned(lacks: Sequence[str]) -> list[str]:
    names = "、".join(lacks[:5])
    return (
        [say(f"政策中的这些单位不在目录里：{names}", f"The policy names units that it lacks: {names}")] if lacks else []
    )


def _counts(directory: Directory) -> dict[str, Any]:
    return {
        "city": directory.city,
        "organisations": len(directory.organisations),
        "persons": len(directory.persons),
        "delegations": len(directory.delegations),
    }


def _summary(directory: Directory) -> str:
    units, people, standing_in = len(directory.organisations), len(directory.persons), len(directory.delegations)
    return say(
        f"{directory.city}：{units} 个单位，{people} 人，{standing_in} 项委托。",
        f"{directory.city}: {units} organisations, {people} people, {standing_in} delegations.",
    )


@app.command("import")
def import_(file: DirectoryFile, who: As = None, as_json: AsJson = False) -> None:
    """提出新版目录，供另一人确认；说明改了什么 · Propose a directory; says what changes"""
    made = settings()
    acts = identity.who(who, outside=(Role.ADMINISTRATOR,))
    refuse_remote(made)
    directory = load_yaml(file, Directory)
    policy = load_city(made.policies_dir, directory.city)
    with database(made) as opened:
        before = opened.directories.in_force(directory.city)

        def propose(actor: Actor) -> DirectoryChange:
            return opened.directories.propose(
                directory.city, lambda standing: rules.propose(policy, standing, directory, actor, shown.now())
            )

        change = _recorded(opened, acts, policy, rules.PROPOSE, propose)
    command = f"scene org confirm {change.id[:SHOWN_DIGITS]} --as leading_group"
    waits = say(f"下一步，由领导小组的另一人确认：{command}", f"Next, another person of the leading group: {command}")
    differences, lacks = _differences(before.directory if before else None, directory), _lacks(directory)
    output.present(
        {**_data(change), "changes": differences, "lacks": lacks},
        _summary(directory), *_told(differences), *_warned(lacks), *([] if change.decision else [waits]),
    )  # fmt: skip


@app.command()
def confirm(digits: Digits, who: As = None, as_json: AsJson = False) -> None:
    """确认目录，即时生效（不得由提出人本人） · Confirm a directory; it is in force at once"""
    change = _decided(digits, who, confirmed=True)
    output.present(_data(change), output.pairs(_facts(change)))


@app.command()
def reject(
    digits: Digits,
    reasons: Annotated[str, typer.Option(help="理由 · the reasons", show_default=False)],
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """否决目录 · Reject a directory, with reasons"""
    change = _decided(digits, who, confirmed=False, reasons=reasons)
    output.present(_data(change), output.pairs(_facts(change)))


def _decided(digits: str, who: str | None, *, confirmed: bool, reasons: str | None = None) -> DirectoryChange:
    made = settings()
    acts = identity.who(who)
    refuse_remote(made)
    with database(made) as opened:
        named = _named(opened, digits)
        city = named.directory.city
        policy = load_city(made.policies_dir, city)

        def decide(actor: Actor) -> DirectoryChange:
            return opened.directories.decide(
                named.id, city,
                lambda standing, change: rules.decide(
                    policy, standing, change, actor, shown.now(), confirmed=confirmed, reasons=reasons
                ),
            )  # fmt: skip

        return _recorded(opened, acts, policy, rules.CONFIRM, decide)


def _recorded(
    opened: Parts, acts: identity.Who, policy: Policy, verb: str, act: Callable[[Actor], DirectoryChange]
) -> DirectoryChange:
    """What is refused stands in the refusal ledger, like a refused act of a scene."""
    stream = f"directory:{policy.code}"
    actor = actor_of(opened, acts, policy, SceneState(scene=stream), verb)
    try:
        return act(actor)
    except Refused as refused:
        opened.refusals.keep(Refusal.of_office(stream, actor, {"verb": verb}, refused, shown.now()))
        raise


def _named(opened: Parts, digits: str) -> DirectoryChange:
    known = opened.directories.changes()
    found = [each for each in known if digits.strip() and each.id.startswith(digits.strip().lower())]
    if len(found) != 1:
        raise Refused(
            "unknown_directory_change", change=digits,
            known=", ".join(each.id[:SHOWN_DIGITS] for each in found or known) or "-",
        )  # fmt: skip
    return found[0]


@app.command()
def versions(city: OptionalCity = None, as_json: AsJson = False) -> None:
    """各版目录和待确认的目录 · Every version, and what waits to be confirmed"""
    with database() as opened:
        found = list(opened.directories.versions(city))
        found += [
            each
            for each in opened.directories.changes()
            if each.status is not ProposalStatus.CONFIRMED and city in (None, each.directory.city)
        ]
    columns = [("编号", "id"), ("城市", "city"), ("版", "version"), ("状态", "status"), ("单位", "units"),
               ("人员", "people"), ("提出", "proposed by"), ("决定", "decided by")]  # fmt: skip
    rows = [
        (
            each.id[:SHOWN_DIGITS], each.directory.city, each.version, _status(each), len(each.directory.organisations),
            len(each.directory.persons), f"{each.proposed_by.person}\n{shown.moment(each.proposed_at)}",
            f"{each.decision.by.person}\n{shown.moment(each.decision.at)}" if each.decision else "-",
        )
        for each in found
    ]  # fmt: skip
    none = say("还没有人员目录。先运行 scene org draft。", "There is no directory yet. Begin with `scene org draft`.")
    output.present([_data(each) for each in found], output.table(columns, rows) if rows else none)


@app.command()
def show(
    city: City,
    unit: Annotated[str | None, typer.Option(help="只看某单位 · one organisation", show_default=False)] = None,
    person: Annotated[str | None, typer.Option(help="只看某人 · one person, by id", show_default=False)] = None,
    version: Annotated[int | None, typer.Option(min=1, help="某一版 · a version", show_default=False)] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="某日 · as of a day", show_default=False)] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """某市的单位、人员和委托 · The organisations, the people and who stands in for whom"""
    day = a_date(on, "--on") or shown.today()
    policy = load_city(settings().policies_dir, city)
    city = policy.city
    with database() as opened:
        if who is not None:
            sight_of_city(opened, policy, who, on_behalf_of).demand(Subject.RULES)
        found = opened.directories.version(city, version) if version else opened.directories.in_force(city)
    if found is None:
        raise Failure(
            "no_directory",
            say(
                f"{city}没有该版人员目录。用 scene org versions 查看。",
                f"{city} has no such directory. See `scene org versions`.",
            ),
        )
    people = _people(found.directory, unit, person, day)
    standing_in = [
        each for each in found.directory.delegations if each.holds_on(day) and person in (None, each.by, each.to)
    ]
    data = {
        "city": city, "version": found.version, "on": day,
        "organisations": [each.model_dump(mode="json") for each in _units(found.directory, unit)],
        "persons": people,
        "delegations": [each.model_dump(mode="json") for each in standing_in],
    }  # fmt: skip
    output.present(data, *_tables(found.directory, unit, people, data["delegations"]))


def _units(directory: Directory, unit: str | None) -> Sequence[Organisation]:
    if unit is None:
        return directory.organisations
    found = directory.organisation(unit)
    if found is None:
        raise Failure("unknown_unit", say(f"目录中没有单位“{unit}”。", f"The directory has no organisation {unit}."))
    return [found]


def _people(directory: Directory, unit: str | None, person: str | None, day: date) -> list[dict[str, Any]]:
    if person is not None and directory.person(person) is None:
        raise Refused("unknown_person", person=person, city=directory.city)
    wanted = rules.unit_on(directory, unit, day) if unit else None
    found = []
    for each in directory.persons:
        held = [
            {"unit": rules.unit_on(directory, membership.unit, day), "roles": [role.value for role in membership.roles]}
            for membership in each.memberships
            if membership.holds_on(day)
        ]
        if person in (None, each.id) and (wanted is None or wanted in [one["unit"] for one in held]):
            found.append({"id": each.id, "name": each.name, "memberships": held})
    return found


def _tables(directory: Directory, unit: str | None, people: list[dict[str, Any]], standing_in: Any) -> list[Any]:
    units = [
        ("单位", "organisation"),
        ("上级", "parent"),
        ("别名", "aliases"),
        ("并入", "merged into"),
        ("依据", "source"),
    ]
    rows = [
        (
            f"{each.name}{'†' if each.assumed else ''}", each.parent or "", "、".join(each.aliases),
            f"{each.merged_into} {each.merged_on}" if each.merged_into else "", each.source or "",
        )
        for each in _units(directory, unit)
    ]  # fmt: skip
    parts: list[Any] = [output.table(units, rows)]
    if people:
        who = [("编号", "id"), ("姓名", "name"), ("身份", "acts as")]
        lines = [
            (
                each["id"], each["name"],
                "\n".join(
                    f"{one['unit']}：{'、'.join(wording.role(role) for role in one['roles'])}"
                    for one in each["memberships"]
                ),
            )
            for each in people
        ]  # fmt: skip
        parts.append(output.table(who, lines))
    if standing_in:
        away = [("委托人", "away"), ("代办人", "stands in"), ("自", "from"), ("至", "to"), ("理由", "reasons")]
        parts.append(
            output.table(
                away, [(d["by"], d["to"], d["first"] or "", d["last"] or "", d["reasons"]) for d in standing_in]
            )
        )
    if any(each.assumed for each in directory.organisations):
        parts.append(say("† 假定：原文没有写这个单位。", "† assumed: no source text names it."))
    return parts


# words


Item = TypeVar("Item", bound=Frozen)


def _differences(before: Directory | None, after: Directory) -> dict[str, dict[str, list[str]]]:
    """What a new directory adds, takes away and changes, by name or id."""

    def compared(old: Sequence[Item], new: Sequence[Item], key: Callable[[Item], str]) -> dict[str, list[str]]:
        was, will = {key(each): each for each in old}, {key(each): each for each in new}
        return {
            "added": [name for name in will if name not in was],
            "removed": [name for name in was if name not in will],
            "changed": [name for name in will if name in was and was[name] != will[name]],
        }

    return {
        "organisations": compared(before.organisations if before else (), after.organisations, lambda each: each.name),
        "persons": compared(before.persons if before else (), after.persons, lambda each: each.id),
        "delegations": compared(
            before.delegations if before else (),
            after.delegations,
            lambda each: f"{each.by}>{each.to} {each.first or ''}..{each.last or ''}",
        ),
    }


def _told(differences: dict[str, dict[str, list[str]]]) -> list[str]:
    words = {
        "organisations": say("单位", "organisations"), "persons": say("人员", "people"),
        "delegations": say("委托", "delegations"), "added": say("新增", "added"), "removed": say("去掉", "removed"),
        "changed": say("改动", "changed"),
    }  # fmt: skip
    lines = []
    for what, turns in differences.items():
        for how, names in turns.items():
            if names:
                more = "…" if len(names) > 10 else ""
                lines.append(f"{words[what]} {words[how]} {len(names)}: {'、'.join(names[:10])}{more}")
    return lines


def _status(change: DirectoryChange) -> str:
    return shown.word(PROPOSAL_STATUSES, change.status)


def _facts(change: DirectoryChange) -> list[tuple[str, object]]:
    decision = change.decision
    rows: list[tuple[str, object]] = [
        (say("编号", "id"), change.id[:SHOWN_DIGITS]),
        (say("城市", "city"), change.directory.city),
        (say("版", "version"), change.version),
        (say("状态", "status"), _status(change)),
        (say("提出", "proposed by"), f"{change.proposed_by.person} · {shown.moment(change.proposed_at)}"),
    ]
    if decision is not None:
        rows.append((say("决定", "decided by"), f"{decision.by.person} · {shown.moment(decision.at)}"))
    return rows


def _data(change: DirectoryChange) -> dict[str, Any]:
    content = change.model_dump(mode="json", exclude={"directory"})
    return {**content, **_counts(change.directory), "version": change.version, "status": change.status.value}
