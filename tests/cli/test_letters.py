"""Letters, as who looks after the engine sees them: contacts, a test, what was given up."""

import re
import sqlite3
import textwrap
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.mailbox import DeliveryRules
from tests.cli.terminal import Terminal
from tests.postoffice import plain, post_office
from tests.scenario import ROOT


def test_a_test_letter_arrives(nowhere: Terminal) -> None:
    with post_office() as office:
        answer = nowhere.ok("outbox", "test-send", "kj@city.example", "--json", SCENE_SMTP_URL=office.url)
    assert answer.json == {"sent_to": "kj@city.example"}
    (letter,) = office.letters
    assert letter["To"] == "kj@city.example"
    assert "可用" in plain(letter)


def test_why_a_test_letter_did_not_arrive_is_said(nowhere: Terminal) -> None:
    typed = ("outbox", "test-send", "gone@city.example")
    assert nowhere.refused(*typed) == "no_mail_server"
    with post_office() as office:
        office.refuses["gone@city.example"] = "550 no such user"
        assert nowhere.refused(*typed, SCENE_SMTP_URL=office.url) == "address_refused"
        office.refuses.clear()
        office.busy = "451 later"
        assert nowhere.refused(*typed, SCENE_SMTP_URL=office.url) == "mail_server_away"
    assert nowhere.refused(*typed, SCENE_SMTP_URL=office.url) == "mail_server_away"
    wrong = nowhere(*typed, SCENE_SMTP_URL="mail.city.example:25")
    assert wrong.status != 0
    assert "smtp" in wrong.err


def test_contacts_are_checked_and_listed(nowhere: Terminal) -> None:
    nowhere.data_dir.mkdir()
    file = nowhere.data_dir / "contacts.yaml"
    assert nowhere.json("notify", "contacts")["contacts"] == []
    file.write_text(
        "contacts:\n- mailbox: unit:盐城市/市科技局\n  email: [kj@city.example]\n  digest_at: 09:00\n"
        "  hours: {begins: 08:30, ends: 17:30}\n"
    )
    (contact,) = nowhere.json("notify", "contacts")["contacts"]
    assert (contact["mailbox"], contact["digest_at"]) == ("unit:盐城市/市科技局", "09:00:00")
    assert "08:30-17:30" in nowhere.ok("notify", "contacts").out

    file.write_text("contacts:\n- mailbox: unit:盐城市/市科技局\n  email: [nobody]\n")
    wrong = nowhere("notify", "contacts")
    assert wrong.status != 0
    assert "contacts.yaml:3" in wrong.err

    file.write_text("contacts:\n- mailbox: unit:盐城市/市科技局\n  without:\n  - closed\n  - decision\n")
    wrong = nowhere("notify", "contacts")
    assert wrong.status != 0
    assert "contacts.yaml:5: contacts.0.without.1: “decision”不能关闭" in wrong.err
    assert "remove it, or use one of: early_reminder" in nowhere("--lang", "en", "notify", "contacts").err

    file.write_text(
        "contacts:\n- mailbox: person:a\n  away: [{first: 2026-10-01, last: 2026-10-09, substitute: 'person:b'}]\n"
        "- mailbox: person:b\n  away: [{first: 2026-10-05, last: 2026-10-12, substitute: 'person:a'}]\n"
    )
    assert "2026-10-05" in nowhere("notify", "contacts").err


def test_delivery_rules_are_listed_and_a_wrong_one_names_its_line(nowhere: Terminal) -> None:
    nowhere.data_dir.mkdir()
    file = nowhere.data_dir / "contacts.yaml"
    file.write_text("delivery:\n  at_once: [orange, red]\n  longest_pause: 30\n  attempts: 12\n")
    rules = nowhere.json("notify", "contacts")["delivery"]
    assert rules == {"at_once": ["orange", "red"], "first_retry": 1, "longest_pause": 30, "attempts": 12}
    assert "最长 30 分钟，12 次后放弃" in nowhere.ok("notify", "contacts").out

    file.write_text("delivery:\n  first_retry: 30\n  longest_pause: 5\n")
    wrong = nowhere("notify", "contacts")
    assert wrong.status != 0
    assert "contacts.yaml:1: delivery: first_retry 比 longest_pause 长；请对调" in wrong.err
    file.write_text("delivery:\n  attempts: 0\n  at_once: [loud]\n")
    wrong = nowhere("--lang", "en", "notify", "contacts")
    assert "contacts.yaml:2: delivery.attempts: 0 does not fit" in wrong.err
    assert "contacts.yaml:3: delivery.at_once.0: 'loud' does not fit" in wrong.err


def test_what_was_given_up_is_listed_found_by_the_doctor_and_sent_again(scene: Terminal) -> None:
    scene.ok("submit", "--sample", "YC26-022", "--id", "LETTER-1")
    scene.until_shown("LETTER-1", "submitted")
    with closing(sqlite3.connect(scene.data_dir / "scene.db", isolation_level=None)) as connection:
        connection.execute(
            "UPDATE outbox SET given_up_at = created_at, last_error = '550 no such user' WHERE stream = 'LETTER-1'"
        )
    dead = scene.json("outbox", "list", "--dead", "--scene", "LETTER-1")
    assert dead["total"] >= 1
    assert "550 no such user" in scene.ok("outbox", "list", "--scene", "LETTER-1").out
    assert {each["check"]: each["level"] for each in scene("doctor", "--json").json}["outbox"] == "error"

    again = scene.json("outbox", "retry", "--scene", "LETTER-1")

    assert again["recipients"] == sorted({each["recipient"] for each in dead["items"]})
    assert scene.json("outbox", "list", "--dead", "--scene", "LETTER-1")["total"] == 0


def test_letters_can_be_read_before_anybody_gets_one(scene: Terminal) -> None:
    scene.ok("submit", "--sample", "YC26-023", "--id", "LETTER-2")
    scene.until_shown("LETTER-2", "submitted")
    (letter,) = scene.json("notify", "preview", "LETTER-2")
    assert letter["subject"].startswith("【新的待办】")
    assert letter["entry"] == 1
    assert letter["text"].split("\n")[0] in scene.ok("notify", "preview", "LETTER-2").out
    assert "New" in scene.ok("--lang", "en", "notify", "preview", "LETTER-2").out.title()
    assert scene.json("notify", "preview", "LETTER-2", "--entry", "99") == []
    assert scene.refused("notify", "preview", "NOPE") == "unknown_scene"


def test_letters_are_previewed_in_the_city_s_own_words_and_the_doctor_names_what_is_broken(
    scene: Terminal, tmp_path: Path
) -> None:
    scene.ok("submit", "--sample", "YC26-023", "--id", "LETTER-3")
    scene.until_shown("LETTER-3", "submitted")
    subject = tmp_path / "盐城市/zh/subject.txt.j2"
    subject.parent.mkdir(parents=True)
    own = {"SCENE_TEMPLATES_DIR": str(tmp_path)}

    def templates() -> Any:
        return {each["check"]: each for each in scene("doctor", "--json", **own).json}["templates"]

    subject.write_text("盐城市场景办：{{ items[0].name }}", encoding="utf-8")
    (letter,) = scene("notify", "preview", "LETTER-3", "--json", **own).json
    assert letter["subject"].startswith("盐城市场景办：")
    assert templates()["level"] == "ok"

    subject.write_text("{{ items[0].no_such_word }}", encoding="utf-8")
    assert scene.refused("notify", "preview", "LETTER-3", SCENE_TEMPLATES_DIR=str(tmp_path)) == "unwritable"
    assert "no_such_word" in scene("notify", "preview", "LETTER-3", **own).err

    subject.write_text("{% if %}", encoding="utf-8")
    assert templates()["level"] == "error"
    assert str(subject) in templates()["message"]
    own["SCENE_TEMPLATES_DIR"] = str(tmp_path / "nowhere")
    assert templates()["level"] == "error"


@pytest.mark.parametrize("page", ["send-letters.md", "send-letters.zh-CN.md"])
def test_the_contacts_of_the_how_to_can_be_used_as_they_stand(nowhere: Terminal, page: str) -> None:
    text = (ROOT / "docs/how-to" / page).read_text(encoding="utf-8")
    blocks = [textwrap.dedent(each) for each in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    nowhere.data_dir.mkdir()
    (nowhere.data_dir / "contacts.yaml").write_text("\n".join(blocks), encoding="utf-8")

    book = nowhere.json("notify", "contacts")
    first, second, third = book["contacts"]

    assert book["delivery"] == DeliveryRules().model_dump(mode="json"), "the page shows what holds by default"
    assert first["hours"]
    assert second["webhook"]["secret"] == "**********"
    assert [each["token"] for each in second["robots"]] == ["**********"] * 2
    assert third["away"][0]["substitute"] == "person:li-si"


def test_a_contact_file_that_cannot_be_read_is_an_error_of_the_doctor(scene: Terminal) -> None:
    file = scene.data_dir / "contacts.yaml"
    file.write_text("contacts: [{mailbox: somebody}]\n")
    try:
        found = {each["check"]: each for each in scene("doctor", "--json").json}["outbox"]
    finally:
        file.unlink()
    assert found["level"] == "error"
    assert "contacts.yaml:1" in found["message"]
