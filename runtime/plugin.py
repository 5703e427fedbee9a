"""What every client, worker and replayer of ours has in common, as one Temporal plugin."""

from dataclasses import replace

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

PASSED_THROUGH = ("models", "rules", "activities", "workflows.presentation", "workflows.messages", "workflows.scribe")
"""Our own pure modules are imported once, not once a run (measured: 1.2 times the decisions a second).

Inside them the sandbox guards nothing: clocks and randomness are forbidden there by lint. Temporal's own modules,
pydantic's and the standard library's are passed through by the SDK already.
"""


def _passing_through(runner: WorkflowRunner | None) -> WorkflowRunner:
    if isinstance(runner, SandboxedWorkflowRunner):
        return replace(runner, restrictions=runner.restrictions.with_passthrough_modules(*PASSED_THROUGH))
    return runner or SandboxedWorkflowRunner()


def scene_plugin() -> SimplePlugin:
    return SimplePlugin(
        "scene-lifecycle-engine", data_converter=pydantic_data_converter, workflow_runner=_passing_through
    )
