"""Questions of the window to the library of finds, each answered off the GUI thread. Changes nothing.

Each method returns the `Job` of its lane; failures also reach the notices, so no caller has to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QObject

from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import taxon_danger
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation
from fieldguide.services.lanes import Job, Lane, Lanes
from fieldguide.services.notices import Notices
from fieldguide.storage.asking import PAGE
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter, Key


class LibraryReader(QObject):
    """The history of one user, to be asked for."""

    def __init__(
        self, store: ObservationStore, guide: Guide, lanes: Lanes, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._guide = guide
        self._lanes = lanes
        self._notices = notices

    @property
    def guide(self) -> Guide:
        """Today's guide."""
        return self._guide

    def current_danger(self, observation: Observation) -> Danger:
        """The danger to show for a find by today's guide: see `core.decision.standing`."""
        return danger_today(observation, self._guide)

    def taxon_danger(self, observation: Observation) -> Danger:
        """Today's danger of what the find is called, for the chip beside its name."""
        return taxon_danger(observation, self._guide)

    def page(self, wanted: Filter | None = None, after_key: Key | None = None, limit: int = PAGE) -> Job:
        """`done` carries a `Page`."""
        return self._ask(lambda store: store.page(wanted, after_key, limit))

    def listing(self, wanted: Filter, first_rows: Sequence[int] = (0,)) -> Job:
        """`done` carries a `Listing`: all groups of the finds that fit, and a page from each of these rows on."""
        return self._ask(lambda store: store.listing(wanted, first_rows))

    def stretch(self, wanted: Filter, start: Key, skip: int) -> Job:
        """`done` carries the `Page` of a list that begins `skip` finds after a key."""
        return self._ask(lambda store: store.page(wanted, start, PAGE, skip))

    def ids(self, wanted: Filter, parts: Sequence[tuple[Key, int, int]]) -> Job:
        """`done` carries a list of ids: of each part (key, how many to skip, how many) of a list."""
        return self._ask(lambda store: [number for part in parts for number in store.ids(wanted, *part)])

    def places_of_days(self, wanted: Filter, days: Sequence[date]) -> Job:
        """`done` carries for each day the names of the places of the finds that fit, the most found first."""
        return self._ask(lambda store: store.places_of_days(wanted, days))

    def count(self, wanted: Filter | None = None) -> Job:
        """`done` carries how many finds fit."""
        return self._ask(lambda store: store.count(wanted))

    def get(self, number: int) -> Job:
        """`done` carries the Observation, or None when it is gone."""
        return self._ask(lambda store: store.get(number))

    def several(self, numbers: Sequence[int]) -> Job:
        """`done` carries those of these finds that are in the book, in this order."""
        ids = tuple(numbers)
        return self._ask(lambda store: store.several(ids))

    def recently_added(self, limit: int = 12) -> Job:
        """`done` carries the finds stored last, newest first."""
        return self._ask(lambda store: store.recently_added(limit))

    def identifications(self, number: int) -> Job:
        """`done` carries everything that was said of a find, the shown one last."""
        return self._ask(lambda store: store.identifications(number))

    def tags(self) -> Job:
        """`done` carries every tag with the number of its finds, the most used first."""
        return self._ask(lambda store: store.tags())

    def places(self) -> Job:
        """`done` carries every name of a place with the number of its finds, the most found first."""
        return self._ask(lambda store: store.places())

    def saved_filters(self) -> Job:
        """`done` carries what the user kept to search by, by name."""
        return self._ask(lambda store: store.saved_filters())

    def points(self, wanted: Filter | None = None) -> Job:
        """`done` carries the `Points` of the finds that fit and have a place."""
        return self._ask(lambda store: store.points(wanted))

    def season(self, wanted: Filter | None = None) -> Job:
        """`done` carries a tuple of `KindSeason`: when the finds that fit were made."""
        return self._ask(lambda store: store.season(wanted))

    def own_places(self) -> Job:
        """`done` carries the places with a name of one's own, by name."""
        return self._ask(lambda store: store.own_places())

    def bin(self) -> Job:
        """`done` carries what was deleted and is still kept, the latest first."""
        return self._ask(lambda store: store.bin())

    def newest_step(self) -> Job:
        """`done` carries the `Step` that would be taken back, or None."""
        return self._ask(lambda store: store.newest_step())

    def next_steps(self) -> Job:
        """`done` carries `NextSteps`: what undo and redo would turn."""
        return self._ask(lambda store: store.next_steps())

    def _ask(self, question: Callable[[ObservationStore], object]) -> Job:
        store = self._store  # work must not hold this QObject: see the trap in services.lanes
        job = self._lanes.start(Lane.STORAGE, lambda _: question(store))
        job.failed.connect(self._notices.report)
        return job
