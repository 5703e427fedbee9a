"""`scene doctor`: is everything as it should be; and what to do where it is not. It looks and changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Annotated

import typer
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from client.health import retention
from runtime.settings import Settings
from runtime.wiring import Parts, parts

from . import output
from .checks import archive, database, evidence, registers, server, traffic
from .checks.finding import Finding, Level
from .output import AsJson, say
from .session import database_away, settings

SAMPLE = 50
"""So many scenes are looked into without --all."""


def add_to(app: typer.Typer) -> None:
    app.command("doctor", rich_help_panel=output.RECORDS)(doctor)


def doctor(
    every: Annotated[bool, typer.Option("--all", help="逐一检查全部场景 · look into every scene")] = False,
    fix_nothing: Annotated[
        bool, typer.Option("--fix-nothing", help="只检查（默认如此） · only look; it always does")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """体检：服务、数据库、账本、归档是否正常 · Is everything as it should be? Changes nothing"""
    del fix_nothing
    made = settings()
    findings = asyncio.run(_all_findings(made, None if every else SAMPLE))
    columns = [("项目", "check"), ("结果", "result"), ("说明", "what"), ("怎么办", "what to do")]
    output.present(
        [each.__dict__ for each in findings],
        output.table(columns, [(each.check, _mark(each.level), each.message, each.advice) for each in findings]),
        _verdict(findings),
    )
    if any(each.level == "error" for each in findings):
        raise typer.Exit(1)


def _mark(level: Level) -> Text:
    match level:
        case "ok":
            return Text(say("✔ 正常", "✔ ok"), "green")
        case "warning":
            return Text(say("！注意", "! warning"), "yellow")
        case "error":
            return Text(say("✘ 异常", "✘ error"), "bold red")


def _verdict(findings: list[Finding]) -> str:
    errors = sum(each.level == "error" for each in findings)
    warnings = sum(each.level == "warning" for each in findings)
    return say(f"{errors} 项异常，{warnings} 项注意。", f"{errors} errors, {warnings} warnings.")


async def _all_findings(made: Settings, sample: int | None) -> list[Finding]:
    findings = list(database.schema_current(made))
    stands = all(each.level == "ok" for each in findings)
    temporal, there = await server.reached(made)
    findings.append(there)
    if temporal is not None:
        findings += [each async for each in server.of_the_server(temporal, made)]
    if stands:
        with parts(made) as opened:
            findings += _of_the_records(opened, sample, await _kept(temporal))
            if temporal is not None:
                findings += [each async for each in _of_both(temporal, opened, sample)]
    return findings


async def _kept(temporal: Client | None) -> timedelta | None:
    """Temporal's retention; None where it does not say."""
    try:
        return None if temporal is None else await retention(temporal)
    except RPCError:
        return None


def _of_the_records(opened: Parts, sample: int | None, kept: timedelta | None) -> Iterator[Finding]:
    streams = opened.reads.streams()
    total = len(streams)
    chosen = streams if sample is None else streams[-sample:]
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("chains", lambda: evidence.chains(opened, chosen, total)),
        ("refusals", lambda: evidence.refusals(opened)),
        ("guards", lambda: evidence.guards(opened)),
        ("checkpoints", lambda: evidence.checkpoints(opened)),
        ("projections", lambda: database.projections(opened, chosen, total)),
        ("spool", lambda: database.spool(opened)),
        ("outbox", lambda: traffic.outbox(opened)),
        ("templates", lambda: traffic.templates(opened)),
        ("events", lambda: traffic.events(opened)),
        ("documents", lambda: registers.documents(opened)),
        ("directories", lambda: registers.directories(opened)),
        ("funds", lambda: registers.funds(opened)),
        ("quotas", lambda: registers.quotas(opened)),
        ("provisional", lambda: traffic.provisional(opened)),
        ("notices", lambda: traffic.notices(opened)),
        ("lineage", lambda: registers.lineage(opened, chosen)),
        ("histories", lambda: archive.histories(opened, sample, kept)),
        ("seals", lambda: archive.sealed(opened, sample)),
    )
    for name, check in checks:
        try:
            yield check()
        except SQLAlchemyError as error:
            yield Finding(name, "error", database_away(error).message)


async def _of_both(temporal: Client, opened: Parts, sample: int | None) -> AsyncIterator[Finding]:
    yield await server.asked("archive", lambda: archive.runs(temporal, opened))
    yield await server.asked("recording", lambda: server.recording(temporal, opened, sample))
