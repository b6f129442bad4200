"""The library of finds: add, edit, delete, undo; `storage.asking` asks. The human's label wins; the model's is kept.

Works without any window. Never touches an original photo. Every change is one transaction, and every change of a
stored find is a step that can be undone and done again. What is deleted lies in the bin until that is emptied.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from fieldguide.core.guide import Guide
from fieldguide.core.records import Identification, Observation, Photo
from fieldguide.storage import jobs, journal, places, reading, regroup, rows, saved_filters
from fieldguide.storage.asking import ObservationReader, known_in, present_in
from fieldguide.storage.change import KEEP, Change, check_place, differs, kind_of, write_change
from fieldguide.storage.database import Database
from fieldguide.storage.derived import Derived, NamePlace
from fieldguide.storage.jobs import FindState, JobPlace
from fieldguide.storage.journal import Step, StepKind
from fieldguide.storage.originals import FoundAgain, find_again, is_out_of_reach, keep_copy, remove_spare
from fieldguide.storage.places import OwnPlace
from fieldguide.storage.rows import library_folder
from fieldguide.storage.saved_filters import FilterState


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one find of a job: the find in the book (the one that was there, when KNOWN), or as it came."""

    state: FindState
    observation: Observation


@dataclass(frozen=True, slots=True)
class Undone:
    """A step that was taken back, or done again.

    `find`: the first one that it touched, as it is now, or as it was when it is gone. `again`: what stands there now is
    what the step had made (it was done again, or the taking back of it was taken back). `places`: the names of one's
    own places that it touched.
    """

    step: Step
    find: Observation | None
    again: bool
    places: tuple[str, ...] = ()


class ObservationStore(ObservationReader):
    """Finds in a database. Every method may raise what `Database` raises, and leaves the file whole when it does.

    Args:
        database: an open one.
        guide: today's guide, whose names (in every language) and dangers finds are searched and filtered by; without
            it only scientific names are found and nothing has a danger to filter by.
        now: the clock.
        name_place: the name of the place nearest to a latitude and longitude; empty when there is none near.
        copies: whether photos are copied into the library's folder; else they are referenced where they lie.
    """

    def __init__(
        self,
        database: Database,
        guide: Guide | None = None,
        now: Callable[[], datetime] = datetime.now,
        name_place: NamePlace | None = None,
        copies: bool = False,
    ) -> None:
        super().__init__(database)
        self.copies = copies
        self._now = now
        self._derived = Derived(guide, name_place)

    def join_guide(self, guide: Guide, limit: int = 1000) -> int:
        """Use this guide from now on and bring up to `limit` finds up to date with it; returns how many still wait.

        Call it again until it returns 0. Finds that wait are searched by the names of the guide before.
        """
        self._derived.guide = guide
        with self._database.transaction() as connection:
            unplaced = " OR (place = '' AND latitude IS NOT NULL)" if self._derived.name_place else ""
            waiting = f"FROM observation WHERE (joined_guide IS NOT ?{unplaced}) AND deleted_at IS NULL"
            found = connection.execute(f"SELECT id {waiting} LIMIT ?", (guide.version, limit)).fetchall()
            self._derived.write(connection, [row[0] for row in found])
            return int(connection.execute(f"SELECT count(*) {waiting}", (guide.version,)).fetchone()[0])

    def index_missing(self) -> int:
        """Write the words of finds that the search table lacks; returns how many."""
        with self._database.transaction() as connection:
            lacking = connection.execute(
                "SELECT id FROM observation WHERE deleted_at IS NULL AND sort_key NOT IN (SELECT rowid FROM search)"
            ).fetchall()
            self._derived.write(connection, [row[0] for row in lacking])
            return len(lacking)

    def keep_place(self, place: OwnPlace) -> int | None:
        """Keep a place of one's own, in the stead of one of the same name, and call the finds in it so: one step.

        Returns:
            Its number; None when nothing changed.
        """
        return self._change_places(lambda kept: {**kept, place.name: place})

    def rename_place(self, name: str, new: str) -> int | None:
        """Give a place of one's own another name, as one step; returns its number, None when nothing changed.

        Raises:
            FieldGuideError: PLACE_INVALID for an empty name.
        """

        def rename(kept: dict[str, OwnPlace]) -> dict[str, OwnPlace]:
            place = kept.pop(name, None)
            renamed = replace(place, name=new) if place else None
            return {**kept, renamed.name: renamed} if renamed else kept

        return self._change_places(rename)

    def forget_place(self, name: str) -> int | None:
        """Forget a place of one's own, as one step: its finds are called by the nearest town again. As `keep_place`."""
        return self._change_places(lambda kept: {key: place for key, place in kept.items() if key != name})

    def _change_places(self, change: Callable[[dict[str, OwnPlace]], dict[str, OwnPlace]]) -> int | None:
        with self._database.transaction() as connection:
            before = places.read_own(connection)
            after = change({place.name: place for place in before}).values()
            if set(after) == set(before):
                return None
            step = journal.record_step(connection, StepKind.OWN_PLACES, [journal.OWN_PLACES], self._now())
            places.write_own(connection, after)
            self._name_again(connection, before)
            return step

    def _name_again(self, connection: Connection, before: tuple[OwnPlace, ...]) -> tuple[str, ...]:
        """Name anew the finds in places that came, went or moved since `before`; returns the names of these places."""
        other = set(before) ^ set(places.read_own(connection))
        if other:
            self._derived.write(connection, places.finds_around(connection, other))
        return tuple(sorted({place.name for place in other}))

    def keep_filter(self, name: str, state: FilterState) -> dict[str, FilterState]:
        """Keep what is searched by under a name, in the stead of what had it; returns all that are kept. Without a name
        nothing is.
        """
        with self._database.transaction() as connection:
            saved_filters.keep_saved(connection, name, state)
            return saved_filters.read_saved(connection)

    def forget_filter(self, name: str) -> dict[str, FilterState]:
        """Forget a kept filter; returns all that are kept."""
        with self._database.transaction() as connection:
            saved_filters.forget_saved(connection, name)
            return saved_filters.read_saved(connection)

    def bring_back(self, copy: Path) -> Path | None:
        """Put a backup in the place of the library; returns where the finds of before are kept. See `Database`."""
        return self._database.restore(copy)

    def changed_elsewhere(self) -> bool:
        """Whether another program wrote into the library since this was asked last."""
        return self._database.changed_elsewhere()

    def settle(self, place: JobPlace, observation: Observation) -> Settled | None:
        """Store one find of a job, in the same transaction in which it leaves the job; None: it had left already.

        A find whose photos are all in the book is not stored again; one without a readable photo is not stored, and one
        of whose files any is out of reach, as on a card that was pulled, waits on.
        """
        if any(is_out_of_reach(file.path) for file in observation.unreadable):
            return Settled(FindState.WAITING, observation)
        if observation.identification is not None:
            observation = self._kept(observation)
        with self._database.transaction() as connection:
            known = known_in(connection, [photo.sha256 for photo in observation.photos])
            if not observation.photos:
                state, settled = FindState.UNREAD, observation
            elif len(known) == len({photo.sha256 for photo in observation.photos}):
                there = reading.read_observations(connection, [known[observation.photos[0].sha256]])[0]
                state, settled = FindState.KNOWN, there
            elif observation.identification is None:
                return None  # its photos were known when it was looked at, and are not any more: it waits
            else:
                state, settled = FindState.STORED, observation
            if not jobs.mark(connection, place, state, settled.id or None):
                return None
            if state is FindState.STORED:
                settled = self._add(connection, replace(observation, photos=_once(observation.photos)))
                connection.execute(
                    "UPDATE job_find SET observation_id = ? WHERE job_id = ? AND position = ?",
                    (settled.id, place.job, place.position),
                )
            return Settled(state, settled)

    # changed ---------------------------------------------------------------------------------------

    def add(self, observation: Observation) -> Observation:
        """Store a new find at once; returns it with its id."""
        observation = self._kept(observation)
        with self._database.transaction() as connection:
            return self._add(connection, observation)

    def edit(self, numbers: Sequence[int], change: Change) -> int | None:
        """Change the same things of one or several finds, as one step; returns its number, None when nothing changed.

        Raises:
            FieldGuideError: PLACE_INVALID for a place off the globe.
        """
        if change.place is not KEEP and change.place is not None:
            check_place(change.place)
        with self._database.transaction() as connection:
            finds = reading.read_observations(connection, present_in(connection, numbers))
            touched = [find.id for find in finds if differs(find, change)]
            if not touched:
                return None
            step = journal.record_step(connection, kind_of(change), touched, self._now())
            for number in touched:
                write_change(connection, number, change)
            self._derived.write(connection, touched)
            return step

    def tag(self, numbers: Sequence[int], add: Iterable[str] = (), remove: Iterable[str] = ()) -> int | None:
        """Put tags on finds and take others off, as one step; returns its number, None when nothing changed."""
        added, removed = set(add), set(remove)
        with self._database.transaction() as connection:
            finds = reading.read_observations(connection, present_in(connection, numbers))
            wanted = {find.id: (set(find.tags) | added) - removed for find in finds}
            touched = [find.id for find in finds if wanted[find.id] != set(find.tags)]
            if not touched:
                return None
            step = journal.record_step(connection, StepKind.TAGS, touched, self._now())
            for number in touched:
                rows.write_tags(connection, number, wanted[number])
            self._derived.write(connection, touched)
            return step

    def add_identification(self, number: int, said: Identification) -> Observation | None:
        """Show a further answer for a stored find; earlier ones are kept. None when the find is gone."""
        with self._database.transaction() as connection:
            if not present_in(connection, [number]):
                return None
            journal.record_step(connection, StepKind.IDENTIFY, [number], self._now())
            rows.append_identification(connection, number, said)
            return self._derived.write(connection, [number])[0]

    def grow(self, number: int, added: Observation) -> Observation | None:
        """Add the photos of `added` that a find does not hold yet, and show what was said of all of them together.

        Name, notes, tags, date and place stay; what is not given comes from the new photos. None when the find is gone.
        """
        added = self._kept(added)
        with self._database.transaction() as connection:
            find = next(iter(reading.read_observations(connection, present_in(connection, [number]))), None)
            if find is None:
                return None
            journal.record_step(connection, StepKind.GROW, [number], self._now())
            there = {photo.sha256 for photo in find.photos}
            new = [photo for photo in _once(added.photos) if photo.sha256 not in there]
            rows.write_photos(connection, number, new, start=len(find.photos))
            if find.observed_at is None and added.observed_at is not None:
                write_change(connection, number, Change(observed_at=added.observed_at))
            if find.latitude is None and added.latitude is not None and added.longitude is not None:
                write_change(connection, number, Change(place=(added.latitude, added.longitude)))
            if added.identification is not None:
                rows.append_identification(connection, number, added.identification)
            return self._derived.write(connection, [number])[0]

    def delete(self, numbers: Sequence[int]) -> int:
        """Put finds into the bin, as one step; returns how many. Photos on the disk are never touched."""
        return self._put_in_bin(numbers, StepKind.DELETE)

    def restore(self, numbers: Sequence[int]) -> int:
        """Take finds out of the bin, as one step; returns how many."""
        return self._put_in_bin(numbers, StepKind.RESTORE)

    def empty_bin(self, numbers: Sequence[int] | None = None) -> int:
        """Remove what is in the bin (or these of it) for good, with every step that touched it; returns how many."""
        with self._database.transaction() as connection:
            found = connection.execute("SELECT id FROM observation WHERE deleted_at IS NOT NULL").fetchall()
            gone = [row[0] for row in found if numbers is None or row[0] in set(numbers)]
            journal.forget_finds(connection, gone)
            connection.executemany("DELETE FROM observation WHERE id = ?", [(number,) for number in gone])
        remove_spare(self._database)
        return len(gone)

    def find_again(self, folder: Path, should_stop: Callable[[], bool] = lambda: False) -> FoundAgain:
        """Look below a folder for every photo that is no longer where it was: see `originals.find_again`."""
        return find_again(self._database, folder, should_stop)

    def merge(self, numbers: Sequence[int]) -> Observation | None:
        """Several finds become one, under the first one's id (see `regroup.join_finds`); None with fewer than two."""
        with self._database.transaction() as connection:
            present = present_in(connection, numbers)
            if len(present) < 2:
                return None
            journal.record_step(connection, StepKind.MERGE, present, self._now())
            self._derived.drop(connection, present)
            regroup.join_finds(connection, reading.read_observations(connection, present))
            return self._derived.write(connection, present[:1])[0]

    def split(self, number: int, leaving: Sequence[int]) -> tuple[Observation, Observation] | None:
        """The photos at the places `leaving` (from 0) become a find of their own; returns the old and the new one.

        None, and nothing done, when the find is gone or either part would have no photo.
        """
        with self._database.transaction() as connection:
            find = next(iter(reading.read_observations(connection, present_in(connection, [number]))), None)
            places = sorted({place for place in leaving if find is not None and 0 <= place < len(find.photos)})
            if find is None or not places or len(places) == len(find.photos):
                return None
            step = journal.record_step(connection, StepKind.SPLIT, [number], self._now())
            new = regroup.part_find(connection, find, places, self._now())
            journal.record_new(connection, step, new)
            old, parted = self._derived.write(connection, [number, new])
            return old, parted

    # taken back ------------------------------------------------------------------------------------

    def undo(self, only: int | None = None) -> Undone | None:
        """Take back the newest step; None when there is none, or when it is another than `only`."""
        return self._turn(journal.newest_step, journal.undo_step, only, again=False)

    def redo(self, only: int | None = None) -> Undone | None:
        """Do the step again that was taken back last; None when there is none, or when it is another than `only`."""
        return self._turn(journal.next_redo, journal.redo_step, only, again=True)

    def _turn(
        self,
        choose: Callable[[Connection], Step | None],
        turn: Callable[[Connection, Step], None],
        only: int | None,
        *,
        again: bool,
    ) -> Undone | None:
        with self._database.transaction() as connection:
            step = choose(connection)
            if step is None or only not in (None, step.number):
                return None
            before, own = reading.read_observations(connection, step.ids), places.read_own(connection)
            self._derived.drop(connection, step.ids)
            turn(connection, step)
            self._derived.write(connection, step.ids)
            named = self._name_again(connection, own)
            after = reading.read_observations(connection, step.ids)
            return Undone(step, next(iter([*after, *before]), None), again != step.reversed, named)

    # the library -----------------------------------------------------------------------------------

    def library_uuid(self) -> uuid.UUID:
        """What marks this library apart from every other, made once; exported identifiers are built on it."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT uuid FROM library").fetchone()
            if row is None:
                row = (str(uuid.uuid4()),)
                connection.execute("INSERT INTO library VALUES (?)", row)
            return uuid.UUID(row[0])

    def _add(self, connection: Connection, observation: Observation) -> Observation:
        number = rows.insert_observation(connection, observation, self._now())
        return self._derived.write(connection, [number])[0]

    def _kept(self, observation: Observation) -> Observation:
        """The find with its photos where they stay. Before the transaction: copying may take a while."""
        if not self.copies:
            return observation
        with self._database.reading() as connection:
            library = library_folder(connection)
        return replace(observation, photos=tuple(keep_copy(photo, library) for photo in observation.photos))

    def _put_in_bin(self, numbers: Sequence[int], kind: StepKind) -> int:
        deleting = kind is StepKind.DELETE
        with self._database.transaction() as connection:
            touched = present_in(connection, numbers, in_bin=not deleting)
            if touched:
                journal.record_step(connection, kind, touched, self._now())
                moment = self._now().isoformat() if deleting else None
                connection.executemany(
                    "UPDATE observation SET deleted_at = ? WHERE id = ?", [(moment, number) for number in touched]
                )
                self._derived.write(connection, touched)
            return len(touched)


def _once(photos: Iterable[Photo]) -> tuple[Photo, ...]:
    """One and the same content once, under the first of its names."""
    return tuple({photo.sha256: photo for photo in reversed(list(photos))}.values())[::-1]
