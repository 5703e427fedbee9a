"""An objection concerns the title that was announced, not the higher one that is proposed for the same scene later."""

from functools import cache

import pytest

from models.commands.promotion import ConfirmBenchmark
from models.commands.review import AnswerObjection, DecideComplaint, FileComplaint, RaiseObjection
from models.vocabulary import NoticeAbout, Role
from tests.scenario import Play, city, document

A = "甲公司"
LOW, HIGH = "企业级", "城市级"


@cache
def _complained() -> Play:
    """A benchmark of an enterprise; one who objected to it takes the answer to the supervisor afterwards."""
    play = Play(city("yancheng")).to_candidate(A)
    announce(play, LOW)
    citizen = play.person(Role.PUBLIC, "市民", "citizen-1")
    objection = RaiseObjection(about=NoticeAbout.BENCHMARK, real_name=True, text="有误", document=document("异议书"))
    play.do(objection, citizen)
    id = play.state.objections[-1].id
    play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
    play.pass_limit("public_notice")
    announce(play, HIGH)
    play.do(FileComplaint(objection=id, text="不服"), citizen)
    return play


def announce(play: Play, level: str) -> None:
    play.nominate(level)
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    play.publish(NoticeAbout.BENCHMARK)


@pytest.fixture
def complained() -> Play:
    return _complained().fork()


def test_a_complaint_about_the_title_of_before_does_not_freeze_the_higher_one(complained: Play) -> None:
    complained.pass_limit("public_notice")
    assert complained.state.step == "benchmark"
    assert complained.state.benchmark is not None
    assert complained.state.benchmark.level == HIGH


@pytest.mark.parametrize("upheld", [True, False])
def test_nor_does_its_decision_move_the_higher_one(complained: Play, upheld: bool) -> None:
    decision = DecideComplaint(objection=complained.state.objections[-1].id, upheld=upheld, text="裁决")
    complained.do(decision, complained.supervisor)
    assert complained.state.step == "benchmark_notice"


def test_an_objection_to_the_higher_one_freezes_it(complained: Play) -> None:
    objection = RaiseObjection(about=NoticeAbout.BENCHMARK, real_name=True, text="有误", document=document("异议书"))
    complained.do(objection, complained.person(Role.PUBLIC, "市民", "citizen-2"))
    complained.pass_limit("public_notice")
    assert complained.state.step == "benchmark_notice"
