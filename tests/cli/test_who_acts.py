"""Who acts, where the directory cannot be asked, or has somebody otherwise than they say."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError

from cli import acting, identity
from cli.output import Failure
from models.commands.anywhere import ProposeCorrection
from models.directory import Directory, DirectoryChange, Membership, Organisation, Person
from models.refusal import Refused
from models.vocabulary import Role
from storage.refusals import Refusal, columns_of
from tests.scenario import Play, city

SLIP = ProposeCorrection(correction="K-1", sequence=1, reasons="笔误", right_text="更正")


@dataclass
class Away:
    """Directories of a database that is away."""

    def in_force(self, city: str) -> DirectoryChange:
        raise OperationalError("select", None, Exception("away"))


@dataclass
class There:
    change: DirectoryChange

    def in_force(self, city: str) -> DirectoryChange:
        return self.change


@dataclass
class Kept:
    refusals: list[Refusal] = field(default_factory=list)

    def keep(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)


@dataclass
class Opened:
    directories: Away | There
    refusals: Kept = field(default_factory=Kept)


def actor_of(opened: Opened, play: Play, who: str, **more: Any) -> object:
    return acting.actor_of(cast("Any", opened), identity.who(who), play.policy, play.state, SLIP.verb, act=SLIP, **more)


@pytest.fixture
def play() -> Play:
    return Play(city("ningbo")).to_registered()


def test_without_its_database_a_scene_that_goes_by_a_directory_is_not_acted_in(play: Play) -> None:
    anybody = f"lead:{play.state.lead}:anybody"
    assert actor_of(Opened(Away()), play, anybody), "nobody was ever asked of a directory here"
    play.do(SLIP, play.lead.model_copy(update={"directory_version": 2}))
    with pytest.raises(Failure) as no:
        actor_of(Opened(Away()), play, anybody)
    assert no.value.code == "directory_away"
    assert actor_of(Opened(Away()), play, "public:市民:citizen-1")


def test_whom_the_directory_refuses_is_on_record_with_what_they_said_and_wanted(play: Play) -> None:
    unit = Organisation(name=play.state.lead or "")
    chief = Person(id="chief", name="长", memberships=(Membership(unit=unit.name, roles=(Role.LEAD,)),))
    clerk = Person(id="clerk", name="员")
    directory = Directory(city=play.policy.city, organisations=(unit,), persons=(chief, clerk))
    change = DirectoryChange(id="a" * 64, base=2, directory=directory, proposed_by=play.lead, proposed_at=play.now)
    opened = Opened(There(change))
    with pytest.raises(Refused, match="not_delegated"):
        actor_of(opened, play, "@clerk", on_behalf_of=("chief",))
    (kept,) = opened.refusals.refusals
    assert kept.command == {
        "claimed": {
            "person": "clerk", "role": None, "unit": None, "on_behalf_of": ["chief"],
            "verb": "propose_correction", "bidder": None, "sequence": play.state.sequence,
        },
        "act": SLIP.model_dump(mode="json"),
    }  # fmt: skip
    assert columns_of(kept)["person"] == "clerk"
