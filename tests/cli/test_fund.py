"""The risk compensation pool at the command line: claimed, proposed, approved, paid, looked at and exported."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli import shown
from models.commands.trial import ReportIncident
from runtime.settings import Settings
from storage.database import engine_for, migrate
from storage.ledger import SqlLedger
from tests.cli.terminal import Terminal
from tests.scenario import Play, city
from tests.storage.journals import record

A, SCENE = "甲公司", "YC-2026-77"
BIDDER = ("--as", f"bidder:{A}:agent")
LEAD, GROUP, PAYER = (("--as", role) for role in ("lead", "group", "payer"))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A database with a scene in whose trial there was an incident yesterday; no engine runs, and none is needed."""
    settings = Settings(data_dir=tmp_path / "data")
    url = settings.database_url.get_secret_value()
    migrate(url)
    engine = engine_for(url)
    play = Play(city("yancheng"), scene=SCENE).to_running(A)
    play.do(ReportIncident(bidder=A, incident="I-1", casualty=False, text="碰撞护栏"), play.bidder(A))
    record(SqlLedger(engine), play)
    engine.dispose()
    monkeypatch.setattr(shown, "now", lambda: play.now + timedelta(days=1))
    return Terminal(tmp_path / "data", {"TEMPORAL_ADDRESS": "127.0.0.1:9"})


@pytest.fixture
def paper(tmp_path: Path) -> str:
    file = tmp_path / "损失鉴定.pdf"
    file.write_bytes(b"a paper")
    return f"@{file}"


def claimed(office: Terminal, paper: str, *more: str) -> Any:
    return office(
        "fund", "claim", SCENE, "--cause", "incident", "--incident", "I-1", "--loss", "400000", "--amount", "180000",
        "--evidence", paper, *BIDDER, *more, "--json",
    )  # fmt: skip


def money(office: Terminal) -> tuple[int, int, int]:
    shown = office.json("fund", "show", "盐城")
    return shown["balance_yuan"], shown["reserved_yuan"], shown["available_yuan"]


def test_a_claim_is_paid_step_by_step_and_the_pool_tells_how_it_stands(office: Terminal, paper: str) -> None:
    receipt = office.json(
        "fund", "pay-in", "盐城", "--amount", "1000000", "--source", "市级财政", "--document", paper, *PAYER
    )
    assert (receipt["sequence"], receipt["claim"], receipt["available_yuan"]) == (1, None, 1_000_000)
    first = claimed(office, paper).json
    assert (first["claim"], first["stands"]["status"], first["stands"]["workdays_left"]) == (1, "filed", 20)
    assert first["stands"]["evidence"]["title"] == "损失鉴定.pdf"

    propose = ("fund", "propose", "盐城", "1", "--findings", "核实")
    assert office.refused(*propose, "--amount", "180001", *LEAD) == "fund_over_asked"
    assert office.json(*propose, "--amount", "150000", *LEAD)["stands"]["due"]["verb"] == "approve_compensation"
    approve = ("fund", "approve", "盐城", "1", "--reasons", "同意")
    assert office.refused(*approve, "--amount", "180000", *GROUP) == "fund_other_amount"
    office.ok(*approve, *GROUP)
    assert money(office) == (1_000_000, 150_000, 850_000)
    assert office.refused("fund", "pay", "盐城", "1", "--proof", paper, *LEAD) == "not_permitted"
    assert "已拨付" in office.ok("fund", "pay", "盐城", "1", "--proof", paper, *PAYER).out
    assert money(office) == (850_000, 0, 850_000)
    office.ok("fund", "recover", "盐城", "1", "--amount", "20000", "--document", paper, *PAYER)
    assert money(office) == (870_000, 0, 870_000)

    table = office.ok("fund", "show", "盐城").out
    assert all(text in table for text in ("870,000", SCENE, "试点事故损失 I-1", "150,000", "已拨付"))
    verbs = [each["command"]["act"]["verb"] for each in office.json("fund", "history", "盐城", "--claim", "1")["items"]]
    assert verbs == [
        "recover_compensation", "pay_compensation", "approve_compensation", "propose_compensation", "claim_from_fund",
    ]  # fmt: skip
    assert "申请风险补偿" in office.ok("fund", "history", "盐城").out
    kept = [each["refusal"] for each in office.json("refusals", "--scene", "fund:YC")["items"]]
    assert {each["code"] for each in kept} == {"fund_over_asked", "fund_other_amount", "not_permitted"}
    asked = next(each for each in kept if each["code"] == "fund_over_asked")
    assert (asked["command"]["act"]["amount_yuan"], asked["sequence"]) == ("180001", 2)


def test_what_was_done_on_paper_is_entered_with_its_day_and_its_paper(office: Terminal, paper: str) -> None:
    claimed(office, paper)
    today = shown.today()
    propose = ("fund", "propose", "盐城", "1", "--findings", "核实", "--amount", "150000", *LEAD)
    on = ("--effective-on", str(today))
    assert office.refused(*propose, *on) == "effective_without_document"
    later = str(today + timedelta(days=1))
    assert office.refused(*propose, "--effective-on", later, "--effective-document", paper) == "effective_in_future"
    stands = office.json(*propose, *on, "--effective-document", paper)["stands"]
    assert stands["due"]["since"] == str(today)
    entry = office.json("fund", "history", "盐城")["items"][0]
    assert entry["command"]["effective_on"] == str(today)
    assert len(entry["command"]["effective_document"]) == 64


def test_who_has_to_act_finds_it_among_their_messages(office: Terminal, paper: str) -> None:
    claimed(office, paper)
    lead = office.json("fund", "show", "盐城")["items"][0]["lead"]
    found = office.json("message", "list", "--department", lead, "--city", "盐城市", "--scene", "fund:YC")["items"]
    assert [each["message"]["kind"] for each in found] == ["duty_set"]
    assert "提出补偿意见" in office.ok("message", "list", "--department", lead, "--city", "盐城市").out


def test_the_next_step_of_a_claim_is_a_duty_of_its_scene_and_of_its_unit(office: Terminal, paper: str) -> None:
    claimed(office, paper)
    lead = office.json("fund", "show", "盐城")["items"][0]["lead"]
    listed = {each["limit"]: each for each in office.json("duty", "list", SCENE)}
    duty = listed["fund_proposal"]
    assert (duty["holder"]["role"], duty["holder"]["unit"], duty["workdays_left"]) == ("lead_department", lead, 20)
    mine = [each for each in office.json("inbox", "--department", lead) if each["limit"].startswith("fund_")]
    assert [(each["scene"], each["verbs"], each["workdays_left"]) for each in mine] == [
        (SCENE, ["propose_compensation"], 20)
    ]
    assert "提出补偿意见" in office.ok("inbox", "--department", lead).out

    office.ok("fund", "pay-in", "盐城", "--amount", "1000000", "--source", "市级财政", "--document", paper, *PAYER)
    office.ok("fund", "propose", "盐城", "1", "--findings", "核实", "--amount", "150000", *LEAD)
    of_group = office.json("inbox", "--role", "leading_group", "--city", "盐城")
    assert [each["limit"] for each in of_group if each["scene"] == SCENE] == ["fund_decision"]
    office.ok("fund", "approve", "盐城", "1", "--reasons", "同意", *GROUP)
    of_payer = office.json("inbox", "--role", "payer", "--city", "盐城市")
    assert [each["limit"] for each in of_payer] == ["fund_payment"]
    office.ok("fund", "pay", "盐城", "1", "--proof", paper, *PAYER)
    assert not [each for each in office.json("duty", "list", SCENE) if each["limit"].startswith("fund_")]


def test_a_repeated_command_is_entered_once(office: Terminal, paper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(office.settings, "SCENE_TRUST_PATHS", "true")
    first = claimed(office, paper, "--command-id", "mine").json
    again = claimed(office, paper, "--command-id", "mine").json
    assert (again["sequence"], again["at"]) == (first["sequence"], first["at"])
    answer = claimed(office, paper, "--command-id", "mine", "--on-behalf-of", "boss")
    assert (answer.status, answer.error["code"]) == (1, "command_id_reused")
    assert claimed(office, paper).error["code"] == "fund_claim_stands"


def test_what_does_not_fit_is_said_with_what_to_do(office: Terminal, paper: str) -> None:
    claim = ("fund", "claim", SCENE, "--loss", "100", "--amount", "50", "--evidence", paper, *BIDDER)
    assert office.refused(*claim, "--cause", "weather") == "fund_cause_unknown"
    assert office.refused(*claim, "--cause", "incident", "--incident", "I-9") == "fund_no_ground"
    assert office.refused(*claim, "--cause", "termination") == "fund_no_ground"
    other = ("--as", "bidder:乙公司")
    assert office.refused(*claim[:-2], "--cause", "incident", "--incident", "I-1", *other) == "unknown_bidder"
    assert office.refused("fund", "claim", "NO-1", *claim[3:], "--cause", "incident") == "unknown_scene"
    assert office.refused("fund", "decline", "盐城", "7", "--reasons", "无", *GROUP) == "fund_unknown_claim"
    assert office.refused("fund", "pay", "盐城", "7", "--proof", "@nowhere.pdf", *PAYER) == "file"
    told = office("fund", "withdraw", "盐城", "7", "--reasons", "无", *BIDDER)
    assert (told.status, "scene fund show" in told.err) == (1, True)


def test_the_lists_have_pages_and_go_out_as_csv(office: Terminal, paper: str, tmp_path: Path) -> None:
    for number in range(3):
        office.ok(
            "fund", "pay-in", "盐城", "--amount", str(number + 1), "--source", "=1+1", "--document", paper, *PAYER
        )
    claimed(office, paper)
    office.ok("fund", "withdraw", "盐城", "1", "--reasons", "已获赔付", *BIDDER)
    claimed(office, paper)

    page = office.json("fund", "history", "盐城", "--limit", "4", "--page", "2")
    assert ([each["sequence"] for each in page["items"]], page["total"], page["pages"]) == ([2, 1], 6, 2)
    shown_ = office.json("fund", "show", "盐城", "--status", "withdrawn")
    assert [each["number"] for each in shown_["items"]] == [1]
    file = tmp_path / "claims.csv"
    office.ok("fund", "show", "盐城", "--csv", file)
    lines = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [(each["number"], each["status"], each["workdays_left"]) for each in lines] == [
        ("2", "filed", "20"), ("1", "withdrawn", ""),
    ]  # fmt: skip
    out = office.ok("fund", "history", "盐城", "--csv", "-").out
    assert [each["sequence"] for each in csv.DictReader(io.StringIO(out))] == ["6", "5", "4", "3", "2", "1"]
    assert office.json("fund", "show", "宁波")["items"] == []
