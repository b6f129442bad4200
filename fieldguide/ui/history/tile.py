"""How a find is painted in the gallery: its photo, its name, the danger of today, the day. No widget per find."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fieldguide.core.danger import Danger
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.storage.groups import GroupBy
from fieldguide.ui.history.gallery_model import FindRole, GroupRole, LevelRole, MachineRole, WhyRole
from fieldguide.ui.history.wording import date_words, second_line, time_words
from fieldguide.ui.kit.colours import Colours, colours_now
from fieldguide.ui.kit.danger import chip_size, paint_chip
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.metrics import HAIR, ROUND, ROUNDER, TIGHT
from fieldguide.ui.kit.painting import paint_cover, paint_ground, paint_line, styled

Index = QModelIndex | QPersistentModelIndex
NARROWEST, USUAL, WIDEST = 132, 216, 340  # pixels of a tile
_SMALL = 170  # below it a tile has its name and its danger only
_SHAPE = 0.68  # height of the picture for its width
_PILL = 24


class GalleryTile(QStyledItemDelegate):
    """Paints one find in the cell that the view gives it."""

    @staticmethod
    def height(width: int, font: QFont) -> int:
        """Pixels that a tile of this width needs."""
        return round(width * _SHAPE) + GalleryTile._below(width, font)

    @staticmethod
    def _below(width: int, font: QFont) -> int:
        lines = 2 if width < _SMALL else 3
        return round(lines * QFontMetricsF(font).height() + 3 * TIGHT + 2 * HAIR)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All tiles are alike."""
        return QSize(USUAL, self.height(USUAL, option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint it."""
        find: Observation | None = index.data(FindRole)
        colours = colours_now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(option.rect).adjusted(3, 3, -3, -3)
        painter.setPen(QColor(colours.line))
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(ground, ROUNDER, ROUNDER)
        paint_ground(painter, ground, option, colours, ROUNDER)
        inner = ground.adjusted(TIGHT, TIGHT, -TIGHT, -TIGHT)
        wide = option.rect.width()
        tall = option.rect.height() - self._below(wide, option.font) - TIGHT
        picture = QRectF(inner.topLeft(), QPointF(inner.right(), inner.top() + tall))
        shown = index.data(Qt.ItemDataRole.DecorationRole) if find is not None else None
        paint_cover(painter, picture, shown, colours, ROUND)
        if find is not None:
            self._paint_marks(painter, picture, find, colours, option)
            words = QRectF(QPointF(inner.left() + 2, picture.bottom() + TIGHT), inner.bottomRight())
            self._paint_words(painter, words, find, index, colours, option)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 3))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), ROUNDER, ROUNDER)
        painter.restore()

    def _paint_words(
        self,
        painter: QPainter,
        words: QRectF,
        find: Observation,
        index: Index,
        colours: Colours,
        option: QStyleOptionViewItem,
    ) -> None:
        line = QFontMetricsF(option.font).height()
        first = QRectF(words.left(), words.top(), words.width(), line + 2)
        paint_line(painter, first, str(index.data()), styled(option.font, bold=True), colours.text)
        small_tile = option.rect.width() < _SMALL
        second = first if small_tile else first.translated(0, line + 1)
        why = str(index.data(WhyRole) or "")  # where the words of the search stand, before the scientific name
        if not small_tile:
            font = styled(option.font, factor=0.93, italic=not why)
            scientific = second_line(find) if second_line(find) not in str(index.data()) else ""
            paint_line(painter, second, why or scientific, font, colours.accent if why else colours.muted)
        level = Danger(index.data(LevelRole))  # Qt hands a plain str back
        machine = str(index.data(MachineRole) or "")
        chip = chip_size(level, option.font, machine)
        below = second.bottom() + HAIR
        paint_chip(painter, QPointF(words.left() - 2, below), level, colours, option.font, machine)
        day = QRectF(words.left() + chip.width() + TIGHT, below, words.width() - chip.width() - TIGHT, chip.height())
        small = styled(option.font, factor=0.86)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        when = time_words(find) if index.data(GroupRole) == GroupBy.DAY else date_words(find)
        shown = QFontMetricsF(small).elidedText(when, Qt.TextElideMode.ElideRight, day.width())
        painter.drawText(day, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)

    @staticmethod
    def _paint_marks(
        painter: QPainter, picture: QRectF, find: Observation, colours: Colours, option: QStyleOptionViewItem
    ) -> None:
        """Small marks on the photo: named by a person, and how many photos there are."""
        if find.verified is not None:
            _paint_pill(
                painter, QRectF(picture.left() + 6, picture.top() + 6, _PILL, _PILL), "person", "", colours, option
            )
        if any(each.waits for each in find.seen):
            words = text("hands.waits_short")
            wide = _PILL + 8 + QFontMetricsF(styled(option.font, factor=0.86, bold=True)).horizontalAdvance(words)
            pill = QRectF(picture.left() + 6, picture.bottom() - 6 - _PILL, min(wide, picture.width() - 12), _PILL)
            _paint_pill(painter, pill, "question", words, colours, option)
        if len(find.photos) > 1:
            count = str(len(find.photos))
            wide = _PILL + 6 + QFontMetricsF(styled(option.font, factor=0.86, bold=True)).horizontalAdvance(count)
            pill = QRectF(picture.right() - 6 - wide, picture.top() + 6, wide, _PILL)
            _paint_pill(painter, pill, "photo", count, colours, option)


def _paint_pill(
    painter: QPainter, rect: QRectF, icon: str, words: str, colours: Colours, option: QStyleOptionViewItem
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(colours.panel)
    ground.setAlphaF(0.92)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, _PILL / 2, _PILL / 2)
    paint_icon(painter, QRectF(rect.left() + 5, rect.top() + 5, _PILL - 10, _PILL - 10), icon, colours.accent)
    if words:
        painter.setFont(styled(option.font, factor=0.86, bold=True))
        painter.setPen(QColor(colours.text))
        painter.drawText(rect.adjusted(_PILL - 2, 0, -4, 0), Qt.AlignmentFlag.AlignCenter, words)
