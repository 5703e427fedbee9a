"""Drafts, each revision a row that is never changed. Primary data: no journal has them."""

from sqlalchemy import Engine, and_, func, insert, select
from sqlalchemy.exc import IntegrityError

from models.canonical import canonical
from models.draft import Draft, DraftStatus
from models.refusal import Refused
from models.tables import DraftRow
from models.vocabulary import Role
from storage.database import table_of, writing

DRAFT = table_of(DraftRow)
_LATEST = (
    select(DRAFT.c.id, func.max(DRAFT.c.revision).label("revision")).group_by(DRAFT.c.id).subquery("latest")
)  # fmt: skip


class SqlDrafts:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, draft: Draft) -> None:
        """Raises Refused: draft_changed, where somebody has saved this revision already."""
        row = {
            "id": draft.id, "revision": draft.revision, "scene": draft.scene, "role": draft.by.role.value,
            "unit": draft.by.unit, "person": draft.by.person, "status": draft.status.value,
            "saved_at": draft.saved_at, "text": canonical(draft).decode(),
        }  # fmt: skip
        try:
            with writing(self._engine, f"draft {draft.id}") as connection:
                connection.execute(insert(DRAFT), row)
        except IntegrityError:
            raise Refused("draft_changed", draft=draft.id, revision=draft.revision) from None

    def find(self, id: str, revision: int | None = None) -> Draft | None:
        """The latest revision, or that one."""
        query = select(DRAFT.c.text).where(DRAFT.c.id == id).order_by(DRAFT.c.revision.desc()).limit(1)
        if revision is not None:
            query = query.where(DRAFT.c.revision == revision)
        with self._engine.connect() as connection:
            text = connection.scalar(query)
        return Draft.model_validate_json(text) if text is not None else None

    def of(self, unit: str, role: Role, *, scene: str | None = None, every: bool = False) -> tuple[Draft, ...]:
        """The latest revision of each of a unit's drafts, the last saved first; `every`: also those that are over."""
        conditions = [DRAFT.c.unit == unit, DRAFT.c.role == role.value]
        if scene is not None:
            conditions.append(DRAFT.c.scene == scene)
        if not every:
            conditions.append(DRAFT.c.status == DraftStatus.OPEN.value)
        latest = and_(DRAFT.c.id == _LATEST.c.id, DRAFT.c.revision == _LATEST.c.revision)
        query = select(DRAFT.c.text).join(_LATEST, latest).where(*conditions)
        with self._engine.connect() as connection:
            found = connection.scalars(query.order_by(DRAFT.c.saved_at.desc(), DRAFT.c.id))
            return tuple(Draft.model_validate_json(text) for text in found)
