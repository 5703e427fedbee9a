"""Entry conditions of a challenge: what may be asked of those who want to take part.

Conditions on region, track record, size or ownership are refused (S0 三（一）1, S3 四（二）); which kinds are unfair
is policy data. A gate can also hide in a sentence: wording that the policy lists is flagged (公平竞争审查条例 8, 9),
and a person answers each flag or changes the text. The check finds words and decides nothing; what it flagged
stands in the event, the answers in the command.
"""

import re
from collections.abc import Iterable, Iterator
from unicodedata import category, normalize

from models.commands.review import EntryCondition, WordingFinding
from models.policy import FairCompetition, Wording
from models.state.review import Flag
from rules.docket import Docket


def refuse_unfair(docket: Docket, conditions: tuple[EntryCondition, ...]) -> None:
    unfair = [each.kind.value for each in conditions if each.kind in docket.policy.fair_competition.unfair]
    if unfair:
        docket.refuse("unfair_gate", kinds=", ".join(dict.fromkeys(unfair)))


def flagged(rules: FairCompetition, texts: Iterable[str]) -> tuple[Flag, ...]:
    """The wording that looks like a gate, each once; whatever is strewn into a word hides nothing."""
    found: list[Flag] = []
    for text in texts:
        for kind, wording in rules.wording.items():
            clauses = _plain(text, keep=_marks_of(wording))
            found += [Flag(kind=kind, wording=each) for each in _matches(wording, clauses)]
            if (strewn := _plain(text)) != clauses:
                found += [Flag(kind=kind, wording=each) for each in _broken_words(wording, clauses, strewn)]
    return tuple(dict.fromkeys(found))


def _matches(wording: Wording, plain: str) -> Iterator[str]:
    for _, match in _gates(wording, plain):
        yield match.group()


def _gates(wording: Wording, plain: str) -> Iterator[tuple[str, re.Match[str]]]:
    spared = [match.span() for pattern in wording.unless for match in re.finditer(pattern, plain)]
    for pattern in wording.flags:
        for match in re.finditer(pattern, plain):
            start, end = match.span()
            if start < end and not any(first < end and start < last for first, last in spared):
                yield pattern, match


def _broken_words(wording: Wording, clauses: str, strewn: str) -> Iterator[str]:
    """What is found without the marks between clauses only, and is no gap that the pattern itself leaves.

    A mark that the pattern's gap could take stands between two clauses; one that it could not breaks a word.
    """
    marks = _marks_of(wording)
    places = [at for at, each in enumerate(clauses) if each not in marks]
    for pattern, match in _gates(wording, strewn):
        first, last = places[match.start()], places[match.end() - 1] + 1
        with_filler = "".join(_FILLER if each in marks else each for each in clauses[first:last])
        if _FILLER not in with_filler or not re.fullmatch(pattern, with_filler):
            yield match.group()


_FILLER = "〇"
"""Any sign that no pattern names, in the place of a mark."""


def _marks_of(wording: Wording) -> frozenset[str]:
    """The marks that end a clause for this city's patterns."""
    patterns = "".join((*wording.flags, *wording.unless))
    return frozenset(each for each in patterns if not each.isascii() and category(each).startswith("P"))


def _plain(text: str, keep: frozenset[str] = frozenset()) -> str:
    """Simplified characters and half-width letters and figures (NFKC); blanks, marks and invisible signs are nothing.

    Signs that compare (≥) say something. A comma within a figure does not, one between words ends a clause: NFKC made
    it a half-width one, which no pattern means.
    """
    normal = normalize("NFKC", text).translate(_SIMPLIFIED)
    normal = re.sub(r"(?<!\d)[,;]|[,;](?!\d)", lambda mark: {",": "，", ";": "；"}[mark.group()], normal)
    return "".join(each for each in normal if each in keep or each in _COMPARING or category(each)[0] in "LN")


_COMPARING = "≥≤<>"

_SIMPLIFIED = str.maketrans(
    "區縣範圍註冊記納稅業應屬優設繳務賦經驗績須項擔標過實資營銷額淨凈產總職員數達規國兩備於類關無對響適證場應給個億萬強與單獨會構"
    "團體條價後開間機關間係歷歲來請從雲內",
    "区县范围注册记纳税业应属优设缴务赋经验绩须项担标过实资营销额净净产总职员数达规国两备于类关无对响适证场应给个亿万强与单独会构"
    "团体条价后开间机关间系历岁来请从云内",
)
"""The traditional characters of what the cities' patterns name. A pattern that names others is written in both ways."""


def answered_flags(docket: Docket, texts: Iterable[str], findings: tuple[WordingFinding, ...]) -> tuple[Flag, ...]:
    """What is flagged, and nothing else, is answered. Raises Refused: unknown_wording, unanswered_wording."""
    flags = flagged(docket.policy.fair_competition, texts)
    answered = {_plain(finding.wording): finding.wording for finding in findings}
    known = {_plain(flag.wording) for flag in flags}
    if unknown := [wording for plain, wording in answered.items() if plain not in known]:
        docket.refuse(
            "unknown_wording", wording="、".join(unknown), known="、".join(each.wording for each in flags) or "-"
        )
    if open_flags := [f"{flag.wording}（{flag.kind}）" for flag in flags if _plain(flag.wording) not in answered]:
        docket.refuse("unanswered_wording", wording="、".join(open_flags))
    return flags
