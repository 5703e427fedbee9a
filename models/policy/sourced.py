"""A group of rules that names its source, and the share that many rules are written with."""

from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from models.frozen import Frozen
from models.text import Name, wrong


def _fraction(value: object) -> object:
    if not isinstance(value, str | int | float):
        return value
    try:
        return Fraction(str(value))  # by its text: 0.1 is a tenth, not the binary number next to it
    except (ValueError, ZeroDivisionError):
        raise wrong(f'{value!r} is no share; write it as "2/3"', f'“{value}”不是比例；请写成 "2/3"') from None


Share = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(str, return_type=str),
    Field(gt=0, le=1, description='a share such as "2/3"'),
]


class Sourced(Frozen):
    clause: Name = Field(description="the source clause: the policy text's section, or the statute a default leans on")
    default: bool = Field(False, description="true where the city's text names no figure and this one is a default")
