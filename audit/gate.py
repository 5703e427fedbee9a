"""The release gate: can this code carry on the scenes that live, and would it decide what was decided then?

A replay tells whether a run can be carried on; it ignores values. So each entry is judged again as well: an old
decision that new rules would not give is told with its scene and its entry, before a worker with them takes over.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from audit import builds
from audit.bundle import opened
from audit.evidence import read_scene
from audit.export import NotExportable
from audit.findings import Deviation
from audit.sources import installed
from audit.verify import journal_of, replay_of
from models.frozen import Frozen


class Gated(Frozen):
    """One scene: why runs of it do not replay on this code, and what this code decides otherwise."""

    scene: str
    runs: int
    entries: int
    cannot: tuple[Deviation, ...]
    otherwise: tuple[Deviation, ...]


def gated(bundle: Path) -> Iterator[Gated]:
    """Every scene of a bundle, all its runs, by the installed code. Only the last run has to replay: it goes on.

    Raises audit.bundle.NotABundle, audit.builds.BuildFailed.
    """
    with opened(bundle) as parts, builds.started(bundle, installed()) as process:
        for part in parts.manifest().scenes:
            scene = read_scene(parts, part)
            cannot: list[Deviation] = [each for unread in scene.unread.values() for each in unread]
            otherwise: list[Deviation] = []
            for number, run in enumerate(scene.runs):
                answer = process.run_again(scene.job(number))
                otherwise += journal_of(run.run_id, {"installed": answer}, {})
                if run.place == len(part.runs) - 1:
                    cannot += replay_of(run.run_id, answer)
            yield Gated(
                scene=scene.scene,
                runs=len(scene.runs),
                entries=len(scene.entries),
                cannot=tuple(cannot),
                otherwise=tuple(otherwise),
            )


def told(outcomes: Sequence[Gated], unread: Sequence[NotExportable]) -> Iterator[str]:
    """A line for each scene that is affected, and a sum."""
    cannot = [each for each in outcomes if each.cannot]
    otherwise = [each for each in outcomes if each.otherwise]
    for problem in unread:
        yield f"{problem.scene}: its evidence is not complete: {problem.what} {problem.detail}".rstrip()
    for scene in cannot:
        yield f"{scene.scene}: cannot be carried on: {scene.cannot[0].recorded}"
    for scene in otherwise:
        first = scene.otherwise[0]
        change = f"{first.at}: {first.recorded} -> {first.expected}"
        yield f"{scene.scene}: entry {first.sequence} would be decided otherwise: {change}"
    entries = sum(each.entries for each in outcomes)
    yield (
        f"{len(outcomes)} open scenes replayed, {len(cannot) + len(unread)} cannot be carried on by this code; "
        f"{entries} entries judged again, {len(otherwise)} scenes would be decided otherwise."
    )
