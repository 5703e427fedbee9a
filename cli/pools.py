"""Whom a panel is drawn from: everybody who is an expert in the city's directory on the day the command is sent.

The pool stands in the command, as one that was typed does, and the actor says by which version of the directory.
"""

from dataclasses import dataclass
from typing import ClassVar

from models.actor import Actor
from models.commands.review import LARGEST_POOL, ConvenePanel, PanelMember
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
    verb: ClassVar[str] = "convene_panel"

    def of(self, pool: tuple[PanelMember, ...]) -> ConvenePanel:
        content = {"purpose": self.purpose, "size": self.size, "bidder": self.bidder, "pool": pool}
        return validated(ConvenePanel, content)


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
    parties = (*state.owners, *units_bidding(state))
    pool = rules.experts(directory.directory, shown.today(), known_as=parties)
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
