"""A mail server on this machine that keeps every letter it is given: nothing leaves, and everything can be read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP

HOST: Final = "127.0.0.1"


@dataclass
class LocalPost:
    """`folder`: where each letter is also kept as a file, in the order in which they came."""

    folder: Path | None
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # its name in aiosmtpd
        self.letters.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content))
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{len(self.letters):04}.eml").write_bytes(envelope.content)
        return "250 OK"


@asynccontextmanager
async def local_post(folder: Path | None = None) -> AsyncIterator[LocalPost]:
    """Serves on a free port until it is left."""
    post = LocalPost(folder)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(post, hostname=HOST), HOST, 0)
    post.port = server.sockets[0].getsockname()[1]
    async with server:
        yield post
