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

from audit.attested import Attestor
from audit.bundle import (
    HANDOVERS,
    BundleWriter,
    LedgerLine,
    Manifest,
    RunPart,
    ScenePart,
    checkpoint_path,
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
from models.checkpoint import SignedHandover
from models.commands.anywhere import PassDeadline
from models.journal import GENESIS, JournalEntry
from rules.journal import policy_after
from storage.archive import SqlArchive
from storage.archive_files import ArchiveDamaged
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
    attestor: Attestor


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
    handover: SignedHandover | None = None,
    sealed: bool = False,
    progress: Callable[[str], object] = lambda _: None,
    left_out: Callable[[NotExportable], object] | None = None,
) -> Manifest:
    """`unarchived` gives the histories of a scene's runs that are in no archive, as JSON. `handover` is how the key
    that signs took over, where no checkpoint says so yet.

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
        statements = stores.attestor.handovers()
        if handover is not None and handover not in statements:
            statements = (*statements, handover)
        if statements:
            writer.add(HANDOVERS, b"".join(map(json_line, statements)))
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
    try:
        histories = [text.encode() for text in (*archived, *unarchived)]
    except ArchiveDamaged as error:
        raise NotExportable(scene, "damaged_history", str(error)) from error
    runs = _in_order(scene, histories)
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
    if (attested := stores.attestor.of(scene, records[-1].entry.sequence)) is not None:
        writer.add(checkpoint_path(scene), canonical(attested))
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
        if each[1].reset_of is not None
        or (each[1].continued_from is None and (each[1].end is None or each[1].end["sequence"]))
    ]
    # A workflow that was lost was started again from the ledger (`scene audit reconcile`), or reset by an operator
    # (`temporal workflow reset`): another beginning, later on.
    begun.sort(key=lambda each: (not _is_first(each[1]), each[1].came_about))
    if not begun or not _is_first(begun[0][1]):
        raise NotExportable(scene, "no_beginning")
    if len(begun) > 1 and _is_first(begun[1][1]):
        raise NotExportable(scene, "two_beginnings")
    ordered: list[tuple[bytes, RunHistory]] = []
    for number, beginning in enumerate(begun, start=1):
        ordered.append(beginning)
        if (other := beginning[1].reset_of) is not None and other not in known:
            raise NotExportable(scene, "missing_run", other)
        while (following := ordered[-1][1].next_run) is not None:
            if following in known:
                ordered.append(known[following])
            elif number < len(begun):
                break
            else:
                raise NotExportable(scene, "missing_run", following)
    return ordered


def _is_first(run: RunHistory) -> bool:
    return run.reset_of is None and not run.opening["state"]["sequence"]


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
    """Each policy that an entry was judged by; those after the first are in the entries that brought them.

    Gives the scene's city and name as well. Raises NotExportable.
    """
    first = entries[0]
    policy = stores.rulebooks.find(first.policy, first.calendar)
    if policy is None:
        raise NotExportable(scene, "no_rulebook", f"{first.policy[:12]} {first.calendar}")
    city = policy.city
    for entry in entries:
        if (path := rulebook_path(policy.digest, policy.calendar.version)) not in writer:
            writer.add(path, canonical(policy))
        policy = policy_after(policy, entry)
    application = getattr(first.command.act, "application", None)
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
