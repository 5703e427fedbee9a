"""The policies that scenes are pinned to, by value: what a digest in the journal stands for."""

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.canonical import canonical
from models.policy import Policy
from models.tables import RulebookRow
from storage.database import writing


class SqlRulebooks:
    """Content-addressed: a rulebook is written once and never changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, policy: Policy) -> None:
        """Safe to repeat."""
        key = (policy.digest, policy.calendar.version)
        with Session(self._engine) as session:
            if session.get(RulebookRow, key) is not None:
                return
        with writing(self._engine, f"rulebook {policy.digest}") as session:
            if session.get(RulebookRow, key) is None:
                text = canonical(policy).decode()
                session.add(
                    RulebookRow(digest=key[0], calendar=key[1], city=policy.city, version=policy.version, text=text)
                )

    def find(self, digest: str, calendar: str) -> Policy | None:
        """Raises ValueError where what is kept is not what the digest and the calendar's version say."""
        with Session(self._engine) as session:
            row = session.get(RulebookRow, (digest, calendar))
        if row is None:
            return None
        policy = Policy.model_validate_json(row.text)
        if (policy.digest, policy.calendar.version) != (digest, calendar):
            raise ValueError(f"the rulebook {digest} with the calendar {calendar} was changed")
        return policy

    def versions(self, city: str) -> tuple[tuple[str, str, str], ...]:
        """Version, digest and calendar of every rulebook of a city."""
        known = (
            select(RulebookRow.version, RulebookRow.digest, RulebookRow.calendar)
            .where(RulebookRow.city == city)
            .order_by(col(RulebookRow.version), col(RulebookRow.digest), col(RulebookRow.calendar))
        )
        with Session(self._engine) as session:
            return tuple((version, digest, calendar) for version, digest, calendar in session.exec(known))
