"""One job from its first waiting find to its last, without a window: for the command line. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fieldguide.core.errors import FieldGuideError
from fieldguide.services.batch import Batch, BatchWork, Identified, Stores
from fieldguide.storage.jobs import JobPlace, JobStatus, JobStore
from fieldguide.storage.observations import Settled

if TYPE_CHECKING:  # at run time only where a model is loaded: it imports torch
    from fieldguide.inference.identify import FindIdentifier


class JobRun:
    """Identifies what waits and stores it find by find; whatever ends it leaves a job that goes on where it was."""

    def __init__(self, jobs: JobStore, stores: Stores, on_settled: Callable[[Settled], None]) -> None:
        self._jobs, self._stores, self._on_settled = jobs, stores, on_settled
        self._places: list[JobPlace] = []
        self._problem: FieldGuideError | None = None

    def run(self, number: int, identifier: Callable[[], FindIdentifier]) -> JobStatus | None:
        """Go on with a job; None when there is none of that number.

        Raises:
            FieldGuideError: the library cannot be written any more, or the model cannot be used.
        """
        finds = self._jobs.finds(number, waiting_only=True)
        self._places = [JobPlace(number, find.position) for find in finds]
        batch = Batch(number, tuple(find.paths for find in finds), look_up=True)
        BatchWork(self._stores, batch, self).run(identifier)
        if self._problem is not None:
            raise self._problem
        return self._jobs.status(number)

    def stopped(self) -> bool:
        """After a failure to store nothing more is identified."""
        return self._problem is not None

    def tell(self, value: object) -> None:
        """Store what was identified; thumbnails that cannot be kept are no reason to stop."""
        if not isinstance(value, Identified) or self.stopped():
            return
        try:
            settled = self._stores.store.settle(self._places[value.place], value.observation)
        except FieldGuideError as refused:
            self._problem = refused
            return
        if settled is not None:
            self._on_settled(settled)
