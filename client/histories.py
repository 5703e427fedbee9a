"""Runs and their histories, read from Temporal."""

from collections.abc import AsyncIterator

from temporalio.client import Client

from activities.archive import ClosedRun

SCENE_RUNS = "WorkflowType = 'Scene'"


class TemporalHistories:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def closed_runs(self, size: int) -> AsyncIterator[tuple[ClosedRun, ...]]:
        page: list[ClosedRun] = []
        query = f"{SCENE_RUNS} AND ExecutionStatus != 'Running'"
        async for run in self._client.list_workflows(query, page_size=size):
            if run.close_time is not None:
                page.append(ClosedRun(workflow_id=run.id, run_id=run.run_id, closed_at=run.close_time))
            if len(page) == size:
                yield tuple(page)
                page.clear()
        if page:
            yield tuple(page)

    async def history_json(self, run: ClosedRun) -> tuple[str, int]:
        handle = self._client.get_workflow_handle(run.workflow_id, run_id=run.run_id)
        history = await handle.fetch_history()
        return history.to_json(), len(history.events)
