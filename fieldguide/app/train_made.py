"""What becomes of a model that was made: compared with the one in use, used, saved, asked; its report is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from fieldguide.app.parts import Parts
from fieldguide.core.training.events import Judged
from fieldguide.core.training.report import Report, read_report
from fieldguide.services.lanes import Lane
from fieldguide.services.training import Trainings
from fieldguide.ui.train.save_dialog import Credits

if TYPE_CHECKING:
    from fieldguide.ui.train.page import TrainPage


class TrainMadeController(QObject):
    """Speaks with the run and report views of the page that `show_in` gives.

    Signal `wanted`: Path of the model file that somebody wants to use.
    """

    wanted = Signal(Path)

    def __init__(self, parts: Parts, trainings: Trainings) -> None:
        super().__init__()
        self._parts, self._trainings = parts, trainings
        self._judged: dict[tuple[str, Path], Judged | None] = {}  # by run and model that it was held against
        self._pair = ("", Path())  # which of them are compared
        self._use_once_judged = False

    def show_in(self, page: TrainPage) -> None:
        """Here it is asked for and shown."""
        self._page = page
        page.report.browser_wanted.connect(self._open_report)
        page.run.report_wanted.connect(self._read_report)
        page.run.use_wanted.connect(self._want_use)
        page.run.use_agreed.connect(self._use)
        page.run.judge_wanted.connect(self.judge)
        page.run.save_wanted.connect(self._pass_on)
        page.run.trace_wanted.connect(self._trace)

    def judge(self) -> None:
        """Compare it with the model in use."""
        plan = self._trainings.plan
        if plan is not None:
            self._pair = plan.run, self._parts.model_path
            self._page.run.show_state("judging")
            self._trainings.judge(self._parts.model_path)

    def keep(self, judged: Judged) -> None:
        """What the comparison found."""
        self._judged[self._pair] = judged

    def end_judging(self) -> None:
        """The comparison is over, however it went; use the model now where somebody asked for it."""
        wanted, self._use_once_judged = self._use_once_judged, False
        if wanted:
            self._judged.setdefault(self._pair, None)  # it could not be compared
            self._want_use()

    def _want_use(self) -> None:
        """Use the model once it was compared with the one in use; where that is against it, a person is asked."""
        plan = self._trainings.plan
        if plan is None:
            return
        pair = plan.run, self._parts.model_path
        if pair not in self._judged:
            self._use_once_judged = True
            self.judge()
        elif (judged := self._judged[pair]) is not None and judged.passes:
            self._use()
        else:
            self._page.run.ask_to_use(judged)

    def _use(self) -> None:
        self._page.run.show_state("using")
        self.wanted.emit(self._file("model.fieldguide"))

    def _pass_on(self, file: Path, credits: Credits) -> None:
        self._page.run.show_state("saving")
        made = (credits.name, credits.version, credits.licence, credits.contact, credits.authors)
        self._trainings.pass_on(file, *made)

    def _trace(self, photos: list[Path]) -> None:
        self._page.run.show_state("tracing")
        self._trainings.trace(photos)

    def _read_report(self) -> None:
        file, page = self._file("report.html"), self._page

        def show(report: Report) -> None:
            page.report.show_report(report)
            page.setCurrentWidget(page.report)

        job = self._parts.lanes.start(Lane.EXPORT, lambda _: read_report(file))
        job.done.connect(show)
        job.failed.connect(self._parts.notices.report)

    def _open_report(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._file("report.html"))))

    def _file(self, name: str) -> Path:
        assert self._trainings.plan is not None
        return Path(self._trainings.plan.run) / name
