"""Documents travel by content hash; the paper or file itself is kept elsewhere."""

from .frozen import Frozen
from .text import Digest, Name


class Document(Frozen):
    """`number` is the official number (文号), where the document carries one."""

    title: Name
    sha256: Digest
    number: Name | None = None
