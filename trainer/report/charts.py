"""Charts as inline SVG, coloured by the page's style sheet, so that both themes fit them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 460, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 40
_NAMED = 15  # width of a bar from which its name stands below it
LINES = ("first", "second", "third")
_MARKS = {"first": "var(--accent)", "second": "var(--second)", "third": "var(--quiet)"}


@dataclass(frozen=True, slots=True)
class Axis:
    """`title`, the ends, and whether the numbers are shares (0 to 1) told in percent."""

    title: str
    low: float
    high: float
    share: bool = True

    def told(self, value: float) -> str:
        """A tick's label."""
        if self.share:
            return f"{100 * value:.0f} %"
        return f"{value:.0f}" if abs(self.high - self.low) >= 4 or value == int(value) else f"{value:.2g}"


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name and its points."""

    name: str
    points: Sequence[tuple[float, float]]


def line_chart(title: str, across: Axis, up: Axis, series: Sequence[Series], *, ideal: bool = False) -> str:
    """Lines in one frame (at most three) with a legend; `ideal` draws the diagonal."""
    place = _Frame(across, up)
    inside = [place.axes()]
    if ideal:
        corners = ((max(across.low, up.low),) * 2, (min(across.high, up.high),) * 2)
        inside.append(f'<path class="ideal" d="{place.path(corners)}"/>')
    for kind, each in zip(LINES, series, strict=False):
        if len(each.points) > 1:
            inside.append(f'<path class="{kind}" d="{place.path(each.points)}"/>')
        else:
            inside += [
                f'<circle class="dot" cx="{place.x(x):.1f}" cy="{place.y(y):.1f}" r="3.5"/>' for x, y in each.points
            ]
    return _figure(title, inside, [each.name for each in series])


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a reliability diagram; `weight` (0 to 1) sets its area, `between` are the ends of its interval."""

    x: float
    y: float
    weight: float
    told: str
    between: tuple[float, float]


def dot_chart(title: str, across: Axis, up: Axis, dots: Sequence[Dot]) -> str:
    """Dots with their intervals against the diagonal."""
    place = _Frame(across, up)
    inside = [place.axes(), f'<path class="ideal" d="{place.path(((0, 0), (1, 1)))}"/>']
    inside += [
        f'<path class="range" d="{place.path([(dot.x, end) for end in dot.between])}"/>'
        f'<circle class="dot" cx="{place.x(dot.x):.1f}" cy="{place.y(dot.y):.1f}" r="{3 + 8 * dot.weight**0.5:.1f}">'
        f"<title>{escape(dot.told)}</title></circle>"
        for dot in dots
    ]
    return _figure(title, inside, [])


def bar_chart(title: str, bars: Sequence[tuple[str, float]]) -> str:
    """Thin upright bars side by side, as many as there are labels; named where there is room, else by the pointer."""
    most = max((value for _, value in bars), default=1) or 1
    width, height = 960, 170
    step = (width - 40) / max(len(bars), 1)
    names = 130 if step >= _NAMED else 0  # room below the bars
    inside = [
        f'<text x="34" y="12" text-anchor="end">{most:.0f}</text>',
        f'<text x="34" y="{height}" text-anchor="end">0</text>',
    ]
    for number, (name, value) in enumerate(bars):
        tall = (height - 10) * value / most
        inside.append(
            f'<rect class="fill" x="{40 + number * step:.2f}" y="{height - tall:.1f}" '
            f'width="{max(step * 0.82, 0.6):.2f}" height="{tall:.1f}"><title>{escape(name)}: {value:.0f}</title></rect>'
        )
        if names:
            x, y = 40 + (number + 0.41) * step + 4, height + 6
            place = f'x="{x:.1f}" y="{y}" transform="rotate(-90 {x:.1f} {y})"'
            inside.append(f'<text {place} text-anchor="end">{escape(name)} · {value:.0f}</text>')
    inside.append(f'<line class="axis" x1="40" x2="{width}" y1="{height}" y2="{height}"/>')
    return _figure(title, inside, [], f"0 0 {width} {height + 4 + names}")


class _Frame:
    """Where a value lies in the picture."""

    def __init__(self, across: Axis, up: Axis) -> None:
        self.across, self.up = across, up

    def x(self, value: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * _share(value, self.across)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * _share(value, self.up)

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)

    def axes(self) -> str:
        drawn = []
        for tick in _ticks(self.up):
            y = self.y(tick)
            drawn.append(f'<line class="axis" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            drawn.append(f'<text x="{_LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{self.up.told(tick)}</text>')
        for tick in _ticks(self.across):
            place = f'x="{self.x(tick):.1f}" y="{HEIGHT - _BOTTOM + 17}"'
            drawn.append(f'<text {place} text-anchor="middle">{self.across.told(tick)}</text>')
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        drawn.append(f'<text x="{middle}" y="{HEIGHT - 4}" text-anchor="middle">{escape(self.across.title)}</text>')
        return "".join(drawn)


def _share(value: float, axis: Axis) -> float:
    return (value - axis.low) / ((axis.high - axis.low) or 1.0)


def _ticks(axis: Axis) -> list[float]:
    steps = 4
    if not axis.share and axis.high - axis.low >= steps:
        step = max(1, round((axis.high - axis.low) / steps))
        return [float(tick) for tick in range(int(axis.low), int(axis.high) + 1, step)]
    return [axis.low + (axis.high - axis.low) * number / steps for number in range(steps + 1)]


def _figure(title: str, inside: Sequence[str], names: Sequence[str], box: str = f"0 0 {WIDTH} {HEIGHT}") -> str:
    marks = "".join(
        f'<span style="--mark:{_MARKS[kind]}">{escape(name)}</span>' for kind, name in zip(LINES, names, strict=False)
    )
    legend = f'<div class="legend">{marks}</div>' if marks else ""
    drawn = f'<svg viewBox="{box}" role="img" aria-label="{escape(title)}">{"".join(inside)}</svg>'
    return f"<div><h3>{escape(title)}</h3>{legend}{drawn}</div>"
