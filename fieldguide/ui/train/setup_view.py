"""Setting the trainer up: what it takes is shown and asked first, then how far it is; or what to do instead."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.text import explain, text
from fieldguide.storage.pip_words import SetUp
from fieldguide.storage.trainer_home import Takes
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.medallion import Medallion
from fieldguide.ui.kit.metrics import CLOSE, TIGHT
from fieldguide.ui.kit.surfaces import row
from fieldguide.ui.train.wording import takes_words

_WIDTH = 460


class SetupView(QWidget):
    """The view. Signals: `wanted`: None (from the network) or Path of a folder of wheels; `cancel_wanted`."""

    wanted = Signal(object)
    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title, self.words, self.problem = label("", "title"), label("", "muted"), label("", "strong")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.begin = button(text("training.setup_begin"), "primary")
        self.begin.clicked.connect(lambda: self.wanted.emit(None))
        self.folder = button(text("training.setup_from_folder"))
        self.folder.clicked.connect(self._choose)
        self.cancel = button(text("training.cancel"))
        self.cancel.clicked.connect(self.cancel_wanted)
        inner = QVBoxLayout()
        inner.setSpacing(CLOSE)
        inner.addLayout(row(Medallion("folder"), None))
        for widget in (self.title, self.words, self.bar, self.problem):
            widget.setFixedWidth(_WIDTH)
            inner.addWidget(widget)
        inner.addSpacing(TIGHT)
        inner.addLayout(row(self.begin, self.folder, self.cancel, None))
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addLayout(row(None, inner, None))
        column.addStretch(3)
        self.offer(None)

    def offer(self, takes: Takes | None) -> None:
        """Nothing is at work; what setting up takes, or None where nothing is carried: then say what would help."""
        self.title.setText(text("training.setup_title" if takes else "training.missing_title"))
        self.words.setText(takes_words(takes) if takes else text("training.missing_words"))
        self.problem.setVisible(bool(self.problem.text()))
        self._show_work(False)
        for act in (self.begin, self.folder):
            act.setVisible(takes is not None)

    def wait(self) -> None:
        """It begins."""
        self.title.setText(text("training.setup_working"))
        self.problem.clear()
        self.problem.hide()
        self._show_work(True)
        self.show_step(SetUp("preparing"))

    def show_step(self, step: SetUp) -> None:
        """How far it is; the bar is that of the package that comes."""
        self.words.setText(text(f"training.setup_{step.step}", name=step.name, mb=round(step.fetched / 1e6)))
        self.bar.setRange(0, 1000 if step.total else 0)
        self.bar.setValue(round(1000 * step.done / step.total) if step.total else 0)

    def show_problem(self, problem: FieldGuideError) -> None:
        """It could not be set up; it can be tried again."""
        self.problem.setText(explain(problem))

    def _show_work(self, working: bool) -> None:
        for widget in (self.bar, self.cancel):
            widget.setVisible(working)
        for act in (self.begin, self.folder):
            act.setVisible(not working)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, text("training.setup_from_folder"))
        if chosen:
            self.wanted.emit(Path(chosen))
