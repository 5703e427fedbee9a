"""`scene audit reconcile` as it is typed: what it asks for, and what it prints."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from audit.difference_words import KINDS, PLANS
from audit.differences import Difference, Kind, Plan, Told
from cli import output, reconciling
from runtime import presence
from runtime.reconciling import Looked
from tests.cli.terminal import Terminal

BY = ("--as", "administrator:数据局:admin-1")


@pytest.fixture
def copy(scene: Terminal, tmp_path: Path) -> Terminal:
    """A copy of the town's records beside the same server: what is changed in it hurts nobody."""
    scene.ok("submit", "--sample", "YC26-031", "--id", "RECONCILE-1")
    with (
        closing(sqlite3.connect(scene.data_dir / "scene.db")) as whole,
        closing(sqlite3.connect(tmp_path / "scene.db")) as other,
    ):
        whole.backup(other)
    card = presence.find(scene.data_dir)
    assert card is not None
    return Terminal(tmp_path, {"TEMPORAL_ADDRESS": card.address})


def spoil(terminal: Terminal, statement: str) -> None:
    with closing(sqlite3.connect(terminal.data_dir / "scene.db", isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)


def test_every_finding_and_every_way_out_has_its_words() -> None:
    assert KINDS.keys() == set(Kind)
    assert PLANS.keys() == set(Plan)


def test_what_agrees_is_said_in_one_line(scene: Terminal) -> None:
    scene.ok("submit", "--sample", "YC26-030", "--id", "RECONCILE-2")
    assert scene.ok("audit", "reconcile", "RECONCILE-2").out.strip() == "1 个场景，1 个一致，0 处差异。"
    told = scene.json("audit", "reconcile", "RECONCILE-2")
    assert (told["scenes"], told["left"]) == ({"RECONCILE-2": "agrees"}, 0)


def test_a_difference_is_shown_with_both_values_and_what_to_do(copy: Terminal) -> None:
    spoil(copy, "UPDATE scene SET step = 'listed' WHERE scene = 'RECONCILE-1'")
    answer = copy("audit", "reconcile", "RECONCILE-1")
    assert answer.status == 1
    for part in ("RECONCILE-1", "列表与账本不符", "scene step", "listed", "submitted", "--repair"):
        assert part in answer.out
    english = copy("audit", "reconcile", "RECONCILE-1", "--lang", "en").out
    assert "made again from the ledger" in english
    repaired = copy("audit", "reconcile", "RECONCILE-1", "--repair", *BY)
    assert repaired.status == 0
    assert "RECONCILE-1: 改正列表 1 处" in repaired.out
    assert "projections rebuilt" in repaired.err


def test_a_changed_entry_is_shown_and_never_repaired(copy: Terminal) -> None:
    spoil(copy, 'UPDATE entry SET text = replace(text, \'"verb":"submit"\', \'"verb":"sabmit"\')')
    answer = copy("audit", "reconcile", "RECONCILE-1", "--repair", *BY)
    assert answer.status == 1
    assert "账本记录被改动" in answer.out
    assert "sabmit" in answer.out


def test_whoever_repairs_is_named(copy: Terminal) -> None:
    assert copy.refused("audit", "reconcile", "--repair", status=2) == "who"
    assert copy.refused("audit", "reconcile", "--repair", "--as", "administrator", status=2) == "who"


def test_what_cannot_be_meant_is_said(copy: Terminal, tmp_path: Path) -> None:
    assert copy.refused("audit", "reconcile", "--restart", status=2) == "usage"
    assert copy.refused("audit", "reconcile", "--delivered-until", "2026-11-22", status=2) == "usage"
    assert copy.refused("audit", "reconcile", "NO-SUCH") == "unknown_scene"
    (tmp_path / "log.jsonl").write_text("nonsense\n")
    assert copy.refused("audit", "reconcile", "--log", tmp_path / "log.jsonl") == "log_differs"


def test_two_lives_are_printed_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = (
        (Told(sequence=5, verb="accept", person="p-1", unit="数据局", at="2026-11-22T01:00:00Z"),),
        (Told(sequence=5, verb="withdraw", person="p-2"), Told(sequence=6, verb="withdraw")),
    )
    fork = Difference(
        scene="S-1", kind=Kind.FORK, plan=Plan.PERSON, first=5, last=6, run="0123456789", event=50, at="at",
        ledger="a", history="b", in_ledger=ours, in_histories=theirs,
    )  # fmt: skip
    why = Difference(scene="S-1", kind=Kind.NOT_RESTARTED, plan=Plan.PERSON, at="went_on")
    told = reconciling._Told(asked=False)
    told.looked = {"S-1": Looked("S-1", (fork,))}
    told.failed = [why]
    output.begin("en")
    output.present(told.data(), *told.lines())
    said = capsys.readouterr().out
    for part in ("Temporal does not answer", "a fork: both went on", "5-6", "01234567 · event 50 · at", "p-1 · 数据局",
                 "p-2", "from entry 5 on", "the workflow went on meanwhile", "a person has to decide"):  # fmt: skip
        assert part in said, said
    output.begin("zh")
