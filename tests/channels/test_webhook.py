"""Letters to a program of the recipient's, which may be anything."""

import socket

import pytest

from activities.delivery import NotNow, Refusal
from channels import http
from channels.webhook import Webhook, signature
from models.mailbox import Contact, WebhookAddress
from tests.channels.conftest import AT, LETTER, WRITTEN
from tests.listener import Listener

SECRET = "a secret of some length"


async def send(url: str, *, private: bool = True) -> tuple[Refusal, ...]:
    contact = Contact.model_validate({"mailbox": LETTER.recipient, "webhook": {"url": url, "secret": SECRET}})
    (way,) = Webhook(private).ways(contact)
    return tuple(await way.send(LETTER, WRITTEN, AT))


async def test_it_gets_a_cloud_event_that_it_can_check(listener: Listener) -> None:
    assert await send(f"{listener.url}/scenes?x=1") == ()

    (call,) = listener.calls
    assert call.path == "/scenes?x=1"
    assert call.headers["Content-Type"].startswith("application/cloudevents+json")
    event = call.json
    assert {name: event[name] for name in ("specversion", "id", "type", "subject", "time")} == {
        "specversion": "1.0", "id": "a1b2", "type": "scene.letter", "subject": LETTER.recipient,
        "time": "2026-11-20T01:30:00+00:00",
    }  # fmt: skip
    (message,) = event["data"]["messages"]
    assert (message["scene"], message["entry"], message["name"]) == ("YC-1", 7, "𠮷林大桥")
    right = signature(SECRET, call.headers["X-Scene-Timestamp"], call.body)
    assert call.headers["X-Scene-Signature"] == f"sha256={right}"
    assert signature(SECRET, call.headers["X-Scene-Timestamp"], call.body + b" ") != right


@pytest.mark.parametrize("status", [500, 503, 429, 408])
async def test_a_server_in_trouble_is_asked_again(listener: Listener, status: int) -> None:
    listener.status = status
    with pytest.raises(NotNow, match=str(status)):
        await send(listener.url)


@pytest.mark.parametrize("status", [400, 401, 404, 410])
async def test_a_server_that_does_not_want_it_refuses_it(listener: Listener, status: int) -> None:
    listener.status = status
    (refused,) = await send(listener.url)
    assert str(status) in refused.reason


async def test_a_redirect_is_not_followed(listener: Listener) -> None:
    listener.status, listener.location = 307, f"{listener.url}/round-and-round"
    (refused,) = await send(listener.url)
    assert "307" in refused.reason
    assert len(listener.calls) == 1


async def test_one_that_hangs_up_or_is_too_slow_is_asked_again(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener.hangs_up = True
    with pytest.raises(NotNow):
        await send(listener.url)
    listener.hangs_up, listener.slow = False, 1
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.1)
    with pytest.raises(NotNow):
        await send(listener.url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254"])
async def test_our_own_network_is_closed_unless_it_is_opened(host: str) -> None:
    (refused,) = await send(f"http://{host}:9/", private=False)
    assert "private network" in refused.reason


async def test_a_server_that_is_not_there_is_asked_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotNow):
        await send(f"http://127.0.0.1:{port}/")
    with pytest.raises(NotNow):
        await send("http://no-such-host.invalid/")


@pytest.mark.parametrize("url", ["ftp://a.example/", "http://user:word@a.example/", "a.example", "http://a b/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        WebhookAddress.model_validate({"url": url, "secret": SECRET})


def test_a_secret_is_long_and_not_shown() -> None:
    with pytest.raises(ValueError, match="16"):
        WebhookAddress.model_validate({"url": "https://a.example/", "secret": "short"})
    address = WebhookAddress.model_validate({"url": "https://a.example/", "secret": SECRET})
    assert SECRET not in address.model_dump_json()
    assert SECRET not in repr(address)
