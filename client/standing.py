"""How scenes stand by the ledger, each with the policy that it is pinned to, its own calendar in it.

The calendar is not in the state, only its version: a rulebook has it by value, or the journal leads to it.
"""

from typing import NamedTuple

from models.calendar import YearNotice
from models.policy import Policy
from models.state import SceneState
from rules.calendar import with_notice
from rules.journal import fold, policy_after
from storage.reads import LedgerReads
from storage.rulebooks import SqlRulebooks


class Standing(NamedTuple):
    state: SceneState
    policy: Policy


class NoRulebook(LookupError):
    """The policy that a scene is pinned to is not among the rulebooks."""


class Standings:
    """Keeps in memory each rulebook that it has read: hundreds of scenes share a few."""

    def __init__(self, reads: LedgerReads, rulebooks: SqlRulebooks) -> None:
        self._reads = reads
        self._rulebooks = rulebooks
        self._known: dict[tuple[str, str], Policy] = {}

    def of(self, scene: str) -> Standing | None:
        """As of the last recorded entry; None for a scene that the ledger does not know. Raises NoRulebook."""
        state = self._reads.state(scene)
        if state is None:
            return None
        policy = self.rulebook(state.policy_digest, state.calendar)
        return Standing(state, policy) if policy else self._folded(scene)

    def of_state(self, state: SceneState) -> Standing:
        """For a state that comes from the scene itself. Raises NoRulebook."""
        policy = self.rulebook(state.policy_digest, state.calendar)
        if policy is None:
            raise NoRulebook(state.scene)
        return Standing(state, policy)

    def before(self, scene: str, sequence: int) -> SceneState:
        """The state that entry `sequence` met."""
        state = SceneState(scene=scene)
        for record in self._reads.entries(scene, 1, sequence - 1):
            state = fold(state, record.entry)
        return state

    def has(self, scene: str, notice: YearNotice) -> bool:
        """Whether a scene counts by a notice already; not so where its calendar is not found."""
        try:
            standing = self.of(scene)
        except NoRulebook:
            return False
        return standing is not None and notice in standing.policy.calendar.notices

    def keep(self, policy: Policy, notice: YearNotice) -> None:
        """Puts the policy with the notice in it among the rulebooks, so that its calendar is found by its version."""
        longer = policy.model_copy(update={"calendar": with_notice(policy.calendar, notice)})
        if self._known.get(_key(longer)) is None:
            self._rulebooks.keep(longer)
            self._known[_key(longer)] = longer

    def _folded(self, scene: str) -> Standing:
        state = SceneState(scene=scene)
        policy: Policy | None = None
        for record in self._reads.entries(scene):
            policy = policy or self.rulebook(record.entry.policy, record.entry.calendar)
            if policy is None:
                raise NoRulebook(scene)
            state, policy = fold(state, record.entry), policy_after(policy, record.entry)
        if policy is None:
            raise NoRulebook(scene)
        return Standing(state, policy)

    def rulebook(self, digest: str, calendar: str) -> Policy | None:
        """A policy with its calendar, as the rulebooks have it; one that is not there now may be there later."""
        known = self._known.get((digest, calendar)) or self._rulebooks.find(digest, calendar)
        if known is not None:
            self._known[digest, calendar] = known
        return known


def _key(policy: Policy) -> tuple[str, str]:
    return policy.digest, policy.calendar.version
