"""Photos that an audit doubts, as tiles: the photo, the folder it lies in, the reason, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from fieldguide.core.text import text
from fieldguide.core.training.decisions import Choice, Decision
from fieldguide.core.training.events import Doubt
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.metrics import HAIR, ROUND, TIGHT
from fieldguide.ui.kit.painting import paint_cover, paint_ground, paint_line, styled
from fieldguide.ui.kit.thumbnails import Thumbnails

DoubtRole, DecisionRole = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex
_WIDE, _PICTURE, _FADED = 216, 150, 0.35


def reasons_of(doubt: Doubt) -> list[str]:
    """Why it is doubted, in words, the weightiest first."""
    named = {"name": plain(doubt.suggestion), "names": ", ".join(map(plain, doubt.elsewhere))}
    return [text(f"training.doubt_{reason}", **named) for reason in doubt.reasons]


def plain(label: str) -> str:
    """A folder's name as people write it."""
    return label.replace("_", " ")


class DoubtModel(QAbstractListModel):
    """Doubts in the order in which the audit tells them, worst first."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.doubts: list[Doubt] = []
        self._rows: dict[str, int] = {}
        self._decided: Mapping[str, Decision] = {}
        thumbnails.arrived.connect(self._repaint)

    @property
    def left(self) -> int:
        """How many nobody decided about."""
        return sum(doubt.file not in self._decided for doubt in self.doubts)

    def show(self, doubts: Sequence[Doubt]) -> None:
        """Other photos."""
        self.beginResetModel()
        self.doubts = list(doubts)
        self._rows = {doubt.file: row for row, doubt in enumerate(self.doubts)}
        self.endResetModel()

    def show_decided(self, decided: Mapping[str, Decision]) -> None:
        """What was decided, by file."""
        self._decided = decided
        if self.doubts:
            self.dataChanged.emit(self.index(0), self.index(len(self.doubts) - 1))

    def row_of(self, file: str) -> int:
        """-1 for a photo that is not doubted."""
        return self._rows.get(file, -1)

    def undecided_after(self, row: int) -> int:
        """The next row that nobody decided about, from the start again; -1 when there is none."""
        rows = [*range(row + 1, len(self.doubts)), *range(row + 1)]
        return next((each for each in rows if self.doubts[each].file not in self._decided), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One per photo."""
        return 0 if parent.isValid() else len(self.doubts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Spoken words, the picture, all reasons as a tool tip, or the values themselves."""
        if not index.isValid():
            return None
        doubt = self.doubts[index.row()]
        decision = self._decided.get(doubt.file)
        if role == Qt.ItemDataRole.DisplayRole:
            return ", ".join((plain(doubt.label), *reasons_of(doubt), decided_words(decision)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((doubt.file, *reasons_of(doubt)))
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(Path(doubt.file))
        return {DoubtRole: doubt, DecisionRole: decision}.get(role)

    def _repaint(self, key: str) -> None:
        if (row := self.row_of(key)) >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))


def decided_words(decision: Decision | None) -> str:
    """What was decided; for a new name the name itself."""
    if decision is None:
        return text("training.undecided")
    if decision.choice is Choice.RELABEL:
        return f"→ {plain(decision.label)}"
    return text(f"training.decided_{decision.choice}")


class DoubtTile(QStyledItemDelegate):
    """Paints one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All tiles are alike."""
        return QSize(_WIDE, round(_PICTURE + 4 * QFontMetricsF(option.font).height() + 4 * TIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint it."""
        doubt, decision, colours = index.data(DoubtRole), index.data(DecisionRole), colours_now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(option.rect).adjusted(2, 2, -2, -2)
        paint_ground(painter, ground, option, colours)
        inner = ground.adjusted(TIGHT, TIGHT, -TIGHT, -TIGHT)
        picture = QRectF(inner.topLeft(), QPointF(inner.right(), inner.top() + _PICTURE))
        out = decision is not None and decision.choice is Choice.DROP
        painter.setOpacity(_FADED if out else 1.0)
        paint_cover(painter, picture, index.data(Qt.ItemDataRole.DecorationRole), colours, ROUND)
        painter.setOpacity(1.0)
        high = QFontMetricsF(option.font).height()
        line = QRectF(inner.left(), picture.bottom() + HAIR, inner.width(), high)
        paint_line(painter, line, plain(doubt.label), styled(option.font, bold=True), colours.text)
        reasons = QRectF(inner.left(), line.bottom(), inner.width(), 2 * high)
        painter.setFont(styled(option.font, factor=0.9))
        painter.setPen(QColor(colours.muted))
        first, *others = reasons_of(doubt)
        words = first + (text("training.more", count=len(others)) if others else "")
        painter.drawText(reasons, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, words)
        line.moveTop(reasons.bottom())
        if decision is not None:
            paint_line(painter, line, decided_words(decision), styled(option.font, bold=True), colours.accent)
        painter.restore()
