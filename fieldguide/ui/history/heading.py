"""How the heading of a group is painted in the gallery: what it is, where, how many, and the worst danger in it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from fieldguide.core.guide import Guide
from fieldguide.storage.groups import Group, GroupBy
from fieldguide.ui.history.wording import count_words, danger_of, heading_words
from fieldguide.ui.kit.colours import Colours, colours_now
from fieldguide.ui.kit.danger import chip_size, paint_chip
from fieldguide.ui.kit.metrics import CLOSE, HAIR, TIGHT
from fieldguide.ui.kit.painting import paint_line, styled

_LARGER = 1.12
_SIGN = 16


def heading_height(font: QFont) -> int:
    """Pixels of a heading beside text in `font`."""
    return round(QFontMetricsF(font).height() * _LARGER) + 2 * CLOSE


def paint_heading(
    painter: QPainter, rect: QRectF, group: Group, places: str, guide: Guide, font: QFont, chosen: bool
) -> None:
    """Paint it; `places` stands behind the day, `chosen`: every find of the group is."""
    colours = colours_now()
    painter.save()
    painter.fillRect(rect, QColor(colours.window))
    title, more = heading_words(group, guide)
    left, right = rect.left() + HAIR, rect.right() - CLOSE
    inner = rect.adjusted(0, HAIR, 0, 0)
    sign = QRectF(right - _SIGN, inner.center().y() - _SIGN / 2, _SIGN, _SIGN)
    _paint_choice(painter, sign, chosen, colours)
    right = sign.left() - TIGHT
    if group.by is GroupBy.DANGER:
        chip = chip_size(danger_of(int(group.value)), font)
        corner = QPointF(left, inner.center().y() - chip.height() / 2)
        left += paint_chip(painter, corner, danger_of(int(group.value)), colours, font).width() + CLOSE
        title = ""
    elif group.worst is not None:
        worst = danger_of(group.worst)
        chip = chip_size(worst, font)
        right -= chip.width()
        paint_chip(painter, QPointF(right, inner.center().y() - chip.height() / 2), worst, colours, font)
        right -= CLOSE
    bold, plain = styled(font, factor=_LARGER, bold=True), styled(font)
    for words, used, colour in (
        (title, bold, colours.text),
        (count_words(group.finds), plain, colours.muted),
        (more or places, styled(font, italic=bool(more)), colours.muted),
    ):
        if words and left < right:
            wide = min(QFontMetricsF(used).horizontalAdvance(words) + 2, right - left)
            paint_line(painter, QRectF(left, inner.top(), wide, inner.height()), words, used, colour)
            left += wide + CLOSE
    painter.setPen(QColor(colours.line))
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())
    painter.restore()


def _paint_choice(painter: QPainter, sign: QRectF, chosen: bool, colours: Colours) -> None:
    """A ring that can be filled: the whole group can be chosen here. No tick: beside a danger it would say too much."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.accent if chosen else colours.strong_line), 1.6))
    painter.setBrush(QColor(colours.accent) if chosen else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(sign.adjusted(1, 1, -1, -1))
