"""How a process that has spoken to Temporal ends."""

import logging
import os
import sys
from typing import NoReturn


def leave(status: int) -> NoReturn:
    """Ends the process at once, after what was said has been written. A reader that went away is no error.

    A process with a Temporal client aborts in the interpreter's shutdown in 5 to 32 of 100 runs (measured): the SDK's
    own threads are still there. So there is no shutdown.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    logging.shutdown()
    os._exit(status)
