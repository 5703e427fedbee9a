"""The key that signs checkpoints and bundles: made once, shown, and changed so that auditors can follow."""

from pathlib import Path
from typing import Annotated

import typer

from audit import handovers
from audit.handovers import HandoverWaits
from audit.signing import KeyFile, NoKey
from models.checkpoint import SignedHandover

from . import output, shown
from .output import AsJson, Failure, say
from .session import database, settings

Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="写入文件 · write it there")]


def add_to(app: typer.Typer) -> None:
    app.command("key")(key)


def key(
    new: Annotated[bool, typer.Option("--new", help="生成密钥（不覆盖已有的） · make one; never over another")] = False,
    hand_over: Annotated[
        bool,
        typer.Option("--hand-over", help="换密钥，由旧密钥签名交接 · change it; the old one signs who follows"),
    ] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """签名密钥的指纹和公钥 · The fingerprint and the public half of the key that signs"""
    file = KeyFile(settings().audit_key)
    given, retired = _handed_over(file) if hand_over else (None, None)
    if new:
        try:
            file.make()
        except FileExistsError:
            raise Failure(
                "audit_key_exists",
                say(
                    f"{file.file} 已存在，不会覆盖。换密钥用 --hand-over；旧密钥遗失的，移走它，并告知审计人员新指纹。",
                    f"{file.file} exists and is not overwritten. To change keys: --hand-over. Where the old one is "
                    "lost, move it away first, and tell the auditors the new fingerprint.",
                ),
            ) from None
    try:
        pem, fingerprint = file.public_pem(), file.fingerprint()
    except NoKey as problem:
        raise no_key(problem.file, problem.problem) from None
    if out is not None:
        out.write_text(pem, encoding="ascii")
    told = []
    if given is not None:
        told = [
            by_handover(given),
            say(
                f"旧密钥移至 {retired}。请运行 scene audit checkpoint，使交接入日志；再销毁旧密钥及其副本。",
                f"The old key is in {retired} now. Run `scene audit checkpoint`, which takes the handover into the "
                "log; then destroy the old key and every copy of it.",
            ),
        ]
    handed = None if given is None else given.model_dump(mode="json")
    output.present(
        {"file": str(file.file), "fingerprint": fingerprint, "public_key": pem, "handover": handed},
        *told,
        output.pairs([(say("密钥文件", "file"), file.file), (say("指纹", "fingerprint"), fingerprint)]),
        *([pem.rstrip()] if out is None else [say(f"公钥已写入 {out}", f"The public key is in {out}")]),
    )


def _handed_over(file: KeyFile) -> tuple[SignedHandover, Path]:
    """Raises Failure."""
    with database() as opened:
        last = opened.checkpoints.last()
    try:
        return handovers.hand_over(file, last, shown.now())
    except NoKey as problem:
        raise no_key(problem.file, problem.problem) from None
    except HandoverWaits:
        raise Failure(
            "handover_waits",
            say(
                "现用密钥尚未签过检查点，不能再换。请先运行 scene audit checkpoint。",
                "The key in use has signed no checkpoint yet and can not give way to another. "
                "Run `scene audit checkpoint` first.",
            ),
        ) from None


_PROBLEMS = {
    "is not there": "不存在",
    "holds no unencrypted private key in PEM": "不是未加密的 PEM 私钥",
    "is not an Ed25519 key": "不是 Ed25519 密钥",
}


def problem_in_words(problem: str) -> str:
    """What is wrong with a key file (`audit.signing.NoKey`), in the language of the screen."""
    return say(_PROBLEMS.get(problem, problem.replace("cannot be read: ", "无法读取：")), problem)


def no_key(file: Path, problem: str) -> Failure:
    return Failure(
        "no_audit_key",
        say(
            f"没有可用的签名密钥（{file}：{problem_in_words(problem)}）。"
            "运行 scene audit key --new，或以 SCENE_AUDIT_KEY_FILE 指明。",
            f"There is no key to sign with ({file}: {problem}). Make one by `scene audit key --new`, or name it in "
            "SCENE_AUDIT_KEY_FILE.",
        ),
    )


def by_handover(given: SignedHandover) -> str:
    day = handovers.day(given.handover.at)
    return say(
        f"密钥于 {day} 交接：{given.handover.old} → {given.handover.new}",
        f"By handover of {day}: {given.handover.old} gave way to {given.handover.new}",
    )
