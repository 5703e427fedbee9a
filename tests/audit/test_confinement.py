"""The code of a build runs in a process that can not connect, write, or start another program."""

from pathlib import Path

import pytest

from audit import builds
from audit.sources import installed
from tests.audit.conftest import Kept

ATTEMPTS = {
    "connect": "import socket; socket.socket().connect(('127.0.0.1', 9))",
    "send": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('127.0.0.1', 9))",
    "write": "open({file!r}, 'w')",
    "write_below": "import os; os.open({file!r}, os.O_WRONLY | os.O_CREAT)",
    "pipe": "import os; os.mkfifo({file!r})",
    "database": "import sqlite3; sqlite3.connect({file!r})",
    "shell": "import os; os.system('touch ' + {file!r})",
    "program": "import subprocess; subprocess.run(['touch', {file!r}])",
    "program_below": "import subprocess; subprocess._fork_exec",
    "fork": "import os; os.fork()",
    "kill": "import os; os.kill(os.getppid(), 0)",
    "native": "import ctypes; ctypes.CDLL(None)",
    "unguarded": "import __main__; __main__._FORBIDDEN = (); __main__._WRITES = 0; open({file!r}, 'w')",
    "memory": "bytearray(20 * 1024 ** 3)",
}


def test_whatever_it_tries_is_held(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "written"
    code = "import sys\n" + "".join(
        f"try:\n    {attempt.format(file=str(file))}\nexcept BaseException:\n    sys.stderr.write('held {name}\\n')\n"
        for name, attempt in ATTEMPTS.items()
    )
    sources = {**installed(), "workflows/scene.py": f"{code}raise SystemExit(9)\n".encode()}
    with builds.started(kept.bundle, sources) as process, pytest.raises(builds.BuildFailed) as failed:
        process.run_again({})
    assert [name for name in ATTEMPTS if f"held {name}\n" not in f"{failed.value}\n"] == []
    assert not file.exists()
