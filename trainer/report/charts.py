"""Charts as inline SVG, coloured by the page's style sheet, so that both themes fit them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from trainer.report.parts import part

WIDTH, HEIGHT = 460, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 40
_NAMED = 15  # width of a bar from which its name stands below it
LINES = ("first", "second", "third")
_MARKS = {"first": "var(--accent)", "second": "var(--second)", "third": "var(--quiet)"}


@dataclass(frozen=True, slots=True)
class Axis:
    """`title`, the ends, and whether the numbers are shares (0 to 1) shown in percent."""

    title: str
    low: float
    high: float
    share: bool = True

    def tick(self, value: float) -> str:
        """A tick's label."""
        if self.share:
            return f"{100 * value:.0f} %"
        return f"{value:.0f}" if abs(self.high - self.low) >= 4 or value == int(value) else f"{value:.2g}"


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name and its points."""

    name: str
    points: Sequence[tuple[float, float]]


def line_chart(title: str, across: Axis, up: Axis, series: Sequence[Series], *, ideal: bool = False) -> Markup:
    """Lines in one frame (at most three) with a legend; `ideal` draws the diagonal."""
    place = _Frame(across, up)
    shapes = place.axes()
    if ideal:
        shapes.append(place.path("ideal", ((max(across.low, up.low),) * 2, (min(across.high, up.high),) * 2)))
    for kind, each in zip(LINES, series, strict=False):
        if len(each.points) > 1:
            shapes.append(place.path(kind, each.points))
        else:
            shapes += [place.dot(x, y, 3.5) for x, y in each.points]
    return _figure(title, shapes, [each.name for each in series])


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a reliability diagram; `weight` (0 to 1) sets its area, `between` are the ends of its interval."""

    x: float
    y: float
    weight: float
    title: str
    between: tuple[float, float]


def dot_chart(title: str, across: Axis, up: Axis, dots: Sequence[Dot]) -> Markup:
    """Dots with their intervals against the diagonal."""
    place = _Frame(across, up)
    shapes = [*place.axes(), place.path("ideal", ((0, 0), (1, 1)))]
    for dot in dots:
        shapes.append(place.path("range", [(dot.x, end) for end in dot.between]))
        shapes.append(place.dot(dot.x, dot.y, 3 + 8 * dot.weight**0.5, dot.title))
    return _figure(title, shapes, [])


def bar_chart(title: str, bars: Sequence[tuple[str, float]]) -> Markup:
    """Thin upright bars side by side, as many as there are labels; named where there is room, else by the pointer."""
    most = max((value for _, value in bars), default=1) or 1
    width, height = 960, 170
    step = (width - 40) / max(len(bars), 1)
    names = 130 if step >= _NAMED else 0  # room below the bars
    shapes = [_text(34, 12, "end", f"{most:.0f}"), _text(34, height, "end", "0")]
    for number, (name, value) in enumerate(bars):
        tall, left = (height - 10) * value / most, 40 + number * step
        place = {"x": f"{left:.2f}", "y": f"{height - tall:.1f}"}
        size = {"width": f"{max(step * 0.82, 0.6):.2f}", "height": f"{tall:.1f}"}
        shapes.append(Shape("rect", {"class": "fill", **place, **size}, title=f"{name}: {value:.0f}"))
        if names:
            x, y = left + 0.41 * step + 4, height + 6
            shapes.append(_text(x, y, "end", f"{name} · {value:.0f}", f"rotate(-90 {x:.1f} {y})"))
    shapes.append(Shape("line", {"class": "axis", "x1": 40, "x2": width, "y1": height, "y2": height}))
    return _figure(title, shapes, [], f"0 0 {width} {height + 4 + names}")


@dataclass(frozen=True, slots=True)
class Shape:
    """An element of the drawing; `title` shows under the pointer, `words` are what a text says."""

    tag: str
    attributes: Mapping[str, object]
    words: str = ""
    title: str = ""


def _text(x: float, y: float, anchor: str, words: str, transform: str | None = None) -> Shape:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "transform": transform}
    return Shape("text", place, words)


class _Frame:
    """Where a value lies in the picture."""

    def __init__(self, across: Axis, up: Axis) -> None:
        self.across, self.up = across, up

    def x(self, value: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * _share(value, self.across)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * _share(value, self.up)

    def path(self, kind: str, points: Sequence[tuple[float, float]]) -> Shape:
        drawn = "M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)
        return Shape("path", {"class": kind, "d": drawn})

    def dot(self, x: float, y: float, radius: float, tip: str = "") -> Shape:
        place = {"cx": f"{self.x(x):.1f}", "cy": f"{self.y(y):.1f}", "r": f"{radius:.1f}"}
        return Shape("circle", {"class": "dot", **place}, title=tip)

    def axes(self) -> list[Shape]:
        drawn = []
        for tick in _ticks(self.up):
            y = f"{self.y(tick):.1f}"
            drawn.append(Shape("line", {"class": "axis", "x1": _LEFT, "x2": WIDTH - _RIGHT, "y1": y, "y2": y}))
            drawn.append(_text(_LEFT - 7, self.y(tick) + 4, "end", self.up.tick(tick)))
        below = HEIGHT - _BOTTOM + 17
        drawn += [_text(self.x(tick), below, "middle", self.across.tick(tick)) for tick in _ticks(self.across)]
        return [*drawn, _text((_LEFT + WIDTH - _RIGHT) / 2, HEIGHT - 4, "middle", self.across.title)]


def _share(value: float, axis: Axis) -> float:
    return (value - axis.low) / ((axis.high - axis.low) or 1.0)


def _ticks(axis: Axis) -> list[float]:
    steps = 4
    if not axis.share and axis.high - axis.low >= steps:
        step = max(1, round((axis.high - axis.low) / steps))
        return [float(tick) for tick in range(int(axis.low), int(axis.high) + 1, step)]
    return [axis.low + (axis.high - axis.low) * number / steps for number in range(steps + 1)]


def _figure(title: str, shapes: Sequence[Shape], names: Sequence[str], box: str = f"0 0 {WIDTH} {HEIGHT}") -> Markup:
    legend = [(name, _MARKS[kind]) for kind, name in zip(LINES, names, strict=False)]
    return part("chart", title, legend, box, shapes)
