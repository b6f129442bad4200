"""The finds of this sitting as a Qt model: those that wait, those that are done, those that could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation
from fieldguide.core.text import explain, text
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.thumbnails import Source, Thumbnails
from fieldguide.ui.kit.wording import machine_words, short_verdict

EntryRole = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One find: its files, and what came of them. `observation` is None while it waits."""

    paths: tuple[Path, ...]
    observation: Observation | None = None
    place: int = 0  # in the order in which they came

    @property
    def readable(self) -> bool:
        """Whether it waits or has at least one photo that could be read."""
        return self.observation is None or bool(self.observation.photos)

    @property
    def cover(self) -> Source | None:
        """What its small picture is made of."""
        if self.observation is not None and self.observation.photos:
            return self.observation.photos[0]
        return self.paths[0] if self.paths else None

    def words(self, guide: Guide) -> str:
        """Its line in a list."""
        if self.observation is None:
            return text("identify.waiting")
        if not self.readable:
            return text("identify.unreadable")
        return short_verdict(self.observation, guide)

    def level(self, guide: Guide) -> Danger | None:
        """Today's danger; None while it waits and when nothing could be read."""
        if self.observation is None or not self.readable:
            return None
        return danger_today(self.observation, guide)

    def machine_words(self, guide: Guide) -> str:
        """The machine's warning beside a milder name that a person gave; else empty."""
        return machine_words(self.observation, guide) if self.observation is not None else ""

    def file_words(self) -> str:
        """Its files in a few words."""
        name = self.paths[0].name if self.paths else ""
        return name if len(self.paths) < 2 else text("identify.files", name=name, count=len(self.paths) - 1)

    def problems(self) -> list[str]:
        """A sentence for each file that could not be read."""
        if self.observation is None:
            return []
        return [explain(each.error) for each in self.observation.unreadable]


class _Rows:
    """Where finds stand: by the order in which they came, by id, and by what their small picture is kept under.

    Of fifty thousand none is looked for one by one: a photo that is done asks four times.
    """

    def __init__(self) -> None:
        self.places: dict[int, int] = {}
        self.finds: dict[int, int] = {}
        self.covers: dict[str, set[int]] = {}

    def note(self, row: int, entry: Entry) -> None:
        """What a row holds now."""
        self.places[entry.place] = row
        if entry.observation is not None:
            self.finds[entry.observation.id] = row
        if entry.cover is not None:
            self.covers.setdefault(Thumbnails.key_of(entry.cover), set()).add(row)


class FindModel(QAbstractListModel):
    """A row per find, with its picture from the window's thumbnails."""

    def __init__(self, guide: Guide, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.guide = guide
        self.entries: list[Entry] = []
        self._thumbnails = thumbnails
        self._known: _Rows | None = None  # made when somebody asks, until rows move
        thumbnails.arrived.connect(self._repaint)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One per find."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, thumbnail, spoken text, or the entry itself."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.words(self.guide)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join([entry.file_words(), *entry.problems()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            level = entry.level(self.guide)
            danger = entry.machine_words(self.guide) or (danger_word(level) if level else "")
            said = [entry.words(self.guide), danger, entry.file_words()]
            return ", ".join(part for part in said if part)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(entry.cover) if entry.cover else None
        if role == EntryRole:
            return entry
        return None

    def begin(self, groups: Sequence[Sequence[Path]]) -> None:
        """A new sitting: these groups of files wait."""
        self._reset([Entry(tuple(group), place=place) for place, group in enumerate(groups)])

    def show_stored(self, observations: Sequence[Observation]) -> None:
        """Finds that are done already."""
        self._reset([Entry(_paths_of(each), each, place) for place, each in enumerate(observations)])

    def _reset(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries, self._known = entries, None
        self.endResetModel()

    @property
    def _rows(self) -> _Rows:
        if self._known is None:
            self._known = _Rows()
            for row, entry in enumerate(self.entries):
                self._known.note(row, entry)
        return self._known

    def put(self, place: int, observation: Observation) -> int:
        """The find that came at `place` is done; returns its row, -1 when it is none of this sitting."""
        row = self._rows.places.get(place, -1)
        if row >= 0:
            self._set(row, observation)
        return row

    def replace(self, observation: Observation) -> int:
        """A stored find changed; returns its row, -1 when it is none of this sitting."""
        row = self._rows.finds.get(observation.id, -1)
        if row >= 0:
            self._set(row, observation)
        return row

    def drop_waiting(self) -> None:
        """After a cancel: what still waits goes away."""
        self._reset([entry for entry in self.entries if entry.observation is not None])

    def removeRows(self, row: int, count: int, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Take finds off the list."""
        if parent.isValid() or row < 0 or count < 1 or row + count > len(self.entries):
            return False
        self.beginRemoveRows(parent, row, row + count - 1)
        del self.entries[row : row + count]
        self._known = None
        self.endRemoveRows()
        return True

    def sort_worst_first(self) -> None:
        """The worst danger first, of one danger the most probable, else in the order in which they came.

        For when all are done. A cautious alarm rings for most finds: a likely killer stands above what rang by a hair.
        """
        self.layoutAboutToBeChanged.emit()
        kept, before = self.persistentIndexList(), self.entries
        self.entries = sorted(before, key=self._rank)
        self._known = None
        rows = {entry.place: row for row, entry in enumerate(self.entries)}
        self.changePersistentIndexList(kept, [self.index(rows[before[each.row()].place]) for each in kept])
        self.layoutChanged.emit()

    def levels(self) -> Counter[Danger]:
        """How many finds there are of each danger, as it is shown; those that could not be read count nowhere."""
        found = (entry.level(self.guide) for entry in self.entries)
        return Counter(level.shown for level in found if level is not None)

    def _rank(self, entry: Entry) -> tuple[int, float, int]:
        level = entry.level(self.guide)
        said = entry.observation.identification if entry.observation is not None else None
        probable = said.alarm.probability if said is not None else 0.0
        return (1 if level is None else -level.severity, -probable, entry.place)

    def use_guide(self, guide: Guide) -> None:
        """Join another guide from now on."""
        self.guide = guide
        if self.entries:
            self.dataChanged.emit(self.index(0), self.index(len(self.entries) - 1))

    def _set(self, row: int, observation: Observation) -> None:
        self.entries[row] = replace(self.entries[row], observation=observation)
        self._rows.note(row, self.entries[row])
        self._changed(row)

    def _repaint(self, key: str) -> None:
        for row in sorted(self._rows.covers.get(key, ())):
            self._changed(row)

    def _changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))


def _paths_of(observation: Observation) -> tuple[Path, ...]:
    return (*(photo.path for photo in observation.photos), *(each.path for each in observation.unreadable))
