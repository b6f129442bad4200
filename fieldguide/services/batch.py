"""One batch of finds in the lane of the model: judged, stored one by one, and told as plain values. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import DecodedPhoto
from fieldguide.core.records import Observation, Photo
from fieldguide.services.lanes import Handle
from fieldguide.services.progress import Pace
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.thumbnails import ThumbnailStore, make_thumbnail

if TYPE_CHECKING:  # at run time only in the lane: it imports torch
    from fieldguide.inference.identify import Identifier as Judge


@dataclass(frozen=True, slots=True)
class Batch:
    """Finds that were asked for together: the files of each. `again`: stored finds that are looked at again."""

    number: int
    groups: tuple[tuple[Path, ...], ...]
    again: tuple[Observation, ...] = ()


@dataclass(frozen=True)
class Preview:
    """A photo was read: its thumbnail, and, of the first of its batch alone, the pixels, uint8 [H,W,3] upright RGB."""

    batch: int
    photo: Photo
    jpeg: bytes
    pixels: npt.NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class Identified:
    """One find is judged and stored. `place` counts the groups of its batch from 0.

    The id is 0 when it is not stored: no file could be read, or the disk was full (which the notices told).
    """

    batch: int
    place: int
    observation: Observation


@dataclass(frozen=True)
class Desk:
    """Where the lane puts what it made."""

    store: ObservationStore
    thumbnails: ThumbnailStore


class BatchWork:
    """Judge, store, tell."""

    def __init__(self, desk: Desk, batch: Batch, handle: Handle) -> None:
        self._desk = desk
        self._batch = batch
        self._handle = handle
        self._pixels_told = False
        self._refusals: set[ErrorCode] = set()

    def run(self, judge: Judge) -> None:
        """Judge every find; returns early, after the find at hand, when the handle is stopped."""
        groups = self._batch.groups
        pace = Pace(sum(len(group) for group in groups))
        found = judge.identify(
            groups, finds=self._batch.again, should_stop=self._handle.stopped, on_photo=self._preview
        )
        for place, observation in enumerate(found):
            stored = self._store(place, observation)
            self._handle.tell(Identified(self._batch.number, place, stored))
            self._handle.tell(pace.step(len(groups[place])))

    def _preview(self, decoded: DecodedPhoto) -> None:
        """Runs on the threads that decode."""
        jpeg = make_thumbnail(decoded.pixels)
        first, self._pixels_told = not self._pixels_told, True
        pixels = decoded.pixels if first else None
        self._handle.tell(Preview(self._batch.number, decoded.photo, jpeg, pixels))
        try:
            self._desk.thumbnails.add({decoded.photo.sha256: jpeg})
        except FieldGuideError as refused:  # a cache: the photo is judged all the same
            self._tell_once(refused)

    def _store(self, place: int, observation: Observation) -> Observation:
        """The stored find; as it came when it cannot be stored: a full disk must not hide a danger."""
        said = observation.identification
        if said is None:
            return observation
        try:
            if not self._batch.again:
                return self._desk.store.add(observation)
            return self._desk.store.add_identification(self._batch.again[place].id, said) or observation
        except FieldGuideError as refused:
            self._tell_once(refused)
            return observation

    def _tell_once(self, refused: FieldGuideError) -> None:
        """A full disk is told once for a batch, not once for each photo."""
        if refused.code not in self._refusals:
            self._refusals.add(refused.code)
            self._handle.tell(refused)
