"""What events from other systems are entered as."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.frozen import Frozen
from models.text import Identifier, Name, wrong
from models.vocabulary import Role

from .sourced import Sourced

EventPath = Annotated[
    str,
    StringConstraints(pattern=r"^(id|source|type|subject|time|data(\.[^.\s]+)*)$", max_length=200),
]
"""Where something stands in an event from outside: an attribute, or a dotted path into its data."""


class OutsideField(Frozen):
    """How one field of the act is filled: with a constant `value`, or with what stands at `path`."""

    field: Name = Field(description="the act's field, nested ones as proof.sha256, list items as documents.0.title")
    path: EventPath | None = Field(
        None, description="where it stands in the event: id, source, type, subject, time, or data.KEY.KEY"
    )
    value: bool | int | float | str | None = Field(None, description="a constant")
    otherwise: bool | int | float | str | None = Field(None, description="the constant where nothing stands at `path`")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.path is None) == (self.value is None):
            raise wrong(
                "either `path` or `value` fills a field; write one of the two",
                "`path` 和 `value` 须有且只有一个；请写其一",
            )
        if self.otherwise is not None and self.path is None:
            raise wrong("`otherwise` goes with `path`; remove it", "`otherwise` 只与 `path` 同用；请删去")
        return self


class OutsideRule(Sourced):
    """What an event from outside is entered as. Who may send it, and how it is signed, stands in no policy."""

    event: Name = Field(description="the type of event")
    verb: Identifier = Field(description="the act it becomes")
    role: Role = Field(description="the role it is entered in; `permissions` has to give it the verb")
    unit: Name | None = Field(None, description="the unit it is entered for; left out: whoever plays the role there")
    unit_path: EventPath | None = Field(None, description="where that unit stands in the event, instead of `unit`")
    scene: EventPath = Field("subject", description="where the scene's id stands in the event")
    fields: tuple[OutsideField, ...] = Field((), description="how the act's fields are filled")

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if self.unit is not None and self.unit_path is not None:
            raise wrong(
                "`unit` and `unit_path` both name the unit; write one of the two",
                "`unit` 和 `unit_path` 只能写一个；请留其一",
            )
        return self
