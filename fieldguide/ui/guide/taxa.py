"""The taxa that fit a search as a Qt model, and how one is painted in the list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from fieldguide.core.guide import Guide, PoisonCentre
from fieldguide.core.guide.search import GuideIndex, Hit, Wanted, index_of
from fieldguide.core.text import text
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.danger import chip_size, danger_word, paint_chip
from fieldguide.ui.kit.drawings import drawing_of, paint_drawing
from fieldguide.ui.kit.metrics import CLOSE, TIGHT
from fieldguide.ui.kit.naming import name_of_record, ranked_name
from fieldguide.ui.kit.painting import paint_ground, paint_line, styled

_DRAWING = 48
HitRole = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class TaxonModel(QAbstractListModel):
    """A row per taxon that fits. Empty until the first `search`: the window opens before the names are folded."""

    def __init__(self, guide: Guide, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._guide = guide
        self._index: GuideIndex | None = None
        self._wanted = Wanted()
        self._hits: list[Hit] = []

    @property
    def guide(self) -> Guide:
        """The guide that is listed."""
        return self._guide

    @property
    def listed(self) -> bool:
        """Whether anything was searched yet."""
        return self._index is not None

    @property
    def wanted(self) -> Wanted:
        """What is listed."""
        return self._wanted

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One per taxon."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names, spoken text, or the `Hit` itself."""
        if not index.isValid() or index.row() >= len(self._hits):
            return None
        hit = self._hits[index.row()]
        name = name_of_record(hit.record)
        if role == Qt.ItemDataRole.DisplayRole:
            return name.first
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = [name.first, ranked_name(hit.record.taxon), danger_word(hit.record.danger), hit.found_as]
            return ", ".join(dict.fromkeys(part for part in said if part))
        return hit if role == HitRole else None

    def search(self, wanted: Wanted) -> None:
        """List what fits."""
        self.beginResetModel()
        self._wanted = wanted
        if self._index is None:
            self._index = index_of(self._guide)
        self._hits = self._index.find(wanted)
        self.endResetModel()

    def centres(self, typed: str) -> list[PoisonCentre]:
        """Whom to call, by the town or country that was typed."""
        return self._index.centres(typed) if self._index is not None else []

    def use_guide(self, guide: Guide) -> None:
        """List the same of another guide, once anything is listed at all."""
        listed = self.listed
        self._guide, self._index = guide, None
        if listed:
            self.search(self._wanted)

    def row_of(self, scientific: str) -> int:
        """The row of an accepted name; -1 when it is not listed."""
        return next((row for row, hit in enumerate(self._hits) if hit.record.taxon.name == scientific), -1)


class TaxonLine(QStyledItemDelegate):
    """Common name, scientific name, danger, and the name that was typed when it is another."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines of text."""
        return QSize(220, max(_DRAWING + 6, round(2 * QFontMetricsF(option.font).height() + 2 * TIGHT + 6)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint it."""
        hit: Hit = index.data(HitRole)
        colours = colours_now()
        name = name_of_record(hit.record)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(option.rect).adjusted(4, 1, -4, -1)
        paint_ground(painter, ground, option, colours)
        inner = ground.adjusted(CLOSE, TIGHT, -TIGHT - 2, -TIGHT)
        model = index.model()
        if isinstance(model, TaxonModel) and model.guide.characters:
            side = min(_DRAWING, ground.height() - 4)
            place = QRectF(ground.left() + 4, ground.center().y() - side / 2, side, side)
            paint_drawing(painter, place, drawing_of(hit.record.taxon.name, model.guide))
            inner.setLeft(ground.left() + _DRAWING + TIGHT)
        line = QFontMetricsF(option.font).height()
        chip = chip_size(hit.record.danger, option.font)
        paint_chip(painter, QPointF(inner.right() - chip.width(), inner.top()), hit.record.danger, colours, option.font)
        first = styled(option.font, bold=True, italic=not name.common)
        place = QRectF(inner.left(), inner.top(), inner.width() - chip.width() - TIGHT, line + 2)
        paint_line(painter, place, name.common or ranked_name(hit.record.taxon), first, colours.text)
        family = text("guide.in_family", family=hit.record.taxon.family)
        second = ranked_name(hit.record.taxon) if name.common else family
        found = hit.found_as if hit.found_as != name.common else ""
        below = QRectF(inner.left(), inner.top() + line + 4, inner.width(), line + 2)
        italic = styled(option.font, factor=0.93, italic=bool(name.common))
        paint_line(painter, below, second, italic, colours.muted)
        if found:
            taken = QFontMetricsF(italic).horizontalAdvance(second) + (TIGHT if second else 0)
            rest = below.adjusted(taken, 0, 0, 0)
            words = text("guide.found_as", name=found)
            paint_line(painter, rest, words, styled(option.font, factor=0.93), colours.muted)
        painter.restore()
