"""The register of documents and what runs from service, as the platform office has them."""

import re
from datetime import datetime
from pathlib import Path

from rules.deadlines import local_day
from tests.cli.terminal import Terminal


def test_a_supplement_notice_gets_its_number_is_served_and_then_the_owners_clock_runs(
    scene: Terminal, submitted: str, paper: str, tmp_path: Path
) -> None:
    scene.ok("supplement", submitted, "--item", "资金证明", "--as", "platform")

    shown = scene.json("show", submitted)
    assert [each["limit"] for each in shown["duties"]] == ["service"]
    (awaited,) = shown["awaiting_service"]
    assert (awaited["limit"], awaited["entry"], awaited["to"]["unit"]) == ("supplement", 2, "城市运营公司")
    assert "待送达" in scene.ok("show", submitted).out

    (listed,) = scene.json("document", "list", "--scene", submitted)["items"]
    assert re.fullmatch(r"盐场景补〔\d{4}〕\d+号", listed["number"])
    assert listed["service"]["status"] == "open"
    said = scene.ok("document", "show", listed["number"])
    assert f"补正通知书\n{listed['number']}" in said.out
    assert "1. 资金证明" in said.out

    later = scene.refused(
        "serve", submitted, "--entry", "2", "--how", "post", "--on", "2126-01-01", "--to", "张三",
        "--proof", paper, "--as", "platform",
    )  # fmt: skip
    assert later == "served_in_future"
    today = local_day(datetime.fromisoformat(shown["entered_at"])).isoformat()
    scene.ok(
        "serve", submitted, "--entry", "2", "--how", "post", "--on", today, "--to", "张三", "--proof", paper,
        "--as", "platform",
    )  # fmt: skip
    assert [each["limit"] for each in scene.json("show", submitted)["duties"]] == ["supplement"]
    (document,) = scene.json("document", "show", submitted, "2")
    assert (document["service"]["status"], document["proof"]["how"], document["proof"]["to"]) == ("met", "post", "张三")
    why = scene.ok("deadlines", submitted, "--why", "supplement").out
    assert "登记送达" in why

    file = tmp_path / "notice.txt"
    scene.ok("document", "show", listed["number"], "--out", file)
    assert file.read_text(encoding="utf-8") == document["text"]


def test_what_the_register_does_not_have_is_said(scene: Terminal, submitted: str) -> None:
    assert scene.refused("document", "show", "盐场景补〔1999〕1号") == "unknown_document"
    assert scene.refused("document", "show", submitted, "1") == "unknown_document"
    assert scene.json("document", "list", "--year", "1999")["items"] == []
    assert "没有文书" in scene.ok("document", "list", "--to", "谁").out


def test_the_doctor_looks_after_the_numbers(scene: Terminal, submitted: str) -> None:
    scene.ok("accept", submitted, "--as", "platform")
    finding = next(each for each in scene("doctor", "--json").json if each["check"] == "documents")
    assert finding["level"] == "ok"
