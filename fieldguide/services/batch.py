"""One batch of finds in the model's lane: identified one by one, handed out as plain values. Stores no find, no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import DecodedPhoto
from fieldguide.core.records import Observation, Photo
from fieldguide.inference.identify import FindIdentifier
from fieldguide.services.progress import Pace
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.originals import digest_of
from fieldguide.storage.thumbnails import ThumbnailStore, make_thumbnail


@dataclass(frozen=True, slots=True)
class Batch:
    """Finds that were asked for together: the files of each.

    `again`: stored finds that are looked at again. `look_up`: photos that the book holds are not identified.
    """

    number: int
    groups: tuple[tuple[Path, ...], ...]
    again: tuple[Observation, ...] = ()
    look_up: bool = False


@dataclass(frozen=True)
class Preview:
    """A photo was read: its thumbnail."""

    batch: int
    photo: Photo
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Identified:
    """One find is identified, not yet stored. `place` counts the groups of its batch from 0.

    Without an identification: no file could be read, or (with photos) every photo was there before.
    """

    batch: int
    place: int
    observation: Observation


class Worker(Protocol):
    """What the work sees of the lane that it runs in."""

    def stopped(self) -> bool:
        """Whether somebody cancelled."""
        ...

    def tell(self, value: object) -> None:
        """Hand a plain value out of the lane."""
        ...


@dataclass(frozen=True)
class Stores:
    """What the lane looks up, and where thumbnails go."""

    store: ObservationStore
    thumbnails: ThumbnailStore


class BatchWork:
    """Look up, identify, tell."""

    def __init__(self, stores: Stores, batch: Batch, worker: Worker) -> None:
        self._stores = stores
        self._batch = batch
        self._worker = worker
        self._refusals: set[ErrorCode] = set()

    def run(self, identifier: Callable[[], FindIdentifier]) -> None:
        """Identify every find; returns early, after the find at hand, when the worker is stopped."""
        groups = self._batch.groups
        pace = Pace(sum(len(group) for group in groups))
        there = self._looked_up() if self._batch.look_up else {}
        new = [tuple(path for path in group if path not in there) for group in groups]
        places = [place for place, group in enumerate(new) if group]
        if places and not self._worker.stopped():
            found = identifier().identify(
                [new[place] for place in places],
                finds=self._batch.again,
                should_stop=self._worker.stopped,
                on_photo=self._preview,
            )
            for place, observation in zip(places, found, strict=False):
                self._tell(place, observation, pace)
        for place in (place for place, group in enumerate(new) if not group):  # last: some come earlier in this batch
            photos = tuple(Photo(path, there[path], 0, 0) for path in groups[place])
            self._tell(place, Observation(photos), pace)

    def _tell(self, place: int, observation: Observation, pace: Pace) -> None:
        self._worker.tell(Identified(self._batch.number, place, observation))
        self._worker.tell(pace.step(len(self._batch.groups[place])))

    def _looked_up(self) -> dict[Path, str]:
        """Files whose content is in the book already, or comes earlier in this batch, with their digests.

        Only files of a size that is there twice are read for this: what is new is read once, when it is identified.
        """
        paths = [path for group in self._batch.groups for path in group]
        sizes = {path: size for path in paths if (size := _size(path))}
        many = Counter(sizes.values())
        suspect = self._stores.store.known_sizes(sizes.values()) | {size for size, count in many.items() if count > 1}
        digests: dict[Path, str] = {}
        for path, size in sizes.items():
            if self._worker.stopped():
                return {}
            if size in suspect and (digest := digest_of(path)):
                digests[path] = digest
        known = self._stores.store.known_photos(digests.values())
        there: dict[Path, str] = {}
        seen = set(known)
        for path, digest in digests.items():
            if digest in seen:
                there[path] = digest
            seen.add(digest)
        return there

    def _preview(self, decoded: DecodedPhoto) -> None:
        """Runs on the threads that decode."""
        jpeg = make_thumbnail(decoded.pixels)
        self._worker.tell(Preview(self._batch.number, decoded.photo, jpeg))
        try:
            self._stores.thumbnails.add({decoded.photo.sha256: jpeg})
        except FieldGuideError as refused:  # a cache: the photo is identified all the same
            if refused.code not in self._refusals:  # reported once for a batch, not once for each photo
                self._refusals.add(refused.code)
                self._worker.tell(refused)


def _size(path: Path) -> int:
    """Bytes; 0 for what is no readable file."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except (OSError, ValueError):
        return 0
