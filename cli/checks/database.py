"""The database: does it answer, and are the lists what the journals say."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from cli.output import Failure, say
from cli.session import database
from runtime.settings import Settings
from runtime.wiring import Parts
from storage.rebuild import JournalDamaged, compare
from storage.schema import schema

from .finding import Finding, of


def schema_current(made: Settings) -> Iterator[Finding]:
    try:
        with database(made) as opened:
            found = schema(opened.engine)
    except Failure as failure:
        yield Finding("database", "error", failure.message)
        return
    except SQLAlchemyError as error:
        yield Finding("database", "error", str(error).splitlines()[0])
        return
    if found.current:
        yield Finding(
            "database", "ok", say(f"可用，结构为最新（{found.has}）", f"answers; its schema is current ({found.has})")
        )
    else:
        yield Finding(
            "database",
            "error",
            say(
                f"结构不是最新：{found.has or '空'}，应为 {found.needs}",
                f"its schema is {found.has or 'empty'}, not {found.needs}",
            ),
            say("运行 scene up，或执行数据库迁移", "run `scene up`, or migrate it"),
        )


def projections(opened: Parts, chosen: tuple[str, ...], total: int) -> Finding:
    differing: dict[str, int] = {}
    try:
        for stream in chosen:
            if found := compare(opened.engine, stream):
                differing[stream] = len(found)
    except JournalDamaged as damaged:
        return Finding("projections", "error", str(damaged), "scene doctor --all")
    if not differing:
        return Finding(
            "projections",
            "ok",
            say(
                f"列表与账本一致：{of(len(chosen), total)}",
                f"the lists are as the journals say: {of(len(chosen), total)}",
            ),
        )
    return Finding(
        "projections",
        "error",
        say(
            f"列表与账本不一致：{'、'.join(list(differing)[:5])}",
            f"lists differ from the journal: {', '.join(list(differing)[:5])}",
        ),
        "scene rebuild",
        {"differing": differing},
    )


def spool(opened: Parts) -> Finding:
    spool = opened.settings.data_dir / "refusals.spool"
    waiting = len(spool.read_bytes().splitlines()) if spool.exists() else 0
    if not waiting:
        return Finding("spool", "ok", say("没有滞留的拒绝记录", "no refusal waits in the spool"))
    return Finding(
        "spool",
        "warning",
        say(f"{waiting} 条拒绝记录滞留在 {spool}", f"{waiting} refusals wait in {spool}"),
        say("数据库恢复后重启 scene up 或工作进程", "restart `scene up` or the worker once the database is back"),
        {"waiting": waiting},
    )
