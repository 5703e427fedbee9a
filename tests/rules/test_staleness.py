"""A command is stale where its own subject changed since it was seen, and nowhere else."""

from datetime import timedelta

import pytest

from models.actor import Actor
from models.commands import ACTS, Act
from models.commands.anywhere import (
    DecideExtension,
    Reassign,
    RequestExtension,
    Resume,
    ReturnForCorrection,
    Suspend,
    Withdraw,
)
from models.commands.review import (
    AnswerObjection,
    ConvenePanel,
    GiveExpertOpinion,
    GiveOpinion,
    RaiseObjection,
    Recognise,
    Refuse,
)
from models.commands.solicitation import AcceptFiling, RequestSupplement
from models.commands.trial import FileReport, SuspendTrial
from models.policy import Policy
from models.vocabulary import Mode, NoticeAbout, PanelPurpose, Position, Role
from rules.staleness import subjects_of
from tests.improviser import some_act
from tests.scenario import Play, document, naming

A, B = "甲公司", "乙公司"
OPINION = GiveOpinion(position=Position.AGREE, text="意见")


def seen_before(play: Play, act: Act, actor: Actor, between: Act, by: Actor) -> str:
    """What is said to an act whose actor had not seen another one: "" where it stands, else the code."""
    seen = play.state.sequence
    play.do(between, by)
    try:
        play.do(act, actor, seen=seen)
    except Exception as refused:  # noqa: BLE001
        return getattr(refused, "code", repr(refused))
    return ""


def test_other_departments_opinions_never_make_an_opinion_stale(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    seen = play.state.sequence
    for unit in play.state.cooperating:
        play.do(OPINION, play.cooperating(unit), seen=seen)
    assert play.state.step == "fair_competition"


def test_nor_do_reminders_and_clocks(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    seen, unit = play.state.sequence, play.state.cooperating[0]
    play.wait(timedelta(days=8))
    assert play.state.sequence > seen
    play.do(OPINION, play.cooperating(unit), seen=seen)


def test_a_decision_on_a_step_that_has_moved_is_stale(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    another = play.office(Role.PLATFORM_OFFICE, "another")
    supplement = RequestSupplement(items=("资金证明",))
    assert seen_before(play, supplement, another, AcceptFiling(), play.platform) == "stale"


def test_it_says_what_changed_and_when(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.do(AcceptFiling(), play.platform)
    no = play.refuses("stale", Withdraw(reasons="不报了"), play.owner, seen=1)
    assert no.details == {"seen": "1", "subject": "step", "changed": "2"}


def test_nobody_has_seen_what_is_not_there_yet(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    no = play.refuses("seen_ahead", AcceptFiling(), play.platform, seen=9)
    assert no.details == {"seen": "9", "sequence": "1"}


def test_an_alarm_that_came_first_makes_a_decision_on_the_step_stale(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    seen = play.state.sequence
    play.now = play.deadline("completeness").due_at
    no = play.refuses("stale", RequestSupplement(items=("资金证明",)), play.platform, seen=seen)
    assert no.details["subject"] == "step"


# each subject


@pytest.fixture
def race(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)


def test_one_bidders_trial_is_not_the_others(race: Play) -> None:
    report = FileReport(bidder=B, kind="regular", document=document("月报"))
    stop = SuspendTrial(bidder=A, reasons="安全")
    assert seen_before(race, report, race.bidder(B), stop, race.regulator) == ""
    other = FileReport(bidder=A, kind="regular", document=document("月报"))
    resumed_unseen = SuspendTrial(bidder=B, reasons="安全")
    assert seen_before(race, other, race.bidder(A), resumed_unseen, race.regulator) == ""
    stale = FileReport(bidder=B, kind="midterm", document=document("中期"))
    race.refuses("stale", stale, race.bidder(B), seen=race.state.sequence - 2)


def test_an_expert_may_hand_in_reviews_of_two_bidders_prepared_together(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance(A, B, winners=2, mode=Mode.HORSE_RACE)
    for bidder in (A, B):
        play.apply(bidder)
        play.seat_panel(PanelPurpose.ACCEPTANCE, bidder)
    seen = play.state.sequence
    for bidder in (A, B):
        review = GiveExpertOpinion(purpose=PanelPurpose.ACCEPTANCE, recommend=True, text="意见", bidder=bidder)
        play.do(review, play.expert(51), seen=seen)


def test_a_review_for_a_panel_that_was_changed_is_stale(yancheng: Policy) -> None:
    play = Play(naming(yancheng)).to_expert_review()
    play.seat_panel(PanelPurpose.RECOGNITION)
    review = GiveExpertOpinion(purpose=PanelPurpose.RECOGNITION, recommend=True, text="意见")
    again = ConvenePanel(purpose=PanelPurpose.RECOGNITION, members=play.members(7))
    assert seen_before(play, review, play.expert(1), again, play.lead) == "stale"


def test_two_extensions_of_different_clocks_are_two_matters(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    first, second, _ = play.state.cooperating
    mine, theirs = (RequestExtension(deadline=f"consultation/{unit}", reasons="核实") for unit in (first, second))
    assert seen_before(play, mine, play.cooperating(first), theirs, play.cooperating(second)) == ""
    grant = DecideExtension(deadline=f"consultation/{first}", granted=True, reasons="同意")
    deny = grant.model_copy(update={"granted": False})
    assert seen_before(play, deny, play.lead, grant, play.person(Role.LEAD, play.state.lead or "", "head")) == "stale"


def test_two_objections_are_two_matters(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    play.publish(NoticeAbout.RECOGNITION)
    object_ = RaiseObjection(about=NoticeAbout.RECOGNITION, real_name=True, text="异议", document=document("书"))
    play.do(object_, play.person(Role.PUBLIC, "市民"))
    answer = AnswerObjection(objection=play.state.objections[0].id, upheld=False, text="不成立")
    assert seen_before(play, answer, play.platform, object_, play.person(Role.PUBLIC, "市民", "other")) == ""


@pytest.mark.parametrize(
    ("act", "between"),
    [
        (Refuse(reasons="不行"), Recognise(value="有价值")),
        (ReturnForCorrection(to="registered", then="start_over", reasons="误"), Recognise(value="有价值")),
        (Suspend(reasons="核查"), Suspend(reasons="核查")),
    ],
)
def test_who_comes_second_is_told_so(yancheng: Policy, act: Act, between: Act) -> None:
    play = Play(yancheng).to_expert_review()
    play.experts_recommend(PanelPurpose.RECOGNITION)
    second = play.person(Role.LEAD, play.state.lead or "", "second")
    assert seen_before(play, act, second, between, play.lead) == "stale"


def test_two_reassignments_are_not_made_past_each_other(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    units = [unit.name for unit in yancheng.units[-2:]]
    first, second = (
        Reassign(part="lead", from_unit=play.state.lead or "", to_unit=unit, reasons="调整") for unit in units
    )
    assert seen_before(play, second, play.group, first, play.platform) == "stale"


def test_a_suspension_that_was_lifted_meanwhile_is_not_lifted_again(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    play.do(Suspend(reasons="核查"), play.lead)
    lifted = Resume(reasons="结束")
    assert seen_before(play, lifted, play.group, lifted, play.lead) == "stale"


# nothing is left out


def test_every_verb_has_a_subject_but_those_that_cannot_be_stale(race: Play) -> None:
    """A beginning, a notice to all, an alarm, and what adds to the scene beside everything else."""
    verbs = ACTS.keys() - {"pass_deadline"}
    free = {verb for verb in verbs if not subjects_of(race.command(some_act(race, verb), race.owner))}
    assert free == {
        "submit", "take_over", "load_calendar", "report_incident", "raise_objection", "nudge", "copy_to", "take_back",
        "record_reading", "complain", "request_factor", "record_finance",
    }  # fmt: skip
