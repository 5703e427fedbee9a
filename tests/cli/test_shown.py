"""How a deadline is shown: by the day, and by the minute where it is counted in hours."""

from datetime import UTC, datetime, timedelta

import pytest

from cli import output, shown
from models.calendar import Period, Unit
from models.commands.anywhere import Terminate
from models.commands.trial import ReportIncident
from models.deadline import DeadlineStatus
from models.refusal import Language
from models.state import Objection, RefundOnItsWay
from models.state.review import ObjectionStatus
from models.vocabulary import ComplaintOutcome, NoticeAbout
from models.words import COMPLAINT_OUTCOMES, OBJECTIONS
from tests.scenario import Play, city

LANGUAGES: tuple[tuple[Language, str, str], ...] = (
    ("zh", "剩 1 小时 29 分", "逾期 2 小时 0 分"),
    ("en", "1 h 29 min left", "2 h 0 min overdue"),
)


@pytest.mark.parametrize(("language", "left", "overdue"), LANGUAGES)
def test_hours_are_shown_by_the_minute(language: Language, left: str, overdue: str) -> None:
    output.begin(language)
    play = Play(city("yancheng")).submit()
    hours = {"period": Period(length=2, unit=Unit.HOURS)}
    soon = play.deadline("completeness").model_copy(
        update={**hours, "due_at": datetime.now(UTC) + timedelta(minutes=89, seconds=30)}
    )
    late = soon.model_copy(update={"due_at": datetime.now(UTC) - timedelta(hours=2, seconds=30)})
    calendar = play.policy.calendar

    assert shown.due_of(soon).plain == shown.moment(soon.due_at)
    assert shown.left_of(soon, DeadlineStatus.OPEN, calendar).plain == left
    assert shown.left_of(late, DeadlineStatus.OVERDUE, calendar).plain == overdue
    assert shown.left_of(soon, DeadlineStatus.PAUSED, calendar).plain == shown.left_in_words("paused", None).plain
    assert shown.due_of(play.deadline("completeness")).plain == str(play.deadline("completeness").due_on)


def test_a_scene_that_ends_says_what_it_waits_for() -> None:
    output.begin("zh")
    play = Play(city("yancheng")).to_running("甲公司")
    play.do(ReportIncident(bidder="甲公司", incident="I-1", text="碰撞"), play.regulator)
    play.do(Terminate(ground="force_majeure", reasons="台风"), play.group)
    assert play.state.step == "remedies"
    assert shown.closing_waits_for(play.state) == "救济期未满、事件未销号"
    output.begin("en")
    without = play.state.model_copy(update={"decisions": ()})
    assert shown.closing_waits_for(without) == "an incident is open"


def test_a_terminal_is_sent_nothing_that_it_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    """A bundle, a proof or a log may come from anybody."""
    output.begin("zh")
    clears, titles, turns = "\x1b[2J", "\x9b0;evil\x07", "\u202e"
    output.present(
        {}, f"a{clears}b", output.line((f"c{titles}d", "red")), output.table([("x", "x")], [(f"e{turns}f",)], clears),
        output.pairs([("g", f"h{clears}i")]), "全角　空格",
    )  # fmt: skip
    output.note(clears)
    output.error("code", f"{titles}{turns}")
    said = "".join(capsys.readouterr())
    assert not set(said) & {"\x1b", "\x9b", "\x07", turns}
    assert "全角　空格" in said


def test_a_scene_that_waits_for_a_refund_says_so() -> None:
    output.begin("zh")
    play = Play(city("yancheng")).to_trial("甲公司").pay("甲公司", 1_000)
    play.refuse_trial("甲公司")
    assert shown.closing_waits_for(play.state) == "救济期未满、款项未退"
    coming = RefundOnItsWay(bidder="甲公司", amount_yuan=1_000)
    gone_on = play.state.model_copy(update={"decisions": (), "refunds": (), "refunds_on_their_way": (coming,)})
    assert shown.closing_waits_for(gone_on) == "退款是否到账未确认"


def test_an_objection_says_what_became_of_the_result() -> None:
    objection = Objection(
        id="objection-9", about=NoticeAbout.RANKING, bidder=None, objector="citizen-1", status=ObjectionStatus.UPHELD
    )
    concluded = objection.model_copy(update={"outcome": ComplaintOutcome.STANDS})
    output.begin("zh")
    assert [shown.objection_stands(each) for each in (objection, concluded)] == ["成立", "成立，结果维持"]
    output.begin("en")
    assert shown.objection_stands(concluded) == "upheld, the result stands"


def test_every_standing_of_an_objection_and_every_outcome_has_its_words() -> None:
    assert OBJECTIONS.keys() == set(ObjectionStatus)
    assert COMPLAINT_OUTCOMES.keys() == set(ComplaintOutcome)
