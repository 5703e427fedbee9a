"""What auditors are given, and what they check by themselves: the checkpoint log, the proof of one chain."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.checkpoint import NotMade
from audit import log as logs
from audit import proofs, unambiguous
from audit.log import Log, LogDiffers, verified, without_leaves
from audit.proofs import Proof, ProofFails, ProvenEntry
from client.health import checkpoint_now
from models.canonical import canonical
from models.checkpoint import ChainKind, LogItem, SignedCheckpoint, Unreadable
from models.policy import Subject
from models.refusal import Refused
from runtime.settings import Settings
from runtime.wiring import Parts

from . import output, shown
from .acting import OnBehalf
from .audit_keys import Out, by_handover, no_key
from .output import AsJson, Failure, misuse, say
from .session import database, server, settings, state_of
from .viewing import Viewing, may_audit

app = output.group("审计：导出、离线核验、时间线、检查点 · Audits: bundles, verified offline, time lines, checkpoints")
SHOWN_DIGITS = 16
SHOWN = 30
"""So many of the last checkpoints are listed; a file holds them all."""
DIGITS = 64

Keys = Annotated[
    list[str] | None,
    typer.Option("--key", metavar="FINGERPRINT", help="主管部门公布的密钥指纹 · the office's key", show_default=False),
]
LogName = Annotated[str, typer.Argument(help="文件或检查点编号 · a file, or a checkpoint's number")]


@app.command()
def checkpoint(as_json: AsJson = False) -> None:
    """立即作一个检查点 · Make a checkpoint now, beside the day's"""
    made = settings()
    with database(made):
        try:
            signed = asyncio.run(_checkpoint(made))
        except NotMade as problem:
            raise _not_made(made, problem) from None
    output.present(_data(signed), _told(signed))


async def _checkpoint(made: Settings) -> SignedCheckpoint:
    return await checkpoint_now(await server(made), made.task_queue)


def _not_made(made: Settings, problem: NotMade) -> Failure:
    if problem.code == "no_audit_key":
        # The worker's key, whose place its answer names.
        place, _, why = str(problem).partition(": ")
        return no_key(Path(place), why)
    if problem.code == "key_given_up":
        return Failure(
            "key_given_up",
            say(
                f"这把密钥（{made.audit_key}）已交接给另一把，不再签名。请把现用的密钥放到这里，不要另生成新的。",
                f"This key ({made.audit_key}) gave way to another and signs nothing. Put the one in use in its place; "
                "do not make a new one.",
            ),
        )
    return Failure(
        "log_changed",
        say(
            "检查点日志被改动，不再续签。请保全现场，运行 scene doctor --all 找出改动之处。",
            f"The checkpoint log was changed ({problem}); nothing is signed over it. Keep it as it is; `scene doctor`.",
        ),
    )


def _data(signed: SignedCheckpoint) -> dict[str, Any]:
    return {**signed.model_dump(mode="json"), "digest": signed.checkpoint.digest}


def _told(signed: SignedCheckpoint) -> str:
    each = signed.checkpoint
    return say(
        f"第 {each.number} 号检查点：{each.size} 个链头，树根 {each.root}",
        f"Checkpoint {each.number}: {each.size} leaves, root {each.root}",
    )


@app.command()
def checkpoints(
    out: Out = None,
    short: Annotated[
        bool, typer.Option("--short", help="不含场景名，只含检查点及延续证明 · no names of scenes, only proofs")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """检查点日志：列出，或导出给审计人员留存 · The checkpoint log: listed, or written for auditors to keep"""
    with database() as opened:
        if out is None:
            _list(opened.checkpoints.all())
            return
        items: Iterable[LogItem] = opened.checkpoints.items()
        if short:
            items = without_leaves(_held(items, _own_keys(opened)))
        count = unreadable = 0
        with out.open("wb") as file:
            for item in items:
                unreadable += isinstance(item, Unreadable)
                for line in logs.lines((item,)):
                    file.write(line)
                    count += 1
    if unreadable:
        raise Failure(
            "log_changed",
            say(
                f"检查点日志中有 {unreadable} 处无法读取，未能写入 {out}（已写 {count} 行）。"
                "请保全现场，运行 scene doctor --all。",
                f"{unreadable} places of the checkpoint log cannot be read and are not in {out} ({count} lines are). "
                "Keep it as it is; `scene doctor --all`.",
            ),
        )
    output.present({"file": str(out), "lines": count}, say(f"{out}：{count} 行", f"{out}: {count} lines"))


def _list(signed: tuple[SignedCheckpoint, ...]) -> None:
    columns = [("号", "no"), ("日", "day"), ("时间", "time"), ("链头数", "leaves"), ("树根", "root"), ("密钥", "key")]
    rows = [
        (each.checkpoint.number, each.checkpoint.day or "-", shown.moment(each.checkpoint.at), each.checkpoint.size,
         each.checkpoint.root[:SHOWN_DIGITS], each.checkpoint.key[:SHOWN_DIGITS])
        for each in reversed(signed[-SHOWN:])
    ]  # fmt: skip
    none = say("还没有检查点。", "There is no checkpoint yet.")
    output.present([_data(each) for each in signed], output.table(columns, rows) if rows else none)


@app.command()
def consistent(old: LogName, new: LogName, keys: Keys = None, as_json: AsJson = False) -> None:
    """新日志是否原样延续旧日志；两者为文件时无需联网 · Does NEW continue OLD unchanged? Offline, for two files

    旧的应是自己留存的副本。 OLD should be a copy that you kept.
    """
    trusted = _fingerprints(keys)
    held = _held(_items(old), trusted, old)
    found = _held(_items(new), trusted, new, held)
    if held.last is None or found.last is None:
        raise misuse("没有检查点可比。", "There is no checkpoint to compare.", code="no_checkpoint")
    proof = [] if found.short else [each.hex() for each in found.tree.consistency(held.last.size, found.last.size)]
    data = {
        "old": held.checkpoints[-1].model_dump(mode="json"), "new": found.checkpoints[-1].model_dump(mode="json"),
        "proof": proof, "keys": sorted(found.keys),
        "handovers": [each.model_dump(mode="json") for each in found.handovers],
    }  # fmt: skip
    lines = [
        say(
            f"一致：第 {held.last.number} 号（{held.last.size} 个链头）原样包含在"
            f"第 {found.last.number} 号（{found.last.size} 个链头）中。",
            f"Consistent: checkpoint {held.last.number} ({held.last.size} leaves) is the beginning of checkpoint "
            f"{found.last.number} ({found.last.size} leaves).",
        )
    ]
    if not trusted:
        lines.append(_compare_the_key(found.keys))
    lines += [by_handover(each) for each in found.handovers[len(held.handovers) :]]
    output.present(data, *lines)


def _compare_the_key(fingerprints: Iterable[str]) -> str:
    named = ", ".join(sorted(fingerprints))
    return say(
        f"请与主管部门公布的密钥指纹核对（或用 --key）：{named}",
        f"Compare the key with the fingerprint that the office gave out (or use --key): {named}",
    )


def _fingerprints(keys: list[str] | None) -> frozenset[str]:
    for each in keys or ():
        if len(each) != DIGITS or set(each) - set("0123456789abcdef"):
            raise misuse("--key 应为 64 位十六进制指纹。", "--key is a fingerprint of 64 hexadecimal digits.")
    return frozenset(keys or ())


def _items(name: str) -> Iterator[LogItem]:
    """A file's, or the database's up to a checkpoint. Raises Failure, OSError."""
    if not name.isdecimal():
        with Path(name).open("rb") as file:
            yield from logs.read(file)
        return
    with database() as opened:
        if not any(each.checkpoint.number == int(name) for each in opened.checkpoints.all()):
            raise Failure("no_checkpoint", say(f"没有第 {name} 号检查点。", f"There is no checkpoint {name}."))
        yield from opened.checkpoints.items(int(name))


def _own_keys(opened: Parts) -> frozenset[str]:
    """Whose key it was, auditors judge: one that was lost gave way to no other, and the log goes on all the same."""
    return frozenset(each.checkpoint.key for each in opened.checkpoints.readable())


def _held(items: Iterable[LogItem], trusted: frozenset[str], name: str = "", held: Log | None = None) -> Log:
    """Raises Failure."""
    try:
        return verified(items, trusted, held)
    except LogDiffers as differs:
        raise _differs(differs, name) from None


def _differs(differs: LogDiffers, name: str = "") -> Failure:
    what = differs.text(output.language())
    where = f"{name}: " if name else ""
    details = {"part": differs.part, "number": str(differs.number), "fault": differs.fault}
    if differs.stream is not None:
        details |= {"kind": str(differs.kind), "stream": differs.stream}
    return Failure(
        "log_differs",
        say(
            f"{where}{what}。请保全两份文件，要求对方说明。",
            f"{where}{what}. Keep both files, and ask for an explanation.",
        ),
        details=details,
    )


@app.command()
def prove(
    stream: Annotated[str, typer.Argument(metavar="SCENE", help="场景编号 · the scene", show_default=False)],
    kind: Annotated[
        ChainKind,
        typer.Option("--chain", help="哪种链；目录、资金池和指标以城市为名 · which chain; of a city by its name"),
    ] = "scene",
    at: Annotated[int | None, typer.Option("--at", help="检查点编号 · as of a checkpoint", show_default=False)] = None,
    out: Out = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """证明场景的记录已在检查点中 · Prove that a scene's entries stand under a checkpoint"""
    with database() as opened:
        if who is not None:
            _refuse_unless_read(opened, kind, stream, who, on_behalf_of)
        proof, after = _proof(opened, kind, stream, at)
    if out is not None:
        out.write_bytes(canonical(proof) + b"\n")
    checkpoint = proof.signed.checkpoint
    lines = [
        say(
            f"{stream} 的 {proof.leaf.sequence} 条记录在第 {checkpoint.number} 号检查点中"
            f"（日志第 {proof.index} 号链头，路径 {len(proof.path)} 个哈希）。",
            f"{proof.leaf.sequence} entries of {stream} stand under checkpoint {checkpoint.number} "
            f"(leaf {proof.index}, a path of {len(proof.path)} hashes).",
        )
    ]
    if after:
        lines.append(say(f"其后 {after} 条记录待下一个检查点。", f"{after} later ones wait for the next checkpoint."))
    if out is not None:
        lines.append(say(f"证明已写入 {out}", f"The proof is in {out}"))
    output.present(proof.model_dump(mode="json"), *lines)


def _refuse_unless_read(opened: Parts, kind: ChainKind, stream: str, who: str, behalf: list[str] | None) -> None:
    """A proof holds every entry in full. Raises Refused."""
    if kind not in ("scene", "refusal"):
        raise misuse("--as 只用于场景的链。", "--as goes with the chains of a scene.")
    state_of(opened, stream)
    may_audit(opened, (stream,), who, behalf, named=True, display="audit_prove", subjects=tuple(Subject))


def _proof(opened: Parts, kind: ChainKind, stream: str, at: int | None) -> tuple[Proof, int]:
    """The proof, and how many entries came after it. Raises Failure, Refused: unknown_scene."""
    links = opened.checkpoints.chain(kind, stream)
    if not links:
        raise Refused("unknown_scene", scene=stream)
    log = _held(opened.checkpoints.items(at), _own_keys(opened))
    if not log.checkpoints or (at is not None and log.checkpoints[-1].checkpoint.number != at):
        which = at or 1
        raise Failure(
            "no_checkpoint",
            say(
                f"没有第 {which} 号检查点。可运行 scene audit checkpoint。",
                f"There is no checkpoint {which}. `scene audit checkpoint` makes one.",
            ),
        )
    signed = log.checkpoints[-1]
    logged = opened.checkpoints.newest_leaf(kind, stream, signed.checkpoint.size)
    if logged is None:
        raise Failure(
            "not_logged",
            say(
                f"{stream} 尚不在第 {signed.checkpoint.number} 号检查点中，待下一个。",
                f"{stream} is not under checkpoint {signed.checkpoint.number} yet; the next one will have it.",
            ),
        )
    proof = Proof(
        leaf=logged.leaf,
        index=logged.index,
        path=tuple(each.hex() for each in log.tree.inclusion(logged.index, signed.checkpoint.size)),
        signed=signed,
        entries=tuple(
            ProvenEntry(sequence=each.sequence, algorithm=each.algorithm, text=each.text)
            for each in links
            if each.sequence <= logged.leaf.sequence
        ),
        handovers=log.handovers,
    )
    try:
        proofs.verify(proof)
    except ProofFails as fails:
        at_entry = fails.sequence or logged.leaf.sequence
        raise Failure(
            "head_differs",
            say(
                f"{stream} 第 {at_entry} 号记录与检查点所记不同：账本曾被改动。请运行 scene doctor --all，并保全现场。",
                f"Entry {at_entry} of {stream} is not what was logged: the ledger was changed. Keep it as it is; "
                "`scene doctor --all`.",
            ),
            details={"stream": stream, "sequence": str(at_entry)},
        ) from None
    return proof, len(links) - logged.leaf.sequence


@app.command()
def proven(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="scene audit prove 写出的文件 · what `prove` wrote")],
    copy: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="自己留存的检查点日志 · the log that you keep", show_default=False),
    ] = None,
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """核对一份证明；无需联网 · Check a proof, offline"""
    try:
        content = file.read_bytes()
        unambiguous.loads(content)
        proof = Proof.model_validate_json(content)
    except (ValueError, RecursionError) as error:
        raise misuse(
            f"{file} 不是证明文件：{str(error).splitlines()[0]}",
            f"{file} is no proof: {str(error).splitlines()[0]}",
            code="unreadable_proof",
        ) from None
    trusted, held = _fingerprints(keys), None
    if copy is not None:
        log = _held(_items(str(copy.absolute())), trusted, str(copy))
        held = next(
            (each for each in log.checkpoints if each.checkpoint.number == proof.signed.checkpoint.number), None
        )
        trusted |= log.keys
    try:
        steps = proofs.verify(proof, trusted, held)
    except ProofFails as fails:
        zh, en = PROOF_FAULTS[fails.fault]
        at = "" if fails.sequence is None else f" #{fails.sequence}"
        raise Failure(
            "proof_fails",
            say(f"证明不成立：{zh}{at}。", f"The proof does not hold: {en}{at}."),
            details={"fault": fails.fault} | ({"sequence": str(fails.sequence)} if fails.sequence else {}),
        ) from None
    leaf, checkpoint = proof.leaf, proof.signed.checkpoint
    lines = [
        say(
            f"成立：{leaf.stream} 的 {leaf.sequence} 条记录在第 {checkpoint.number} 号检查点"
            f"（{shown.moment(checkpoint.at)}）中。",
            f"It holds: {leaf.sequence} entries of {leaf.stream} stood under checkpoint {checkpoint.number} of "
            f"{shown.moment(checkpoint.at)}.",
        )
    ]
    lines += [by_handover(each) for each in steps]
    if held is None and copy is not None:
        lines.append(
            say(
                "副本中没有该检查点，只核对了密钥。",
                "Your copy does not have that checkpoint; only the key was compared.",
            )
        )
    if not trusted:
        lines.append(_compare_the_key([checkpoint.key]))
    output.present(
        {
            "leaf": leaf.model_dump(mode="json"),
            "checkpoint": checkpoint.model_dump(mode="json"),
            "in_copy": held is not None,
            "by_handover": [each.model_dump(mode="json") for each in steps],
        },
        *lines,
    )


PROOF_FAULTS: dict[proofs.ProofFault, tuple[str, str]] = {
    "entries": ("记录不连续或被改动", "an entry is missing, changed or out of its place"),
    "head": ("记录算出的链头与检查点所记不同", "the entries do not lead to the head that was logged"),
    "inclusion": ("链头不在检查点的树中", "the head is not in the checkpoint's tree"),
    "handover": ("密钥交接声明是伪造的", "it holds a forged handover of keys"),
    "key": ("由未获信任的密钥签名", "it is signed with a key that is not trusted"),
    "signature": ("签名不符", "the signature is not of this checkpoint"),
    "not_the_copy": ("检查点与留存的副本不同", "the checkpoint is not the one in your copy"),
}
