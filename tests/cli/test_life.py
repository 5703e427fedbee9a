"""A scene's life as it is typed: what its people see at each turn, the unpleasant ones included."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from rules.deadlines import BEIJING
from tests.cli.conftest import APPLICATION
from tests.cli.terminal import Terminal

LEAD = "lead"


def local_day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(BEIJING).date()


def listed(scene: Terminal, id: str, paper: str) -> None:
    scene.ok("register", id, "--finding", "无重复", "--looked-at", "OTHER-1", "--as", "platform")
    scene.ok("ask", id, "--question", "是否同意", "--as", LEAD)
    for unit in scene.json("show", id)["cooperating"]:
        scene.ok("opinion", id, "agree", "--text", "同意", "--as", f"cooperating:{unit}")
    scene.ok("fair-competition", id, "--conclusion", "通过", "--as", LEAD)
    panel(scene, id, "recognition")
    scene.ok("recognise", id, "--value", "可推广", "--as", LEAD)
    scene.ok("publish", id, "recognition", "--document", paper, "--number", "盐场〔2026〕1号", "--as", "platform")
    scene.skip(id, timedelta(days=8))
    scene.until_shown(id, "listing")
    scene.ok("list-scene", id, "--batch", "2026-1", "--as", "platform")


def panel(scene: Terminal, id: str, purpose: str) -> None:
    pool = [
        field
        for at in range(15)
        for field in ("--set", f"pool.{at}.person=expert-{at}", "--set", f"pool.{at}.unit=高校{at}")
    ]
    scene.ok("act", id, "convene-panel", "--set", f"purpose={purpose}", "--set", "size=5", *pool, "--as", LEAD)
    if purpose != "recognition":
        return
    heard = 0
    for at in range(15):
        said = ["--set", "recommend=是", "--set", f"text=评审意见{at}"]
        who = f"expert:高校{at}:expert-{at}"
        answer = scene("act", id, "give_expert_opinion", "--set", f"purpose={purpose}", *said, "--as", who)
        heard += answer.status == 0
    assert heard == 5, "those whom the lot chose"


def test_an_application_comes_back_as_it_was_written_with_its_papers_hash(scene: Terminal, submitted: str) -> None:
    shown = scene.json("show", submitted)

    assert shown["profile"]["name"] == "阿卜杜拉·买买提与𠮷田的䶮配送"
    assert shown["step"] == "submitted"
    assert shown["duties"][0]["verbs"][0] == "request_supplement"
    [entry] = scene.json("history", submitted)["entries"]
    [document] = entry["entry"]["command"]["act"]["application"]["documents"]
    assert document["title"] == "申报书.pdf"
    assert len(document["sha256"]) == 64


def test_the_same_application_typed_twice_is_one_scene_and_one_receipt(scene: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "twice.yaml"
    file.write_text(APPLICATION.replace('documents: ["@申报书.pdf"]', "regions: [亭湖区]"), encoding="utf-8")

    first, second = scene.json("submit", file), scene.json("submit", file)

    assert first == second
    assert first["scene"].startswith(f"YC-{local_day(first['at']).year}-")


def test_a_supplement_is_asked_for_and_answered(scene: Terminal, submitted: str, paper: str) -> None:
    scene.ok("supplement", submitted, "--item", "资金证明", "--item", "风险评估表", "--as", "platform")

    assert scene.json("show", submitted)["awaiting_service"][0]["holder"]["unit"] == "城市运营公司"
    scene.ok("act", submitted, "answer_supplement", "--set", f"documents={paper}", "--as", "owner")
    assert scene.json("show", submitted)["step"] == "submitted"
    again = scene.refused("supplement", submitted, "--item", "另一份", "--as", "platform")
    assert again == "supplement_once"


def test_a_scene_is_returned_resubmitted_and_taken_to_the_opening_of_its_bids(
    scene: Terminal, submitted: str, paper: str, tmp_path: Path
) -> None:
    id = submitted
    scene.ok("register", id, "--finding", "无重复", "--looked-at", "OTHER-1", "--as", "platform")
    scene.ok("return", id, "--to", "accepted", "--reasons", "需求不清", "--as", LEAD)
    assert scene.json("show", id)["step"] == "returned"
    scene.ok("act", id, "resubmit", "--set", "note=已补充", "--as", "owner")
    listed(scene, id, paper)

    closes = local_day(scene.json("show", id)["entered_at"]) + timedelta(days=21)
    posting = [
        "--mode",
        "揭榜挂帅",
        "--budget",
        "800000",
        "--criteria",
        "见评分表",
        "--legal-basis",
        "盐城AI+行动计划 三（四）15",
    ]
    scene.ok("post", id, *posting, "--closes-on", closes.isoformat(), "--as", "owner")
    proposal = tmp_path / "方案.pdf"
    proposal.write_bytes(b"a proposal")
    sealed = ["--proposal", f"@{proposal}", "--price", "500000", "--nonce", "seal-1-of-the-bid"]
    scene.ok("bid", id, "--bidder", "甲公司", *sealed, "--as", "bidder")
    assert scene.json("history", id)["entries"][-1]["entry"]["sealed"]
    own = scene.json("history", id, "--as", "bidder:甲公司")
    sealed_bid = own["entries"][-1]["entry"]["command"]["act"]
    assert sealed_bid.keys() == {"verb", "bidder", "commitment", "consortium"}
    assert scene.refused("reveal", id, "--bidder", "甲公司", *sealed, "--as", "bidder") == "wrong_step"
    scene.skip(id, timedelta(days=22))
    scene.until_shown(id, "opening")

    assert scene.refused("reveal", id, "--bidder", "甲公司", *sealed, "--as", "bidder") == "bids_not_open"
    scene.ok("open-bids", id, "--with-officer", "second-official", "--record", paper, "--as", "platform")
    wrong = ["--proposal", f"@{proposal}", "--price", "400000", "--nonce", "seal-1-of-the-bid"]
    assert scene.refused("reveal", id, "--bidder", "甲公司", *wrong, "--as", "bidder") == "commitment_mismatch"
    scene.ok("reveal", id, "--bidder", "甲公司", *sealed, "--as", "bidder")
    assert scene.json("show", id)["step"] == "eligibility"
    assert scene.json("list", "--step", "eligibility", "--text", id)["total"] == 1


def test_a_suspended_scene_stands_still_until_it_is_resumed(scene: Terminal, submitted: str) -> None:
    scene.ok("suspend", submitted, "--reasons", "核查线索", "--as", "owner")

    shown = scene.json("show", submitted)
    assert shown["suspended_since"]
    assert [duty["status"] for duty in shown["duties"]] == ["paused"]
    assert scene.refused("accept", submitted, "--as", "platform") == "suspended"
    assert "暂停" in scene.ok("show", submitted).out
    scene.ok("resume", submitted, "--reasons", "线索已排除", "--as", "group")
    assert scene.json("show", submitted)["suspended_since"] is None


def test_silence_is_told_as_the_systems_own_act(scene: Terminal, submitted: str) -> None:
    scene.skip(submitted, timedelta(days=15))
    scene.until_shown(submitted, "accepted")

    printed = scene.ok("history", submitted).out

    assert "到期 pass_deadline" in printed
    assert "系统" in printed


def test_a_withdrawn_scene_is_closed_and_says_so(scene: Terminal, submitted: str) -> None:
    scene.ok("withdraw", submitted, "--reasons", "不再需要", "--as", "owner")

    shown = scene.until_shown(submitted, "closed")
    assert shown["outcome"] == "withdrawn"
    assert scene.refused("accept", submitted, "--as", "platform") == "already_closed"
    assert scene.json("verbs", submitted)["possible"] == []
    assert scene.json("show", submitted, "--live")["step"] == "closed"


def test_what_can_be_done_now_names_who_may_do_it(scene: Terminal, submitted: str) -> None:
    possible = scene.json("verbs", submitted)["possible"]

    by = {each["verb"]: [party["role"] for party in each["by"]] for each in possible}
    assert by["register"] == ["platform_office"]
    assert "give_opinion" not in by


def test_an_extension_is_asked_for_by_the_id_that_deadlines_shows(scene: Terminal, submitted: str) -> None:
    scene.ok("register", submitted, "--finding", "无重复", "--looked-at", "OTHER-1", "--as", "platform")
    scene.ok("ask", submitted, "--question", "是否同意", "--as", LEAD)
    deadlines = scene.json("deadlines", submitted)

    ids = [each["id"] for each in deadlines]
    assert len(ids) == 3
    assert all(each["workdays_left"] is not None for each in deadlines)
    assert (
        scene.refused("extend", submitted, "--deadline", "nope", "--reasons", "忙", "--as", LEAD) == "unknown_deadline"
    )


def test_a_decision_is_served_and_appealed(scene: Terminal, submitted: str, paper: str) -> None:
    scene.ok("act", submitted, "decline_admission", "--set", "reasons=不属于受理范围", "--as", "platform")
    shown = scene.json("show", submitted)
    [decision] = shown["decisions"]
    number, today = str(decision["sequence"]), local_day(shown["entered_at"]).isoformat()

    appeal = ["appeal", submitted, "--decision", number, "--grounds", "属于受理范围", "--as", "owner"]
    assert scene.refused(*appeal) == "decision_not_served"
    served = ["--to", "城市运营公司", "--on", today, "--proof", paper]
    scene.ok("serve", submitted, "--entry", number, *served, "--as", "platform")
    scene.ok(*appeal)
    assert scene.json("show", submitted)["decisions"][0]["appealed_by"]


def test_live_and_lists_show_the_same_scene(scene: Terminal, submitted: str) -> None:
    listed_, live = scene.json("show", submitted), scene.json("show", submitted, "--live")

    assert live.pop("source") == "workflow"
    assert listed_.pop("source") == "ledger"
    assert live == listed_


def test_english_is_a_flag_or_a_setting_away(scene: Terminal, submitted: str) -> None:
    by_flag = scene.ok("show", submitted, "--lang", "en").out
    by_setting = scene.ok("show", submitted, SCENE_LANGUAGE="en").out

    assert by_flag == by_setting
    assert "Duties" in by_flag
    assert "待办" not in by_flag


def test_the_same_command_under_the_same_id_is_done_once(scene: Terminal, submitted: str) -> None:
    typed = ("accept", submitted, "--as", "platform", "--command-id")

    first, again = scene.json(*typed, f"{submitted}-a"), scene.json(*typed, f"{submitted}-a")

    assert first == again
    assert len(scene.json("history", submitted)["entries"]) == 2
    other = ("suspend", submitted, "--reasons", "核查", "--as", "owner", "--command-id", f"{submitted}-a")
    assert scene.refused(*other) == "command_id_reused"
    assert scene.json("show", submitted)["suspended_since"] is None


def test_a_decision_on_what_has_changed_since_is_stale(scene: Terminal, submitted: str) -> None:
    scene.ok("suspend", submitted, "--reasons", "核查", "--as", "owner")

    assert scene.refused("resume", submitted, "--reasons", "续", "--as", "group", "--seen", "1") == "stale"


def test_a_department_acts_while_the_database_is_away(scene: Terminal, submitted: str) -> None:
    away = "postgresql://scene:secret@127.0.0.1:9/scene"

    answer = scene("accept", submitted, "--as", "platform", "--json", SCENE_DATABASE_URL=away)

    assert answer.status == 0, answer
    assert not answer.json["recorded"]
    scene.until_shown(submitted, "accepted")


def test_without_a_worker_nothing_is_done_and_the_id_to_repeat_it_is_told(
    scene: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.scene_client.ANSWER_WITHIN", timedelta(seconds=0.5))
    file = tmp_path / "scene.yaml"
    file.write_text(APPLICATION.replace('documents: ["@申报书.pdf"]', "regions: [盐都区]"), encoding="utf-8")

    answer = scene("submit", file, "--id", "NO-WORKER", "--command-id", "again", SCENE_TASK_QUEUE="nobody-listens")
    scene.take_away("NO-WORKER")

    assert answer.status == 1
    assert "[no_worker]" in answer.err
    assert "--command-id again" in answer.err
    assert scene.refused("show", "NO-WORKER") == "unknown_scene"


def test_who_acts_for_another_is_on_record(scene: Terminal, submitted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for_another = ("accept", submitted, "--as", "platform::li-si", "--on-behalf-of", "wang-wu")
    assert scene.refused(*for_another) == "path_unproven", "no directory says so"
    monkeypatch.setitem(scene.settings, "SCENE_TRUST_PATHS", "true")
    scene.ok("accept", submitted, "--as", "platform::li-si", "--on-behalf-of", "wang-wu")

    assert "li-si" in scene.ok("history", submitted).out
    assert "wang-wu" in scene.ok("history", submitted).out


def test_an_act_can_come_from_a_file_with_its_papers_beside_it(scene: Terminal, submitted: str, tmp_path: Path) -> None:
    scene.ok("supplement", submitted, "--item", "资金证明", "--as", "platform")
    (tmp_path / "资金证明.pdf").write_bytes(b"money")
    file = tmp_path / "answer.yaml"
    file.write_text('documents: ["@资金证明.pdf"]\nnote: 已补\n', encoding="utf-8")

    scene.ok("act", submitted, "answer_supplement", "--file", file, "--as", "owner")

    file.write_text("documents: []\nnoet: x\n", encoding="utf-8")
    answer = scene("act", submitted, "answer_supplement", "--file", file, "--as", "owner")
    assert answer.status == 1
    assert "answer.yaml:2: noet" in answer.err
