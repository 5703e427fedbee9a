"""Waking mailboxes: signal-with-start, so that one that rests begins anew."""

from datetime import datetime

from temporalio.client import Client

from models.mailbox import MailboxOpening
from workflows.mailbox import MailboxWorkflow


def mailbox_id(recipient: str) -> str:
    return f"mailbox-{recipient}"


class Mailboxes:
    """Implements `activities.ledger.Wake`."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue

    async def wake(self, recipients: tuple[str, ...], clock: datetime) -> None:
        for recipient in recipients:
            await self._client.start_workflow(
                MailboxWorkflow.run,
                MailboxOpening(recipient=recipient),
                id=mailbox_id(recipient),
                task_queue=self._task_queue,
                start_signal="wake",
                start_signal_args=[clock],
                static_summary=recipient,
            )
