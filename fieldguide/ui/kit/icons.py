"""Icons drawn for this application: SVG line drawings in `resources/icons`, tinted where they are painted.

An icon takes the colour of the theme at the moment of painting, so a change of theme needs nobody to reload it.
"""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from fieldguide.core.danger import Danger
from fieldguide.core.resources import resource
from fieldguide.ui.kit.colours import colours_now

_DANGER_ICONS = {
    Danger.DEADLY: "skull",
    Danger.POISONOUS: "warning",
    Danger.PSYCHOACTIVE: "eye",
    Danger.UNKNOWN: "question",
    Danger.CAUTION: "caution",
    Danger.INEDIBLE: "crossed",
}


def danger_icon(level: Danger) -> str:
    """Name of the icon that says a level without colour."""
    return _DANGER_ICONS[level.shown]


def paint_icon(painter: QPainter, rect: QRectF, name: str, colour: str | QColor) -> None:
    """Paint one icon into `rect` in one colour, sharp at any scale."""
    _drawing(name, QColor(colour).name()).render(painter, rect)


def pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """The icon as a picture of `size` device-independent pixels on a screen with `ratio` device pixels each."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_icon(painter, QRectF(picture.rect()), name, colour)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@cache
def icon(name: str, tone: str = "text") -> QIcon:
    """An icon for buttons and actions.

    `tone` names the colour of the palette: text, muted, accent or on_accent. A checked button shows the accent.
    """
    return QIcon(_TintedEngine(name, tone))


def application_icon() -> QIcon:
    """The application's own picture, in its own colours."""
    return QIcon(str(resource("icons", "fieldguide.svg")))


class _TintedEngine(QIconEngine):
    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name, self._tone = name, tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        colours = colours_now()
        tone = "accent" if state is QIcon.State.On and self._tone != "on_accent" else self._tone
        colour = colours.strong_line if mode is QIcon.Mode.Disabled else getattr(colours, tone)
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        paint_icon(painter, square, self._name, colour)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, picture.rect(), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._tone)


@cache
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _drawing(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
