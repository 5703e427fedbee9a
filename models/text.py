"""What may be written in a name, an identifier or a text.

Chinese names hold rare characters (𠮷, 䶮) and the middle dot (阿卜杜拉·买买提): they are welcome. Control characters
and the marks that turn the reading direction are not: they make one name look like another.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, StringConstraints
from pydantic_core import PydanticCustomError

NAME_LENGTH = 200
TEXT_LENGTH = 20_000


def wrong(said: str, zh: str) -> PydanticCustomError:
    """What a validator raises: "what is wrong; what to do" in English, and the same in Chinese with "；" between."""
    return PydanticCustomError("wrong", "{said}", {"said": said, "zh": zh})


def _without_tricks(value: str) -> str:
    for character in value:
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in "\n\t":
            name = f"U+{ord(character):04X}"
            raise wrong(
                f"holds the invisible or control character {name}; remove it", f"含不可见或控制字符 {name}；请删除"
            )
    return unicodedata.normalize("NFC", value)


def _one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise wrong("must be a single line", "须写成一行；请去掉换行和制表符")
    return value


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH),
    AfterValidator(_without_tricks),
    AfterValidator(_one_line),
]
"""A name of a scene, a unit, a document: one line of at most 200 characters."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LENGTH),
    AfterValidator(_without_tricks),
]
"""A reason, an opinion, a finding: at most 20,000 characters, line breaks allowed."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$")]
"""An id that also serves as part of a workflow id, a file name or a search attribute."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 as 64 hexadecimal digits."""

DeadlineId = Annotated[str, StringConstraints(min_length=1, max_length=3 * NAME_LENGTH)]
"""The id of a deadline: a limit's key, with a bidder, a unit or a person behind it."""

Moment = AwareDatetime
"""An instant with its time zone."""
