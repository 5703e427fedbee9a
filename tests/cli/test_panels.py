"""Panels at a desk: what `scene panels` tells of their votes, in words and as JSON."""

import pytest
from rich.console import Console

from cli import output, panels
from models.commands.review import GiveExpertOpinion
from models.policy import Policy
from models.vocabulary import PanelPurpose
from rules.votes import told
from tests.cli.terminal import Terminal
from tests.scenario import Play, city

A, B = "甲公司", "乙公司"


def read(play: Play) -> str:
    output.begin("zh")
    console = Console(width=240, no_color=True)
    with console.capture() as captured:
        for panel in told(play.policy, play.scene, play.journal):
            console.print(*panels.rendered(panel))
    return captured.get()


@pytest.fixture
def ningbo() -> Policy:
    return city("ningbo")


def test_before_all_have_spoken_only_how_many_have_is_told(ningbo: Policy) -> None:
    play = Play(ningbo).to_expert_review()
    play.seat_panel(PanelPurpose.RECOGNITION)
    act = GiveExpertOpinion(purpose=PanelPurpose.RECOGNITION, recommend=False, text="需求不成立")
    play.do(act, play.expert(3))
    said = read(play)
    assert "已发表 1/5 席" in said
    assert "需求不成立" not in said
    assert "不同意" not in said


def test_a_dissent_stands_with_name_and_words_and_judges_without(ningbo: Policy) -> None:
    play = Play(ningbo).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    said = read(play)
    assert "同意 5，不同意 0" in said
    assert "不同意见" not in said
    assert "揭榜评分" in said
    assert "中榜前不公开" in said
    assert "已评分 0/7 席" in said


def test_who_dissents_is_marked(ningbo: Policy) -> None:
    play = Play(ningbo).to_expert_review()
    for number in play.seat_panel(PanelPurpose.RECOGNITION):
        act = GiveExpertOpinion(purpose=PanelPurpose.RECOGNITION, recommend=number != 3, text=f"意见{number}")
        play.do(act, play.expert(number))
    (line,) = [line for line in read(play).splitlines() if "不同意见" in line]
    assert "expert-3" in line
    assert "意见3" in line


def test_a_scene_without_panels_says_so(scene: Terminal, submitted: str) -> None:
    assert scene.json("panels", submitted) == {"scene": submitted, "panels": []}
    assert "还没有专家组" in scene.ok("panels", submitted).out
    assert scene.refused("panels", "NO-SUCH") == "unknown_scene"
