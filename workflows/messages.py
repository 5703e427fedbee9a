"""Between Temporal's messages and the domain's: the one place where an update becomes a command, a refusal an error."""

from collections.abc import Sequence

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from models.commands import Command
    from models.refusal import Refused
    from models.state import SceneState
    from rules.journal import refuse_oversized


def command_of(verb: str, args: Sequence[RawValue]) -> Command:
    """The one argument of the update `verb`. Raises Refused: too_large, malformed."""
    if len(args) != 1:
        raise Refused("malformed", problem="the update takes one argument, the command")
    payload = args[0].payload
    refuse_oversized(len(payload.data))
    try:
        command: Command = workflow.payload_converter().from_payload(payload, Command)
    except (ValidationError, ValueError) as problem:
        raise Refused("malformed", problem=problem) from None
    if command.act.verb != verb:
        raise Refused("malformed", problem=f"the update is {verb}, the command {command.act.verb}")
    return command


def error_for(refused: Refused, state: SceneState) -> ApplicationError:
    """With how the scene stood: by which entry, and under which policy, it was refused."""
    ground = {"sequence": state.sequence, "policy": state.policy_digest}
    return ApplicationError(refused.text("en"), refused.details, ground, type=refused.code, non_retryable=True)
