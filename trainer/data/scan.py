"""Read every photo of a folder once: what it is, what it looks like, and its pixels into the cache.

Knows nothing of labels' meaning or of splits. Originals are only read.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import PHOTO_SUFFIXES, read_photo
from trainer.config import DataConfig
from trainer.data.duplicates import perceptual_hash
from trainer.data.rows import read_rows, write_rows
from trainer.progress import Progress
from trainer.run_folder import RunFolder

BACKGROUND_FOLDER = "."  # the raw label of photos from `background`


@dataclass(frozen=True, slots=True)
class ScannedPhoto:
    """One file. `index` is its row in the cache; `error` is empty or a code; `raw_label` is its folder's name.

    `width` and `height` in pixels (upright); `phash` is the 64-bit perceptual hash in hex; `source` and `observation`
    come from the manifest and are empty without one.
    """

    index: int
    file: str
    raw_label: str
    source: str = ""
    observation: str = ""
    sha256: str = ""
    phash: str = ""
    width: int = 0
    height: int = 0
    error: str = ""

    @property
    def aspect(self) -> float:
        """Width over height; 1 when unknown."""
        return self.width / self.height if self.height else 1.0


def scan(config: DataConfig, run: RunFolder, progress: Progress, workers: int | None = None) -> list[ScannedPhoto]:
    """Read every photo under `config.folder` (one folder per label) and `config.background` once.

    Writes `scan.csv` and the pixel cache: uint8 RGB [N,S,S,3], the whole picture squeezed to a square of
    `config.cache_size` pixels. A scan of the same files that is already there is used again.

    Raises:
        FieldGuideError: DATA_MISSING without the folder, FOLDER_WITHOUT_PHOTOS when it holds no photo.
    """
    listed = list_photos(config)
    found = read_scan(run.scan) if run.scan.exists() and run.pixels.exists() else []
    if [(p.file, p.raw_label) for p in found] == [(p.file, p.raw_label) for p in listed] and _cache_fits(
        config, run, len(found)
    ):
        return found
    size = config.cache_size
    part = run.pixels.with_name("pixels.part.npy")
    cache = np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=(len(listed), size, size, 3))
    scanned: list[ScannedPhoto] = []
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for photo, pixels in _in_order(pool, listed, size):
            if pixels is not None:
                cache[photo.index] = pixels
            scanned.append(photo)
            progress.advance(len(scanned), len(listed), photo.file if photo.error else "")
    cache.flush()
    part.replace(run.pixels)
    write_rows(run.scan, ScannedPhoto, scanned)
    return scanned


def list_photos(config: DataConfig) -> list[ScannedPhoto]:
    """The files of a scan, not yet read, in the order of the cache: by folder, then by name, background last."""
    root = Path(config.folder)
    if not config.folder or not root.is_dir():
        raise FieldGuideError(ErrorCode.DATA_MISSING, folder=config.folder)
    if config.background and not Path(config.background).is_dir():
        raise FieldGuideError(ErrorCode.DATA_MISSING, folder=config.background)
    told = _manifest(Path(config.manifest)) if config.manifest else {}
    files = [
        (file, folder.name) for folder in sorted(p for p in root.iterdir() if p.is_dir()) for file in _photos(folder)
    ]
    if not files:
        raise FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=config.folder)
    if config.background:
        files += [(file, BACKGROUND_FOLDER) for file in _photos(Path(config.background))]
    return [
        ScannedPhoto(index, str(file), label, *told.get(f"{label}/{file.name}", ("", "")))
        for index, (file, label) in enumerate(files)
    ]


def read_scan(file: Path) -> list[ScannedPhoto]:
    """The rows of an earlier scan."""
    return read_rows(file, ScannedPhoto)


Read = tuple[ScannedPhoto, npt.NDArray[np.uint8] | None]


def _in_order(pool: ThreadPoolExecutor, listed: list[ScannedPhoto], size: int) -> Iterator[Read]:
    """Results in the order of the list with at most 256 photos in memory."""
    waiting = iter(listed)
    queue: list[Future[Read]] = [pool.submit(_read, photo, size) for photo in islice(waiting, 256)]
    while queue:
        done = queue.pop(0).result()
        queue.extend(pool.submit(_read, photo, size) for photo in islice(waiting, 1))
        yield done


def _read(listed: ScannedPhoto, size: int) -> Read:
    known = asdict(listed)
    try:
        decoded = read_photo(Path(listed.file), size)
    except FieldGuideError as error:
        return ScannedPhoto(**known | {"error": error.code.value}), None
    photo = decoded.photo
    picture = Image.fromarray(decoded.pixels)
    gray = np.asarray(picture.convert("L"))
    facts = {
        "sha256": photo.sha256,
        "phash": f"{perceptual_hash(gray):016x}",
        "width": photo.width,
        "height": photo.height,
    }
    squeezed = picture.resize((size, size), Image.Resampling.BICUBIC)
    return ScannedPhoto(**known | facts), np.asarray(squeezed)


def _photos(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in PHOTO_SUFFIXES and p.is_file())


def _manifest(file: Path) -> dict[str, tuple[str, str]]:
    """`folder/name` to its source and observation, for the files that the manifest tells of."""
    if not file.is_file():
        raise FieldGuideError(ErrorCode.DATA_MISSING, folder=str(file))
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["file"]: (row.get("source") or "", row.get("observation") or "") for row in csv.DictReader(stream)}


def _cache_fits(config: DataConfig, run: RunFolder, count: int) -> bool:
    shape = np.load(run.pixels, mmap_mode="r").shape
    return bool(shape == (count, config.cache_size, config.cache_size, 3))
