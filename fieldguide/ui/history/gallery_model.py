"""Stored finds as a Qt model that holds a few pages of them, however many there are and however far one scrolls.

Rows are counted by pages of the keyset list; what was scrolled past is forgotten, and asked for again when painted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import current_danger
from fieldguide.core.hands import heard
from fieldguide.core.records import Observation
from fieldguide.services.library import ChangeKind, Library, LibraryChange
from fieldguide.storage.asking import PAGE, Page
from fieldguide.storage.search import Filter, Key, Sort
from fieldguide.ui.history.wording import spoken_find, why_words
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.kit.wording import machine_words, short_verdict

KEPT_PAGES = 24  # about 1,400 finds
RESTORED_ROWS = 1200  # as far as a list that is read again goes on by itself
FindRole = Qt.ItemDataRole.UserRole + 1
LevelRole = Qt.ItemDataRole.UserRole + 2
WhyRole = Qt.ItemDataRole.UserRole + 4
MachineRole = Qt.ItemDataRole.UserRole + 3
Index = QModelIndex | QPersistentModelIndex


@dataclass(slots=True)
class _Place:
    """One page of the list: the key it continues after, the row it begins at, and how many rows it has."""

    after: Key | None
    start: int
    rows: int


class GalleryModel(QAbstractListModel):
    """A row per find that fits the filter, newest first.

    `counted` carries how many fit. Data beyond Qt's roles: `FindRole` the find, `LevelRole` its danger of today,
    `WhyRole` why a search found it,
    `MachineRole` the machine's warning beside a milder name that a person gave.
    """

    counted = Signal(int)

    def __init__(self, library: Library, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._thumbnails = thumbnails
        self._wanted = Filter()
        self._generation = 0
        self._places: list[_Place] = []
        self._starts: list[int] = []
        self._held: OrderedDict[int, tuple[Observation, ...]] = OrderedDict()
        self._levels: dict[int, tuple[Observation, Danger]] = {}
        self._asked: set[int] = set()
        self._next: Key | None = None
        self._complete = True  # until somebody shows something
        self._restore = 0
        library.changed.connect(self._follow)
        thumbnails.arrived.connect(self._repaint)

    @property
    def wanted(self) -> Filter:
        """What is listed."""
        return self._wanted

    @property
    def held(self) -> int:
        """How many finds are in memory."""
        return sum(len(finds) for finds in self._held.values())

    def show(self, wanted: Filter) -> None:
        """List what fits, from the newest on."""
        self._wanted = wanted
        self._begin(0)

    def reload(self) -> None:
        """Read the list again, about as far as it was read."""
        self._begin(min(self.rowCount(), RESTORED_ROWS))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as were listed so far."""
        if parent.isValid() or not self._places:
            return 0
        return self._places[-1].start + self._places[-1].rows

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there are more."""
        return not parent.isValid() and not self._complete and len(self._places) not in self._asked

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page; it comes later."""
        if self.canFetchMore(parent):
            self._ask(len(self._places), self._next, PAGE)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, picture, spoken text, or the find itself; None while it is read again."""
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
        return find if role == FindRole else None

    def find_at(self, row: int) -> Observation | None:
        """The find of a row; None while it is read again."""
        number = bisect_right(self._starts, row) - 1
        place = self._places[number]
        finds = self._held.get(number)
        if finds is None:
            self._ask(number, place.after, place.rows)
            return None
        self._held.move_to_end(number)
        offset = row - place.start
        return finds[offset] if offset < len(finds) else None

    def _level(self, find: Observation) -> Danger:
        """Today's danger, worked out once per find: a corrected guide makes that a walk over its records."""
        known = self._levels.get(find.id)
        if known is None or known[0] is not find:
            known = self._levels[find.id] = (
                find,
                current_danger(heard(find, self._library.guide), self._library.guide),
            )
        return known[1]

    def row_of(self, number: int) -> int:
        """The row of a find by its id; -1 when it is not in memory."""
        for place, finds in self._held.items():
            for offset, find in enumerate(finds):
                if find.id == number:
                    return self._places[place].start + offset
        return -1

    def _begin(self, restore: int) -> None:
        self._generation += 1
        self.beginResetModel()
        self._places, self._starts, self._asked = [], [], set()
        self._held.clear()
        self._levels.clear()
        self._next, self._complete, self._restore = None, False, restore
        self.endResetModel()
        if 0 not in self._asked:  # a view may have asked already
            self._ask(0, None, PAGE)
        self._count()

    def _count(self) -> None:
        job = self._library.count(self._wanted)
        job.done.connect(lambda count, mine=self._generation: self._take_count(mine, count))

    def _ask(self, number: int, after: Key | None, limit: int) -> None:
        if number in self._asked:
            return
        self._asked.add(number)
        job = self._library.page(self._wanted, after, limit)
        job.done.connect(lambda page, mine=self._generation: self._take(mine, number, after, page))

    def _take_count(self, generation: int, count: int) -> None:
        if generation == self._generation:
            self.counted.emit(count)

    def _take(self, generation: int, number: int, after: Key | None, page: Page) -> None:
        if generation != self._generation:
            return
        self._asked.discard(number)
        finds = page.observations
        if number < len(self._places):
            self._hold(number, finds)
            place = self._places[number]
            self._tell_changed(range(place.start, place.start + place.rows))
            return
        self._next, self._complete = page.next_key, page.next_key is None
        if finds:
            start = self.rowCount()
            self.beginInsertRows(QModelIndex(), start, start + len(finds) - 1)
            self._places.append(_Place(after, start, len(finds)))
            self._starts.append(start)
            self._hold(number, finds)
            self.endInsertRows()
        if self.rowCount() < self._restore:
            self.fetchMore(QModelIndex())

    def _hold(self, number: int, finds: tuple[Observation, ...]) -> None:
        self._held[number] = finds
        self._held.move_to_end(number)
        while len(self._held) > KEPT_PAGES:
            _, gone = self._held.popitem(last=False)
            for find in gone:
                self._levels.pop(find.id, None)

    def _follow(self, change: LibraryChange) -> None:
        if not self._generation:
            return
        if change.kind is ChangeKind.CHANGED:
            self._replace(change.observations)
        elif change.kind is ChangeKind.REMOVED:
            self._remove(change.ids)
        else:
            self.reload()

    def _replace(self, finds: Iterable[Observation]) -> None:
        for find in finds:
            row = self.row_of(find.id)
            if row < 0:
                continue
            number = bisect_right(self._starts, row) - 1
            offset = row - self._places[number].start
            before = self._held[number]
            if before[offset].observed_at != find.observed_at or self._wanted.sort is not Sort.NEWEST:
                self.reload()  # it stands elsewhere now
                return
            self._held[number] = (*before[:offset], find, *before[offset + 1 :])
            self._tell_changed(range(row, row + 1))

    def _remove(self, numbers: Iterable[int]) -> None:
        rows = [self.row_of(number) for number in numbers]
        if -1 in rows:
            self.reload()  # some may stand in pages that are not in memory
            return
        for row in sorted(rows, reverse=True):
            number = bisect_right(self._starts, row) - 1
            offset = row - self._places[number].start
            self.beginRemoveRows(QModelIndex(), row, row)
            held = self._held[number]
            self._held[number] = held[:offset] + held[offset + 1 :]
            self._places[number].rows -= 1
            for place in self._places[number + 1 :]:
                place.start -= 1
            self._starts = [place.start for place in self._places]
            self.endRemoveRows()
        if any(place.rows == 0 for place in self._places):
            self.reload()  # an empty page would stand at the same row as the next
        self._count()

    def _repaint(self, key: str) -> None:
        for number, finds in self._held.items():
            for offset, find in enumerate(finds):
                if find.photos and key in (find.photos[0].sha256, str(find.photos[0].path)):
                    row = self._places[number].start + offset
                    self._tell_changed(range(row, row + 1))

    def _tell_changed(self, rows: range) -> None:
        if len(rows):
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]))
