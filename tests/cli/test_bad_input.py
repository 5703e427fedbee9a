"""Whatever is typed: one clear sentence with a code, a status that is not 0, and nothing has changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from models.commands import COMMAND_BYTES
from tests.cli.conftest import APPLICATION
from tests.cli.terminal import Terminal
from tests.scenario import ROOT

PLAIN = APPLICATION.replace('documents: ["@申报书.pdf"]\n', "")


@pytest.fixture(scope="module")
def known(scene: Terminal) -> str:
    """A scene at its first step."""
    scene.ok("submit", "--sample", "YC26-014", "--id", "BAD-INPUT")
    return "BAD-INPUT"


@pytest.fixture(autouse=True)
def _nothing_changes(scene: Terminal, known: str) -> Iterator[None]:
    before = scene.json("show", known), scene.json("list")["total"]
    yield
    assert (scene.json("show", known), scene.json("list")["total"]) == before


def application(folder: Path, text: str) -> Path:
    file = folder / "application.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "typed",
    [
        ("show", "NOPE"),
        ("history", "NOPE"),
        ("deadlines", "NOPE"),
        ("verbs", "NOPE"),
        ("outbox", "list", "--scene", "NOPE"),
        ("rebuild", "--scene", "NOPE"),
        ("show", "NOPE", "--live"),
        ("accept", "NOPE", "--as", "platform:某办:某人"),
        ("show", "../../etc/passwd"),
        ("show", "'; DROP TABLE scene; --"),
    ],
)
def test_an_unknown_scene(scene: Terminal, typed: tuple[str, ...]) -> None:
    assert scene.refused(*typed) == "unknown_scene"


def test_an_unknown_department_is_told_with_the_nearest(scene: Terminal, known: str) -> None:
    answer = scene("inbox", "--department", "市科学技木局")

    assert answer.status == 1
    assert "市科学技术局" in answer.err
    assert scene.refused("accept", known, "--as", "platform:不存在的局") == "unknown_unit"


def test_an_unknown_verb_is_told_with_the_nearest(scene: Terminal, known: str) -> None:
    answer = scene("act", known, "give_opinon", "--as", "lead")

    assert answer.status == 2
    assert "[unknown_verb]" in answer.err
    assert "give_opinion" in answer.err
    assert scene.refused("act", known, "pass_deadline", "--as", "lead", status=2) == "unknown_verb"


def test_a_verb_may_be_typed_in_chinese_but_the_rules_still_decide(scene: Terminal, known: str) -> None:
    typed = (
        "act",
        known,
        "发表意见",
        "--set",
        "position=agree",
        "--set",
        "text=同意",
        "--as",
        "cooperating:低空经济配合单位",
    )

    assert scene.refused(*typed) in ("not_your_part", "wrong_step")


@pytest.mark.parametrize(
    "option",
    ["--stage", "--type", "--first", "--sort", "--scale", "--track", "--maturity", "--project-stage", "--domain"],
)
def test_an_unknown_word_of_a_list_is_answered_with_the_list(scene: Terminal, option: str) -> None:
    answer = scene("list", option, "nope")

    assert answer.status == 2
    assert "[usage]" in answer.err
    assert "scene list --help" in answer.err


def test_an_unknown_step_or_city(scene: Terminal) -> None:
    assert scene.refused("list", "--step", "opned") == "unknown_step"
    assert scene.refused("list", "--city", "北京") == "file"


def test_the_wrong_step_names_what_is_possible(scene: Terminal, known: str) -> None:
    answer = scene("award", known, "--bidder", "甲", "--reasons", "x", "--as", "lead:低空经济牵头单位")

    assert answer.status == 1
    assert "登记 register" in scene("publish", known, "ranking", "--document", "0" * 64, "--as", "platform").err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--set", "position=maybe", "--set", "text=x"], "agree_with_conditions"),
        (["--set", "position=agree"], "text"),
        (["--set", "positon=agree"], "position"),
        (["--set", "text"], "text"),
        (["--set", "position=agree", "--set", "text=x", "--set", "text=y"], "text"),
        (["--set", "position=agree", "--set", f"text={'字' * 20_001}"], "20000"),
        (["--set", "position=agree", "--set", "text=abc\u202edef"], "U+202E"),
        (["--set", "position=agree", "--set", "text=\x1b[31mred"], "U+001B"),
        (["--set", "position=agree", "--set", "text=x", "--set", "conditions.7x=y"], "7x"),
        (["--set", "position.deeper=x"], "deeper"),
        (["--bidder", "甲"], "give_opinion"),
    ],
)
def test_a_malformed_act_names_its_field(scene: Terminal, known: str, typed: list[str], said: str) -> None:
    answer = scene("act", known, "give_opinion", *typed, "--as", "cooperating:低空经济配合单位")

    assert answer.status == 2
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_long_text_of_rare_characters_is_counted_in_characters(scene: Terminal, known: str) -> None:
    typed = ["--set", "reasons=" + "𠮷" * 10_000, "--as", "group"]

    answer = scene("act", known, "resume", *typed)

    assert answer.status == 1, "it is long, and it is not too long"
    assert "not_suspended" in answer.err


def test_an_oversized_command_is_refused_with_its_size(scene: Terminal, known: str) -> None:
    items = [word for _ in range(4) for word in ("--item", "字" * 19_000)]

    answer = scene("supplement", known, *items, "--as", "platform")

    assert "[too_large]" in answer.err
    assert str(COMMAND_BYTES) in answer.err


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (PLAIN.replace("budget_yuan: 800000", "budget_yuan: 八十万"), "application.yaml:8: budget_yuan"),
        (PLAIN.replace("need: 末端配送\n", ""), "need: 缺少这一项"),
        (PLAIN.replace("scale:", "scael:"), "是否应为 scale"),
        (PLAIN.replace("配送\n", "配\u202e送\n", 1), "U+202E"),
        (PLAIN.replace("末端配送", '"' + "长" * 20_001 + '"'), "need"),
        (PLAIN.replace("智能驾驶", "航天"), "智能驾驶"),
        (PLAIN.replace("盐城市", "北京市"), "北京市"),
        (PLAIN + 'documents: ["@missing.pdf"]\n', "missing.pdf"),
        (PLAIN + "need: 又一个\n", "出现两次"),
        ("- a list", "键: 值"),
        ("", "文件是空的"),
        ("a: [unclosed", "不是有效的 YAML"),
        (PLAIN.replace("true", "false"), "self_check_missing"),
    ],
)
def test_a_broken_application_is_told_by_file_line_and_key(
    scene: Terminal, tmp_path: Path, broken: str, said: str
) -> None:
    answer = scene("submit", application(tmp_path, broken))

    assert answer.status == 1
    assert said in answer.err


def test_a_file_that_is_not_there_or_not_text(scene: Terminal, tmp_path: Path) -> None:
    assert scene.refused("submit", tmp_path / "nope.yaml") == "file"
    assert scene.refused("submit", tmp_path) == "file"
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    assert scene.refused("submit", tmp_path / "picture.yaml") == "file"


@pytest.mark.parametrize("id", ["-x", "a b", "场景", "x" * 129, "../x"])
def test_a_scene_id_that_cannot_be_one(scene: Terminal, tmp_path: Path, id: str) -> None:
    answer = scene("submit", application(tmp_path, PLAIN), f"--id={id}")

    assert answer.status == 2
    assert "Traceback" not in answer.err


def test_an_unknown_sample_names_the_nearest(scene: Terminal) -> None:
    answer = scene("submit", "--sample", "YC26-999")

    assert answer.status == 1
    assert "YC26-0" in answer.err


@pytest.mark.parametrize("name", ["yancheng.yaml", "no-such-file.yaml", "北京"])
def test_a_bad_policy_file(scene: Terminal, tmp_path: Path, name: str) -> None:
    (tmp_path / "yancheng.yaml").write_text("city: 盐城市\nlimits: {trial: soon}\n", encoding="utf-8")
    named = name if name == "北京" else str(tmp_path / name)

    answer = scene("policy", "check", named)

    assert answer.status == 1
    assert "✘" in answer.out


@pytest.mark.parametrize(
    "typed",
    [
        ("--start", "2026-02-30", "--workdays", "5"),
        ("--start", "26-1-1", "--days", "5"),
        ("--start", "2026-01-01", "--years", "9000"),
        ("--start", "9999-12-30", "--days", "5"),
        ("--start", "2026-01-01", "--workdays", "0"),
        ("--start", "2026-01-01", "--workdays", "-3"),
        ("--start", "2026-01-01", "--workdays", "99999999999999999999"),
        ("--start", "2026-01-01"),
        ("--start", "2026-01-01", "--days", "1", "--months", "1"),
    ],
)
def test_dates_out_of_bounds(scene: Terminal, typed: tuple[str, ...]) -> None:
    answer = scene("calendar", "due", *typed)

    assert answer.status in (1, 2)
    assert answer.out == ""
    assert answer.err.startswith("错误 [")


@pytest.mark.parametrize(
    ("day", "code"), [("2099-01-01", "effective_in_future"), ("2001-01-01", "effective_too_old"), ("soon", "malformed")]
)
def test_an_effective_date_out_of_bounds(scene: Terminal, known: str, day: str, code: str) -> None:
    typed = ("accept", known, "--effective-on", day, "--as", "platform")

    assert scene.refused(*typed, status=2 if code == "malformed" else 1) == code


def test_an_act_on_paper_needs_the_paper(scene: Terminal, known: str, tmp_path: Path) -> None:
    typed = ("accept", known, "--effective-document", f"@{tmp_path}/nope.pdf", "--as", "platform")

    assert scene.refused(*typed) == "file"


@pytest.mark.parametrize(
    "who", ["", "mayor", "system", "auditor", "expert:高校", "lead:" + "单" * 300, "owner:a\u200bb", "lead:x:张三"]
)
def test_an_identity_that_cannot_be(scene: Terminal, known: str, who: str) -> None:
    answer = scene("suspend", known, "--reasons", "x", f"--as={who}")

    assert answer.status == 2
    assert "[who]" in answer.err


def test_the_wrong_role_and_the_wrong_unit(scene: Terminal, known: str) -> None:
    assert scene.refused("accept", known, "--as", "owner") == "not_permitted"
    assert scene.refused("accept", known, "--as", "platform:市科学技术局") == "not_your_part"


def test_having_seen_more_than_there_is(scene: Terminal, known: str) -> None:
    assert scene.refused("accept", known, "--seen", "99", "--as", "platform") == "seen_ahead"


@pytest.mark.parametrize(
    "typed",
    [
        ("nope",),
        ("show",),
        ("show", "X", "--nope"),
        ("submit",),
        ("policy", "check"),
        ("inbox",),
        ("list", "--limit", "0"),
        ("list", "--page", "x"),
        ("import",),
        ("calendar", "show", "0"),
        ("--lang", "fr", "list"),
        ("act", "X", "accept_filing"),
        ("import", "scenes.docx"),
        ("import", "--template", "t.xlsx"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(scene: Terminal, typed: tuple[str, ...]) -> None:
    answer = scene(*typed)

    assert answer.status == 2
    assert answer.out == ""
    assert "[" in answer.err


def test_a_wrong_setting_is_named(scene: Terminal) -> None:
    answer = scene("list", SCENE_LOG_LEVEL="LOUD")

    assert answer.status == 2
    assert "SCENE_LOG_LEVEL" in answer.err


def test_acting_under_a_stated_name_works_on_this_machine_only(scene: Terminal, known: str) -> None:
    typed = ("accept", known, "--as", "platform")

    assert scene.refused(*typed, TEMPORAL_ADDRESS="temporal.example.cn:7233") == "as_not_here"


def test_a_server_that_is_not_there(scene: Terminal, known: str) -> None:
    answer = scene("accept", known, "--as", "platform", TEMPORAL_ADDRESS="127.0.0.1:9")

    assert answer.status == 1
    assert "[server_unreachable]" in answer.err
    assert "scene up" in answer.err


def test_a_database_that_is_not_there(nowhere: Terminal) -> None:
    for typed in (("list",), ("show", "X"), ("accept", "X", "--as", "platform"), ("rebuild",), ("archive", "list")):
        assert nowhere.refused(*typed) == "no_database"
    assert not nowhere.data_dir.exists(), "looking makes nothing"


def test_a_database_that_is_not_ours_or_does_not_answer(nowhere: Terminal, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    create_engine(f"sqlite:///{empty}").connect().close()

    assert nowhere.refused("list", SCENE_DATABASE_URL=f"sqlite:///{empty}") == "database_not_ready"
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database, and long enough to look at")
    assert nowhere.refused("list", SCENE_DATABASE_URL=f"sqlite:///{broken}") == "database_unreachable"
    away = "postgresql://scene:secret@127.0.0.1:9/scene"
    answer = nowhere("list", SCENE_DATABASE_URL=away)
    assert answer.status == 1
    assert "[database_unreachable]" in answer.err
    assert "secret" not in answer.err


def test_the_policies_are_looked_for_where_the_setting_says(scene: Terminal, tmp_path: Path) -> None:
    assert scene.ok("policy", "show", "盐城", SCENE_POLICIES_DIR=str(ROOT / "policies")).out
    assert scene.refused("policy", "show", "盐城", SCENE_POLICIES_DIR=str(tmp_path)) == "file"
