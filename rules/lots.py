"""Drawing lots (随机抽取): which candidates sit on a panel, so that anybody can draw again and gets the same.

Everybody in the pool has a ticket: the SHA-256 of "<seed> <person>". The lowest tickets are drawn, first as many
experts as the panel needs, then whoever comes next. Who else is in the pool changes nobody's ticket.

The pool is fixed before the seed exists: it stands in the command, and the seed is made of the command's digest and of
the moment at which the engine enters it, to the microsecond, which nobody knows who sends the command. Both stand in
the journal, so that an auditor draws again. Who runs the engine's clock could choose the moment, not the convener.
Under a policy without `drawn_once` the seed comes from what stood in the journal before, which a convener can know.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from models.commands.review import PanelMember
from models.state import SceneState
from models.vocabulary import PanelPurpose


def seed_of(state: SceneState, purpose: PanelPurpose, bidder: str | None) -> str:
    """SHA-256 over scene, purpose, bidder, and the digest of the last command that stands in the scene."""
    last = state.receipts[-1].digest if state.receipts else ""
    return sha256("\n".join((state.scene, purpose, bidder or "", str(state.sequence), last)).encode()).hexdigest()


def seed_at(
    scene: str, purpose: PanelPurpose | Literal["ranking"], bidder: str | None, command: str, at: datetime
) -> str:
    """SHA-256 over scene, purpose, bidder, the digest of the command and the moment of its entry, a line each.

    The moment is written in UTC with six decimals, as 2026-03-02T02:00:00.000000+00:00.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256("\n".join((scene, purpose, bidder or "", command, moment)).encode()).hexdigest()


def ticket(seed: str, person: str) -> str:
    return sha256(f"{seed} {person}".encode()).hexdigest()


def tie_break(seed: str, bidders: Sequence[str]) -> tuple[str, ...]:
    """Bidders that nothing else tells apart, in the order of their tickets."""
    return tuple(sorted(bidders, key=lambda bidder: ticket(seed, bidder)))


def ordered(seed: str, pool: Sequence[PanelMember]) -> list[PanelMember]:
    return sorted(pool, key=lambda each: (ticket(seed, each.person), each.person))


def draw(seed: str, pool: Sequence[PanelMember], size: int, experts: int) -> tuple[PanelMember, ...]:
    """`size` members, at least `experts` of them experts, in the order drawn.

    Raises ValueError for a pool too small.
    """
    in_order = ordered(seed, pool)
    first = [each for each in in_order if each.expert][:experts]
    rest = [each for each in in_order if each not in first][: size - len(first)]
    if len(first) < experts or len(first) + len(rest) < size:
        raise ValueError(f"{size} members with {experts} experts cannot be drawn from this pool")
    return (*first, *rest)
