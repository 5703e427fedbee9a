"""Taking back one's own last act (撤回): the scene stands as before it, while nobody else has acted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from models.actor import Actor
from models.calendar import YearNotice
from models.commands.anywhere import LoadCalendar
from models.commands.handling import ClaimDuty, CopyTo, Nudge, TakeBack
from models.commands.review import AskConsultation
from models.events.clock import RungDue
from models.notification import NotificationKind
from models.policy import Closing, Policy
from models.state import SceneState
from models.vocabulary import PanelPurpose, Position
from rules import lifecycle
from rules.journal import fold
from rules.panels import all_have_spoken
from tests.improviser import Improviser
from tests.plays import plays
from tests.rules.test_handling import another, told
from tests.scenario import Play, city, loading, with_rules

ASK = AskConsultation(question="是否同意")


def back(play: Play, entry: int | None = None) -> TakeBack:
    return TakeBack(entry=entry or play.state.sequence, reasons="误操作")


def standing(state: SceneState) -> dict[str, object]:
    """All that a scene is, but for what it never forgets."""
    content = state.model_dump(exclude={"sequence", "receipts", "hands", "touched", "last"})
    return {**content, "deadlines": sorted(content["deadlines"], key=lambda each: each["id"])}


@pytest.fixture
def asked(policy: Policy) -> Play:
    return Play(policy).to_registered()


def test_the_scene_stands_as_before_with_its_old_dates(asked: Play) -> None:
    before = standing(asked.state)
    asked.do(ASK, asked.lead)
    asked.wait(timedelta(hours=5))
    asked.do(back(asked), asked.lead)
    assert standing(asked.state) == before
    asked.do(ASK, asked.lead)
    assert asked.state.step == "consultation"


def test_who_was_asked_is_told_that_it_is_over(asked: Play) -> None:
    asked.do(ASK, asked.lead)
    units = asked.state.cooperating
    asked.do(back(asked), asked.lead)
    over = {recipient for kind, recipient in told(asked) if kind is NotificationKind.DUTY_OVER}
    assert len(over) == len(units)


def test_nothing_is_forgotten(asked: Play) -> None:
    asked.do(ASK, asked.lead)
    hands, entry = asked.state.hands, asked.state.sequence
    asked.do(back(asked), asked.lead)
    assert asked.state.hands == hands
    assert [receipt.sequence for receipt in asked.state.receipts][-2:] == [entry, entry + 1]
    assert asked.journal[-2].command.act == ASK


def test_an_opinion_is_taken_back_until_the_next_department_speaks(policy: Policy) -> None:
    play = Play(with_rules(policy, "consultation", closes=Closing.WHEN_ANSWERED)).to_consultation()
    first, second = play.state.cooperating[:2]
    play.agree(first, Position.OBJECT)
    play.do(back(play), play.cooperating(first))
    play.agree(first)
    said = play.state.sequence
    play.agree(second)
    play.refuses("not_the_last_act", back(play, said), play.cooperating(first))


def test_the_opinion_that_closed_the_round_opens_it_again(policy: Policy) -> None:
    play = Play(with_rules(policy, "consultation", closes=Closing.WHEN_ANSWERED)).to_consultation()
    *others, last = play.state.cooperating
    for unit in others:
        play.agree(unit)
    before = standing(play.state)
    play.agree(last)
    assert play.state.step == "fair_competition"
    play.do(back(play), play.cooperating(last))
    assert standing(play.state) == before


@pytest.mark.parametrize("by", ["a colleague", "another unit", "another role"])
def test_only_its_author_takes_it_back(asked: Play, by: str) -> None:
    asked.do(ASK, asked.lead)
    others: dict[str, Actor] = {
        "a colleague": another(asked.lead, "zhao"),
        "another unit": another(asked.cooperating(asked.state.cooperating[0]), asked.lead.person),
        "another role": another(asked.platform, asked.lead.person),
    }
    asked.refuses("not_your_act", back(asked), others[by])


def test_a_substitute_takes_back_on_the_authors_behalf(asked: Play) -> None:
    asked.do(ASK, asked.lead)
    asked.do(back(asked), another(asked.lead, "zhao", asked.lead.person))


@pytest.mark.parametrize("act", [Nudge, CopyTo, ClaimDuty, LoadCalendar, "alarm", "colleague"])
def test_reminders_nudges_and_copies_leave_it_open_and_nothing_else_does(asked: Play, act: object) -> None:
    start = next(each.id for each in asked.state.deadlines)
    asked.do(ASK, asked.lead)
    said, first = asked.state.sequence, asked.state.cooperating[0]
    duty = f"consultation/{first}"
    open_still = True
    if act is Nudge:
        asked.do(Nudge(duty=duty, note="请尽快"), asked.platform)
    elif act is CopyTo:
        asked.do(CopyTo(units=(first,), note="请知悉"), asked.platform)
    elif act is ClaimDuty:
        asked.do(ClaimDuty(duty=duty), asked.cooperating(first))
        open_still = False
    elif act is LoadCalendar:
        asked.do(loading(YearNotice(year=2027, source="测试")), asked.platform)
        open_still = False
    elif act == "alarm":
        soon = asked.state.deadlines[0].rungs[0].at
        asked.policy = with_rules(asked.policy, "handling", take_back_within=asked.policy.limits.trial.period)
        assert any(isinstance(event, RungDue) for event in asked.until(soon))
    else:
        asked.agree(first)
        open_still = False
    if open_still:
        asked.do(back(asked, said), asked.lead)
        assert [each.id for each in asked.state.deadlines] == [start]
    else:
        asked.refuses("not_the_last_act", back(asked, said), asked.lead)


def test_not_after_the_time_that_the_policy_gives(asked: Play) -> None:
    asked.do(ASK, asked.lead)
    asked.wait(timedelta(days=1))
    asked.fork().do(back(asked), asked.lead)
    asked.wait(timedelta(days=1))
    assert asked.refuses("take_back_too_late", back(asked), asked.lead).details["latest"] == "2026-03-03"


def test_a_paper_of_that_day_brings_no_more_time(asked: Play) -> None:
    asked.do(ASK, asked.lead)
    day = asked.today
    asked.wait(timedelta(days=3))
    asked.refuses("take_back_too_late", back(asked), asked.lead, on=day)


def test_only_what_the_policy_names_and_not_twice(policy: Policy) -> None:
    only_opinions = with_rules(policy, "handling", take_back=("give_opinion",))
    play = Play(only_opinions).to_registered()
    play.do(ASK, play.lead)
    play.refuses("cannot_be_taken_back", back(play), play.lead)
    play.agree(play.state.cooperating[0])
    play.do(back(play), play.cooperating(play.state.cooperating[0]))
    play.refuses("went_out", back(play), play.cooperating(play.state.cooperating[0]))


def test_without_rules_for_it_nothing_is_taken_back_and_nobody_nudged(asked: Play) -> None:
    asked.do(ASK, asked.lead)
    asked.policy = asked.policy.model_copy(update={"handling": None})
    asked.refuses("not_permitted", back(asked), asked.lead)
    duty = f"consultation/{asked.state.cooperating[0]}"
    asked.refuses("not_permitted", Nudge(duty=duty, note="请尽快"), asked.platform)


def test_what_went_out_into_the_world_stays(policy: Policy) -> None:
    """A recognition that makes a document with a number is not taken back by a word."""
    play = Play(with_rules(policy, "handling", take_back=lifecycle.CAN_BE_TAKEN_BACK))
    play.to_expert_review()
    play.recognise()
    documents = play.policy.documents
    if documents is not None and "recognise" in documents.forms:
        play.refuses("went_out", back(play), play.lead)
    else:
        play.do(back(play), play.lead)
        assert play.state.step == "expert_review"


def test_a_ranking_is_not_undone_by_a_judge_who_has_seen_it(policy: Policy) -> None:
    play = Play(policy).to_scoring("甲公司", "乙公司")
    *earlier, last = play.seat_panel(PanelPurpose.SCORING)
    for judge_ in earlier:
        for bidder in ("甲公司", "乙公司"):
            play.do(play.score_act(bidder, 0.9), play.expert(judge_))
    play.do(play.score_act("甲公司", 0.9), play.expert(last))
    play.do(back(play), play.expert(last))
    for bidder in ("甲公司", "乙公司"):
        play.do(play.score_act(bidder, 0.8), play.expert(last))
    play.refuses("went_out", back(play), play.expert(last))


@pytest.mark.parametrize("others_acted", [False, True])
def test_a_decision_against_somebody_is_not_taken_back_and_says_so(policy: Policy, others_acted: bool) -> None:
    """Who is found ineligible has its remedies: nobody else has acted, and it is not for that reason that it stays."""
    play = Play(policy).to_eligibility("甲公司", "乙公司")
    play.verify("乙公司", eligible=False)
    entry = play.state.sequence
    if others_acted:
        play.serve(entry)
    no = play.refuses("decision_not_taken_back", back(play, entry), play.lead)
    assert (no.details["entry"], no.details["against"]) == (str(entry), "乙公司")


def more_plays() -> Iterator[Play]:
    """Where acts happen that no way through the lifecycle needs."""
    running = Play(city("ningbo")).to_running("甲公司")
    reviewing = Play(city("ningbo")).to_acceptance("甲公司")
    reviewing.apply("甲公司")
    for play, verbs in ((running, ("file_report",)), (reviewing, ("give_acceptance_opinion",))):
        for verb in verbs:
            assert Improviser(play, lambda options: options[0]).attempt(verb) == "ok", verb
        yield play


WITH_A_NUMBER = {"accept_filing", "register", "recognise"}
"""What makes a numbered document in each of the three cities."""


def test_whatever_can_be_taken_back_is_wherever_it_happens() -> None:
    """Each act of every play that can be taken back is, and the scene stands as before it."""
    seen: dict[str, int] = {}
    for play in (*plays(), *more_plays()):
        state = SceneState(scene=play.scene)
        for entry in play.journal:
            before, state = state, fold(state, entry)
            verb = entry.command.act.verb
            if state.last is None or state.last.verb != verb or seen.get(verb, 0) >= 5:
                continue
            if any(all_have_spoken(panel) for panel in state.panels if panel not in before.panels):
                continue  # the votes are open
            seen[verb] = seen.get(verb, 0) + 1
            again = play.fork()
            again.state, again.now = state, entry.at
            again.policy = with_rules(again.policy, "handling", take_back=lifecycle.CAN_BE_TAKEN_BACK)
            again.do(back(again), entry.command.actor)
            assert standing(again.state) == standing(before), verb
    assert set(seen) == set(lifecycle.CAN_BE_TAKEN_BACK) - WITH_A_NUMBER
