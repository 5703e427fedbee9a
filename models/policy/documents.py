"""Official documents (公文) and their numbers (文号)."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.frozen import Frozen
from models.text import Name, wrong

from .sourced import Sourced

NumberForm = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^{}]*(\{(mark|year|number)\}[^{}]*)+$")]


class DocumentForm(Frozen):
    """The official document that comes of an act."""

    title: Name = Field(description="what the document is called, such as 补正通知书")
    mark: Annotated[str, StringConstraints(max_length=10, pattern=r"^[^{}\s]*$")] = Field(
        "", description="what stands for {mark} in its number; each mark is counted apart"
    )


class DocumentRules(Sourced):
    """Official documents (公文) and their numbers (文号), counted without a gap for each year and mark."""

    number: NumberForm = Field(description="how a number is written: {year}, {number} and, with marks, {mark}")
    forms: dict[str, DocumentForm] = Field(min_length=1, description="verb: the document that comes of that act")

    @model_validator(mode="after")
    def _countable(self) -> Self:
        for part in ("{year}", "{number}"):
            if self.number.count(part) != 1:
                times = self.number.count(part)
                raise wrong(
                    f"number: {part} stands there {times} times; write it once",
                    f"number 中 {part} 出现 {times} 次；请写一次",
                )
        marked = any(form.mark for form in self.forms.values())
        if marked != (self.number.count("{mark}") == 1):
            raise wrong(
                "number: {mark} goes with forms that have a mark; write it once there, remove it elsewhere",
                "number 中的 {mark} 与各文书的 mark 须同时有或同时没有；有 mark 的写一次，没有的删去",
            )
        return self

    def series(self, form: DocumentForm) -> str:
        """The number's form with the mark filled in: what is counted together."""
        return self.number.replace("{mark}", form.mark)
