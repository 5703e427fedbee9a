"""Two keepers of one scene's journal, made by hand: a ledger's chain, and what runs hold of it."""

import json
from collections.abc import Sequence
from dataclasses import replace

from audit.journals import Answer, Given, Held, Histories, Live
from models.canonical import canonical
from models.journal import GENESIS, JournalEntry, Link, link

BUILD, RULES = "1.0+then", "r" * 64


def ledger_of(journal: Sequence[JournalEntry]) -> list[Link]:
    previous, links = GENESIS, []
    for entry in journal:
        text = canonical(entry)
        hash_ = link("sha256", previous, text)
        links.append(
            Link(sequence=entry.sequence, algorithm="sha256", previous=previous, hash=hash_, text=text.decode())
        )
        previous = hash_
    return links


def told_by(
    journal: Sequence[JournalEntry], *, run: str = "run-1", confirmed: int | None = None, first: int = 1
) -> Histories:
    """An open run that holds the entries from `first` on, one a batch, confirmed by the ledger up to `confirmed`."""
    heads = {each.sequence: each.hash for each in ledger_of(journal)}
    upto = len(journal) if confirmed is None else confirmed
    held = [
        Held(sequence=each.sequence, entry=json.loads(canonical(each)), run=run, event=10 * each.sequence)
        for each in journal
        if each.sequence >= first
    ]
    answers = [
        Answer(first=each.sequence, sequence=each.sequence, head=heads[each.sequence], build=BUILD, rules=RULES,
               run=run, event=10 * each.sequence)
        for each in journal[:upto]
        if each.sequence >= first
    ]  # fmt: skip
    given = [
        Given(each.sequence, each.command.command_id, each.command.act.verb, run, 10 * each.sequence - 1)
        for each in journal
        if each.sequence >= first
    ]
    live = Live(run=run, height=len(journal), is_open=True, events=10 * len(journal), last_event="timer_started")
    return Histories(held=tuple(held), answers=tuple(answers), given=tuple(given), live=live)


def together(*histories: Histories, live: Live | None) -> Histories:
    return Histories(
        held=tuple(each for one in histories for each in one.held),
        answers=tuple(each for one in histories for each in one.answers),
        given=tuple(each for one in histories for each in one.given),
        live=live,
    )


def over(histories: Histories, last_event: str = "terminated") -> Histories:
    """The same, but its run has ended."""
    assert histories.live is not None
    return replace(histories, live=replace(histories.live, is_open=False, last_event=last_event))
