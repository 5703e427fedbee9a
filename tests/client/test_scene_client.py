"""What the client makes of what Temporal says; the server is played by hand, for answers that it seldom gives."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import GrpcStatus
from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from client.scene_client import SceneClient
from models.refusal import Refused
from tests.fakes import MemoryRefusals, MemoryRulebooks
from tests.scenario import Play, city


@dataclass
class Server:
    """Client and handle in one: it answers each call with the next of what it was given."""

    updates: Iterator[BaseException]
    describes: Iterator[BaseException] = field(default_factory=lambda: iter(()))

    def get_workflow_handle_for(self, *_: object) -> "Server":
        return self

    async def execute_update(self, *_: object, **__: object) -> None:
        error = next(self.updates)
        if isinstance(error, asyncio.CancelledError):
            raise WorkflowUpdateRPCTimeoutOrCancelledError from error
        raise error

    async def describe(self) -> None:
        raise next(self.describes)


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
        (RPCStatusCode.DEADLINE_EXCEEDED, "no_worker"),
    ],
)
async def test_a_server_that_does_not_answer_is_a_refusal_and_no_error(status: RPCStatusCode, code: str) -> None:
    assert await answer([rpc(status)], []) == (code, [code])


async def test_a_scene_that_no_worker_gets_done_is_a_refusal_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.scene_client._HAND_OVER", timedelta())
    stuck = rpc(RPCStatusCode.FAILED_PRECONDITION)
    assert await answer([stuck] * 2, []) == ("no_worker", ["no_worker"])


async def test_a_scene_is_not_unknown_because_the_server_went_away_between_two_runs() -> None:
    missing, away = rpc(RPCStatusCode.NOT_FOUND), rpc(RPCStatusCode.UNAVAILABLE)
    assert await answer([missing, away], [away]) == ("server_unreachable", ["server_unreachable"])


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
