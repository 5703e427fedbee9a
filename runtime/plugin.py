"""What every client, worker and replayer of ours has in common, as one Temporal plugin."""

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = ("models", "rules", "activities")
"""Our own pure modules are imported once, not once a run. Inside them the sandbox guards nothing."""


def scene_plugin(*, sandbox: bool = False) -> SimplePlugin:
    """`sandbox` makes a workflow's use of clocks, chance and files an error where it happens: the tests run so.

    A worker runs without: the same is forbidden by lint, and the sandbox would be a third of its work (ADR 9).
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SimplePlugin(
        "scene-lifecycle-engine",
        data_converter=pydantic_data_converter,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions) if sandbox else UnsandboxedWorkflowRunner(),
    )
