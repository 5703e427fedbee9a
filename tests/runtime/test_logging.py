import dataclasses
import io
import json
import logging
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
import structlog
from pydantic import BaseModel, SecretStr
from temporalio.worker import Worker

from runtime.connect import connect
from runtime.embedded import EmbeddedServer
from runtime.logging import REDACTED, configure_logging, redact
from runtime.settings import Settings
from tests.runtime.parked import Parked


class Stage(StrEnum):
    TRIAL = "trial"


class Opinion(BaseModel):
    duty: str
    text: str
    phone: SecretStr


@dataclasses.dataclass
class Contact:
    department: str
    email: str


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def lines() -> io.StringIO:
    """What is logged, as JSON lines."""
    stream = io.StringIO()
    configure_logging(Settings(log_format="json"), stream)
    return stream


def _only(stream: io.StringIO) -> dict[str, Any]:
    [line] = stream.getvalue().splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_a_line_carries_its_fields_level_logger_and_time_in_utc(lines: io.StringIO) -> None:
    structlog.get_logger("activities.ledger").info("recorded", scene="场景-7", sequence=12)

    line = _only(lines)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "recorded",
        "level": "info",
        "logger": "activities.ledger",
        "scene": "场景-7",
        "sequence": 12,
    }
    assert "场景-7" in lines.getvalue()


def test_a_librarys_line_looks_like_ours(lines: io.StringIO) -> None:
    logging.getLogger("temporalio.worker").warning("slow %s", "poll", extra={"seconds": 3})

    line = _only(lines)
    assert (line["event"], line["level"], line["logger"], line["seconds"]) == (
        "slow poll",
        "warning",
        "temporalio.worker",
        3,
    )


def test_a_line_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    configure_logging(Settings(log_level="WARNING"), stream)

    structlog.get_logger().info("quiet")
    logging.getLogger("any").info("quiet")

    assert stream.getvalue() == ""


def test_configuring_twice_does_not_write_twice(lines: io.StringIO) -> None:
    configure_logging(Settings(log_format="json"), lines)

    structlog.get_logger().info("once")

    assert _only(lines)["event"] == "once"


def test_the_console_form_is_for_people() -> None:
    stream = io.StringIO()
    configure_logging(Settings(log_format="console"), stream)

    structlog.get_logger().info("recorded", scene="场景-7", text="secret words")

    assert "recorded" in stream.getvalue()
    assert "scene=场景-7" in stream.getvalue()
    assert "secret words" not in stream.getvalue()
    assert not stream.getvalue().startswith("{")


PERSONAL = ["name", "phone", "contactPhone", "contact_phone", "email", "real-name", "text", "reason", "opinion"]
SECRET = ["password", "SMTP_PASSWORD", "token", "api_token", "Authorization", "api_key", "apiKey", "database_url"]


@pytest.mark.parametrize("key", PERSONAL + SECRET)
def test_a_secret_or_personal_value_is_replaced(key: str) -> None:
    assert redact(None, "info", {key: "张三"}) == {key: REDACTED}


@pytest.mark.parametrize("key", ["activity_name", "command_id", "duty", "task_queue", "tokenizer"])
def test_an_ordinary_value_stays(key: str) -> None:
    assert redact(None, "info", {key: "x"}) == {key: "x"}


def test_redaction_reaches_into_models_and_collections() -> None:
    given = {
        "opinion_given": Opinion(duty="d1", text="不同意", phone=SecretStr("138")),
        "units": [Contact("科技局", "a@b.cn"), {"email": "c@d.cn", "stage": Stage.TRIAL}],
    }

    assert redact(None, "info", given) == {
        "opinion_given": {"duty": "d1", "text": REDACTED, "phone": REDACTED},
        "units": [{"department": "科技局", "email": REDACTED}, {"email": REDACTED, "stage": "trial"}],
    }


def test_an_object_of_unknown_kind_shows_only_its_type() -> None:
    class Envelope:
        def __repr__(self) -> str:
            return "a private letter"

    assert redact(None, "info", {"sent": Envelope()}) == {"sent": "<Envelope>"}


def test_a_password_inside_an_address_is_replaced_wherever_it_stands(lines: io.StringIO) -> None:
    try:
        raise ConnectionError("cannot reach postgresql+psycopg://scene:hunter2@db/scene")
    except ConnectionError:
        structlog.get_logger().exception("no database at %s", "postgresql://scene:hunter2@db")

    line = _only(lines)
    assert "hunter2" not in lines.getvalue()
    assert "ConnectionError" in line["exception"]
    assert line["event"] == f"no database at postgresql://scene:{REDACTED}@db"


def test_a_traceback_on_the_console_shows_no_local_variables() -> None:
    stream = io.StringIO()
    configure_logging(Settings(), stream)

    def fail(applicant: str) -> None:
        raise ValueError(len(applicant))

    try:
        fail("张三")
    except ValueError:
        structlog.get_logger().exception("failed")

    assert "ValueError: 2" in stream.getvalue()
    assert "张三" not in stream.getvalue().replace('fail("张三")', "")


async def test_a_workflows_line_comes_out_of_the_sandbox_with_its_workflow_and_redacted(
    server: EmbeddedServer, lines: io.StringIO
) -> None:
    client = await connect(Settings(), address=server.address)

    async with Worker(client, task_queue="logging", workflows=[Parked]):
        await client.execute_workflow(Parked.run, 0, id="logged", task_queue="logging")

    [line] = [line for line in map(json.loads, lines.getvalue().splitlines()) if line["event"] == "parked"]
    assert line["temporal_workflow"]["workflow_id"] == "logged"
    assert line["duty"] == "trial"
    assert line["reason"] == REDACTED
