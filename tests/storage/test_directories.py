"""The directories of the cities: versions that only grow, and proposals that are decided once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from models.actor import Actor
from models.directory import Directory, DirectoryChange
from models.policy import Policy
from models.proposal import ProposalStatus
from models.refusal import Refused
from models.vocabulary import Role
from rules import directory as rules
from storage.directories import SqlDirectories
from tests.scenario import city
from tests.storage.journals import rows, spoil

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ADMIN = Actor(person="admin", unit="市数据局", role=Role.ADMINISTRATOR)


@pytest.fixture
def store(engine: Engine) -> SqlDirectories:
    return SqlDirectories(engine)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return city("yancheng")


def book(*names: str) -> Directory:
    group = city("yancheng").offices.leading_group
    people = (("admin", "市数据局", "administrator"), ("chief", group, "leading_group"))
    return Directory.model_validate(
        {
            "city": "盐城市",
            "organisations": [{"name": name} for name in (*names, "市数据局", group)],
            "persons": [
                {"id": id, "name": id, "memberships": [{"unit": unit, "roles": [role]}]} for id, unit, role in people
            ],
        }
    )


def propose(store: SqlDirectories, policy: Policy, *names: str) -> DirectoryChange:
    return store.propose(
        policy.city, lambda standing: rules.propose(policy, standing, book(*names), ADMIN, NOW)
    )  # fmt: skip


def decide(store: SqlDirectories, policy: Policy, change: DirectoryChange, **more: Any) -> DirectoryChange:
    chief = Actor(person="chief", unit=policy.offices.leading_group, role=Role.LEADING_GROUP)
    return store.decide(
        change.id, policy.city,
        lambda standing, stands: rules.decide(policy, standing, stands, chief, NOW, **{"confirmed": True, **more}),
    )  # fmt: skip


def test_a_confirmed_directory_is_in_force_and_every_version_stays(store: SqlDirectories, policy: Policy) -> None:
    assert store.in_force(policy.city) is None
    change = propose(store, policy, "甲局")
    assert store.in_force(policy.city) is None, "a proposal is not in force"
    first = decide(store, policy, change)
    second = decide(store, policy, propose(store, policy, "甲局", "乙局"))
    assert store.in_force(policy.city) == second
    assert store.version(policy.city, 1) == first
    assert store.version(policy.city, 3) is None
    assert [each.version for each in store.versions()] == [2, 1]
    assert (store.cities(), store.in_force("宁波市")) == ((policy.city,), None)


def test_the_same_proposal_again_is_the_one_that_stands(store: SqlDirectories, policy: Policy) -> None:
    assert propose(store, policy, "甲局") == propose(store, policy, "甲局")
    assert len(store.changes()) == 1


def test_a_rejected_proposal_changes_nothing(store: SqlDirectories, policy: Policy) -> None:
    change = propose(store, policy, "甲局")
    rejected = decide(store, policy, change, confirmed=False, reasons="不全")
    assert (rejected.status, store.in_force(policy.city)) == (ProposalStatus.REJECTED, None)
    again = propose(store, policy, "甲局")
    assert (again.id != change.id, again.status) == (True, ProposalStatus.PROPOSED), "it can be proposed anew"
    assert propose(store, policy, "甲局") == again
    with pytest.raises(KeyError):
        store.decide("0" * 64, policy.city, lambda _, stands: stands)


def test_of_two_proposals_from_one_version_only_the_first_confirmed_counts(
    store: SqlDirectories, policy: Policy, engine: Engine
) -> None:
    one, other = propose(store, policy, "甲局"), propose(store, policy, "乙局")
    decide(store, policy, one)
    with pytest.raises(Refused, match="directory_overtaken"):
        decide(store, policy, other)
    assert len(rows(engine, "directory")) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE directory SET text = 'x'", "DELETE FROM directory", "UPDATE directory SET version = 9"]
)
def test_the_database_refuses_to_change_a_version(
    store: SqlDirectories, policy: Policy, engine: Engine, statement: str
) -> None:
    decide(store, policy, propose(store, policy, "甲局"))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))


def test_a_version_that_was_changed_past_the_database_is_found(
    store: SqlDirectories, policy: Policy, engine: Engine
) -> None:
    for names in (("甲局",), ("甲局", "乙局"), ("丙局",)):
        decide(store, policy, propose(store, policy, *names))
    assert store.broken(policy.city) is None
    spoil(engine, "directory", "UPDATE directory SET text = replace(text, '乙局', '丁局') WHERE version = 2")
    assert store.broken(policy.city) == 2
    spoil(engine, "directory", "DELETE FROM directory WHERE version = 1")
    assert store.broken(policy.city) == 1
