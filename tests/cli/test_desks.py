"""A duty among people at the command line: claimed, delegated, nudged; drafts; what was read."""

from pathlib import Path

import pytest

from tests.cli.conftest import APPLICATION
from tests.cli.terminal import Terminal

OFFICE = "platform"


@pytest.fixture
def mine(scene: Terminal, tmp_path: Path) -> str:
    """A scene of Yancheng, at the completeness check of the platform office."""
    file = tmp_path / "scene.yaml"
    file.write_text(
        APPLICATION.replace("末端配送", f"末端配送{tmp_path.name}").replace(
            'documents: ["@申报书.pdf"]', "regions: [亭湖区]"
        )
    )
    id: str = scene.json("submit", file)["scene"]
    return id


def office(scene: Terminal, id: str, person: str) -> str:
    unit = next(each["holder"]["unit"] for each in scene.json("duty", "list", id))
    return f"platform:{unit}:{person}"


def test_a_duty_goes_from_desk_to_desk(scene: Terminal, mine: str) -> None:
    wang, li = office(scene, mine, "wang"), office(scene, mine, "li")
    scene.ok("duty", "claim", mine, "completeness", "--as", wang)
    refused = scene("accept", mine, "--as", li, "--json")
    assert (refused.status, refused.error["code"]) == (1, "claimed_by_another")
    scene.ok("duty", "delegate", mine, "completeness", "--to", "li", "--reasons", "请核对", "--as", wang)
    (duty,) = scene.json("duty", "list", mine)
    assert duty["desk"] == {"claimed_by": "wang", "delegated_to": "li", "nudged_on": None}
    assert "wang → li" in scene.ok("duty", "list", mine).out
    assert "wang → li" in scene.ok("show", mine).out
    unit = wang.split(":")[1]
    at_li = scene.json("inbox", "--department", unit, "--at", "li")
    assert mine in [each["scene"] for each in at_li]
    scene.ok("duty", "nudge", mine, "completeness", "--note", "请尽快", "--as", "owner")
    assert scene("duty", "nudge", mine, "completeness", "--note", "请尽快", "--as", "owner", "--json").error[
        "code"
    ] == ("nudged_already")
    scene.ok("duty", "hand-back", mine, "completeness", "--note", "已核对", "--as", li)
    scene.ok("accept", mine, "--as", wang)


def test_a_draft_is_saved_bit_by_bit_and_submitted_once(scene: Terminal, mine: str) -> None:
    wang, li = office(scene, mine, "wang"), office(scene, mine, "li")
    first = scene.json("draft", "save", mine, "request_supplement", "--as", wang)
    assert (first["revision"], first["content"]) == (1, {})
    bad = scene("draft", "save", mine, "request_supplement", "--set", "item=x", "--as", wang, "--json")
    assert bad.error["code"] == "unknown_field"
    draft = first["id"]
    early = scene("draft", "submit", draft, "--as", wang, "--json")
    assert early.error["code"] == "malformed"
    scene.ok("draft", "save", mine, "request_supplement", "--id", draft, "--set", "items.0=资金证明", "--as", li)
    stale = scene(
        "draft", "save", mine, "request_supplement", "--id", draft, "--revision", "1", "--set", "items.0=其他",
        "--as", wang, "--json",
    )  # fmt: skip
    assert stale.error["code"] == "draft_changed"
    assert scene.json("show", mine)["step"] == "submitted", "a draft is no act"
    other = scene("draft", "show", draft, "--as", "lead:市发展改革委:x", "--json")
    assert other.error["code"] == "unknown_draft"
    assert [each["id"] for each in scene.json("draft", "list", "--scene", mine, "--as", li)] == [draft]

    receipt = scene.json("draft", "submit", draft, "--as", li)
    assert scene.json("show", mine)["step"] == "supplement"
    over = scene.json("draft", "show", draft, "--as", wang)
    assert (over["status"], over["entry"], over["revision"]) == ("submitted", receipt["sequence"], 3)
    assert scene("draft", "submit", draft, "--as", li, "--json").error["code"] == "draft_is_over"
    assert scene.json("draft", "show", draft, "--revision", "1", "--as", wang)["content"] == {}
    assert scene.json("draft", "list", "--scene", mine, "--as", li) == []


def test_a_draft_can_be_discarded_and_what_is_sealed_is_kept_in_none(scene: Terminal, mine: str) -> None:
    wang = office(scene, mine, "wang")
    draft = scene.json("draft", "save", mine, "accept_filing", "--as", wang)["id"]
    assert scene.json("draft", "discard", draft, "--as", wang)["status"] == "discarded"
    again = scene("draft", "save", mine, "accept_filing", "--id", draft, "--as", wang, "--json")
    assert again.error["code"] == "draft_is_over"
    sealed = scene("draft", "save", mine, "reveal_bid", "--bidder", "甲公司", "--as", "bidder:甲公司:a", "--json")
    assert sealed.error["code"] == "not_for_drafts"


def test_messages_are_read_by_persons(scene: Terminal, mine: str) -> None:
    unit = office(scene, mine, "wang").split(":")[1]
    box = ("--department", unit, "--city", "盐城市", "--scene", mine)
    assert scene.json("message", "list", *box)["total"] == 1
    assert scene.json("message", "list", *box, "--unread-by", "wang")["total"] == 1
    assert scene.json("message", "read", *box, "--by", "wang") == {"marked": 1}
    assert scene.json("message", "read", *box, "--by", "wang") == {"marked": 0}
    assert scene.json("message", "list", *box, "--unread-by", "wang")["total"] == 0
    assert scene.json("message", "list", *box, "--unread-by", "li")["total"] == 1
    (item,) = scene.json("message", "list", *box)["items"]
    assert [mark["person"] for mark in item["marks"]] == ["wang"]
    assert "wang" in scene.ok("message", "list", *box).out
    assert scene("message", "list", "--department", unit).status == 2
