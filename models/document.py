"""Documents travel by content hash; the paper or file itself is kept elsewhere. What the city issues is kept here."""

from .frozen import Frozen
from .text import Digest, Moment, Name


class Document(Frozen):
    """`number` is the official number (文号), where the document carries one."""

    title: Name
    sha256: Digest
    number: Name | None = None


class OfficialDocument(Frozen):
    """One line of the register of documents (发文登记簿): the `place`-th document of an entry, counted from 0.

    `ordinal` is its place in the year's series, and `number` (文号) says it as the city writes it; both are None where
    a lost register was made again from histories that do not know it. `text` is None until the document is written.
    """

    stream: str
    sequence: int
    place: int
    city: str
    year: int
    series: str
    ordinal: int | None
    number: str | None
    form: str
    title: str
    to_role: str
    to_unit: str
    to_person: str | None
    issued_at: Moment
    text: str | None = None
    sha256: Digest | None = None
    written_at: Moment | None = None


def number_of(series: str, year: int, ordinal: int) -> str:
    """The number as the city writes it: `盐场景补〔2026〕3号`."""
    return series.replace("{year}", str(year)).replace("{number}", str(ordinal))
