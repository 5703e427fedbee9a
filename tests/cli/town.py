"""A whole engine in one process, as `scene up` makes it, except that its server can skip time. Ends with its stdin.

It holds the data folder and leaves its card there, so every command that is given the folder finds it.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from runtime import presence
from runtime.connect import connect
from runtime.embedded import EmbeddedServer, TemporalBinaryNotFound, find_temporal
from runtime.logging import configure_logging
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import make_worker, parts
from storage.database import migrate


async def serve(settings: Settings, announce: presence.Announce) -> None:
    if (binary := find_temporal(settings)) is None:
        raise TemporalBinaryNotFound
    log_file = settings.data_dir / "temporal.log"
    async with EmbeddedServer(binary, log_file=log_file, time_skipping=True) as server:
        migrate(settings.database_url.get_secret_value())
        temporal = await connect(settings, [scene_plugin()], address=server.address)
        with parts(settings) as stored:
            async with make_worker(temporal, stored):
                announce(
                    presence.Presence(
                        pid=os.getpid(), address=server.address, ui_url=None, database="-", since=datetime.now(UTC)
                    )
                )
                sys.stdout.write(f"{server.address}\n")
                sys.stdout.flush()
                await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    settings = Settings(data_dir=Path(sys.argv[1]), log_level="WARNING", record_linger_ms=0)
    configure_logging(settings)
    with presence.alone(settings.data_dir) as announce:
        asyncio.run(serve(settings, announce))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
