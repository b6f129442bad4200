"""Identification for the window: finds identified in the model's lane one by one, handed on as they come. Stores none.

The model runs in a process of its own (`fieldguide.inference.served`), which the lane asks and waits for. Everything
that the lane needs is a plain value or its `Engine`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fieldguide.core.bundle import BundleFile
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.inference.child import Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.network import Network
from fieldguide.services.batch import Batch, BatchWork, Identified, Preview, Stores
from fieldguide.services.engine import Engine, Model
from fieldguide.services.lanes import Handle, Job, Lane, Lanes
from fieldguide.services.notices import Notices
from fieldguide.services.progress import Progress
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.thumbnails import ThumbnailStore


@dataclass(frozen=True, slots=True)
class Summary:
    """A batch is over: how many finds were identified, and whether it was cut short."""

    batch: int
    finds: int
    cancelled: bool = False
    error: FieldGuideError | None = None


class Identifier(QObject):
    """One model for the window.

    Signals:
        model_ready: Model. model_failed: FieldGuideError; the model before stays in use.
        previewed: Preview. progressed: number of a batch and Progress, counted in photos.
        identified: Identified, each as soon as it is; whoever asked has it stored.
        ended: Summary, the last word on a batch.
        interrupted: something else was asked of the model; a long batch should give way.
    """

    model_ready = Signal(object)
    model_failed = Signal(object)
    previewed = Signal(object)
    progressed = Signal(int, object)
    identified = Signal(object)
    ended = Signal(object)
    interrupted = Signal()

    def __init__(
        self,
        store: ObservationStore,
        thumbnails: ThumbnailStore,
        guide: Callable[[], Guide],
        lanes: Lanes,
        notices: Notices,
        engine: Engine | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`engine`: one that may be loading already."""
        super().__init__(parent)
        self.model: Model | None = None  # the last that was ready
        self.model_ready.connect(self._know)
        self._stores = Stores(store, thumbnails)
        self._guide = guide
        self._lanes = lanes
        self._notices = notices
        self._engine = engine or Engine(FrozenModels(None), Children())
        self._home: str | None = None
        self._numbers = count(1)
        self._tallies: dict[int, _Tally] = {}  # a connection alone does not keep them alive

    def prepare(self) -> None:
        """Start the process that will hold the model, so that torch is there when the model is asked for."""
        children = self._engine.children
        self._lanes.start(Lane.INFERENCE, lambda _: children.prepare()).failed.connect(self._notices.report)

    def _know(self, model: Model) -> None:
        self.model = model

    def end(self) -> None:
        """End every process that holds a model, whatever it does; nothing is answered any more."""
        self._engine.children.end_all()

    def try_out(self, bundle: BundleFile) -> None:
        """Load a bundle in a process of its own and let it go again: first contact with a stranger's. From any thread.

        Raises:
            FieldGuideError: one of the BUNDLE_ and MODEL_ codes.
        """
        self._engine.try_out(bundle)

    def load(self, path: Path, device: str = "auto", threads: int | None = None) -> Job:
        """Load a bundle; batches asked for meanwhile wait for it."""
        engine = self._engine
        job = self._lanes.start(Lane.INFERENCE, lambda _: engine.load(path, device, threads))
        job.done.connect(self.model_ready)
        job.failed.connect(self._tell_model_failed)
        self.interrupted.emit()
        return job

    def use_place_and_season(self, used: bool, home: str = "") -> None:
        """Whether place and date weigh the candidates from the next batch on. `home`: the user's region, or empty."""
        self._home = home if used else None

    def identify(self, groups: Sequence[Sequence[Path]], *, look_up: bool = False) -> Batch:
        """Identify one find per group of files. `look_up`: leave out photos that the book holds already."""
        return self._begin(Batch(next(self._numbers), tuple(tuple(group) for group in groups if group), (), look_up))

    def identify_again(self, finds: Sequence[Observation], added: Sequence[Path] = ()) -> Batch:
        """Ask today's model about stored finds, with further photos `added` to each; those without photos are left out.

        Date and place are those of the find, which a person may have changed, not those of its photos.
        """
        kept = [find for find in finds if find.photos]
        groups = tuple((*(photo.path for photo in find.photos), *added) for find in kept)
        batch = self._begin(Batch(next(self._numbers), groups, tuple(kept)))
        self.interrupted.emit()
        return batch

    def cancel_batch(self, batch: Batch | None) -> None:
        """Stop a batch after the find that is being identified."""
        tally = self._tallies.get(batch.number) if batch is not None else None
        if tally is not None:
            tally.job.cancel()

    def with_model(self, work: Callable[[Network, Handle], object], group: str = "") -> Job:
        """Run something else with the loaded model in its lane (an explanation, say); failures reach the notices."""
        engine = self._engine
        job = self._lanes.start(Lane.INFERENCE, lambda handle: work(engine.network(), handle), group)
        job.failed.connect(self._notices.report)
        self.interrupted.emit()
        return job

    def _begin(self, batch: Batch) -> Batch:
        engine, stores, guide, home = self._engine, self._stores, self._guide(), self._home
        job = self._lanes.start(
            Lane.INFERENCE, lambda handle: engine.run(BatchWork(stores, batch, handle), guide, home)
        )
        tally = self._tallies[batch.number] = _Tally(batch, job, self)
        job.reported.connect(tally.take)
        job.failed.connect(tally.fail)
        job.cancelled.connect(tally.cancel)
        job.done.connect(tally.end)
        return batch

    def take(self, batch: Batch, value: object) -> None:
        """Pass on what the lane tells of a batch."""
        match value:
            case Preview():
                self.previewed.emit(value)
            case Identified():
                self.identified.emit(value)
            case Progress():
                self.progressed.emit(batch.number, value)
            case FieldGuideError():
                self._notices.report(value)

    def close(self, summary: Summary, error: Exception | None = None) -> None:
        """Say the last word on a batch."""
        del self._tallies[summary.batch]
        if error is not None:
            self._notices.report(error)
        self.ended.emit(summary)

    def take_moved(self, model: Model) -> None:
        """The model runs elsewhere than before, and why."""
        self._notices.report(FieldGuideError(ErrorCode.DEVICE_LOST, problem=model.note or ""))
        self.model_ready.emit(model)

    def _tell_model_failed(self, error: Exception) -> None:
        self._notices.report(error)
        self.model_failed.emit(error)


class _Tally:
    """Counts, on the GUI thread, what became of one batch."""

    def __init__(self, batch: Batch, job: Job, identifier: Identifier) -> None:
        self._batch = batch
        self.job = job
        self._identifier = identifier
        self._count = 0

    def take(self, value: object) -> None:
        if isinstance(value, Identified):
            self._count += 1
        self._identifier.take(self._batch, value)

    def end(self, moved: object) -> None:
        if isinstance(moved, Model):
            self._identifier.take_moved(moved)
        self._close()

    def cancel(self) -> None:
        self._close(cancelled=True)

    def fail(self, error: Exception) -> None:
        self._close(error=error)

    def _close(self, *, cancelled: bool = False, error: Exception | None = None) -> None:
        expected = error if isinstance(error, FieldGuideError) else None
        self._identifier.close(Summary(self._batch.number, self._count, cancelled, expected), error)
