"""Copies and their kin: evidence is inherited once, and what goes wrong in one re-opens the review of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.commands.anywhere import Resume, Suspend
from models.commands.lineage import ConcludeLineageReview, InheritEvidence, ReopenReview
from models.commands.promotion import (
    CloseScene,
    ConfirmBenchmark,
    NominateBenchmark,
    RecordReplication,
    ReviewBenchmark,
    WithdrawBenchmark,
)
from models.commands.solicitation import Submit
from models.commands.trial import ApproveResumption, SuspendTrial
from models.deadline import DeadlineStatus
from models.lineage import LAST_ENTRY, Cause, Evidence, Figure
from models.plan import Kpi
from models.policy import Policy
from models.refusal import Refused
from models.state import Incident
from models.vocabulary import Role, Track
from rules.lineage import evidence_of, kin
from rules.policy_check import contradictions
from tests.scenario import Play, digest

HEAD = digest("head")
INCIDENT = Cause(scene="NB-1", sequence=7, head=HEAD, kind="incident", incident="I-1")
REVIEW = "lineage_review/NB-1@7"


def evidence(scene: str = "YC-1", sequence: int = 9) -> Evidence:
    return Evidence(scene=scene, sequence=sequence, head=HEAD, city="盐城市")


def conclude(affected: bool = False, review: str = "NB-1@7") -> ConcludeLineageReview:
    return ConcludeLineageReview(review=review, affected=affected, finding="不同批次")


def reopened(play: Play, cause: Cause = INCIDENT) -> Play:
    play.do(ReopenReview(cause=cause), play.platform)
    return play


@pytest.fixture
def benchmark(yancheng: Policy) -> Play:
    return Play(yancheng).to_candidate().to_benchmark()


# evidence


def test_a_copy_inherits_what_its_original_had_shown(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.do(InheritEvidence(evidence=evidence()), play.platform)
    assert play.state.inherited == (evidence(),)


def test_a_copy_that_names_its_original_inherits_from_no_other(yancheng: Policy) -> None:
    play = Play(yancheng)
    application = play.application().model_copy(update={"copied_from": "YC-1"})
    play.do(Submit(application=application), play.owner)
    play.refuses("not_the_original", InheritEvidence(evidence=evidence("YC-2")), play.platform)
    play.do(InheritEvidence(evidence=evidence("YC-1")), play.platform)


def test_nobody_is_their_own_original(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.refuses("not_the_original", InheritEvidence(evidence=evidence(play.scene)), play.platform)


def test_evidence_is_renewed_only_by_what_came_later(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.do(InheritEvidence(evidence=evidence(sequence=9)), play.platform)
    for old in (8, 9):
        play.refuses("evidence_known", InheritEvidence(evidence=evidence(sequence=old)), play.platform)
    play.do(InheritEvidence(evidence=evidence(sequence=10)), play.platform)
    assert [each.sequence for each in play.state.inherited] == [10]


def test_evidence_that_claims_a_later_entry_than_there_is_can_be_replaced_by_name(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    forged = evidence(sequence=LAST_ENTRY).model_copy(update={"head": digest("forged")})
    play.do(InheritEvidence(evidence=forged), play.platform)
    play.refuses("evidence_known", InheritEvidence(evidence=evidence()), play.platform)
    other = InheritEvidence(evidence=evidence(), replaces=digest("another"))
    assert play.refuses("evidence_not_there", other, play.platform).details["head"] == digest("forged")
    play.do(InheritEvidence(evidence=evidence(), replaces=digest("forged")), play.platform)
    assert play.state.inherited == (evidence(),)


def test_nothing_is_replaced_where_nothing_was_inherited(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.refuses("evidence_not_there", InheritEvidence(evidence=evidence(), replaces=HEAD), play.platform)


def test_no_evidence_names_an_entry_that_no_list_could_hold() -> None:
    with pytest.raises(ValidationError, match="less than or equal"):
        evidence(sequence=LAST_ENTRY + 1)


def test_there_is_nothing_to_inherit_before_a_result_is_accepted(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance("甲公司")
    assert evidence_of(play.state, HEAD) is None
    play.accept("甲公司")
    found = evidence_of(play.state, HEAD)
    assert found is not None
    assert (found.scene, found.sequence, found.head, found.level) == (play.scene, play.state.sequence, HEAD, None)
    accepted = found.acceptances[0]
    assert (accepted.bidder, accepted.verdict, accepted.document) == ("甲公司", "passed", digest("验收意见书"))
    assert accepted.on is not None
    assert found.trials[0].step == "ended"
    kpi = play.plan().kpis[0]
    assert found.trials[0].figures == (
        Figure(kpi=kpi.key, name=kpi.name, unit="%", target="95", stop="80", value="97", reached=True),
    )


def test_figures_say_what_was_missed_and_what_was_never_read(benchmark: Play) -> None:
    (trial,) = benchmark.state.trials
    other = Kpi(key="9", name="误报率", unit="‰", better="lower", target="3")
    late = trial.readings[0].model_copy(update={"value": "90"})
    trial = trial.model_copy(update={"kpis": (*trial.kpis, other), "results": (), "readings": (late,)})
    found = evidence_of(benchmark.state.model_copy(update={"trials": (trial,)}), HEAD)
    assert found is not None
    assert [(each.value, each.reached) for each in found.trials[0].figures] == [("90", False), (None, False)]


def test_evidence_from_before_says_nothing_of_figures(benchmark: Play) -> None:
    found = evidence_of(benchmark.state, HEAD)
    assert found is not None
    content = found.model_dump(mode="json")
    del content["trials"][0]["figures"]
    assert Evidence.model_validate(content).trials[0].figures == ()
    assert "figures" not in Evidence.model_validate(content).model_dump(mode="json")["trials"][0]


def test_the_evidence_of_a_benchmark_says_which_and_since_when(benchmark: Play) -> None:
    found = evidence_of(benchmark.state, HEAD)
    assert found is not None
    assert (found.level, found.confirmed_on is not None) == ("城市级", True)
    benchmark.do(WithdrawBenchmark(reasons="失信"), benchmark.group)
    lost = evidence_of(benchmark.state, HEAD)
    assert lost is not None
    assert lost.level is None, "a title that was withdrawn is nothing to inherit"


def test_of_many_incidents_the_newest_are_inherited_one_by_one_and_the_older_as_a_number(benchmark: Play) -> None:
    many = tuple(
        Incident(id=f"I-{each}", bidder="甲公司", casualty=False, reported_on=benchmark.today) for each in range(203)
    )
    found = evidence_of(benchmark.state.model_copy(update={"incidents": many}), HEAD)
    assert found is not None
    assert (len(found.incidents), found.incidents[-1].id, found.older_incidents) == (200, "I-202", 3)


# reviews


def test_a_benchmark_is_reviewed_by_its_evaluation_team(benchmark: Play) -> None:
    reopened(benchmark)
    clock = benchmark.deadline(REVIEW)
    assert clock.holder == benchmark.holder(Role.EVALUATION_TEAM)
    assert clock.period == benchmark.policy.limits.lineage_review.period
    benchmark.do(ReviewBenchmark(keep=True, finding="已核"), benchmark.evaluators)
    assert [each.affected for each in benchmark.state.lineage_reviews] == [False]
    assert REVIEW not in [each.id for each in benchmark.state.deadlines]


@pytest.mark.parametrize("by", ["review", "leading group"])
def test_a_benchmark_that_loses_its_title_has_answered_its_kin(benchmark: Play, by: str) -> None:
    reopened(benchmark)
    if by == "review":
        benchmark.do(ReviewBenchmark(keep=False, finding="同样缺陷"), benchmark.evaluators)
    else:
        benchmark.do(WithdrawBenchmark(reasons="同样缺陷"), benchmark.group)
    assert [each.affected for each in benchmark.state.lineage_reviews] == [True]
    assert REVIEW not in [each.id for each in benchmark.state.deadlines]


def test_an_affected_benchmark_is_not_waved_through(benchmark: Play) -> None:
    reopened(benchmark)
    benchmark.refuses("affected_benchmark", conclude(affected=True), benchmark.evaluators)
    benchmark.do(conclude(affected=False), benchmark.evaluators)
    assert benchmark.state.step == "benchmark"


def test_of_a_running_trial_the_regulator_says_whether_it_is_affected(yancheng: Policy) -> None:
    play = reopened(Play(yancheng).to_running("甲公司"))
    assert play.deadline(REVIEW).holder == play.holder(Role.REGULATOR)
    play.refuses("not_your_part", conclude(), play.evaluators)
    play.refuses("affected_trial_runs", conclude(affected=True), play.regulator)
    play.do(SuspendTrial(bidder="甲公司", reasons="同型号设备"), play.regulator)
    play.do(conclude(affected=True), play.regulator)
    review = play.state.lineage_reviews[0]
    assert (review.affected, review.concluded_by, review.cause) == (True, play.regulator.person, INCIDENT)


def test_where_there_is_no_regulator_yet_the_platform_office_looks(yancheng: Policy) -> None:
    play = reopened(Play(yancheng).submit())
    assert play.deadline(REVIEW).holder == play.holder(Role.PLATFORM_OFFICE)
    play.do(conclude(), play.platform)


def test_one_cause_re_opens_a_review_once_and_another_once_more(yancheng: Policy) -> None:
    play = reopened(Play(yancheng).to_registered())
    play.refuses("review_reopened_already", ReopenReview(cause=INCIDENT), play.platform)
    play.do(conclude(), play.regulator)
    play.refuses("review_reopened_already", ReopenReview(cause=INCIDENT), play.platform)
    other = Cause(scene="NB-1", sequence=12, head=HEAD, kind="benchmark_withdrawn")
    reopened(play, other)
    assert [each.id for each in play.state.lineage_reviews] == ["NB-1@7", "NB-1@12"]


def test_a_scene_is_not_its_own_kin(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    own = INCIDENT.model_copy(update={"scene": play.scene})
    play.refuses("own_cause", ReopenReview(cause=own), play.platform)


def test_what_was_not_re_opened_is_not_concluded(yancheng: Policy) -> None:
    play = reopened(Play(yancheng).to_registered())
    assert play.refuses("no_lineage_review", conclude(review="X@1"), play.regulator).details["known"] == "NB-1@7"
    play.do(conclude(), play.regulator)
    play.refuses("no_lineage_review", conclude(), play.regulator)


def test_an_unanswered_review_stays_owed_and_runs_on_through_a_suspension(yancheng: Policy) -> None:
    play = reopened(Play(yancheng).to_registered())
    play.do(Suspend(reasons="核查"), play.lead)
    play.pass_limit(REVIEW)
    assert play.deadline(REVIEW).status is DeadlineStatus.OVERDUE
    play.do(conclude(), play.regulator)
    play.do(Resume(reasons="结束"), play.lead)


def test_no_trial_starts_before_the_regulator_has_looked(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial("甲公司")
    play.admit("甲公司")
    reopened(play)
    play.refuses("lineage_review_open", play.start_act("甲公司"), play.regulator)
    play.do(conclude(), play.regulator)
    play.do(play.start_act("甲公司"), play.regulator)
    assert play.state.trials[0].step == "running"


def test_no_title_is_confirmed_before_somebody_has_looked(yancheng: Policy) -> None:
    play = Play(yancheng).to_candidate()
    play.do(NominateBenchmark(level="城市级", grounds="成效"), play.lead)
    play.do(play.evaluation_act(), play.evaluators)
    reopened(play)
    play.refuses("lineage_review_open", ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    declined = play.fork()
    declined.do(ConfirmBenchmark(confirmed=False, reasons="暂缓"), declined.group)
    play.do(conclude(), play.regulator)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)


def test_no_scene_closes_before_somebody_has_looked(benchmark: Play) -> None:
    reopened(benchmark)
    benchmark.refuses("lineage_review_open", CloseScene(reasons="办结"), benchmark.lead)
    benchmark.do(conclude(), benchmark.evaluators)
    benchmark.do(CloseScene(reasons="办结"), benchmark.lead)


def test_no_result_is_accepted_before_the_regulator_has_looked_even_on_the_fast_track(yancheng: Policy) -> None:
    play = Play(yancheng, track=Track.FAST).to_contracting("甲公司")
    play.sign("甲公司")
    reopened(play)
    with pytest.raises(Refused, match="lineage_review_open"):
        play.accept("甲公司")


def test_a_stopped_trial_does_not_go_on_before_the_regulator_has_looked(yancheng: Policy) -> None:
    play = Play(yancheng).to_running("甲公司")
    play.do(SuspendTrial(bidder="甲公司", reasons="核查"), play.regulator)
    reopened(play)
    play.refuses("lineage_review_open", ApproveResumption(bidder="甲公司"), play.second_regulator)


def test_who_is_affected_waits_until_a_later_conclusion_says_no_longer(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial("甲公司")
    play.admit("甲公司")
    reopened(play).do(conclude(affected=True), play.regulator)
    play.refuses("lineage_review_open", play.start_act("甲公司"), play.regulator)
    play.refuses("not_your_part", conclude(), play.evaluators)
    play.do(conclude(affected=False), play.regulator)
    play.do(play.start_act("甲公司"), play.regulator)


def test_an_affected_scene_gets_no_title(yancheng: Policy) -> None:
    play = reopened(Play(yancheng).to_candidate())
    play.do(conclude(affected=True), play.regulator)
    play.nominate()
    play.do(play.evaluation_act(), play.evaluators)
    play.refuses("lineage_review_open", ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)


def test_a_review_from_before_the_title_goes_to_the_evaluation_team_with_its_date(yancheng: Policy) -> None:
    play = reopened(Play(yancheng).to_candidate().to_benchmark_notice())
    due = play.deadline(REVIEW).due_on
    play.pass_limit("public_notice")
    assert play.state.step == "benchmark"
    assert (play.deadline(REVIEW).holder, play.deadline(REVIEW).due_on) == (play.holder(Role.EVALUATION_TEAM), due)
    play.refuses("not_your_part", conclude(), play.regulator)
    play.do(conclude(), play.evaluators)


def test_a_closed_scene_takes_no_review(yancheng: Policy) -> None:
    play = Play(yancheng).to_candidate()
    play.do(CloseScene(reasons="办结"), play.lead)
    play.refuses("already_closed", ReopenReview(cause=INCIDENT), play.platform)


def test_of_a_review_that_is_over_only_its_id_is_kept(yancheng: Policy) -> None:
    play = reopened(Play(yancheng).to_registered())
    play.do(conclude(affected=True), play.regulator)
    assert play.state.lineage_reviews[0].cause == INCIDENT
    play.do(conclude(), play.regulator)
    assert [each.model_dump() for each in play.state.lineage_reviews] == [{"id": "NB-1@7", "affected": False}]
    play.refuses("review_reopened_already", ReopenReview(cause=INCIDENT), play.platform)


def test_a_title_that_an_override_re_opens_is_taken_away_so_that_its_kin_hear_of_it(benchmark: Play) -> None:
    benchmark.override("candidate")
    assert "benchmark_withdrawn" in benchmark.kinds()
    found = evidence_of(benchmark.state, HEAD)
    assert found is not None
    assert found.level is None


@pytest.mark.parametrize("verb", ["inherit_evidence", "reopen_review"])
def test_a_policy_lets_the_platform_office_tell_the_kin(yancheng: Policy, verb: str) -> None:
    taken = yancheng.model_copy(update={"permissions": {**yancheng.permissions, verb: (Role.REGULATOR,)}})
    assert [each.key for each in contradictions(taken)] == [f"permissions.{verb}"]


# who is kin


def test_no_scene_is_its_own_copy_and_none_counts_twice(yancheng: Policy) -> None:
    play = Play(yancheng)
    own = play.application().model_copy(update={"copied_from": play.scene})
    play.refuses("copies_itself", Submit(application=own), play.owner)
    play.to_candidate().to_benchmark()
    play.refuses("copies_itself", RecordReplication(city="南京市", scene=play.scene), play.owner)
    play.do(RecordReplication(city="南京市", scene="NJ-1"), play.owner)
    play.refuses("copy_counted", RecordReplication(city="南京市", scene="NJ-1"), play.owner)
    for _ in range(2):
        play.do(RecordReplication(city="南京市"), play.owner)
    assert len(play.state.replications) == 3


def test_kin_are_what_it_copies_its_copies_and_its_siblings() -> None:
    ties = (("A", "B"), ("A", "C"), ("C", "D"), ("X", "Y"))
    assert kin(ties, "B") == ("A", "C", "D")
    assert kin(ties, "X") == ("Y",)
    assert kin(ties, "alone") == ()


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF"))), st.sampled_from("ABCDEF"))
def test_kinship_is_mutual_and_shared(ties: list[tuple[str, str]], scene: str) -> None:
    """Whoever says so first, and in whatever circle: everybody's kin are the same family."""
    family = {scene, *kin(ties, scene)}
    for member in family:
        assert {member, *kin(ties, member)} == family
