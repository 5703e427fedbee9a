"""Suggestions to change a rule across scenes: listed, filtered, paged, exported; from the records, no engine runs."""

import csv
import io
from datetime import timedelta

import pytest

from models.commands.anywhere import Terminate
from models.commands.suggestions import AnswerSuggestion, Shown, SuggestRuleChange
from models.commands.trial import ProveRollback
from models.recording import RecordBatch
from models.vocabulary import Role
from runtime.settings import Settings
from runtime.wiring import parts
from storage.database import migrate
from tests.cli.terminal import Terminal
from tests.scenario import Play, city, document

A = "甲公司"


def suggestion(id: str, rule: str) -> SuggestRuleChange:
    return SuggestRuleChange(
        bidder=A, suggestion=id, rule=rule, clause="第三条", finding="=1+1 未见风险", proposed="可以远程值守",
        evidence=Shown(clauses=("1.1",)), to=Role.LEAD,
    )  # fmt: skip


def answer(id: str, kind: str, **more: object) -> AnswerSuggestion:
    return AnswerSuggestion.model_validate({"suggestion": id, "answer": kind, "reasons": "已研究", **more})


@pytest.fixture
def recorded(nowhere: Terminal) -> Terminal:
    """One that is open, one passed on, one that a closed scene left unanswered."""
    first = Play(city("yancheng"), scene="SUG-1").to_running(A)
    first.do(suggestion("S-1", "无人车上路规程"), first.bidder(A))
    first.do(suggestion("S-2", "低空飞行规则"), first.regulator)
    passed = answer("S-2", "passed_on", authority="省交通运输厅", document=document("转报函"))
    first.do(passed, first.lead)
    second = Play(city("chongqing"), scene="SUG-2").to_running(A)
    second.do(suggestion("S-1", "无人车上路规程"), second.lead)
    second.do(Terminate(ground="force_majeure", reasons="台风"), second.group)
    second.serve(second.state.decisions[0].sequence)
    second.wait(timedelta(days=90))
    second.do(ProveRollback(bidder=A, proof=document("恢复证明")), second.bidder(A))
    assert second.state.closed
    made = Settings(data_dir=nowhere.data_dir)
    nowhere.data_dir.mkdir()
    migrate(made.database_url.get_secret_value())
    with parts(made) as opened:
        for each in (first, second):
            batch = RecordBatch(stream=each.scene, entries=tuple(each.journal))
            opened.ledger.record(batch, build="test", rules="test", now=each.now)
    return nowhere


def found(terminal: Terminal, *typed: str) -> list[tuple[str, str]]:
    return [(each["scene"], each["id"]) for each in terminal.json("suggestions", *typed)["items"]]


def test_what_was_written_stands_beside_what_became_of_it(recorded: Terminal) -> None:
    [item] = recorded.json("suggestions", "--standing", "passed_on")["items"]
    assert (item["scene"], item["id"], item["finding"], item["proposed"]) == (
        "SUG-1", "S-2", "=1+1 未见风险", "可以远程值守",
    )  # fmt: skip
    assert (item["evidence"], item["reasons"], item["authority"]) == (["1.1"], "已研究", "省交通运输厅")
    assert item["document"] == document("转报函").sha256
    shown = recorded.ok("suggestions").out
    for said in ("待答复", "已转报", "办结未答复", "省交通运输厅"):
        assert said in shown, said
    assert "passed on" in recorded.ok("suggestions", "--lang", "en").out


def test_they_are_filtered(recorded: Terminal) -> None:
    assert sorted(found(recorded)) == [("SUG-1", "S-1"), ("SUG-1", "S-2"), ("SUG-2", "S-1")]
    assert found(recorded, "--standing", "open") == [("SUG-1", "S-1")]
    assert found(recorded, "--standing", "unanswered") == [("SUG-2", "S-1")]
    assert found(recorded, "--city", "重庆市") == [("SUG-2", "S-1")]
    assert found(recorded, "--rule", "低空") == [("SUG-1", "S-2")]
    assert found(recorded, "--scene", "SUG-2") == [("SUG-2", "S-1")]
    lead = recorded.json("suggestions", "--scene", "SUG-1")["items"][0]["to_unit"]
    assert sorted(found(recorded, "--unit", lead, "--scene", "SUG-1")) == [("SUG-1", "S-1"), ("SUG-1", "S-2")]
    assert recorded.refused("suggestions", "--standing", "maybe", status=2) == "usage"


def test_they_come_in_pages_and_go_out_as_csv_whole(recorded: Terminal) -> None:
    pages = [recorded.json("suggestions", "--limit", "2", "--page", str(page)) for page in (1, 2)]
    assert [(len(each["items"]), each["total"], each["pages"]) for each in pages] == [(2, 3, 2), (1, 3, 2)]
    assert "2/2" in recorded.ok("suggestions", "--limit", "2", "--page", "2").out
    lines = list(csv.DictReader(io.StringIO(recorded.ok("suggestions", "--csv", "-").out)))
    assert len(lines) == 3
    assert lines[0]["finding"] == "'=1+1 未见风险", "a spreadsheet computes nothing of it"


def test_where_there_is_none_it_says_so(recorded: Terminal) -> None:
    assert "没有规则建议" in recorded.ok("suggestions", "--city", "宁波市").out
