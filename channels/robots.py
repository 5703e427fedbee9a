"""Letters into group chats: robots of WeCom (企业微信), DingTalk (钉钉) and Feishu (飞书).

All three answer HTTP 200 to what they refuse; the error code in the body says how it went. A token is a secret.
"""

import base64
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, assert_never
from urllib.parse import quote

from activities.delivery import NotNow, Refusal, Way, Written
from channels.http import Refused, as_json, post
from models.mailbox import Contact, Letter, Robot, RobotKind

BASES: Mapping[RobotKind, str] = {
    RobotKind.WECOM: "https://qyapi.weixin.qq.com",
    RobotKind.DINGTALK: "https://oapi.dingtalk.com",
    RobotKind.FEISHU: "https://open.feishu.cn",
}
BUSY: Mapping[RobotKind, frozenset[int]] = {
    RobotKind.WECOM: frozenset({-1, 45009, 45033}),
    RobotKind.DINGTALK: frozenset({-1, 130101, 410100, 660026}),
    RobotKind.FEISHU: frozenset({9499, 11232, 99991400}),
}
"""Error codes that mean later: the system is busy, or too many calls a minute."""
PER_MINUTE: Mapping[RobotKind, int] = {RobotKind.WECOM: 20, RobotKind.DINGTALK: 20, RobotKind.FEISHU: 100}
"""So many messages a robot takes; DingTalk says nothing for ten minutes to who sends more."""
LONGEST_TEXT = 2000
"""Bytes; WeCom takes 2048. What is longer ends in a dot line: the whole is in the inbox."""


class Pace:
    """A moving window of a minute for each robot."""

    def __init__(self) -> None:
        # A quarter of a second, which nobody waits for who only types a command.
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._limits = {kind: RateLimitItemPerMinute(most) for kind, most in PER_MINUTE.items()}
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, robot: Robot) -> bool:
        """Whether it takes one more; that one is counted then."""
        token = sha256(robot.token.get_secret_value().encode()).hexdigest()
        return self._window.hit(self._limits[robot.kind], robot.kind.value, token)


@dataclass(frozen=True)
class Robots:
    """Implements `activities.delivery.Channel`. `private` allows addresses of our own network.

    `pace` counts what was sent to each robot within the last minute, by this process.
    """

    private: bool
    pace: Pace = field(default_factory=Pace)

    def ways(self, contact: Contact) -> Iterator[Way]:
        for number, robot in enumerate(contact.robots, start=1):
            yield _Chat(f"{robot.kind.value}/{number}", robot, self.private, self.pace)


@dataclass(frozen=True)
class _Chat:
    name: str
    robot: Robot
    private: bool
    pace: Pace
    addresses: int = 1

    async def send(self, letter: Letter, written: Written, at: datetime) -> tuple[Refusal, ...]:
        if not self.pace.allows(self.robot):
            kind = self.robot.kind
            raise NotNow(f"{kind.value}: {PER_MINUTE[kind]} messages within a minute", counts=False)
        text = shortened(f"{written.subject}\n{written.text}")
        url, body = request(self.robot, text, datetime.now(UTC))
        try:
            answer = await post(url, as_json(body), {"Content-Type": "application/json"}, private=self.private)
            problem = _problem(self.robot.kind, answer)
        except Refused as refused:
            problem = str(refused)
        return (Refusal(self.name, problem),) if problem else ()


def request(robot: Robot, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Where to post what, signed where the robot has a secret."""
    base = (robot.base_url or BASES[robot.kind]).rstrip("/")
    token = quote(robot.token.get_secret_value(), safe="")
    secret = robot.secret.get_secret_value() if robot.secret else None
    match robot.kind:
        case RobotKind.WECOM:
            return f"{base}/cgi-bin/webhook/send?key={token}", {"msgtype": "text", "text": {"content": text}}
        case RobotKind.DINGTALK:
            url = f"{base}/robot/send?access_token={token}"
            if secret:
                stamp = str(int(now.timestamp() * 1000))
                sign = _signed(secret.encode(), f"{stamp}\n{secret}".encode())
                url += f"&timestamp={stamp}&sign={quote(sign, safe='')}"
            return url, {"msgtype": "text", "text": {"content": text}}
        case RobotKind.FEISHU:
            body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
            if secret:
                stamp = str(int(now.timestamp()))
                body |= {"timestamp": stamp, "sign": _signed(f"{stamp}\n{secret}".encode(), b"")}
            return f"{base}/open-apis/bot/v2/hook/{token}", body
        case _:
            assert_never(robot.kind)


def _signed(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.new(key, content, sha256).digest()).decode()


def _problem(kind: RobotKind, answer: bytes) -> str | None:
    """What a robot says against a letter; None where it took it. Raises NotNow."""
    try:
        content = json.loads(answer)
        code = int(content["code" if kind is RobotKind.FEISHU and "code" in content else _CODES[kind]])
    except (ValueError, KeyError, TypeError) as unreadable:
        raise NotNow(f"{kind.value}: an answer that nobody can read") from unreadable
    if code == 0:
        return None
    said = f"{kind.value}: {code} {content.get('errmsg') or content.get('msg') or ''}".strip()
    if code in BUSY[kind]:
        raise NotNow(said)
    return said


_CODES: Mapping[RobotKind, str] = {
    RobotKind.WECOM: "errcode",
    RobotKind.DINGTALK: "errcode",
    RobotKind.FEISHU: "StatusCode",
}


def shortened(text: str) -> str:
    content = text.encode()
    if len(content) <= LONGEST_TEXT:
        return text
    return content[: LONGEST_TEXT - 3].decode(errors="ignore") + "…"
