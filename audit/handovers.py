"""A key gives way to another: the old one signs a statement that names the new one.

Whoever trusts the old key follows from statement to statement. The statement lies beside the key until the next
checkpoint takes it into the log; bundles and proofs carry all of them. What a statement can not show is that the old
key was in the right hands when it signed: whoever holds it can name a key of his own, so it is destroyed afterwards,
and an auditor who keeps the log sees a second one that names another.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from audit import signing
from audit.signing import Key, KeyFile
from models.canonical import canonical
from models.checkpoint import FIRST, Handover, SignedCheckpoint, SignedHandover
from rules.deadlines import BEIJING

SHOWN_DIGITS = 16


class HandoverWaits(Exception):
    """The key that signs is in no checkpoint yet: another handover now would leave a gap."""


def hand_over(key: KeyFile, last: SignedCheckpoint | None, at: datetime) -> tuple[SignedHandover, Path]:
    """Makes a new key, which takes the place of the old one; the statement, and where the old key is now.

    At every moment there is a key in the file. Raises HandoverWaits, NoKey, OSError.
    """
    old = key.read()
    if waiting(key, old.fingerprint(), last):
        raise HandoverWaits
    successor = KeyFile(key.file.with_name(f"{key.file.name}.next"))
    successor.file.unlink(missing_ok=True)  # of a handover that was cut short: nothing was ever signed with it
    successor.make()
    handover = Handover(
        old_key=old.public().hex(),
        new_key=successor.public().hex(),
        at=at,
        after=last.checkpoint.number if last else 0,
        previous=last.checkpoint.digest if last else FIRST,
    )
    signed = SignedHandover(handover=handover, signature=old.sign(handover.text).hex())
    _keep(_statement(key), canonical(signed) + b"\n")
    retired = key.file.with_name(f"{key.file.name}.{old.fingerprint()[:SHOWN_DIGITS]}.retired")
    if not retired.exists():
        os.link(key.file, retired)
    successor.file.replace(key.file)
    return signed, retired


def waiting(key: KeyFile, signer: str, last: SignedCheckpoint | None) -> bool:
    """Whether the key with the fingerprint `signer` took over, and no checkpoint says so yet."""
    if last is not None:
        return last.checkpoint.key != signer
    return beside(key, signer) is not None


def beside(key: KeyFile, signer: str) -> SignedHandover | None:
    """The statement beside the key that names `signer`, a fingerprint."""
    try:
        signed = SignedHandover.model_validate_json(_statement(key).read_bytes())
    except (OSError, ValidationError):
        return None
    return signed if signed.handover.new == signer and holds(signed) else None


def for_checkpoint(key: KeyFile, signer: Key, before: SignedCheckpoint | None) -> SignedHandover | None:
    """The statement that the next checkpoint has to take into the log."""
    signed = beside(key, signer.fingerprint())
    if signed is None or before is None:
        return signed
    return signed if before.checkpoint.key == signed.handover.old else None


def logged(checkpoints: Iterable[SignedCheckpoint]) -> tuple[SignedHandover, ...]:
    return tuple(each.checkpoint.handover for each in checkpoints if each.checkpoint.handover is not None)


def holds(signed: SignedHandover) -> bool:
    """Whether the old key signed it."""
    try:
        signature = bytes.fromhex(signed.signature)
    except ValueError:
        return False
    return signing.verify(bytes.fromhex(signed.handover.old_key), signed.handover.text, signature)


def way(statements: Sequence[SignedHandover], trusted: Iterable[str], key: str) -> tuple[SignedHandover, ...] | None:
    """From a trusted fingerprint to `key`, by statements that hold: empty where it is trusted itself, None for no way.

    A key that gave way to one key gave way to no other: where two statements name different ones, neither counts.
    """
    trusted = frozenset(trusted)
    if key in trusted:
        return ()
    given: dict[str, dict[str, SignedHandover]] = {}
    for each in statements:
        if holds(each):
            given.setdefault(each.handover.old, {})[each.handover.new] = each
    for start in sorted(trusted):
        steps: list[SignedHandover] = []
        at = start
        while at != key and len(given.get(at, {})) == 1 and len(steps) < len(statements):
            (step,) = given[at].values()
            steps.append(step)
            at = step.handover.new
        if at == key:
            return tuple(steps)
    return None


def forged(statements: Iterable[SignedHandover]) -> tuple[SignedHandover, ...]:
    """Those that the key which they name as the old one did not sign."""
    return tuple(each for each in statements if not holds(each))


def day(at: datetime) -> str:
    """By the city's time."""
    return at.astimezone(BEIJING).date().isoformat()


def _statement(key: KeyFile) -> Path:
    return key.file.with_name(f"{key.file.name}.handover.json")


def _keep(file: Path, content: bytes) -> None:
    part = file.with_name(f".{file.name}.part")
    with part.open("wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    part.replace(file)
