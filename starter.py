"""The command line `scene`: parse, ask the scene's client or the database, print."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version as version_of
from typing import Annotated, NoReturn

import typer
from typer.main import get_command

from cli import (
    acts,
    audit,
    audit_keys,
    bringing_in,
    bulk,
    bundles,
    calendars,
    counts,
    doctor,
    documents,
    drafts,
    duties,
    events,
    fund,
    inclusion,
    letters,
    lineage,
    lookalikes,
    messages,
    named,
    org,
    output,
    panels,
    policies,
    quotas,
    ranking,
    reconciling,
    records,
    results,
    running,
    scenes,
    suggestions,
    time_machine,
    trials,
    whatif,
    year_notices,
)
from cli.failure import report
from cli.output import say
from cli.session import settings
from models.refusal import Language
from runtime.leaving import leave
from runtime.logging import configure_logging

app = typer.Typer(
    help="场景全生命周期引擎 · The scene lifecycle engine",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
PACKAGE = "scene-lifecycle-engine"

GROUPS = (
    running, scenes, panels, ranking, trials, results, inclusion, suggestions, lookalikes, lineage, acts, bulk, named,
    bringing_in, records, counts, doctor,
)  # fmt: skip
for group in GROUPS:
    group.add_to(app)
app.add_typer(policies.app, name="policy", rich_help_panel=output.RUNNING)
year_notices.add_to(calendars.app)
app.add_typer(calendars.app, name="calendar", rich_help_panel=output.RUNNING)
app.add_typer(org.app, name="org", rich_help_panel=output.RUNNING)
app.add_typer(fund.app, name="fund", rich_help_panel=output.RECORDS)
app.add_typer(quotas.app, name="quotas", rich_help_panel=output.RECORDS)
app.add_typer(letters.outbox, name="outbox", rich_help_panel=output.RECORDS)
app.add_typer(letters.notify, name="notify", rich_help_panel=output.RECORDS)
app.add_typer(duties.app, name="duty", rich_help_panel=output.ACTS)
app.add_typer(drafts.app, name="draft", rich_help_panel=output.ACTS)
app.add_typer(messages.app, name="message", rich_help_panel=output.SCENES)
app.add_typer(documents.app, name="document", rich_help_panel=output.RECORDS)
app.add_typer(events.app, name="event", rich_help_panel=output.RECORDS)
for audits in (audit_keys, bundles, time_machine, whatif, reconciling):
    audits.add_to(audit.app)
app.add_typer(audit.app, name="audit", rich_help_panel=output.RECORDS)
app.add_typer(records.archive, name="archive", rich_help_panel=output.RECORDS)


@app.callback(invoke_without_command=True)
def _begin(
    context: typer.Context,
    language: Annotated[
        Language | None, typer.Option("--lang", help="语言，也可设 SCENE_LANGUAGE · language of the output")
    ] = None,
) -> None:
    made = settings()
    output.begin(language or made.language)
    configure_logging(made)
    if made.log_level == "INFO":
        # A command speaks for itself; a log is for what runs on.
        logging.getLogger().setLevel(logging.WARNING)
    if context.invoked_subcommand is None:
        output.write(context.get_help())


@app.command(rich_help_panel=output.RUNNING)
def version(as_json: output.AsJson = False) -> None:
    """版本 · Print the version"""
    output.present(
        {"version": version_of(PACKAGE)}, say("场景全生命周期引擎 ", "Scene Lifecycle Engine ") + version_of(PACKAGE)
    )


def run(arguments: Sequence[str]) -> int:
    """One command; gives its exit status. Errors are printed, never raised."""
    output.begin(_language())
    try:
        status = _command()(_language_first(arguments), prog_name="scene", standalone_mode=False)
    except Exception as error:  # whatever it is, it is told in one sentence
        if os.environ.get("SCENE_LOG_LEVEL", "").upper() == "DEBUG":
            logging.getLogger("scene").exception("the command failed")
        return report(error)
    return status if isinstance(status, int) else 0


@cache
def _command() -> Callable[..., object]:
    """The commands in the form that parses: built once, for who runs several in one process."""
    return get_command(app)


def _language() -> Language:
    return "en" if os.environ.get("SCENE_LANGUAGE") == "en" else "zh"


def _language_first(arguments: Sequence[str]) -> list[str]:
    """`--lang en` may stand anywhere before `--`."""
    first: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for argument in left:
        if argument == "--":
            rest += [argument, *left]
        elif argument == "--lang":
            first += [argument, *(value for value in [next(left, None)] if value is not None)]
        elif argument.startswith("--lang="):
            first.append(argument)
        else:
            rest.append(argument)
    return [*first, *rest]


def main() -> NoReturn:
    """The entry point of the installed command."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    leave(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
