"""Drafts: an act prepared bit by bit, seen by its unit alone, judged by no rule until it is submitted."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from models.actor import Actor
from models.commands import Act
from models.commands.matching import RevealBid
from models.draft import Draft, DraftStatus
from models.receipt import Receipt
from models.refusal import Refused
from runtime.wiring import Parts

from . import identity, output, shown, wording
from .acting import As, Envelope, OnBehalf, Scene, Wait, actor_of, perform
from .acts import Bidder
from .fields import act_class, so_far, validated
from .output import AsJson, SceneOption, misuse, say
from .session import database, policy_of, refuse_remote, settings, state_of

app = output.group("草稿：保存、查看、提交、作废 · Drafts: save, show, submit, discard")

Id = Annotated[str, typer.Argument(metavar="DRAFT", help="草稿编号 · the draft", show_default=False)]
_SEALED = (RevealBid,)
"""What may be written down nowhere before the close."""


@app.command("save")
def save(
    scene: Scene,
    verb: Annotated[str, typer.Argument(metavar="VERB", help="操作名，见 scene verbs · see `scene verbs`")],
    bidder: Bidder = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="字段=值，可多个 · a field", show_default=False),
    ] = None,
    id: Annotated[
        str | None, typer.Option("--id", metavar="DRAFT", help="续改哪份草稿 · go on with a draft", show_default=False)
    ] = None,
    revision: Annotated[
        int | None, typer.Option(min=1, help="在第几稿上修改，默认最新 · the revision you had seen", show_default=False)
    ] = None,
    who: As = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """保存草稿；未填的可以以后补 · Save a draft; what is missing may come later"""
    model = act_class(verb)
    name = model.model_fields["verb"].default
    with database(settings()) as opened:
        actor = _actor(opened, scene, name, who, bidder, tuple(on_behalf_of or ()))
        if issubclass(model, _SEALED):
            raise Refused("not_for_drafts", verb=name)
        before = _own(opened, id, actor) if id is not None else None
        if before is not None:
            if (before.scene, before.verb) != (scene, name):
                raise misuse(
                    f"草稿 {before.id} 属于 {before.scene} 的 {before.verb}。",
                    f"Draft {before.id} is of {before.verb} in {before.scene}.",
                )
            _refuse_over(before)
        start: dict[str, Any] = dict(before.content) if before is not None else {}
        if bidder is not None:
            start["bidder"] = bidder
        draft = Draft(
            id=before.id if before is not None else f"D{uuid4().hex[:10]}",
            revision=1 + (revision or before.revision) if before is not None else 1,
            scene=scene,
            verb=name,
            content=so_far(model, set_ or (), start),
            by=actor,
            seen=state_of(opened, scene).sequence,
            saved_at=shown.now(),
        )
        opened.drafts.save(draft)
    _tell(draft)


@app.command("list")
def list_(
    scene: SceneOption = None,
    every: Annotated[bool, typer.Option("--all", help="含已提交、已作废 · also those that are over")] = False,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """本单位的草稿，最近保存的在前 · Your unit's drafts, the last saved first"""
    acting = identity.who(who)
    refuse_remote(settings())
    with database(settings()) as opened:
        if scene is not None:
            actor = _actor(opened, scene, "", who, None, ())
            found = list(opened.drafts.of(actor.unit, actor.role, scene=scene, every=every))
            found = [each for each in found if each.is_seen_by(actor)]
        else:
            found = _anywhere(opened, acting, who, every)
    columns = [("草稿", "draft"), ("稿次", "revision"), ("场景", "scene"), ("操作", "act"), ("保存人", "by"),
               ("保存时间", "saved"), ("状态", "status")]  # fmt: skip
    rows = [
        (each.id, each.revision, each.scene, wording.verb(each.verb), each.by.person, shown.moment(each.saved_at),
         _status(each))
        for each in found
    ]  # fmt: skip
    none = say("没有草稿。", "There is no draft.")
    output.present([each.model_dump(mode="json") for each in found], output.table(columns, rows) if rows else none)


def _anywhere(opened: Parts, acting: identity.Who, who: str | None, every: bool) -> list[Draft]:
    """A unit's drafts in all its scenes, in the cities where who asks is what they say.

    Two cities may have a unit of one name. Raises Refused where they are it in none of them, Failure for no unit.
    """
    if acting.role is None or acting.unit is None:
        raise misuse(
            "请用 --scene 指定场景，或用 --as 角色:单位 写明单位。",
            "Name a --scene, or say the unit with --as ROLE:UNIT.",
        )
    named = opened.drafts.of(acting.unit, acting.role, scene=None, every=every)
    actors: dict[str, Actor | None] = {}
    refused: Refused | None = None
    for draft in named:
        city = _city(opened, draft.scene)
        if city not in actors:
            try:
                actors[city] = _actor(opened, draft.scene, "", who, None, ())
            except Refused as no:
                actors[city], refused = None, no
    if refused is not None and not any(actors.values()):
        raise refused
    # A directory may know the unit by another name: what is asked for here is the name it was saved under.
    found = []
    for draft in named:
        actor = actors[_city(opened, draft.scene)]
        if actor is not None and draft.is_seen_by(actor.model_copy(update={"unit": acting.unit})):
            found.append(draft)
    return found


def _city(opened: Parts, scene: str) -> str:
    profile = state_of(opened, scene).profile
    return profile.city if profile is not None else ""


@app.command("show")
def show(
    id: Id,
    revision: Annotated[int | None, typer.Option(min=1, help="第几稿 · a revision", show_default=False)] = None,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """草稿内容 · What a draft says so far"""
    with database(settings()) as opened:
        draft = _found(opened, id, who)
        if revision is not None:
            draft = opened.drafts.find(id, revision) or draft
    _tell(draft)


@app.command("discard")
def discard(id: Id, who: As = None, as_json: AsJson = False) -> None:
    """作废草稿（各稿仍留存） · Discard a draft; its revisions stay"""
    with database(settings()) as opened:
        draft = _found(opened, id, who)
        _refuse_over(draft)
        over = draft.model_copy(
            update={"revision": draft.revision + 1, "status": DraftStatus.DISCARDED, "saved_at": shown.now()}
        )
        opened.drafts.save(over)
    _tell(over)


@app.command("submit")
def submit(id: Id, who: As = None, on_behalf_of: OnBehalf = None, wait: Wait = 2.0, as_json: AsJson = False) -> None:
    """提交草稿：办理该操作 · Submit a draft: the act is done"""
    with database(settings()) as opened:
        draft = _found(opened, id, who)
        _refuse_over(draft)
        act: Act = validated(act_class(draft.verb), {"verb": draft.verb, **draft.content})
    behalf = tuple(on_behalf_of or ())
    envelope = Envelope(who, seen=draft.seen, command_id=draft.command_id, on_behalf_of=behalf, wait=wait)
    receipt: Receipt = perform(draft.scene, act, envelope)
    with database(settings()) as opened:
        latest = opened.drafts.find(id) or draft
        over = {"status": DraftStatus.SUBMITTED, "entry": receipt.sequence, "saved_at": shown.now()}
        opened.drafts.save(latest.model_copy(update={**over, "revision": latest.revision + 1}))


def _actor(opened: Parts, scene: str, verb: str, who: str | None, bidder: str | None, behalf: tuple[str, ...]) -> Actor:
    acting = identity.who(who)
    refuse_remote(settings())
    state = state_of(opened, scene)
    policy = policy_of(opened, state)
    return actor_of(opened, acting, policy, state, verb, bidder=bidder, on_behalf_of=behalf)


def _found(opened: Parts, id: str, who: str | None) -> Draft:
    """The latest revision of a draft that this actor may see. Raises Refused."""
    draft = opened.drafts.find(id)
    if draft is None:
        raise Refused("unknown_draft", draft=id)
    bidder = draft.content.get("bidder")
    actor = _actor(opened, draft.scene, draft.verb, who, str(bidder) if bidder else None, ())
    return _own(opened, id, actor)


def _own(opened: Parts, id: str, actor: Actor) -> Draft:
    draft = opened.drafts.find(id)
    if draft is None or not draft.is_seen_by(actor):
        raise Refused("unknown_draft", draft=id)
    return draft


def _refuse_over(draft: Draft) -> None:
    if draft.status is not DraftStatus.OPEN:
        raise Refused("draft_is_over", draft=draft.id)


def _status(draft: Draft) -> str:
    match draft.status:
        case DraftStatus.OPEN:
            return say("草稿", "open")
        case DraftStatus.DISCARDED:
            return say("已作废", "discarded")
        case DraftStatus.SUBMITTED:
            return say(f"已提交，第 {draft.entry} 号记录", f"submitted as entry {draft.entry}")


def _tell(draft: Draft) -> None:
    rows: list[tuple[str, object]] = [
        (say("草稿", "draft"), draft.id),
        (say("稿次", "revision"), draft.revision),
        (say("场景", "scene"), draft.scene),
        (say("操作", "act"), wording.verb(draft.verb)),
        (say("保存人", "by"), draft.by.person),
        (say("保存时间", "saved"), shown.moment(draft.saved_at)),
        (say("状态", "status"), _status(draft)),
        *((name, value) for name, value in draft.content.items() if name != "verb"),
    ]
    output.present(draft.model_dump(mode="json"), output.pairs(rows))
