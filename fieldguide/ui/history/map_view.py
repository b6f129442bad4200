"""A map of the world without a network: coasts, borders, towns, and finds as points and clusters. Asks nothing itself.

The wheel looks closer at what is under the pointer, dragging moves, a click on a cluster looks into it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from fieldguide.core.world import Line, squared
from fieldguide.storage.places import Points
from fieldguide.ui.history.map_ground import Look, fitting, paint_ground, paint_scale
from fieldguide.ui.kit.colours import Colours, colours_now
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.metrics import ROUNDER, TIGHT
from fieldguide.ui.kit.painting import styled

CELL = 46  # pixels within which finds are one cluster
CLOSEST = 20_000_000.0  # pixels the whole world is wide at most: some two metres a pixel
_STEP = 1.6
_LEVELS = {level.severity: level for level in Danger if level is level.shown}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Finds that stand together: where (in pixels of the view), which rows of the points, and the worst danger."""

    x: float
    y: float
    rows: tuple[int, ...]
    level: Danger

    @property
    def radius(self) -> float:
        """Grows with how many they are."""
        return 7.0 if len(self.rows) == 1 else 11.0 + 3.5 * float(np.log10(len(self.rows)))


class MapView(QWidget):
    """The map. `finds_wanted`: ids that stand so close that no closer look parts them."""

    finds_wanted = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(300, 220)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(text("history.map"))
        self._points = Points((), (), (), ())
        self._square: Line = np.empty((0, 2))
        self._width = 900.0  # of the whole world, in pixels
        self._centre = (0.5, 0.4)  # of what is seen, in the square
        self._grip: QPointF | None = None
        self._dragged = False
        self._ground: tuple[tuple[object, ...], QPixmap] | None = None
        self.clusters: list[Cluster] = []

    @property
    def zoom(self) -> float:
        """How many pixels wide the whole world is."""
        return self._width

    @property
    def _look(self) -> Look:
        return Look(self.width(), self.height(), self._centre, self._width)

    def show_points(self, points: Points, *, keep: bool = False) -> None:
        """Show these; unless `keep`, so that all of them are seen."""
        self._points = points
        self._square = squared(np.array(points.latitudes), np.array(points.longitudes))
        if not keep:
            self.show_all()
        self._gather()

    def show_all(self) -> None:
        """Look at all points from as near as can be."""
        if not len(self._square):
            self._width, self._centre = max(900.0, float(self.width())), (0.5, 0.4)
        else:
            look = fitting(self._square, self.width(), self.height())
            self._centre, self._width = look.centre, max(self._least(), look.world)
        self._gather()

    def picture(self) -> QPixmap:
        """The map as it is seen."""
        return self.grab()

    def _least(self) -> float:
        return float(max(self.width(), self.height(), 400))

    def _gather(self) -> None:
        """Finds by cells of the screen; these are counted from the corner of the world: stable while one drags."""
        self.clusters = []
        if len(self._square):
            offset = (self._square[:, 0] - self._centre[0] + 0.5) % 1.0 - 0.5  # the nearest turn of the world
            x, y = offset * self._width + self.width() / 2, (self._square[:, 1] - self._centre[1]) * self._width
            y = y + self.height() / 2
            seen = np.flatnonzero((x > -CELL) & (x < self.width() + CELL) & (y > -CELL) & (y < self.height() + CELL))
            severities = np.array(self._points.severities)
            cells = np.floor(self._square[seen] * (self._width / CELL)).astype(np.int64)
            _, inverse = np.unique(cells, axis=0, return_inverse=True)
            order = np.argsort(inverse.ravel(), kind="stable")
            parts = np.split(seen[order], np.cumsum(np.bincount(inverse.ravel()))[:-1]) if len(seen) else []
            for rows in parts:
                worst = _LEVELS.get(int(severities[rows].max()), Danger.UNKNOWN)
                where = float(x[rows].mean()), float(y[rows].mean())
                self.clusters.append(Cluster(*where, tuple(int(row) for row in rows), worst))
            self.clusters.sort(key=lambda cluster: cluster.level.severity)  # the worst is drawn last, over the others
        self.update()

    # painting --------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The world, then finds over it."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), ROUNDER, ROUNDER)
        painter.setClipPath(clip)
        key = (self._width, self._centre, self.size(), colours.dark, self.devicePixelRatioF())
        if self._ground is None or self._ground[0] != key:
            self._ground = (key, self._paint_ground(colours))
        painter.drawPixmap(0, 0, self._ground[1])
        for cluster in self.clusters:
            self._paint_cluster(painter, cluster, colours)
        paint_scale(painter, self._look, colours, self.font())
        painter.end()

    def _paint_ground(self, colours: Colours) -> QPixmap:
        ratio = self.devicePixelRatioF()
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(QColor(colours.mat))
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, self._look, colours, self.font())
        painter.end()
        return ground

    def _paint_cluster(self, painter: QPainter, cluster: Cluster, colours: Colours) -> None:
        pair = colours.danger(cluster.level)
        spot = QPointF(cluster.x, cluster.y)
        painter.setPen(QPen(QColor(colours.raised), 2))
        painter.setBrush(QColor(pair.fill))
        painter.drawEllipse(spot, cluster.radius, cluster.radius)
        if len(cluster.rows) > 1:
            painter.setPen(QColor(pair.on_fill))
            painter.setFont(styled(self.font(), factor=0.86, bold=True))
            room = QRectF(spot.x() - 40, spot.y() - 12, 80, 24)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.locale().toString(len(cluster.rows)))

    # by hand ---------------------------------------------------------------------------------------

    def look(self, factor: float, point: QPointF | None = None) -> None:
        """Closer (above 1) or from farther away, at what is under `point` (the middle)."""
        point = point or QPointF(self.width() / 2, self.height() / 2)
        before = self._look.under(point)
        self._width = min(CLOSEST, max(self._least(), self._width * factor))
        after = self._look.under(point)
        self._move(before[0] - after[0], before[1] - after[1])

    def _move(self, x: float, y: float) -> None:
        self._centre = ((self._centre[0] + x) % 1.0, min(1.0, max(0.0, self._centre[1] + y)))
        self._gather()

    def cluster_at(self, point: QPointF) -> Cluster | None:
        """The finds under a point of the view."""
        near = [
            each
            for each in reversed(self.clusters)
            if (each.x - point.x()) ** 2 + (each.y - point.y()) ** 2 <= (each.radius + 4) ** 2
        ]
        return near[0] if near else None

    def open_cluster(self, cluster: Cluster) -> None:
        """Look closer until the finds part; those that stand in one spot are wanted."""
        spots = self._square[list(cluster.rows)]
        apart = float(np.ptp(spots, axis=0).max())
        if len(cluster.rows) == 1 or apart * CLOSEST < CELL or self._width >= CLOSEST:
            self.finds_wanted.emit([self._points.ids[row] for row in cluster.rows])
            return
        middle = (spots.min(axis=0) + spots.max(axis=0)) / 2
        self._centre = (float(middle[0]), float(middle[1]))
        self._width = min(CLOSEST, max(self._width * 2, 0.6 * min(self.width(), self.height()) / apart))
        self._gather()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Closer, or from farther away."""
        self.look(_STEP ** (event.angleDelta().y() / 120), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the map."""
        self._grip, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it, or say what is under the pointer."""
        if self._grip is None:
            cluster = self.cluster_at(event.position())
            self.setCursor(Qt.CursorShape.PointingHandCursor if cluster else Qt.CursorShape.OpenHandCursor)
            self.setToolTip(cluster_words(cluster) if cluster else "")
            return
        moved = event.position() - self._grip
        if self._dragged or moved.manhattanLength() > TIGHT:
            self._dragged, self._grip = True, event.position()
            self._move(-moved.x() / self._width, -moved.y() / self._width)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens a cluster."""
        cluster = self.cluster_at(event.position())
        if self._grip is not None and not self._dragged and cluster is not None:
            self.open_cluster(cluster)
        self._grip = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, plus and minus look closer or farther, 0 shows all."""
        share = 80 / self._width
        moves = {
            Qt.Key.Key_Left: (-share, 0.0),
            Qt.Key.Key_Right: (share, 0.0),
            Qt.Key.Key_Up: (0.0, -share),
            Qt.Key.Key_Down: (0.0, share),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self._move(*moves[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.look(1 / _STEP if key is Qt.Key.Key_Minus else _STEP)
        elif key is Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Clusters belong to the size."""
        self._width = max(self._width, self._least())
        self._gather()
        super().resizeEvent(event)


def cluster_words(cluster: Cluster) -> str:
    """How many finds, and the worst of them."""
    return text("history.map_finds", count=len(cluster.rows), danger=danger_word(cluster.level))
