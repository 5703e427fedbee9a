"""The smallest workflow that needs a clock and writes a log line."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class Parked:
    @workflow.run
    async def run(self, days: int) -> int:
        workflow.logger.info("parked", extra={"duty": "trial", "reason": "a private reason"})
        begun = workflow.now()
        await workflow.sleep(timedelta(days=days))
        return (workflow.now() - begun).days
