"""A pipe takes a file's place between the look at it and its opening: no door waits for whoever writes into it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from fieldguide.core.bundle import read_bundle, read_manifest
from fieldguide.core.edited import read_text
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_header, read_photo
from fieldguide.core.training.decisions import Decisions
from fieldguide.storage.guides import _read_tables
from fieldguide.storage.originals import digest_of
from tests.helpers.swapped import swapped
from trainer.data.audit.findings import read_audit, read_quarantine
from trainer.data.memmap import open_array
from trainer.data.scan import read_scan
from trainer.evaluation.document import Metrics, read
from trainer.fit.checkpoint import load
from trainer.run_folder import read_json, read_lines

DOORS: dict[str, Callable[[Path], object]] = {
    "photo": lambda file: read_photo(file, 64),
    "header": read_header,
    "bundle": read_bundle,
    "manifest of a bundle": read_manifest,
    "text": read_text,
    "guide": _read_tables,
    "copy of a photo": digest_of,
    "decisions": Decisions,
    "audit": read_audit,
    "quarantine": read_quarantine,
    "scan": read_scan,
    "pixels": open_array,
    "metrics": lambda file: read(file, Metrics),
    "checkpoint": load,
    "json": lambda file: read_json(file, dict),
    "log": lambda file: read_lines(file, dict),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes among files on this system")
@pytest.mark.parametrize("door", DOORS)
def test_a_pipe_in_a_files_place_is_not_waited_for(door: str, tmp_path: Path) -> None:
    file = tmp_path / "species.csv"
    np.save(tmp_path / "array.npy", np.zeros(1))
    (tmp_path / "array.npy").rename(file)
    waited: list[bool] = []

    def wake() -> None:  # who waits is woken, and the test fails
        with suppress(OSError):
            os.close(os.open(file, os.O_WRONLY | os.O_NONBLOCK))
            waited.append(True)

    timer = threading.Timer(2.0, wake)
    timer.start()
    try:
        with swapped(file, lambda: os.mkfifo(file)), suppress(FieldGuideError, OSError, ValueError):
            DOORS[door](file)
    finally:
        timer.cancel()
        timer.join()
    assert file.is_fifo(), "nothing was written in its place"
    assert not waited
