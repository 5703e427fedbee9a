"""What an actor holds after an act: proof that it stands, and where."""

from .frozen import Frozen
from .text import Moment
from .vocabulary import Stage


class Receipt(Frozen):
    """`digest` is the command's: a client that gets another one back had its id used for another command."""

    scene: str
    sequence: int
    command_id: str
    digest: str
    at: Moment
    stage: Stage
    step: str
