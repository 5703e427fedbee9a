"""What the command line withholds of a call, in every display: read from a database that holds everything."""

from datetime import UTC, datetime

import pytest

from models.commands.matching import SubmitBid
from models.recording import RecordBatch
from models.refusal import Refused
from models.vocabulary import PanelPurpose
from runtime.settings import Settings
from runtime.wiring import parts
from storage.database import migrate
from tests.cli.terminal import Terminal
from tests.scenario import Play, city, digest

A, B = "甲公司", "乙公司"
SEALED, SCORING = "VIEW-1", "VIEW-2"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """One scene with sealed bids, of which one was refused, and one that is being scored; no engine runs."""
    folder = tmp_path_factory.mktemp("viewing")
    made = Settings(data_dir=folder)
    migrate(made.database_url.get_secret_value())
    sealed = Play(city("yancheng"), scene=SEALED).to_listed()
    sealed.post()
    for bidder in (A, B):
        sealed.bid(bidder)
    again = sealed.command(SubmitBid(bidder=A, commitment=digest("x")), sealed.bidder(A))
    scoring = Play(city("ningbo"), scene=SCORING).to_scoring(A, B)
    scoring.seat_panel(PanelPurpose.SCORING)
    scoring.do(scoring.score_act(A, 0.9), scoring.expert(1))
    with parts(made) as stored:
        for play in (sealed, scoring):
            stored.rulebooks.keep(play.policy)
            batch = RecordBatch(stream=play.scene, entries=tuple(play.journal))
            stored.ledger.record(batch, build="test", rules="test", now=datetime.now(UTC))
        stored.refusals.record(SEALED, again, Refused("already_bid", bidder=A), datetime.now(UTC))
    return Terminal(folder)


def everything(desk: Terminal, scene: str) -> str:
    """What every display of a scene says, in words and as JSON."""
    asked = [
        ("show", scene),
        ("history", scene, "--full"),
        ("deadlines", scene, "--all"),
        ("duty", "list", scene),
        ("ranking", scene),
        ("verbs", scene),
        ("panels", scene),
        ("refusals", "--scene", scene),
        ("outbox", "list", "--scene", scene, "--limit", "500"),
        ("list", "--text", scene),
    ]
    return "".join(desk.ok(*typed).out + desk.ok(*typed, "--json").out for typed in asked)


def test_sealed_bids_show_nowhere(desk: Terminal) -> None:
    said = everything(desk, SEALED)
    assert A not in said
    assert B not in said
    assert "密封" in desk.ok("history", SEALED).out
    assert desk.json("history", SEALED)["chain"]["whole"]
    assert desk.json("list", "--text", A)["total"] == 0


def test_a_bidder_reads_its_own(desk: Terminal) -> None:
    who = ("--as", f"bidder:{A}")
    (own,) = [
        each["entry"] for each in desk.json("history", SEALED, *who)["entries"]
        if each["entry"].get("command", {}).get("act", {}).get("verb") == "submit_bid"
    ]  # fmt: skip
    assert own["command"]["act"]["bidder"] == A
    assert B not in desk.ok("history", SEALED, "--json", *who).out


def test_judges_are_numbers_in_duties_deadlines_and_the_outbox(desk: Terminal) -> None:
    for typed in (
        ("show", SCORING),
        ("duty", "list", SCORING),
        ("deadlines", SCORING),
    ):
        for said in (desk.ok(*typed).out, desk.ok(*typed, "--json").out):
            assert "judge-1" in said
            assert "expert-" not in said
            assert "高校" not in said
    assert "judge-1" in desk.ok("outbox", "list", "--scene", SCORING, "--limit", "500").out


def test_the_history_of_a_scoring_has_no_names_and_no_points(desk: Terminal) -> None:
    entries = [each["entry"] for each in desk.json("history", SCORING)["entries"]]
    convened = max(each["sequence"] for each in entries if each["command"]["act"]["verb"] == "convene_panel")
    said = desk.ok("history", SCORING, "--from", str(convened), "--full").out
    said += desk.ok("history", SCORING, "--from", str(convened), "--json").out
    assert "expert-" not in said
    assert "高校" not in said
    assert "tenths" not in said
    last = desk.json("history", SCORING, "--from", str(convened))["entries"][-1]["entry"]
    assert last["command"]["act"]["scores"] == []


def test_an_auditor_reads_bids_and_no_names(desk: Terminal) -> None:
    said = desk.ok("duty", "list", SCORING, "--as", "auditor:审计局:someone", "--json").out
    assert "expert-" not in said
    assert A in desk.ok("history", SCORING, "--as", "auditor:审计局:someone", "--json").out
    assert A not in desk.ok("history", SCORING, "--as", "payer:市财政局:someone", "--json").out


def test_a_seat_stands_in_the_judges_own_inbox_alone(desk: Terminal) -> None:
    def seats(*typed: str) -> list[str]:
        return [each["deadline"] for each in desk.json("inbox", *typed) if each["limit"] == "scoring"]

    assert seats("--person", "expert-2") == ["scoring/expert-2"]
    assert seats("--department", "高校2") == []
    assert seats("--role", "expert") == []


def test_why_of_a_judges_duty_is_told_to_the_judge(desk: Terminal) -> None:
    assert desk.refused("show", SCORING, "--why", "scoring/expert-2") == "unknown_deadline"
    assert "scoring/expert-" not in desk("show", SCORING, "--why", "x", "--json").err
    mine = desk.json("show", SCORING, "--why", "scoring/expert-2", "--as", "expert:高校2:expert-2")
    assert mine["deadline"]["holder"]["person"] == "expert-2"
