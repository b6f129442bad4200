"""The history for the window: every change of it off the GUI thread, one signal for the views; `services.asking` asks.

Each method returns the `Job` of its lane; failures also reach the notices, so no caller has to.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.hands.kinds import kinds_of
from fieldguide.core.records import Identification, Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import language
from fieldguide.services.asking import LibraryReader
from fieldguide.services.lanes import Handle, Job, Lane, Lanes
from fieldguide.services.notices import Notices
from fieldguide.services.progress import Pace
from fieldguide.storage.change import Change
from fieldguide.storage.export import Exported, ExportKind
from fieldguide.storage.export.places import Places, placed
from fieldguide.storage.jobs import FindState, JobPlace
from fieldguide.storage.journal import Step
from fieldguide.storage.locations import sweep
from fieldguide.storage.observations import ObservationStore, Settled, Undone
from fieldguide.storage.originals import FoundAgain
from fieldguide.storage.places import OwnPlace
from fieldguide.storage.saved_filters import FilterState
from fieldguide.storage.search import Filter

if TYPE_CHECKING:
    from fieldguide.storage.export.write import ReportWriter

EXPORT_GROUP = "export"
DRAGGED = "dragged"  # folder of copies that were dragged out of the window
WATCH_MS = 3_000


class ChangeKind(StrEnum):
    """What happened to the finds that a `LibraryChange` names."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    REGROUPED = "regrouped"  # some were joined or parted: read the list again
    UNDONE = "undone"  # some may be back and some gone: read the list again
    REJOINED = "rejoined"  # another guide: names and dangers of any find may differ; no ids


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """Which finds changed how; `observations` holds them as they are now where that is known without asking again.

    `origin`: the find of a job that was ADDED.
    """

    kind: ChangeKind
    ids: tuple[int, ...] = ()
    observations: tuple[Observation, ...] = ()
    origin: JobPlace | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """Finds on their way to another program: copies of their photos, which do not tell where they were taken."""

    files: tuple[Path, ...]
    finds: tuple[Observation, ...]
    guide: Guide


class Library(LibraryReader):
    """The history of one user.

    Signals:
        changed: LibraryChange, after it was stored. This one signal is all that views of stored finds follow.
        turned: Undone, beside `changed`: what to say of it, and which find to show.
        made: Step that named finds, or made some come or go, and its first find as it is now (None: it went); told with
            a way back.
        guide_used: Guide that is joined from now on.
    """

    changed = Signal(object)
    guide_used = Signal(object)
    turned = Signal(object)
    made = Signal(object, object)

    def __init__(
        self, store: ObservationStore, guide: Guide, lanes: Lanes, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(store, guide, lanes, notices, parent)
        self._watch: QTimer | None = None
        self.recorded_by = ""  # who found, for exports
        self.report: ReportWriter | None = None

    def use_guide(self, guide: Guide) -> Job:
        """Join this guide to every stored find, a part at a time so that pages stay quick; `changed` tells the end."""
        self._guide = guide
        self.guide_used.emit(guide)
        self._lanes.start(Lane.READING, lambda _: kinds_of(guide))  # 0.1 s that the first question need not wait for
        return self._join()

    def keep_filter(self, name: str, state: FilterState) -> Job:
        """Keep what is searched by under a name; `done` carries all that are kept."""
        return self._ask(lambda store: store.keep_filter(name, state))

    def forget_filter(self, name: str) -> Job:
        """Forget a kept filter; `done` carries all that are kept."""
        return self._ask(lambda store: store.forget_filter(name))

    def keep_place(self, place: OwnPlace) -> Job:
        """Keep a place of one's own; the finds in it are called so. `changed` follows."""
        return self._change_places(lambda store: store.keep_place(place))

    def rename_place(self, name: str, new: str) -> Job:
        """Give a place of one's own another name; `changed` follows."""
        return self._change_places(lambda store: store.rename_place(name, new))

    def forget_place(self, name: str) -> Job:
        """Forget a place of one's own; `changed` follows."""
        return self._change_places(lambda store: store.forget_place(name))

    def settle(self, place: JobPlace, observation: Observation) -> Job:
        """Store one find of a job; `done` carries a `Settled`, or None when it had left the job. Reports no failure."""
        store = self._store

        def tell(settled: Settled | None) -> None:
            if settled is not None and settled.state is FindState.STORED:
                find = settled.observation
                self.changed.emit(LibraryChange(ChangeKind.ADDED, (find.id,), (find,), place))

        job = self._lanes.start(Lane.STORAGE, lambda _: store.settle(place, observation))
        job.done.connect(tell)
        return job

    def add_identification(self, number: int, said: Identification) -> Job:
        """Show a further answer for a stored find; `done` carries the find, or None when it is gone."""
        return self._change(lambda store: store.add_identification(number, said), self._tell_changed)

    def grow(self, number: int, added: Observation) -> Job:
        """Add further photos to a find, and what was said of all of them; `done` carries the find, or None."""
        return self._change(lambda store: store.grow(number, added), self._tell_changed)

    def edit(self, numbers: Sequence[int], change: Change) -> Job:
        """Change notes, tags, stars, label, date or place of finds; `done` carries them as they are now."""
        return self._edit(numbers, lambda store: store.edit(numbers, change))

    def verify(self, numbers: Sequence[int], taxon: Taxon | None) -> Job:
        """Set the human's label, or take it away; `done` carries the finds as they are now."""
        return self._with_way_back(lambda: self.edit(numbers, Change(verified=taxon)))

    def tag(self, numbers: Sequence[int], add: Iterable[str] = (), remove: Iterable[str] = ()) -> Job:
        """Put tags on finds and take others off; `done` carries the finds as they are now."""
        added, removed = frozenset(add), frozenset(remove)
        return self._edit(numbers, lambda store: store.tag(numbers, added, removed))

    def delete(self, numbers: Sequence[int]) -> Job:
        """Take finds out of the history; `done` carries how many. Photos on the disk are never touched."""
        ids = tuple(numbers)

        def tell(count: int) -> None:
            if count:
                self.changed.emit(LibraryChange(ChangeKind.REMOVED, ids))

        return self._with_way_back(lambda: self._change(lambda store: store.delete(ids), tell))

    def merge(self, numbers: Sequence[int]) -> Job:
        """Several finds become one; `done` carries it, or None when fewer than two were there."""
        ids = tuple(numbers)

        def tell(whole: Observation | None) -> None:
            if whole is not None:
                self.changed.emit(LibraryChange(ChangeKind.REGROUPED, ids, (whole,)))

        return self._with_way_back(lambda: self._change(lambda store: store.merge(ids), tell))

    def split(self, number: int, leaving: Sequence[int]) -> Job:
        """Photos at these places become a find of their own; `done` carries (old, new), or None: nothing to part."""

        def tell(parts: tuple[Observation, Observation] | None) -> None:
            if parts is not None:
                self.changed.emit(LibraryChange(ChangeKind.REGROUPED, tuple(part.id for part in parts), parts))

        return self._with_way_back(lambda: self._change(lambda store: store.split(number, tuple(leaving)), tell))

    def restore(self, numbers: Sequence[int]) -> Job:
        """Take finds out of the bin; `done` carries how many."""
        ids = tuple(numbers)
        return self._change(
            lambda store: store.restore(ids), lambda _: self.changed.emit(LibraryChange(ChangeKind.REGROUPED, ids))
        )

    def empty_bin(self, numbers: Sequence[int] | None = None) -> Job:
        """Remove what is in the bin (or these of it) for good; `done` carries how many."""
        ids = tuple(numbers) if numbers is not None else None
        gone = LibraryChange(ChangeKind.REGROUPED, ids or ())
        return self._change(lambda store: store.empty_bin(ids), lambda _: self.changed.emit(gone))

    def undo(self, only: int | None = None) -> Job:
        """Take back the newest step (if it is `only`); `done` carries an `Undone`, or None when there is none."""
        return self._change(lambda store: store.undo(only), lambda undone: self._tell_turned(undone, "undo"))

    def redo(self, only: int | None = None) -> Job:
        """Do again what was taken back last (if it is `only`); `done` carries an `Undone`, or None."""
        return self._change(lambda store: store.redo(only), lambda undone: self._tell_turned(undone, "redo"))

    def bring_back(self, copy: Path) -> Job:
        """Put a backup in the place of the finds; `done` carries where those of before are kept."""
        rejoined = LibraryChange(ChangeKind.REJOINED)
        return self._change(lambda store: store.bring_back(copy), lambda _: self.changed.emit(rejoined))

    def copy_photos(self, copies: bool) -> None:
        """Whether photos that come from now on are copied into the library's folder."""
        self._store.copies = copies

    def find_again(self, folder: Path) -> Job:
        """Look below a folder for every photo that is no longer where it was; `done` carries a `FoundAgain`."""
        store = self._store

        def tell(done: FoundAgain) -> None:
            self._notices.tell("storage.found_again", found=done.found, missing=len(done.missing))
            if done.found:
                self.changed.emit(LibraryChange(ChangeKind.REJOINED))

        job = self._lanes.start(Lane.EXPORT, lambda handle: store.find_again(folder, handle.stopped))
        job.failed.connect(self._notices.report)
        job.done.connect(tell)
        return job

    def watch(self) -> None:
        """From now on look every few seconds whether another program changed the finds, and tell the views."""
        if self._watch is None:
            self._watch = QTimer(self)
            self._watch.setSingleShot(True)  # the next look waits for the one before: it may wait for a lock itself
            self._watch.setInterval(WATCH_MS)
            self._watch.timeout.connect(self._look)
            self._watch.start()

    def _look(self) -> None:
        def tell(elsewhere: bool) -> None:
            if elsewhere:
                self.changed.emit(LibraryChange(ChangeKind.REJOINED))

        def report(error: Exception) -> None:
            if not (isinstance(error, FieldGuideError) and error.code is ErrorCode.DATABASE_BUSY):
                self._notices.report(error)  # nobody asked: another program at work is no news

        store, watch = self._store, self._watch
        assert watch is not None
        job = self._lanes.start(Lane.STORAGE, lambda _: store.changed_elsewhere())
        job.done.connect(tell)
        job.failed.connect(report)
        job.finished.connect(watch.start)

    def carry(self, numbers: Sequence[int]) -> Job:
        """Copy the photos of finds for another program; `done` carries a `Carried`. Copies of earlier times go."""
        store, guide, chosen, ids = self._store, self._guide, language(), tuple(numbers)

        def work(handle: Handle) -> Carried:
            from fieldguide.storage.export.photo_copies import export_photo_copies

            folder = store.folder / DRAGGED
            sweep(folder, "*")
            for old in folder.glob("*"):
                with suppress(OSError):  # a younger one still holds its copies
                    old.rmdir()
            finds = tuple(store.several(ids))
            target = folder / uuid.uuid4().hex
            leaving = (placed(find, Places.NONE) for find in _checked(finds, handle))
            export_photo_copies(leaving, guide, target, chosen, Places.NONE)
            files = tuple(sorted(file for file in target.iterdir() if file.suffix != ".xmp"))
            return Carried(files, finds, guide)

        job = self._lanes.start(Lane.READING, work)
        job.failed.connect(self._notices.report)
        return job

    def export(
        self,
        kind: ExportKind,
        path: Path,
        wanted: Filter | None = None,
        places: Places = Places.BLURRED,
        *,
        verified_only: bool = True,
    ) -> Job:
        """Write the finds that fit to a file (or, class folders, below a folder); `done` carries an `Exported`.

        `reported` carries `Progress`; group `EXPORT_GROUP` cancels, and a cancelled file is not there. `verified_only`
        counts for the two formats that are about names given by people (Darwin Core, class folders).
        """
        store, guide, chosen = self._store, self._guide, language()
        recorded_by, report = self.recorded_by, self.report

        def work(handle: Handle) -> Exported:
            from fieldguide.storage.export.write import export_finds  # nobody exports before the first photo

            return export_finds(
                kind,
                _finds(store, handle, wanted),
                guide,
                path,
                language=chosen,
                places=places,
                library=store.library_uuid(),
                verified_only=verified_only,
                recorded_by=recorded_by,
                report=report,
            )

        job = self._lanes.start(Lane.EXPORT, work, EXPORT_GROUP)
        job.failed.connect(self._notices.report)
        job.done.connect(self._tell_exported)
        return job

    def _change(self, act: Callable[[ObservationStore], object], tell: Callable[..., None]) -> Job:
        job = self._ask(act)
        job.done.connect(tell)
        return job

    def _with_way_back(self, change: Callable[[], Job]) -> Job:
        """The questions before and after the change stand in one serial lane with it: nothing comes between."""
        steps: list[Step | None] = []

        def tell(step: Step | None, find: Observation | None) -> None:
            if step is not None and [step] != steps:
                self.made.emit(step, find)

        self.newest_step().done.connect(steps.append)
        job = change()
        self._ask(_newest).done.connect(lambda newest: tell(*newest))
        return job

    def _change_places(self, act: Callable[[ObservationStore], object]) -> Job:
        return self._change(act, lambda _: self.changed.emit(LibraryChange(ChangeKind.REJOINED)))

    def _edit(self, numbers: Sequence[int], act: Callable[[ObservationStore], object]) -> Job:
        ids = tuple(numbers)

        def work(store: ObservationStore) -> tuple[Observation, ...]:
            act(store)
            return tuple(store.several(ids))

        return self._change(work, self._tell_edited)

    def _join(self) -> Job:
        guide = self._guide
        return self._change(lambda store: store.join_guide(guide, limit=50), self._go_on_joining)

    def _go_on_joining(self, waiting: int) -> None:
        if waiting:
            self._join()
        else:
            self.changed.emit(LibraryChange(ChangeKind.REJOINED))

    def _tell_turned(self, undone: Undone | None, way: str) -> None:
        if undone is None:
            self._notices.tell(f"storage.nothing_to_{way}")
        else:
            self.changed.emit(
                LibraryChange(ChangeKind.REJOINED if undone.places else ChangeKind.UNDONE, undone.step.ids)
            )
            self.turned.emit(undone)

    def _tell_changed(self, observation: Observation | None) -> None:
        if observation is not None:
            self._tell_edited((observation,))

    def _tell_edited(self, finds: tuple[Observation, ...]) -> None:
        if finds:
            self.changed.emit(LibraryChange(ChangeKind.CHANGED, tuple(find.id for find in finds), finds))

    def _tell_exported(self, done: Exported) -> None:
        self._notices.tell("storage.exported", count=done.observations, path=str(done.path))
        if done.left_out:
            self._notices.tell(f"storage.exported_{done.why.value}", count=done.left_out)
        if done.missing:
            self._notices.tell("storage.exported_missing", count=len(done.missing), file=done.missing[0].name)


def _checked(finds: Iterable[Observation], handle: Handle) -> Iterator[Observation]:
    for find in finds:
        handle.check()
        yield find


def _finds(store: ObservationStore, handle: Handle, wanted: Filter | None) -> Iterator[Observation]:
    pace = Pace(store.count(wanted))
    for observation in store.every(wanted):
        handle.check()
        yield observation
        handle.tell(pace.step())


def _newest(store: ObservationStore) -> tuple[Step | None, Observation | None]:
    step = store.newest_step()
    return step, store.get(step.ids[0]) if step is not None and step.ids else None
