"""Templates are data, and a city may put its own in their place. They run in a sandbox; a missing name is an error.

A folder of one's own holds `KIND/FILE` for every city and `CITY/KIND/FILE` for one. The kinds are letters in each
language, and official documents.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, get_args

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.refusal import Language

TEMPLATES: Final = Path(__file__).parent / "templates"
DOCUMENTS: Final = "documents"
KINDS: Final[tuple[str, ...]] = (*get_args(Language), DOCUMENTS)
SUFFIX: Final = ".j2"


def environment(own: Path | None, cities: set[str], kind: str) -> ImmutableSandboxedEnvironment:
    """What finds the templates of a kind: the city's own, the common own, the built-in ones. In plain text."""
    return _environment(_folders(own, cities, kind))


def _folders(own: Path | None, cities: set[str], kind: str) -> Iterator[Path]:
    """The first that has a template counts."""
    if own is not None:
        yield from (each / kind for each in own.glob("*/") if {each.name} == cities)
        yield own / kind
    yield TEMPLATES / kind


def _environment(folders: Iterable[Path]) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(list(folders)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # plain text; HTML is escaped by an overlay
    )


def broken_templates(own: Path) -> dict[str, str]:
    """The templates of a folder that cannot be loaded, and why. Raises OSError where there is no such folder."""
    broken = {}
    for folder in (own, *(each for each in sorted(own.iterdir()) if each.is_dir())):
        for kind in KINDS:
            for file in sorted((folder / kind).glob(f"*{SUFFIX}")):
                try:
                    _environment([folder / kind]).get_template(file.name)
                except (TemplateError, ValueError, OSError) as problem:
                    broken[str(file)] = str(problem).splitlines()[0] or type(problem).__name__
    return broken
