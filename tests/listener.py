"""A real HTTP server on loopback, which answers as it is told to, also badly."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Listener:
    """`status`, `body`: the answer; `slow`: seconds before it; `hangs_up`: no answer at all; `location`: a redirect."""

    status: int = 200
    body: str = "{}"
    slow: float = 0
    hangs_up: bool = False
    location: str | None = None
    calls: list[Call] = field(default_factory=list)
    url: str = ""


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            listener.calls.append(Call(self.path, dict(self.headers.items()), content))
            if listener.hangs_up:
                self.close_connection = True
                return
            time.sleep(listener.slow)
            self.send_response(listener.status)
            if listener.location is not None:
                self.send_header("Location", listener.location)
            answer = listener.body.encode()
            self.send_header("Content-Length", str(len(answer)))
            with suppress(ConnectionError):  # who asked has gone
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        listener.url = f"http://{HOST}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()
