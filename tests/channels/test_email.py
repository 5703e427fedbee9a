"""Letters to a real mail server, which also misbehaves."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest

from activities.delivery import NotNow, Written
from channels.email import Email
from models.deadline import Level
from models.mailbox import Contact, Letter, Message
from models.notification import NotificationKind
from tests.postoffice import PostOffice, plain, post_office

AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
LETTER = Written("【黄色预警】𠮷林大桥：会商，11月25日到期", "期限：2026-11-25", "<p>期限：2026-11-25</p>")


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


def email(office: PostOffice) -> Email:
    return Email(office.url, "场景引擎 <scene@city.example>")


async def test_a_letter_arrives_whole(office: PostOffice) -> None:
    assert await email(office).send("a1b2", ["kj@city.example"], LETTER, AT) == ()

    (letter,) = office.letters
    assert letter["Subject"] == LETTER.subject
    assert letter["Message-ID"] == "<a1b2@city.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == AT
    assert plain(letter).strip() == LETTER.text
    html = letter.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == LETTER.html


async def test_an_address_that_is_refused_is_named_and_the_others_get_their_letter(office: PostOffice) -> None:
    office.refuses["gone@city.example"] = "550 no such user"

    (refused,) = await email(office).send("a", ["gone@city.example", "kj@city.example"], LETTER, AT)

    assert (refused.address, refused.reason) == ("gone@city.example", "550 no such user")
    assert len(office.letters) == 1


async def test_when_every_address_is_refused_nothing_is_sent(office: PostOffice) -> None:
    office.refuses["gone@city.example"] = "550 no such user"

    (refused,) = await email(office).send("a", ["gone@city.example"], LETTER, AT)

    assert refused.address == "gone@city.example"
    assert office.letters == []


async def test_a_letter_that_is_refused_for_good_is_refused_for_every_address(office: PostOffice) -> None:
    office.busy = "554 looks like spam"

    refused = await email(office).send("a", ["kj@city.example", "fg@city.example"], LETTER, AT)

    assert [each.address for each in refused] == ["kj@city.example", "fg@city.example"]
    assert all("spam" in each.reason for each in refused)


async def test_a_server_that_is_busy_says_not_now(office: PostOffice) -> None:
    office.busy = "451 try again later"
    with pytest.raises(NotNow, match="451"):
        await email(office).send("a", ["kj@city.example"], LETTER, AT)


async def test_an_address_that_is_put_off_puts_the_letter_off(office: PostOffice) -> None:
    office.refuses["kj@city.example"] = "450 greylisted"
    with pytest.raises(NotNow, match="greylisted"):
        await email(office).send("a", ["kj@city.example"], LETTER, AT)


async def test_a_server_that_is_not_there_says_not_now() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotNow):
        await Email(f"smtp://127.0.0.1:{port}", "scene@city.example").send("a", ["kj@city.example"], LETTER, AT)


async def test_a_login_that_the_server_does_not_know_is_our_fault_not_the_letter_s(office: PostOffice) -> None:
    with pytest.raises(NotNow):
        await Email(f"smtp://us:wrong@127.0.0.1:{office.port}", "scene@city.example").send(
            "a", ["kj@city.example"], LETTER, AT
        )
    assert office.letters == []


KJ = "unit:盐城市/市科技局"
REMINDED = Message(
    stream="YC-1", sequence=7, recipient=KJ, rung="T-5/consultation", kind=NotificationKind.REMINDER,
    level=Level.REMIND, payload={"due_on": "2026-11-25"}, send_after=AT,
)  # fmt: skip
CLOSED = REMINDED.model_copy(update={"kind": NotificationKind.CLOSED, "rung": "closed"})
DUE_TODAY = REMINDED.model_copy(update={"payload": {"due_on": "2026-11-20"}})
ALERT = REMINDED.model_copy(update={"level": Level.YELLOW})


async def letter_of(office: PostOffice, *messages: Message, by: Email | None = None, to: str = KJ) -> EmailMessage:
    by = by or Email(office.url, "scene@city.example", "turn-off@city.example")
    (way,) = by.ways(Contact(mailbox=to, email=("kj@city.example",)))
    assert await way.send(Letter(id="a", recipient=to, messages=messages), LETTER, AT) == ()
    return office.letters[-1]


async def test_a_letter_that_may_be_turned_off_says_to_whom_to_write_and_for_which_mailbox(office: PostOffice) -> None:
    letter = await letter_of(office, REMINDED, CLOSED)

    raw = dict(letter.raw_items())["List-Unsubscribe"]
    assert raw.isascii()
    assert not set(raw) & set(" \r\n"), "it is neither cut nor encoded as words"
    link = urlsplit(raw.removeprefix("<").removesuffix(">"))
    assert (link.scheme, link.path) == ("mailto", "turn-off@city.example")
    assert parse_qs(link.query) == {"subject": [f"unsubscribe {KJ}"]}
    assert letter["List-Unsubscribe-Post"] is None
    assert letter["Subject"] == LETTER.subject


@pytest.mark.parametrize("message", [DUE_TODAY, ALERT])
async def test_a_letter_of_which_one_message_always_comes_cannot_be_turned_off(
    office: PostOffice, message: Message
) -> None:
    assert (await letter_of(office, REMINDED, message))["List-Unsubscribe"] is None


async def test_without_an_address_to_write_to_nothing_is_promised(office: PostOffice) -> None:
    by = Email(office.url, "scene@city.example")
    assert (await letter_of(office, REMINDED, by=by))["List-Unsubscribe"] is None


async def test_a_link_too_long_for_a_line_is_left_out_and_the_letter_arrives(office: PostOffice) -> None:
    letter = await letter_of(office, REMINDED, to=f"unit:盐城市/{'局' * 100}")
    assert letter["List-Unsubscribe"] is None
    assert letter["Subject"] == LETTER.subject
