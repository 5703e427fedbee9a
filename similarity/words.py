"""A text as the words that tell what it is about.

Chinese has no spaces: jieba's dictionary cuts it (`rjieba`, the same in Rust). Words of the same meaning become one;
places are taken out and compared apart, so that the same need in two districts shows as exactly that. Characters that
the dictionary leaves single, one after the other, are one word that it does not know: 零碳.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import rjieba

from models.policy import LookAlikeRules

_FIRST_HAN = "㐀"
_GRAMMAR = frozenset("的了在与和及等对为中由后并或把将用可要从到向被以其就各不未有是个上下内外大小多")
"""Single characters that join words and are none."""
_DIVISION = "(?:自治县|新区|街道|[市区县镇乡])"


class Said(NamedTuple):
    """What a text says: its words, and the places it names."""

    words: frozenset[str]
    places: frozenset[str]


class Reader:
    """Reads texts under a policy's rules. `places` are further ones; a city's own name is no place within it."""

    def __init__(self, rules: LookAlikeRules, places: Iterable[str] = (), cities: Iterable[str] = ()) -> None:
        self._meaning = {plain(other): plain(words[0]) for words in rules.same for other in words[1:]}
        self._same = any_of(self._meaning)
        self._cities = frozenset(map(place_name, cities))
        self._places = any_of({place_name(place) for place in (*rules.places, *places)} | self._cities, f"{_DIVISION}?")

    def read(self, text: str) -> Said:
        text = plain(text)
        places = frozenset(map(place_name, self._places.findall(text))) - self._cities
        text = self._same.sub(lambda found: self._meaning[found[0]], self._places.sub(" ", text))
        return Said(frozenset(_words(text)), places)


def plain(text: str) -> str:
    """The same letters for the same text: full width, case."""
    return unicodedata.normalize("NFKC", text).lower()


def place_name(place: str) -> str:
    """As it is said in passing: 大丰 for 大丰区."""
    return re.sub(f"(?<=..){_DIVISION}$", "", plain(place))


def any_of(texts: Iterable[str], end: str = "") -> re.Pattern[str]:
    """Finds any of the texts with `end` behind it, the longest first; without any it finds nothing."""
    wanted = sorted(set(texts), key=lambda text: (-len(text), text))
    return re.compile(f"(?:{'|'.join(map(_whole, wanted))}){end}" if wanted else r"(?!)")


def _whole(text: str) -> str:
    """Letters are found as a word of their own: AI, and not in the middle of another."""
    return f"(?<![a-z0-9]){re.escape(text)}(?![a-z0-9])" if text.isascii() else re.escape(text)


def _words(text: str) -> Iterator[str]:
    unknown = ""
    for word in rjieba.cut_for_search(text):
        if len(word) == 1 and word not in _GRAMMAR and word >= _FIRST_HAN:
            unknown += word
            continue
        if len(unknown) > 1:
            yield unknown
        unknown = ""
        if len(word) > 1 and word.isalnum():
            yield word
    if len(unknown) > 1:
        yield unknown
