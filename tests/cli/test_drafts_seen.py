"""Whose drafts a list shows: a stated unit is believed only where the city has no directory to ask."""

from datetime import UTC, datetime

import pytest

from models.actor import Actor
from models.directory import Directory
from models.draft import Draft
from models.recording import RecordBatch
from models.vocabulary import Role
from rules import directory as rules
from runtime.settings import Settings
from runtime.wiring import Parts, parts
from storage.database import migrate
from tests.cli.terminal import Terminal
from tests.scenario import Play, city

NOW = datetime.now(UTC)
BUREAU = "市科技局"


def play_of(name: str, scene: str) -> Play:
    return Play(city(name), scene=scene).to_registered()


def with_directory(stored: Parts, play: Play) -> None:
    """Li is of the unit, dai is not."""
    group = play.policy.offices.leading_group
    people = (
        ("admin", "市财政局", "administrator"),
        ("chief", group, "leading_group"),
        ("dai", "市财政局", "payer"),
        ("li", BUREAU, "lead_department"),
    )
    book = Directory.model_validate(
        {
            "city": play.policy.city,
            "organisations": [{"name": each} for each in sorted({group, "市财政局", BUREAU})],
            "persons": [
                {"id": id, "name": id, "memberships": [{"unit": unit, "roles": [role]}]} for id, unit, role in people
            ],
            "delegations": [],
        }
    )
    admin = Actor(person="admin", unit="市财政局", role=Role.ADMINISTRATOR)
    chief = Actor(person="chief", unit=group, role=Role.LEADING_GROUP)
    change = stored.directories.propose(book.city, lambda now: rules.propose(play.policy, now, book, admin, NOW))
    stored.directories.decide(
        change.id, book.city, lambda now, found: rules.decide(play.policy, now, found, chief, NOW, confirmed=True)
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """市科技局 of two cities has a draft each; Yancheng has a directory, Ningbo has none."""
    folder = tmp_path_factory.mktemp("drafts")
    made = Settings(data_dir=folder)
    migrate(made.database_url.get_secret_value())
    with parts(made) as stored:
        for play in (play_of("yancheng", "SEEN-1"), play_of("ningbo", "SEEN-2")):
            stored.rulebooks.keep(play.policy)
            batch = RecordBatch(stream=play.scene, entries=tuple(play.journal))
            stored.ledger.record(batch, build="test", rules="test", now=NOW)
            by = Actor(person="li", unit=BUREAU, role=Role.LEAD)
            stored.drafts.save(
                Draft(id=f"D-{play.scene}", scene=play.scene, verb="ask_consultation", content={}, by=by, saved_at=NOW)
            )
        with_directory(stored, play_of("yancheng", "SEEN-1"))
    return Terminal(folder)


def seen(desk: Terminal, who: str) -> set[str]:
    return {each["id"] for each in desk.json("draft", "list", "--as", who)}


def test_who_is_of_the_unit_sees_its_drafts(desk: Terminal) -> None:
    assert seen(desk, f"@li:lead:{BUREAU}") == {"D-SEEN-1", "D-SEEN-2"}


def test_who_only_says_so_sees_those_of_the_city_without_a_directory(desk: Terminal) -> None:
    assert seen(desk, f"lead:{BUREAU}:dai") == {"D-SEEN-2"}


def test_who_is_refused_everywhere_is_told_so_and_that_is_recorded(desk: Terminal) -> None:
    with parts(Settings(data_dir=desk.data_dir)) as stored:
        other = Actor(person="x", unit="市财政局", role=Role.LEAD)
        draft = Draft(id="D-3", scene="SEEN-1", verb="ask_consultation", content={}, by=other, saved_at=NOW)
        stored.drafts.save(draft)
    assert desk.refused("draft", "list", "--as", "lead:市财政局:dai") == "not_a_member"
    codes = [each["refusal"]["code"] for each in desk.json("refusals", "--scene", "SEEN-1")["items"]]
    assert "not_a_member" in codes
