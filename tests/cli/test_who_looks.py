"""Who looks is resolved in the city's directory, with those who stand in for others, as who acts is."""

from dataclasses import dataclass
from typing import Any, cast

import pytest

from cli import viewing
from cli.output import Failure
from models.directory import Delegation, Directory, DirectoryChange, Membership, Organisation, Person
from models.policy import Subject
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from rules.disclosure import ANYBODY, Viewer
from runtime.settings import Settings
from tests.cli.test_who_acts import Kept, There
from tests.scenario import Play, city


@dataclass
class Reads:
    play: Play

    def state(self, scene: str) -> SceneState | None:
        return self.play.state if scene == self.play.scene else None


@dataclass
class Rulebooks:
    play: Play

    def find(self, digest: str, calendar: str) -> object:
        return self.play.policy


@dataclass
class Opened:
    directories: There
    refusals: Kept
    reads: Reads
    rulebooks: Rulebooks
    settings: Settings


@pytest.fixture
def play() -> Play:
    return Play(city("ningbo")).to_registered()


@pytest.fixture
def opened(play: Play) -> Any:
    """A chief of the lead department, a clerk who stands in for the chief, and somebody of no part in this."""
    unit = Organisation(name=play.state.lead or "")
    persons = (
        Person(id="chief", name="长", memberships=(Membership(unit=unit.name, roles=(Role.LEAD,)),)),
        Person(id="clerk", name="员"),
        Person(id="guest", name="客"),
    )
    away = Delegation(by="chief", to="clerk", reasons="出差")
    directory = Directory(city=play.policy.city, organisations=(unit,), persons=persons, delegations=(away,))
    change = DirectoryChange(id="a" * 64, base=0, directory=directory, proposed_by=play.lead, proposed_at=play.now)
    return cast("Any", Opened(There(change), Kept(), Reads(play), Rulebooks(play), Settings()))


def test_a_member_looks_as_the_directory_has_them(opened: Any, play: Play) -> None:
    veil = viewing.veil_of(opened, play.state, "@chief")
    assert veil.sight.viewer == Viewer(Role.LEAD, play.state.lead, "chief")
    assert veil.sight.whole(Subject.ACCEPTANCE)


def test_who_stands_in_looks_on_behalf_and_nobody_else_does(opened: Any, play: Play) -> None:
    veil = viewing.veil_of(opened, play.state, "@clerk", ["chief"])
    assert veil.sight.viewer == Viewer(Role.LEAD, play.state.lead, "clerk", ("chief",))
    assert veil.sight.whole(Subject.ACCEPTANCE)
    with pytest.raises(Refused, match="not_delegated"):
        viewing.veil_of(opened, play.state, "@guest", ["chief"])
    with pytest.raises(Refused, match="not_a_member"):
        viewing.veil_of(opened, play.state, "@clerk")


def test_a_role_alone_does_not_look_where_there_is_a_directory(opened: Any, play: Play) -> None:
    with pytest.raises(Failure) as no:
        viewing.veil_of(opened, play.state, f"lead:{play.state.lead}")
    assert no.value.code == "who"


def test_who_is_nobody_in_the_city_is_refused_by_a_list_over_its_scenes(opened: Any, play: Play) -> None:
    veils = viewing.Veils(opened, who="@guest")
    veil = veils.of(play.scene)
    assert veil is not None
    assert veil.state() == SceneState(scene=play.scene)
    assert not veils.whole(play.scene, Subject.TRIAL)
    with pytest.raises(Refused, match="not_a_member"):
        veils.refuse_stranger()


def test_who_does_not_say_who_they_are_is_asked_nothing(opened: Any, play: Play) -> None:
    assert viewing.veil_of(opened, play.state, None).sight.viewer == ANYBODY
    assert opened.refusals.refusals == []


def test_of_scenes_that_nobody_named_those_are_counted_that_are_not_shown(opened: Any, play: Play) -> None:
    """One that no list knows is anybody's: a lead has no part in it, nor in every scene of the city."""
    shown = viewing.may_audit(opened, ("UNKNOWN", play.scene), "@chief", named=False, display="audit_whatif")
    assert shown == viewing.Admitted((play.scene,), 1)
    assert len(shown.told) == 1
    assert opened.refusals.refusals == []
    for scenes in ((play.scene,), ()):
        assert viewing.may_audit(opened, scenes, None, named=False, display="audit_whatif") == viewing.Admitted(scenes)
    with pytest.raises(Refused, match="not_readable"):
        viewing.may_audit(opened, (play.scene,), "@chief", named=True, display="audit_reconcile", all_scenes=True)
    (kept,) = opened.refusals.refusals
    assert kept.scene == f"city:{play.policy.code}"


def test_who_is_nobody_in_a_city_is_refused_its_records_and_that_is_recorded_once(opened: Any, play: Play) -> None:
    with pytest.raises(Refused, match="not_a_member"):
        viewing.may_audit(opened, (play.scene,) * 3, "@guest", named=False, display="audit_export")
    (kept,) = opened.refusals.refusals
    assert kept.command["claimed"]["person"] == "guest"
