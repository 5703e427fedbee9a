"""The archive of closed runs: packed files, and the index that says where each is and what it held."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select, tuple_

from activities.archive import ClosedRun
from models.frozen import Frozen
from models.tables import ArchiveRow
from models.text import Moment
from storage.archive_files import ArchiveDamaged, ArchivedFile, ArchiveFiles
from storage.database import table_of, writing

ARCHIVE = table_of(ArchiveRow)
RESET = "WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW"


class ArchivedRun(Frozen):
    """`bytes` and `sha256` are those of the history before packing."""

    workflow_id: str
    run_id: str
    stream: str
    path: str
    sha256: str
    bytes: int
    events: int
    closed_at: Moment
    archived_at: Moment


class SqlArchive:
    """Implements `activities.archive.Archive`. `stream_of` gives the stream that a workflow id stands for."""

    def __init__(self, engine: Engine, files: ArchiveFiles, stream_of: Callable[[str], str]) -> None:
        self._engine = engine
        self._files = files
        self._stream_of = stream_of

    def missing(self, runs: tuple[ClosedRun, ...]) -> tuple[ClosedRun, ...]:
        key = (ARCHIVE.c.workflow_id, ARCHIVE.c.run_id)
        known = select(*key).where(tuple_(*key).in_([(run.workflow_id, run.run_id) for run in runs]))
        with self._engine.connect() as connection:
            there = {(row.workflow_id, row.run_id) for row in connection.execute(known)}
        return tuple(run for run in runs if (run.workflow_id, run.run_id) not in there)

    def keep(self, run: ClosedRun, history: str, events: int, at: datetime) -> None:
        """First the file, then the index: what the index knows is there. Safe to repeat."""
        self._index(run, self._files.write(run.workflow_id, run.run_id, history), events, at)

    def index_again(self, at: datetime) -> int:
        """Puts the files that the index does not know back into it: after the loss of the database. Says how many.

        They are taken as they are, archived at `at`: only the lost index could tell whether one was changed. Raises
        ArchiveDamaged.
        """
        lost = 0
        for file, history in self._files.all():
            run, events = _run_in(file.path, history)
            if self.missing((run,)):
                self._index(run, file, events, at)
                lost += 1
        return lost

    def unindexed(self) -> Iterator[tuple[str, str, ArchivedFile]]:
        """Stream, run id and file of each history that the index lacks; see `index_again`. Raises ArchiveDamaged."""
        for file, history in self._files.all(but={run.path for run in self.runs()}):
            run, _ = _run_in(file.path, history)
            yield self._stream_of(run.workflow_id), run.run_id, file

    def _index(self, run: ClosedRun, file: ArchivedFile, events: int, at: datetime) -> None:
        row = {
            "workflow_id": run.workflow_id,
            "run_id": run.run_id,
            "stream": self._stream_of(run.workflow_id),
            "path": file.path,
            "sha256": file.sha256,
            "bytes": file.bytes,
            "events": events,
            "closed_at": run.closed_at,
            "archived_at": at,
        }
        with writing(self._engine, f"archive {run.workflow_id}") as connection:
            connection.execute(
                delete(ARCHIVE).where(ARCHIVE.c.workflow_id == run.workflow_id, ARCHIVE.c.run_id == run.run_id)
            )
            connection.execute(insert(ARCHIVE), row)

    def runs(self, stream: str | None = None) -> tuple[ArchivedRun, ...]:
        """Every archived run, or those of one stream, the earliest first."""
        rows = select(ARCHIVE).order_by(ARCHIVE.c.closed_at, ARCHIVE.c.run_id)
        if stream is not None:
            rows = rows.where(ARCHIVE.c.stream == stream)
        with self._engine.connect() as connection:
            return tuple(ArchivedRun.model_validate(dict(row)) for row in connection.execute(rows).mappings())

    def paths(self) -> Iterator[str]:
        """Where there is a file, known to the index or not. Raises OSError."""
        return self._files.paths()

    def history(self, run: ArchivedRun | ArchivedFile) -> str:
        """The run's history as Temporal's JSON. Raises storage.archive_files.ArchiveDamaged."""
        return self._files.read(run.path, run.sha256)


def _run_id(events: list[Any], started: str) -> str:
    """A run that came of a reset has the start of the other one, and says further on which it is."""
    reset = [
        failed["newRunId"]
        for each in events
        if (failed := each.get("workflowTaskFailedEventAttributes")) and failed.get("cause") == RESET
    ]
    return reset[-1] if reset else started


def _run_in(path: str, history: str) -> tuple[ClosedRun, int]:
    """The run whose history it is, and how many events it has. Raises ArchiveDamaged."""
    try:
        events = json.loads(history)["events"]
        started = events[0]["workflowExecutionStartedEventAttributes"]
        run = ClosedRun(
            workflow_id=started["workflowId"],
            run_id=_run_id(events, started["originalExecutionRunId"]),
            closed_at=events[-1]["eventTime"],
        )
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ArchiveDamaged(path, f"is no history: {error}") from error
    return run, len(events)
