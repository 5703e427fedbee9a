"""The refusal ledger: what the rules said no to. A refusal leaves nothing in a Temporal history, so it stands here.

It is chained like the journal, each scene's for itself, and never lost: while the database is away, refusals go to a
spool, a file of JSON lines, each safe on the disk before the caller hears of the refusal. `drain_spool` brings them in
later, each once.
"""

import fcntl
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from pydantic import Field, JsonValue, ValidationError
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import SQLAlchemyError

from models.actor import Actor
from models.canonical import canonical
from models.commands import COMMAND_BYTES, Act, Command
from models.commands.matching import RevealBid
from models.frozen import Frozen
from models.journal import ALGORITHM, GENESIS, link
from models.refusal import Refused
from models.tables import RefusalRow
from models.text import Moment
from storage.database import table_of, writing

REFUSAL = table_of(RefusalRow)
DETAIL_LENGTH = 2_000
"""Characters of one detail that are kept: a malformed command can be as long as its sender likes."""
_log = logging.getLogger(__name__)


class Refusal(Frozen):
    """Who asked what of which scene, having seen which of its entries, and why it was refused.

    `command` is None where what came could not be read as a command. What an office asks for all scenes at once stands
    under a name of its own in `scene`, such as `calendar:2027`.
    """

    scene: str
    code: str
    details: dict[str, str]
    actor: Actor | None
    seen: int | None
    command: JsonValue
    at: Moment
    sequence: int | None = Field(None, exclude_if=lambda value: value is None)
    """The scene's last entry when it refused."""
    policy: str | None = Field(None, exclude_if=lambda value: value is None)
    """Digest of the policy that it refused by."""

    @classmethod
    def of(cls, scene: str, command: Command | None, refused: Refused, at: datetime) -> "Refusal":
        return cls(
            scene=_plain(scene)[:DETAIL_LENGTH],
            code=refused.code,
            details={key: _plain(value)[:DETAIL_LENGTH] for key, value in refused.details.items()},
            actor=command.actor if command else None,
            seen=command.seen if command else None,
            command=_kept(command) if command else None,
            at=at.astimezone(UTC),
            sequence=refused.sequence,
            policy=refused.policy,
        )

    @classmethod
    def of_office(cls, stream: str, actor: Actor, act: Mapping[str, str], refused: Refused, at: datetime) -> "Refusal":
        """`act` is what was asked, outside any scene: its verb, and what it was about."""
        asked = {key: _plain(value)[:DETAIL_LENGTH] for key, value in act.items()}
        return cls.of(stream, None, refused, at).model_copy(update={"actor": actor, "command": {"act": asked}})

    @classmethod
    def of_claim(
        cls, scene: str, claimed: Mapping[str, JsonValue], act: Act | None, refused: Refused, at: datetime
    ) -> "Refusal":
        """Of somebody whom the directory does not have as they say: `claimed` is who they said they were.

        What they wanted to do stands with it; of a bid that is opened the verb alone.
        """
        sealed = isinstance(act, RevealBid)
        content = act.model_dump(mode="json") if act is not None and not sealed else {"verb": act.verb if act else None}
        if len(str(content)) > COMMAND_BYTES:
            content = {"verb": content["verb"]}
        return cls.of(scene, None, refused, at).model_copy(
            update={"command": {"claimed": dict(claimed), "act": content}}
        )


def _plain(text: str) -> str:
    """What no database takes, halves of characters and NUL, is replaced: a refusal is kept whatever was asked."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _kept(command: Command) -> JsonValue:
    """The whole command, unless it is sealed, or larger than any that is accepted: then its envelope, verb and digest.

    A bid that was opened too early stays secret until the opening.
    """
    content: dict[str, JsonValue] = command.model_dump(mode="json")
    if isinstance(command.act, RevealBid) or len(canonical(command)) > COMMAND_BYTES:
        content["act"] = {"verb": command.act.verb}
        content["digest"] = command.digest
    return content


class RefusalLedger:
    """`spool` is the file that refusals wait in; several processes may share it."""

    def __init__(self, engine: Engine, spool: Path) -> None:
        self._engine = engine
        self._spool = spool

    def record(self, scene: str, command: Command | None, refused: Refused, at: datetime) -> None:
        """Raises OSError where neither the database nor the disk takes it."""
        self.keep(Refusal.of(scene, command, refused, at))

    def keep(self, refusal: Refusal) -> None:
        """What waits in the spool goes first. Raises OSError as `record` does."""
        try:
            self.drain_spool()
            self._append([refusal])
        except SQLAlchemyError as away:
            with self._alone_with_spool() as file:
                _add_line(file, canonical(refusal))
            _log.warning("a refusal waits in the spool: %s", type(away).__name__)

    def drain_spool(self) -> int:
        """Brings in what waits, each once, and says how many. Raises SQLAlchemyError while the database is away.

        A line that can not be read, such as one cut short by a power cut, moves to the file `.unreadable` beside it.
        """
        if not self._spool.exists() or not self._spool.stat().st_size:
            return 0
        with self._alone_with_spool() as file:
            refusals: list[Refusal] = []
            unreadable: list[bytes] = []
            for line in file.read().splitlines():
                try:
                    refusals.append(Refusal.model_validate_json(line))
                except ValidationError:
                    unreadable.append(line)
            self._append(refusals)
            if unreadable:
                _log.error("%d lines of the spool can not be read", len(unreadable))
                with self._spool.with_suffix(".unreadable").open("a+b") as beside:
                    for line in unreadable:
                        _add_line(beside, line)
            file.truncate(0)
        return len(refusals)

    def _append(self, refusals: list[Refusal]) -> None:
        """Each once, at the end of its scene's chain: repeated after a crash, only what is missing is added."""
        by_scene: dict[str, list[Refusal]] = {}
        for refusal in refusals:
            by_scene.setdefault(refusal.scene, []).append(refusal)
        for scene, of_it in by_scene.items():
            with writing(self._engine, f"refusals {scene}") as connection:
                _append_to(connection, scene, of_it)

    @contextmanager
    def _alone_with_spool(self) -> Iterator[BinaryIO]:
        self._spool.parent.mkdir(parents=True, exist_ok=True)
        with self._spool.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield file


def _append_to(connection: Connection, scene: str, refusals: list[Refusal]) -> None:
    newest = select(REFUSAL.c.sequence, REFUSAL.c.hash).where(REFUSAL.c.scene == scene)
    last = connection.execute(newest.order_by(REFUSAL.c.sequence.desc()).limit(1)).first()
    sequence, head = (last.sequence, last.hash) if last else (0, GENESIS)
    for refusal in refusals:
        text = canonical(refusal)
        digest = sha256(text).hexdigest()
        if connection.scalar(select(REFUSAL.c.sequence).where(REFUSAL.c.digest == digest)) is None:
            sequence, previous, head = sequence + 1, head, link(ALGORITHM, head, text)
            chained = {"sequence": sequence, "digest": digest, "algorithm": ALGORITHM, "previous": previous,
                       "hash": head, "text": text.decode()}  # fmt: skip
            connection.execute(insert(REFUSAL), columns_of(refusal) | chained)


def columns_of(refusal: Refusal) -> dict[str, object]:
    """The columns that repeat, for lists, what the text says."""
    actor = refusal.actor
    claimed = refusal.command.get("claimed") if isinstance(refusal.command, dict) else None
    said = claimed if isinstance(claimed, dict) else {}
    return {
        "scene": refusal.scene,
        "code": refusal.code,
        "person": actor.person if actor else said.get("person"),
        "unit": actor.unit if actor else said.get("unit"),
        "role": actor.role.value if actor else said.get("role"),
        "seen": refusal.seen,
        "at": refusal.at,
    }


def _add_line(file: BinaryIO, line: bytes) -> None:
    """Appends, and returns when it is on the disk. A line cut short before is left alone on its own line."""
    if file.seek(0, os.SEEK_END):
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            line = b"\n" + line
    file.write(line + b"\n")
    file.flush()
    os.fsync(file.fileno())
