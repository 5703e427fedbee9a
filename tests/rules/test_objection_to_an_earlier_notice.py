"""An objection concerns the notice that it was raised against, and none that is put up for the same scene later."""

from functools import cache

import pytest

from models.commands.matching import Award
from models.commands.promotion import ConfirmBenchmark
from models.commands.review import AnswerObjection, DecideComplaint, FileComplaint, RaiseObjection
from models.policy import Policy
from models.vocabulary import NoticeAbout, PanelPurpose, Role
from tests.scenario import Play, city, document

A, B = "甲公司", "乙公司"
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


# a ranking, an acceptance, a recognition that was annulled and is announced anew


def object_to(play: Play, about: NoticeAbout, *names: str, bidder: str | None = None) -> list[str]:
    paper = document("异议书")
    objection = RaiseObjection(about=about, bidder=bidder, real_name=True, text="有误", document=paper)
    for name in names:
        play.do(objection, play.person(Role.PUBLIC, "市民", name))
    return [each.id for each in play.state.objections[-len(names) :]]


def answer(play: Play, objection: str, *, upheld: bool) -> None:
    play.do(AnswerObjection(objection=objection, upheld=upheld, text="答复"), play.platform)


def complain(play: Play, objection: str, name: str) -> None:
    play.do(FileComplaint(objection=objection, text="不服"), play.person(Role.PUBLIC, "市民", name))


@cache
def _ranked_anew() -> tuple[Play, str, str]:
    """Three objected to a ranking: the first is upheld, the second complains, the third was not answered yet."""
    play = Play(city("yancheng")).to_scoring(A, B)
    play.score({A: 0.9, B: 0.8})
    play.publish(NoticeAbout.RANKING)
    first, second, third = object_to(play, NoticeAbout.RANKING, "citizen-1", "citizen-2", "citizen-3")
    answer(play, second, upheld=False)
    complain(play, second, "citizen-2")
    answer(play, first, upheld=True)
    for bidder in (A, B):
        play.verify(bidder)
    play.score({A: 0.9, B: 0.8})
    play.publish(NoticeAbout.RANKING)
    return play, second, third


@pytest.fixture
def ranked_anew() -> tuple[Play, str, str]:
    play, second, third = _ranked_anew()
    return play.fork(), second, third


def test_each_notice_is_known_by_the_entry_at_which_it_was_put_up(ranked_anew: tuple[Play, str, str]) -> None:
    play, _, third = ranked_anew
    (fresh,) = object_to(play, NoticeAbout.RANKING, "citizen-4")
    notices = {each.id: each.notice for each in play.state.objections}
    published = [entry.sequence for entry in play.journal if entry.command.act.verb == "publish_notice"]
    assert (notices[third], notices[fresh]) == (published[-2], published[-1])
    assert play.state.notices[-1].sequence == published[-1]


def test_what_was_said_against_an_annulled_ranking_does_not_throw_back_the_new_one(
    ranked_anew: tuple[Play, str, str],
) -> None:
    play, second, third = ranked_anew
    answer(play, third, upheld=True)
    play.do(DecideComplaint(objection=second, upheld=True, text="裁决"), play.supervisor)
    assert play.state.step == "ranking_notice"


def test_nor_does_it_freeze_the_new_one_or_its_award(ranked_anew: tuple[Play, str, str]) -> None:
    play, second, _ = ranked_anew
    play.pass_limit("public_notice")
    assert play.state.step == "awarding"
    award = play.fork()
    award.do(Award(bidders=(A,), reasons="排名第一"), award.lead)
    play.do(DecideComplaint(objection=second, upheld=True, text="裁决"), play.supervisor)
    assert play.state.step == "awarding"


def test_so_it_is_with_an_acceptance_and_a_recognition(yancheng: Policy) -> None:
    accepted = Play(yancheng).to_acceptance(A)
    accepted.apply(A)
    accepted.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    accepted.conclude(A)
    accepted.publish(NoticeAbout.ACCEPTANCE, A)
    first, second = object_to(accepted, NoticeAbout.ACCEPTANCE, "citizen-1", "citizen-2", bidder=A)
    answer(accepted, first, upheld=True)
    accepted.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    accepted.conclude(A)
    accepted.publish(NoticeAbout.ACCEPTANCE, A)
    answer(accepted, second, upheld=True)
    assert accepted.state.acceptances[0].step == "noticed"
    accepted.pass_limit(f"public_notice/{A}")
    assert accepted.state.step == "candidate"

    recognised = Play(yancheng).to_recognised()
    recognised.publish(NoticeAbout.RECOGNITION)
    first, second = object_to(recognised, NoticeAbout.RECOGNITION, "citizen-1", "citizen-2")
    answer(recognised, first, upheld=True)
    recognised.recognise()
    recognised.put_on_list()
    answer(recognised, second, upheld=True)
    assert recognised.state.step == "listed"
