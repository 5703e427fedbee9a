"""Holiday notices: who proposed and who confirmed them, and into which scenes each was brought already.

Primary data: no journal and no history has it. What a scene did with a notice stands in its own journal as well, but
whether a notice has reached every scene is only known here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select, update

from models.canonical import canonical
from models.tables import NoticeLoadedRow, YearNoticeRow
from models.year_notice import NoticeLoaded, NoticeProposal
from storage.database import table_of, writing

NOTICE = table_of(YearNoticeRow)
LOADED = table_of(NoticeLoadedRow)


class SqlYearNotices:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def propose(
        self, proposal: NoticeProposal, again: Callable[[NoticeProposal], NoticeProposal] = lambda stands: stands
    ) -> NoticeProposal:
        """Keeps a proposal; where its content was proposed before, what `again` says of the one that stands."""
        with writing(self._engine, f"year notice {proposal.digest}") as connection:
            stands = _one(connection, proposal.digest)
            if stands is not None:
                return again(stands)
            connection.execute(insert(NOTICE), {"digest": proposal.digest, **_columns(proposal)})
        return proposal

    def change(self, digest: str, change: Callable[[NoticeProposal], NoticeProposal]) -> NoticeProposal:
        """The proposal as `change` makes it of the one that stands; two that decide at once do so one by one.

        Raises KeyError for a digest that nobody proposed, and whatever `change` raises.
        """
        with writing(self._engine, f"year notice {digest}") as connection:
            stands = _one(connection, digest)
            if stands is None:
                raise KeyError(digest)
            changed = change(stands)
            if changed != stands:
                connection.execute(update(NOTICE).where(NOTICE.c.digest == digest).values(**_columns(changed)))
        return changed

    def starting_with(self, digits: str) -> tuple[NoticeProposal, ...]:
        """The proposals whose digest begins so."""
        return tuple(each for each in self.all() if each.digest.startswith(digits))

    def all(self) -> tuple[NoticeProposal, ...]:
        """The last proposed first."""
        query = select(NOTICE.c.text).order_by(NOTICE.c.proposed_at.desc(), NOTICE.c.digest)
        with self._engine.connect() as connection:
            return tuple(NoticeProposal.model_validate_json(text) for text in connection.scalars(query))

    def keep_loaded(self, digest: str, loaded: NoticeLoaded, at: datetime) -> None:
        """Safe to repeat: what was kept first stands."""
        with writing(self._engine, f"year notice {digest}") as connection:
            known = select(LOADED.c.scene).where(LOADED.c.digest == digest, LOADED.c.scene == loaded.scene)
            if connection.scalar(known) is None:
                row = {"digest": digest, "scene": loaded.scene, "result": loaded.result, "at": at}
                connection.execute(insert(LOADED), {**row, "text": canonical(loaded).decode()})

    def loaded(self, digest: str) -> tuple[NoticeLoaded, ...]:
        """What a notice did, scene by scene, in order of their ids."""
        query = select(LOADED.c.text).where(LOADED.c.digest == digest).order_by(LOADED.c.scene)
        with self._engine.connect() as connection:
            return tuple(NoticeLoaded.model_validate_json(text) for text in connection.scalars(query))

    def done(self, digest: str) -> frozenset[str]:
        """The scenes that a notice needs no more to be brought into."""
        with self._engine.connect() as connection:
            return frozenset(connection.scalars(select(LOADED.c.scene).where(LOADED.c.digest == digest)))

    def counts(self) -> Mapping[str, int]:
        """How many scenes each notice was brought into, by its digest."""
        query = select(LOADED.c.digest, func.count().label("scenes")).group_by(LOADED.c.digest)
        with self._engine.connect() as connection:
            return {row.digest: row.scenes for row in connection.execute(query)}


def _one(connection: Connection, digest: str) -> NoticeProposal | None:
    text = connection.scalar(select(NOTICE.c.text).where(NOTICE.c.digest == digest))
    return None if text is None else NoticeProposal.model_validate_json(text)


def _columns(proposal: NoticeProposal) -> dict[str, object]:
    return {
        "year": proposal.notice.year,
        "city": proposal.city,
        "status": proposal.status.value,
        "proposed_at": proposal.proposed_at,
        "text": canonical(proposal).decode(),
    }
