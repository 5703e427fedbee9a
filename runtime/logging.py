"""One log for everything: our own lines, the SDK's, and any library's, rendered in one form to stderr.

What a line may not say: passwords and tokens, and what identifies a person or was written by one (names, telephone
numbers, opinions). The journal keeps those, where reading is governed; a log is copied to places where it is not. The
redaction is the last step before rendering, so it also covers libraries. It goes by keys: a message with a name inside
its text cannot be recognised, so values belong in keyword arguments: `log.info("opinion given", scene=..., duty=...)`.
"""

import dataclasses
import logging
import re
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Final, TextIO
from uuid import UUID

import structlog
from pydantic import BaseModel
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity, workflow

from runtime.settings import Settings

REDACTED: Final = "[redacted]"

# Secret whatever stands beside it: `api_token`, `contact_phone`, `smtpPassword`.
_SECRET_WORDS: Final = frozenset({
    "authorization", "cookie", "credential", "credentials", "email", "mobile", "passwd", "password", "phone", "pwd",
    "secret", "tel", "telephone", "token",
})  # fmt: skip
# Secret as a whole key only: `name` is a person's or a document's, `activity_name` is ours.
_SECRET_KEYS: Final = frozenset({
    "api_key", "body", "comment", "contact", "contacts", "content", "database_url", "description", "full_name",
    "id_card", "id_number", "name", "note", "opinion", "real_name", "reason", "recipient", "remark", "statement",
    "summary", "text", "title",
})  # fmt: skip
# What every line has; the processors above set them.
_OURS: Final = frozenset({"event", "exception", "level", "logger", "timestamp"})

# At DEBUG they print requests with every header, session tokens and signatures among them.
_TELLS_TOO_MUCH: Final = ("aiobotocore", "botocore", "fsspec", "s3fs")

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_URL_PASSWORD: Final = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]*@")


def redact(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """A structlog processor: replaces secret and personal values, at any depth, by `REDACTED`."""
    return {
        key: _clean(value) if key in _OURS or not _is_secret(str(key)) else REDACTED
        for key, value in event_dict.items()
    }


def _is_secret(key: str) -> bool:
    words = [word.lower() for word in _WORD.findall(key)]
    return "_".join(words) in _SECRET_KEYS or not _SECRET_WORDS.isdisjoint(words)


def _clean(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case str():
            return _URL_PASSWORD.sub(rf"\1:{REDACTED}@", value)
        case None | bool() | int() | float():
            return value
        case date() | timedelta() | Decimal() | PurePath() | UUID():
            return str(value)
        case BaseModel():
            return _clean(dict(value))
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _clean({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
        case Mapping():
            return {str(key): REDACTED if _is_secret(str(key)) else _clean(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(item) for item in value]
        case _:
            # Nobody knows what its repr would print.
            return f"<{type(value).__name__}>"


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send all logging of this process to `stream` (default: stderr), as the settings say. Safe to call again."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    target = sys.stderr if stream is None else stream
    renderer: Processor
    if settings.log_format == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=target.isatty())
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # A plain traceback: the console's rich one would print every local variable.
                structlog.processors.format_exc_info,
                redact,
                renderer,
            ],
        )
    )
    for each in _TELLS_TOO_MUCH:
        logging.getLogger(each).setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # The SDK repeats its details as text in the message; they come as fields already.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
