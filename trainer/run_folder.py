"""The run folder: everything that one training run made, by name. Any step can be run again from it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from fieldguide.core.atomic import write_whole
from fieldguide.core.bounded import read_file
from fieldguide.core.errors import ErrorCode, FieldGuideError

Kind = TypeVar("Kind")

MOST_BYTES = 2**30  # of a text in a run folder: the scan of a million photos has half of it


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths inside one run folder; creating the object creates nothing."""

    root: Path

    @property
    def config(self) -> Path:
        """Every option of the run."""
        return self.root / "config.toml"

    @property
    def scan(self) -> Path:
        """One line per file found, with what reading it found."""
        return self.root / "scan.csv"

    @property
    def elsewhere(self) -> Path:
        """The same of the photos by other people, which are not used for training."""
        return self.root / "elsewhere.csv"

    @property
    def audit(self) -> Path:
        """Photos that were left out or trained with care, and why."""
        return self.root / "audit.csv"

    @property
    def cuts(self) -> Path:
        """Pairs of photos of which one is cut out of the other."""
        return self.root / "cuts.json"

    @property
    def quarantine(self) -> Path:
        """Files that a person decided to keep out."""
        return self.root / "quarantine.csv"

    @property
    def split(self) -> Path:
        """Which photo teaches, which measures: frozen once written."""
        return self.root / "split.csv"

    @property
    def labels(self) -> Path:
        """The model's labels and how folder names became them."""
        return self.root / "labels.json"

    @property
    def pixels(self) -> Path:
        """The decoded photos, uint8 [N,S,S,3], numpy memory map."""
        return self.root / "cache" / "pixels.npy"

    @property
    def features(self) -> Path:
        """Features of the photos that teach, until a head is fitted on them."""
        return self.root / "cache" / "features.npy"

    @property
    def checkpoints(self) -> Path:
        """`last.pt` and `best.pt`."""
        return self.root / "checkpoints"

    @property
    def predictions(self) -> Path:
        """Outputs of the exported bundle per split."""
        return self.root / "predictions"

    @property
    def bundle(self) -> Path:
        """The exported model file."""
        return self.root / "model.fieldguide"

    @property
    def exported(self) -> Path:
        """The network as it was exported, until it is measured and becomes a model file."""
        return self.root / "uncalibrated.fieldguide"

    @property
    def metrics(self) -> Path:
        """Every number of the report."""
        return self.root / "metrics.json"

    @property
    def report(self) -> Path:
        """The report for people."""
        return self.root / "report.html"

    @property
    def curves(self) -> Path:
        """What TensorBoard shows, when a run writes it."""
        return self.root / "tensorboard"

    @property
    def log(self) -> Path:
        """One JSON object per epoch."""
        return self.root / "log.jsonl"

    def finished(self) -> Path:
        """The exported model file. Raises FieldGuideError(DATA_MISSING): no run wrote one here."""
        if not self.bundle.is_file():
            raise FieldGuideError(ErrorCode.DATA_MISSING, folder=str(self.bundle))
        return self.bundle

    def create(self) -> RunFolder:
        """Make the folders; returns itself."""
        for folder in (self.root, self.pixels.parent, self.checkpoints, self.predictions):
            folder.mkdir(parents=True, exist_ok=True)
        return self


def write_json(file: Path, content: Any) -> None:
    """Write JSON so that a crash leaves the old file or the new one, never half."""
    write_whole(file, json.dumps(content, indent=1, ensure_ascii=False))


def read_json(file: Path, kind: type[Kind]) -> Kind:
    """What `write_json` wrote, checked to be a `kind` (a dataclass, or what msgspec knows else).

    Raises:
        ValueError: it was cut off, or another program wrote it. OSError: it cannot be read.
    """
    return _decoded(read_file(file, MOST_BYTES), kind)


def read_lines(file: Path, kind: type[Kind]) -> list[Kind]:
    """The lines of a log that hold a `kind`, in order; none without one. What a crash cut off is left out."""
    found = []
    lines = b""
    with suppress(OSError, ValueError):
        lines = read_file(file, MOST_BYTES)
    for line in lines.splitlines():
        with suppress(ValueError):
            found.append(_decoded(line, kind))
    return found


def _decoded(data: bytes, kind: type[Kind]) -> Kind:
    try:
        return msgspec.convert(json.loads(data), kind)  # not msgspec's own reader: an unstable network writes NaN
    except (ValueError, RecursionError, msgspec.ValidationError) as damage:
        raise ValueError(damage) from damage


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """While one process trains in a folder, no other does: two would write each other's checkpoints.

    The system gives the lock back when a process ends, however it ends.

    Raises:
        FieldGuideError: RUN_BUSY with `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+b") as lock:
        try:
            _lock(lock.fileno())
        except OSError as taken:
            raise FieldGuideError(ErrorCode.RUN_BUSY, folder=str(folder)) from taken
        yield


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
