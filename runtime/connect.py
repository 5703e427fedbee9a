"""The one way to a Temporal client.

Where the server is comes from the SDK's environment configuration (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_API_KEY, TEMPORAL_TLS_*, or a profile in a TOML file): the same that the temporal command line reads.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from temporalio.client import Client, Plugin
from temporalio.envconfig import ClientConfig, ClientConnectConfig

from runtime.settings import Settings

# By number: "localhost" can mean ::1, where the embedded server does not listen.
DEFAULT_ADDRESS: Final = "127.0.0.1:7233"


class ServerUnreachable(Exception):
    """No Temporal server answered at `address` in time, or it refused the connection; `reason` is what the SDK said."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"No Temporal server answers at {address}. "
            f"Start one here with `scene up`, or name another in TEMPORAL_ADDRESS. ({reason})"
        )
        self.address = address
        self.reason = reason


async def connect(settings: Settings, plugins: Sequence[Plugin] = (), *, address: str | None = None) -> Client:
    """A connected client; `address` ("host:port") means an embedded server of ours and leaves the environment aside.

    Raises `ServerUnreachable`.
    """
    config: ClientConnectConfig = (
        ClientConnectConfig(target_host=address) if address else ClientConfig.load_client_connect_config()
    )
    target = config.setdefault("target_host", DEFAULT_ADDRESS)
    limit = settings.connect_timeout_seconds
    try:
        # Not the SDK's connect_timeout: that ends with the TCP handshake, and something that listens but never
        # answers then keeps us for twenty seconds.
        async with asyncio.timeout(limit):
            return await Client.connect(**config, plugins=plugins)
    except TimeoutError:
        raise ServerUnreachable(target, f"no answer within {limit:g} s") from None
    except RuntimeError as error:  # all that the SDK raises for a connection that fails
        raise ServerUnreachable(target, str(error)) from error
