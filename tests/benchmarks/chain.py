"""How long a chain takes to verify: `python -m tests.benchmarks.chain [ROWS]`, a million by default.

Each part runs in a process of its own, whose largest memory is then that part's: hashing the same bytes, whatever the
database; the ledger's own check over SQLite; and the tree over as many leaves.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import create_engine, text

from audit.merkle import Tree, leaf_hash
from models.checkpoint import LogLeaf
from models.journal import ALGORITHM, GENESIS, link
from runtime.policy_files import load_city
from storage.database import engine_for, migrate
from storage.ledger import SqlLedger
from storage.reads import LedgerReads
from tests.scenario import ROOT, Play
from tests.storage.journals import record, rows

ROWS = 1_000_000
BATCH = 20_000
STREAM = "S"


def main() -> None:
    if len(sys.argv) > 2:
        _part(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
        return
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with TemporaryDirectory() as folder:
        file = Path(folder) / "scene.db"
        size = _fill(file, wanted)
        print(f"{wanted:,} rows, {size / wanted:.0f} bytes of text each, {size / 1e6:.0f} MB in all")
        plain = _measured("hash", file, wanted, None)
        for part in ("read", "chain", "leaves"):
            _measured(part, file, wanted, plain)


def _measured(part: str, file: Path, wanted: int, plain: float | None) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.chain", part, str(file), str(wanted)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    seconds = float(told["seconds"])
    ratio = "" if plain is None else f", {seconds / plain:.1f} times plain hashing"
    grown = told["after_mb"] - told["before_mb"]
    memory = f"{told['after_mb']:.0f} MB at most, {grown:.0f} MB above the start"
    print(f"{PARTS[part][0]:44} {seconds:7.2f} s, {memory}{ratio}")
    return seconds


def _part(part: str, file: Path, wanted: int) -> None:
    prepared = PARTS[part][1](file, wanted)
    before = _peak()
    began = perf_counter()
    for _ in prepared:
        pass
    seconds = perf_counter() - began
    print(json.dumps({"seconds": seconds, "before_mb": before, "after_mb": _peak()}))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _hash(file: Path, wanted: int) -> Iterator[None]:
    """The same bytes, linked; made in memory one at a time, which is not counted as hashing but is small."""
    head, before, after = GENESIS, *_template(file)
    for number in range(1, wanted + 1):
        head = link(ALGORITHM, head, before + str(number).encode() + after)
        yield None


def _read(file: Path, _: int) -> Iterator[None]:
    engine = engine_for(f"sqlite:///{file}")
    with engine.connect() as connection:
        query = text("SELECT sequence, algorithm, previous, hash, text FROM entry ORDER BY stream, sequence")
        for _row in connection.execution_options(yield_per=1_000).execute(query):
            yield None
    engine.dispose()


def _chain(file: Path, _: int) -> Iterator[None]:
    engine = engine_for(f"sqlite:///{file}")
    if LedgerReads(engine).verify_chain(STREAM) is not None:
        raise SystemExit("the chain does not hold")
    engine.dispose()
    yield None


def _leaves(_: Path, wanted: int) -> Iterator[None]:
    tree = Tree()
    for number in range(wanted):
        leaf = LogLeaf(kind="scene", stream=f"S-{number}", sequence=1, head=GENESIS, algorithm="sha256")
        tree.append(leaf_hash(leaf.text))
    tree.root()
    yield None


PARTS: dict[str, tuple[str, Callable[[Path, int], Iterator[None]]]] = {
    "hash": ("hashing the same bytes", _hash),
    "read": ("reading the rows, and no more", _read),
    "chain": ("the ledger's chain verified", _chain),
    "leaves": ("as many leaves made and hashed into a tree", _leaves),
}


def _template(file: Path) -> tuple[bytes, bytes]:
    """What stands before and after the number in every entry."""
    return tuple((file.parent / name).read_bytes() for name in ("before", "after"))  # type: ignore[return-value]


def _fill(file: Path, wanted: int) -> int:
    """One chain of copies of a scene's entry, each with its own number. Gives the bytes of its texts."""
    url = f"sqlite:///{file}"
    migrate(url)
    engine = create_engine(url)
    record(SqlLedger(engine), Play(load_city(ROOT / "policies", "盐城市"), scene="TEMPLATE").to_consultation())
    entry = sorted(rows(engine, "entry"), key=lambda row: len(row["text"]))[len(rows(engine, "entry")) // 2]
    content = json.loads(entry["text"]) | {"sequence": "#NUMBER#"}
    spelled = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    before, after = spelled.split(b'"#NUMBER#"')
    (file.parent / "before").write_bytes(before)
    (file.parent / "after").write_bytes(after)
    columns = ("stream", "sequence", "algorithm", "previous", "hash", "text", "recorded_at", "build", "rules")
    insert = text(f"INSERT INTO entry ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})")  # noqa: S608
    head, size, batch = GENESIS, 0, []
    with engine.begin() as connection:
        for number in range(1, wanted + 1):
            content_text = before + str(number).encode() + after
            previous, head = head, link(ALGORITHM, head, content_text)
            size += len(content_text)
            new = {
                "stream": STREAM,
                "sequence": number,
                "previous": previous,
                "hash": head,
                "text": content_text.decode(),
            }
            batch.append({**entry, **new})
            if len(batch) == BATCH or number == wanted:
                connection.execute(insert, batch)
                batch.clear()
    engine.dispose()
    return size


if __name__ == "__main__":
    main()
