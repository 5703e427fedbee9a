"""What a command says when it does not succeed: one clear sentence with a stable code, on stderr, and an exit status.

0: done. 1: refused, or a check failed. 2: what was typed cannot be meant. Nobody sees a traceback for bad input; an
error that nobody foresaw is named as such, and its traceback comes with SCENE_LOG_LEVEL=DEBUG.
"""

import json
import sys

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from models.refusal import Refused
from runtime.connect import ServerUnreachable
from runtime.embedded import EmbeddedServerError
from runtime.samples import UnknownSample
from runtime.yaml_files import FileProblems
from storage.places import PlaceAway

from . import output
from .output import Failure, say
from .session import database_away
from .wording import in_words

REFUSED = 1
USAGE = 2
INTERRUPTED = 130


def report(error: BaseException) -> int:
    """Prints what went wrong, and gives the exit status."""
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        output.note(say("已中断。", "Interrupted."))
        return INTERRUPTED
    failure = _failure(error)
    if output.as_json():
        content = {"error": {"code": failure.code, "message": failure.message, "details": dict(failure.details)}}
        print(json.dumps(content, ensure_ascii=False), file=sys.stderr)  # noqa: T201  # this is the command line
    else:
        output.error(failure.code, failure.message)
    return failure.status


def text_of(error: Exception) -> str:
    """What went wrong, for a list in which each item says its own."""
    return _failure(error).message


def _failure(error: BaseException) -> Failure:
    match error:
        case Failure():
            return error
        case Refused():
            return _refusal(error)
        case FileProblems():
            return Failure("file", error.text(output.language()))
        case ServerUnreachable():
            refused = Refused("server_unreachable", address=error.address)
            return _refusal(refused)
        case EmbeddedServerError():
            return Failure("embedded_server", str(error))
        case UnknownSample():
            return Failure("unknown_sample", say(f"没有该样例：{error}。", f"{error}."))
        case SQLAlchemyError():
            return database_away(error)
        case typer.TyperException():
            return _usage(error)
        case ValidationError():
            return _unreadable(error)
        case PlaceAway():
            return Failure(
                "archive_away",
                say(
                    f"归档位置无法访问（{error}）。请检查 SCENE_ARCHIVE_URL 及其凭据的环境变量，运行 scene doctor。",
                    f"The archive can not be reached ({error}). Check SCENE_ARCHIVE_URL and the variables of its "
                    "credentials; `scene doctor`.",
                ),
            )
        case OSError():
            return Failure("file", f"{error.filename or ''}: {error.strerror or error}")
        case _:
            return _unforeseen(error)


def _refusal(refused: Refused) -> Failure:
    words = in_words(refused.details, output.language())
    text = Refused(refused.code, **words).text(output.language())
    return Failure(refused.code, text, details=refused.details)


def _unreadable(error: ValidationError) -> Failure:
    """What is typed is checked where it is typed; this was written earlier, by other code or another hand."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    return Failure(
        "unreadable_record",
        say(
            f"已存的 {error.title} 无法读取（{where}：{first['msg']}），可能由其他版本写入。"
            "请运行 scene doctor --all。",
            f"A stored {error.title} can not be read ({where}: {first['msg']}); another version may have written it. "
            "Run `scene doctor --all`.",
        ),
    )


def _usage(error: typer.TyperException) -> Failure:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "scene"
    message = error.format_message().rstrip(".")
    return Failure(
        "usage",
        say(f"用法有误：{message}。用法见 {command} --help。", f"{message}. See {command} --help."),
        status=USAGE if error.exit_code == USAGE else REFUSED,
    )


def _unforeseen(error: BaseException) -> Failure:
    name = type(error).__name__
    return Failure(
        "internal",
        say(
            f"程序内部错误（{name}：{error}）。请以 SCENE_LOG_LEVEL=DEBUG 重试，并把输出交给维护人员。",
            f"Internal error ({name}: {error}). Repeat with SCENE_LOG_LEVEL=DEBUG and show the output to a maintainer.",
        ),
    )
