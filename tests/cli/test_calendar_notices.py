"""A holiday notice on the command line: read, proposed, confirmed by another, and brought into every scene once."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress

from cli.year_notices import AT_ONCE, _Run
from client.notice_loading import NoticeLoader
from models.refusal import Refused
from models.year_notice import NoticeLoaded
from runtime.settings import Settings
from runtime.wiring import parts
from tests.cli.terminal import Terminal, town
from tests.holiday_texts import TEXTS
from tests.scenario import ROOT

SCENE = str(Path(sysconfig.get_path("scripts")) / "scene")
OFFICE, GROUP = ("--as", "platform_office", "--city", "盐城市"), ("--as", "leading_group")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """An engine of its own: a notice goes into every scene there is."""
    with town(tmp_path_factory.mktemp("notices")) as terminal:
        yield terminal


def submit(office: Terminal, *scenes: str, sample: str = "YC26-017") -> date:
    """Submits scenes; gives the day on which they all have their first deadline."""
    for each in scenes:
        office.ok("submit", "--sample", sample, "--id", each)
    return min(date.fromisoformat(office.json("deadlines", each)[0]["due_on"]) for each in scenes)


def due(office: Terminal, scene: str) -> list[date]:
    return [date.fromisoformat(each["due_on"]) for each in office.json("deadlines", scene)]


def holiday_on(day: date, folder: Path, source: str) -> Path:
    """An invented notice that makes a day a holiday; each source is a notice of its own."""
    file = folder / f"{source}.yaml"
    days = f"holidays:\n  - {{name: 临时假, days: [{day}]}}\n"
    file.write_text(f"year: {day.year}\nsource: {source}\ninvented: true\n{days}", encoding="utf-8")
    return file


def proposed(office: Terminal, file: Path) -> str:
    digest: str = office.json("calendar", "propose", file, *OFFICE)["digest"]
    return digest


def confirmed(office: Terminal, file: Path) -> str:
    digest = proposed(office, file)
    office.ok("calendar", "confirm", digest[:12], *GROUP)
    return digest


def doctor(office: Terminal) -> dict[str, Any]:
    """What it finds of the notices."""
    (found,) = [each for each in office("doctor", "--json").json if each["check"] == "notices"]
    return dict(found)


def by_scene(answer: Any) -> dict[str, Any]:
    return {each["scene"]: each for each in answer["items"]}


def loadings(office: Terminal, scene: str) -> int:
    """How often a notice stands in a scene's journal."""
    entries = office.json("history", scene)["entries"]
    return sum(each["entry"]["command"]["act"]["verb"] == "load_calendar" for each in entries)


def kept(office: Terminal, digest: str) -> set[str]:
    with closing(sqlite3.connect(office.data_dir / "scene.db")) as connection:
        rows = connection.execute("SELECT scene FROM notice_loaded WHERE digest = ?", (digest,))
        return {scene for (scene,) in rows}


@contextmanager
def applying(office: Terminal, digest: str) -> Iterator[subprocess.Popen[str]]:
    """`scene calendar apply` as a process of its own, one scene at a time."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("SCENE_", "TEMPORAL_"))}
    with subprocess.Popen(
        [SCENE, "calendar", "apply", digest, "--at-once", "1", "--json"],
        env={**plain, "SCENE_DATA_DIR": str(office.data_dir)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def until(true: Any, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.2)


# reading


def test_a_published_text_is_shown_and_written_as_a_calendar_file(nowhere: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "通知.txt"
    file.write_text(TEXTS[2026], encoding="utf-8")

    answer = nowhere.json("calendar", "read", file, "--write", tmp_path)

    assert (answer["notice"]["year"], answer["rest_days"], answer["makeup_workdays"]) == (2026, 33, 6)
    assert nowhere.json("calendar", "check", tmp_path / "cn-2026.yaml")["rest_days"] == 33
    told = nowhere.ok("calendar", "read", file).out
    assert "春节" in told
    assert "2026-02-14" in told


def test_a_contradiction_in_the_text_is_told_in_both_languages(nowhere: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "通知.txt"
    file.write_text(TEXTS[2026].replace("共9天", "共8天"), encoding="utf-8")

    assert nowhere.refused("calendar", "read", file) == "file"
    assert "通知.txt:7: 春节: 写的是“共8天”，按日期却是 9 天" in nowhere("calendar", "read", file).err
    assert "check the dates" in nowhere("--lang", "en", "calendar", "read", file).err


def test_a_notice_comes_from_stdin_as_well(tmp_path: Path) -> None:
    command = [SCENE, "calendar", "read", "-", "--json"]

    done = subprocess.run(command, input=TEXTS[2025], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout)["notice"]["issued_on"] == "2024-11-12"


# deciding


def test_one_proposes_and_another_confirms(office: Terminal, tmp_path: Path) -> None:
    day = submit(office, "DECIDE-1")
    file = holiday_on(day, tmp_path, "提出与确认")

    answer = office.json("calendar", "propose", file, *OFFICE)
    digest = answer["digest"]

    assert answer["status"] == "proposed"
    assert answer["foreseen"]["deadlines_moved"] >= 1
    assert due(office, "DECIDE-1") == [day], "proposing moves nothing"
    assert office.json("calendar", "propose", file, *OFFICE)["proposed_at"] == answer["proposed_at"]
    assert office.refused("calendar", "apply", digest) == "year_notice_not_confirmed"
    proposer = answer["proposed_by"]["person"]
    unit = "盐城市场景培育和开放工作领导小组"
    assert office.refused("calendar", "confirm", digest, "--as", f"leading_group:{unit}:{proposer}") == "same_person"
    assert office.refused("calendar", "confirm", digest, "--as", "platform_office") == "not_permitted"
    other = "leading_group:全市场景征集和发布统一平台"
    assert office.refused("calendar", "confirm", digest, "--as", other) == "not_the_office"
    assert office.refused("calendar", "confirm", "f" * 12, *GROUP) == "unknown_year_notice"
    assert office.refused("calendar", "confirm", "", *GROUP) == "unknown_year_notice"

    assert office.json("calendar", "confirm", digest[:10], *GROUP)["status"] == "confirmed"

    assert office.json("calendar", "confirm", digest, *GROUP)["status"] == "confirmed"
    assert office.refused("calendar", "reject", digest, *GROUP, "--reasons", "x") == "year_notice_decided"
    kept = office.json("refusals", "--scene", f"calendar:{day.year}")["items"][:4]
    codes = ["year_notice_decided", "not_the_office", "not_permitted", "same_person"]
    assert [each["refusal"]["code"] for each in kept] == codes, "like any other refusal"
    assert kept[-1]["refusal"]["actor"]["person"] == proposer
    assert {each["refusal"]["command"]["act"]["digest"] for each in kept} == {digest}
    assert kept[0]["refusal"]["command"]["act"]["reasons"] == "x"
    assert "确认放假通知" in office.ok("refusals", "--scene", f"calendar:{day.year}").out
    [listed] = [each for each in office.json("calendar", "notices") if each["digest"] == digest]
    assert (listed["status"], listed["scenes"], listed["city"]) == ("confirmed", 0, "盐城市")
    assert digest[:12] in office.ok("calendar", "notices").out


def test_a_rejected_notice_is_not_loaded_and_not_proposed_again(office: Terminal, tmp_path: Path) -> None:
    file = holiday_on(date(2031, 5, 6), tmp_path, "否决")
    digest = proposed(office, file)

    answer = office.json("calendar", "reject", digest, *GROUP, "--reasons", "不是正式文本")

    assert (answer["status"], answer["decision"]["reasons"]) == ("rejected", "不是正式文本")
    assert office.refused("calendar", "apply", digest) == "year_notice_not_confirmed"
    assert office.refused("calendar", "propose", file, *OFFICE) == "year_notice_decided"
    assert "不是正式文本" in office("calendar", "propose", file, *OFFICE).err


def test_whose_office_proposes_has_to_be_clear(office: Terminal, tmp_path: Path) -> None:
    file = holiday_on(date(2031, 5, 7), tmp_path, "哪个城市")

    assert office.refused("calendar", "propose", file, "--as", "platform_office", status=2) == "who"
    named = office.json("calendar", "propose", file, "--as", "platform_office:全市场景征集和发布统一平台")
    assert named["city"] == "盐城市"
    assert office.refused("calendar", "propose", file, "--as", "lead", "--city", "盐城市", status=2) == "who"
    assert office.refused("calendar", "propose", file, "--as", "bureau", "--city", "盐城市") == "not_permitted"
    (kept,) = office.json("refusals", "--scene", "calendar:2031", "--code", "not_permitted")["items"]
    assert kept["refusal"]["actor"]["role"] == "st_bureau"
    assert kept["refusal"]["command"]["act"]["verb"] == "propose_calendar"


# loading


def test_every_open_scene_gets_it_once(office: Terminal, tmp_path: Path) -> None:
    day = submit(office, "APPLY-1", "APPLY-2", "APPLY-3", "APPLY-4")
    office.ok("accept", "APPLY-2", "--as", "platform")
    accepted = due(office, "APPLY-2")
    office.ok("suspend", "APPLY-3", "--reasons", "核查", "--as", "group")
    office.ok("withdraw", "APPLY-4", "--reasons", "不再需要", "--as", "owner")
    office.until_shown("APPLY-4", "closed")
    digest = confirmed(office, holiday_on(day, tmp_path, "载入一次"))

    foreseen = by_scene(office.json("calendar", "apply", digest, "--dry-run"))
    assert due(office, "APPLY-1") == [day], "looking moves nothing"
    warned = doctor(office)
    assert warned["level"] == "warning"
    assert f"scene calendar apply {digest[:12]}" in warned["advice"]
    assert {"APPLY-1", "APPLY-2", "APPLY-3"} <= {*warned["details"]["lacking"][digest]}
    assert "APPLY-4" not in warned["details"]["lacking"][digest]
    done = office.json("calendar", "apply", digest)
    assert digest not in doctor(office)["details"].get("lacking", {})

    told = by_scene(done)
    assert told == foreseen
    assert "APPLY-4" not in told
    [move] = told["APPLY-1"]["moves"]
    assert (move["limit"], move["due_from"]) == ("completeness", str(day))
    assert due(office, "APPLY-1") == [date.fromisoformat(move["due_to"])] > [day]
    assert (told["APPLY-3"]["moves"], told["APPLY-3"]["unchanged"]) == ([], 1)
    assert len(told["APPLY-2"]["moves"]) + told["APPLY-2"]["unchanged"] == len(accepted)
    assert {loadings(office, f"APPLY-{n}") for n in (1, 2, 3)} == {1}
    assert loadings(office, "APPLY-4") == 0
    entry = office.json("history", "APPLY-1")["entries"][-1]["entry"]["command"]
    assert entry["command_id"] == f"notice-{digest[:24]}-APPLY-1"
    assert (entry["actor"]["role"], entry["actor"]["unit"]) == ("platform_office", "全市场景征集和发布统一平台")

    assert office.json("calendar", "apply", digest) == done
    assert {loadings(office, f"APPLY-{n}") for n in (1, 2, 3)} == {1}
    shown = office.ok("calendar", "apply", digest)
    assert f"{move['due_from']} → {move['due_to']}" in shown.out
    assert "新申报的场景不会带上它" in shown.err


def test_a_resumed_clock_counts_with_the_notice_that_came_while_it_stood(office: Terminal, tmp_path: Path) -> None:
    day = submit(office, "PAUSE-1", "PAUSE-2")
    for each in ("PAUSE-1", "PAUSE-2"):
        office.ok("suspend", each, "--reasons", "核查", "--as", "group")
    office.ok("resume", "PAUSE-1", "--reasons", "结束", "--as", "group")
    assert due(office, "PAUSE-1") == [day]
    office.ok("calendar", "apply", confirmed(office, holiday_on(day, tmp_path, "暂停期间")))

    office.ok("resume", "PAUSE-2", "--reasons", "结束", "--as", "group")

    assert due(office, "PAUSE-2") == due(office, "PAUSE-1") > [day]


def test_a_scene_with_a_notice_of_its_own_is_foreseen_as_well(office: Terminal, tmp_path: Path) -> None:
    """No rulebook has its calendar: its journal leads to it."""
    day = submit(office, "OWN-1")
    by_hand = holiday_on(day, tmp_path, "手工载入")
    confirmed(office, by_hand)
    office.ok("act", "OWN-1", "load_calendar", "--set", f"notice=@{by_hand}", "--as", "platform")
    [second] = due(office, "OWN-1")
    digest = confirmed(office, holiday_on(day, tmp_path, "以此为准"))

    foreseen = by_scene(office.json("calendar", "apply", digest, "--dry-run"))["OWN-1"]
    told = by_scene(office.json("calendar", "apply", digest))["OWN-1"]

    assert told == foreseen
    assert (told["result"], told["moves"], told["unchanged"]) == ("loaded", [], 1)
    assert due(office, "OWN-1") == [second] > [day]


def test_a_notice_that_nobody_confirmed_moves_no_date_whatever_its_sender_says(
    office: Terminal, tmp_path: Path
) -> None:
    day = submit(office, "FORGED-1")
    forged = holiday_on(day, tmp_path, "无人确认")
    load = ("act", "FORGED-1", "load_calendar", "--set", f"notice=@{forged}", "--as", "platform")
    for claim in ((), ("--set", "proposed_by=p-1", "--set", "confirmed_by=p-2")):
        assert office.refused(*load, *claim) == "notice_unconfirmed"
    proposed(office, forged)
    assert office.refused(*load) == "notice_unconfirmed"
    assert due(office, "FORGED-1") == [day]
    refused = office.json("refusals", "--scene", "FORGED-1")["items"]
    assert [each["refusal"]["code"] for each in refused] == ["notice_unconfirmed"] * 3


def test_a_killed_run_is_taken_up_where_it_was(office: Terminal, tmp_path: Path) -> None:
    """Killed while it keeps what the third scene did: the scene has the notice, and nobody knows."""
    scenes = [f"KILL-{n}" for n in range(1, 6)]
    day = submit(office, *scenes)
    digest = confirmed(office, holiday_on(day, tmp_path, "中断续办"))
    before = live_calendar(office, "KILL-3")
    stuck = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with closing(sqlite3.connect(office.data_dir / "scene.db", isolation_level=None, timeout=30)) as connection:
        connection.execute(
            f"CREATE TRIGGER stuck BEFORE INSERT ON notice_loaded WHEN NEW.scene = 'KILL-3' BEGIN {stuck}; END"
        )
        with applying(office, digest) as process:
            until(lambda: live_calendar(office, "KILL-3") != before, process)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=10)
        connection.execute("DROP TRIGGER stuck")
    assert kept(office, digest) & {*scenes} == {"KILL-1", "KILL-2"}
    assert [due(office, each) == [day] for each in scenes[3:]] == [True, True]

    told = by_scene(office.json("calendar", "apply", digest))

    assert {each: (told[each]["result"], len(told[each]["moves"])) for each in scenes} == dict.fromkeys(
        scenes, ("loaded", 1)
    )
    assert {loadings(office, each) for each in scenes} == {1}
    assert kept(office, digest) >= {*scenes}


def live_calendar(office: Terminal, scene: str) -> str:
    """By which calendar the scene itself counts, whatever the ledger knows of it."""
    version: str = office.json("show", scene, "--live")["policy"]["calendar"]
    return version


def test_a_scene_that_is_submitted_meanwhile_is_not_missed(office: Terminal, tmp_path: Path) -> None:
    """It is submitted while the first scene's result waits for the database, and so is not even recorded."""
    day = submit(office, "LATE-1")
    digest = confirmed(office, holiday_on(day, tmp_path, "迟到的场景"))
    first = min(each["scene"] for each in office.json("list", "--limit", "500")["items"] if each["step"] != "closed")
    before = live_calendar(office, first)
    with (
        closing(sqlite3.connect(office.data_dir / "scene.db", isolation_level=None)) as connection,
        applying(office, digest) as process,
    ):
        connection.execute("BEGIN IMMEDIATE")
        until(lambda: live_calendar(office, first) != before, process)
        office.ok("submit", "--sample", "YC26-017", "--id", "LATE-2", "--wait", "0")
        connection.execute("ROLLBACK")
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err

    told = by_scene(json.loads(out))
    assert {"LATE-1", "LATE-2"} <= told.keys()
    assert loadings(office, "LATE-2") == 1
    assert due(office, "LATE-2") == due(office, "LATE-1") > [day]


def test_a_scene_that_fails_is_told_with_its_code_and_tried_again(office: Terminal, tmp_path: Path) -> None:
    """Who acts for one city may not act in another's scenes."""
    day = submit(office, "FAIL-1")
    other = submit(office, "FAIL-2", sample="NB-001")
    digest = confirmed(office, holiday_on(min(day, other), tmp_path, "失败再办"))

    answer = office("calendar", "apply", digest, "--as", "platform_office:全市场景征集和发布统一平台", "--json")

    assert answer.status == 1
    told = by_scene(answer.json)
    assert (told["FAIL-1"]["result"], told["FAIL-1"]["error"]) == ("loaded", None)
    assert (told["FAIL-2"]["result"], told["FAIL-2"]["error"]["code"]) == ("failed", "unknown_unit")
    assert answer.json["counts"]["failed"] == 1
    assert loadings(office, "FAIL-2") == 0
    again = by_scene(office.json("calendar", "apply", digest))
    assert (again["FAIL-2"]["result"], again["FAIL-1"]) == ("loaded", told["FAIL-1"])
    assert (loadings(office, "FAIL-1"), loadings(office, "FAIL-2")) == (1, 1)


def test_one_city_alone(office: Terminal, tmp_path: Path) -> None:
    day = submit(office, "CITY-1")
    submit(office, "CITY-2", sample="NB-001")
    digest = confirmed(office, holiday_on(day, tmp_path, "只办一市"))

    told = by_scene(office.json("calendar", "apply", digest, "--city", "宁波市"))

    assert "CITY-2" in told
    assert "CITY-1" not in told
    assert (loadings(office, "CITY-1"), loadings(office, "CITY-2")) == (0, 1)


def test_a_scene_that_ends_or_gets_it_another_way_meanwhile_counts_as_done(office: Terminal, tmp_path: Path) -> None:
    """The ledger does not know yet: it takes no entry of these scenes."""
    day = submit(office, "GONE-1", "GONE-2")
    file = holiday_on(day, tmp_path, "另行载入")
    digest = confirmed(office, file)
    with closing(sqlite3.connect(office.data_dir / "scene.db", isolation_level=None)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entry WHEN NEW.stream LIKE 'GONE-%' BEGIN"
            " SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        try:
            office.ok("withdraw", "GONE-1", "--reasons", "不再需要", "--as", "owner", "--wait", "0")
            loaded = ("--set", f"notice=@{file}", "--as", "platform", "--wait", "0")
            office.ok("act", "GONE-2", "load_calendar", *loaded)
            told = by_scene(office.json("calendar", "apply", digest))
        finally:
            connection.execute("DROP TRIGGER full")

    assert (told["GONE-1"]["result"], told["GONE-2"]["result"]) == ("closed", "already")
    assert kept(office, digest) >= {"GONE-1", "GONE-2"}
    office.until_shown("GONE-1", "closed")
    end = time.monotonic() + 30
    while not (times := loadings(office, "GONE-2")) and time.monotonic() < end:
        time.sleep(0.1)
    assert times == 1


def test_a_later_notice_of_the_same_year_takes_the_place_of_an_earlier_one(office: Terminal, tmp_path: Path) -> None:
    first = confirmed(office, holiday_on(date(2032, 5, 6), tmp_path, "先确认"))
    later = confirmed(office, holiday_on(date(2032, 5, 7), tmp_path, "后确认"))

    assert office.refused("calendar", "apply", first) == "year_notice_overtaken"
    assert later[:12] in office("calendar", "apply", first).err
    office.ok("calendar", "apply", later, "--dry-run")


def test_where_the_years_file_is_in_place_nobody_is_told_to_put_it_there(office: Terminal, tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", policies)
    file = holiday_on(date(2033, 5, 6), tmp_path, "年度文件")
    digest = proposed(office, file)
    here = {"SCENE_POLICIES_DIR": str(policies)}
    assert "新申报的场景不会带上它" in office.ok("calendar", "confirm", digest, *GROUP, **here).out

    told = office.ok("calendar", "confirm", digest, *GROUP, "--write", policies / "calendars", **here)

    assert "新申报的场景不会带上它" not in told.out
    assert (policies / "calendars/cn-2033.yaml").exists()
    office.ok("submit", "--sample", "YC26-017", "--id", "NEW-1", **here)
    assert by_scene(office.json("calendar", "apply", digest))["NEW-1"]["result"] == "already"
    assert loadings(office, "NEW-1") == 0


def test_without_a_server_nothing_is_loaded_and_it_is_said(office: Terminal, tmp_path: Path) -> None:
    digest = confirmed(office, holiday_on(date(2034, 5, 6), tmp_path, "没有服务"))

    assert office.refused("calendar", "apply", digest, TEMPORAL_ADDRESS="127.0.0.1:9") == "server_unreachable"
    assert kept(office, digest) == set()


def test_where_nobody_answers_not_every_scene_is_waited_for(office: Terminal, tmp_path: Path) -> None:
    """Each would take as long as an answer may; that takes a loader that waits for nothing."""
    day = submit(office, "MUTE-1")
    proposal = confirmed(office, holiday_on(day, tmp_path, "无人应答"))
    asked = []

    class Mute(NoticeLoader):
        async def load(self, scene: str, now: datetime) -> NoticeLoaded:
            asked.append(scene)
            raise Refused("no_worker")

    with parts(Settings(data_dir=office.data_dir)) as opened:
        [kept_] = opened.year_notices.starting_with(proposal)
        loader = Mute(*(None,) * 3, kept_, lambda _: kept_.proposed_by)  # type: ignore[arg-type]
        run = _Run(opened, loader, asyncio.Semaphore(4), Progress(disable=True))
        asyncio.run(_all(run, [f"MUTE-{n}" for n in range(40)]))

    assert run.nobody_answers
    assert AT_ONCE <= len(asked) < AT_ONCE + 4


async def _all(run: _Run, scenes: list[str]) -> None:
    await asyncio.gather(*(run.bring_into(scene) for scene in scenes))
