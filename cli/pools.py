"""Whom a panel is drawn from: everybody who is an expert in the city's directory on the day the command is sent.

The pool stands in the command, as one that was typed does, and the actor says by which version of the directory. Where
the city has a directory nobody types a pool, unless the directory has too many for one draw; and who is named or typed
as an expert is one, with all the units that the directory has them in as ties.
"""

from dataclasses import dataclass
from typing import ClassVar

from models.actor import Actor
from models.commands.review import LARGEST_POOL, ConvenePanel, PanelMember
from models.directory import Directory
from models.state import SceneState
from models.vocabulary import PanelPurpose
from rules import directory as rules
from rules.separation import units_bidding
from runtime.wiring import Parts

from . import shown
from .fields import validated
from .output import Failure, say


@dataclass(frozen=True)
class FromDirectory:
    """A panel to be convened whose pool is not known before it is sent."""

    purpose: PanelPurpose
    size: int
    bidder: str | None
    reasons: str | None = None
    with_officer: str | None = None
    verb: ClassVar[str] = "convene_panel"

    def of(self, pool: tuple[PanelMember, ...]) -> ConvenePanel:
        asked = {"purpose": self.purpose, "size": self.size, "bidder": self.bidder, "pool": pool}
        return validated(ConvenePanel, {**asked, "reasons": self.reasons, "with_officer": self.with_officer})


def drawn_from(opened: Parts, state: SceneState, wanted: FromDirectory, actor: Actor) -> ConvenePanel:
    """Raises Failure: no_directory, directory_changed, no_experts, pool_too_large."""
    city = state.profile.city if state.profile else ""
    directory = opened.directories.in_force(city)
    if directory is None:
        raise Failure(
            "no_directory",
            say(
                f"{city}还没有人员目录。请用 --member 逐一列出专家，或先建立目录：scene org draft。",
                f"{city} has no directory. Name the experts with --member, or begin one: scene org draft.",
            ),
        )
    if directory.version != actor.directory_version:
        raise Failure(
            "directory_changed",
            say("人员目录刚刚换版，请重新办理。", "The directory has just changed. Do it again."),
        )
    pool = _experts(directory.directory, state)
    if not pool:
        raise Failure(
            "no_experts",
            say(
                f"{city}的人员目录（第 {directory.version} 版）中今天没有专家。请在目录中加入角色为 expert 的人员。",
                f"Nobody is an expert in version {directory.version} of the directory today. Add people as expert.",
            ),
        )
    if len(pool) > LARGEST_POOL:
        raise Failure(
            "pool_too_large",
            say(
                f"目录中有 {len(pool)} 名专家，一次抽取至多 {LARGEST_POOL} 名。请用 --member 列出候选专家。",
                f"The directory has {len(pool)} experts; a draw takes {LARGEST_POOL}. Name the pool with --member.",
            ),
        )
    return wanted.of(pool)


def with_ties(opened: Parts, state: SceneState, typed: ConvenePanel) -> ConvenePanel:
    """What was typed, with what the directory knows of these people.

    Raises Failure: pool_in_directory, not_an_expert.
    """
    directory = opened.directories.in_force(state.profile.city if state.profile else "")
    if directory is None:
        return typed
    experts = {each.person: each for each in _experts(directory.directory, state)}
    if typed.pool and len(experts) <= LARGEST_POOL:
        raise Failure(
            "pool_in_directory",
            say(
                "本市已有人员目录，候选人须为目录中的全部专家：请用 --from-directory。",
                "The city has a directory: the pool is everybody who is an expert in it; use --from-directory.",
            ),
        )
    members = (*typed.members, *typed.pool)
    if strangers := [each.person for each in members if each.expert and each.person not in experts]:
        raise Failure(
            "not_an_expert",
            say(
                f"人员目录中 {'、'.join(strangers)} 今天不是专家。请先在目录中登记，或不要标为专家。",
                f"{', '.join(strangers)}: no expert in today's directory. Enter them there, or leave out `expert`.",
            ),
        )

    def known(member: PanelMember) -> PanelMember:
        found = rules.units_of(directory.directory, member.person, shown.today(), known_as=_parties(state))
        ties = [unit for unit in dict.fromkeys((*member.ties, *found)) if unit != member.unit]
        return validated(PanelMember, {**member.model_dump(), "ties": ties[:20]})

    changed = {"members": tuple(map(known, typed.members)), "pool": tuple(map(known, typed.pool))}
    return typed.model_copy(update=changed)


def _parties(state: SceneState) -> tuple[str, ...]:
    return (state.profile.owner if state.profile else "", *units_bidding(state))


def _experts(directory: Directory, state: SceneState) -> tuple[PanelMember, ...]:
    return rules.experts(directory, shown.today(), known_as=_parties(state))
