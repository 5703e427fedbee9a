"""Somebody who plays a scene against its rules: people who change roles and units, deputies of deputies, duplicates,
stale versions, papers entered afterwards, and every interruption at every step.

An `Improviser` that attacks in three moves of ten: it still gets far, and what it tries is tried everywhere.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

import pytest

from models.actor import Actor
from models.commands import Act
from models.refusal import Refused
from models.vocabulary import Role
from rules.journal import repeated
from tests.improviser import Improviser

INTERRUPTIONS = (
    "suspend", "resume", "return_for_correction", "override", "reassign", "appeal", "decide_appeal", "record_service",
    "propose_correction", "confirm_correction", "withdraw", "answer_withdrawal", "request_extension",
    "decide_extension", "take_back", "delegate_duty", "transfer_duty", "claim_duty", "hand_back_duty",
    "raise_objection", "answer_objection", "file_complaint", "decide_complaint", "conclude_complaint",
    "add_signer", "remove_signer",
    "suspend_trial", "propose_resumption", "approve_resumption", "record_fault", "report_incident", "terminate",
    "load_calendar", "ask_green_channel", "complain", "request_factor", "suggest_rule_change",
)  # fmt: skip
"""What can come between any two steps."""
OFFICES = (Role.PAYER, Role.SUPERVISOR, Role.PLATFORM_OFFICE, Role.EVALUATION_TEAM, Role.ST_BUREAU, Role.LEADING_GROUP)


@dataclass
class Attacker(Improviser):
    attacks: int = 0

    def move(self) -> str:
        if self.play.state.step == "draft" or self.choose(range(10)) < 7:
            return super().move()
        self.attacks += 1
        attack = self.choose(
            (self._in_another_role, self._for_another, self._once_more, self._of_old, self._on_paper) * 4
            + (self._interrupt,) * 12 + (self._hand_office_on,)
        )  # fmt: skip
        return f"{attack.__name__} {attack()}"

    def _past(self) -> Actor:
        """Somebody who has acted here, as they did."""
        actors = [each.command.actor for each in self.play.journal if each.command.actor.role is not Role.SYSTEM]
        picked: Actor = self.choose(actors or [self.play.owner])
        return picked

    def _due(self) -> tuple[Act, Actor]:
        verb, bidder, actor = self._verb_due()
        act = self.act("nudge" if verb == "pass_deadline" else verb, bidder)
        return act, actor or self._actor_for(act)

    def _in_another_role(self) -> str:
        """Whoever acted before now holds the duty that is open: moved to another desk, another unit, another side."""
        act, holder = self._due()
        return self._try(act, holder.model_copy(update={"person": self._past().person}))

    def _for_another(self) -> str:
        """A deputy, or the deputy of a deputy, of whoever acted before; now and then of themselves."""
        act, holder = self._due()
        path = tuple(self._past().person for _ in range(self.choose((1, 1, 2, 3))))
        return self._try(act, holder.model_copy(update={"on_behalf_of": path}))

    def _once_more(self) -> str:
        """An entry's own command again: under its own id, under its id with another content, under another id."""
        play = self.play
        entry = self.choose([each for each in play.journal if each.command.actor.role is not Role.SYSTEM])
        command = entry.command
        known = any(each.command_id == command.command_id for each in play.state.receipts)
        how = self.choose(("same", "reused", "new"))
        if how == "new":
            return self._try(command.act, command.actor)
        if how == "same":
            receipt = repeated(play.state, command)
            assert (receipt is not None) is known, "a repetition is not recognised"
            return "receipt"
        other = command.model_copy(update={"seen": command.seen + 1})
        with pytest.raises(Refused, match="command_id_reused") if known else nullcontext():
            assert repeated(play.state, other) is None
        return "reused"

    def _of_old(self) -> str:
        """By somebody who has seen the scene as it was long ago."""
        act, holder = self._due()
        self.play.let_pass()
        before = self.play.state
        try:
            self.play.do(act, holder, seen=self.choose(range(before.sequence + 1)))
        except Refused as no:
            assert self.play.state == before, "a refusal changed something"
            return no.code
        return "ok"

    def _on_paper(self) -> str:
        """An act on paper, entered days, weeks or months later, or before its day."""
        act, holder = self._due()
        self.play.let_pass()
        before = self.play.state
        day = self.play.today + timedelta(days=self.choose((-1, -2, -5, -9, -20, -45, -120, 1)))
        try:
            self.play.do(act, holder, on=day)
        except Refused as no:
            assert self.play.state == before, "a refusal changed something"
            return no.code
        return "ok"

    def _interrupt(self) -> str:
        verb = self.choose(INTERRUPTIONS)
        return self._act((verb, None, None))

    def _hand_office_on(self) -> str:
        """Two units become one, or an office moves: the city adopts a policy in which another unit holds it."""
        policy = self.play.policy
        units = [unit for unit in (self.play.state.lead, self.play.state.regulator, policy.units[0].name) if unit]
        offices = policy.offices.model_copy(update={self.choose(OFFICES).value: self.choose(units)})
        update = {"offices": offices, "version": f"v{self.play.state.sequence}"}
        act = self.act("adopt_policy").model_copy(update={"policy": policy.model_copy(update=update)})
        return self._try(act, self._actor_for(act))
