"""What a sealed bundle of ours tells of its scene, long after: its chain's head, its histories, its refusals."""

from dataclasses import dataclass
from pathlib import Path

from audit.bundle import NotABundle, opened, refusals_path
from audit.findings import Verdict
from audit.runs import NoHistory, RunHistory, read_run
from audit.verify import Trust, verify
from models.journal import Link


class NotBelieved(Exception):
    """The bundle is not as it was sealed, or was sealed with another key."""


@dataclass(frozen=True)
class Sealed:
    sequence: int
    head: str
    runs: tuple[RunHistory, ...]
    refusals: tuple[Link, ...]


def read_sealed(path: Path, scene: str, keys: frozenset[str]) -> Sealed:
    """`keys` are fingerprints: one of them must have signed, or have handed over to the one that did.

    Raises NotBelieved.
    """
    try:
        findings = verify(path, Trust(keys=keys))
        for finding in (next(findings), next(findings)):
            if finding.verdict is not Verdict.PROVEN:
                raise NotBelieved(f"{path.name}: {finding.check}")
        findings.close()  # type: ignore[attr-defined]
        with opened(path) as bundle:
            part = next((each for each in bundle.manifest().scenes if each.scene == scene), None)
            if part is None:
                raise NotBelieved(f"{path.name}: another scene")
            refusals = refusals_path(scene)
            lines = bundle.lines(refusals) if refusals in bundle else ()
            return Sealed(
                sequence=part.sequence,
                head=part.head,
                runs=tuple(read_run(bundle.read(each.path)) for each in part.runs),
                refusals=tuple(Link.model_validate_json(line) for _, line in lines),
            )
    except (NotABundle, NoHistory, ValueError) as problem:
        raise NotBelieved(f"{path.name}: {problem}"[:300]) from problem
