"""Bundles for auditors: what proves a scene, exported to a file and verified from it alone."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.text import Text

from audit import handovers, words
from audit import log as logs
from audit.attested import Copy, copy_of
from audit.bundle import Bundle, Manifest, NotABundle, opened
from audit.export import NotExportable, export
from audit.findings import Deviation, Fact, Finding, Verdict, worst
from audit.log import LogDiffers
from audit.sealing import NotSealed
from audit.signing import KeyFile, NoKey, fingerprint, raw_of
from audit.sources import digest_of, installed
from audit.verify import Trust, verify
from client.from_archives import not_archived
from models.policy import Subject
from models.refusal import REFUSALS, Refused
from rules.deadlines import BEIJING
from runtime.build import build_id
from runtime.connect import ServerUnreachable
from runtime.settings import Settings
from runtime.wiring import Parts, evidence, seals
from storage.places import PlaceAway

from . import output, shown
from .acting import OnBehalf, a_date
from .audit_keys import problem_in_words
from .output import AsJson, Failure, misuse, say
from .session import database, server, settings
from .viewing import Viewing, may_audit

DEVIATES, UNPROVEN = 1, 3
"""Exit statuses of `scene audit verify`; 0 means that everything is proven."""
SHOWN = 20
"""So many deviations of a check are printed; --json has all of them."""
SHOWN_FACTS = 3
_STYLES = {Verdict.PROVEN: "green", Verdict.UNPROVEN: "yellow", Verdict.DEVIATES: "bold red"}


def add_to(app: typer.Typer) -> None:
    app.command("export")(export_bundle)
    app.command("verify")(verify_bundle)


def export_bundle(
    scene: Annotated[list[str] | None, typer.Argument(metavar="[SCENE]...", help="场景 · the scenes")] = None,
    city: Annotated[str | None, typer.Option(help="某市全部场景 · every scene of a city", show_default=False)] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="这一天以来有记录的场景 · scenes with entries since", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="导出到哪个文件 · the file", show_default=False)
    ] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="办结时封存的那一份 · the one that was sealed when the scene closed")
    ] = False,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """导出审计包：历史、账本、规则、代码，带签名 · Export what proves scenes, signed, into one file"""
    made = settings()
    from_day = a_date(since, "--since")
    if not scene and city is None and from_day is None:
        raise misuse(
            "请指明场景，或用 --city、--since 选择。", "Name the scenes, or choose them with --city or --since."
        )
    if sealed and (not scene or len(scene) != 1):
        raise misuse("--sealed 须指明一个场景。", "--sealed takes one scene.")
    with database(made) as stored:
        chosen = tuple(dict.fromkeys(scene or stored.reads.scenes(city=city, since=from_day)))
        if unknown := set(chosen).difference(stored.reads.scenes()):
            raise Refused("unknown_scene", scene=", ".join(sorted(unknown)))
        # A bundle holds everything.
        everything = tuple(Subject)
        admitted = may_audit(
            stored, chosen, who, on_behalf_of, named=bool(scene), display="audit_export", subjects=everything
        )
        chosen = admitted.scenes
        if not chosen:
            raise Failure("no_scenes", say("没有符合条件的场景。", "No scene fits."))
        if sealed:
            _copy_sealed(stored, chosen[0], out or Path(f"{chosen[0]}.audit.zip"))
            return
        target = out or Path(f"{chosen[0] if len(chosen) == 1 else city or 'scenes'}.audit.zip")
        with Bar(disable=output.as_json(), transient=True) as bar:
            task = bar.add_task(say("导出", "exporting"), total=len(chosen))
            manifest = to_file(stored, chosen, target, key=_key(made), tell=lambda _: bar.advance(task))
    size = target.stat().st_size
    data = {"file": str(target), "bytes": size, "left_out": admitted.left_out, **manifest.model_dump(mode="json")}
    rows = [
        (each.scene, each.name, each.sequence, len(each.runs), say("已办结", "closed") if each.closed else
         say("进行中", "open"), each.head[:16])
        for each in manifest.scenes
    ]  # fmt: skip
    columns = [("场景", "scene"), ("名称", "name"), ("记录至", "entries"), ("历史", "runs"), ("状态", "status"),
               ("链头", "head")]  # fmt: skip
    told = say(
        f"已导出 {len(rows)} 个场景到 {target}（{size:,} 字节）。核验：scene audit verify {target}",
        f"{len(rows)} scenes exported to {target} ({size:,} bytes). Check it: scene audit verify {target}",
    )
    output.present(data, output.table(columns, rows), told, *admitted.told)


def _copy_sealed(stored: Parts, scene: str, target: Path) -> None:
    """Raises Failure, OSError."""
    beside = target.with_name(f".{target.name}.part")
    try:
        seals(stored).copy(scene, beside)
        beside.replace(target)
    except NotSealed as problem:
        raise Failure(
            "not_sealed",
            say(
                f"{scene} {_NOT_SEALED[problem.problem]}。可运行 scene doctor；或不用 --sealed，现导一份。",
                f"There is no whole sealed bundle of {scene} ({problem.problem}). See `scene doctor`; without --sealed "
                "one is made now.",
            ),
        ) from None
    finally:
        beside.unlink(missing_ok=True)
    told = say(f"封存的审计包已写入 {target}。", f"The sealed bundle is in {target}.")
    output.present({"file": str(target), "bytes": target.stat().st_size}, told)


_NOT_SEALED = {"missing": "没有封存的审计包", "digest": "封存的审计包已被改动或损坏"}


def verify_bundle(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="审计包文件 · the bundle")],
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key", metavar="FILE|FINGERPRINT", help="信任的公钥 · a public key that you trust", show_default=False
        ),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", metavar="DIGEST", help="信任的代码摘要 · code that may be run", show_default=False),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="自己留存的检查点日志 · the log that you keep", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """核验审计包，不用服务、数据库和网络 · Verify a bundle: no server, no database, no network

    退出状态：0 全部证实，1 有不符，3 未能全部证实 · Exits with 0: all is proven; 1: something deviates; 3: not proven
    """
    sources = {digest_of(installed()), *map(_trusted_code, code or ())}
    keys = frozenset(map(_trusted_key, key or ()))
    trust = Trust(keys=keys, sources=frozenset(sources), copy=None if log is None else _copy(log, keys))
    findings: list[Finding] = []
    with _readable(bundle), Bar(disable=output.as_json(), transient=True) as bar:
        task = bar.add_task(say("核验", "verifying"), total=None)
        for each in verify(bundle, trust):
            findings.append(each)
            scene = escape(output.printable(each.scene or ""))
            bar.update(task, description=f"{scene} {shown.word(words.CHECKS, each.check)}")
    verdict = worst(findings)
    data = {"verdict": verdict, "findings": [each.model_dump(mode="json") for each in findings]}
    output.present(data, *_told(findings), _sentence(bundle, verdict))
    if verdict is not Verdict.PROVEN:
        raise typer.Exit(DEVIATES if verdict is Verdict.DEVIATES else UNPROVEN)


def to_file(
    stored: Parts, scenes: Sequence[str], target: Path, *, key: KeyFile, tell: Callable[[str], object] = lambda _: None
) -> Manifest:
    """Writes the bundle beside its place and moves it there: no half of one is ever found. Raises Failure."""
    loose = _loose(stored, scenes)
    beside = target.with_name(f".{target.name}.part")
    try:
        signer = key.read()
        with beside.open("wb") as file:
            manifest = export(
                file,
                scenes,
                evidence(stored),
                unarchived=lambda scene: loose.get(scene, ()),
                made_at=shown.now(),
                made_by=build_id(),
                sign=signer.sign,
                public_key=signer.public_pem().encode(),
                handover=handovers.beside(key, signer.fingerprint()),
                progress=tell,
            )
        beside.replace(target)
    except NotExportable as problem:
        raise _not_exportable(problem) from None
    except NoKey as problem:
        raise Failure(
            "no_key",
            say(
                f"没有可用的签名密钥（{problem.file}：{problem_in_words(problem.problem)}）。"
                "请运行 scene audit key --new，或设置 SCENE_AUDIT_KEY_FILE。",
                f"There is no key to sign with ({problem}). Run `scene audit key --new`, or set SCENE_AUDIT_KEY_FILE.",
            ),
        ) from None
    except PlaceAway:
        raise
    except OSError as problem:
        raise Failure(
            "not_written", say(f"无法写入 {target}：{problem.strerror}。", f"{target}: {problem.strerror}.")
        ) from None
    finally:
        beside.unlink(missing_ok=True)
    return manifest


@contextmanager
def bundle_of(source: str) -> Iterator[tuple[Path, Bundle]]:
    """A bundle's file, or one that is made of a scene as it stands now. Raises Failure."""
    if source.endswith(".zip") or Path(source).is_file():
        with _readable(Path(source)), opened(Path(source)) as bundle:
            yield Path(source), bundle
        return
    with database() as stored, TemporaryDirectory(prefix="scene-audit-") as folder:
        if source not in stored.reads.scenes():
            raise Refused("unknown_scene", scene=source)
        key = KeyFile(Path(folder, "key.pem"))
        key.make()  # nobody but this command reads what it signs
        target = Path(folder, "bundle.zip")
        to_file(stored, (source,), target, key=key)
        with opened(target) as bundle:
            yield target, bundle


def _loose(stored: Parts, scenes: Sequence[str]) -> dict[str, list[str]]:
    """Histories that only Temporal has. Where it can not be asked, what is archived may be enough."""
    archived = {(run.workflow_id, run.run_id) for run in stored.archive.runs()}

    async def asked() -> dict[str, list[str]]:
        temporal = await server(stored.settings)
        found: dict[str, list[str]] = {}
        async for scene, history in not_archived(temporal, archived, scenes[0] if len(scenes) == 1 else None):
            found.setdefault(scene, []).append(history)
        return found

    try:
        return asyncio.run(asked())
    except ServerUnreachable:
        return {}


def _not_exportable(problem: NotExportable) -> Failure:
    why = {
        "missing_run": say("缺少一段运行历史，服务可能未运行", "a run's history is missing; the server may not run"),
        "no_beginning": say("缺少最初的运行历史，服务可能未运行", "the first run is missing; the server may not run"),
        "two_beginnings": say("有两段最初的运行历史", "two runs claim to be the first"),
        "damaged_history": say("归档的运行历史缺失或损坏", "an archived history is missing or damaged"),
        "unreadable_history": say("运行历史无法读取", "a history can not be read"),
        "no_entries": say("账本中还没有已确认的记录", "the ledger has no confirmed entry yet"),
        "no_rulebook": say("缺少所用的政策", "the policy it is pinned to is missing"),
        "no_directory": say("缺少所用的人员目录", "a version of the directory is missing"),
        "no_sources": say("缺少当时的程序代码", "the code that recorded it is missing"),
    }.get(problem.what, problem.what)
    detail = f" ({problem.detail})" if problem.detail else ""
    return Failure(
        "not_exportable",
        say(
            f"{problem.scene} 无法导出：{why}{detail}。请先运行 scene up，并用 scene doctor 检查。",
            f"{problem.scene} can not be exported: {why}{detail}. Start `scene up`, and look with `scene doctor`.",
        ),
    )


def _copy(file: Path, keys: frozenset[str]) -> Copy:
    """Raises Failure, OSError."""
    try:
        with file.open("rb") as content:
            return copy_of(logs.read(content), keys)
    except LogDiffers as differs:
        raise Failure(
            "log_differs",
            say(
                f"{file}：{differs.text('zh')}。这不是可用的检查点日志副本。",
                f"{file}: {differs.text('en')}. This is no copy of a checkpoint log to check with.",
            ),
        ) from None


def _key(made: Settings) -> KeyFile:
    return KeyFile(made.audit_key)


@contextmanager
def _readable(bundle: Path) -> Iterator[None]:
    if not bundle.is_file():
        raise Failure("not_a_bundle", say(f"没有 {bundle} 这个文件。", f"There is no file {bundle}."))
    try:
        yield
    except NotABundle as problem:
        raise Failure(
            "not_a_bundle",
            say(
                f"{bundle} 不是可读的审计包：{problem}。",
                f"{bundle} is no bundle that can be read: {problem}.",
            ),
        ) from None


def _trusted_key(text: str) -> str:
    """A fingerprint, or that of the key in a file. Raises Failure."""
    if _is_digest(text):
        return text
    try:
        return fingerprint(raw_of(Path(text).read_bytes()))
    except (OSError, ValueError) as problem:
        raise misuse(
            f"--key {text}：不是公钥文件，也不是 64 位十六进制指纹（{problem}）。",
            f"--key {text}: neither a public key file nor a fingerprint of 64 hexadecimal digits ({problem}).",
        ) from None


def _trusted_code(text: str) -> str:
    """The whole digest: what a build's name has of it is too short to trust code by. Raises Failure."""
    if not _is_digest(text):
        raise misuse(
            f"--code {text}：应为 64 位十六进制的完整摘要，见核验结果中“程序代码”一行。",
            f"--code {text}: it takes the whole digest, 64 hexadecimal digits, which a verification tells (code).",
        )
    return text


def _is_digest(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)


def _told(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    """One line a check, over all scenes; then every place that deviates."""
    rows = []
    for check in words.CHECKS:
        its = [each for each in findings if each.check == check]
        if not its:
            continue
        verdict = worst(its)
        notes = dict.fromkeys(note for each in its for note in each.notes)
        count = sum(each.looked_at for each in its)
        facts = dict.fromkeys(_fact(fact) for each in its for fact in each.facts)
        if len(facts) > SHOWN_FACTS:
            facts = {**dict.fromkeys([*facts][:SHOWN_FACTS]), "…": None}
        why = "；".join((*facts, *(shown.word(words.NOTES, note) for note in notes)))
        rows.append(
            (shown.word(words.CHECKS, check), Text(shown.word(words.VERDICTS, verdict), _STYLES[verdict]), count, why)
        )
    yield output.table([("核验项", "check"), ("结论", "verdict"), ("项数", "items"), ("说明", "note")], rows)
    wrong = [(each, deviation) for each in findings for deviation in each.deviations]
    if wrong:
        columns = [("核验项", "check"), ("场景", "scene"), ("位置", "place"), ("问题", "what"), ("所记", "recorded"),
                   ("应为", "expected")]  # fmt: skip
        lines = [
            (shown.word(words.CHECKS, each.check), each.scene or "-", _place(deviation), _what(deviation),
             _short(deviation.recorded), _short(deviation.expected))
            for each, deviation in wrong[:SHOWN]
        ]  # fmt: skip
        yield output.table(columns, lines)
        if len(wrong) > SHOWN:
            more = len(wrong) - SHOWN
            yield say(f"另有 {more} 处不符，见 --json。", f"{more} more deviations; see --json.")


def _fact(fact: Fact) -> str:
    return shown.word(words.FACTS, fact.what).format_map(fact.values)


def _place(deviation: Deviation) -> str:
    parts = [
        say(f"第 {deviation.sequence} 条", f"entry {deviation.sequence}") if deviation.sequence is not None else "",
        deviation.part or "",
        f"{deviation.run[:8]}" if deviation.run else "",
        say(f"事件 {deviation.event}", f"event {deviation.event}") if deviation.event is not None else "",
        deviation.at or "",
    ]
    return " · ".join(part for part in parts if part)


def _what(deviation: Deviation) -> str:
    if deviation.what in words.DEVIATIONS:
        return shown.word(words.DEVIATIONS, deviation.what)
    return deviation.what if deviation.what not in REFUSALS else say("职责未分离", "duties not kept apart")


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _sentence(bundle: Path, verdict: Verdict) -> str:
    match verdict:
        case Verdict.PROVEN:
            return say(f"{bundle}：全部证实。", f"{bundle}: everything is proven.")
        case Verdict.UNPROVEN:
            return say(f"{bundle}：没有发现不符，但未能全部证实。", f"{bundle}: nothing deviates; not all is proven.")
        case Verdict.DEVIATES:
            return say(f"{bundle}：与证据不符，见上表。", f"{bundle}: it deviates; see above.")


def moment_of(text: str, option: str) -> datetime:
    """A date or a moment of the city's clock: a day means its end. Raises Failure."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise misuse(
            f"{option} {text}：请写作 2026-05-06 或 2026-05-06T14:30。",
            f"{option} {text}: write it as 2026-05-06 or 2026-05-06T14:30.",
        ) from None
    if given.tzinfo is None:
        given = given.replace(tzinfo=BEIJING)
    return given + timedelta(days=1, microseconds=-1) if len(text) == 10 else given
