"""Several photos came together: which of them show one find? Offered by time and place; a person joins and parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import Segments, button
from fieldguide.ui.kit.colours import Colours, colours_now
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, ROUND, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.painting import paint_cover, paint_ground, styled
from fieldguide.ui.kit.review import bind_key
from fieldguide.ui.kit.surfaces import row
from fieldguide.ui.kit.thumbnails import Thumbnails

GroupRole = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
_SIDE = 190


class GroupingModel(QAbstractListModel):
    """The photos in the order of their finds; `groups` is the answer."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.groups: list[list[Path]] = []
        self._flat: list[tuple[int, int, Path]] = []  # find, place within it, file; by row
        self._rows: dict[str, int] = {}
        self._thumbnails = thumbnails
        thumbnails.arrived.connect(self._repaint)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One per photo."""
        return 0 if parent.isValid() else len(self._flat)

    def place(self, row: int) -> tuple[int, int]:
        """Find and place within it, both from 0, of a row."""
        return self._flat[row][:2]

    def path(self, row: int) -> Path:
        """The file of a row."""
        return self._flat[row][2]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """File name, picture, and the number of the find (`GroupRole`, from 0)."""
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        number, _, path = self._flat[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return path.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return text("identify.group_spoken", name=path.name, number=number + 1)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(path)
        return number if role == GroupRole else None

    def set_groups(self, groups: Sequence[Sequence[Path]]) -> None:
        """Start from these finds; empty ones are left out."""
        self.beginResetModel()
        self.groups = [list(group) for group in groups if group]
        self._flat = [(n, place, path) for n, group in enumerate(self.groups) for place, path in enumerate(group)]
        self._rows = {Thumbnails.key_of(path): at for at, (_, _, path) in enumerate(self._flat)}
        self.endResetModel()

    def join(self, rows: Sequence[int]) -> None:
        """The finds that the rows belong to become one, at the place of the first."""
        touched = sorted({self.place(each)[0] for each in rows})
        if len(touched) < 2:
            return
        joined = [path for number in touched for path in self.groups[number]]
        rest = [group for number, group in enumerate(self.groups) if number not in touched]
        rest.insert(touched[0], joined)
        self.set_groups(rest)

    def part(self, rows: Sequence[int]) -> None:
        """The rows leave their finds and become one find of their own, behind the first of those."""
        places = [self.place(each) for each in sorted(rows)]
        if not places:
            return
        leaving = [self.groups[number][place] for number, place in places]
        first = places[0][0]
        kept = [[path for path in group if path not in leaving] for group in self.groups]
        kept.insert(first + 1, leaving)
        self.set_groups(kept)

    def _repaint(self, key: str) -> None:
        if key in self._rows:
            at = self.index(self._rows[key])
            self.dataChanged.emit(at, at)


class _PhotoTile(QStyledItemDelegate):
    """A photo, large enough to recognise; one frame goes round all photos of a find, also over the end of a line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = QFontMetricsF(option.font).height()
        return QSize(_SIDE, round(_SIDE + line + TIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = colours_now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        number = index.data(GroupRole)
        first, last = (index.sibling(index.row() + step, 0).data(GroupRole) != number for step in (-1, 1))
        self._paint_frame(painter, QRectF(option.rect), first, last, colours)
        ground = QRectF(option.rect).adjusted(TIGHT, TIGHT, -TIGHT, -TIGHT)
        paint_ground(painter, ground, option, colours)
        inner = ground.adjusted(HAIR, HAIR, -HAIR, -HAIR)
        line = QFontMetricsF(option.font).height()
        picture = inner.adjusted(0, 0, 0, -line)
        paint_cover(painter, picture, index.data(Qt.ItemDataRole.DecorationRole), colours, ROUND)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 3))
            painter.drawRoundedRect(picture, ROUND, ROUND)
        if first:
            self._paint_number(painter, picture, number, colours, option)
        below = QRectF(inner.left(), picture.bottom() + 2, inner.width(), line)
        small = styled(option.font, factor=0.85)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        name = QFontMetricsF(small).elidedText(index.data(), Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()

    @staticmethod
    def _paint_frame(painter: QPainter, tile: QRectF, first: bool, last: bool, colours: Colours) -> None:
        """The part of a find's frame that is round this photo; it goes on into the neighbours of the same find."""
        painter.save()
        painter.setClipRect(tile)
        frame = tile.adjusted(3 if first else -2 * ROUND, 3, -3 if last else 2 * ROUND, -3)
        alone = first and last
        painter.setPen(QPen(QColor(colours.line if alone else colours.accent), 1.2 if alone else 2))
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(frame, ROUND, ROUND)
        painter.restore()

    @staticmethod
    def _paint_number(
        painter: QPainter, picture: QRectF, number: int, colours: Colours, option: QStyleOptionViewItem
    ) -> None:
        words, font = str(number + 1), styled(option.font, bold=True)
        wide = max(26.0, QFontMetricsF(font).horizontalAdvance(words) + CLOSE)
        badge = QRectF(picture.left() + 6, picture.top() + 6, wide, 26)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(badge, 13, 13)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)


class GroupingView(QWidget):
    """Asks once. `decided` carries the finds as lists of files, `cancelled` that nothing is wanted."""

    decided = Signal(object)  # a list: as it is, fifty thousand finds are not copied
    cancelled = Signal()

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._proposed: list[list[Path]] = []
        self.model = GroupingModel(thumbnails, self)
        self.model.modelReset.connect(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        self._title = label("", "title")
        column.addWidget(self._title)
        column.addWidget(label(text("identify.group_words"), "muted"))
        self.choice = Segments(
            [(key, text(f"identify.group_{key}")) for key in ("proposed", "one", "separate")],
        )
        self.choice.chosen.connect(self._start_from)
        self.join = button(text("identify.group_join"), "quiet", "join", hint=text("identify.group_join_hint"))
        self.part = button(text("identify.group_part"), "quiet", "split", hint=text("identify.group_part_hint"))
        self.join.clicked.connect(self._join)
        self.part.clicked.connect(self._part)
        column.addSpacing(HAIR)
        column.addLayout(row(self.choice, None, self.join, self.part, spacing=TIGHT))
        column.addWidget(self._list(), 1)
        self.setFocusProxy(self.view)
        self._go = button("", "primary", "identify")
        self._go.clicked.connect(self._decide)
        cancel = button(text("identify.cancel"))
        cancel.clicked.connect(self.cancelled)
        column.addLayout(row(None, cancel, self._go))
        for key, act in (
            ("J", self._join),
            ("S", self._part),
            ("Return", self._decide),
            ("Enter", self._decide),
            ("Escape", self.cancelled.emit),
        ):
            bind_key(self, key, act)

    def ask(self, proposed: Sequence[Sequence[Path]]) -> None:
        """Offer these finds; each list holds the files of one."""
        self._proposed = [list(group) for group in proposed if group]
        self.choice.choose("proposed")
        self._start_from("proposed")
        self.view.setFocus()

    def _list(self) -> QListView:
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_PhotoTile(self.view))
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setAccessibleName(text("identify.group_list"))
        self.view.selectionModel().selectionChanged.connect(self._offer)
        return self.view

    def _start_from(self, key: str) -> None:
        every = [path for group in self._proposed for path in group]
        groups = {"proposed": self._proposed, "one": [every], "separate": [[path] for path in every]}[key]
        self.model.set_groups(groups)
        self._offer()

    def _offer(self) -> None:
        """What can be done with the chosen photos."""
        chosen = [self.model.place(row)[0] for row in self._selected()]
        self.join.setEnabled(len(set(chosen)) > 1)
        self.part.setEnabled(any(chosen.count(find) < len(self.model.groups[find]) for find in chosen))

    def _selected(self) -> list[int]:
        return sorted(index.row() for index in self.view.selectionModel().selectedIndexes())

    def _join(self) -> None:
        self._regroup(self.model.join)

    def _part(self) -> None:
        self._regroup(self.model.part)

    def _regroup(self, act: Callable[[list[int]], None]) -> None:
        """Change the finds; what is seen stays in sight, and what was chosen stays chosen where it stands now."""
        rows, bar = self._selected(), self.view.verticalScrollBar()
        chosen, seen = {self.model.path(at) for at in rows}, bar.value()
        act(rows)
        self.view.doItemsLayout()
        bar.setValue(seen)
        select = QItemSelectionModel.SelectionFlag.Select
        for at in range(self.model.rowCount()):
            if self.model.path(at) in chosen:
                self.view.selectionModel().select(self.model.index(at), select)
        self._offer()

    def _decide(self) -> None:
        self.decided.emit([list(group) for group in self.model.groups])

    def _count(self) -> None:
        photos, finds = self.model.rowCount(), len(self.model.groups)
        self._title.setText(text("identify.group_title", photos=photos))
        self._go.setText(text("identify.group_go_one" if finds == 1 else "identify.group_go", finds=finds))
