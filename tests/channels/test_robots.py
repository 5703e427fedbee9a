"""Letters into group chats. What a robot says in its body counts, not that it says it with HTTP 200."""

import base64
import hmac
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from activities.delivery import NotNow, Refusal, Way
from channels.robots import LONGEST_TEXT, PER_MINUTE, Robots, request, shortened
from models.mailbox import Contact, Robot, RobotKind
from tests.channels.conftest import AT, LETTER, WRITTEN
from tests.listener import Listener

KINDS = ("wecom", "dingtalk", "feishu")
TOOK_IT = {
    "wecom": '{"errcode": 0, "errmsg": "ok"}',
    "dingtalk": '{"errcode": 0, "errmsg": "ok"}',
    "feishu": '{"code": 0, "msg": "success", "data": {}}',
}
BUSY = {
    "wecom": '{"errcode": 45009, "errmsg": "api freq out of limit"}',
    "dingtalk": '{"errcode": 130101, "errmsg": "send too fast"}',
    "feishu": '{"code": 9499, "msg": "too many request"}',
}
REFUSED = {
    "wecom": '{"errcode": 93000, "errmsg": "invalid webhook url"}',
    "dingtalk": '{"errcode": 310000, "errmsg": "keywords not in content"}',
    "feishu": '{"code": 19021, "msg": "sign match fail"}',
}
PATHS = {
    "wecom": "/cgi-bin/webhook/send?key=",
    "dingtalk": "/robot/send?access_token=",
    "feishu": "/open-apis/bot/v2/hook/",
}


async def send(kind: str, listener: Listener, **more: Any) -> tuple[Refusal, ...]:
    robot = {"kind": kind, "token": "to/ken", "base_url": listener.url, **more}
    contact = Contact.model_validate({"mailbox": LETTER.recipient, "robots": [robot]})
    (way,) = Robots(private=True).ways(contact)
    assert way.name == f"{kind}/1"
    return tuple(await way.send(LETTER, WRITTEN, AT))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_robot_takes_a_letter(listener: Listener, kind: str) -> None:
    listener.body = TOOK_IT[kind]
    assert await send(kind, listener) == ()
    (call,) = listener.calls
    assert call.path == f"{PATHS[kind]}to%2Fken"
    said = call.json["content"]["text"] if kind == "feishu" else call.json["text"]["content"]
    assert said == f"{WRITTEN.subject}\n{WRITTEN.text}"


@pytest.mark.parametrize("kind", KINDS)
async def test_two_hundred_with_an_error_code_is_a_failure(listener: Listener, kind: str) -> None:
    listener.body = REFUSED[kind]
    (refused,) = await send(kind, listener)
    assert kind in refused.reason
    assert "to/ken" not in refused.reason
    assert "to%2Fken" not in refused.reason


@pytest.mark.parametrize("kind", KINDS)
async def test_a_robot_that_gets_too_much_is_asked_later(listener: Listener, kind: str) -> None:
    listener.body = BUSY[kind]
    with pytest.raises(NotNow, match=kind):
        await send(kind, listener)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"ok": true}', '{"errcode": "x", "code": "x"}'])
async def test_an_answer_that_nobody_can_read_is_no_success(listener: Listener, kind: str, body: str) -> None:
    listener.body = body
    with pytest.raises(NotNow):
        await send(kind, listener)


async def test_dingtalk_and_feishu_get_their_signatures(listener: Listener) -> None:
    now = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    robot = Robot.model_validate({"kind": "dingtalk", "token": "t", "secret": "SEC1"})
    url, _ = request(robot, "x", now)
    asked = parse_qs(urlsplit(url).query)
    stamp = asked["timestamp"][0]
    assert stamp == str(int(now.timestamp() * 1000))
    right = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), sha256).digest()
    assert base64.b64decode(asked["sign"][0]) == right

    url, body = request(Robot.model_validate({"kind": "feishu", "token": "t", "secret": "SEC2"}), "x", now)
    assert "sign" not in url
    right = hmac.new(f"{body['timestamp']}\nSEC2".encode(), b"", sha256).digest()
    assert base64.b64decode(body["sign"]) == right


def test_a_long_letter_is_cut_between_letters() -> None:
    text = shortened("场" * 1000)
    assert len(text.encode()) <= LONGEST_TEXT
    assert text.endswith("场…")
    assert shortened("短") == "短"


@pytest.mark.parametrize("kind", KINDS)
async def test_no_robot_gets_more_in_a_minute_than_it_takes(listener: Listener, kind: str) -> None:
    listener.body = TOOK_IT[kind]
    robots = Robots(private=True)
    most = PER_MINUTE[RobotKind(kind)]

    def way(token: str) -> Way:
        robot = {"kind": kind, "token": token, "base_url": listener.url}
        (found,) = robots.ways(Contact.model_validate({"mailbox": LETTER.recipient, "robots": [robot]}))
        return found

    for _ in range(most):
        assert await way("one").send(LETTER, WRITTEN, AT) == ()
    with pytest.raises(NotNow, match=f"{kind}: {most} messages within a minute"):
        await way("one").send(LETTER, WRITTEN, AT)
    assert len(listener.calls) == most, "it was not asked"
    assert await way("other").send(LETTER, WRITTEN, AT) == (), "another robot has a count of its own"
