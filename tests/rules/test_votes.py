"""How panels voted: told once all have spoken, from the journal, with the dissent and its words on record."""

from datetime import timedelta

import pytest

from models.commands.acceptance import SignAcceptanceOpinion
from models.commands.anywhere import ReturnForCorrection
from models.commands.handling import TakeBack
from models.commands.review import GiveExpertOpinion, Recuse
from models.policy import Policy
from models.vocabulary import PanelPurpose, Role
from rules.votes import PanelVotes, told
from tests.scenario import Play, document, naming

A, B = "甲公司", "乙公司"
RECOGNITION, SCORING, ACCEPTANCE = PanelPurpose.RECOGNITION, PanelPurpose.SCORING, PanelPurpose.ACCEPTANCE


def votes(play: Play, purpose: PanelPurpose) -> list[PanelVotes]:
    return [each for each in told(play.policy, play.scene, play.journal) if each.purpose is purpose]


def opine(play: Play, number: int, text: str, *, recommend: bool, purpose: PanelPurpose = RECOGNITION) -> None:
    bidder = A if purpose is ACCEPTANCE else None
    act = GiveExpertOpinion.model_validate({"purpose": purpose, "recommend": recommend, "text": text, "bidder": bidder})
    play.do(act, play.expert(number))


@pytest.fixture
def reviewing(ningbo: Policy) -> Play:
    """Five experts sit on the recognition of a scene of Ningbo; nobody has spoken."""
    play = Play(ningbo).to_expert_review()
    play.seat_panel(RECOGNITION)
    return play


@pytest.fixture
def accepting(yancheng: Policy) -> Play:
    play = Play(naming(yancheng)).to_acceptance(A)
    play.apply(A)
    play.seat_panel(ACCEPTANCE, A)
    return play


def test_nothing_of_a_vote_is_told_before_the_last_member_has_spoken(reviewing: Play) -> None:
    for number in (1, 2, 3, 4):
        opine(reviewing, number, f"意见{number}", recommend=number != 2)
    (panel,) = votes(reviewing, RECOGNITION)
    assert (panel.spoken, panel.yes, panel.no) == (4, None, None)
    assert "意见" not in panel.model_dump_json()
    assert not any(each.dissents or each.recommend is not None for each in panel.votes)
    opine(reviewing, 5, "意见5", recommend=True)
    (panel,) = votes(reviewing, RECOGNITION)
    assert (panel.spoken, panel.yes, panel.no, panel.stands) == (5, 4, 1, True)


def test_who_speaks_against_the_majority_dissents_by_name_and_in_their_own_words(reviewing: Play) -> None:
    for number in range(1, 6):
        opine(reviewing, number, f"意见{number}", recommend=number != 2)
    (panel,) = votes(reviewing, RECOGNITION)
    assert [(each.person, each.unit, each.text) for each in panel.votes if each.dissents] == [
        ("expert-2", "高校2", "意见2")
    ]


def test_a_yes_dissents_where_most_say_no(reviewing: Play) -> None:
    for number in range(1, 6):
        opine(reviewing, number, f"意见{number}", recommend=number == 4)
    (panel,) = votes(reviewing, RECOGNITION)
    assert [each.person for each in panel.votes if each.dissents] == ["expert-4"]


def test_the_majority_counts_for_dissent_and_the_share_that_is_needed_for_the_result(ningbo: Policy) -> None:
    rules = ningbo.panels["recognition"].model_copy(update={"pass_share": 0.8})
    play = Play(ningbo.model_copy(update={"panels": {**ningbo.panels, "recognition": rules}})).to_expert_review()
    play.experts_recommend(RECOGNITION, no=2)
    (panel,) = votes(play, RECOGNITION)
    assert (panel.needed, panel.yes, panel.no) == (4, 3, 2)
    assert [each.recommend for each in panel.votes if each.dissents] == [False, False]
    play.refuses("panel_not_for", play.recognise_act(), play.lead)


def test_a_unanimous_panel_has_no_dissent(reviewing: Play) -> None:
    for number in range(1, 6):
        opine(reviewing, number, "同意", recommend=True)
    (panel,) = votes(reviewing, RECOGNITION)
    assert not any(each.dissents for each in panel.votes)


def test_an_opinion_that_was_taken_back_is_not_told(reviewing: Play) -> None:
    for number in (1, 2, 3):
        opine(reviewing, number, "同意", recommend=True)
    opine(reviewing, 5, "不同意", recommend=False)
    reviewing.do(TakeBack(entry=reviewing.state.sequence, reasons="误填"), reviewing.expert(5))
    (panel,) = votes(reviewing, RECOGNITION)
    assert (panel.spoken, panel.yes) == (3, None)
    opine(reviewing, 5, "重新说明", recommend=False)
    opine(reviewing, 4, "同意", recommend=True)
    (panel,) = votes(reviewing, RECOGNITION)
    assert [each.text for each in panel.votes if each.dissents] == ["重新说明"]


def test_an_acceptance_opinion_signed_with_a_dissent_is_told_with_its_words(accepting: Play) -> None:
    seats = sorted(int(each.person.removeprefix("expert-")) for each in accepting.state.panels[-1].seats)
    for number in seats:
        opine(accepting, number, "同意", recommend=True, purpose=ACCEPTANCE)
    signed = SignAcceptanceOpinion(bidder=A, document=document("验收意见书"), dissent="夜间指标未达标")
    accepting.do(signed, accepting.expert(seats[1]))
    (panel,) = votes(accepting, ACCEPTANCE)
    (dissent,) = [each for each in panel.votes if each.dissents]
    assert (dissent.person, dissent.against_majority, dissent.signed_dissent) == (
        f"expert-{seats[1]}", False, "夜间指标未达标",
    )  # fmt: skip
    accepting.do(
        signed.model_copy(update={"document": document("修改稿"), "dissent": None}), accepting.expert(seats[1])
    )
    (panel,) = votes(accepting, ACCEPTANCE)
    assert not any(each.dissents for each in panel.votes), "signed anew, without the dissent"


def test_the_panel_of_an_acceptance_that_is_reviewed_again_stays_on_record(accepting: Play) -> None:
    seats = sorted(int(each.person.removeprefix("expert-")) for each in accepting.state.panels[-1].seats)
    for number in seats:
        opine(accepting, number, "须重试", recommend=number == seats[0], purpose=ACCEPTANCE)
    accepting.conclude(A, "retrial")
    accepting.start(A)
    accepting.end_trial(A)
    accepting.apply(A)
    accepting.seat_panel(ACCEPTANCE, A)
    first, second = votes(accepting, ACCEPTANCE)
    assert (first.stands, first.yes, first.no) == (False, 1, 4)
    assert [each.person for each in first.votes if each.dissents] == [f"expert-{seats[0]}"]
    assert (second.stands, second.spoken, second.yes) == (True, 0, None)


def test_the_votes_of_a_panel_that_a_return_made_void_stand_no_more(ningbo: Policy) -> None:
    play = Play(ningbo).to_expert_review()
    play.experts_recommend(RECOGNITION, no=1)
    play.do(ReturnForCorrection(to="fair_competition", reasons="材料有误", then="start_over"), play.lead)
    (panel,) = votes(play, RECOGNITION)
    assert (panel.stands, panel.yes, panel.no) == (False, 4, 1)


def test_a_score_far_from_the_mean_is_no_dissent_and_judges_are_numbers_until_the_award(policy: Policy) -> None:
    play = Play(policy).to_scoring(A, B)
    seats = play.seat_panel(SCORING)
    for number in seats:
        play.do(play.score_act(A, 0.1 if number == seats[0] else 0.9), play.expert(number))
        play.do(play.score_act(B, 0.8), play.expert(number))
    (panel,) = votes(play, SCORING)
    assert (panel.spoken, panel.needed, panel.yes, panel.stands) == (len(seats), None, None, True)
    assert not any(each.dissents for each in panel.votes)
    assert "expert-" not in panel.model_dump_json()
    assert "高校" not in panel.model_dump_json()


def test_that_a_panel_scored_is_known_in_the_next_call_as_well(yancheng: Policy) -> None:
    play = Play(yancheng).to_scoring(A, B)
    play.score({A: 0.3, B: 0.2})
    play.post()
    (panel,) = votes(play, SCORING)
    assert panel.spoken == len(panel.votes)


def test_after_the_award_the_judges_have_names(policy: Policy) -> None:
    (panel,) = votes(Play(policy).to_contracting(A, B), SCORING)
    assert all(each.person and each.person.startswith("expert-") for each in panel.votes)


def test_a_member_who_recuses_is_told_of_no_more_and_the_successor_votes(yancheng: Policy) -> None:
    policy = naming(yancheng)
    play = Play(policy).to_expert_review()
    for number in play.seat_panel(RECOGNITION)[1:]:
        play.do(play.recommend_act(None, purpose=RECOGNITION), play.expert(number))
    play.wait(timedelta(hours=1))
    leaver = play.state.panels[0].seats[0]
    act = Recuse(purpose=RECOGNITION, reasons="亲属任职于场景单位")
    play.do(act, play.person(Role.EXPERT, leaver.unit, leaver.person))
    (panel,) = votes(play, RECOGNITION)
    assert not panel.stands, "nobody was in reserve: the panel is void"
    play.do(play.convene_act(RECOGNITION).model_copy(update={"members": _others(play)}), play.lead)
    old, new = votes(play, RECOGNITION)
    assert (old.convened < new.convened, old.stands, new.stands, new.spoken) == (True, False, True, 0)


def _others(play: Play) -> tuple[object, ...]:
    gone = set(play.state.recused)
    return tuple(each for each in play.members(9) if each.person not in gone)[:5]
