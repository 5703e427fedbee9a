"""A city's risk compensation pool, played on the rules alone: given what was done, when somebody acts, then this."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest

from models.actor import Actor
from models.fund import (
    ApproveCompensation,
    Claim,
    DeclineCompensation,
    FileClaim,
    FundAct,
    FundCommand,
    FundEntry,
    FundEvent,
    FundState,
    PayCompensation,
    PayIn,
    ProposeCompensation,
    RecoverCompensation,
    SceneReading,
    WithdrawClaim,
)
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import Role
from rules import fund
from rules.deadlines import local_day
from rules.keyed import find
from tests.scenario import MORNING, digest, document

A = "甲公司"


def reading(policy: Policy, scene: str = "YC-1", **more: Any) -> SceneReading:
    """A scene in whose trial there was an incident on the first day of the play."""
    content = {
        "scene": scene, "sequence": 40, "head": digest(scene), "city": policy.city, "lead": policy.domains[0].lead,
        "trial": "running", "happened_on": local_day(MORNING), "people": ("bidder-a",), "judges": ("judge",),
        "units": (A,),
    }  # fmt: skip
    return SceneReading.model_validate({**content, **more})


@dataclass
class Pool:
    policy: Policy
    now: datetime = MORNING
    state: FundState = field(init=False)
    journal: list[FundEntry] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.state = FundState(city=self.policy.city)

    @property
    def today(self) -> date:
        return local_day(self.now)

    def actor(self, role: Role, person: str = "", unit: str = "", behalf: tuple[str, ...] = ()) -> Actor:
        unit = unit or self.policy.office(role) or {Role.LEAD: self.policy.domains[0].lead, Role.BIDDER: A}[role]
        return Actor(person=person or role.value, unit=unit, role=role, on_behalf_of=behalf)

    @property
    def bidder(self) -> Actor:
        return self.actor(Role.BIDDER, "bidder-a")

    @property
    def lead(self) -> Actor:
        return self.actor(Role.LEAD)

    @property
    def group(self) -> Actor:
        return self.actor(Role.LEADING_GROUP)

    @property
    def payer(self) -> Actor:
        return self.actor(Role.PAYER)

    def command(self, act: FundAct, actor: Actor, id: str = "") -> FundCommand:
        return FundCommand(command_id=id or f"f{len(self.journal) + 1}", actor=actor, act=act)

    def do(self, act: FundAct, actor: Actor, **found: Any) -> FundEvent:
        """Acts; gives the event. Raises Refused, and nothing has changed then. `found`: how the scene stands now."""
        return self.play(self.command(act, actor), **found)

    def play(self, command: FundCommand, **found: Any) -> FundEvent:
        claim = find(self.state.claims, number=getattr(command.act, "claim", None))
        now = reading(self.policy, claim.scene, **found) if claim is not None else None
        try:
            events = fund.decide(self.policy, self.state, command, self.now, now)
        except Refused as no:
            if "{" in no.text("zh") + no.text("en"):
                raise AssertionError(f"{no.code} leaves a detail out") from no
            raise
        entry = FundEntry(
            sequence=self.state.sequence + 1, at=self.now, command=command, events=events, policy=self.policy.digest,
            calendar=self.policy.calendar.version,
        )  # fmt: skip
        self.state = fund.fold(self.state, FundEntry.model_validate_json(entry.model_dump_json()))
        self.journal.append(entry)
        return events[0]

    def refuses(self, code: str, act: FundAct, actor: Actor, **found: Any) -> Refused:
        """Tries, and is refused with this code."""
        with pytest.raises(Refused) as refused:
            self.do(act, actor, **found)
        assert refused.value.code == code, f"refused, but with {refused.value}"
        return refused.value

    def claim(self, number: int) -> Claim:
        return self.state.claims[number - 1]

    # the usual way

    def filled(self, amount: int = 1_000_000) -> "Pool":
        self.do(pay_in(amount), self.payer)
        return self

    def filed(self, scene: str = "YC-1", amount: int = 200_000, incident: str = "I-1") -> int:
        self.do(file(reading(self.policy, scene), amount=amount, incident=incident), self.bidder)
        return len(self.state.claims)

    def proposed(self, scene: str = "YC-1", amount: int = 200_000, incident: str = "I-1") -> int:
        number = self.filed(scene, amount, incident)
        self.do(propose(number, amount), self.lead)
        return number

    def approved(self, scene: str = "YC-1", amount: int = 200_000, incident: str = "I-1") -> int:
        number = self.proposed(scene, amount, incident)
        self.do(approve(number, amount), self.group)
        return number

    def paid(self, scene: str = "YC-1", amount: int = 200_000, incident: str = "I-1") -> int:
        number = self.approved(scene, amount, incident)
        self.do(pay(number), self.payer)
        return number


def pay_in(amount: int, source: str = "市级财政") -> PayIn:
    return PayIn(amount_yuan=amount, source=source, document=document("缴款凭证"))


def file(read: SceneReading, *, amount: int = 200_000, loss: int = 0, **more: Any) -> FileClaim:
    content = {
        "bidder": A, "cause": "incident", "incident": "I-1", "loss_yuan": loss or 2 * amount, "amount_yuan": amount,
        "evidence": document("损失证明"), "reading": read,
    }  # fmt: skip
    return FileClaim.model_validate({**content, **more})


def propose(claim: int, amount: int) -> ProposeCompensation:
    return ProposeCompensation(claim=claim, amount_yuan=amount, findings="核实损失")


def approve(claim: int, amount: int) -> ApproveCompensation:
    return ApproveCompensation(claim=claim, amount_yuan=amount, reasons="同意")


def decline(claim: int) -> DeclineCompensation:
    return DeclineCompensation(claim=claim, reasons="证据不足")


def pay(claim: int) -> PayCompensation:
    return PayCompensation(claim=claim, proof=document("拨款凭证"))


def recover(claim: int, amount: int) -> RecoverCompensation:
    return RecoverCompensation(claim=claim, amount_yuan=amount, document=document("退款凭证"))


def withdraw(claim: int) -> WithdrawClaim:
    return WithdrawClaim(claim=claim, reasons="已获保险赔付")
