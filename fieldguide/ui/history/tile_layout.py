"""Where tiles stand on a sheet that scrolls: groups below their headings, rows of equal tiles. Arithmetic, no widget.

Rows are counted over all groups; places are pixels from the top of the sheet. Asking where a row stands takes the time
of a search among the groups, however many rows there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QPoint, QRect


@dataclass(frozen=True, slots=True)
class Measures:
    """Pixels: width of the sheet, least width of a tile, height of a tile, and of a heading (0: none)."""

    width: int
    tile_width: int
    tile_height: int
    head: int

    @property
    def columns(self) -> int:
        """How many tiles stand side by side."""
        return max(1, self.width // self.tile_width)


class TileLayout:
    """`counts`: how many tiles each group has, none of them 0."""

    def __init__(self, counts: Sequence[int], measures: Measures) -> None:
        self.measures, self.columns = measures, measures.columns
        self._counts = list(counts)
        self._starts = [0, *accumulate(counts)]
        heights = (measures.head + self._lines(count) * measures.tile_height for count in counts)
        self._tops = [0, *accumulate(heights)]

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return self._starts[-1]

    @property
    def height(self) -> int:
        """Of the whole sheet."""
        return self._tops[-1]

    def rows_of(self, group: int) -> range:
        """The rows of a group."""
        return range(self._starts[group], self._starts[group + 1])

    def rect(self, row: int) -> QRect:
        """Where a tile stands."""
        group, place = self._group_of(row)
        line, column = divmod(place, self.columns)
        wide = (self.measures.width - 1) / self.columns
        left, right = round(column * wide), round((column + 1) * wide)
        top = self._tops[group] + self.measures.head + line * self.measures.tile_height
        return QRect(left, top, right - left, self.measures.tile_height)

    def row_from(self, y: int) -> int:
        """The first row whose tile begins at or below a height; `count` when none does."""
        if not self._counts:
            return 0
        group = self.group_at(y)
        line = max(0, -(-(y - self._tops[group] - self.measures.head) // self.measures.tile_height))
        return self._starts[group] + min(self._counts[group], line * self.columns)

    def row_at(self, point: QPoint) -> int:
        """The row of the tile at a point; -1 where there is none."""
        first = self.row_from(point.y() - self.measures.tile_height + 1)
        rows = range(first, min(first + self.columns, self.count))
        return next((row for row in rows if self.rect(row).contains(point)), -1)

    def touched(self, frame: QRect) -> list[range]:
        """The rows whose tiles a frame touches, in stretches of neighbours."""
        found: list[range] = []
        row = self.row_from(frame.top() - self.measures.tile_height + 1)
        while row < self.count and (rect := self.rect(row)).top() <= frame.bottom():
            if rect.intersects(frame):
                if found and found[-1].stop == row:
                    found[-1] = range(found[-1].start, row + 1)
                else:
                    found.append(range(row, row + 1))
            row += 1
        return found

    def group_at(self, y: int) -> int:
        """The group at a height; the first above all of them, the last below."""
        return min(len(self._counts) - 1, max(0, bisect_right(self._tops, y) - 1))

    def headings(self, above: int, tall: int) -> list[tuple[int, int]]:
        """Groups whose headings are in sight, with the heights at which they are seen, when `above` pixels are scrolled
        away and `tall` are seen. That of the first stays at the edge while anything of its group is seen.
        """
        if not self._counts or not self.measures.head:
            return []
        first, last = self.group_at(above), self.group_at(above + tall - 1)
        pinned = min(0, self._tops[first + 1] - above - self.measures.head)
        return [(first, pinned), *((group, self._tops[group] - above) for group in range(first + 1, last + 1))]

    def beside(self, row: int, way: int) -> int:
        """The row above (-1) or below (1), in the same column where that line is long enough; the same at the ends."""
        group, place = self._group_of(row)
        line, column = divmod(place, self.columns)
        line += way
        if not 0 <= line < self._lines(self._counts[group]):
            group += way
            if not 0 <= group < len(self._counts):
                return row
            line = 0 if way > 0 else self._lines(self._counts[group]) - 1
        return self._starts[group] + min(self._counts[group] - 1, line * self.columns + column)

    def _group_of(self, row: int) -> tuple[int, int]:
        group = bisect_right(self._starts, row, hi=len(self._counts)) - 1
        return group, row - self._starts[group]

    def _lines(self, count: int) -> int:
        return -(-count // self.columns)
