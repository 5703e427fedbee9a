"""The lifecycle as a graph, made from the table alone: what `scene policy diagram` and the documents show.

Some ways lead away from many steps (withdraw, terminate, return for correction, ...). Drawn as arrows they would hide
the rest, so they stand apart, as a list. A city's diagram leaves out the steps that its policy does not use, and says
how long each step may take there.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from models.policy import Policy
from models.refusal import Language
from models.vocabulary import Machine, Stage
from models.words import LIMITS, MACHINES, UNITS, VERBS
from rules import lifecycle

START = ""
"""The source of the ways by which a bidder's machine begins."""

WIDE = (
    "return_for_correction", "resubmit", "override", "withdraw", "answer_withdrawal", "terminate",
    "answer_objection", "decide_complaint", "decide_appeal", "after:appeal_window", "confirm_correction", "reassign",
    "remove_signer", "take_over",
)  # fmt: skip
"""Ways that are listed and not drawn, where they lead from or to several steps."""
_FEW = 6
"""So many places a listed way names; beyond them it says how many there are."""


class Node(NamedTuple):
    key: str
    stage: Stage
    zh: str
    en: str
    limit: str | None
    terminal: bool

    def name(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Edge(NamedTuple):
    """`by` are verbs, or `after:<limit>`. `skips`: it leaves out a step that a policy or a track does not use."""

    source: str
    target: str
    by: tuple[str, ...]
    skips: bool = False


class Wide(NamedTuple):
    """One of the ways that are listed, with the steps it leads from and to."""

    by: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]


class Graph(NamedTuple):
    """One machine: its steps in the table's order, the ways between them, and those that are listed."""

    machine: Machine
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    wide: tuple[Wide, ...]


def graph(machine: Machine, policy: Policy | None = None) -> Graph:
    """One machine, as the superset of all cities or as one city's policy uses it."""
    off = policy.steps_off if policy else ()
    steps = [step for step in lifecycle.STEPS if step.machine is machine and step.key not in off]
    known = {START, *(step.key for step in steps)}
    rows = [
        row for row in lifecycle.ROWS if row.machine is machine and row.source in known and row.target in known
    ]  # fmt: skip
    nodes = tuple(Node(step.key, step.stage, step.zh, step.en, step.limit, step.terminal) for step in steps)
    order = {node.key: at for at, node in enumerate(nodes)}
    wide = _wide(rows)
    listed_ways = {each.by for each in wide}
    drawn = [row for row in rows if row.source == START or row.by not in listed_ways]
    return Graph(machine, nodes, _edges(drawn, order), wide)


def mermaid(graphs: tuple[Graph, ...], language: Language, policy: Policy | None = None) -> str:
    """A Mermaid state diagram; several machines stand in it as one block each."""
    lines = ["stateDiagram-v2"]
    for each in graphs:
        inner = _mermaid_machine(each, language, policy)
        if len(graphs) == 1:
            lines += [f"    {line}" for line in inner]
        else:
            lines.append(f'    state "{MACHINES[each.machine].text(language)}" as {each.machine.value} {{')
            lines += [f"        {line}" for line in inner]
            lines.append("    }")
    return "\n".join(lines) + "\n"


def way(by: str, language: Language) -> str:
    """What an arrow says: the verb in words, or which time has run out."""
    if by.startswith("after:"):
        limit = LIMITS[by.removeprefix("after:")].text(language)
        return f"{limit}届满" if language == "zh" else f"{limit} over"
    return VERBS[by].text(language)


def ways(by: Iterable[str], language: Language) -> str:
    """Several in one label, the same words once."""
    return " / ".join(dict.fromkeys(way(each, language) for each in by))


def length(policy: Policy, limit: str, language: Language) -> str:
    """How long a limit is in a city: 20 个工作日."""
    period = policy.limit(limit).period
    return f"{period.length} {UNITS[period.unit].text(language)}"


def listed(each: Graph, language: Language) -> tuple[str, ...]:
    """The ways that are not drawn, one line each."""
    names = {node.key: node.name(language) for node in each.nodes}
    return tuple(
        f"{way(wide.by, language)}: {_places(wide.sources, names, language)} → {_places(wide.targets, names, language)}"
        for wide in each.wide
    )


def _places(keys: tuple[str, ...], names: dict[str, str], language: Language) -> str:
    if len(keys) > _FEW:
        return f"{len(keys)} 个环节" if language == "zh" else f"{len(keys)} steps"
    return ("、" if language == "zh" else ", ").join(names[key] for key in keys)


def _edges(rows: list[lifecycle.Row], order: dict[str, int]) -> tuple[Edge, ...]:
    by: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        by[row.source, row.target].append(row.by)
    return tuple(
        Edge(source, target, tuple(each), _skips(by, source, target, order)) for (source, target), each in by.items()
    )


def _skips(by: dict[tuple[str, str], list[str]], source: str, target: str, order: dict[str, int]) -> bool:
    """Whether the same act also leads to a step before the target that a policy may leave out."""
    return any(
        other != target and other in lifecycle.SKIPPABLE and order[other] < order[target] and set(acts) & set(here)
        for here in (by[source, target],)
        for (start, other), acts in by.items()
        if start == source and order.get(source, -1) < order[other]
    )


def _wide(rows: list[lifecycle.Row]) -> tuple[Wide, ...]:
    found: dict[str, list[lifecycle.Row]] = {verb: [] for verb in WIDE}
    for row in rows:
        if row.by in found and row.source != START:
            found[row.by].append(row)
    return tuple(
        Wide(verb, tuple(dict.fromkeys(row.source for row in its)), tuple(dict.fromkeys(row.target for row in its)))
        for verb, its in found.items()
        if len(its) > 1
    )


def _mermaid_machine(each: Graph, language: Language, policy: Policy | None) -> list[str]:
    prefix = f"{each.machine.value}_"
    lines = []
    for node in each.nodes:
        text = node.name(language)
        if policy is not None and node.limit is not None:
            text += f"<br/>{length(policy, node.limit, language)}"
        lines.append(f'state "{text}" as {prefix}{node.key}')
    begins = {edge.target for edge in each.edges if edge.source == START}
    if not begins:
        lines.append(f"[*] --> {prefix}{each.nodes[0].key}")
    for edge in each.edges:
        source = f"{prefix}{edge.source}" if edge.source else "[*]"
        lines.append(f"{source} --> {prefix}{edge.target} : {ways(edge.by, language)}")
    lines += [f"{prefix}{node.key} --> [*]" for node in each.nodes if node.terminal]
    if notes := listed(each, language):
        lines.append(f"note right of {prefix}{each.nodes[-1].key}")
        lines += [f"    {note}" for note in notes]
        lines.append("end note")
    return lines
