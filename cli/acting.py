"""One act, from the typed words to the receipt; and the options that every act has.

A named command only builds its act. `command_for` gives it the scene, the envelope's options, and the way to the
engine: who acts, what they had seen, under which id, and whether to wait until lists show it.
"""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, NamedTuple
from uuid import uuid4

import typer
from pydantic import JsonValue, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from client.scene_client import SceneClient
from models.actor import Actor
from models.commands import Act, Command
from models.commands.anywhere import LoadCalendar
from models.commands.handling import DelegateDuty, TransferDuty
from models.commands.review import ConvenePanel
from models.commands.solicitation import Register
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from models.year_notice import digest_of
from rules.directory import refuse_stranger, refuse_unknown_officer
from rules.keyed import find
from rules.lifecycle import comes_before
from rules.year_notices import confirmed, refuse_unless_in_force
from runtime.wiring import Parts, scene_client
from storage.refusals import Refusal

from . import identity, lookalikes, output, pools, shown, wording
from .fields import digest, malformed, validated
from .output import AsJson, Failure, misuse, say
from .session import city_policy, database, policy_of, refuse_remote, server, settings

Asked = Act | pools.FromDirectory
"""An act, or one that is completed when it is sent."""
POLL = 0.02
UNANSWERED = ("no_worker", "server_unreachable", "ledger_behind")
"""Refusals after which the same command is repeated under the same id."""

Scene = Annotated[str, typer.Argument(metavar="SCENE", help="场景编号 · scene id", show_default=False)]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        envvar="SCENE_AS",
        metavar="@PERSON|ROLE[:UNIT[:PERSON]]",
        help="以谁的身份：人员目录中的人，或角色（单位可省略时按场景补全） · who acts: by the directory, or by role",
        show_default=False,
    ),
]
CommandId = Annotated[
    str | None,
    typer.Option(help="命令编号，重试时用同一编号 · id of the command; repeat with the same one", show_default=False),
]
OnBehalf = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PERSON", help="代办：被代理人编号，可多个 · on whose behalf, nearest first", show_default=False
    ),
]
EffectiveOn = Annotated[
    str | None, typer.Option(metavar="DATE", help="补录：生效日期 · done on paper on this day", show_default=False)
]
EffectiveDocument = Annotated[
    str | None, typer.Option(metavar="@FILE|SHA256", help="补录：原始文件 · the paper of that day", show_default=False)
]
Wait = Annotated[
    float,
    typer.Option(min=0, max=600, help="等待入账的秒数 · seconds to wait until lists show it"),
]


class Envelope(NamedTuple):
    """What stands around an act, as typed."""

    who: str | None = None
    seen: int | None = None
    command_id: str | None = None
    effective_on: str | None = None
    effective_document: str | None = None
    on_behalf_of: tuple[str, ...] = ()
    wait: float = 2.0


def new_id() -> str:
    return f"cli-{uuid4().hex[:20]}"


def a_date(value: str | None, option: str) -> date | None:
    """Raises Failure for what is no day."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise misuse(
            f"{option} 应为日期，如 2026-01-31，而不是“{value}”。",
            f"{option} takes a day as 2026-01-31, not {value}.",
            code="malformed",
        ) from None


def command(act: Act, actor: Actor, seen: int, envelope: Envelope) -> Command:
    """Raises Failure for an envelope that does not fit."""
    content = {
        "command_id": envelope.command_id or new_id(),
        "actor": actor,
        "seen": seen,
        "effective_on": a_date(envelope.effective_on, "--effective-on"),
        "effective_document": digest(envelope.effective_document) if envelope.effective_document else None,
        "act": act,
    }
    return validated(Command, content)


def perform(scene: str, act: Asked, envelope: Envelope) -> Receipt:
    """Acts in a scene, and prints the receipt. Raises Refused, Failure."""
    made = settings()
    who = identity.who(envelope.who)
    refuse_remote(made)
    with database(made) as opened:
        return asyncio.run(_perform(opened, scene, act, who, envelope))


async def _perform(opened: Parts, scene: str, act: Asked, who: identity.Who, envelope: Envelope) -> Receipt:
    client = scene_client(await server(opened.settings), opened)
    state, policy = await _standing(opened, client, scene)
    asked = asked_of(opened, state, policy, act, who, envelope)
    with told_how_to_repeat(asked):
        receipt = await client.act(scene, asked)
    recorded = await until_recorded(opened, receipt.scene, receipt.sequence, envelope.wait)
    show_receipt(receipt, recorded, before=state)
    return receipt


def asked_of(
    opened: Parts, state: SceneState, policy: Policy | None, act: Asked, who: identity.Who, envelope: Envelope
) -> Command:
    """The command to a scene that stands so. Raises Refused, Failure."""
    actor = actor_of(
        opened,
        who,
        policy,
        state,
        act.verb,
        bidder=getattr(act, "bidder", None),
        on_behalf_of=envelope.on_behalf_of,
        act=act if isinstance(act, Act) else None,
    )
    seen = _seen(opened, state, envelope)
    if isinstance(act, Register):
        act = _with_lookalikes(opened, state, act, envelope)
    elif isinstance(act, pools.FromDirectory):
        act = _with_pool(opened, state, act, actor, envelope)
    elif isinstance(act, ConvenePanel):
        act = _with_ties(opened, state, act, envelope)
    elif isinstance(act, LoadCalendar):
        act = _as_confirmed(opened, act)
    asked = command(act, actor, seen, envelope)
    _refuse_unknown(opened, state, asked)
    return asked


def _refuse_unknown(opened: Parts, state: SceneState, asked: Command) -> None:
    """Whom an act names is in the city's directory, in the version as of which the actor is: of their unit and role.

    Raises Refused for who takes a duty and for a second officer; Failure where the directory has changed meanwhile.
    """
    act, actor = asked.act, asked.actor
    second: str | None = getattr(act, "with_officer", None)
    if not actor.directory_version or not (second or isinstance(act, TransferDuty | DelegateDuty)):
        return
    standing = opened.directories.in_force(state.profile.city if state.profile else "")
    if standing is None or standing.version != actor.directory_version:
        raise Failure(
            "directory_changed",
            say("人员目录刚刚换版，请重新办理。", "The directory has just changed. Do it again."),
        )
    try:
        if isinstance(act, TransferDuty | DelegateDuty):
            refuse_stranger(standing.directory, act.to, actor.unit, actor.role, shown.today())
        if second is not None:
            refuse_unknown_officer(standing.directory, second, actor, shown.today())
    except Refused as refused:
        opened.refusals.record(state.scene, asked, refused, shown.now())
        raise


def actor_of(
    opened: Parts,
    who: identity.Who,
    policy: Policy | None,
    state: SceneState,
    verb: str,
    *,
    bidder: str | None = None,
    on_behalf_of: tuple[str, ...] = (),
    act: Act | None = None,
) -> Actor:
    """Who acts, as the city's directory has them today; who is not what they say is refused, and that is recorded.

    Raises Refused, Failure.
    """
    try:
        directory = opened.directories.in_force(policy.city) if policy is not None else None
    except SQLAlchemyError:
        # A database that is away stops nobody where no directory was ever asked; elsewhere nobody knows who is who.
        directory = None
        if state.directory_version and who.role is not Role.PUBLIC:
            raise Failure(
                "directory_away",
                say(
                    "人员目录暂时无法查询，本场景须凭目录办理，请稍后重试。",
                    "The directory cannot be asked now, and this scene goes by it; try again later.",
                ),
            ) from None
    if on_behalf_of and directory is None and who.role is not Role.PUBLIC and not opened.settings.trust_paths:
        raise Failure(
            "path_unproven",
            say(
                "本市还没有人员目录，代办关系无从核对：请先建立目录，或由本人办理（可设 SCENE_TRUST_PATHS=true）。",
                "The city has no directory that says who acts for whom: load one, or act for yourself "
                "(SCENE_TRUST_PATHS=true takes people at their word).",
            ),
        )
    try:
        return identity.actor(who, policy, state, bidder, on_behalf_of, directory=directory, verb=verb)
    except Refused as refused:
        claimed: dict[str, JsonValue] = {
            "person": who.person, "role": who.role, "unit": who.unit, "on_behalf_of": list(on_behalf_of),
            "verb": verb, "bidder": bidder, "sequence": state.sequence,
        }  # fmt: skip
        opened.refusals.keep(Refusal.of_claim(state.scene, claimed, act, refused, shown.now()))
        raise


def _seen(opened: Parts, state: SceneState, envelope: Envelope) -> int:
    """What the actor says they had seen; else what lists show. A command that is repeated says again what it said."""
    if envelope.seen is not None:
        return envelope.seen
    earlier = _earlier(opened, state, envelope)
    return state.sequence if earlier is None else earlier.seen


def _with_lookalikes(opened: Parts, state: SceneState, act: Register, envelope: Envelope) -> Register:
    """What is proposed today; a command that is repeated says again what was proposed then."""
    earlier = _earlier(opened, state, envelope)
    if earlier is None or not isinstance(earlier.act, Register):
        return lookalikes.proposed(opened, state, act)
    return lookalikes.with_proposed(act, earlier.act.duplicate_check.proposed)


def _as_confirmed(opened: Parts, act: LoadCalendar) -> LoadCalendar:
    """With who proposed and who confirmed the notice, as the register of notices has it; nobody's word counts here."""
    known = opened.year_notices.all()
    proposal = find(known, digest=digest_of(act.notice))
    if proposal is None:
        return LoadCalendar(notice=act.notice)
    if proposal.confirmed_at is not None:
        refuse_unless_in_force(proposal, known)
    return confirmed(proposal)


def _with_pool(
    opened: Parts, state: SceneState, wanted: pools.FromDirectory, actor: Actor, envelope: Envelope
) -> ConvenePanel:
    """Today's experts; a command that is repeated says again who was in the pool then."""
    earlier = _earlier(opened, state, envelope)
    if earlier is None or not isinstance(earlier.act, ConvenePanel):
        return pools.drawn_from(opened, state, wanted, actor)
    return wanted.of(earlier.act.pool)


def _with_ties(opened: Parts, state: SceneState, act: ConvenePanel, envelope: Envelope) -> ConvenePanel:
    """With what the directory knows today; a command that is repeated says again what it knew then."""
    earlier = _earlier(opened, state, envelope)
    if earlier is None or not isinstance(earlier.act, ConvenePanel):
        return pools.with_ties(opened, state, act)
    return act.model_copy(update={"members": earlier.act.members, "pool": earlier.act.pool})


def _earlier(opened: Parts, state: SceneState, envelope: Envelope) -> Command | None:
    """The command that stands under the same id, where this one is a repetition."""
    stands = next((each for each in state.receipts if each.command_id == envelope.command_id), None)
    entries = opened.reads.entries(state.scene, stands.sequence, stands.sequence) if stands is not None else ()
    return entries[0].entry.command if entries else None


async def _standing(opened: Parts, client: SceneClient, scene: str) -> tuple[SceneState, Policy | None]:
    """As lists know the scene; as its workflow knows it where the database is away or not as far yet."""
    try:
        state = opened.reads.state(scene)
        if state is not None:
            return state, policy_of(opened, state)
    except SQLAlchemyError:
        output.note(say("数据库暂不可用，直接向场景查询。", "The database is away; asking the scene itself."))
    state = await client.state(scene)
    return state, city_policy(opened.settings, state)


@contextmanager
def told_how_to_repeat(asked: Command) -> Iterator[None]:
    """Says under which id to repeat a command that may or may not have been heard."""
    try:
        yield
    except Refused as refused:
        if refused.code in UNANSWERED:
            id = asked.command_id
            output.note(say(f"重试请加：--command-id {id}", f"To repeat it: --command-id {id}"))
        raise


async def until_recorded(opened: Parts, scene: str, sequence: int, seconds: float) -> bool:
    """Whether the lists have come to the entry within the time."""
    clock = asyncio.get_running_loop()
    until = clock.time() + seconds
    while True:
        try:
            found = opened.reads.scene(scene)
        except SQLAlchemyError:
            return False
        if found is not None and found.sequence >= sequence:
            return True
        if clock.time() >= until:
            return False
        await asyncio.sleep(POLL)


def show_receipt(receipt: Receipt, recorded: bool, before: SceneState | None = None) -> None:
    rows = [
        (say("场景", "scene"), receipt.scene),
        (say("记录号", "entry"), receipt.sequence),
        (say("环节", "step"), _moved(receipt, before)),
        (say("命令编号", "command id"), receipt.command_id),
    ]
    output.present({**receipt.model_dump(mode="json"), "recorded": recorded}, output.pairs(rows))
    if not recorded:
        output.note(
            say("已生效，列表稍后更新（尚未入账）。", "It stands; lists will show it later (not recorded yet).")
        )


def _moved(receipt: Receipt, before: SceneState | None) -> str:
    here = f"{wording.step(receipt.step)} ({receipt.step})"
    if before is None or before.step == receipt.step:
        return here
    arrow = "→" if before.step == "closed" or comes_before(before.step, receipt.step) else "↩"
    return f"{wording.step(before.step)} {arrow} {here}"


def command_for(app: typer.Typer, name: str) -> Callable[[Callable[..., Asked]], Callable[..., Asked]]:
    """Makes a function that builds an act into the command `scene NAME SCENE ...`."""

    def register(build: Callable[..., Asked]) -> Callable[..., Asked]:
        own = inspect.signature(build, eval_str=True).parameters
        shared = inspect.signature(_shared, eval_str=True).parameters

        def run(scene: str, **given: Any) -> None:
            try:
                act = build(**{key: value for key, value in given.items() if key in own})
            except ValidationError as invalid:
                raise malformed(invalid) from None
            perform(scene, act, _shared(**{key: value for key, value in given.items() if key in shared}))

        first = inspect.Parameter("scene", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Scene)
        every = [
            first,
            *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own.values(), *shared.values())),
        ]
        run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in every}
        run.__doc__ = build.__doc__
        app.command(name, rich_help_panel=output.ACTS)(run)
        return build

    return register


def _shared(
    who: As = None,
    seen: Annotated[
        int | None, typer.Option(min=0, help="办理时所见的记录号 · the entry you had seen", show_default=False)
    ] = None,
    command_id: CommandId = None,
    effective_on: EffectiveOn = None,
    effective_document: EffectiveDocument = None,
    on_behalf_of: OnBehalf = None,
    wait: Wait = 2.0,
    as_json: AsJson = False,
) -> Envelope:
    return Envelope(who, seen, command_id, effective_on, effective_document, tuple(on_behalf_of or ()), wait)
