"""Stored finds as a Qt model that knows every row from the start and holds only those that were looked at lately.

The list comes in groups; any row is read by the group it stands in, so one can jump anywhere in 100,000 finds. What was
passed by is forgotten, and asked for again when painted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from fieldguide.core.danger import Danger
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation
from fieldguide.services.library import ChangeKind, Library, LibraryChange
from fieldguide.storage.asking import PAGE, Listing, Page
from fieldguide.storage.groups import Group
from fieldguide.storage.search import Filter, Sort
from fieldguide.ui.history.wording import spoken_find, why_words
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.kit.wording import machine_words, short_verdict

KEPT_ROWS = 24 * PAGE  # about 1,400 finds
FindRole = Qt.ItemDataRole.UserRole + 1
LevelRole = Qt.ItemDataRole.UserRole + 2
MachineRole = Qt.ItemDataRole.UserRole + 3
WhyRole = Qt.ItemDataRole.UserRole + 4
GroupRole = Qt.ItemDataRole.UserRole + 5
Index = QModelIndex | QPersistentModelIndex


class GalleryModel(QAbstractListModel):
    """A row per find that fits the filter, in its order; `groups` parts the rows.

    Signals:
        counted: how many fit, after every reading of the list.
        places_came: the places of some days that `places_of` was asked for.

    Data beyond Qt's roles: `FindRole` the find, `LevelRole` its danger of today, `WhyRole` why a search found it,
    `MachineRole` the machine's warning beside a milder name that a person gave, `GroupRole` what its group has in
    common.
    """

    counted = Signal(int)
    places_came = Signal()

    def __init__(self, library: Library, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._thumbnails = thumbnails
        self._wanted = Filter()
        self._listed = False
        self._generation = 0
        self._pages_asked: set[int] = set()
        self.groups: tuple[Group, ...] = ()
        self.starts: list[int] = []  # the first row of each group
        self._count = 0
        self._held: OrderedDict[int, Observation] = OrderedDict()  # row -> find, the last one looked at last
        self._rows: dict[int, int] = {}  # id -> row of what is held
        self._levels: dict[int, tuple[Observation, Danger]] = {}
        self._places: dict[date, tuple[str, ...]] = {}
        self._days_asked: set[date] = set()
        self.again = False  # whether the list that comes next answers the same question as the one before
        library.changed.connect(self._follow)
        thumbnails.arrived.connect(self._repaint)

    @property
    def wanted(self) -> Filter:
        """What is listed."""
        return self._wanted

    @property
    def held(self) -> int:
        """How many finds are in memory."""
        return len(self._held)

    def show(self, wanted: Filter) -> None:
        """List what fits, from the first on."""
        again = self._listed and wanted == self._wanted
        self._wanted, self._listed = wanted, True
        self._read(() if not again else self._last_rows(), again)

    def reload(self) -> None:
        """Read the list again, and of its finds those that were looked at last."""
        self._read(self._last_rows(), True)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as fit."""
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, picture, spoken text, or the find itself; None while it is read."""
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        find = self.find_at(index.row())
        if find is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return short_verdict(find, self._library.guide)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken_find(find, self._library.guide)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(find.photos[0]) if find.photos else None
        if role == WhyRole:
            return why_words(find, self._wanted.text, self._library.guide)
        if role == LevelRole:
            return self._level(find)
        if role == MachineRole:
            return machine_words(find, self._library.guide)
        if role == GroupRole:
            return self.groups[self.group_of(index.row())].by
        return find if role == FindRole else None

    def find_at(self, row: int) -> Observation | None:
        """The find of a row; None while it is read."""
        find = self._held.get(row)
        if find is None:
            self._ask(row // PAGE)
        else:
            self._held.move_to_end(row)
        return find

    def known(self, row: int) -> Observation | None:
        """The find of a row when it is in memory; asks for nothing."""
        return self._held.get(row)

    def group_of(self, row: int) -> int:
        """The group (from 0) that a row stands in."""
        return bisect_right(self.starts, row) - 1

    def row_of(self, number: int) -> int:
        """The row of a find by its id; -1 when it is not in memory."""
        return self._rows.get(number, -1)

    def ids_of(self, spans: Iterable[range], then: Callable[[list[int]], object]) -> None:
        """Hand the ids of these rows on, in the order of the list: at once when all are in memory, else when read."""
        parts = sorted(spans, key=lambda span: span.start)
        finds = [self._held.get(row) for span in parts for row in span]
        known = [find.id for find in finds if find is not None]
        if len(known) == len(finds):
            then(known)
            return
        asked = []
        for span in parts:
            at = self.group_of(span.start)
            asked.append((self.groups[at].start, span.start - self.starts[at], len(span)))
        self._library.ids(self._wanted, asked).done.connect(then)

    def places_of(self, day: date) -> tuple[str, ...]:
        """Where the finds of a day were made; empty until it is known (`places_came`)."""
        if day not in self._places and day not in self._days_asked:
            self._days_asked.add(day)
            job = self._library.places_of_days(self._wanted, (day,))
            job.done.connect(lambda places, mine=self._generation: self._take_places(mine, places))
        return self._places.get(day, ())

    def _take_places(self, generation: int, places: dict[date, tuple[str, ...]]) -> None:
        if generation == self._generation:
            self._places |= places
            self.places_came.emit()

    def _level(self, find: Observation) -> Danger:
        """Today's danger, worked out once per find: a corrected guide makes that a walk over its records."""
        known = self._levels.get(find.id)
        if known is None or known[0] is not find:
            known = self._levels[find.id] = (
                find,
                danger_today(find, self._library.guide),
            )
        return known[1]

    def _last_rows(self) -> tuple[int, ...]:
        """The first rows of the pages that were looked at last, at most three."""
        pages = list(dict.fromkeys(row // PAGE for row in reversed(self._held)))[:3]
        return tuple(page * PAGE for page in sorted(pages))

    def _read(self, first_rows: Sequence[int], again: bool) -> None:
        self._generation += 1
        self._pages_asked.clear()
        job = self._library.listing(self._wanted, first_rows or (0,))
        job.done.connect(lambda listing, mine=self._generation: self._take_listing(mine, listing, again))

    def _take_listing(self, generation: int, listing: Listing, again: bool) -> None:
        if generation != self._generation:
            return
        self.again = again
        self.beginResetModel()
        self._group(listing.groups)
        self._held.clear()
        self._rows.clear()
        self._levels.clear()
        self._places.clear()
        self._days_asked.clear()
        self._hold(listing.finds)
        self.endResetModel()
        self.counted.emit(self._count)

    def _group(self, groups: tuple[Group, ...]) -> None:
        self.groups, self.starts, row = groups, [], 0
        for group in groups:
            self.starts.append(row)
            row += group.finds
        self._count = row

    def _ask(self, page: int) -> None:
        first = page * PAGE
        if page in self._pages_asked or not self.groups:
            return
        self._pages_asked.add(page)
        at = self.group_of(first)
        job = self._library.stretch(self._wanted, self.groups[at].start, first - self.starts[at])
        job.done.connect(lambda came, mine=self._generation: self._take(mine, page, came))

    def _take(self, generation: int, page: int, came: Page) -> None:
        if generation != self._generation:
            return
        self._pages_asked.discard(page)
        first, finds = page * PAGE, came.observations
        if len(finds) != min(PAGE, self._count - first):
            self.reload()  # somebody else changed the library meanwhile
            return
        self._hold(dict(enumerate(finds, first)))
        self._tell_changed(range(first, first + len(finds)))

    def _hold(self, finds: dict[int, Observation]) -> None:
        for row, find in finds.items():
            self._held[row] = find
            self._held.move_to_end(row)
            self._rows[find.id] = row
        while len(self._held) > KEPT_ROWS:
            _, gone = self._held.popitem(last=False)
            self._rows.pop(gone.id, None)
            self._levels.pop(gone.id, None)

    def _follow(self, change: LibraryChange) -> None:
        if not self._listed:
            return
        if change.kind is ChangeKind.CHANGED:
            self._replace(change.observations)
            return
        if change.kind is ChangeKind.REMOVED:
            self._remove(change.ids)
        self.reload()

    def _replace(self, finds: Iterable[Observation]) -> None:
        for find in finds:
            row = self.row_of(find.id)
            if row < 0:
                continue
            before = self._held[row]
            self._held[row], self._rows[find.id] = find, row
            stays = before.observed_at == find.observed_at and self._wanted.sort in (Sort.NEWEST, Sort.OLDEST)
            if not stays or self._level(before) is not self._level(find):
                self.reload()  # it stands elsewhere now, or its group has another worst danger
            self._tell_changed(range(row, row + 1))

    def _remove(self, numbers: Iterable[int]) -> None:
        """Take rows out at once, so that nobody can act on what is gone; the list is read again behind it."""
        self._generation += 1
        self._pages_asked.clear()
        for row in sorted((row for number in numbers if (row := self.row_of(number)) >= 0), reverse=True):
            at = self.group_of(row)
            group = self.groups[at]
            left = (group._replace(finds=group.finds - 1),) if group.finds > 1 else ()
            self.beginRemoveRows(QModelIndex(), row, row)
            self._group((*self.groups[:at], *left, *self.groups[at + 1 :]))
            moved = [(other - (other > row), find) for other, find in self._held.items() if other != row]
            self._held = OrderedDict(moved)
            self._rows = {find.id: other for other, find in moved}
            self.endRemoveRows()

    def _repaint(self, key: str) -> None:
        for row, find in self._held.items():
            if find.photos and key in (find.photos[0].sha256, str(find.photos[0].path)):
                self._tell_changed(range(row, row + 1))

    def _tell_changed(self, rows: range) -> None:
        if len(rows):
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]))
