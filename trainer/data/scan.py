"""Read every photo of the folders once: what it is, what it looks like, and its pixels into the cache.

Knows nothing of labels' meaning or of splits. Originals are only read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import PHOTO_SUFFIXES, find_photos, read_photo
from fieldguide.core.photo.folders import is_folder, is_left_behind
from fieldguide.core.taxonomy import clean_name
from fieldguide.core.text import text
from trainer.config import DataConfig, refuse
from trainer.data.duplicates import hashes_of_copies, perceptual_hash
from trainer.data.manifest import FORMERLY, Manifest, PhotoLine, open_manifests
from trainer.data.memmap import create_array, open_array
from trainer.data.rows import read_rows, write_rows
from trainer.progress import Progress
from trainer.run_folder import RunFolder

BACKGROUND_FOLDER = "."  # the raw label of photos from `background`
NAMED = 5  # files or folders that a sentence names
HASH_SIDE = 64  # pixels of the short side that a picture is decoded at for its hash alone


@dataclass(frozen=True, slots=True)
class ScannedPhoto:
    """One file. `index` is its row in the cache; `error` is empty or a code.

    `raw_label` is its folder's name, or the manifest's label where that is another name; `source`, `find`, `person` and
    `date` come from the manifest and are empty without one. `width` and `height` in pixels (upright);
    `size` is the file's, in bytes (0: it could not be read). `phash` is the 64-bit perceptual hash in hex, `mirrored`
    that of the mirrored picture, and `cropped` those of the picture without some of each edge (`duplicates.CROPS`).
    """

    index: int
    file: str
    raw_label: str
    source: str = ""
    find: str = ""
    sha256: str = ""
    phash: str = ""
    width: int = 0
    height: int = 0
    error: str = ""
    size: int = 0
    mirrored: str = ""
    cropped: str = ""
    person: str = ""
    date: str = ""

    @property
    def aspect(self) -> float:
        """Width over height; 1 when unknown."""
        return self.width / self.height if self.height else 1.0

    @property
    def year(self) -> str:
        """The four digits that its date begins with; empty when not known."""
        return self.date[:4] if self.date[:4].isdigit() and len(self.date) >= 4 else ""

    @property
    def find_key(self) -> str:
        """What photos of one find share; empty when the find is not known."""
        return f"{self.source}:{self.find}" if self.find else ""


def scan(config: DataConfig, run: RunFolder, progress: Progress, workers: int | None = None) -> list[ScannedPhoto]:
    """Read every photo under `config.folders` (one folder per label) and `config.background` once.

    Writes `scan.csv` and the pixel cache: uint8 RGB [N,S,S,3], the whole picture squeezed to a square of
    `config.cache_size` pixels. A scan of the same files that is already there is used again, with what the manifest
    says of them today. Raises what `list_photos` raises.
    """
    listed = list_photos(config)
    found = known_scan(run)
    if [_identity(p) for p in found] == [_identity(p) for p in listed] and _cache_fits(config, run, len(found)):
        updated = as_listed(found, listed)
        if updated != found:
            write_rows(run.scan, ScannedPhoto, updated)
        return updated
    for sentence in misplaced(config, listed):
        progress.note(sentence)
    size = config.cache_size
    part = run.pixels.with_name("pixels.part.npy")
    scanned: list[ScannedPhoto] = []
    try:
        cache = create_array(part, np.uint8, (len(listed), size, size, 3))
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            for photo, pixels in _in_order(pool, listed, size):
                if pixels is not None:
                    cache[photo.index] = pixels
                scanned.append(photo)
                progress.advance(len(scanned), len(listed), photo.file if photo.error else "")
        cache.flush()
        refuse_missing(config)  # pulled out meanwhile, a card leaves photos that only seem to be unreadable
        part.replace(run.pixels)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    write_rows(run.scan, ScannedPhoto, scanned)
    return scanned


def scan_hashes(listed: list[ScannedPhoto], file: Path, progress: Progress) -> list[ScannedPhoto]:
    """Read photos that nothing learns from: their facts without pixels, written to `file` and used again from there."""
    found = _read_known(file)
    if [_identity(photo) for photo in found] == [_identity(photo) for photo in listed]:
        updated = as_listed(found, listed)
    else:
        updated = []
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for photo, _ in _in_order(pool, listed, HASH_SIDE):
                updated.append(photo)
                progress.advance(len(updated), len(listed), photo.file if photo.error else "")
    if updated != found:
        write_rows(file, ScannedPhoto, updated)
    return updated


def list_photos(config: DataConfig) -> list[ScannedPhoto]:
    """The files of a scan, not yet read, in the order of the cache: by folder, then by name, background last.

    Paths are absolute: lists of photos must mean the same from wherever the next step is called.
    Hidden files and folders are no photos. A photo beside the labels' folders counts when the manifest names its label.

    Raises:
        FieldGuideError: DATA_MISSING for a folder or a manifest that is not there, FOLDER_WITHOUT_PHOTOS without a
            photo, CONFIG_INVALID without a folder, or when a manifest names none of the photos or cannot be understood.
    """
    roots = _roots(config)
    found: list[ScannedPhoto] = []
    for root, manifest in zip(roots, open_manifests(roots, config.manifests), strict=True):
        inside = list(_labelled(root, manifest))
        if not inside:
            if loose_photos(root):
                raise FieldGuideError(ErrorCode.DATA_ONE_CLASS, folder=str(root), labels=0)
            raise FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=str(root))
        if manifest.lines and not any(_name(root, photo.file) in manifest.lines for photo in inside):
            refuse("manifest", text("audit.manifest_of_others", file=manifest.file, folder=root))
        found += inside
    if len({photo.file for photo in found}) < len(found):
        refuse("folders", text("train.folder_twice", folders=", ".join(config.folders)))
    if config.background:
        if not is_folder(Path(config.background)):
            raise FieldGuideError(ErrorCode.DATA_MISSING, folder=config.background)
        others = find_photos([Path(config.background).absolute()])
        found += [ScannedPhoto(0, str(file), BACKGROUND_FOLDER, size=_size(file)) for file in others]
    return [replace(photo, index=index) for index, photo in enumerate(found)]


def loose_photos(root: Path) -> list[Path]:
    """Photos that lie beside the labels' folders and so belong to none."""
    return sorted(path for path in _inside(root) if path.suffix.lower() in PHOTO_SUFFIXES and not is_folder(path))


def misplaced(config: DataConfig, listed: Sequence[ScannedPhoto]) -> list[str]:
    """Sentences on what lies where a person may not expect it: photos beside the labels' folders or deeper inside,
    folders without photos, photos that a manifest names and that are not there, and columns that nobody reads."""
    found: dict[str, list[str]] = {"train.empty_folders": [], "train.loose_photos": []}
    sentences: list[str] = []
    files = {photo.file for photo in listed}
    roots = _roots(config)
    for root, manifest in zip(roots, open_manifests(roots, config.manifests), strict=True):
        inside = [Path(file).relative_to(root) for file in files if Path(file).is_relative_to(root)]
        full = {path.parts[0] for path in inside}
        found["train.empty_folders"] += [path.name for path in _label_folders(root) if path.name not in full]
        found["train.loose_photos"] += [path.name for path in loose_photos(root) if path.name not in full]
        deeper = sorted(path for path in inside if len(path.parts) > 2)
        if deeper:
            facts = {"count": len(deeper), "folder": deeper[0].parent, "label": deeper[0].parts[0]}
            sentences.append(text("audit.deeper", **facts))
        gone = sorted(manifest.lines.keys() - {path.as_posix() for path in inside})
        if gone:
            facts = {"file": manifest.file, "count": len(gone), "names": ", ".join(gone[:NAMED])}
            sentences.append(text("audit.manifest_gone", **facts))
        if manifest.unused:
            sentences.append(text("audit.manifest_unused", file=manifest.file, columns=", ".join(manifest.unused)))
    return [text(key, count=len(n), names=", ".join(n[:NAMED])) for key, n in found.items() if n] + sentences


def read_scan(file: Path) -> list[ScannedPhoto]:
    """The rows of an earlier scan. Raises ValueError when the file was cut off."""
    return read_rows(file, ScannedPhoto, FORMERLY)


def known_scan(run: RunFolder) -> list[ScannedPhoto]:
    """The rows of the scan that a run folder holds; none when there is none, or when it or its pixels were cut off."""
    found = _read_known(run.scan)
    try:
        return found if open_array(run.pixels).shape[:1] == (len(found),) else []
    except (OSError, ValueError):
        return []


def as_listed(found: Sequence[ScannedPhoto], listed: Sequence[ScannedPhoto]) -> list[ScannedPhoto]:
    """Photos as they were read, with what folders and manifests say of them now."""
    from_list = ("index", "raw_label", "source", "find", "person", "date")
    return [
        replace(old, **{name: getattr(now, name) for name in from_list}) for old, now in zip(found, listed, strict=True)
    ]


def refuse_missing(config: DataConfig) -> None:
    """Raises FieldGuideError(DATA_MISSING) when a folder of photos is not there, or not any more."""
    for folder in (*config.folders, *config.elsewhere, *filter(None, [config.background])):
        if not is_folder(Path(folder)):
            raise FieldGuideError(ErrorCode.DATA_MISSING, folder=folder)


def is_elsewhere(photo: ScannedPhoto, config: DataConfig) -> bool:
    """Whether its source, the person who took it, or its year was set apart, so that it teaches nothing."""
    return (
        (bool(photo.source) and photo.source in config.elsewhere_sources)
        or (bool(photo.person) and photo.person in config.elsewhere_people)
        or (bool(photo.year) and photo.year in config.elsewhere_years)
    )


def _roots(config: DataConfig) -> list[Path]:
    """Absolute paths of the folders. Raises FieldGuideError(CONFIG_INVALID) without any, DATA_MISSING for one that is
    none."""
    if not any(config.folders):
        refuse("folders", text("train.no_folders"))
    roots = [Path(folder).absolute() for folder in config.folders]
    missing = [folder for folder, root in zip(config.folders, roots, strict=True) if not folder or not is_folder(root)]
    if missing:
        raise FieldGuideError(ErrorCode.DATA_MISSING, folder=", ".join(missing))
    return roots


def _label_folders(root: Path) -> list[Path]:
    return sorted(path for path in _inside(root) if is_folder(path))


def _inside(root: Path) -> list[Path]:
    """What lies in a folder and may be a photo or a label. Raises FieldGuideError(FOLDER_UNREADABLE)."""
    try:
        return [path for path in root.iterdir() if not is_left_behind(path.name)]
    except OSError as problem:
        raise FieldGuideError(ErrorCode.FOLDER_UNREADABLE, file=str(root)) from problem


def _labelled(root: Path, manifest: Manifest) -> Iterator[ScannedPhoto]:
    """The photos of one folder with a label: their folder's, unless the manifest gives another."""
    for folder in _label_folders(root):
        for file in find_photos([folder]):
            yield _listed(file, folder.name, manifest.lines.get(_name(root, str(file)), PhotoLine()))
    for file in loose_photos(root):
        line = manifest.lines.get(file.name, PhotoLine())
        if line.label:
            yield _listed(file, "", line)


def _listed(file: Path, folder: str, line: PhotoLine) -> ScannedPhoto:
    label = line.label if line.label and clean_name(line.label) != clean_name(folder) else folder
    return ScannedPhoto(
        0, str(file), label, line.source, line.find, size=_size(file), person=line.person, date=line.date
    )


def _name(root: Path, file: str) -> str:
    return Path(file).relative_to(root).as_posix()


def _read_known(file: Path) -> list[ScannedPhoto]:
    try:
        return read_scan(file)
    except (OSError, ValueError):
        return []


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
    mirrored, cropped = hashes_of_copies(gray)
    facts = {
        "sha256": photo.sha256,
        "phash": f"{perceptual_hash(gray):016x}",
        "mirrored": f"{mirrored:016x}",
        "cropped": " ".join(f"{code:016x}" for code in cropped),
        "width": photo.width,
        "height": photo.height,
    }
    squeezed = picture.resize((size, size), Image.Resampling.BICUBIC)
    return ScannedPhoto(**known | facts), np.asarray(squeezed)


def _identity(photo: ScannedPhoto) -> tuple[str, int]:
    """What tells that a file is still the one that was read."""
    return photo.file, photo.size


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _cache_fits(config: DataConfig, run: RunFolder, count: int) -> bool:
    pixels = open_array(run.pixels)
    return bool(pixels.dtype == np.uint8 and pixels.shape == (count, config.cache_size, config.cache_size, 3))
