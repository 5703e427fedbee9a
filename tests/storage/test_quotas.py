"""What the leading groups set as quotas: chained for each city, and nothing of it can be changed unseen."""

from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import Engine

from models.actor import Actor
from models.canonical import canonical
from models.quota import Quota, QuotaSet
from models.vocabulary import Role
from runtime.quotas import load_quotas
from storage.database import alembic_config
from storage.quotas import SqlQuotas
from tests.scenario import ROOT, document
from tests.storage.journals import NOW, rows, spoil

CITY = "盐城市"
GROUP = Actor(person="group-1", unit="领导小组", role=Role.LEADING_GROUP)


def one(quota: Quota, number: int, value: int) -> QuotaSet:
    return QuotaSet(
        number=number, quota=quota.model_copy(update={"value": value}), reasons="年度调整", document=document("纪要"),
        set_by=GROUP, at=NOW + timedelta(days=number),
    )  # fmt: skip


@pytest.fixture
def quota() -> Quota:
    return next(each for each in load_quotas(ROOT / "samples") if each.id == "YC26-Q040")


@pytest.fixture
def store(engine: Engine, quota: Quota) -> SqlQuotas:
    """Three settings in one city, one in another."""
    quotas = SqlQuotas(engine)
    for value in (4, 5, 6):
        quotas.set(CITY, lambda before, value=value: one(quota, len(before) + 1, value))  # type: ignore[misc]
    quotas.set("宁波市", lambda before: one(quota, len(before) + 1, 7))
    return quotas


def test_each_setting_is_chained_to_the_one_before_in_its_city(store: SqlQuotas, engine: Engine) -> None:
    lines = [each for each in rows(engine, "quota_set") if each["city"] == CITY]
    lines.sort(key=lambda each: each["number"])
    assert [each["previous"] for each in lines[1:]] == [each["hash"] for each in lines[:-1]]
    assert lines[0]["previous"] == "0" * 64
    assert store.cities() == tuple(sorted((CITY, "宁波市")))
    assert [store.broken(city) for city in store.cities()] == [None, None]


def test_who_sets_one_hears_what_was_set_before(store: SqlQuotas, quota: Quota) -> None:
    made, before = store.set(CITY, lambda before: one(quota, len(before) + 1, 9))
    assert (made.number, [each.number for each in before]) == (4, [1, 2, 3])


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE quota_set SET text = replace(text, '5', '9') WHERE number = 2", 2),
        ("UPDATE quota_set SET quota = 'other' WHERE number = 3", 3),
        ("UPDATE quota_set SET hash = 'x' WHERE number = 1", 1),
        ("DELETE FROM quota_set WHERE number = 2", 2),
        ("DELETE FROM quota_set WHERE number = 1", 1),
    ],
)
def test_one_that_was_changed_past_the_database_is_found(
    store: SqlQuotas, engine: Engine, statement: str, broken: int
) -> None:
    spoil(engine, "quota_set", f"{statement} AND city = '{CITY}'")
    assert store.broken(CITY) == broken
    assert store.broken("宁波市") is None


def test_those_that_were_set_before_there_was_a_chain_are_chained_as_they_stand(
    store: SqlQuotas, engine: Engine
) -> None:
    before = {(each["city"], each["number"]): each for each in rows(engine, "quota_set")}
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0015")
    assert "hash" not in rows(engine, "quota_set")[0]
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    assert {(each["city"], each["number"]): each for each in rows(engine, "quota_set")} == before
    assert store.broken(CITY) is None
    assert [canonical(each).decode() for each in store.of(CITY)] == [
        before[CITY, number]["text"] for number in (1, 2, 3)
    ]
