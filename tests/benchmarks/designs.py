"""The designs as their client sees them: begin a scene, act in it, wait until all of it is recorded."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Engine, text
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from client.scene_client import SceneClient, workflow_id
from models.commands import Command
from models.opening import SceneOpening
from models.receipt import Receipt
from models.refusal import Refused
from models.state import SceneState
from storage.rulebooks import SqlRulebooks

from .floor import FloorOpening, FloorWorkflow
from .gauges import History, history_of
from .obvious import ObviousWorkflow
from .plays import Script

Operation = Callable[[str, Script], WithStartWorkflowOperation[Any, Any]]
"""How a design starts the workflow of a scene."""


class Design(Protocol):
    @property
    def name(self) -> str:
        """Also the worker's task queue."""
        ...

    async def submit(self, scene: str, script: Script) -> None:
        """The script's first command, with a new workflow."""
        ...

    async def act(self, scene: str, command: Command) -> None: ...

    async def recorded(self, scenes: str, entries: int) -> None:
        """Returns once the ledger holds so many entries of the scenes whose names begin with `scenes`."""
        ...

    async def history(self, scene: str) -> History: ...


class Bare:
    """Spoken to with the SDK's own client. `database` is None where nothing is recorded."""

    def __init__(self, name: str, temporal: Client, operation: Operation, database: Engine | None) -> None:
        self.name = name
        self._temporal = temporal
        self._operation = operation
        self._database = database

    async def submit(self, scene: str, script: Script) -> None:
        command = script.commands[0]
        await self._temporal.execute_update_with_start_workflow(
            command.act.verb,
            command,
            start_workflow_operation=self._operation(scene, script),
            id=command.command_id,
            result_type=Receipt,
        )

    async def act(self, scene: str, command: Command) -> None:
        handle = self._temporal.get_workflow_handle(scene)
        await handle.execute_update(command.act.verb, command, id=command.command_id, result_type=Receipt)

    async def recorded(self, scenes: str, entries: int) -> None:
        if self._database is not None:
            await _recorded(self._database, scenes, entries)

    async def history(self, scene: str) -> History:
        return await history_of(self._temporal, scene)


class Ours:
    """Spoken to as the console and the command line do."""

    def __init__(self, name: str, temporal: Client, database: Engine) -> None:
        self.name = name
        self._temporal = temporal
        self._client = SceneClient(temporal, name, _NoRefusals(), SqlRulebooks(database))
        self._database = database

    async def submit(self, scene: str, script: Script) -> None:
        await self._client.submit(scene, script.policy, script.commands[0])

    async def act(self, scene: str, command: Command) -> None:
        await self._client.act(scene, command)

    async def recorded(self, scenes: str, entries: int) -> None:
        await _recorded(self._database, scenes, entries)

    async def history(self, scene: str) -> History:
        return await history_of(self._temporal, workflow_id(scene))


class _NoRefusals:
    """Every act of a script is valid, in any order that a load sends them in."""

    def record(self, scene: str, command: Command, refused: Refused, at: object) -> None:
        raise AssertionError(f"{scene}: {command.act.verb} was refused: {refused}")


async def _recorded(database: Engine, scenes: str, entries: int) -> None:
    counting = text("SELECT count(*) FROM entry WHERE stream LIKE :scenes")
    while True:
        with database.connect() as connection:
            if connection.execute(counting, {"scenes": f"{scenes}%"}).scalar_one() >= entries:
                return
        await asyncio.sleep(0.02)


def floor(temporal: Client) -> Design:
    def operation(scene: str, script: Script) -> WithStartWorkflowOperation[Any, Any]:
        return WithStartWorkflowOperation(
            FloorWorkflow.run,
            FloorOpening(scene=scene, alarms=script.alarms),
            id=scene,
            task_queue="floor",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    return Bare("floor", temporal, operation, None)


def engine(name: str, temporal: Client, database: Engine) -> Design:
    return Ours(name, temporal, database)


def obvious(temporal: Client, database: Engine) -> Design:
    def operation(scene: str, script: Script) -> WithStartWorkflowOperation[Any, Any]:
        return WithStartWorkflowOperation(
            ObviousWorkflow.run,
            SceneOpening(policy=script.policy, state=SceneState(scene=scene)),
            id=scene,
            task_queue="obvious",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    return Bare("obvious", temporal, operation, database)
