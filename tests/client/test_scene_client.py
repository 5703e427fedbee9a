"""What the client makes of what Temporal says; the server is played by hand, for answers that it seldom gives."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import GrpcStatus, Payloads
from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.api.update.v1 import Outcome
from temporalio.api.workflowservice.v1 import UpdateWorkflowExecutionResponse
from temporalio.client import WorkflowQueryFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode

from client.scene_client import SceneClient
from models.receipt import Receipt
from models.refusal import Refused
from models.state import SceneState
from tests.fakes import MemoryRefusals, MemoryRulebooks
from tests.scenario import Play, city


@dataclass
class Server:
    """Client, service and handle in one: it answers each call with the next of what it was given."""

    updates: Iterator[BaseException | Receipt]
    describes: Iterator[BaseException] = field(default_factory=lambda: iter(()))
    queries: Iterator[BaseException | SceneState] = field(default_factory=lambda: iter(()))
    repeats: list[bool] = field(default_factory=list)
    """Of each update sent: whether the SDK was to repeat it."""
    namespace: str = "default"
    identity: str = "tests"
    data_converter: DataConverter = pydantic_data_converter

    @property
    def workflow_service(self) -> "Server":
        return self

    def get_workflow_handle_for(self, *_: object) -> "Server":
        return self

    async def update_workflow_execution(
        self, _: object, *, retry: bool, **__: object
    ) -> UpdateWorkflowExecutionResponse:
        self.repeats.append(retry)
        answer = next(self.updates)
        if isinstance(answer, BaseException):
            raise answer
        payloads = Payloads(payloads=await self.data_converter.encode([answer]))
        return UpdateWorkflowExecutionResponse(outcome=Outcome(success=payloads))

    async def describe(self) -> None:
        raise next(self.describes)

    async def query(self, *_: object, **__: object) -> SceneState:
        answer = next(self.queries)
        if isinstance(answer, BaseException):
            raise answer
        return answer


def rpc(status: RPCStatusCode) -> RPCError:
    return RPCError("said the server", status, b"")


async def answer(updates: list[BaseException], describes: list[BaseException]) -> tuple[str, list[str]]:
    """The code that the caller hears, and those in the refusal ledger."""
    server: Any = Server(iter(updates), iter(describes))
    refusals = MemoryRefusals()
    client = SceneClient(server, "tests", refusals, MemoryRulebooks())
    play = Play(city("盐城市")).submit()
    with pytest.raises(Refused) as refused:
        await client.act(play.scene, play.journal[0].command)
    return refused.value.code, refusals.codes


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (RPCStatusCode.UNAVAILABLE, "server_unreachable"),
        (RPCStatusCode.UNKNOWN, "server_unreachable"),
    ],
)
async def test_a_server_that_does_not_answer_is_asked_again_before_it_is_a_refusal(
    status: RPCStatusCode, code: str
) -> None:
    assert await answer([rpc(status)] * 2, []) == (code, [code])


async def test_an_answer_that_does_not_come_in_time_is_a_refusal_and_not_waited_for_twice() -> None:
    assert await answer([rpc(RPCStatusCode.DEADLINE_EXCEEDED)], []) == ("no_worker", ["no_worker"])


async def test_an_act_that_meets_the_end_of_a_run_is_asked_again_by_us_and_at_once() -> None:
    """The SDK would take "workflow is closing" for an overload, and wait a second."""
    play = Play(city("盐城市")).submit()
    [receipt], command = play.state.receipts, play.journal[0].command
    closing = rpc(RPCStatusCode.RESOURCE_EXHAUSTED)
    server: Any = Server(iter([closing, closing, receipt]))
    refusals = MemoryRefusals()
    client = SceneClient(server, "tests", refusals, MemoryRulebooks())
    assert await client.act(play.scene, command) == receipt
    assert server.repeats == [False, False, False]
    assert refusals.codes == []


async def test_a_scene_that_no_worker_gets_done_is_a_refusal_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.scene_client._HAND_OVER", timedelta())
    stuck = rpc(RPCStatusCode.FAILED_PRECONDITION)
    assert await answer([stuck] * 2, []) == ("no_worker", ["no_worker"])


async def test_a_scene_is_not_unknown_because_the_server_went_away_between_two_runs() -> None:
    missing, away = rpc(RPCStatusCode.NOT_FOUND), rpc(RPCStatusCode.UNAVAILABLE)
    assert await answer([missing, away, away], [away]) == ("server_unreachable", ["server_unreachable"])


async def test_a_scene_is_not_unknown_because_the_server_does_not_know_its_namespace_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("client.scene_client._HAND_OVER", timedelta())
    status = GrpcStatus(code=RPCStatusCode.NOT_FOUND, message="Namespace default is not found.")
    status.details.add().Pack(NamespaceNotFoundFailure(namespace="default"))
    waking = RPCError(status.message, RPCStatusCode.NOT_FOUND, status.SerializeToString())
    assert await answer([waking] * 2, []) == ("server_unreachable", ["server_unreachable"])


async def test_a_scene_that_is_nowhere_is_unknown() -> None:
    missing = rpc(RPCStatusCode.NOT_FOUND)
    assert await answer([missing], [missing]) == ("unknown_scene", ["unknown_scene"])


async def test_whoever_leaves_is_refused_nothing() -> None:
    server: Any = Server(iter([asyncio.CancelledError()]))
    refusals = MemoryRefusals()
    play = Play(city("盐城市")).submit()
    with pytest.raises(asyncio.CancelledError):
        await SceneClient(server, "tests", refusals, MemoryRulebooks()).act(play.scene, play.journal[0].command)
    assert refusals.codes == []


BUSY = WorkflowQueryFailedError("[TMPRL1101] Potential deadlock detected: workflow didn't yield within 2 second(s).")


def asking(*answers: BaseException | SceneState) -> SceneClient:
    server: Any = Server(iter(()), queries=iter(answers))
    return SceneClient(server, "tests", MemoryRefusals(), MemoryRulebooks())


async def test_a_worker_too_busy_to_say_how_a_scene_stands_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.scene_client._LONGEST_PAUSE", 0.0)
    stands = SceneState(scene="YC-1")
    assert await asking(BUSY, BUSY, stands).state("YC-1") is stands


async def test_a_worker_that_stays_too_busy_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.scene_client.ANSWER_WITHIN", timedelta(0))
    with pytest.raises(Refused, match="no_worker"):
        await asking(BUSY, BUSY).state("YC-1")


async def test_a_question_that_fails_otherwise_is_not_repeated() -> None:
    with pytest.raises(WorkflowQueryFailedError, match="no such query"):
        await asking(WorkflowQueryFailedError("no such query")).state("YC-1")
