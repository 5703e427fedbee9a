"""A ranking as people read it: nothing before it stands, numbers for judges until the award, and all the arithmetic."""

import pytest
from rich.console import Console

from cli import output, ranking
from models.policy import Policy
from models.vocabulary import PanelPurpose
from rules.scoring import explained
from tests.cli.terminal import Terminal
from tests.scenario import Play, city

A, B = "甲公司", "乙公司"


def read(play: Play) -> str:
    output.begin("zh")
    console = Console(width=240, no_color=True)
    with console.capture() as captured:
        for part in ranking.rendered(explained(play.policy.score_sheet, play.state), play.policy.score_sheet):
            console.print(part)
    return captured.get()


@pytest.fixture
def ningbo() -> Policy:
    return city("ningbo")


def test_before_it_stands_only_how_many_scores_are_in_is_told(ningbo: Policy) -> None:
    play = Play(ningbo).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    play.do(play.score_act(A, 0.9), play.expert(1))
    said = read(play)
    assert "已到 1 份，应有 14 份" in said
    assert A not in said


def test_the_sums_the_dropped_and_the_tie_are_written_out(ningbo: Policy) -> None:
    play = Play(ningbo).to_scoring(A, B)
    play.score({A: 0.8, B: 0.8})
    said = read(play)
    assert "400.0 ÷ 5" in said
    assert "80.00" in said
    assert "同分，抽签" in said
    assert "再同抽签" in said
    assert "去掉最高" in said
    assert "去掉最低" in said
    assert "评委7" in said
    assert "expert-" not in said


def test_after_the_award_the_judges_have_names(ningbo: Policy) -> None:
    play = Play(ningbo).to_contracting(A, B)
    said = read(play)
    assert "expert-3" in said
    assert "评委" not in said.replace("名评委时", "")


def test_a_scene_without_bids_says_that_there_is_no_ranking(scene: Terminal, submitted: str) -> None:
    assert scene.json("ranking", submitted)["lines"] == []
    assert "尚无排名" in scene.ok("ranking", submitted).out
    assert scene.refused("ranking", "NO-SUCH") == "unknown_scene"
