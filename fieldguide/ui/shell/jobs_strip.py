"""The jobs strip: what is at work and what waits to be gone on with, over every page. Asks; does nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, TIGHT
from fieldguide.ui.kit.surfaces import drop, row
from fieldguide.ui.kit.turns import Turns

if TYPE_CHECKING:
    from fieldguide.services.jobs import JobLine

MOST = 3  # lines at once; the newest jobs


class JobsStrip(QWidget):
    """A line per job. Empty, it takes no room. Each signal carries the number of a job."""

    show_wanted = Signal(int)
    pause_wanted = Signal(int)
    go_on_wanted = Signal(int)
    cancel_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text("shell.jobs"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(CLOSE, HAIR, CLOSE, HAIR)
        self._column.setSpacing(HAIR)
        self._lines: dict[int, _Line] = {}
        self._turns = Turns(self)
        self.hide()

    @property
    def sentences(self) -> list[str]:
        """What stands there now."""
        return [line.words.text() for line in self._lines.values()]

    def show_soon(self, jobs: Sequence[JobLine]) -> None:
        """`show_jobs` in a turn of its own, beside what else a job tells: the whole window makes room for a line."""
        self._turns.drop()
        self._turns.do(lambda: self.show_jobs(jobs))

    def show_jobs(self, jobs: Sequence[JobLine]) -> None:
        """Show these; the lines that stay are changed in place, so that a button is never lost under a finger."""
        wanted = {job.status.number: job for job in sorted(jobs, key=lambda job: -job.status.number)[:MOST]}
        for number in [number for number in self._lines if number not in wanted]:
            drop(self._column, self._lines.pop(number))
        for number, job in wanted.items():
            line = self._lines.get(number)
            if line is None:
                line = self._lines[number] = _Line()
                line.show_job.clicked.connect(lambda _checked=False, number=number: self.show_wanted.emit(number))
                line.cancel.clicked.connect(lambda _checked=False, number=number: self.cancel_wanted.emit(number))
                line.turn.clicked.connect(lambda _checked=False, number=number: self._turn(number))
                self._column.addWidget(line)
            line.show_state(job)
        self.setVisible(bool(self._lines))

    def _turn(self, number: int) -> None:
        (self.pause_wanted if self._lines[number].running else self.go_on_wanted).emit(number)

    def minimumSizeHint(self) -> QSize:
        """Never forces the window wider."""
        return QSize(0, super().minimumSizeHint().height())


class _Line(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.words, self._left = label("", wrap=False), label("", "small", wrap=False)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self.show_job = button(text("shell.job_show"), "quiet")
        self.turn = button("", "quiet")
        self.cancel = button(text("shell.job_cancel"), "quiet")
        for each in (self.show_job, self.turn, self.cancel):
            each.setFocusPolicy(each.focusPolicy() & ~each.focusPolicy().ClickFocus)
        line = row(self.words, self._bar, self._left, None, self.show_job, self.turn, self.cancel, spacing=TIGHT)
        self.setLayout(line)

    def show_state(self, job: JobLine) -> None:
        from fieldguide.ui.kit.wording import time_left

        status = job.status
        self.running = job.running
        key = "shell.job_running" if job.running else "shell.job_resting"
        facts = {"title": status.title, "done": status.looked_at, "waiting": status.waiting, "total": status.total}
        self.words.setText(text(key, **facts))
        self._bar.setRange(0, max(1, status.total))
        self._bar.setValue(status.looked_at)
        self._left.setText(time_left(job.seconds_left) if job.seconds_left is not None and job.running else "")
        self.turn.setText(text("shell.job_pause" if job.running else "shell.job_go_on"))
