"""Entry conditions of a challenge: what may be asked of those who want to take part.

Conditions on region, track record, size or ownership are refused (S0 三（一）1, S3 四（二）); which kinds are unfair
is policy data. A gate can also hide in a sentence: wording that the policy lists is flagged (公平竞争审查条例 8, 9),
and a person answers each flag or changes the text. The check finds words and decides nothing; what it flagged
stands in the event, the answers in the command.
"""

import re
from collections.abc import Iterable
from unicodedata import normalize

from models.commands.review import EntryCondition, WordingFinding
from models.policy import FairCompetition
from models.state.review import Flag
from rules.docket import Docket


def refuse_unfair(docket: Docket, conditions: tuple[EntryCondition, ...]) -> None:
    unfair = [each.kind.value for each in conditions if each.kind in docket.policy.fair_competition.unfair]
    if unfair:
        docket.refuse("unfair_gate", kinds=", ".join(dict.fromkeys(unfair)))


def flagged(rules: FairCompetition, texts: Iterable[str]) -> tuple[Flag, ...]:
    """The wording that looks like a gate, each once; blanks and line breaks inside a text hide nothing."""
    found: list[Flag] = []
    for text in texts:
        plain = _plain(text)
        for kind, wording in rules.wording.items():
            spared = [match.span() for pattern in wording.unless for match in re.finditer(pattern, plain)]
            for pattern in wording.flags:
                for match in re.finditer(pattern, plain):
                    start, end = match.span()
                    if start < end and not any(first < end and start < last for first, last in spared):
                        found.append(Flag(kind=kind, wording=match.group()))
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Full-width figures and letters are the same as half-width ones (NFKC); blanks are nothing."""
    return re.sub(r"\s", "", normalize("NFKC", text))


def answered_flags(docket: Docket, texts: Iterable[str], findings: tuple[WordingFinding, ...]) -> tuple[Flag, ...]:
    """What is flagged in the texts. Raises Refused where a person has not answered it: unanswered_wording."""
    flags = flagged(docket.policy.fair_competition, texts)
    answered = {_plain(finding.wording) for finding in findings}
    if open_flags := [f"{flag.wording}（{flag.kind}）" for flag in flags if flag.wording not in answered]:
        docket.refuse("unanswered_wording", wording="、".join(open_flags))
    return flags
