"""The projections' own small fold of the clocks against the rules' fold, in stories that turn the clocks every way."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from models.commands.anywhere import (
    Appeal,
    DecideAppeal,
    DecideExtension,
    Override,
    RecordService,
    RequestExtension,
    Resubmit,
    Resume,
    ReturnForCorrection,
    Suspend,
)
from models.commands.review import Refuse
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Mode, PanelPurpose
from storage.projection import Projection
from tests.scenario import Play, document


def returned(play: Play) -> None:
    play.to_fair_competition()
    play.do(ReturnForCorrection(to="registered", then="start_over", reasons="补充材料"), play.lead)
    play.do(Resubmit(note="已补充"), play.owner)


def suspended_and_resumed(play: Play) -> None:
    play.to_consultation()
    play.do(Suspend(reasons="台风"), play.lead)
    play.wait(timedelta(days=30))
    play.do(Resume(reasons="恢复"), play.lead)
    play.pass_limit(play.state.deadlines[0].id)


def extended(play: Play) -> None:
    play.to_expert_review()
    play.do(RequestExtension(deadline="expert_review", reasons="专家难约"), play.lead)
    play.do(DecideExtension(deadline="expert_review", granted=True, reasons="同意"), play.group)
    play.wait(timedelta(days=90))


def appealed_and_reopened(play: Play) -> None:
    play.to_expert_review().experts_recommend(PanelPurpose.RECOGNITION)
    play.do(Refuse(reasons="不予认定"), play.lead)
    decision = play.state.sequence
    day = play.now.date()
    service = RecordService(entry=decision, how="post", served_on=day, to=play.owner_unit, proof=document("送达回证"))
    play.do(service, play.platform)
    play.do(Appeal(decision=decision, grounds="程序不当"), play.owner)
    play.do(DecideAppeal(decision=decision, upheld=True, reasons="撤销"), play.supervisor)


def overridden(play: Play) -> None:
    play.to_listed()
    play.do(Override(to="expert_review", reasons="重新评审"), play.group)


def left_alone(play: Play) -> None:
    play.submit().wait(timedelta(days=400))


def horse_race(play: Play) -> None:
    play.to_running("甲公司", "乙公司", winners=2, mode=Mode.HORSE_RACE)
    play.wait(timedelta(days=400))


@pytest.mark.parametrize(
    "story", [returned, suspended_and_resumed, extended, appealed_and_reopened, overridden, left_alone, horse_race]
)
def test_after_every_entry_the_open_rows_are_the_states_deadlines(
    policy: Policy, story: Callable[[Play], None]
) -> None:
    play = Play(policy)
    story(play)
    projection = Projection(SceneState(scene=play.scene))
    for entry in play.journal:
        projection.follow(entry)
        open_rows = {str(row["id"]): row for row in projection.deadlines.values() if row["closed_sequence"] is None}
        expected = {each.id: each for each in projection.state.deadlines}
        assert open_rows.keys() == expected.keys()
        for id, row in open_rows.items():
            assert row["fact"] == expected[id].model_copy(update={"rungs": ()}).model_dump_json()
            assert row["status"] == expected[id].status
    assert projection.state == play.state
    assert projection.scene("head")["sequence"] == play.state.sequence
