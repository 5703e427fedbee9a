"""Runs a scene's runs again on the code of one build. A program of its own: `python -I rerun.py BUNDLE SOURCES`.

It takes jobs from stdin and gives results to stdout, one JSON object a line. `SOURCES` holds the build's packages; no
other code of ours is loaded. Before it loads them it takes from itself what checking does not need: the network, other
programs, writing files, more memory and time than a run can need.

A job names a run's history, the one after it, and the scene's journal. The run is replayed on the workflow, and its
entries are judged again: each command, in the state and under the policy that it met, must give the same events; each
alarm must have been due, and none left out; each receipt, and the state and policy that went over to the next run, must
be what was recorded; so must be what the replay asks of the server: timers, activities, attributes, answers, the end.
Values are compared throughout, for a replay alone ignores them.

What a build has to offer: `rules.journal` (entry_for, due_alarm, fold, policy_after), `models.opening.SceneOpening`,
`models.journal.JournalEntry`, `models.canonical.canonical` and `workflows.scene.SceneWorkflow`.
"""

import asyncio
import base64
import importlib
import json
import os
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from temporalio.bridge.proto.workflow_activation import QueryWorkflow
from temporalio.worker import (
    UnsandboxedWorkflowRunner,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)

MEMORY = 8 * 1024**3
"""Bytes of address space; the SDK's own library reserves most of it without using it."""
SECONDS = 3600
SAID = 1024 * 1024
"""Bytes: what it has to say of its own end goes to a file."""
ROUNDING = 1000
"""Microseconds by which a timer's duration may differ."""
OURS = ("activities", "models", "rules", "workflows")
_FORBIDDEN = (
    "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "subprocess.Popen",
    "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.remove", "os.rename",
    "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.chflags", "os.lockf", "os.link", "os.symlink", "os.truncate",
    "os.utime", "os.setxattr", "os.removexattr", "shutil.rmtree", "sqlite3.connect", "signal.pthread_kill",
    "ctypes.dlopen", "ctypes.dlsym", "ctypes.addressof", "ctypes.call_function",
)  # fmt: skip
_UNSEEN = (
    ("_posixsubprocess", "fork_exec"), ("subprocess", "_fork_exec"), ("os", "mkfifo"), ("os", "mknod"),
    ("posix", "mkfifo"), ("posix", "mknod"),
)  # fmt: skip
"""Ways to other programs and to files of which Python tells no guard."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


class Forbidden(Exception):
    """The build's code asked for what checking does not need."""


def main(bundle: str, sources: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SAID, SAID))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the code prints is no answer
    sys.dont_write_bytecode = True
    sys.path.insert(0, sources)
    for module, name in _UNSEEN:
        if hasattr(there := importlib.import_module(module), name):
            delattr(there, name)
    sys.addaudithook(_guard(frozenset(_FORBIDDEN), _WRITES))
    from temporalio.contrib.pydantic import pydantic_data_converter
    from temporalio.worker import Replayer

    from workflows.scene import SceneWorkflow

    strangers = _strangers(Path(sources))
    recorder = Recorder()
    replayer = Replayer(workflows=[SceneWorkflow], data_converter=pydantic_data_converter, workflow_runner=recorder)
    with zipfile.ZipFile(bundle) as parts:
        for line in sys.stdin:
            job = json.loads(line)
            try:
                result = {"strangers": strangers, **_run_again(replayer, recorder, parts, job)}
            except Exception as error:  # noqa: BLE001  # whatever it is, it is told as this run's own
                result = {"strangers": strangers, "failed": f"{type(error).__name__}: {error}"[:2000]}
            print(json.dumps(result, ensure_ascii=False), file=answers, flush=True)


def _guard(forbidden: frozenset[str], writes: int) -> Callable[[str, tuple[Any, ...]], None]:
    """It keeps what it refuses to itself: the build's code could change what a module holds."""
    refused = Forbidden

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event in forbidden or (event == "open" and isinstance(arguments[2], int) and arguments[2] & writes):
            raise refused(event)

    return guard


def _strangers(sources: Path) -> list[str]:
    """Modules of ours that came from elsewhere than from the build's sources."""
    ours = {name: module for name, module in sys.modules.items() if name.split(".")[0] in OURS}
    files = {name: getattr(module, "__file__", None) for name, module in ours.items()}
    return sorted(name for name, file in files.items() if file and not Path(file).is_relative_to(sources))


class Recorder(WorkflowRunner):
    """Asks the workflow's own query after every activation of a replay: the state as of each workflow task.

    `commands` is what the workflow asked of the server. `snapshots` are the length of the history that the task had
    seen, and the state as JSON. A snapshot of a task is the state as of every event from there on, until the next task.
    """

    def __init__(self) -> None:
        self._inner = UnsandboxedWorkflowRunner()
        self.snapshots: list[tuple[int, bytes]] = []
        self.commands: list[Any] = []

    def prepare_workflow(self, defn: Any) -> None:
        self._inner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Any) -> None:
        self._inner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Recorded(self._inner.create_instance(det), self)


class _Recorded(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, to: Recorder) -> None:
        self._inner, self._to = inner, to

    def activate(self, act: Any) -> Any:
        completion = self._inner.activate(act)
        leaves = any(job.HasField("remove_from_cache") for job in act.jobs)
        if not leaves and not completion.HasField("failed"):
            self._to.commands += completion.successful.commands
            self._to.snapshots.append((act.history_length, self._asked(act)))
        return completion

    def _asked(self, act: Any) -> bytes:
        """The answer of the query `scene`, given between two tasks."""
        question = type(act)(run_id=act.run_id, timestamp=act.timestamp, is_replaying=True)
        question.history_length = act.history_length
        question.jobs.add().query_workflow.CopyFrom(QueryWorkflow(query_id="audit", query_type="scene"))
        for command in self._inner.activate(question).successful.commands:
            if command.HasField("respond_to_query") and command.respond_to_query.HasField("succeeded"):
                return bytes(command.respond_to_query.succeeded.response.data)
        raise RuntimeError("the workflow does not say how it stands")

    def get_serialization_context(self, command_info: Any) -> Any:
        return self._inner.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        return self._inner.get_external_store_context(command_info)

    def get_info(self) -> Any:
        return self._inner.get_info()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _run_again(replayer: Any, recorder: Recorder, parts: zipfile.ZipFile, job: dict[str, Any]) -> dict[str, Any]:
    from models.opening import SceneOpening

    text = parts.read(job["history"])
    events = json.loads(text)["events"]
    opening = SceneOpening.model_validate(_input(events[0], "workflowExecutionStartedEventAttributes"))
    after = _input(events[-1], "workflowExecutionContinuedAsNewEventAttributes") if job["whole"] else None
    recorder.snapshots.clear()
    recorder.commands.clear()
    failure = asyncio.run(_replayed(replayer, text.decode()))
    snapshots = [(length, json.loads(state)) for length, state in recorder.snapshots]
    judged = [
        *_judge(opening, parts, job, after, dict(_by_sequence(snapshots))),
        *_asked_for(events, recorder.commands),
    ]
    told = {"snapshots": snapshots} if job.get("snapshots") else {}
    return {"replay": failure, "deviations": judged, "seen": [length for length, _ in snapshots], **told}


def _by_sequence(snapshots: list[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    for _, state in snapshots:
        yield state["sequence"], state


async def _replayed(replayer: Any, text: str) -> str | None:
    """Why the history does not replay; None where it does."""
    from temporalio.client import WorkflowHistory

    result = await replayer.replay_workflow(WorkflowHistory.from_json("scene", text), raise_on_replay_failure=False)
    return str(result.replay_failure)[:2000] if result.replay_failure is not None else None


def _judge(
    opening: Any, parts: zipfile.ZipFile, job: dict[str, Any], after: Any, replayed: dict[int, Any]
) -> Iterator[dict[str, Any]]:
    """What comes out otherwise than it was recorded: the kind, the entry, and both values."""
    from models.canonical import canonical
    from models.journal import JournalEntry
    from models.opening import SceneOpening
    from rules.journal import due_alarm, entry_for, fold, policy_after

    policy, state = opening.policy, opening.state
    for line in parts.read(job["ledger"]).splitlines():
        row = json.loads(line)
        if not job["first"] <= row["sequence"] <= job["last"]:
            continue
        entry = JournalEntry.model_validate_json(row["text"])
        at = {"sequence": entry.sequence}
        stands = _plain(entry)
        alarm = due_alarm(state, entry.at)
        if alarm is not None or entry.command.act.verb == "pass_deadline":
            expected = _plain(alarm) if alarm is not None else None
            recorded = _plain(entry.command)
            if recorded != expected:
                yield {**at, "kind": "alarm", "recorded": recorded, "expected": expected}
        try:
            again = entry_for(policy, state, entry.command, entry.at)
        except Exception as refused:  # noqa: BLE001  # a refusal, or a fault: no entry comes of it
            yield {
                **at,
                "kind": "events",
                "recorded": _plain(entry),
                "expected": f"{type(refused).__name__}: {refused}",
            }
        else:
            if canonical(again) != canonical(entry):
                yield {**at, "kind": "events", "recorded": stands, "expected": _plain(again)}
        try:
            state, policy = fold(state, entry), policy_after(policy, entry)
        except ValueError as error:
            yield {**at, "kind": "fold", "recorded": stands, "expected": str(error)}
            return
        if (snapshot := replayed.get(entry.sequence)) is not None and snapshot != (folded := _plain(state)):
            # Two ways to the same state: the workflow's replay, and the fold of the journal.
            yield {**at, "kind": "snapshot", "recorded": snapshot, "expected": folded}
        if entry.sequence in (expects := {int(key): value for key, value in job["receipts"].items()}):
            made = json.loads(canonical(state.receipts[-1]))
            if made != expects[entry.sequence]:
                yield {**at, "kind": "receipt", "recorded": expects[entry.sequence], "expected": made}
    if after is not None:
        handed = SceneOpening.model_validate(after)
        if handed.state != state:
            yield {
                "sequence": state.sequence,
                "kind": "state",
                "recorded": _plain(handed.state),
                "expected": _plain(state),
            }
        if handed.policy != policy:
            yield {
                "sequence": state.sequence,
                "kind": "policy",
                "recorded": _plain(handed.policy),
                "expected": _plain(policy),
            }


def _asked_for(events: list[dict[str, Any]], commands: list[Any]) -> Iterator[dict[str, Any]]:
    """Where the history has another value than what the replay asked for."""
    asked = dict(_of_commands(commands))
    for event, key, recorded in _of_events(events):
        expected = asked.get(key, "nothing")
        if recorded != expected and not (key[0] == "timer" and _same_timer(recorded, expected)):
            place = {"kind": "asked", "event": event, "sequence": None}
            yield {**place, "recorded": {key[0]: recorded}, "expected": {key[0]: expected}}


def _same_timer(recorded: Any, expected: Any) -> bool:
    """Durations go through floating point on their way."""
    if not isinstance(expected, dict) or recorded["summary"] != expected["summary"]:
        return False
    return bool(abs(recorded["microseconds"] - expected["microseconds"]) <= ROUNDING)


def _of_commands(commands: list[Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    upserts = 0
    for command in commands:
        match command.WhichOneof("variant"):
            case "start_timer":
                timer = command.start_timer
                lasts = timer.start_to_fire_timeout.ToMicroseconds()
                summary = _decoded(command.user_metadata.summary)
                yield ("timer", str(timer.seq)), {"microseconds": lasts, "summary": summary}
            case "schedule_activity":
                activity = command.schedule_activity
                given = [_decoded(each) for each in activity.arguments]
                yield ("activity", activity.activity_id), {"type": activity.activity_type, "input": given}
            case "upsert_workflow_search_attributes":
                upserts += 1
                fields = command.upsert_workflow_search_attributes.search_attributes
                fields = getattr(fields, "indexed_fields", fields)
                yield ("attributes", str(upserts)), {key: _decoded(value) for key, value in fields.items()}
            case "update_response":
                response = command.update_response
                match response.WhichOneof("response"):
                    case "completed":
                        yield ("answer", response.protocol_instance_id), _decoded(response.completed)
                    case "rejected":
                        yield ("answer", response.protocol_instance_id), "refused"
            case "complete_workflow_execution":
                yield ("end", ""), _decoded(command.complete_workflow_execution.result)
            case "continue_as_new_workflow_execution":
                went_on = command.continue_as_new_workflow_execution
                yield ("next", ""), {"input": [_decoded(each) for each in went_on.arguments]}


def _of_events(events: list[dict[str, Any]]) -> Iterator[tuple[int, tuple[str, str], Any]]:
    upserts = 0
    for event in events:
        number = int(event["eventId"])
        if (timer := event.get("timerStartedEventAttributes")) is not None:
            lasts = round(Decimal(timer["startToFireTimeout"].removesuffix("s")) * 1_000_000)
            summary = _of_json(event.get("userMetadata", {}).get("summary"))
            yield number, ("timer", timer["timerId"]), {"microseconds": lasts, "summary": summary}
        elif (activity := event.get("activityTaskScheduledEventAttributes")) is not None:
            given = [_of_json(each) for each in activity["input"]["payloads"]]
            its_type = activity["activityType"]["name"]
            yield number, ("activity", activity["activityId"]), {"type": its_type, "input": given}
        elif (upsert := event.get("upsertWorkflowSearchAttributesEventAttributes")) is not None:
            upserts += 1
            fields = upsert["searchAttributes"]["indexedFields"]
            yield number, ("attributes", str(upserts)), {key: _of_json(value) for key, value in fields.items()}
        elif (answer := event.get("workflowExecutionUpdateCompletedEventAttributes")) is not None:
            outcome = answer["outcome"]
            value = _of_json(outcome["success"]["payloads"][0]) if "success" in outcome else "refused"
            yield number, ("answer", answer["meta"]["updateId"]), value
        elif (end := event.get("workflowExecutionCompletedEventAttributes")) is not None:
            yield number, ("end", ""), _of_json(end["result"]["payloads"][0])
        elif (went_on := event.get("workflowExecutionContinuedAsNewEventAttributes")) is not None:
            yield number, ("next", ""), {"input": [_of_json(each) for each in went_on["input"]["payloads"]]}


def _decoded(payload: Any) -> Any:
    return json.loads(payload.data) if payload.metadata.get("encoding") == b"json/plain" else None


def _of_json(payload: dict[str, Any] | None) -> Any:
    """The same of a payload as it stands in a history's JSON."""
    if payload is None or base64.b64decode(payload["metadata"]["encoding"]) != b"json/plain":
        return None
    return json.loads(base64.b64decode(payload["data"]))


def _plain(model: Any) -> Any:
    return model.model_dump(mode="json")


def _input(event: dict[str, Any], attributes: str) -> Any:
    """The one argument that an event hands over; None where the event is another."""
    if attributes not in event:
        return None
    return json.loads(base64.b64decode(event[attributes]["input"]["payloads"][0]["data"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stderr.flush()
    os._exit(0)
