"""The inclusion ledger as it is read, handed in and opened in a spreadsheet: from the records alone, no engine runs."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from models.commands.trial import EndInclusionEarly, LiftSupervision, RecordFault, ReportCorrection, ReportIncident
from models.recording import RecordBatch
from runtime.settings import Settings
from runtime.wiring import parts
from storage.database import migrate
from tests.cli.terminal import Terminal
from tests.scenario import Play, city, document

A = "甲公司"


def fault(kind: str, finding: str = "查明") -> RecordFault:
    return RecordFault(
        bidder=A, kind=kind, plan_clause="1.1", finding=finding, evidence=document(kind), guidance="现场指导",
        with_officer="regulator-3",
    )  # fmt: skip


@pytest.fixture
def recorded(nowhere: Terminal) -> Terminal:
    """A scene with an inclusion period, and one without any, in the records."""
    play = Play(city("yancheng"), scene="INC-1").to_running(A)
    play.do(fault("delay", "=1+1 *迟报*"), play.regulator)
    play.wait(timedelta(days=1))
    for kind in ("delay", "delay"):
        play.do(fault(kind), play.regulator)
    play.serve_notices()
    play.do(EndInclusionEarly(bidder=A, reasons="已无必要"), play.regulator)
    bare = Play(city("yancheng"), scene="INC-2").to_trial(A)
    crossed = Play(city("yancheng"), scene="INC-3").to_running(A)
    crossed.do(ReportIncident(bidder=A, incident="I-1", severity="serious", leak=True, text="外传"), crossed.bidder(A))
    red = {"red_line": "data_or_privacy_harm", "incident": "I-1"}
    crossed.do(fault("leak").model_copy(update=red), crossed.regulator)
    crossed.do(LiftSupervision(bidder=A, reasons="转常态监管"), crossed.regulator)
    annulled = Play(city("yancheng"), scene="INC-4").to_running(A)
    for kind in ("one", "two", "three", "four"):
        annulled.do(fault(kind), annulled.regulator)
    annulled.do(ReportCorrection(bidder=A, proof=document("整改证明")), annulled.bidder(A))
    annulled.win_appeal()
    made = Settings(data_dir=nowhere.data_dir)
    nowhere.data_dir.mkdir()
    migrate(made.database_url.get_secret_value())
    with parts(made) as opened:
        for each in (play, bare, crossed, annulled):
            batch = RecordBatch(stream=each.scene, entries=tuple(each.journal))
            opened.ledger.record(batch, build="test", rules="test", now=each.now)
    return nowhere


def test_it_says_why_each_fault_met_its_measure(recorded: Terminal) -> None:
    shown = recorded.ok("inclusion", "INC-1").out
    assert "提前结束" in shown
    assert "已无必要" in shown
    assert "此前最高一级：指导；12 个月内同类：#1, #2（满 2 次跳一级）；升 2 级，跳级" in shown
    english = recorded.ok("--lang", "en", "inclusion", "INC-1", "--bidder", A).out
    assert (
        "highest before: advice; same kind within 12 months: #1, #2 (2 skip a step); 2 steps, one skipped up" in english
    )


def test_a_program_reads_the_same(recorded: Terminal) -> None:
    (period,) = recorded.json("inclusion", "INC-1")["periods"]
    assert [each["measure"] for each in period["faults"]] == ["remind", "advise", "order"]
    assert period["faults"][2]["climb"]["repeats"] == [1, 2]
    assert period["faults"][2]["order"]["due_on"] is not None


def test_it_is_exported_as_a_document_and_for_spreadsheets(recorded: Terminal, tmp_path: Path) -> None:
    recorded.ok("inclusion", "INC-1", "--csv", tmp_path / "faults.csv", "--markdown", tmp_path / "ledger.md")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "faults.csv").read_text("utf-8-sig"))))
    assert [row["measure"] for row in rows] == ["remind", "advise", "order"]
    assert rows[0]["finding"] == "'=1+1 *迟报*", "a spreadsheet computes nothing"
    assert (rows[2]["above"], rows[2]["steps"], rows[2]["repeats"]) == ("advise", "2", "1; 2")
    written = (tmp_path / "ledger.md").read_text()
    assert written.startswith("# 包容期台账 INC-1")
    assert "=1+1 \\*迟报\\*" in written
    assert document("delay").sha256 in written


def test_an_order_is_told_with_its_report_and_with_who_annulled_it(recorded: Terminal, tmp_path: Path) -> None:
    shown = recorded.ok("inclusion", "INC-4").out
    assert "整改报告" in shown
    assert "申诉撤销" in shown
    recorded.ok("inclusion", "INC-4", "--csv", tmp_path / "faults.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "faults.csv").read_text("utf-8-sig"))))
    assert [bool(row["reported_by"]) for row in rows] == [False, False, False, True]
    assert [bool(row["annulled_on"]) for row in rows] == [False, False, False, True]


def test_a_breach_is_told_with_its_incident_and_the_supervision(recorded: Terminal) -> None:
    shown = recorded.ok("inclusion", "INC-3").out
    assert "触碰红线 data_or_privacy_harm，不经阶梯" in shown
    assert "I-1" in shown
    assert "解除" in shown
    assert "转常态监管" in shown
    scene = recorded.ok("show", "INC-3").out
    assert "较大" in scene
    assert "待分析" in scene


def test_where_there_is_none_it_says_so(recorded: Terminal) -> None:
    assert "本场景没有包容期" in recorded.ok("inclusion", "INC-2").out
    assert recorded.refused("inclusion", "INC-1", "--bidder", "乙公司") == "no_inclusion_yet"
    assert recorded.refused("inclusion", "NONE") == "unknown_scene"
