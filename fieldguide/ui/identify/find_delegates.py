"""How a find is painted: as a line of the batch's list, and as a tile of the recent finds. No widget per find."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from fieldguide.ui.identify.finds import Entry, EntryRole, FindModel
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.danger import chip_size, paint_chip
from fieldguide.ui.kit.metrics import CLOSE, HAIR, ROUND, TIGHT
from fieldguide.ui.kit.painting import paint_cover, paint_ground

Index = QModelIndex | QPersistentModelIndex
_LINE_PICTURE = 52
_TILE = 148
_TILE_PICTURE = 96


class FindLine(QStyledItemDelegate):
    """A find as a line: picture, verdict, danger."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for the picture, or for two lines of large text."""
        line = QFontMetricsF(option.font).height()
        return QSize(180, round(max(_LINE_PICTURE, 2 * line + 10) + 2 * TIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint it."""
        entry: Entry = index.data(EntryRole)
        model = index.model()
        assert isinstance(model, FindModel)
        colours = colours_now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(option.rect).adjusted(4, 2, -4, -2)
        paint_ground(painter, ground, option, colours)
        inner = ground.adjusted(TIGHT - 2, TIGHT - 2, -TIGHT, -(TIGHT - 2))
        picture = QRectF(inner.left(), inner.center().y() - _LINE_PICTURE / 2, _LINE_PICTURE, _LINE_PICTURE)
        paint_cover(painter, picture, index.data(Qt.ItemDataRole.DecorationRole), colours, 8)
        words = inner.adjusted(_LINE_PICTURE + CLOSE, 0, 0, 0)
        font = QFont(option.font)
        waits = entry.observation is None
        font.setWeight(QFont.Weight.Normal if waits else QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.muted if waits else colours.text))
        line = QFontMetricsF(font).height()
        top = words.center().y() - line - 2
        shown = QFontMetricsF(font).elidedText(index.data(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(QRectF(words.left(), top, words.width(), line + 2), Qt.AlignmentFlag.AlignVCenter, shown)
        below = QPointF(words.left(), words.center().y() + 3)
        level = entry.level(model.guide)
        if level is not None:
            paint_chip(painter, below, level, colours, option.font, entry.machine_words(model.guide))
        else:
            small = QFont(option.font)
            small.setPointSizeF(small.pointSizeF() * 0.88)
            painter.setFont(small)
            painter.setPen(QColor(colours.muted))
            name = QFontMetricsF(small).elidedText(entry.file_words(), Qt.TextElideMode.ElideMiddle, words.width())
            painter.drawText(QRectF(below, QPointF(words.right(), below.y() + line)), Qt.AlignmentFlag.AlignTop, name)
        painter.restore()


class FindTile(QStyledItemDelegate):
    """A find as a tile: picture above, name and danger below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All tiles are alike."""
        line = QFontMetricsF(option.font).height()
        return QSize(_TILE, round(_TILE_PICTURE + 2 * line + 3 * TIGHT + 6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint it."""
        entry: Entry = index.data(EntryRole)
        model = index.model()
        assert isinstance(model, FindModel)
        colours = colours_now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(option.rect).adjusted(2, 2, -2, -2)
        paint_ground(painter, ground, option, colours)
        inner = ground.adjusted(TIGHT - 2, TIGHT - 2, -(TIGHT - 2), -(TIGHT - 2))
        picture = QRectF(inner.topLeft(), QPointF(inner.right(), inner.top() + _TILE_PICTURE))
        paint_cover(painter, picture, index.data(Qt.ItemDataRole.DecorationRole), colours, ROUND)
        level = entry.level(model.guide)
        if level is not None:
            corner = QPointF(inner.left() + 2, picture.bottom() + TIGHT)
            paint_chip(painter, corner, level, colours, option.font, entry.machine_words(model.guide))
            top = picture.bottom() + TIGHT + chip_size(level, option.font).height() + HAIR
        else:
            top = picture.bottom() + TIGHT
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, inner.width() - 4)
        painter.drawText(QRectF(inner.left() + 2, top, inner.width() - 4, metrics.height()), 0, shown)
        painter.restore()
