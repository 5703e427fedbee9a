"""A scene tests regulation: what a trial showed of a rule is suggested, answered in time, or passed on upward."""

from datetime import timedelta

import pytest

from models.actor import Actor
from models.commands.anywhere import Suspend, Terminate
from models.commands.suggestions import AnswerSuggestion, Shown, SuggestRuleChange
from models.commands.trial import ProveRollback, ReportIncident
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Mode, Role
from tests.scenario import Play, document

A, B = "甲公司", "乙公司"
DUTY = "suggestion/S-1"


def suggestion(**more: object) -> SuggestRuleChange:
    content: dict[str, object] = {
        "bidder": A,
        "suggestion": "S-1",
        "rule": "道路交通安全法实施条例",
        "clause": "第八十二条",
        "finding": "三个月无人在场，未发生一起事故。",
        "evidence": Shown(clauses=("1.1",)),
        "proposed": "有远程值守的，可以不要求驾驶人在场。",
        "to": Role.LEAD,
    }
    return SuggestRuleChange.model_validate(content | more)


def answer(kind: str = "adopted", **more: object) -> AnswerSuggestion:
    content: dict[str, object] = {"suggestion": "S-1", "answer": kind, "reasons": "试点数据充分。"}
    return AnswerSuggestion.model_validate(content | more)


def running(policy: Policy) -> Play:
    return Play(policy).to_running(A)


def suggested(policy: Policy, **more: object) -> Play:
    play = running(policy)
    play.do(suggestion(**more), play.bidder(A))
    return play


@pytest.mark.parametrize("role", [Role.BIDDER, Role.REGULATOR, Role.LEAD])
def test_bidder_regulator_and_lead_department_may_suggest(policy: Policy, role: Role) -> None:
    play = running(policy)
    who = {Role.BIDDER: play.bidder(A), Role.REGULATOR: play.regulator, Role.LEAD: play.lead}[role]
    play.do(suggestion(), who)
    [known] = play.state.suggestions
    assert (known.by_role, known.by_unit, known.rule, known.answer) == (role, who.unit, "道路交通安全法实施条例", None)


def test_nobody_else_suggests(policy: Policy) -> None:
    play = running(policy)
    play.refuses("not_permitted", suggestion(), play.owner)
    play.refuses("not_your_part", suggestion(), play.bidder(B))


@pytest.mark.parametrize("to", [Role.LEAD, Role.REGULATOR])
def test_who_was_asked_has_a_duty_within_the_policys_limit(policy: Policy, to: Role) -> None:
    play = suggested(policy, to=to)
    clock = play.deadline(DUTY)
    assert clock.holder == play.holder(to)
    assert clock.verbs == ("answer_suggestion",)
    assert clock.period == policy.limits.suggestion.period


def test_a_suggestion_is_made_while_the_trial_runs_is_evaluated_or_accepted(policy: Policy) -> None:
    early = Play(policy).to_listed()
    early.refuses("wrong_step", suggestion(), early.lead)
    play = running(policy)
    play.end_trial(A)
    assert play.state.step == "acceptance"
    play.do(suggestion(), play.bidder(A))


@pytest.mark.parametrize(
    "evidence", [Shown(), Shown(clauses=("9.9",)), Shown(readings=("4.1",)), Shown(incidents=("I-1",))]
)
def test_a_suggestion_rests_on_what_this_trial_showed(policy: Policy, evidence: Shown) -> None:
    play = running(policy)
    play.refuses("suggestion_unfounded", suggestion(evidence=evidence), play.bidder(A))


def test_readings_and_incidents_of_the_trial_are_evidence(policy: Policy) -> None:
    play = running(policy)
    play.read(A)
    play.do(ReportIncident(bidder=A, incident="I-1", text="碰撞"), play.bidder(A))
    kpi = play.state.trials[0].readings[0].kpi
    play.do(suggestion(evidence=Shown(readings=(kpi,), incidents=("I-1",))), play.regulator)


def test_an_incident_of_another_bidder_is_no_evidence(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.do(ReportIncident(bidder=B, incident="I-1", text="碰撞"), play.bidder(B))
    no = play.refuses("suggestion_unfounded", suggestion(evidence=Shown(incidents=("I-1",))), play.regulator)
    assert no.details["unknown"] == "I-1"


def test_who_has_no_trial_has_nothing_to_show(policy: Policy) -> None:
    play = running(policy)
    assert play.refuses("unknown_bidder", suggestion(bidder=B), play.lead).details["known"] == A


def test_an_id_names_one_suggestion(policy: Policy) -> None:
    play = suggested(policy)
    play.refuses("suggestion_exists", suggestion(rule="另一规则"), play.bidder(A))
    play.do(suggestion(suggestion="S-2"), play.bidder(A))


@pytest.mark.parametrize("kind", ["adopted", "declined"])
def test_an_answer_ends_the_duty(policy: Policy, kind: str) -> None:
    play = suggested(policy)
    play.do(answer(kind), play.lead)
    [known] = play.state.suggestions
    assert (known.answer, known.answered_on, known.answered_in) == (kind, play.today, play.state.sequence)
    assert DUTY not in [each.id for each in play.state.deadlines]
    play.refuses("no_such_suggestion", answer(), play.lead)


def test_what_is_passed_on_names_the_authority_and_the_paper(policy: Policy) -> None:
    play = suggested(policy, to=Role.REGULATOR)
    play.refuses("passed_on_to_nobody", answer("passed_on", authority="省交通运输厅"), play.regulator)
    play.refuses("passed_on_to_nobody", answer("passed_on", document=document("转报函")), play.regulator)
    play.do(answer("passed_on", authority="省交通运输厅", document=document("转报函")), play.regulator)
    [known] = play.state.suggestions
    assert (known.authority, known.document) == ("省交通运输厅", document("转报函").sha256)


def test_who_was_asked_answers_and_nobody_else(policy: Policy) -> None:
    play = suggested(policy)
    assert play.refuses("not_your_part", answer(), play.regulator).details["expected"] == play.lead.unit
    play.refuses("no_such_suggestion", answer(suggestion="S-2"), play.lead)


def test_nobody_answers_their_own_suggestion_and_may_answer_another(policy: Policy) -> None:
    play = running(policy)
    play.do(suggestion(), play.lead)
    play.do(suggestion(suggestion="S-2"), play.bidder(A))
    play.refuses("proposer_approves", answer(), play.lead)
    colleague: Actor = play.person(Role.LEAD, play.lead.unit, "colleague")
    play.do(answer(), colleague)
    play.do(answer(suggestion="S-2"), play.lead)


def test_an_unanswered_suggestion_is_overdue_and_stays_owed(policy: Policy) -> None:
    play = suggested(policy)
    play.pass_limit(DUTY)
    assert play.deadline(DUTY).status is DeadlineStatus.OVERDUE
    play.do(answer(), play.lead)


def test_a_suspension_does_not_stop_the_answer(policy: Policy) -> None:
    play = suggested(policy)
    play.do(Suspend(reasons="核查"), play.lead)
    assert play.deadline(DUTY).status is DeadlineStatus.OPEN
    play.refuses("suspended", suggestion(suggestion="S-2"), play.bidder(A))
    play.do(answer(), play.lead)


def test_the_scenes_end_waits_for_no_answer_and_what_was_not_answered_stays_so_on_record(policy: Policy) -> None:
    play = suggested(policy)
    play.do(Terminate(ground="force_majeure", reasons="台风"), play.group)
    assert play.state.step == "remedies"
    answered = play.fork()
    answered.do(answer(), answered.lead)
    play.serve(play.state.decisions[0].sequence)
    play.wait(timedelta(days=90))
    play.do(ProveRollback(bidder=A, proof=document("恢复证明")), play.bidder(A))
    assert play.state.closed
    assert [each.answer for each in play.state.suggestions] == [None]


def test_a_state_from_before_there_were_suggestions_is_read() -> None:
    assert SceneState.model_validate({"scene": "YC-1"}).suggestions == ()


def test_a_policy_from_before_there_were_suggestions_keeps_its_digest(policy: Policy) -> None:
    told = policy.model_dump(mode="json")
    default = type(policy.limits).model_validate({k: v for k, v in told["limits"].items() if k != "suggestion"})
    assert "suggestion" not in default.model_dump(mode="json")
    assert default.suggestion.period == policy.limits.suggestion.period
