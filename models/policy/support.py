"""Factors (要素保障) and the green channel (绿色通道)."""

from pydantic import Field

from models.frozen import Frozen
from models.text import Identifier, Name

from .sourced import Share, Sourced


class FactorKind(Frozen):
    key: Identifier = Field(description="its short name in requests")
    name: Name = Field(description="its name for people")
    unit: Name | None = Field(
        None,
        exclude_if=lambda unit: unit is None,
        description="the department that answers where it cooperates in the scene; none, or elsewhere: the lead",
    )


class FactorRules(Sourced):
    kinds: tuple[FactorKind, ...] = Field(min_length=1, description="what bidder and owner may ask for")


class GreenChannelRules(Sourced):
    limits: tuple[Identifier, ...] = Field(min_length=1, description="limits of authorities that it shortens")
    share: Share = Field(description="what is left of each, at least one of its units")
