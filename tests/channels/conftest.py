from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from activities.delivery import Written
from models.deadline import Level
from models.mailbox import Letter, Message
from models.notification import NotificationKind
from tests.listener import Listener, listening

AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
WRITTEN = Written("【黄色预警】𠮷林大桥", "期限：2026-11-25", "<p>期限：2026-11-25</p>")
LETTER = Letter(
    id="a1b2",
    recipient="unit:盐城市/市科技局",
    messages=(
        Message(
            stream="YC-1", sequence=7, recipient="unit:盐城市/市科技局", rung="T+1/consultation",
            kind=NotificationKind.REMINDER, level=Level.YELLOW, payload={"name": "𠮷林大桥"}, send_after=AT,
        ),
    ),
)  # fmt: skip


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as running:
        yield running
