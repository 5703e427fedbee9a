"""The rules asked again for entries that only the ledger has: is this what they would have decided?"""

import json
from collections.abc import Sequence

from pydantic import JsonValue

from audit.checks import unlike
from models.canonical import canonical
from models.commands.anywhere import PassDeadline
from models.journal import JournalEntry
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from rules.journal import due_alarm, entry_for, fold, policy_after


class Otherwise(Exception):
    """The rules would not decide an entry as the ledger has it; `recorded` and `expected` differ at `at`."""

    def __init__(self, sequence: int, at: str, recorded: JsonValue, expected: JsonValue) -> None:
        super().__init__(f"entry {sequence}: {at}")
        self.sequence, self.at, self.recorded, self.expected = sequence, at, recorded, expected


def judged_again(policy: Policy, state: SceneState, entries: Sequence[JournalEntry]) -> tuple[Policy, SceneState]:
    """Policy and state after `entries`, each of which the rules must give again as it stands. Raises Otherwise."""
    for entry in entries:
        alarm = due_alarm(state, entry.at)
        if (alarm is not None or isinstance(entry.command.act, PassDeadline)) and alarm != entry.command:
            due = alarm.model_dump(mode="json") if alarm is not None else None
            raise Otherwise(entry.sequence, "alarm", entry.command.model_dump(mode="json"), due)
        try:
            again = entry_for(policy, state, entry.command, entry.at)
        except Refused as refused:
            raise Otherwise(entry.sequence, "refused", entry.command.act.verb, refused.code) from None
        if (found := unlike(json.loads(canonical(entry)), json.loads(canonical(again)))) is not None:
            raise Otherwise(entry.sequence, *found)
        state, policy = fold(state, entry), policy_after(policy, entry)
    return policy, state
