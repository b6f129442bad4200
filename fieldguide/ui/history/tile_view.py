"""The finds as tiles in groups, each below its heading, in as many columns as fit. Where they stand: `tile_layout`."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QCursor, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.ui.history.gallery_model import GalleryModel
from fieldguide.ui.history.heading import heading_height, paint_heading
from fieldguide.ui.history.tile import USUAL, GalleryTile
from fieldguide.ui.history.tile_layout import Measures, TileLayout
from fieldguide.ui.history.wording import places_words

Index = QModelIndex | QPersistentModelIndex
_Flag = QItemSelectionModel.SelectionFlag
_Move = QAbstractItemView.CursorAction
_LINES = 3  # of text, for one turn of the wheel


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is put back when the same list comes again: ids (0: none), and pixels."""

    first: int
    below_edge: int
    offset: int
    current: int
    row: int
    chosen: frozenset[int]


class TileView(QListView):
    """Shows a `GalleryModel`. To screen readers and keys it is a list.

    The same question asked again keeps what is seen, what is chosen and what has the keyboard.
    """

    def __init__(self, model: GalleryModel, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.guide = guide
        self._finds = model
        self._tile = GalleryTile(self)
        self._tile_width, self._grouped = USUAL, True
        self._kept: _Kept | None = None
        self.laid = TileLayout((), self._measures())
        self.setModel(model)
        self.setItemDelegate(self._tile)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self.verticalScrollBar()  # its room stays, or tiles would jump; with nothing to scroll it is not seen
        bar.rangeChanged.connect(lambda _, most: bar.setEnabled(most > 0))
        bar.setEnabled(False)
        self.setMouseTracking(True)
        self.setAccessibleName(text("history.finds"))
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._put_back)
        model.places_came.connect(self.viewport().update)

    @property
    def tile_width(self) -> int:
        """How wide tiles are at least, in pixels."""
        return self._tile_width

    def set_tile_width(self, width: int) -> None:
        """Larger or smaller tiles; what stood at the upper edge stays there."""
        self._tile_width = width
        self._lay_out_again()

    def set_grouped(self, grouped: bool) -> None:
        """With headings, or one even grid."""
        if grouped != self._grouped:
            self._grouped = grouped
            self._lay_out_again()

    def first_seen(self) -> int:
        """The first row whose tile begins in sight; -1 when there is none."""
        row = self.laid.row_from(self.verticalOffset() + self.laid.measures.head)
        return row if row < self.laid.count else -1

    # where things stand ------------------------------------------------------------------------

    def doItemsLayout(self) -> None:
        """Work out where everything stands."""
        counts = [group.finds for group in self._finds.groups] if self._grouped else [self._finds.rowCount()]
        self.laid = TileLayout([count for count in counts if count], self._measures())
        QAbstractItemView.doItemsLayout(self)

    def _measures(self) -> Measures:
        width, font = self.viewport().width(), self.font()
        columns = max(1, width // self._tile_width)
        tall = self._tile.height(width // columns, font)
        return Measures(width, self._tile_width, tall, heading_height(font) if self._grouped else 0)

    def _lay_out_again(self) -> None:
        first, above = self.first_seen() if self.verticalOffset() else -1, self.verticalOffset()
        below_edge = self.laid.rect(first).top() - above if first >= 0 else 0
        self.doItemsLayout()
        if first >= 0:
            self.verticalScrollBar().setValue(self.laid.rect(first).top() - below_edge)

    def updateGeometries(self) -> None:
        """How far one can scroll."""
        bar, tall = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self.laid.height - tall))
        bar.setPageStep(tall)
        bar.setSingleStep(self.fontMetrics().height() * _LINES)

    def visualRect(self, index: Index) -> QRect:
        """Where a tile is seen."""
        if not index.isValid() or index.row() >= self.laid.count:
            return QRect()
        return self.laid.rect(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The find at a point of what is seen; none on headings."""
        if self._heading_at(point) >= 0:
            return QModelIndex()
        return self._finds.index(self._row_at(point))

    def _row_at(self, point: QPoint) -> int:
        return self.laid.row_at(point + QPoint(0, self.verticalOffset()))

    def _heading_at(self, point: QPoint) -> int:
        """The group whose heading lies at a point of what is seen; -1 for none."""
        return next((group for group, rect in self._headings() if rect.contains(point)), -1)

    def _headings(self) -> list[tuple[int, QRect]]:
        size, head = self.viewport().size(), self.laid.measures.head
        shown = self.laid.headings(self.verticalOffset(), size.height())
        return [(group, QRect(0, top, size.width(), head)) for group, top in shown]

    def verticalOffset(self) -> int:
        """How far it is scrolled."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Never sideways."""
        return 0

    def scrollContentsBy(self, across: int, down: int) -> None:
        """A heading stays at the edge, so everything is painted anew."""
        self.viewport().update()

    def scrollTo(self, index: Index, hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible) -> None:
        """Bring a find into sight, below the heading."""
        if not index.isValid() or index.row() >= self.laid.count:
            return
        rect, bar, tall = self.laid.rect(index.row()), self.verticalScrollBar(), self.viewport().height()
        top = rect.top() - self.laid.measures.head
        if top < bar.value() or hint is QListView.ScrollHint.PositionAtTop:
            bar.setValue(top)
        elif rect.bottom() >= bar.value() + tall:
            bar.setValue(rect.bottom() - tall + 1)

    # keys and choice ---------------------------------------------------------------------------

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Arrows go over the edges of groups, in the same column."""
        laid, here = self.laid, self.currentIndex().row()
        if not laid.count:
            return QModelIndex()
        if here < 0:
            return self._finds.index(max(0, self.first_seen()))
        steps = {_Move.MoveLeft: -1, _Move.MovePrevious: -1, _Move.MoveRight: 1, _Move.MoveNext: 1}
        lines = {_Move.MoveUp: -1, _Move.MoveDown: 1}
        page = max(1, self.viewport().height() // laid.measures.tile_height - 1)
        lines |= {_Move.MovePageUp: -page, _Move.MovePageDown: page}
        row = {_Move.MoveHome: 0, _Move.MoveEnd: laid.count - 1}.get(action, here + steps.get(action, 0))
        for _ in range(abs(lines.get(action, 0))):
            row = laid.beside(row, 1 if lines[action] > 0 else -1)
        return self._finds.index(min(laid.count - 1, max(0, row)))

    def keyboardSearch(self, words: str) -> None:
        """Nothing: it would read the whole book, find by find. Ctrl+F searches."""

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """A drag chooses what its frame touches; Shift, everything from one find to another."""
        chosen = QItemSelection()
        if self.state() is QAbstractItemView.State.DragSelectingState:
            rows = self.laid.touched(rect.normalized().translated(0, self.verticalOffset()))
        else:
            ends = sorted((self._row_at(rect.topLeft()), self._row_at(rect.bottomRight())))
            rows = [range(ends[0], ends[1] + 1)] if ends[0] >= 0 else []
        for stretch in rows:
            chosen.select(self._finds.index(stretch.start), self._finds.index(stretch.stop - 1))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """All that is seen: cheaper than asking tile by tile."""
        return QRegion(self.viewport().rect())

    def chosen_rows(self) -> list[range]:
        """The rows that are chosen, in stretches."""
        return [range(part.top(), part.bottom() + 1) for part in self.selectionModel().selection().toList()]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A heading chooses its group, or lets it go when it is chosen already; with Ctrl beside what else is."""
        group = self._heading_at(event.position().toPoint())
        if group < 0 or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        rows = self.laid.rows_of(group)
        span = QItemSelection(self._finds.index(rows.start), self._finds.index(rows.stop - 1))
        beside = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        flag = _Flag.Deselect if self._all_chosen(rows) else _Flag.Select if beside else _Flag.ClearAndSelect
        self.selectionModel().select(span, flag)

    def _all_chosen(self, rows: range) -> bool:
        common = (min(rows.stop, part.stop) - max(rows.start, part.start) for part in self.chosen_rows())
        return sum(max(0, count) for count in common) == len(rows)

    # the same list once more -------------------------------------------------------------------

    def _remember(self) -> None:
        """Before a list comes: what is seen first, what has the keyboard, what is chosen."""
        first, current = self.first_seen(), self.currentIndex().row()
        chosen = (row for rows in self.chosen_rows() for row in rows)
        self._kept = _Kept(
            _id(self._finds.known(first)) if self.verticalOffset() else 0,
            self.laid.rect(first).top() - self.verticalOffset() if first >= 0 else 0,
            self.verticalOffset(),
            _id(self._finds.known(current)),
            current,
            frozenset(_id(self._finds.known(row)) for row in chosen),
        )

    def _put_back(self) -> None:
        kept, self._kept = self._kept, None
        self.doItemsLayout()
        if kept is None or not self._finds.again:
            self.verticalScrollBar().setValue(0)
            return
        row = self._finds.row_of(kept.first)
        at = self.laid.rect(row).top() - kept.below_edge if row >= 0 else kept.offset
        self.verticalScrollBar().setValue(at)
        for number in kept.chosen:
            if (row := self._finds.row_of(number)) >= 0:
                self.selectionModel().select(self._finds.index(row), _Flag.Select)
        row = self._finds.row_of(kept.current)
        row = row if row >= 0 else min(kept.row, self._finds.rowCount() - 1)
        self.selectionModel().setCurrentIndex(self._finds.index(row), _Flag.NoUpdate)

    # painting ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out among the columns; what stood at the upper edge stays there."""
        self._lay_out_again()
        QAbstractItemView.resizeEvent(self, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tiles in sight, then the headings over them."""
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        state, above, headings = (
            option.state & ~QStyle.StateFlag.State_HasFocus,
            self.verticalOffset(),
            self._headings(),
        )
        pointed = self.viewport().mapFromGlobal(QCursor.pos()) if self.viewport().underMouse() else QPoint(-1, -1)
        under = self._row_at(pointed) if self._heading_at(pointed) < 0 else -1
        current = self.currentIndex().row() if self.hasFocus() else -1
        for rows in self.laid.touched(self.viewport().rect().translated(0, above)):
            for row in rows:
                index = self._finds.index(row)
                option.rect = self.laid.rect(row).translated(0, -above)
                option.state = state
                for marked, flag in (
                    (self.selectionModel().isSelected(index), QStyle.StateFlag.State_Selected),
                    (row == under, QStyle.StateFlag.State_MouseOver),
                    (row == current, QStyle.StateFlag.State_HasFocus),
                ):
                    if marked:
                        option.state |= flag
                self._tile.paint(painter, option, index)
        for group, rect in reversed(headings):
            day = self._finds.groups[group].day
            places = places_words(self._finds.places_of(day)) if day is not None else ""
            chosen = self._all_chosen(self.laid.rows_of(group))
            paint_heading(painter, QRectF(rect), self._finds.groups[group], places, self.guide, self.font(), chosen)
        painter.end()


def _id(find: Observation | None) -> int:
    return find.id if find is not None else 0
