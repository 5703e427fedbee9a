"""The second of two officers is looked up in the directory as the first is, and nobody else can be named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli import acting, identity
from models.actor import Actor
from models.commands import Act, Command
from models.directory import Directory
from models.refusal import Refused
from models.vocabulary import Role
from rules import directory as rules
from runtime.settings import Settings
from runtime.wiring import Parts, parts
from storage.database import migrate
from storage.reads import RefusalFilter
from tests.scenario import Play, city
from tests.separation_cases import analysis, fault, incident_reported, next_is_an_order, opening, planned

YANCHENG = city("yancheng")
PLATFORM, GROUP = YANCHENG.offices.platform_office, YANCHENG.offices.leading_group
NOW = datetime.now(UTC)


def people(regulator: str) -> list[dict[str, Any]]:
    return [
        {"id": id, "name": id, "memberships": [{"unit": unit, "roles": [role], **more}]}
        for id, unit, role, more in (
            ("admin", "市财政局", "administrator", {}),
            ("chief", GROUP, "leading_group", {}),
            ("ping", PLATFORM, "platform_office", {}),
            ("tai", PLATFORM, "platform_office", {}),
            ("gone", PLATFORM, "platform_office", {"last": "2026-01-01"}),
            ("dai", "市财政局", "payer", {}),
            ("regulator-1", regulator, "regulator", {}),
            ("second", regulator, "regulator", {}),
        )
    ]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Parts]:
    made = Settings(data_dir=tmp_path)
    migrate(made.database_url.get_secret_value())
    with parts(made) as stored:
        yield stored


def with_directory(opened: Parts, play: Play) -> None:
    units = {PLATFORM, GROUP, "市财政局", play.state.regulator or "市财政局"}
    book = Directory.model_validate(
        {
            "city": play.policy.city,
            "organisations": [{"name": each} for each in sorted(units)],
            "persons": people(play.state.regulator or "市财政局"),
            "delegations": [],
        }
    )
    admin = Actor(person="admin", unit="市财政局", role=Role.ADMINISTRATOR)
    chief = Actor(person="chief", unit=GROUP or "", role=Role.LEADING_GROUP)
    change = opened.directories.propose(
        book.city, lambda standing: rules.propose(play.policy, standing, book, admin, NOW)
    )
    opened.directories.decide(
        change.id,
        book.city,
        lambda standing, found: rules.decide(play.policy, standing, found, chief, NOW, confirmed=True),
    )


def asked(opened: Parts, play: Play, act: Act, who: str) -> Command:
    return acting.asked_of(opened, play.state, play.policy, act, identity.who(who), acting.Envelope())


@pytest.fixture
def call(opened: Parts) -> Play:
    play = Play(YANCHENG)
    opening(play)
    with_directory(opened, play)
    return play


@pytest.mark.parametrize(
    ("second", "code"), [("nobody", "unknown_person"), ("dai", "not_a_member"), ("gone", "not_a_member")]
)
def test_who_opens_bids_names_somebody_of_the_same_office(opened: Parts, call: Play, second: str, code: str) -> None:
    act = call.open_bids_act().model_copy(update={"with_officer": second})
    with pytest.raises(Refused) as refused:
        asked(opened, call, act, "@ping")
    assert refused.value.code == code
    (kept,) = opened.reads.refusals(RefusalFilter(scene=call.scene), page=1, limit=5).items
    assert (kept.refusal.code, kept.refusal.actor and kept.refusal.actor.person) == (code, "ping")


def test_a_colleague_is_the_second_in_the_version_of_the_first(opened: Parts, call: Play) -> None:
    act = call.open_bids_act().model_copy(update={"with_officer": "tai"})
    command = asked(opened, call, act, "@ping")
    assert (command.actor.directory_version, getattr(command.act, "with_officer", "")) == (1, "tai")


def test_every_act_of_two_officers_looks_the_second_up(opened: Parts) -> None:
    """An order for a fault or after an incident, and an admission by two."""
    acts = {
        next_is_an_order: fault("four", "nobody"),
        incident_reported: analysis("nobody"),
        planned: None,
    }
    for at, (scene, act) in enumerate(acts.items()):
        play = Play(YANCHENG, scene=f"TWO-{at}")
        scene(play)
        if opened.directories.in_force(play.policy.city) is None:
            with_directory(opened, play)
        wanted = act or play.admit_act("甲公司", with_officer="nobody")
        with pytest.raises(Refused) as refused:
            asked(opened, play, wanted, "@regulator-1")
        assert refused.value.code == "unknown_person"
        asked(opened, play, wanted.model_copy(update={"with_officer": "second"}), "@regulator-1")


def test_without_a_directory_nobody_is_looked_up(opened: Parts) -> None:
    play = Play(YANCHENG)
    opening(play)
    assert asked(opened, play, play.open_bids_act(), f"platform:{PLATFORM}:ping").actor.directory_version == 0
