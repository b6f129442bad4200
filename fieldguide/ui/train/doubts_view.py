"""Looking through the photos that an audit doubts: keep, leave out, another name, undo; with the keys of the review.

Who audits and who keeps the decisions is not its business.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QListView, QMenu, QProgressBar, QVBoxLayout, QWidget

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.text import explain, text
from fieldguide.core.training.decisions import Choice, Decision
from fieldguide.core.training.events import Audited, Doubt, Event, Progress, Step
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, WIDE
from fieldguide.ui.kit.relabel import RelabelDialog
from fieldguide.ui.kit.review import bind_key
from fieldguide.ui.kit.surfaces import row
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.train.doubt_tiles import DoubtModel, DoubtTile, plain
from fieldguide.ui.train.wording import minutes


class DoubtsView(QWidget):
    """The view.

    Signals:
        decided: files (list[str]), Choice, and the new name (RELABEL only).
        undo_wanted. open_wanted: file to be seen large. done.
    """

    decided = Signal(list, object, str)
    undo_wanted = Signal()
    open_wanted = Signal(str)
    done = Signal()

    def __init__(self, guide: Guide, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._guide = guide
        self._coming: list[Doubt] = []
        self.model = DoubtModel(thumbnails, self)
        self.words, self.count, self.bar = label("", "muted"), label("", "strong"), QProgressBar()
        self.bar.setTextVisible(False)
        self.keep = button(text("training.keep"))
        self.drop = button(text("training.drop"))
        self.rename = button(text("training.rename"))
        self.undo = button(text("training.undo"), "quiet")
        self.finish = button(text("training.doubts_done"), "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("training.doubts_title"), "display"))
        column.addWidget(self.words)
        column.addWidget(self.bar)
        column.addWidget(self._build_list(), 1)
        acts = (self.keep, self.drop, self.rename, self.undo)
        below = row(*acts, self.count, self.finish)
        below.setStretchFactor(self.count, 1)
        column.addLayout(below)
        column.addWidget(label(text("training.doubts_keys"), "small"))
        self.keep.clicked.connect(lambda: self._decide(Choice.KEEP))
        self.drop.clicked.connect(lambda: self._decide(Choice.DROP))
        self.rename.clicked.connect(self._ask_name)
        self.undo.clicked.connect(self.undo_wanted)
        self.finish.clicked.connect(self.done)
        for key, act in (("K", self.keep), ("D", self.drop), ("R", self.rename), ("Z", self.undo)):
            bind_key(self, key, act.click)

    def _build_list(self) -> QListView:
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(DoubtTile(self.list))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName(text("training.doubts_title"))
        self.list.activated.connect(lambda index: self.open_wanted.emit(self.model.doubts[index.row()].file))
        self.list.selectionModel().selectionChanged.connect(self._offer)
        return self.list

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z takes back what was decided here: the window would take back what was changed in the book."""
        if event.type() is QEvent.Type.ShortcutOverride and _undoes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the window was not given."""
        if _undoes(event):
            self.undo.click()
        else:
            super().keyPressEvent(event)

    def wait(self) -> None:
        """The audit begins."""
        self._coming = []
        self.model.show(())
        self.words.setText(text("training.auditing"))
        self.bar.setRange(0, 0)
        self.bar.show()
        self._offer()

    def take(self, event: Event) -> None:
        """An event of the audit; the photos are shown when it is over."""
        if isinstance(event, Doubt):
            self._coming.append(event)
        elif isinstance(event, Step):
            self.bar.setRange(0, 0)
        elif isinstance(event, Progress):
            self.bar.setRange(0, event.total)
            self.bar.setValue(event.done)
            left = text("training.left", time=minutes(event.seconds_left)) if event.seconds_left else ""
            self.words.setText(f"{text('training.auditing')} {left}".strip())
        elif isinstance(event, Audited):
            self._show(event)

    def show_problem(self, problem: FieldGuideError) -> None:
        """It could not be audited."""
        self.bar.hide()
        self.words.setText(explain(problem))

    def show_decided(self, decided: Mapping[str, Decision], *, can_undo: bool) -> None:
        """What counts, by file."""
        self.model.show_decided(decided)
        self.undo.setEnabled(can_undo)
        self._offer()

    def point_at(self, file: str) -> None:
        """Choose one photo."""
        self._choose(self.model.row_of(file))

    def _show(self, audited: Audited) -> None:
        self.bar.hide()
        self.model.show(self._coming)
        words = [text("training.doubts_words" if self._coming else "training.doubts_none", photos=audited.photos)]
        if "label_error" not in audited.findings:
            words.append(text("training.doubts_blind"))
        self.words.setText(" ".join(words))
        self._choose(max(0, self.model.undecided_after(-1)))
        self.list.setFocus()
        self._offer()

    def _chosen(self) -> list[int]:
        return sorted(index.row() for index in self.list.selectedIndexes())

    def _choose(self, at: int) -> None:
        if 0 <= at < self.model.rowCount():
            only = QItemSelectionModel.SelectionFlag.ClearAndSelect  # whichever of Ctrl and Shift is held
            self.list.selectionModel().setCurrentIndex(self.model.index(at), only)

    def _decide(self, choice: Choice, name: str = "") -> None:
        rows = self._chosen()
        if rows:
            self.decided.emit([self.model.doubts[each].file for each in rows], choice, name)
            self._choose(self.model.undecided_after(rows[-1]))

    def _ask_name(self) -> None:
        """Names that the audit offers first, then any of the guide."""
        doubts = [self.model.doubts[each] for each in self._chosen()]
        offered = dict.fromkeys(plain(n) for d in doubts for n in (d.suggestion, *d.elsewhere) if n)
        if not offered:
            self._ask_guide()
            return
        menu = QMenu(self)
        for name in offered:
            menu.addAction(name).triggered.connect(lambda _=False, name=name: self._decide(Choice.RELABEL, name))
        menu.addSeparator()
        menu.addAction(text("training.rename_other")).triggered.connect(self._ask_guide)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.rename.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _ask_guide(self) -> None:
        dialog = RelabelDialog(self._guide, self.window(), free=text("training.rename_words"))
        dialog.accepted.connect(lambda: self._decide(Choice.RELABEL, dialog.name))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _offer(self, *_: QModelIndex) -> None:
        for act in (self.keep, self.drop, self.rename):
            act.setEnabled(bool(self._chosen()))
        total = self.model.rowCount()
        self.count.setText(text("training.doubts_left", left=self.model.left, total=total) if total else "")


def _undoes(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
