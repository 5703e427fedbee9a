"""A city's file is edited and nothing else: a life goes by its new quorum, points, limit and permission."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.commands.review import GiveOpinion
from models.policy import Policy
from models.vocabulary import PanelPurpose, Position
from rules.calendar import shift_workdays
from runtime.policy_files import load_policy
from tests.scenario import ROOT, Play, city

A, B = "甲公司", "乙公司"
LAST = "        - {key: feasibility, name: 可实施性, points: 10}\n"
"""The last criterion of the technical dimension."""
Edited = Callable[..., Policy]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Ningbo's file with these texts replaced."""

    def edited(*replacements: tuple[str, str]) -> Policy:
        text = (ROOT / "policies" / "ningbo.yaml").read_text("utf-8")
        for old, new in replacements:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        path = tmp_path / "mine.yaml"
        path.write_text(text, "utf-8")
        return load_policy(path, ROOT / "policies" / "calendars")

    return edited


def test_a_quorum_of_all_is_not_met_by_two_thirds(edited: Edited) -> None:
    def step_after_one_objection(policy: Policy) -> str:
        play = Play(policy).to_consultation()
        for at, unit in enumerate(play.state.cooperating):
            if any(each.id == f"consultation/{unit}" for each in play.state.deadlines):
                position = Position.OBJECT if at == 2 else Position.AGREE
                play.do(GiveOpinion(position=position, text="意见"), play.cooperating(unit))
        return play.state.step

    changed = edited(('{rule: share, share: "2/3"}', "{rule: all}"))
    assert step_after_one_objection(city("ningbo")) == "fair_competition"
    assert step_after_one_objection(changed) == "deadlock"


def test_a_pass_mark_that_is_raised_keeps_a_bid_out(edited: Edited) -> None:
    def scored(policy: Policy) -> str:
        play = Play(policy).to_scoring(A, B)
        play.score({A: 0.75, B: 0.72})
        return play.state.step

    before, after = scored(city("ningbo")), scored(edited(("  pass_mark: 70", "  pass_mark: 90")))
    assert (before, after) == ("ranked", "unmatched")


def test_points_and_a_new_criterion_are_asked_of_every_judge(edited: Edited) -> None:
    changed = edited(
        ("{key: need, name: 需求理解, points: 15}", "{key: need, name: 需求理解, points: 5}"),
        (LAST, f"{LAST}        - {{key: safety, name: 安全, points: 10}}\n"),
    )
    play = Play(changed).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    act = play.score_act(A, 1)
    without = act.model_copy(update={"scores": tuple(each for each in act.scores if each.criterion != "safety")})
    play.refuses("scores_incomplete", without, play.expert(int(_judge(play))))


def _judge(play: Play) -> str:
    panel = next(each for each in play.state.panels if each.purpose is PanelPurpose.SCORING)
    return panel.seats[0].person.removeprefix("expert-")


@pytest.mark.parametrize("days", [3, 8])
def test_a_limit_is_as_long_as_the_file_says(edited: Edited, days: int) -> None:
    changed = edited(("completeness: {period: {length: 5,", f"completeness: {{period: {{length: {days},"))
    play = Play(changed).submit()
    due = play.deadline("completeness")
    assert due.due_on == shift_workdays(changed.calendar, due.started_on, days)


def test_a_permission_that_is_moved_is_refused_to_who_had_it(edited: Edited) -> None:
    changed = edited(("  list_scene: [platform_office]", "  list_scene: [platform_office, leading_group]"))
    assert "leading_group" in changed.permissions["list_scene"]
    moved = edited(("  score_bid: [expert]", "  score_bid: [expert, evaluation_team]"))
    play = Play(city("ningbo")).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    play.refuses("not_permitted", play.score_act(A, 1), play.evaluators)
    play = Play(moved).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    play.refuses("not_on_panel", play.score_act(A, 1), play.evaluators)
