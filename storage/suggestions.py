"""Suggestions to change a rule, of all scenes, as the ledger's projections have them; nothing is written here."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Engine, func, select

from models.frozen import Frozen
from storage.ledger import SCENE, SUGGESTION
from storage.reads import LARGEST_PAGE, Page

Standing = Literal["open", "adopted", "passed_on", "declined", "unanswered"]


class Suggested(Frozen):
    """One line; what was written stands in the scene's entries `sequence` and `answered_in`.

    `standing`: open, what was answered, or unanswered where the scene is closed.
    """

    scene: str
    name: str
    city: str
    id: str
    sequence: int
    bidder: str
    rule: str
    clause: str
    by_role: str
    by_unit: str
    to_role: str
    to_unit: str
    suggested_on: date
    standing: Standing
    answered_on: date | None
    answered_in: int | None
    authority: str | None
    document: str | None


@dataclass(frozen=True, kw_only=True)
class SuggestionFilter:
    """What is None does not matter; `rule` is looked for in the rule's name, `unit` is who has to answer."""

    scene: str | None = None
    city: str | None = None
    standing: str | None = None
    rule: str | None = None
    unit: str | None = None


_CLOSED = SCENE.c.step == "closed"


class SqlSuggestions:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def suggestions(self, where: SuggestionFilter, *, page: int = 1, limit: int = 50) -> Page[Suggested]:
        """The latest first."""
        page, limit = max(page, 1), min(max(limit, 1), LARGEST_PAGE)
        joined = SUGGESTION.join(SCENE, SCENE.c.scene == SUGGESTION.c.stream)
        conditions = _conditions(where)
        order = (SUGGESTION.c.suggested_on.desc(), SUGGESTION.c.stream, SUGGESTION.c.id)
        query = select(SUGGESTION, SCENE.c.name, SCENE.c.city, SCENE.c.step).select_from(joined).where(*conditions)
        with self._engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(joined).where(*conditions)) or 0
            rows = connection.execute(query.order_by(*order).offset((page - 1) * limit).limit(limit)).mappings()
            items = tuple(_read(dict(row)) for row in rows)
        return Page(items=items, total=total, number=page, limit=limit)


def _read(row: dict[str, object]) -> Suggested:
    answer, step, scene = row.pop("answer"), row.pop("step"), row.pop("stream")
    standing = answer or ("unanswered" if step == "closed" else "open")
    return Suggested.model_validate({**row, "scene": scene, "standing": standing})


def _conditions(where: SuggestionFilter) -> list[ColumnElement[bool]]:
    given = (
        (where.scene, SUGGESTION.c.stream == where.scene),
        (where.city, SCENE.c.city == where.city),
        (where.rule, SUGGESTION.c.rule.contains(where.rule or "", autoescape=True)),
        (where.unit, SUGGESTION.c.to_unit == where.unit),
    )
    conditions = [condition for value, condition in given if value is not None]
    match where.standing:
        case None:
            pass
        case "open":
            conditions += [SUGGESTION.c.answer.is_(None), ~_CLOSED]
        case "unanswered":
            conditions += [SUGGESTION.c.answer.is_(None), _CLOSED]
        case answer:
            conditions.append(SUGGESTION.c.answer == answer)
    return conditions
