"""The ground of a map: coasts, borders, towns and a scale, painted on whatever there is. No widget: any thread may."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from fieldguide.core.text import text
from fieldguide.core.towns import towns
from fieldguide.core.world import Line, from_square, to_square, world
from fieldguide.ui.kit.colours import Colours
from fieldguide.ui.kit.metrics import CLOSE, HAIR
from fieldguide.ui.kit.painting import styled

NEAREST_FITTED = 400_000.0  # pixels the whole world is wide when a single find is looked at
_LABELS = 14  # towns named at once
_TOWNS_FROM = 3_000  # pixels the world is wide
_ROOM = 60  # pixels between the outermost finds and the edge
_LENGTHS = tuple(base * 10**power for power in range(1, 7) for base in (1, 2, 5))  # metres


@dataclass(frozen=True, slots=True)
class Look:
    """What of the Mercator square is seen: the size of the picture and the width of the whole world in pixels, and the
    point of the square in its middle.
    """

    width: float
    height: float
    centre: tuple[float, float]
    world: float

    @property
    def seen(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom in the square; left and right may lie beyond it."""
        left, top = self.centre[0] - self.width / 2 / self.world, self.centre[1] - self.height / 2 / self.world
        return left, top, left + self.width / self.world, top + self.height / self.world

    def to_view(self, x: float, y: float) -> QPointF:
        """A point of the square in the picture, in the nearest turn of the world."""
        across = (x - self.centre[0] + 0.5) % 1.0 - 0.5
        return QPointF(across * self.world + self.width / 2, (y - self.centre[1]) * self.world + self.height / 2)

    def under(self, point: QPointF) -> tuple[float, float]:
        """The point of the square that is seen there."""
        left, top, _, _ = self.seen
        return left + point.x() / self.world, top + point.y() / self.world


def fitting(points: Line, width: float, height: float) -> Look:
    """The nearest look at all these points (one at least) that leaves room round them."""
    x, y = points[:, 0], points[:, 1]
    if np.ptp(x) > 0.5:  # they may lie round the date line
        turned = np.where(x < 0.5, x + 1, x)
        x = turned if np.ptp(turned) < np.ptp(x) else x
    centre = (float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2)
    across = max(float(np.ptp(x)) / max(1, width - 2 * _ROOM), float(np.ptp(y)) / max(1, height - 2 * _ROOM))
    return Look(width, height, centre, min(NEAREST_FITTED, max(width, height, 1 / max(across, 1e-9))))


def paint_ground(painter: QPainter, look: Look, colours: Colours, font: QFont) -> None:
    """Coasts and borders, and near enough the names of towns."""
    left, top, right, bottom = look.seen
    land, borders = QPainterPath(), QPainterPath()
    land.setFillRule(Qt.FillRule.OddEvenFill)
    for turn in range(int(np.floor(left)) - 1, int(np.floor(right)) + 1):  # the world goes on beyond the date line
        scene = QTransform(look.world, 0, 0, look.world, (turn - left) * look.world, -top * look.world)
        for path, (lines, boxes) in zip((land, borders), _lines_and_boxes(), strict=True):
            meets = (boxes[:, 2] >= left - turn) & (boxes[:, 0] <= right - turn)
            meets &= (boxes[:, 3] >= top) & (boxes[:, 1] <= bottom)
            for row in np.flatnonzero(meets):
                path.addPolygon(scene.map(QPolygonF([QPointF(x, y) for x, y in lines[row].tolist()])))
    painter.setPen(QPen(QColor(colours.strong_line), 1))
    painter.setBrush(QColor(colours.raised))
    painter.drawPath(land)
    painter.setPen(QPen(QColor(colours.line), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(borders)
    if look.world > _TOWNS_FROM:
        _paint_towns(painter, look, colours, styled(font, factor=0.86))


def _paint_towns(painter: QPainter, look: Look, colours: Colours, font: QFont) -> None:
    """Names of the largest towns in sight, where they do not cover each other."""
    left, top, right, bottom = look.seen
    north, west = from_square(left, max(0.0, top))
    south, east = from_square(right, min(1.0, bottom))
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    taken: list[QRectF] = []
    for town in towns().within(south, west, north, east, 60):
        spot = look.to_view(*to_square(town.latitude, town.longitude))
        words = QRectF(spot.x() + 6, spot.y() - metrics.height() / 2, metrics.horizontalAdvance(town.name) + 4, 0)
        words.setHeight(metrics.height())
        if len(taken) >= _LABELS or any(words.adjusted(-12, -6, 12, 6).intersects(other) for other in taken):
            continue
        taken.append(words)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.muted))
        painter.drawEllipse(spot, 2.5, 2.5)
        painter.setPen(QColor(colours.muted))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, town.name)


def paint_scale(painter: QPainter, look: Look, colours: Colours, font: QFont) -> None:
    """How far a length is here, at the lower left, and whose facts these are at the lower right."""
    latitude, _ = from_square(*look.centre)
    metre = look.world / (40_075_016.686 * max(0.05, float(np.cos(np.radians(latitude)))))  # pixels (WGS 84)
    metres = next((each for each in _LENGTHS if each * metre >= 60), _LENGTHS[-1])
    small = styled(font, factor=0.8)
    painter.setFont(small)
    painter.setPen(QPen(QColor(colours.muted), 1.5))
    bottom = look.height - CLOSE
    painter.drawLine(QPointF(CLOSE, bottom), QPointF(CLOSE + metres * metre, bottom))
    painter.drawText(QPointF(CLOSE, bottom - HAIR), text("history.map_km", count=f"{metres / 1000:g}"))
    credit = "Natural Earth · GeoNames (CC BY 4.0)"
    wide = QFontMetricsF(small).horizontalAdvance(credit)
    painter.drawText(QPointF(look.width - wide - CLOSE, bottom), credit)


@cache
def _lines_and_boxes() -> tuple[tuple[tuple[Line, ...], NDArray[np.float64]], ...]:
    """Land and borders, each with the least x and y and the greatest of every line."""
    kinds = (world().land, world().borders)
    return tuple((lines, np.array([[*line.min(axis=0), *line.max(axis=0)] for line in lines])) for lines in kinds)
