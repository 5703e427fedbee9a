"""What a verification says: one verdict a check, and each deviation at its place with both values."""

from enum import StrEnum
from typing import Any

from pydantic import Field, JsonValue

from models.frozen import Frozen


class Check(StrEnum):
    """In the order in which they are told; the first three are about the whole bundle, the others about each scene."""

    SIGNATURE = "signature"
    PARTS = "parts"
    SOURCES = "sources"
    CHAIN = "chain"
    REFUSALS = "refusals"
    CHECKPOINT = "checkpoint"
    RULEBOOKS = "rulebooks"
    HISTORIES = "histories"
    ACTS = "acts"
    REPLAY = "replay"
    JOURNAL = "journal"
    ACTORS = "actors"
    APART = "apart"
    DEADLINES = "deadlines"
    DOCUMENTS = "documents"


class Verdict(StrEnum):
    """`unproven`: nothing is wrong, and yet it was not proven; its notes say what is missing."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    DEVIATES = "deviates"


class Deviation(Frozen):
    """One place where two things differ that have to be the same. `at`: where inside an entry or a state."""

    what: str
    part: str | None = None
    run: str | None = None
    event: int | None = None
    sequence: int | None = None
    at: str | None = None
    recorded: JsonValue = None
    expected: JsonValue = None


class Fact(Frozen):
    """What a check found out beside its verdict: a code of `audit.words.FACTS`, and what stands in its words."""

    what: str
    values: dict[str, str]


class Finding(Frozen):
    """`scene` is None for a check of the whole bundle; `looked_at` counts what was compared."""

    check: Check
    scene: str | None
    verdict: Verdict
    looked_at: int = 0
    deviations: tuple[Deviation, ...] = ()
    notes: tuple[str, ...] = Field((), description="why it is unproven: codes, see `audit.verify`")
    facts: tuple[Fact, ...] = ()


def finding(
    check: Check, scene: str | None, deviations: list[Deviation], looked_at: int, notes: tuple[str, ...] = ()
) -> Finding:
    verdict = Verdict.DEVIATES if deviations else Verdict.UNPROVEN if notes else Verdict.PROVEN
    return Finding(
        check=check, scene=scene, verdict=verdict, looked_at=looked_at, deviations=tuple(deviations), notes=notes
    )


def worst(findings: list[Finding]) -> Verdict:
    order = [Verdict.PROVEN, Verdict.UNPROVEN, Verdict.DEVIATES]
    return max((each.verdict for each in findings), key=order.index, default=Verdict.UNPROVEN)


def first_difference(recorded: Any, expected: Any, at: str = "") -> tuple[str, Any, Any] | None:
    """Where two JSON values differ first, and how; None where they are the same."""
    match recorded, expected:
        case dict(), dict():
            for key in [*recorded, *(key for key in expected if key not in recorded)]:
                found = first_difference(recorded.get(key), expected.get(key), f"{at}.{key}" if at else key)
                if found is not None:
                    return found
            return None
        case list(), list():
            for place in range(max(len(recorded), len(expected))):
                one = recorded[place] if place < len(recorded) else None
                other = expected[place] if place < len(expected) else None
                if (found := first_difference(one, other, f"{at}[{place}]")) is not None:
                    return found
            return None
        case _ if type(recorded) is type(expected) and recorded == expected:
            return None
        case _:
            return at or ".", recorded, expected
