"""Makes a bundle: histories first, then what the ledger holds of them, so that neither has what the other lacks.

A scene that goes on is exported as of its last confirmed recording. Of a directory only those stand in the bundle who
acted, with the delegations among them.
"""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version as version_of
from typing import IO

from audit.bundle import (
    BundleWriter,
    LedgerLine,
    Manifest,
    RunPart,
    ScenePart,
    directory_path,
    documents_path,
    history_path,
    json_line,
    ledger_path,
    refusals_path,
    rulebook_path,
    source_path,
)
from audit.runs import NoHistory, RunHistory, read_run
from models.canonical import canonical
from models.commands.anywhere import PassDeadline
from models.journal import GENESIS, JournalEntry
from storage.archive import SqlArchive
from storage.builds import BuildFiles
from storage.directories import SqlDirectories
from storage.documents import SqlDocuments
from storage.reads import EntryRecord, LedgerReads
from storage.rulebooks import SqlRulebooks

PACKAGES = ("temporalio", "pydantic")
"""The versions of those on which a run's replay depends."""


class NotExportable(Exception):
    """A scene's evidence is not complete: `what` says which part, `detail` which one."""

    def __init__(self, scene: str, what: str, detail: str = "") -> None:
        super().__init__(f"{scene}: {what} {detail}".strip())
        self.scene, self.what, self.detail = scene, what, detail


@dataclass(frozen=True)
class Stores:
    """Where evidence comes from."""

    reads: LedgerReads
    archive: SqlArchive
    rulebooks: SqlRulebooks
    directories: SqlDirectories
    documents: SqlDocuments
    builds: BuildFiles


@dataclass
class _Shared:
    """What several scenes have in common, each written once."""

    builds: dict[str, str] = field(default_factory=dict)
    persons: dict[tuple[str, int], set[str]] = field(default_factory=dict)


def export(
    file: IO[bytes],
    scenes: Sequence[str],
    stores: Stores,
    *,
    unarchived: Callable[[str], Iterable[str]],
    made_at: datetime,
    made_by: str,
    sign: Callable[[bytes], bytes],
    public_key: bytes,
    sealed: bool = False,
    progress: Callable[[str], object] = lambda _: None,
    left_out: Callable[[NotExportable], object] | None = None,
) -> Manifest:
    """`unarchived` gives the histories of a scene's runs that are in no archive, as JSON.

    Raises NotExportable, or, where `left_out` is given, tells it and goes on.
    """
    writer = BundleWriter(file)
    try:
        shared = _Shared()
        parts = []
        for scene in scenes:
            try:
                parts.append(_add_scene(writer, scene, stores, shared, unarchived(scene)))
            except NotExportable as problem:
                if left_out is None:
                    raise
                left_out(problem)
            progress(scene)
        for (city, version), persons in sorted(shared.persons.items()):
            _add_directory(writer, stores, city, version, persons)
        manifest = Manifest(
            made_at=made_at,
            made_by=made_by,
            python=platform.python_version(),
            packages={name: version_of(name) for name in PACKAGES},
            sealed=sealed,
            builds=dict(sorted(shared.builds.items())),
            scenes=tuple(parts),
        )
        writer.close(manifest, sign, public_key)
    except BaseException:
        writer.abandon()
        raise
    return manifest


def _add_scene(
    writer: BundleWriter, scene: str, stores: Stores, shared: _Shared, unarchived: Iterable[str]
) -> ScenePart:
    archived = (stores.archive.history(run) for run in stores.archive.runs(scene))
    runs = _in_order(scene, [text.encode() for text in (*archived, *unarchived)])
    for number, (text, _) in enumerate(runs, start=1):
        writer.add(history_path(scene, number), text)
    last = runs[-1][1]
    confirmed = max((batch.answer["sequence"] for _, run in runs for batch in run.batches if batch.answer), default=0)
    records = stores.reads.entries(scene, 1, confirmed)
    if not records:
        raise NotExportable(scene, "no_entries")
    writer.add(ledger_path(scene), b"".join(json_line(_line(each)) for each in records))
    refused = stores.reads.refusal_chain(scene)
    if refused:
        writer.add(refusals_path(scene), b"".join(map(json_line, refused)))
    documents = [each for each in stores.documents.of(scene) if each.sequence <= confirmed]
    if documents:
        writer.add(documents_path(scene), b"".join(map(json_line, documents)))
    entries = [each.entry for each in records]
    city, name = _add_rulebooks(writer, scene, stores, entries)
    _note_persons(shared, city, entries)
    for build in {build for _, run in runs for build in run.builds} | {each.build for each in records}:
        _add_sources(writer, scene, stores, shared, build)
    return ScenePart(
        scene=scene,
        city=city,
        name=name,
        sequence=records[-1].entry.sequence,
        head=records[-1].hash,
        closed=last.end is not None,
        refusals=len(refused),
        refusals_head=refused[-1].hash if refused else GENESIS,
        runs=tuple(
            RunPart(run_id=run.run_id, path=history_path(scene, number), builds=run.builds)
            for number, (_, run) in enumerate(runs, start=1)
        ),
    )


def _in_order(scene: str, histories: Sequence[bytes]) -> list[tuple[bytes, RunHistory]]:
    """From the run that began the scene to the last. Raises NotExportable where one between is missing."""
    known: dict[str, tuple[bytes, RunHistory]] = {}
    for text in histories:
        try:
            run = read_run(text)
        except NoHistory as error:
            raise NotExportable(scene, "unreadable_history", str(error)) from error
        known[run.run_id] = text, run
    # A start whose submission was lost leaves a run that ended without a scene.
    begun = [
        each
        for each in known.values()
        if each[1].continued_from is None and (each[1].end is None or each[1].end["sequence"])
    ]
    # A workflow that was lost was started again from the ledger (`scene audit reconcile`): another beginning, later on.
    begun.sort(key=lambda each: each[1].opening["state"]["sequence"])
    firsts = [each for each in begun if not each[1].opening["state"]["sequence"]]
    if len(firsts) > 1 or not begun:
        raise NotExportable(scene, "no_beginning" if not begun else "two_beginnings")
    ordered: list[tuple[bytes, RunHistory]] = []
    for number, beginning in enumerate(begun, start=1):
        ordered.append(beginning)
        while (following := ordered[-1][1].next_run) is not None:
            if following in known:
                ordered.append(known[following])
            elif number < len(begun):
                break
            else:
                raise NotExportable(scene, "missing_run", following)
    return ordered


def _line(record: EntryRecord) -> LedgerLine:
    return LedgerLine(
        sequence=record.entry.sequence,
        algorithm=record.algorithm,
        previous=record.previous,
        hash=record.hash,
        recorded_at=record.recorded_at,
        build=record.build,
        rules=record.rules,
        text=record.text,
    )


def _add_rulebooks(
    writer: BundleWriter, scene: str, stores: Stores, entries: Sequence[JournalEntry]
) -> tuple[str, str]:
    """Gives the scene's city and name as well. Raises NotExportable."""
    city = ""
    for digest, calendar in sorted({(entry.policy, entry.calendar) for entry in entries}):
        policy = stores.rulebooks.find(digest, calendar)
        if policy is None:
            raise NotExportable(scene, "no_rulebook", f"{digest[:12]} {calendar}")
        city = policy.city
        if (path := rulebook_path(digest, calendar)) not in writer:
            writer.add(path, canonical(policy))
    application = getattr(entries[0].command.act, "application", None)
    return city, application.name if application is not None else scene


def _note_persons(shared: _Shared, city: str, entries: Sequence[JournalEntry]) -> None:
    for entry in entries:
        actor = entry.command.actor
        if not isinstance(entry.command.act, PassDeadline) and actor.directory_version:
            shared.persons.setdefault((city, actor.directory_version), set()).update(actor.persons)


def _add_directory(writer: BundleWriter, stores: Stores, city: str, version: int, persons: set[str]) -> None:
    known = stores.directories.version(city, version)
    if known is None:
        raise NotExportable(city, "no_directory", str(version))
    directory = known.directory
    used = directory.model_copy(
        update={
            "persons": tuple(each for each in directory.persons if each.id in persons),
            "delegations": tuple(each for each in directory.delegations if {each.by, each.to} <= persons),
        }
    )
    writer.add(directory_path(city, version), canonical(used))


def _add_sources(writer: BundleWriter, scene: str, stores: Stores, shared: _Shared, build: str) -> None:
    if build in shared.builds:
        return
    found = stores.builds.find(build.rpartition("+")[2])
    if found is None:
        raise NotExportable(scene, "no_sources", build)
    digest, sources = found
    shared.builds[build] = digest
    for path, content in sources.items():
        if (part := source_path(digest, path)) not in writer:
            writer.add(part, content)
