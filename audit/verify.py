"""Verifies a bundle with nothing but the bundle and what the auditor trusts: no server, no database, no network.

What is trusted is said beforehand: the keys that may have signed, and the digests of the code that may be run. The
digest of the installed code is trusted by itself. What a bundle brings along is data until its digest is found there.

An unproven check says why:

    unknown_key         the signature is right, and nobody said that this key is to be trusted
    untrusted_build     a run was made by code that is not trusted, so neither replay nor journal were run
    no_sources          the bundle lacks the sources of a build
    no_directory        acts say that no directory was asked, because there was none
    build_failed        the code of the build could not be run here
    unnamed_build       a history does not say which code made it, so no code was asked
    unknown_fields      a history has fields that this version's reader of Temporal's histories does not know
    no_scenes           there is no scene in the bundle

What is said of checkpoints: `audit.attested`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from audit import attested, builds, checks, unambiguous
from audit.bundle import (
    HANDOVERS,
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    SUMS,
    UNLISTED,
    Bundle,
    Manifest,
    NotABundle,
    checkpoint_path,
    directory_path,
    documents_path,
    history_path,
    ledger_path,
    opened,
    refusals_path,
)
from audit.evidence import SceneEvidence, read_scene, rulebook
from audit.findings import Check, Deviation, Fact, Finding, finding, first_difference
from audit.signing import fingerprint, raw_of
from audit.signing import verify as signed_by
from models.calendar import Calendar
from models.directory import Directory
from models.policy import Policy

_RULEBOOK = re.compile(r"rulebooks/([0-9a-f]{64})\.([^/]+)\.json")
_VERSION = re.compile(r"[1-9][0-9]*\.json")
OF_THE_LAST = ("state", "policy", "asked")
"""Kinds of deviations that the last build of a run decides on: what it handed over, and what its replay asked for."""


@dataclass(frozen=True)
class Trust:
    """What the auditor has: fingerprints of `keys` (SHA-256 of the raw public key, hex), digests of `sources`, and an
    own copy of the checkpoint log."""

    keys: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    copy: attested.Copy | None = None


def verify(path: Path, trust: Trust) -> Iterator[Finding]:
    """Check after check, scene after scene. Raises NotABundle for a file that is none."""
    with opened(path) as bundle, ExitStack() as running:
        manifest = bundle.manifest()
        signature, keys, signer = _signature(bundle, trust)
        yield signature
        books = _Books(bundle)
        yield _parts(bundle, manifest, books)
        code = _Code(path, bundle, manifest, trust, running)
        yield code.finding()
        for part in manifest.scenes:
            scene = read_scene(bundle, part)
            yield from _scene(
                scene, books, code, partial(attested.checkpointed, scene, bundle, keys, signer, trust.copy)
            )


def _signature(bundle: Bundle, trust: Trust) -> tuple[Finding, attested.Keyring, str]:
    """With the keys that are accepted, and the fingerprint of the one that signed."""
    wrong: list[Deviation] = []
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    mark = ""
    keys = attested.Keyring(trust.keys, (), trust.copy)
    try:
        keys = attested.keyring(bundle, trust.keys, trust.copy)
        wrong += keys.wrong()
        public = raw_of(bundle.read(PUBLIC_KEY))
        mark = fingerprint(public)
        right = signed_by(public, bundle.read(SUMS), bundle.read(SIGNATURE))
    except (NotABundle, ValueError) as error:
        wrong.append(Deviation(what="unreadable", part=PUBLIC_KEY, recorded=str(error)[:300]))
    else:
        if not right:
            wrong.append(Deviation(what="signature", part=SIGNATURE))
        elif not keys.asked_for:
            notes = ("unknown_key",)
            facts = (Fact(what="key", values={"key": mark}),)
        elif (steps := keys.way(mark)) is None:
            trusted = ", ".join(sorted(keys.trusted))
            wrong.append(Deviation(what="other_key", part=PUBLIC_KEY, recorded=mark, expected=trusted))
        else:
            facts = attested.by_handover(steps)
    return finding(Check.SIGNATURE, None, wrong, 1, notes).model_copy(update={"facts": facts}), keys, mark


def _parts(bundle: Bundle, manifest: Manifest, books: "_Books") -> Finding:
    """Every part is what SHA256SUMS says, none is missing, none is there that it does not name, or twice; and each is
    the same to whoever reads it."""
    wrong = [Deviation(what="hidden", part=part or None, recorded=why) for part, why in bundle.hidden()]
    sums: dict[str, str] = {}
    try:
        sums = bundle.sums()
    except NotABundle as error:
        wrong.append(Deviation(what="unreadable", part=SUMS, recorded=str(error)))
    for path, digest in sums.items():
        try:
            content = bundle.read(path)
        except NotABundle as error:
            wrong.append(Deviation(what="unreadable", part=path, recorded=str(error), expected=digest))
            continue
        if (found := sha256(content).hexdigest()) != digest:
            wrong.append(Deviation(what="digest", part=path, recorded=found, expected=digest))
        wrong += _ambiguous(path, content)
    count = Counter(bundle.names)
    wrong += [Deviation(what="not_listed", part=name) for name in count if name not in sums and name not in UNLISTED]
    wrong += [Deviation(what="twice", part=name) for name in sorted(count) if count[name] > 1]
    known, folders = frozenset(_places(manifest)), tuple(f"sources/{digest}/" for digest in manifest.builds.values())
    for name in sums:
        if (book := _RULEBOOK.fullmatch(name)) is not None:
            policy = books.policy(*book.groups())
            made = (policy.digest, policy.calendar.version) if isinstance(policy, Policy) else None
            if made is not None and made != book.groups():
                wrong.append(Deviation(what="policy", part=name, expected=".".join(made)))
        elif name not in known and not name.startswith(folders) and not _is_of_a_directory(name, manifest):
            wrong.append(Deviation(what="not_named", part=name, expected=MANIFEST))
    scenes = Counter(part.scene for part in manifest.scenes)
    wrong += [Deviation(what="twice", part=MANIFEST, at=scene) for scene in scenes if scenes[scene] > 1]
    for part in manifest.scenes:
        for number, run in enumerate(part.runs, start=1):
            if run.path != (expected := history_path(part.scene, number)):
                wrong.append(
                    Deviation(what="path", part=MANIFEST, run=run.run_id, recorded=run.path, expected=expected)
                )
        if manifest.sealed and not part.closed:
            wrong.append(Deviation(what="sealed", part=MANIFEST, at=part.scene, recorded=True, expected=False))
    return finding(Check.PARTS, None, wrong, len(sums), () if manifest.scenes else ("no_scenes",))


def _places(manifest: Manifest) -> Iterator[str]:
    """The parts that belong to something which the manifest names; beside policies, directories and sources."""
    yield from (MANIFEST, HANDOVERS)
    for part in manifest.scenes:
        yield from (ledger_path(part.scene), refusals_path(part.scene), documents_path(part.scene))
        yield checkpoint_path(part.scene)
        yield from (history_path(part.scene, number) for number in range(1, len(part.runs) + 1))


def _is_of_a_directory(name: str, manifest: Manifest) -> bool:
    *folder, version = name.split("/")
    its_city = any(folder == ["directories", part.city] for part in manifest.scenes)
    return its_city and _VERSION.fullmatch(version) is not None


def _ambiguous(path: str, content: bytes) -> Iterator[Deviation]:
    """What two readers of a part may read otherwise."""
    texts: list[tuple[str | None, bytes]] = []
    if path.endswith(".json"):
        texts = [(None, content)]
    elif path.endswith(".jsonl"):
        texts = [(f"line {number}", line) for number, line in enumerate(content.splitlines(), start=1)]
    for at, text in texts:
        try:
            unambiguous.loads(text)
        except (ValueError, RecursionError) as error:
            yield Deviation(what="ambiguous", part=path, at=at, recorded=str(error)[:300])


class _Code:
    """The builds that a bundle brings along: which are sound, which are trusted, and their processes."""

    def __init__(self, path: Path, bundle: Bundle, manifest: Manifest, trust: Trust, running: ExitStack) -> None:
        self._path, self._bundle, self._running = path, bundle, running
        self._digests = manifest.builds
        self._processes: dict[str, builds.BuildProcess] = {}
        self._sources: dict[str, dict[str, bytes]] = {}
        self._untrusted: set[str] = set()
        self._wrong: list[Deviation] = []
        for build, digest in sorted(manifest.builds.items()):
            self._read(build, digest, trust)

    def _read(self, build: str, digest: str, trust: Trust) -> None:
        try:
            sources = builds.sources_in(self._bundle, digest)
        except NotABundle as error:
            self._wrong.append(Deviation(what="unreadable", part=f"sources/{digest}", recorded=str(error)))
            return
        if (problem := builds.problem_with(sources, digest, build)) is not None:
            what, found, expected = problem
            self._wrong.append(
                Deviation(what=what, part=f"sources/{digest}", at=build, recorded=found, expected=expected)
            )
        elif digest in trust.sources:
            self._sources[build] = sources
        else:
            self._untrusted.add(build)

    def finding(self) -> Finding:
        notes = ("untrusted_build",) if self._untrusted else ()
        facts = tuple(
            Fact(what="untrusted", values={"build": build, "digest": self._digests[build]})
            for build in sorted(self._untrusted)
        )
        made = finding(Check.SOURCES, None, self._wrong, len(self._digests), notes)
        return made.model_copy(update={"facts": facts})

    def why_not(self, build: str) -> str | None:
        """The note for a build that can not be run; None where it can."""
        if build in self._sources:
            return None
        return "untrusted_build" if build in self._untrusted else "no_sources"

    def run_again(self, build: str, job: dict[str, Any]) -> dict[str, Any]:
        """Raises builds.BuildFailed; the next job gets a new process."""
        process = self._processes.get(build)
        if process is None:
            process = self._running.enter_context(builds.started(self._path, self._sources[build]))
            self._processes[build] = process
        try:
            return process.run_again(job)
        except builds.BuildFailed:
            del self._processes[build]
            raise


@dataclass
class _Books:
    """Policies and directories of the bundle, each read once."""

    bundle: Bundle
    _policies: dict[tuple[str, str], Policy | str] = field(default_factory=dict)
    _directories: dict[tuple[str, int], Directory | None] = field(default_factory=dict)

    def policy(self, digest: str, calendar: str) -> Policy | str:
        """The policy, or why there is none."""
        key = digest, calendar
        if key not in self._policies:
            try:
                self._policies[key] = rulebook(self.bundle, digest, calendar)
            except NotABundle as error:
                self._policies[key] = str(error)
        return self._policies[key]

    def directory(self, city: str, version: int) -> Directory | None:
        key = city, version
        if key not in self._directories:
            try:
                text = self.bundle.read(directory_path(city, version))
                self._directories[key] = Directory.model_validate_json(text)
            except (NotABundle, ValidationError):
                self._directories[key] = None
        return self._directories[key]

    def calendars(self, scene: SceneEvidence) -> dict[str, Calendar]:
        named = {(entry.policy, entry.calendar) for entry in scene.entries}
        policies = (self.policy(*each) for each in sorted(named))
        found = [policy.calendar for policy in policies if isinstance(policy, Policy)]
        return {calendar.version: calendar for calendar in found}


def _scene(scene: SceneEvidence, books: _Books, code: _Code, checkpointed: Callable[[], Finding]) -> Iterator[Finding]:
    no_directory = ("no_directory",) if checks.without_directory(scene) else ()
    told = partial(_told, scene)
    yield told(Check.CHAIN, lambda: checks.ledger(scene), len(scene.lines))
    yield told(Check.REFUSALS, lambda: checks.refusals(scene), len(scene.refusals))
    yield checkpointed()
    yield told(Check.RULEBOOKS, lambda: checks.rulebooks(scene, books.policy), len(scene.entries))
    unknown = ("unknown_fields",) if any(run.unknown for run in scene.runs) else ()
    yield told(Check.HISTORIES, lambda: checks.histories(scene), len(scene.runs), unknown)
    yield told(Check.ACTS, lambda: checks.acts(scene), sum(len(run.acts) for run in scene.runs))
    yield from _run_again(scene, code)
    yield told(Check.ACTORS, lambda: checks.actors(scene, books.directory), len(scene.entries), no_directory)
    yield told(Check.APART, lambda: checks.apart(scene), len(scene.entries))
    dates = books.calendars(scene)
    yield told(Check.DEADLINES, lambda: checks.deadlines(scene, dates), len(scene.entries))
    yield told(Check.DOCUMENTS, lambda: checks.documents(scene), len(scene.documents))


def _told(
    scene: SceneEvidence,
    check: Check,
    look: Callable[[], Iterator[Deviation]],
    looked_at: int,
    notes: tuple[str, ...] = (),
) -> Finding:
    """Evidence that was tampered with may be of any shape: what stumbles over it is a deviation as well."""
    wrong = list(scene.unread.get(check.value, ()))
    try:
        wrong += look()
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        wrong.append(Deviation(what="malformed", recorded=f"{type(error).__name__}: {error}"[:300]))
    return finding(check, scene.scene, wrong, looked_at, notes)


def _run_again(scene: SceneEvidence, code: _Code) -> Iterator[Finding]:
    """Each run by the code of its own builds: the run is replayed by the last of them, which had to go on with it, and
    an entry is judged by the one whose code made it. Where histories do not name that one, an entry is proven if any
    of them gives it."""
    replays: list[Deviation] = []
    journal: list[Deviation] = []
    notes: set[str] = set()
    for number, run in enumerate(scene.runs):
        if not run.builds:
            notes.add("unnamed_build")
            continue
        try:
            jobs = {build: scene.job(number, build) for build in run.builds}
            made_by = {sequence: task.build for sequence, task in scene.tasks_of(number).items()}
        except ValueError as error:
            journal.append(Deviation(what="malformed", run=run.run_id, event=1, recorded=str(error)))
            continue
        answers: dict[str, dict[str, Any]] = {}
        for build, job in jobs.items():
            if (why := code.why_not(build)) is not None:
                notes.add(why)
                continue
            try:
                answers[build] = code.run_again(build, job)
            except builds.BuildFailed:
                notes.add("build_failed")
        if (last := answers.get(run.builds[-1])) is not None:
            replays += replay_of(run.run_id, last)
        if len(answers) == len(run.builds):
            journal += journal_of(run.run_id, answers, made_by)
    yield finding(Check.REPLAY, scene.scene, replays, len(scene.runs), tuple(sorted(notes)))
    yield finding(Check.JOURNAL, scene.scene, journal, len(scene.lines), tuple(sorted(notes)))


def replay_of(run: str, answer: dict[str, Any]) -> Iterator[Deviation]:
    if answer.get("strangers"):
        yield Deviation(what="other_code", run=run, recorded=", ".join(answer["strangers"]))
    if answer.get("replay") is not None:
        yield Deviation(what="replay", run=run, recorded=answer["replay"])


def journal_of(
    run: str, answers: Mapping[str, dict[str, Any]], made_by: Mapping[int, str | None]
) -> Iterator[Deviation]:
    """What comes out otherwise by the build that made it, or, where nobody knows which did, by every build of the run.

    `answers` are by builds, the run's last one last; `made_by` are builds by entries.
    """
    for answer in answers.values():
        if "failed" in answer:
            yield Deviation(what="failed", run=run, recorded=answer["failed"])
            return
    kept = [{(each["kind"], each["sequence"]) for each in answer["deviations"]} for answer in answers.values()]
    last = list(answers)[-1]
    for build, answer in answers.items():
        for each in answer["deviations"]:
            maker = last if each["kind"] in OF_THE_LAST else made_by.get(each["sequence"])
            everybody = build == last and all((each["kind"], each["sequence"]) in found for found in kept)
            if build == maker or (maker not in answers and everybody):
                at, recorded, expected = first_difference(each["recorded"], each["expected"]) or (None, None, None)
                yield Deviation(
                    what=each["kind"], run=run, event=each.get("event"), sequence=each["sequence"], at=at,
                    recorded=recorded, expected=expected,
                )  # fmt: skip
