"""Who had a hand in what, read from the journal alone: separation of duties said a second time, from domain.md §3.

The rules keep `state.hands` and a table of pairs. Here is neither: each line below says in its own words who must be
two, and looks at every entry that was ever made, also at what was taken back, corrected or voided since.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.commands import Command
from models.journal import JournalEntry
from models.vocabulary import Role


class Deed(NamedTuple):
    sequence: int
    verb: str
    role: Role
    persons: tuple[str, ...]
    bidder: str
    item: str


def deed(entry: JournalEntry) -> Deed:
    command: Command = entry.command
    act = command.act
    item = next((str(getattr(act, name)) for name in ("milestone", "correction", "deadline") if hasattr(act, name)), "")
    second = getattr(act, "with_officer", None)
    persons = (*command.actor.persons, second) if second else command.actor.persons
    return Deed(entry.sequence, act.verb, command.actor.role, persons, getattr(act, "bidder", None) or "", item)


JUDGES = ("give_expert_opinion", "score_bid", "sign_acceptance_opinion")
DECIDES = (
    "register", "decline_admission", "recognise", "refuse", "conclude_fair_competition", "confirm_scene",
    "verify_eligibility", "award", "admit_trial", "refuse_trial", "conclude_exit", "conclude_acceptance",
    "conclude_evaluation", "confirm_benchmark",
)  # fmt: skip
TWO: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("(1) who decided published it", ("recognise", "confirm_scene"), ("list_scene",), "scene"),
    ("(2) who prepared the choice judged it", ("verify_eligibility", "award", "open_bids"), ("score_bid",), "scene"),
    ("(4) who decided heard the appeal", DECIDES, ("decide_appeal",), "scene"),
    ("(5) who proposed approved", ("propose_payment",), ("approve_payment",), "bidder"),
    ("(5) who proposed or approved paid", ("propose_payment", "approve_payment"), ("pay_milestone",), "bidder"),
    ("(5) who nominated confirmed", ("nominate_benchmark",), ("confirm_benchmark",), "scene"),
)
"""What is wrong where one person has a hand in both, in whatever order; `bidder`: of the same bidder."""


def breaches(journal: Sequence[JournalEntry]) -> Iterator[str]:
    deeds = [deed(entry) for entry in journal if entry.command.actor.role is not Role.SYSTEM]
    for why, first, then, about in TWO:
        for one in (each for each in deeds if each.verb in first):
            for other in (each for each in deeds if each.verb in then and each.sequence > one.sequence):
                if about == "scene" or one.bidder == other.bidder:
                    yield from _both(why, one, other)
    for at, one in enumerate(deeds):
        for other in deeds[at + 1 :]:
            yield from _sides(one, other)


def _sides(one: Deed, other: Deed) -> Iterator[str]:
    """Owner, bidder and those who decide over them are different people, whichever was first."""
    parties = {Role.OWNER, Role.BIDDER}
    if {one.verb, other.verb} & {"report_incident", "suspend_trial"}:
        return  # (8) for safety one person is enough, whoever they were before
    if {one.role, other.role} == parties:
        yield from _both("(2) acts for the owner and for a bidder", one, other)
    if one.role is other.role is Role.BIDDER and one.bidder and other.bidder and one.bidder != other.bidder:
        bids = ("submit_bid", "reveal_bid")
        if one.verb in bids and other.verb in bids:
            yield from _both("(2) bids for two", one, other)
    for party, judge in ((one, other), (other, one)):
        if party.role in parties and judge.role not in parties and judge.verb in (*DECIDES, *JUDGES):
            yield from _both(f"(1) (2) acts for the {party.role} and decides", one, other)


def _both(why: str, one: Deed, other: Deed) -> Iterator[str]:
    if common := set(one.persons) & set(other.persons):
        yield f"{why}: {sorted(common)} in {one.verb} ({one.sequence}) and {other.verb} ({other.sequence})"


def officers(journal: Sequence[JournalEntry]) -> Iterator[str]:
    """(3) (8) (11): two officers are two, a path names nobody twice, and two people resume what one stopped."""
    for entry in journal:
        actor = entry.command.actor
        if len(set(actor.persons)) < len(actor.persons):
            yield f"entry {entry.sequence}: a path that turns back on itself"
        if (second := getattr(entry.command.act, "with_officer", None)) in actor.persons and second is not None:
            yield f"entry {entry.sequence}: one officer twice"
        if entry.command.act.verb in JUDGES and actor.on_behalf_of:
            yield f"entry {entry.sequence}: a seat was lent"
    yield from _in_turn(journal, "propose_resumption", "approve_resumption", "bidder")
    yield from _in_turn(journal, "request_extension", "decide_extension", "item")
    yield from _in_turn(journal, "propose_correction", "confirm_correction", "item")


def _in_turn(journal: Sequence[JournalEntry], first: str, then: str, about: str) -> Iterator[str]:
    last: dict[str, Deed] = {}
    for each in map(deed, journal):
        key = getattr(each, about)
        if each.verb == first:
            last[key] = each
        elif each.verb == then and key in last:
            yield from _both("(8) one person for two", last[key], each)
