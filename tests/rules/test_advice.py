"""Departments and the scene's experts advise on a trial plan and on a benchmark; who decides waits for nobody."""

import pytest

from models.actor import Actor
from models.commands.handling import TakeBack
from models.commands.promotion import ConfirmBenchmark, GiveBenchmarkOpinion
from models.commands.trial import GiveTrialOpinion, ReturnTrialPlan, SubmitTrialPlan
from models.events.promotion import BenchmarkOpinionGiven
from models.events.trial import TrialOpinionGiven
from models.policy import Policy
from models.state import UnitOpinion
from models.vocabulary import Position, Role
from rules import benchmark_statement
from rules.disclosure import Veil
from rules.possible import offers
from rules.reading import Viewer
from tests.scenario import Play

A = "甲公司"


def on_benchmark(position: Position = Position.AGREE, text: str = "可以推广") -> GiveBenchmarkOpinion:
    return GiveBenchmarkOpinion(position=position, text=text)


def on_plan() -> GiveTrialOpinion:
    return GiveTrialOpinion(bidder=A, position=Position.CONDITIONAL, text="夜间不宜", conditions=("避开夜间",))


def seated(play: Play) -> Actor:
    """An expert of a panel of this scene that stands."""
    person = next(seat.person for panel in play.state.panels if not panel.void for seat in panel.seats)
    return play.expert(int(person.removeprefix("expert-")))


def department(play: Play, at: int = 0) -> Actor:
    return play.cooperating(play.state.cooperating[at])


def file_plan(play: Play) -> None:
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))


@pytest.fixture
def nominated(policy: Policy) -> Play:
    play = Play(policy).to_candidate(A)
    play.nominate(policy.promotion.levels[-1].name)
    return play


@pytest.fixture
def planned(yancheng: Policy) -> Play:
    play = Play(yancheng).to_trial(A)
    file_plan(play)
    return play


# a benchmark


def test_a_department_and_an_expert_advise_on_what_is_nominated(nominated: Play) -> None:
    unit, expert = department(nominated), seated(nominated)
    said = nominated.do(on_benchmark(Position.OBJECT), unit)
    assert said == (
        BenchmarkOpinionGiven(unit=unit.unit, position=Position.OBJECT, person=unit.person, on=nominated.today),
    )
    nominated.do(on_benchmark(), expert)
    assert nominated.state.benchmark_opinions[1] == UnitOpinion(
        unit=expert.unit, position=Position.AGREE, person=expert.person, on=nominated.today, expert=True
    )


def test_each_speaks_once_until_it_is_nominated_anew(nominated: Play) -> None:
    unit, expert = department(nominated), seated(nominated)
    for who in (unit, expert):
        nominated.do(on_benchmark(), who)
        nominated.refuses("opinion_already_given", on_benchmark(), who)
    colleague = unit.model_copy(update={"person": "colleague"})
    nominated.refuses("opinion_already_given", on_benchmark(), colleague)
    nominated.do(nominated.evaluation_act(), nominated.evaluators)
    nominated.do(ConfirmBenchmark(confirmed=False, reasons="暂缓"), nominated.group)
    assert {each.unit for each in nominated.state.benchmark_opinions} == {unit.unit, expert.unit}
    nominated.nominate(nominated.policy.promotion.levels[-1].name)
    assert not nominated.state.benchmark_opinions
    nominated.do(on_benchmark(), colleague)


def decline(play: Play) -> None:
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=False, reasons="暂缓"), play.group)


def test_what_was_written_about_an_earlier_nomination_is_no_advice_on_the_newer_one(nominated: Play) -> None:
    seen, level = nominated.state.sequence, nominated.policy.promotion.levels[-1].name
    decline(nominated)
    nominated.nominate(level)
    for who in (department(nominated), seated(nominated)):
        assert nominated.refuses("stale", on_benchmark(), who, seen=seen).details["subject"] == "nomination"
    nominated.do(TakeBack(entry=nominated.state.sequence, reasons="误报"), nominated.lead)
    again = nominated.state.sequence
    nominated.nominate(level)
    nominated.refuses("stale", on_benchmark(), department(nominated), seen=again)
    nominated.do(on_benchmark(), department(nominated))


def test_a_department_speaks_once_and_experts_of_one_unit_each_for_themselves(nominated: Play) -> None:
    seen, unit = nominated.state.sequence, department(nominated)
    nominated.do(on_benchmark(), unit, seen=seen)
    colleague = unit.model_copy(update={"person": "colleague"})
    nominated.refuses("stale", on_benchmark(), colleague, seen=seen)
    expert = seated(nominated)
    nominated.do(on_benchmark(), expert, seen=seen)
    other = next(
        seat.person
        for panel in nominated.state.panels
        for seat in panel.seats
        if not panel.void and seat.person != expert.person
    )
    nominated.do(on_benchmark(), expert.model_copy(update={"person": other}), seen=seen)


def test_the_advice_on_a_nomination_keeps_its_words_where_a_later_one_is_taken_back(nominated: Play) -> None:
    nominated.do(on_benchmark(text="部门意见"), department(nominated))
    nominated.do(on_benchmark(text="专家意见"), seated(nominated))
    decline(nominated)
    nominated.nominate(nominated.policy.promotion.levels[-1].name)
    nominated.do(TakeBack(entry=nominated.state.sequence, reasons="误报"), nominated.lead)
    told = benchmark_statement.statement(nominated.policy, nominated.state, nominated.journal).opinions
    assert [(each.opinion.unit, each.text) for each in told] == [
        (department(nominated).unit, "部门意见"), (seated(nominated).unit, "专家意见"),
    ]  # fmt: skip


def test_only_an_expert_who_has_seen_the_scene_advises_and_for_themselves(nominated: Play) -> None:
    nominated.refuses("not_assigned", on_benchmark(), nominated.expert(900))
    behalf = seated(nominated).model_copy(update={"on_behalf_of": ("expert-900",)})
    nominated.refuses("seat_is_personal", on_benchmark(), behalf)


def test_what_an_expert_says_is_not_their_departments_word(nominated: Play) -> None:
    unit = department(nominated)
    nominated.do(on_benchmark(), seated(nominated).model_copy(update={"unit": unit.unit}))
    nominated.do(on_benchmark(Position.OBJECT), unit)


def test_advice_binds_nobody_and_is_over_with_the_decision(nominated: Play) -> None:
    nominated.do(on_benchmark(Position.OBJECT), department(nominated))
    nominated.do(nominated.evaluation_act(), nominated.evaluators)
    nominated.do(on_benchmark(Position.OBJECT), seated(nominated))
    nominated.do(ConfirmBenchmark(confirmed=True, reasons="同意"), nominated.group)
    nominated.refuses("wrong_step", on_benchmark(), nominated.expert(900))


def test_neither_the_bidders_people_nor_the_owners_advise(nominated: Play) -> None:
    as_department = department(nominated).model_copy(update={"person": nominated.bidder(A).person})
    nominated.refuses("own_bid", on_benchmark(), as_department)
    for_the_owner = department(nominated).model_copy(update={"person": nominated.owner.person})
    nominated.refuses("drafter_decides", on_benchmark(), for_the_owner)


def test_the_statement_has_every_word_with_its_person_and_day(nominated: Play) -> None:
    nominated.do(on_benchmark(text="数据可信"), department(nominated))
    nominated.do(on_benchmark(Position.OBJECT, "样本不足"), seated(nominated))
    found = benchmark_statement.statement(nominated.policy, nominated.state, nominated.journal).opinions
    assert [each.text for each in found] == ["数据可信", "样本不足"]
    assert [(each.opinion.expert, each.opinion.on) for each in found] == [
        (False, nominated.today), (True, nominated.today),
    ]  # fmt: skip


def test_the_public_does_not_read_who_advised(nominated: Play) -> None:
    nominated.do(on_benchmark(), seated(nominated))
    for role, reads in ((Role.PUBLIC, False), (Role.AUDITOR, True)):
        veil = Veil(nominated.policy, nominated.state, Viewer(role=role, unit="审计局", person="x"))
        assert bool(veil.state().benchmark_opinions) is reads


def test_it_is_offered_until_everybody_has_spoken(yancheng: Policy) -> None:
    play = Play(yancheng).to_candidate(A)
    play.nominate(yancheng.promotion.levels[-1].name)

    def is_offered() -> bool:
        return any(each.verb == "give_benchmark_opinion" for each in offers(play.policy, play.state))

    assert is_offered()
    for unit in play.state.cooperating:
        play.do(on_benchmark(), play.cooperating(unit))
    assert is_offered(), "the experts have not spoken"
    for person in {seat.person for panel in play.state.panels if not panel.void for seat in panel.seats}:
        play.do(on_benchmark(), play.expert(int(person.removeprefix("expert-"))))
    assert not is_offered()


# a trial plan


def test_an_expert_of_the_scene_advises_on_a_plan_and_the_regulator_decides(planned: Play) -> None:
    expert = seated(planned)
    events = planned.do(on_plan(), expert)
    assert events[0] == TrialOpinionGiven(
        bidder=A, unit=expert.unit, position=Position.CONDITIONAL, person=expert.person, on=planned.today, expert=True
    )
    planned.refuses("opinion_already_given", on_plan(), expert)
    planned.refuses("not_assigned", on_plan(), planned.expert(900))
    planned.admit(A)


def test_a_department_is_recorded_as_before(planned: Play) -> None:
    unit = department(planned)
    assert planned.do(on_plan(), unit)[0].model_dump(mode="json") == {
        "kind": "trial_opinion_given", "bidder": A, "unit": unit.unit, "position": "agree_with_conditions",
    }  # fmt: skip


def test_a_new_plan_is_advised_on_anew(planned: Play) -> None:
    planned.do(on_plan(), seated(planned))
    planned.do(ReturnTrialPlan(bidder=A, reasons="补充"), planned.regulator)
    file_plan(planned)
    planned.do(on_plan(), seated(planned))
