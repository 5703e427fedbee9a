"""A department's deadlines, as its calendar program reads them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from icalendar import Calendar

from channels.feed import feed, uid
from models.commands.anywhere import Suspend
from models.deadline import Deadline
from models.refusal import Language
from tests.scenario import Play, city


@dataclass(frozen=True)
class Held:
    scene: str
    name: str
    sequence: int
    deadline: Deadline
    ended: bool = False


def held(play: Play, deadline: Deadline, *, ended: bool = False) -> Held:
    return Held(play.scene, "𠮷林大桥；测试，\n第二行", play.state.sequence, deadline, ended)


def events(*of: Held, language: Language = "zh") -> list[dict[str, Any]]:
    content = feed(of, title="市科技局", language=language, now=Play(city("yancheng")).now)
    assert b"\r\n" in content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    read = Calendar.from_ical(content)
    return [dict(event.items()) for event in read.walk("VEVENT")]


def test_a_deadline_is_an_event_of_its_last_day() -> None:
    play = Play(city("yancheng")).submit()
    deadline = play.deadline("completeness")
    (event,) = events(held(play, deadline))
    assert event["DTSTART"].dt == deadline.due_on
    assert event["DTEND"].dt == deadline.due_on + timedelta(days=1)
    assert str(event["SUMMARY"]).endswith("：完整性核查")
    assert "𠮷林大桥" in str(event["SUMMARY"])
    assert deadline.clause in str(event["DESCRIPTION"])
    assert (event["STATUS"], event["UID"]) == ("CONFIRMED", uid(play.scene, deadline))
    assert str(event["UID"]).isascii()


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    play = Play(city("yancheng")).to_registered()
    before = next(each for each in play.state.deadlines if each.holder)
    first = held(play, before)
    play.do(Suspend(reasons="等批复"), play.lead)
    after = next(each for each in play.state.deadlines if each.id == before.id)
    one, other = events(first, held(play, after))
    assert one["UID"] == other["UID"]
    assert int(other["SEQUENCE"]) > int(one["SEQUENCE"])
    assert (one["STATUS"], other["STATUS"]) == ("CONFIRMED", "TENTATIVE")


def test_an_ended_one_is_cancelled_a_provisional_one_tentative_and_a_later_one_another() -> None:
    play = Play(city("yancheng")).submit()
    deadline = play.deadline("completeness")
    (ended,) = events(held(play, deadline, ended=True))
    (guess,) = events(held(play, deadline.model_copy(update={"provisional": True})))
    assert (ended["STATUS"], guess["STATUS"]) == ("CANCELLED", "TENTATIVE")
    assert uid(play.scene, deadline) != uid(play.scene, deadline.model_copy(update={"started_by": 9}))
    assert uid("another", deadline) != uid(play.scene, deadline)


def test_in_english() -> None:
    play = Play(city("yancheng")).submit()
    (event,) = events(held(play, play.deadline("completeness")), language="en")
    assert str(event["SUMMARY"]).endswith(": completeness check")
