"""One POST to somebody else's server, which is trusted with nothing: no redirect, no way into our own network."""

import asyncio
import json
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from activities.delivery import NotNow

TIMEOUT_SECONDS = 10
LARGEST_ANSWER = 64 * 1024
_BUSY = (408, 425, 429)


class Refused(Exception):
    """The server takes this for no good: sending it again would change nothing."""


async def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> bytes:
    """The answer's body, if the status is 2xx. `private` allows addresses of our own network.

    The address is looked up once, checked and used: a name that changes its address in between gains nothing. Raises
    NotNow (not there, too slow, busy, broken) and Refused (anything else that is not 2xx, a redirect included).
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    address = await _address(host, parts.port or (443 if parts.scheme == "https" else 80), private=private)
    literal = f"[{address}]" if ":" in address else address
    netloc = literal if parts.port is None else f"{literal}:{parts.port}"
    try:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
            asyncio.timeout(TIMEOUT_SECONDS),
            client.stream(
                "POST",
                parts._replace(netloc=netloc).geturl(),
                content=body,
                headers={"Host": parts.netloc.rpartition("@")[2], **headers},
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            content = await _read(answer)
    except (httpx.HTTPError, TimeoutError) as problem:
        raise NotNow(f"{host}: {type(problem).__name__}") from problem
    if answer.is_success:
        return content
    if answer.status_code >= 500 or answer.status_code in _BUSY:
        raise NotNow(f"{host}: HTTP {answer.status_code}")
    raise Refused(f"{host}: HTTP {answer.status_code}")


async def _read(answer: httpx.Response) -> bytes:
    content = b""
    async for piece in answer.aiter_bytes():
        content += piece
        if len(content) > LARGEST_ANSWER:
            break
    return content


async def _address(host: str, port: int, *, private: bool) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise NotNow(f"{host}: {problem}") from problem
    address = str(found[0][4][0])
    if not private and not ip_address(address.partition("%")[0]).is_global:
        raise Refused(f"{host} is at {address}, in a private network; SCENE_WEBHOOKS_INTO_PRIVATE_NETWORKS allows it")
    return address


def as_json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
