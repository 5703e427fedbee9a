"""Drawing lots (随机抽取): which candidates sit on a panel, so that anybody can draw again and gets the same.

Everybody in the pool has a ticket: the SHA-256 of "<seed> <person>". The lowest tickets are drawn, first as many
experts as the panel needs, then whoever comes next. Who else is in the pool changes nobody's ticket. The seed comes
from what stood in the scene's journal before the draw: nobody chooses it, and who would try to move it leaves an entry.
"""

from collections.abc import Sequence
from hashlib import sha256

from models.commands.review import PanelMember
from models.state import SceneState
from models.vocabulary import PanelPurpose


def seed_of(state: SceneState, purpose: PanelPurpose, bidder: str | None) -> str:
    """SHA-256 over scene, purpose, bidder, and the digest of the last command that stands in the scene."""
    last = state.receipts[-1].digest if state.receipts else ""
    return sha256("\n".join((state.scene, purpose, bidder or "", str(state.sequence), last)).encode()).hexdigest()


def ticket(seed: str, person: str) -> str:
    return sha256(f"{seed} {person}".encode()).hexdigest()


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
