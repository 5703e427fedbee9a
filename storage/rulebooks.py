"""The policies that scenes are pinned to, by value: what a digest in the journal stands for."""

import logging

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import SQLAlchemyError

from models.canonical import canonical
from models.policy import Policy
from models.tables import RulebookRow
from storage.database import table_of, writing

RULEBOOK = table_of(RulebookRow)
_log = logging.getLogger(__name__)


class SqlRulebooks:
    """Content-addressed: a rulebook is written once and never changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, policy: Policy) -> None:
        """Safe to repeat, and never fails: the histories have it by value, and the next submission keeps it again."""
        try:
            self._keep(policy)
        except SQLAlchemyError as away:
            _log.warning("a policy could not be kept: %s", type(away).__name__)

    def _keep(self, policy: Policy) -> None:
        key = (policy.digest, policy.calendar.version)
        with self._engine.connect() as connection:
            if _text(connection, *key) is not None:
                return
        with writing(self._engine, f"rulebook {policy.digest}") as connection:
            if _text(connection, *key) is None:
                connection.execute(
                    insert(RULEBOOK),
                    {
                        "digest": policy.digest,
                        "calendar": policy.calendar.version,
                        "city": policy.city,
                        "version": policy.version,
                        "text": canonical(policy).decode(),
                    },
                )

    def find(self, digest: str, calendar: str) -> Policy | None:
        """Raises ValueError where what is kept is not what the digest and the calendar's version say."""
        with self._engine.connect() as connection:
            text = _text(connection, digest, calendar)
        if text is None:
            return None
        policy = Policy.model_validate_json(text)
        if (policy.digest, policy.calendar.version) != (digest, calendar):
            raise ValueError(f"the rulebook {digest} with the calendar {calendar} was changed")
        return policy


def _text(connection: Connection, digest: str, calendar: str) -> str | None:
    found = select(RULEBOOK.c.text).where(RULEBOOK.c.digest == digest, RULEBOOK.c.calendar == calendar)
    return connection.scalar(found)
