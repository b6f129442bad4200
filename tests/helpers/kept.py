"""Finds put into a window's history as a job puts them there: stored in their lane, then told."""

from __future__ import annotations

from fieldguide.core.records import Observation
from fieldguide.services.lanes import Job
from fieldguide.services.library import ChangeKind, Library, LibraryChange


def keep(library: Library, find: Observation) -> Job:
    """`done` carries the find with its id."""

    def tell(stored: Observation) -> None:
        library.changed.emit(LibraryChange(ChangeKind.ADDED, (stored.id,), (stored,)))

    return library._change(lambda store: store.add(find), tell)
