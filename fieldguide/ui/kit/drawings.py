"""Drawings of kinds and answers on the screen: rendered once per size and theme, captioned as what they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from fieldguide.core.drawing import DAY, NIGHT, draw_kind, draw_value, look_of
from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.ui.kit.colours import colours_now


def drawing_of(scientific: str, guide: Guide, marked: Collection[str] = ()) -> str:
    """The drawing of a taxon in the theme in force, as SVG; empty when the guide tells no characters of it."""
    record, characters = guide.record(scientific), guide.characters_of(scientific)
    if record is None or characters is None:
        return ""
    look = look_of(characters, record.key_features, record.habitat, record.taxon.name)
    return draw_kind(look, NIGHT if colours_now().dark else DAY, marked)


def paint_drawing(painter: QPainter, rect: QRectF, svg: str) -> None:
    """Paint one drawing into `rect`; an empty one paints nothing."""
    if svg:
        _renderer(svg).render(painter, rect)


def answer_icon(character: str, value: str, size: int) -> QIcon:
    """The small drawing of one answer; a null icon where nothing shows."""
    svg = draw_value(character, value, NIGHT if colours_now().dark else DAY)
    if not svg:
        return QIcon()
    picture = QPixmap(2 * size, 2 * size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_drawing(painter, QRectF(picture.rect()), svg)
    painter.end()
    picture.setDevicePixelRatio(2)
    return QIcon(picture)


class KindDrawing(QWidget):
    """One kind, drawn; `marked` characters are ringed. Follows the theme."""

    def __init__(self, scientific: str, guide: Guide, side: int, marked: Collection[str] = ()) -> None:
        super().__init__()
        self._what = (scientific, guide, tuple(marked))
        self.setFixedSize(QSize(side, side))
        self.setAccessibleName(f"{scientific}. {text('hands.drawn')}")
        self.setToolTip(text("hands.drawn"))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not drawing_of(*self._what)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_drawing(painter, QRectF(self.rect()), drawing_of(*self._what))
        painter.end()


class FormDrawings(QWidget):
    """A row of shapes that mushrooms have (values of `form`), for a page that has nothing else to show yet."""

    def __init__(self, forms: Sequence[str], side: int) -> None:
        super().__init__()
        self._forms, self._side = tuple(forms), side
        self.setFixedSize(QSize(side * len(self._forms), side))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, form in enumerate(self._forms):
            svg = draw_value("form", form, NIGHT if colours_now().dark else DAY)
            paint_drawing(painter, QRectF(place * self._side, 0, self._side, self._side).adjusted(6, 6, -6, -6), svg)
        painter.end()


@lru_cache(maxsize=512)
def _renderer(svg: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(svg.encode()))
