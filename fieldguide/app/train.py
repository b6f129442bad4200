"""The page Train and the trainer's child process: folders are looked over, trained on, taken up again."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldguide.app.parts import Parts
from fieldguide.app.train_doubts import TrainDoubtsController
from fieldguide.app.train_made import TrainMadeController
from fieldguide.app.trainer import TrainerController
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import find_photos
from fieldguide.core.text import explain, text
from fieldguide.core.training.decisions import Choice, Decision
from fieldguide.core.training.events import Estimate, Event, Judged, Look, Progress
from fieldguide.services.lanes import Lane
from fieldguide.services.training import Trainings
from fieldguide.storage.export import Exported, ExportKind
from fieldguide.storage.export.places import Places
from fieldguide.storage.search import Filter
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.attention import ask_for_attention
from fieldguide.ui.shell.pages import Page
from fieldguide.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from fieldguide.ui.train.page import TrainPage

VERIFIED = Filter(verified=True)


class TrainController(QObject):
    """Builds the page when it is first shown. Signal `model_made`: Path of a model file that somebody wants to use."""

    model_made = Signal(Path)

    def __init__(self, parts: Parts, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._parts = parts
        self._thumbnails = thumbnails
        self.trainer = TrainerController(parts)
        self.trainings = Trainings(parts.locations.data / "training", self.trainer.call)
        self._doubts = TrainDoubtsController(self.trainings, parts.notices)
        self._made = TrainMadeController(parts, self.trainings)
        self._made.wanted.connect(self.model_made)

    @cached_property
    def page(self) -> TrainPage:
        """The page, connected."""
        from fieldguide.ui.train.page import TrainPage

        trainings = self.trainings
        page = TrainPage(self._parts.guide, self._thumbnails)
        page.show_trainer(here=trainings.call is not None, takes=self.trainer.takes)
        self.trainer.show_in(page.setup)
        self._doubts.show_in(page.doubts)
        self._made.show_in(page)
        page.folders_offered.connect(lambda folders: self._begin(folders))
        page.look.folders_wanted.connect(lambda folders: self._add("folders", folders))
        page.look.elsewhere_wanted.connect(lambda folders: self._add("elsewhere", folders))
        page.look.own_wanted.connect(self._teach_own)
        page.look.answered.connect(self._answer)
        page.look.back_wanted.connect(trainings.forget)
        page.look.doubts_wanted.connect(self._look_through)
        page.look.train_wanted.connect(self._train)
        page.doubts.done.connect(self._look_again)
        page.run.pause_wanted.connect(trainings.pause)
        page.run.stop_wanted.connect(trainings.stop)
        page.run.resume_wanted.connect(self._run)
        page.run.goes_on.connect(lambda on: trainings.change(goes_on=on))
        page.run.new_wanted.connect(self._forget)
        return page

    @property
    def furnishing(self) -> Page:
        """What the window has to know of the page."""
        return Page("train", lambda: self.page)

    def connect_to(self, window: MainWindow) -> None:
        """In which window the page is."""
        self._window, trainings = window, self.trainings
        trainings.reported.connect(self._take)
        trainings.ended.connect(self._end)
        trainings.changed.connect(self._show_state)
        self.trainer.changed.connect(self._find_trainer)

    def remove_trainer(self) -> None:
        """Stop what it does, and remove what was set up."""
        self.trainings.stop()
        self.trainer.remove()

    def _find_trainer(self) -> None:
        """It was set up or removed."""
        self.trainings.call = self.trainer.call
        if "page" in vars(self):
            self.page.show_trainer(here=self.trainings.call is not None, takes=self.trainer.takes)
        self.take_up()

    def _begin(self, folders: list[Path]) -> None:
        self.page.look.wait()
        self.page.setCurrentWidget(self.page.look)
        self.trainings.begin(folders)
        self._count_own()

    def _look_again(self) -> None:
        """What was decided or added meanwhile counts."""
        self.page.look.wait()
        self.page.setCurrentWidget(self.page.look)
        self.trainings.look()

    def _add(self, which: str, folders: list[Path]) -> None:
        """Further folders, each once: `folders` that teach, or `elsewhere`."""
        plan = self.trainings.plan
        if plan is not None:
            there = getattr(plan, which)
            self.trainings.change(**{which: tuple(dict.fromkeys((*there, *map(str, folders))))})
            self._look_again()

    def _count_own(self) -> None:
        """Offer the user's own finds, where a person gave some a name."""

        def show(finds: int) -> None:
            plan = self.trainings.plan
            self.page.look.show_own(finds, teach=plan is not None and plan.own)

        self._parts.library.count(VERIFIED).done.connect(show)

    def _teach_own(self, teach: bool) -> None:
        """Copies of the user's own finds teach too, or no longer; without their places, and made anew each time."""
        plan = self.trainings.plan
        if plan is None:
            return
        self.page.look.wait()
        folder = plan.own_finds
        self._parts.lanes.start(Lane.EXPORT, lambda _: shutil.rmtree(folder, ignore_errors=True))

        def look(exported: Exported) -> None:
            if self.trainings.plan is not None and self.trainings.plan.run == plan.run:
                self.trainings.change(own=exported.observations > 0)
                self._look_again()

        if teach:
            job = self._parts.library.export(ExportKind.CLASS_FOLDERS, folder, VERIFIED, Places.NONE)
            job.done.connect(look)
            job.failed.connect(lambda _: look(Exported(folder, 0)))
        else:
            look(Exported(folder, 0))

    def _answer(self, raw: str, name: str) -> None:
        """What a folder's photos show, or that they are left out; then everything is looked over anew."""
        plan = self.trainings.plan
        if plan is None:
            return
        from fieldguide.ui.train.look_view import LEAVE_OUT

        now = datetime.now(UTC).isoformat(timespec="seconds")
        choice, words = (Choice.DROP, "") if name == LEAVE_OUT else (Choice.RELABEL, name)
        photos = find_photos(
            [Path(folder).absolute() / raw for folder in plan.teaching if (Path(folder) / raw).is_dir()]
        )
        try:
            self.trainings.answer([Decision(str(photo), 1, choice, words, now) for photo in photos])
        except FieldGuideError as refused:
            self._parts.notices.report(refused)
        self._look_again()

    def _look_through(self) -> None:
        self.page.setCurrentWidget(self.page.doubts)
        self._doubts.look_through()

    def _train(self, preset: str) -> None:
        low, high = self.page.look.expected.get(preset, (0, 0))
        self.trainings.change(preset=preset, low=low, high=high, begun=0.0)
        self._run()

    def _run(self) -> None:
        self.page.setCurrentWidget(self.page.run)
        self.trainings.run()
        self._tell_plan()

    def _tell_plan(self) -> None:
        if (plan := self.trainings.plan) is not None:
            self.page.run.show_plan(plan.low, plan.high, plan.begun, goes_on=plan.goes_on)

    def show_used(self, *, used: bool) -> None:
        """The model that was made answers from now on, or could not be used."""
        if used:
            self.page.run.show_used()
        else:
            self._show_state()

    def _forget(self) -> None:
        self.trainings.forget()
        self.page.setCurrentWidget(self.page.start)

    def _take(self, event: Event) -> None:
        if isinstance(event, Look):
            self.page.look.show_look(event)
        elif isinstance(event, Estimate):
            self.page.look.show_estimate(event)
        elif self.trainings.verb == "look" and isinstance(event, Progress):
            self.page.look.show_progress(event)
        elif self.trainings.verb == "audit":
            self._doubts.take(event)
        elif self.trainings.verb != "look":
            if isinstance(event, Judged):
                self._made.keep(event)
            self.page.run.take(event)

    def _end(self, verb: str, problem: FieldGuideError | None) -> None:
        if problem is not None:
            self._parts.notices.report(problem)
        if verb == "run" and (problem is not None or self.trainings.finished):
            ask_for_attention(self._window, explain(problem) if problem else text("training.finished"))
        if verb == "look" and problem is not None:
            self.page.look.show_problem(problem)
        elif verb == "audit" and problem is not None:
            self.page.doubts.show_problem(problem)
        elif verb == "run" and problem is None and self.trainings.finished:
            self._parts.notices.tell("training.finished")
            self._made.judge()
            return
        self._show_state()
        if verb == "judge":
            self._made.end_judging()

    def take_up(self) -> None:
        """What an earlier window began goes on or is offered again."""
        trainings = self.trainings
        if trainings.call is None or trainings.plan is None:
            return
        if trainings.take_up() or trainings.unfinished or trainings.finished:
            self._tell_plan()
            self.page.setCurrentWidget(self.page.run)
            if trainings.unfinished:
                self._parts.notices.tell("training.offered")
        elif trainings.decided:
            self._look_again()
            self._count_own()
        self._show_state()

    def _show_state(self) -> None:
        trainings = self.trainings
        if trainings.running and trainings.verb == "run":
            self.page.run.show_state("paused" if trainings.paused else "works")
        elif trainings.finished and not trainings.running:
            self.page.run.show_state("done")
        elif trainings.unfinished or not trainings.running:
            self.page.run.show_state("rests")
