"""Read every photo of a folder once: what it is, what it looks like, and its pixels into the cache.

Knows nothing of labels' meaning or of splits. Originals are only read.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import PHOTO_SUFFIXES, find_photos, read_photo
from fieldguide.core.text import text
from trainer.config import DataConfig, refuse
from trainer.data.collect.attribution import ATTRIBUTION
from trainer.data.duplicates import perceptual_hash
from trainer.data.room import create_array
from trainer.data.rows import read_rows, write_rows
from trainer.progress import Progress
from trainer.run_folder import RunFolder

BACKGROUND_FOLDER = "."  # the raw label of photos from `background`
NAMED = 5  # files or folders that a sentence names


@dataclass(frozen=True, slots=True)
class ScannedPhoto:
    """One file. `index` is its row in the cache; `error` is empty or a code; `raw_label` is its folder's name.

    `width` and `height` in pixels (upright); `phash` is the 64-bit perceptual hash in hex; `source` and `observation`
    come from the manifest and are empty without one; `size` is the file's, in bytes (0: it could not be told).
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
    size: int = 0

    @property
    def aspect(self) -> float:
        """Width over height; 1 when unknown."""
        return self.width / self.height if self.height else 1.0


def scan(config: DataConfig, run: RunFolder, progress: Progress, workers: int | None = None) -> list[ScannedPhoto]:
    """Read every photo under `config.folder` (one folder per label) and `config.background` once.

    Writes `scan.csv` and the pixel cache: uint8 RGB [N,S,S,3], the whole picture squeezed to a square of
    `config.cache_size` pixels. A scan of the same files that is already there is used again, with what the manifest
    says of them today. Raises what `list_photos` raises.
    """
    listed = list_photos(config)
    found = read_scan(run.scan) if run.scan.exists() and run.pixels.exists() else []
    if [_identity(p) for p in found] == [_identity(p) for p in listed] and _cache_fits(config, run, len(found)):
        told = [replace(p, source=q.source, observation=q.observation) for p, q in zip(found, listed, strict=True)]
        if told != found:
            write_rows(run.scan, ScannedPhoto, told)
        return told
    for sentence in misplaced(config, listed):
        progress.note(sentence)
    size = config.cache_size
    part = run.pixels.with_name("pixels.part.npy")
    cache = create_array(part, np.uint8, (len(listed), size, size, 3))
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
    """The files of a scan, not yet read, in the order of the cache: by folder, then by name, background last.

    Paths are absolute: lists of photos must mean the same from wherever the next step is called.
    Hidden files and folders are no photos. Without a manifest the attribution of a collected folder serves as one.

    Raises:
        FieldGuideError: DATA_MISSING without a folder or the manifest, FOLDER_WITHOUT_PHOTOS when there is no photo,
            CONFIG_INVALID when the manifest names none of the photos.
    """
    root = Path(config.folder).absolute()
    if not config.folder or not root.is_dir():
        raise FieldGuideError(ErrorCode.DATA_MISSING, folder=config.folder)
    if config.background and not Path(config.background).is_dir():
        raise FieldGuideError(ErrorCode.DATA_MISSING, folder=config.background)
    told = _manifest(config, root)
    folders = sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    files = [(file, folder.name) for folder in folders for file in find_photos([folder])]
    if not files:
        if loose_photos(root):
            raise FieldGuideError(ErrorCode.DATA_ONE_CLASS, folder=config.folder, labels=0)
        raise FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=config.folder)
    names = [file.relative_to(root).as_posix() for file, _ in files]
    if config.background:
        others = find_photos([Path(config.background).absolute()])
        files += [(file, BACKGROUND_FOLDER) for file in others]
        names += [f"{BACKGROUND_FOLDER}/{file.name}" for file in others]
    if config.manifest and not told.keys() & set(names):
        refuse("manifest", text("audit.manifest_of_others", file=config.manifest, folder=config.folder))
    return [
        ScannedPhoto(index, str(file), label, *told.get(name, ("", "")), size=_size(file))
        for index, ((file, label), name) in enumerate(zip(files, names, strict=True))
    ]


def loose_photos(root: Path) -> list[Path]:
    """Photos that lie beside the labels' folders and so belong to none."""
    inside = (path for path in root.iterdir() if not path.name.startswith("."))
    return sorted(path for path in inside if path.suffix.lower() in PHOTO_SUFFIXES and path.is_file())


def misplaced(config: DataConfig, listed: Sequence[ScannedPhoto]) -> list[str]:
    """Sentences on what lies where a person may not expect it: photos beside the labels' folders or deeper inside, and
    folders without photos."""
    root = Path(config.folder).absolute()
    labels = {photo.raw_label for photo in listed}
    folders = (path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = {
        "train.empty_folders": sorted(path.name for path in folders if path.name not in labels),
        "train.loose_photos": [path.name for path in loose_photos(root)],
    }
    told = [text(key, count=len(names), names=", ".join(names[:NAMED])) for key, names in found.items() if names]
    deeper = [p for p in listed if p.raw_label != BACKGROUND_FOLDER and Path(p.file).parent != root / p.raw_label]
    if deeper:
        first = Path(deeper[0].file).parent.relative_to(root)
        told.append(text("audit.deeper", count=len(deeper), folder=first, label=deeper[0].raw_label))
    return told


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


def _identity(photo: ScannedPhoto) -> tuple[str, str, int]:
    """What tells that a file is still the one that was read."""
    return photo.file, photo.raw_label, photo.size


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _manifest(config: DataConfig, root: Path) -> dict[str, tuple[str, str]]:
    """`FOLDER/NAME` to its source and observation, for the files that a manifest tells of."""
    file = Path(config.manifest) if config.manifest else root / ATTRIBUTION
    if not file.is_file():
        if config.manifest:
            raise FieldGuideError(ErrorCode.DATA_MISSING, folder=str(file))
        return {}
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if "file" not in (rows.fieldnames or ()):
            refuse("manifest", text("audit.manifest_without_files", file=file))
        return {row["file"]: (row.get("source") or "", row.get("observation") or "") for row in rows}


def _cache_fits(config: DataConfig, run: RunFolder, count: int) -> bool:
    shape = np.load(run.pixels, mmap_mode="r").shape
    return bool(shape == (count, config.cache_size, config.cache_size, 3))
