"""A complaint upheld when others rely on the result already: the leading group says what follows, in time."""

from collections.abc import Callable
from functools import cache

import pytest

from models.actor import Actor
from models.commands.anywhere import Override, Terminate
from models.commands.promotion import CloseScene, ConfirmBenchmark, WithdrawBenchmark
from models.commands.review import (
    AnswerObjection,
    ConcludeComplaint,
    DecideComplaint,
    FileComplaint,
    RaiseObjection,
)
from models.events.review import ComplaintConcluded
from models.policy import Policy
from models.state.review import ObjectionStatus
from models.vocabulary import ComplaintOutcome, Mode, NoticeAbout, Outcome, PanelPurpose, Role
from rules.policy_check import contradictions
from rules.possible import offers
from tests.scenario import Play, city, document

A, B = "甲公司", "乙公司"
CITIZEN = "citizen-1"
Way = Callable[[Play], object]


def object_to(play: Play, about: NoticeAbout, bidder: str | None = None) -> str:
    """Objected to while the notice stood, and answered."""
    paper = document("异议书")
    objection = RaiseObjection(about=about, bidder=bidder, real_name=True, text="有误", document=paper)
    play.do(objection, play.person(Role.PUBLIC, "市民", CITIZEN))
    id = play.state.objections[-1].id
    play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
    return id


def uphold(play: Play, id: str, *, upheld: bool = True) -> None:
    play.do(FileComplaint(objection=id, text="不服"), play.person(Role.PUBLIC, "市民", CITIZEN))
    play.do(DecideComplaint(objection=id, upheld=upheld, text="裁决"), play.supervisor)


def recognised(play: Play) -> str:
    play.to_recognised().publish(NoticeAbout.RECOGNITION)
    id = object_to(play, NoticeAbout.RECOGNITION)
    play.pass_limit("public_notice")
    play.put_on_list()
    return id


def ranked(play: Play) -> str:
    play.to_scoring(A, B).score({A: 0.9, B: 0.8})
    play.publish(NoticeAbout.RANKING)
    id = object_to(play, NoticeAbout.RANKING)
    play.pass_limit("public_notice")
    play.award(A)
    play.sign(A)
    return id


def accepted(play: Play) -> str:
    play.to_acceptance(A).apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.conclude(A)
    play.publish(NoticeAbout.ACCEPTANCE, A)
    id = object_to(play, NoticeAbout.ACCEPTANCE, A)
    play.pass_limit(f"public_notice/{A}")
    return id


def titled(play: Play) -> str:
    play.to_candidate(A).to_benchmark_notice()
    id = object_to(play, NoticeAbout.BENCHMARK)
    play.pass_limit("public_notice")
    return id


RESULTS = {"listed": recognised, "trial": ranked, "candidate": accepted, "benchmark": titled}


@cache
def _upheld(step: str) -> tuple[Play, str]:
    play = Play(city("yancheng"))
    id = RESULTS[step](play)
    uphold(play, id)
    return play, id


def upheld(step: str) -> tuple[Play, str]:
    """Where others rely on the result that a complaint was upheld against, and its objection."""
    play, id = _upheld(step)
    return play.fork(), id


def another(play: Play) -> Actor:
    """Of the leading group, who took no part so far."""
    return play.office(Role.LEADING_GROUP, "another")


def stands(id: str) -> ConcludeComplaint:
    return ConcludeComplaint(objection=id, outcome=ComplaintOutcome.STANDS, reasons="瑕疵不影响结果")


def again(id: str) -> ConcludeComplaint:
    return ConcludeComplaint(
        objection=id, outcome=ComplaintOutcome.DONE_AGAIN, reasons="程序有误", follows="重新评审，三十日内办结"
    )


def status(play: Play, id: str) -> ObjectionStatus:
    return next(each.status for each in play.state.objections if each.id == id)


def waiting(play: Play) -> list[str]:
    return [each.id for each in play.state.deadlines if each.limit == "complaint_outcome"]


# the duty


@pytest.mark.parametrize("step", list(RESULTS))
def test_it_moves_nothing_and_is_the_leading_groups_duty(step: str) -> None:
    play, id = upheld(step)
    assert (play.state.step, status(play, id)) == (step, ObjectionStatus.TO_CONCLUDE)
    duty = play.deadline(f"complaint_outcome/{id}")
    assert duty.holder is not None
    assert (duty.holder.role, duty.holder.unit) == (Role.LEADING_GROUP, play.policy.offices.leading_group)
    assert (duty.verbs, duty.legs[0]) == (("conclude_complaint",), play.policy.limits.complaint_outcome.period)
    assert any(each.verb == "conclude_complaint" for each in offers(play.policy, play.state))


@pytest.mark.parametrize("name", ["yancheng", "ningbo", "chongqing"])
def test_each_city_gives_the_leading_group_ten_working_days(name: str) -> None:
    assert city(name).limits.complaint_outcome.period.length == 10
    assert city(name).permissions["conclude_complaint"] == (Role.LEADING_GROUP,)


@pytest.mark.parametrize(("act", "outcome"), [(stands, "stands"), (again, "done_again")])
@pytest.mark.parametrize("step", list(RESULTS))
def test_the_leading_group_says_whether_the_result_stands(
    step: str, act: Callable[[str], ConcludeComplaint], outcome: ComplaintOutcome
) -> None:
    play, id = upheld(step)
    who = another(play)
    events = play.do(act(id), who)
    assert ComplaintConcluded(objection=id, outcome=ComplaintOutcome(outcome), by=who.person) in events
    objection = next(each for each in play.state.objections if each.id == id)
    assert (objection.status, objection.outcome) == (ObjectionStatus.UPHELD, outcome)
    assert (play.state.step, waiting(play)) == (step, [])
    play.refuses("complaint_not_to_conclude", stands(id), who)
    assert not any(each.verb == "conclude_complaint" for each in offers(play.policy, play.state))


def test_who_objected_hears_of_it_in_a_document() -> None:
    play, id = upheld("trial")
    events = play.do(stands(id), another(play))
    (issued,) = [event for event in events if event.kind == "document_issued"]
    assert (issued.form, issued.to.person) == ("conclude_complaint", CITIZEN)


def test_what_is_done_again_is_named_and_what_stands_names_nothing() -> None:
    play, id = upheld("trial")
    for wrong in (again(id).model_copy(update={"follows": None}), stands(id).model_copy(update={"follows": "重评"})):
        play.refuses("what_follows", wrong, another(play))
    play.refuses("unknown_objection", stands("objection-999"), another(play))


def test_a_rejected_complaint_is_nobodys_duty(yancheng: Policy) -> None:
    play = Play(yancheng)
    id = ranked(play)
    play.refuses("complaint_not_to_conclude", stands(id), another(play))
    uphold(play, id, upheld=False)
    assert (status(play, id), waiting(play)) == (ObjectionStatus.SETTLED, [])


def test_nor_is_one_about_a_ranking_that_was_annulled_and_made_anew(yancheng: Policy) -> None:
    play = Play(yancheng).to_scoring(A, B)
    play.score({A: 0.9, B: 0.8})
    play.publish(NoticeAbout.RANKING)
    old = object_to(play, NoticeAbout.RANKING)
    other = RaiseObjection(about=NoticeAbout.RANKING, real_name=True, text="有误", document=document("书"))
    play.do(other, play.person(Role.PUBLIC, "市民", "citizen-2"))
    play.do(AnswerObjection(objection=play.state.objections[-1].id, upheld=True, text="成立"), play.platform)
    for bidder in (A, B):
        play.verify(bidder)
    play.rank(A, B)
    play.award(A)
    play.sign(A)
    uphold(play, old)
    assert (status(play, old), waiting(play)) == (ObjectionStatus.UPHELD, [])


def test_a_policy_from_before_lays_the_duty_on_nobody(yancheng: Policy) -> None:
    may = {verb: roles for verb, roles in yancheng.permissions.items() if verb != "conclude_complaint"}
    play = Play(yancheng.model_copy(update={"permissions": may}))
    id = ranked(play)
    uphold(play, id)
    assert (status(play, id), waiting(play)) == (ObjectionStatus.UPHELD, [])


# a title, and the higher one that is decided on meanwhile


def raise_it(play: Play) -> None:
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    play.publish(NoticeAbout.BENCHMARK)


def titled_low(policy: Policy) -> tuple[Play, str]:
    play = Play(policy).to_candidate(A)
    play.nominate("企业级")
    raise_it(play)
    id = object_to(play, NoticeAbout.BENCHMARK)
    play.pass_limit("public_notice")
    play.nominate("城市级")
    return play, id


def test_the_title_that_stands_is_the_one_while_a_higher_one_is_announced(yancheng: Policy) -> None:
    play, id = titled_low(yancheng)
    raise_it(play)
    higher = object_to(play, NoticeAbout.BENCHMARK)
    uphold(play, id)
    assert (play.state.step, waiting(play)) == ("benchmark_notice", [f"complaint_outcome/{id}"])
    uphold(play, higher)
    assert (play.state.step, waiting(play)) == ("evaluation", [f"complaint_outcome/{id}"])


def test_and_no_longer_once_the_higher_one_has_taken_its_place(yancheng: Policy) -> None:
    play, id = titled_low(yancheng)
    raise_it(play)
    play.pass_limit("public_notice")
    uphold(play, id)
    assert (play.state.step, waiting(play)) == ("benchmark", [])


def test_a_higher_one_that_came_to_nothing_is_nobodys_result(yancheng: Policy) -> None:
    play, low = titled_low(yancheng)
    raise_it(play)
    higher = object_to(play, NoticeAbout.BENCHMARK)
    third = RaiseObjection(about=NoticeAbout.BENCHMARK, real_name=True, text="有误", document=document("书"))
    play.do(third, play.person(Role.PUBLIC, "市民", "citizen-2"))
    play.do(AnswerObjection(objection=play.state.objections[-1].id, upheld=True, text="成立"), play.platform)
    play.do(play.evaluation_act(recommended=False), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=False, reasons="不同意"), play.group)
    uphold(play, higher)
    assert (play.state.step, waiting(play)) == ("benchmark", [])
    uphold(play, low)
    assert waiting(play) == [f"complaint_outcome/{low}"]


# acts that say it too


def test_an_override_that_names_the_complaint_meets_the_duty() -> None:
    play, id = upheld("listed")
    before = play.fork()
    before.do(Override(to="expert_review", reasons="重新审定"), another(before))
    assert waiting(before) == [f"complaint_outcome/{id}"]
    play.do(Override(to="expert_review", reasons="重新审定", objection=id), another(play))
    assert (play.state.step, waiting(play)) == ("expert_review", [])
    assert play.state.objections[-1].outcome is ComplaintOutcome.DONE_AGAIN


def test_so_does_a_termination_on_that_ground() -> None:
    play, id = upheld("trial")
    play.refuses("complaint_not_named", Terminate(ground="complaint", reasons="排名有误"), play.group)
    end = Terminate(ground="complaint", reasons="排名有误", objection=id)
    play.refuses("not_permitted", end, play.person(Role.LEAD, play.state.lead or "", "another"))
    play.do(end, another(play))
    assert (play.state.step, play.state.outcome, waiting(play)) == ("remedies", Outcome.TERMINATED, [])


def test_and_a_title_that_is_withdrawn_for_it() -> None:
    play, id = upheld("benchmark")
    play.do(WithdrawBenchmark(reasons="材料失实", objection=id), another(play))
    assert (play.state.step, waiting(play)) == ("candidate", [])


def test_what_names_no_waiting_complaint_is_refused() -> None:
    play, id = upheld("benchmark")
    play.do(stands(id), another(play))
    play.refuses("complaint_not_to_conclude", WithdrawBenchmark(reasons="失实", objection=id), another(play))


def test_a_policy_that_gives_it_to_nobody_is_refused(yancheng: Policy) -> None:
    may = {verb: roles for verb, roles in yancheng.permissions.items() if verb != "conclude_complaint"}
    found = contradictions(yancheng.model_copy(update={"permissions": may}))
    assert [each.key for each in found] == ["permissions.conclude_complaint"]


# what it holds up, and who may say it


@pytest.mark.parametrize("step", ["candidate", "benchmark"])
def test_no_scene_is_closed_before(step: str) -> None:
    play, id = upheld(step)
    close = CloseScene(reasons="办结")
    play.refuses("complaint_outcome_open", close, play.lead)
    assert not any(each.verb == "close_scene" for each in offers(play.policy, play.state))
    play.do(stands(id), another(play))
    play.do(close, play.lead)
    assert play.state.closed


def test_who_decided_objected_answered_or_upheld_it_says_nothing_more() -> None:
    play, id = upheld("benchmark")
    for person in (play.group.person, CITIZEN, play.platform.person, play.supervisor.person):
        who = play.office(Role.LEADING_GROUP, person)
        play.refuses("decided_before", stands(id), who)
    undo = WithdrawBenchmark(reasons="失实", objection=id)
    play.refuses("decided_before", undo, play.group)
    play.do(undo.model_copy(update={"objection": None}), play.group)


@pytest.mark.parametrize("role", [Role.LEAD, Role.SUPERVISOR, Role.PLATFORM_OFFICE])
def test_nobody_but_the_leading_group_does(role: Role) -> None:
    play, id = upheld("trial")
    play.refuses("not_permitted", stands(id), play.person(role, play.holder(role).unit, "somebody"))


def test_two_of_the_group_do_not_conclude_past_each_other() -> None:
    play, id = upheld("benchmark")
    seen, before = play.state.sequence, play.fork()
    play.do(stands(id), another(play))
    play.refuses("stale", again(id), play.office(Role.LEADING_GROUP, "third"), seen=seen)
    before.do(stands(id), another(before))
    undo = WithdrawBenchmark(reasons="失实", objection=id)
    before.refuses("stale", undo, before.office(Role.LEADING_GROUP, "third"), seen=seen)


def test_the_duty_stands_still_with_a_scene_that_ends_and_falls_with_it(yancheng: Policy) -> None:
    play = Play(yancheng)
    id = ranked(play)
    play.do(Terminate(ground="breach", reasons="违约"), play.lead)
    uphold(play, id)
    assert play.deadline(f"complaint_outcome/{id}").remaining is not None
    play.win_appeal()
    assert play.deadline(f"complaint_outcome/{id}").remaining is None


def test_in_a_race_the_ranking_counts_as_soon_as_one_contract_is_offered(yancheng: Policy) -> None:
    play = Play(yancheng).to_scoring(A, B, mode=Mode.HORSE_RACE)
    play.score({A: 0.9, B: 0.8})
    play.publish(NoticeAbout.RANKING)
    id = object_to(play, NoticeAbout.RANKING)
    play.pass_limit("public_notice")
    play.award(A, B)
    uphold(play, id)
    assert (play.state.step, waiting(play)) == ("contracting", [f"complaint_outcome/{id}"])
