"""放假通知进入场景: one proposes a notice, another confirms it, then it is loaded into every open scene.

`apply` may be killed and begun again: what a scene did is kept as soon as it is known, and only the others are asked.
It looks for open scenes until none is left that lacks the notice, so one that was submitted meanwhile is not missed.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.progress import Progress as Bar
from temporalio.exceptions import TemporalError

from client.notice_loading import NoticeLoader
from client.standing import NoRulebook, Standing, Standings
from models.actor import Actor
from models.calendar import YearNotice
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from models.words import PROPOSAL_STATUSES
from models.year_notice import DeadlineMove, NoticeLoaded, NoticeProposal, digest_of
from rules import year_notices as rules
from runtime.notice_files import load_notice, write_notice
from runtime.policy_files import city_files, load_city, load_policy
from runtime.settings import Settings
from runtime.wiring import Parts, scene_client
from runtime.yaml_files import FileProblems
from storage.refusals import Refusal

from . import identity, output, shown, wording
from .acting import UNANSWERED, As, actor_of
from .calendars import NoticeFile, WriteTo, preview
from .failure import text_of
from .output import AsJson, Failure, misuse, say
from .session import database, refuse_remote, server, settings

AT_ONCE = 8
SHOWN_DIGITS = 12
SETTLED = 1.0
"""Seconds after which a scene that was submitted during a pass is among the running ones."""
_TOLD = (Refused, Failure, NoRulebook, TemporalError, ValueError)
"""What goes wrong in one scene, and keeps no other from its notice. The database's absence is not among them."""

Digits = Annotated[
    str,
    typer.Argument(metavar="DIGEST", help="通知编号（前几位即可） · its digest, or how it begins", show_default=False),
]
City = Annotated[str | None, typer.Option("--city", help="只看某市 · one city", show_default=False)]
Reasons = Annotated[str, typer.Option(help="理由 · the reasons", show_default=False)]


def add_to(calendar: typer.Typer) -> None:
    commands: dict[str, Callable[..., None]] = {
        "propose": propose, "confirm": confirm, "reject": reject, "notices": notices, "apply": apply_,
    }  # fmt: skip
    for name, command in commands.items():
        calendar.command(name)(command)


def propose(
    file: NoticeFile,
    who: As = None,
    city: Annotated[
        str | None, typer.Option("--city", help="以哪个城市的机构提出 · whose office proposes", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """提出放假通知，供另一人确认；先看会移动多少期限 · Propose a notice; says what it would move"""
    made = settings()
    acts = identity.who(who)
    refuse_remote(made)
    notice = load_notice(file)
    policy = _policy_of(made, acts, city)
    with database(made) as opened:
        actor = _actor(opened, acts, policy, notice, rules.PROPOSE)
        with _refusals_kept(opened, notice, actor, {"verb": rules.PROPOSE}):
            proposal = rules.propose(policy, notice, actor, shown.now())
            kept = opened.year_notices.propose(proposal, again=rules.proposed_again)
        outcomes = _foreseen(opened, kept, identity.who(Role.PLATFORM_OFFICE.value), None)
    command = f"scene calendar confirm {kept.digest[:SHOWN_DIGITS]} --as leading_group"
    waits = say(f"下一步，由领导小组的另一人确认：{command}", f"Next, another person of the leading group: {command}")
    data = {**_data(kept), "foreseen": _counts(outcomes)}
    output.present(
        data, *preview(notice), output.pairs(_facts(kept)), _summary(outcomes), *([] if kept.decision else [waits])
    )


def confirm(digits: Digits, who: As = None, write: WriteTo = None, as_json: AsJson = False) -> None:
    """确认放假通知（不得由提出人本人） · Confirm a notice; never the person who proposed it"""
    proposal = _decided(digits, who, confirmed=True)
    written = write_notice(proposal.notice, write) if write else None
    short, folder = proposal.digest[:SHOWN_DIGITS], settings().policies_dir / "calendars"
    steps = [say(f"载入各场景：scene calendar apply {short}", f"To load it everywhere: scene calendar apply {short}")]
    if not _is_in(folder, proposal.notice):
        steps.insert(0, _put_into(folder, proposal))
    output.present({**_data(proposal), "written": written}, output.pairs(_facts(proposal)), *steps)
    if written:
        output.note(say(f"已写入 {written}", f"Written to {written}"))


def reject(digits: Digits, reasons: Reasons, who: As = None, as_json: AsJson = False) -> None:
    """否决放假通知 · Reject a notice, with reasons"""
    proposal = _decided(digits, who, confirmed=False, reasons=reasons)
    output.present(_data(proposal), output.pairs(_facts(proposal)))


def notices(as_json: AsJson = False) -> None:
    """已提出的放假通知及其状态 · The proposed notices, and how each stands"""
    with database() as opened:
        found, counts = opened.year_notices.all(), opened.year_notices.counts()
    columns = [("编号", "digest"), ("年份", "year"), ("通知", "notice"), ("状态", "status"), ("提出", "proposed by"),
               ("决定", "decided by"), ("已载入场景", "scenes")]  # fmt: skip
    rows = [
        (
            each.digest[:SHOWN_DIGITS], each.notice.year, each.notice.source, _status(each),
            f"{each.proposed_by.person} · {each.proposed_by.unit}\n{shown.moment(each.proposed_at)}",
            f"{each.decision.by.person} · {each.decision.by.unit}\n{shown.moment(each.decision.at)}"
            if each.decision else "-",
            counts.get(each.digest, 0),
        )
        for each in found
    ]  # fmt: skip
    none = say("还没有提出过放假通知。", "No notice was proposed yet.")
    data = [{**_data(each), "scenes": counts.get(each.digest, 0)} for each in found]
    output.present(data, output.table(columns, rows) if rows else none)


def apply_(
    digits: Digits,
    city: City = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会移动什么 · only look")] = False,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="同时办理几个场景 · scenes at the same time")] = AT_ONCE,
    who: As = Role.PLATFORM_OFFICE.value,
    as_json: AsJson = False,
) -> None:
    """把已确认的通知载入各未结场景，可中断续办 · Load a confirmed notice into every open scene; can be resumed"""
    made = settings()
    acts = identity.who(who)
    refuse_remote(made)
    with database(made) as opened:
        proposal = _named(opened, digits)
        if dry_run:
            _tell(proposal, _foreseen(opened, proposal, acts, city), foreseen=True)
            return
        rules.refuse_unless_in_force(proposal, opened.year_notices.all())
        failed = asyncio.run(_applied(opened, proposal, acts, city, at_once))
        done = [each for each in opened.year_notices.loaded(proposal.digest) if _is_of(opened, each.scene, city)]
    outcomes = sorted([*(_Outcome(each.scene, each) for each in done), *failed], key=lambda each: each.scene)
    _tell(proposal, outcomes)
    folder = made.policies_dir / "calendars"
    if not output.as_json() and not _is_in(folder, proposal.notice):
        output.note(_put_into(folder, proposal))
    if failed:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Outcome:
    """What a notice did or would do in a scene, or why not."""

    scene: str
    loaded: NoticeLoaded | None
    code: str = ""
    message: str = ""

    @classmethod
    def failure(cls, scene: str, error: Exception) -> "_Outcome":
        if isinstance(error, NoRulebook):
            missing = say("找不到该场景所用的政策和日历。", "The policy and calendar of this scene were not found.")
            return cls(scene, None, "no_calendar", missing)
        return cls(scene, None, getattr(error, "code", "internal"), text_of(error))


# who decides


def _policy_of(made: Settings, acts: identity.Who, city: str | None) -> Policy:
    """The city whose office acts: named, or the one in which the unit holds it, or the only one there is."""
    if city is not None:
        return load_city(made.policies_dir, city)
    known = [load_policy(path) for path in city_files(made.policies_dir)]
    holding = [policy for policy in known if acts.unit and acts.role and policy.office(acts.role) == acts.unit]
    knowing = [policy for policy in known if acts.unit in policy.unit_names]
    for found in (holding, knowing, known):
        if len(found) == 1:
            return found[0]
    cities = "、".join(policy.city for policy in known)
    raise misuse(f"请用 --city 写明城市：{cities}。", f"Name the city with --city: {cities}.", code="who")


def _actor(opened: Parts, acts: identity.Who, policy: Policy, notice: YearNotice, verb: str) -> Actor:
    return actor_of(opened, acts, policy, SceneState(scene=f"calendar:{notice.year}"), verb)


def _decided(digits: str, who: str | None, *, confirmed: bool, reasons: str | None = None) -> NoticeProposal:
    made = settings()
    acts = identity.who(who)
    refuse_remote(made)
    with database(made) as opened:
        named = _named(opened, digits)
        policy = load_city(made.policies_dir, named.city)
        actor = _actor(opened, acts, policy, named.notice, rules.CONFIRM)
        said = {"confirmed": str(confirmed).lower(), "reasons": reasons or ""}
        with _refusals_kept(opened, named.notice, actor, {"verb": rules.CONFIRM, **said}):
            return opened.year_notices.change(
                named.digest,
                lambda stands: rules.decide(policy, stands, actor, shown.now(), confirmed=confirmed, reasons=reasons),
            )


@contextmanager
def _refusals_kept(opened: Parts, notice: YearNotice, actor: Actor, act: dict[str, str]) -> Iterator[None]:
    """What is refused stands in the refusal ledger, like a refused act of a scene."""
    try:
        yield
    except Refused as refused:
        about = {"digest": digest_of(notice), "source": notice.source}
        opened.refusals.keep(Refusal.of_office(f"calendar:{notice.year}", actor, act | about, refused, shown.now()))
        raise


def _named(opened: Parts, digits: str) -> NoticeProposal:
    found = opened.year_notices.starting_with(digits.strip().lower()) if digits.strip() else ()
    if len(found) != 1:
        known = ", ".join(each.digest[:SHOWN_DIGITS] for each in found or opened.year_notices.all()) or "-"
        raise Refused("unknown_year_notice", digest=digits, known=known)
    return found[0]


def _is_in(folder: Path, notice: YearNotice) -> bool:
    """Whether new scenes get the notice."""
    try:
        return load_notice(folder / f"cn-{notice.year}.yaml") == notice
    except FileProblems:
        return False


def _put_into(folder: Path, proposal: NoticeProposal) -> str:
    year, command = proposal.notice.year, f"scene calendar read FILE --write {folder}"
    return say(
        f"{folder} 里没有这份 {year} 年通知，新申报的场景不会带上它。请先放入（{command}），再执行 apply。",
        f"{folder} lacks this notice of {year}: new scenes do not get it. Put it there first ({command}), "
        "then run apply.",
    )


def _is_of(opened: Parts, scene: str, city: str | None) -> bool:
    found = opened.reads.scene(scene) if city else None
    return city is None or found is None or found.city == city


# what it would do, what it does


def _foreseen(opened: Parts, proposal: NoticeProposal, who: identity.Who, city: str | None) -> list[_Outcome]:
    """The rules over how each open scene stands by the ledger; nothing is changed."""
    standings, now = Standings(opened.reads, opened.rulebooks), shown.now()
    outcomes = []
    for scene in opened.reads.open_scenes(city):
        try:
            if (standing := standings.of(scene)) is None:
                continue
            command = rules.asked(rules.once_confirmed(proposal), scene, _actor_in(opened, who, standing))
            loaded = rules.foreseen(standing.policy, standing.state, command, now)
            outcomes.append(_Outcome(scene, loaded))
        except _TOLD as error:
            outcomes.append(_Outcome.failure(scene, error))
    return outcomes


def _actor_in(opened: Parts, who: identity.Who, standing: Standing) -> Actor:
    """In each scene its own city's office acts."""
    return actor_of(opened, who, standing.policy, standing.state, "load_calendar")


async def _applied(
    opened: Parts, proposal: NoticeProposal, who: identity.Who, city: str | None, at_once: int
) -> list[_Outcome]:
    """Gives what failed; what is done is kept."""
    loader = NoticeLoader(
        client=scene_client(await server(opened.settings), opened),
        reads=opened.reads,
        standings=Standings(opened.reads, opened.rulebooks),
        proposal=proposal,
        actor_in=lambda standing: _actor_in(opened, who, standing),
    )
    console = Console(stderr=True)
    with Bar(console=console, disable=output.as_json() or not console.is_terminal, transient=True) as bar:
        run = _Run(opened, loader, asyncio.Semaphore(at_once), bar)
        while todo := await run.left(city):
            await asyncio.gather(*(run.bring_into(scene) for scene in todo))
            if run.nobody_answers:
                raise Refused(run.failed[0].code, address="-")
            await asyncio.sleep(SETTLED)
    return run.failed


@dataclass
class _Run:
    opened: Parts
    loader: NoticeLoader
    free: asyncio.Semaphore
    bar: Bar
    failed: list[_Outcome] = field(default_factory=list)
    total: int = 0
    answered: bool = False

    @property
    def nobody_answers(self) -> bool:
        """Each waits as long as an answer may take: what goes for so many goes for all."""
        silent = len(self.failed) >= AT_ONCE and all(each.code in UNANSWERED for each in self.failed)
        return silent and not self.answered

    def __post_init__(self) -> None:
        self.task = self.bar.add_task(say("载入", "loading"), total=None)

    async def left(self, city: str | None) -> list[str]:
        """The open scenes that are not done, and that this run has not tried in vain."""
        done = await asyncio.to_thread(self.opened.year_notices.done, self.loader.proposal.digest)
        tried = {each.scene for each in self.failed}
        found = [each for each in await self.loader.open_scenes(city) if each not in done and each not in tried]
        self.total += len(found)
        self.bar.update(self.task, total=self.total)
        return found

    async def bring_into(self, scene: str) -> None:
        """Kept as soon as it is known. Raises SQLAlchemyError: without the database nothing can be kept."""
        async with self.free:
            if self.nobody_answers:
                return
            try:
                loaded = await self.loader.load(scene, shown.now())
                digest = self.loader.proposal.digest
                await asyncio.to_thread(self.opened.year_notices.keep_loaded, digest, loaded, shown.now())
                self.answered = True
            except _TOLD as error:
                self.failed.append(_Outcome.failure(scene, error))
            self.bar.advance(self.task)


# what is told


def _tell(proposal: NoticeProposal, outcomes: list[_Outcome], *, foreseen: bool = False) -> None:
    columns = [("场景", "scene"), ("结果", "result"), ("移动的期限", "deadlines moved"), ("不变", "unchanged"),
               ("失败", "failed")]  # fmt: skip
    rows = [
        (
            each.scene,
            _result(each, foreseen=foreseen),
            "\n".join(map(_move, each.loaded.moves)) if each.loaded else "",
            each.loaded.unchanged if each.loaded else "",
            f"{each.code}: {each.message}" if each.code else "",
        )
        for each in outcomes
    ]
    none = say("没有未结的场景。", "No scene is open.")
    data = {
        "digest": proposal.digest,
        "dry_run": foreseen,
        "items": [_item(each) for each in outcomes],
        "counts": _counts(outcomes),
    }
    output.present(data, *([output.table(columns, rows)] if rows else [none]), _summary(outcomes, done=not foreseen))


def _item(outcome: _Outcome) -> dict[str, object]:
    if outcome.loaded is None:
        error = {"code": outcome.code, "message": outcome.message}
        return {"scene": outcome.scene, "result": "failed", "moves": [], "unchanged": 0, "firm": 0, "error": error}
    return {**outcome.loaded.model_dump(mode="json"), "error": None}


def _counts(outcomes: list[_Outcome]) -> dict[str, int]:
    loaded = [each.loaded for each in outcomes if each.loaded]
    return {
        "scenes": len(outcomes),
        "with_moves": sum(bool(each.moves) for each in loaded),
        "deadlines_moved": sum(len(each.moves) for each in loaded),
        "deadlines_unchanged": sum(each.unchanged for each in loaded),
        "made_firm": sum(each.firm for each in loaded),
        "already": sum(each.result == "already" for each in loaded),
        "closed": sum(each.result == "closed" for each in loaded),
        "failed": len(outcomes) - len(loaded),
    }


def _summary(outcomes: list[_Outcome], *, done: bool = False) -> RenderableType:
    n = _counts(outcomes)
    bad = (say(f"，失败 {n['failed']} 个", f"; {n['failed']} failed"), "bold red") if n["failed"] else ""
    if done:
        said = say(
            f"{n['scenes']} 个场景，移动 {n['deadlines_moved']} 个期限，{n['made_firm']} 个期限不再暂定",
            f"{n['scenes']} scenes; {n['deadlines_moved']} deadlines moved, {n['made_firm']} no longer provisional",
        )
    else:
        said = say(
            f"{n['scenes']} 个未结场景，其中 {n['with_moves']} 个将移动共 {n['deadlines_moved']} 个期限，"
            f"{n['made_firm']} 个期限不再暂定",
            f"{n['scenes']} open scenes; in {n['with_moves']} of them {n['deadlines_moved']} deadlines would move, "
            f"{n['made_firm']} would be provisional no longer",
        )
    return output.line(said, bad)


def _result(outcome: _Outcome, *, foreseen: bool) -> str:
    if outcome.loaded is None:
        return say("失败", "failed")
    words = {
        "loaded": say("将载入", "to be loaded") if foreseen else say("已载入", "loaded"),
        "already": say("已有该日历", "had it already"),
        "closed": say("已办结", "closed"),
    }
    return words[outcome.loaded.result]


def _move(move: DeadlineMove) -> str:
    who = f" · {rest}" if (rest := move.deadline.partition("/")[2]) else ""
    return f"{wording.limit(move.limit)}{who} {move.due_from} → {move.due_to}"


def _status(proposal: NoticeProposal) -> str:
    return shown.word(PROPOSAL_STATUSES, proposal.status)


def _facts(proposal: NoticeProposal) -> list[tuple[str, object]]:
    decision = proposal.decision
    facts: list[tuple[str, object]] = [
        (say("通知编号", "digest"), proposal.digest),
        (say("状态", "status"), _status(proposal)),
        (say("提出", "proposed by"), _by(proposal.proposed_by, shown.moment(proposal.proposed_at))),
    ]
    if decision:
        facts.append((say("决定", "decided by"), _by(decision.by, shown.moment(decision.at))))
    if decision and decision.reasons:
        facts.append((say("理由", "reasons"), decision.reasons))
    return facts


def _by(actor: Actor, at: str) -> str:
    return f"{actor.person} · {actor.unit} · {at}"


def _data(proposal: NoticeProposal) -> dict[str, object]:
    return {**proposal.model_dump(mode="json"), "status": proposal.status.value}
