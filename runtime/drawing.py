"""A lifecycle graph as SVG, with no tool from outside: the picture for documents and screens.

The usual layered drawing: steps in rows by their longest way from the start, the words of an arrow in rows of their own
between them, rows ordered so that arrows cross little, and each thing placed above the middle of what it leads to.
An arrow that only ends the scene is written into its step's box: twenty arrows to one place would hide the rest.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from models.policy import Policy
from models.refusal import Language
from models.vocabulary import Machine, Stage
from models.words import MACHINES, STAGES
from rules.diagram import START, Graph, Node, length, listed, ways

FONT: Final = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
_SIZE: Final = 14
_SMALL: Final = 11
_GAP: Final = 26
_ROW: Final = 58
_MARGIN: Final = 28
_SWEEPS: Final = 24
_COLOURS: Final[dict[Stage, str]] = {
    Stage.SOLICITATION: "#e7f0fb",
    Stage.REVIEW: "#e6f5ee",
    Stage.MATCHING: "#fdf3dc",
    Stage.TRIAL: "#fbe9e2",
    Stage.ACCEPTANCE: "#efe8fa",
    Stage.PROMOTION: "#e3f4f6",
    Stage.CLOSED: "#eceeef",
}
_ENDS: Final = {Machine.SCENE: ("remedies", "closed")}


@dataclass(eq=False)
class _Thing:
    """A step, the words of an arrow, or a place that an arrow passes: what takes up room in a row."""

    row: int
    width: float
    lines: tuple[tuple[str, int, str], ...] = ()
    node: Node | None = None
    x: float = 0.0
    up: list["_Thing"] = field(default_factory=list)
    down: list["_Thing"] = field(default_factory=list)

    @property
    def height(self) -> float:
        return 16 + sum(size + 4 for _, size, _ in self.lines) if self.node else 0.0


@dataclass(frozen=True)
class _Arrow:
    stops: tuple[_Thing, ...]
    back: bool
    skips: bool


def svg(graphs: tuple[Graph, ...], language: Language, policy: Policy | None = None) -> str:
    """One picture; several machines one below the other. `policy` adds the time that each step has."""
    drawings = [_Drawing(each, language, policy) for each in graphs]
    width = max(drawing.width for drawing in drawings)
    body = []
    y = 0.0
    for drawing in drawings:
        body.append(f'<g transform="translate(0,{y:.0f})">{drawing.body}</g>')
        y += drawing.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{y:.0f}" '
        f'viewBox="0 0 {width:.0f} {y:.0f}" font-family="{FONT}" font-size="{_SIZE}">'
        '<defs><marker id="end" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0,0 L10,5 L0,10 z" fill="#5b6770"/></marker></defs>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(body)}</svg>\n'
    )


class _Drawing:
    def __init__(self, graph: Graph, language: Language, policy: Policy | None) -> None:
        self._graph, self._language, self._policy = graph, language, policy
        self._ends = _ENDS.get(graph.machine, ())
        self._rows: dict[int, list[_Thing]] = defaultdict(list)
        self._steps = self._place_steps()
        self._arrows = self._draw_arrows()
        self._order_rows()
        self._place()
        self.body, self.width, self.height = self._render()

    # what stands in which row

    def _place_steps(self) -> dict[str, _Thing]:
        depth = self._depths()
        steps: dict[str, _Thing] = {}
        if any(edge.source == START for edge in self._graph.edges):
            steps[START] = self._add(_Thing(row=0, width=14))
        for node in self._graph.nodes:
            lines = self._box(node)
            width = max(_width(text, size) for text, size, _ in lines) + 28
            steps[node.key] = self._add(_Thing(row=2 * depth[node.key], width=width, lines=lines, node=node))
        return steps

    def _depths(self) -> dict[str, int]:
        order = {node.key: at for at, node in enumerate(self._graph.nodes, start=1)} | {START: 0}
        depth = dict.fromkeys(order, 0)
        for key in sorted(order, key=lambda key: order[key]):
            for edge in self._graph.edges:
                if edge.target == key and order[edge.source] < order[key] and not self._is_end(edge.target):
                    depth[key] = max(depth[key], depth[edge.source] + 1)
        # What no arrow reaches (returned, remedies, closed) stands at the foot, beside the list.
        reached = {edge.target for edge in self._graph.edges if not self._is_end(edge.target)}
        last = max(depth.values())
        loose = [node.key for node in self._graph.nodes[1:] if node.key not in reached]
        return depth | {key: last - len(loose) + 1 + at for at, key in enumerate(loose)}

    def _is_end(self, key: str) -> bool:
        return key in self._ends

    def _box(self, node: Node) -> tuple[tuple[str, int, str], ...]:
        lines = [(node.name(self._language), _SIZE, "#16202a")]
        if self._policy is not None and node.limit is not None:
            lines.append((length(self._policy, node.limit, self._language), _SMALL, "#4a5560"))
        if not self._is_end(node.key):
            verbs = [by for edge in self._graph.edges if edge.source == node.key and self._is_end(edge.target)
                     for by in edge.by]  # fmt: skip
            if verbs:
                lines += [(f"✕ {line}", _SMALL, "#a33a2a") for line in _wrapped(ways(verbs, self._language))]
        return tuple(lines)

    def _draw_arrows(self) -> list[_Arrow]:
        arrows = []
        for edge in self._graph.edges:
            source, target = self._steps[edge.source], self._steps[edge.target]
            if self._is_end(edge.target) and not self._is_end(edge.source):
                continue
            back = source.row >= target.row
            if back:
                source, target = target, source
            text = "" if edge.skips else ways(edge.by, self._language)
            words = tuple((line, _SMALL, "#3d4852") for line in _wrapped(text)) if text else ()
            at = target.row - 1 if back else source.row + 1
            stops = [source]
            for row in range(source.row + 1, target.row):
                said = words if row == at else ()
                width = max((_width(line, size) for line, size, _ in said), default=0.0) + (8 if said else 4)
                stops.append(self._add(_Thing(row=row, width=width, lines=said)))
            stops.append(target)
            for one, other in pairwise(stops):
                one.down.append(other)
                other.up.append(one)
            arrows.append(_Arrow(tuple(stops), back, edge.skips))
        return arrows

    def _add(self, thing: _Thing) -> _Thing:
        self._rows[thing.row].append(thing)
        return thing

    # in which order, and where

    def _order_rows(self) -> None:
        best, fewest = self._order(), self._crossings()
        for sweep in range(_SWEEPS):
            downward = sweep % 2 == 0
            for row in sorted(self._rows, reverse=not downward):
                places = self._order()
                self._rows[row].sort(key=lambda thing: _middle(thing.up if downward else thing.down, places, thing))
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = self._order(), crossings
        for things in self._rows.values():
            things.sort(key=lambda thing: best[id(thing)])

    def _order(self) -> dict[int, int]:
        return {id(thing): at for things in self._rows.values() for at, thing in enumerate(things)}

    def _crossings(self) -> int:
        places = self._order()
        crossings = 0
        for things in self._rows.values():
            ends = [(places[id(thing)], places[id(below)]) for thing in things for below in thing.down]
            crossings += sum(
                (a - c) * (b - d) < 0 for at, (a, b) in enumerate(ends) for c, d in ends[at + 1 :]
            )  # fmt: skip
        return crossings

    def _place(self) -> None:
        for things in self._rows.values():
            _spread(things, [0.0] * len(things))
        for sweep in range(_SWEEPS):
            for row in sorted(self._rows, reverse=sweep % 2 == 1):
                things = self._rows[row]
                _spread(things, [_pull(thing) for thing in things])
        left = min(thing.x - thing.width / 2 for things in self._rows.values() for thing in things)
        for things in self._rows.values():
            for thing in things:
                thing.x += _MARGIN - left

    # on paper

    def _render(self) -> tuple[str, float, float]:
        top = _MARGIN + 64
        ys = {}
        y: float = top
        for row in sorted(self._rows):
            tall = max(thing.height if thing.node else 6 + 15 * len(thing.lines) for thing in self._rows[row])
            ys[row] = y + tall / 2
            y += tall + (18 if row % 2 else 14)
        parts = [self._title()]
        parts += [self._arrow(arrow, ys) for arrow in self._arrows]
        parts += [self._words(thing, ys) for things in self._rows.values() for thing in things if not thing.node]
        parts += [self._step(thing, ys) for things in self._rows.values() for thing in things if thing.node]
        notes = listed(self._graph, self._language)
        for line in notes:
            parts.append(_text(_MARGIN, y + 14, line, _SMALL, "#3d4852", "start"))
            y += 18
        width = max(thing.x + thing.width / 2 for things in self._rows.values() for thing in things)
        width = max([width, *(_width(line, _SMALL) + _MARGIN for line in notes), 560.0]) + _MARGIN
        return "".join(parts), width, y + _MARGIN

    def _title(self) -> str:
        title = MACHINES[self._graph.machine].text(self._language)
        if self._policy is not None:
            title = f"{self._policy.city} {self._policy.version} · {title}"
        parts = [_text(_MARGIN, 34, title, 18, "#16202a", "start")]
        x: float = _MARGIN
        for stage in dict.fromkeys(node.stage for node in self._graph.nodes):
            name = STAGES[stage].text(self._language)
            parts.append(f'<rect x="{x:.1f}" y="48" width="14" height="14" rx="3" fill="{_COLOURS[stage]}" '
                         f'stroke="#9aa5ad"/>')  # fmt: skip
            parts.append(_text(x + 20, 60, name, _SMALL, "#3d4852", "start"))
            x += 44 + _width(name, _SMALL)
        return "".join(parts)

    def _arrow(self, arrow: _Arrow, ys: dict[int, float]) -> str:
        points = [(thing.x, ys[thing.row]) for thing in arrow.stops]
        first, last = arrow.stops[0], arrow.stops[-1]
        points[0] = (points[0][0], points[0][1] + max(first.height, 10) / 2)
        points[-1] = (points[-1][0], points[-1][1] - last.height / 2)
        if arrow.back:
            points.reverse()
        path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
        for (x, y), (to_x, to_y) in pairwise(points):
            half = (y + to_y) / 2
            path += f" C{x:.1f},{half:.1f} {to_x:.1f},{half:.1f} {to_x:.1f},{to_y:.1f}"
        dashes = ' stroke-dasharray="5 4"' if arrow.skips else ""
        colour = "#b0603a" if arrow.back else "#5b6770"
        return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.2" marker-end="url(#end)"{dashes}/>'

    def _words(self, thing: _Thing, ys: dict[int, float]) -> str:
        if thing.row == 0:
            return f'<circle cx="{thing.x:.1f}" cy="{ys[0]:.1f}" r="6" fill="#16202a"/>'
        if not thing.lines:
            return ""
        tall = 15 * len(thing.lines)
        top = ys[thing.row] - tall / 2
        box = f'<rect x="{thing.x - thing.width / 2:.1f}" y="{top:.1f}" width="{thing.width:.1f}" height="{tall}" fill="#ffffff"/>'  # noqa: E501
        lines = (
            _text(thing.x, top + 15 * at + 12, line, size, colour)
            for at, (line, size, colour) in enumerate(thing.lines)
        )
        return box + "".join(lines)

    def _step(self, thing: _Thing, ys: dict[int, float]) -> str:
        node = thing.node
        if node is None:
            return ""
        top = ys[thing.row] - thing.height / 2
        edge = "#16202a" if node.terminal else "#9aa5ad"
        box = (
            f'<rect x="{thing.x - thing.width / 2:.1f}" y="{top:.1f}" width="{thing.width:.1f}" '
            f'height="{thing.height:.1f}" rx="8" fill="{_COLOURS[node.stage]}" stroke="{edge}"/>'
        )
        parts = [box]
        y = top + 6
        for line, size, colour in thing.lines:
            y += size + 4
            parts.append(_text(thing.x, y - 1, line, size, colour))
        return "".join(parts)


def _middle(neighbours: list[_Thing], places: dict[int, int], thing: _Thing) -> float:
    if not neighbours:
        return places[id(thing)]
    return sum(places[id(each)] for each in neighbours) / len(neighbours)


def _pull(thing: _Thing) -> float:
    neighbours = [*thing.up, *thing.down]
    return sum(each.x for each in neighbours) / len(neighbours) if neighbours else thing.x


def _spread(things: list[_Thing], wished: list[float]) -> None:
    """As near to the wishes as the widths allow, in the given order: neighbours that press form a block."""
    offsets = [0.0]
    for one, other in pairwise(things):
        offsets.append(offsets[-1] + (one.width + other.width) / 2 + _GAP)
    blocks: list[tuple[float, int]] = []
    for wish, offset in zip(wished, offsets, strict=False):
        mean, size = wish - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean = (before * count + mean * size) / (count + size)
            size += count
        blocks.append((mean, size))
    means = [mean for mean, size in blocks for _ in range(size)]
    for thing, mean, offset in zip(things, means, offsets, strict=False):
        thing.x = mean + offset


def _wrapped(text: str) -> list[str]:
    """At most two ways of an arrow a line."""
    words = text.split(" / ")
    return [" / ".join(words[at : at + 2]) for at in range(0, len(words), 2)]


def _width(text: str, size: int) -> float:
    return sum(size if east_asian_width(character) in "WF" else size * 0.58 for character in text)


def _text(x: float, y: float, text: str, size: int, colour: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
    )
