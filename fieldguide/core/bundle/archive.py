"""A bundle as a file: one TorchScript archive (a zip) with extra files, opened without torch and without trust.

Refuses what is damaged, too large, tricky or contradictory before anything of it is given to torch. What its program
may do is looked at in `fieldguide.inference.operators`.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fieldguide.core.bundle.manifest import SCHEMA, Manifest, contradiction
from fieldguide.core.errors import ErrorCode, FieldGuideError

__all__ = [
    "BUNDLE_SUFFIX",
    "SCHEMA",
    "BundleFile",
    "Golden",
    "Manifest",
    "bundle_digest",
    "inspect_archive",
    "read_bundle",
    "read_manifest",
    "read_program",
]

BUNDLE_SUFFIX = ".fieldguide"
MAX_FILE_BYTES = 512 * 2**20
MAX_UNPACKED_BYTES = 1024 * 2**20
MAX_RATIO = 100  # torch stores its files unpacked (ratio 1); text packs 10:1, only a bomb packs 1000:1
MAX_ENTRIES = 20_000
MAX_MANIFEST_BYTES = 64 * 2**20

# All that torch writes today. Older layouts (`model.json`, `attributes.pkl`) would be read by another, laxer loader.
_KNOWN = {"data.pkl", "constants.pkl", "version", "byteorder", "data", "constants", "code", "extra"}
_ENCRYPTED = 0x1
_SYMLINK = 0xA000


@dataclass(frozen=True)
class Golden:
    """A few inputs with the answers that the module gave when it was exported.

    `images` uint8 [K,3,S,S], `logits` float32 [K,C], `embedding` float32 [K,D]; K at least 1, all finite.
    """

    images: npt.NDArray[np.uint8]
    logits: npt.NDArray[np.float32]
    embedding: npt.NDArray[np.float32]


@dataclass(frozen=True)
class BundleFile:
    """One bundle, read once and checked, so that what was checked is what is used.

    `data` is the whole file, `digest` its SHA-256 in lower-case hex, `folder` the archive's own top folder.
    """

    path: Path
    data: bytes
    digest: str
    folder: str
    manifest: Manifest

    def extra(self, name: str) -> bytes | None:
        """The bytes of one extra file, for example `card.md`; None when the bundle has none of that name."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            entry = f"{self.folder}/extra/{name}"
            return archive.read(entry) if entry in archive.namelist() else None

    def program(self) -> dict[str, str]:
        """The TorchScript source files by their path inside the archive."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            names = [name for name in archive.namelist() if name.startswith(f"{self.folder}/code/")]
            return {name: archive.read(name).decode("utf-8", "replace") for name in names if name.endswith(".py")}

    def arrays(self, name: str) -> dict[str, npt.NDArray[np.generic]]:
        """The arrays of an extra `.npz` by their names; empty when there is none.

        Raises:
            FieldGuideError: BUNDLE_DAMAGED, BUNDLE_TOO_LARGE or BUNDLE_UNSAFE (it is an archive itself).
        """
        packed = self.extra(name)
        if packed is None:
            return {}
        with _naming(self.path.name), zipfile.ZipFile(io.BytesIO(packed)) as archive:
            _refuse_sizes(archive.infolist(), self.path.name)
        with _naming(self.path.name), np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}

    def golden(self) -> Golden:
        """The golden samples, their shapes checked against the manifest.

        Raises:
            FieldGuideError: BUNDLE_CONTRADICTORY when they are missing or do not fit.
        """
        arrays = self.arrays("golden.npz")
        images, logits, embedding = (arrays.get(key) for key in ("images", "logits", "embedding"))
        if images is None or logits is None or embedding is None:
            raise contradiction("golden.npz is missing or lacks an array")
        size, count = self.manifest.input.size, len(images)
        if images.dtype != np.uint8 or images.shape != (count, 3, size, size) or count == 0:
            raise contradiction(f"golden images are {images.dtype} {images.shape}, the input is {size} pixels")
        if logits.shape != (count, len(self.manifest.labels)):
            raise contradiction(f"golden logits are {logits.shape} for {len(self.manifest.labels)} labels")
        if embedding.ndim != 2 or len(embedding) != count:
            raise contradiction(f"golden embeddings are {embedding.shape}")
        outputs = [values.astype(np.float32) for values in (logits, embedding)]
        if not all(np.isfinite(values).all() for values in outputs):
            raise contradiction("golden answers are not finite")
        return Golden(images.astype(np.uint8), outputs[0], outputs[1])


def bundle_digest(path: Path) -> str:
    """SHA-256 over the whole file, lower-case hex.

    Raises:
        FieldGuideError: BUNDLE_MISSING.
    """
    with _naming(path.name), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(path: Path) -> Manifest:
    """The manifest alone, after the same checks of the archive; quick, the weights are not read.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes, always with the fact `file`.
    """
    _check_file(path)
    with _naming(path.name), path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        return _manifest(archive, inspect_archive(archive, path.name))


def read_bundle(path: Path) -> BundleFile:
    """The whole bundle in memory, every byte checked against the archive's checksums.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes, always with the fact `file`.
    """
    _check_file(path)
    with _naming(path.name):
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            folder = inspect_archive(archive, path.name)
            manifest = _manifest(archive, folder)
            if archive.testzip() is not None:
                raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=path.name)
    return BundleFile(path, data, hashlib.sha256(data).hexdigest(), folder, manifest)


def read_program(path: Path, manifest: Manifest) -> BundleFile:
    """A TorchScript archive of somebody else's, after the same checks, with the manifest that it shall get.

    The pictures that a traced program was made with, which torch keeps inside, are left out: nothing reads them.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes, always with the fact `file`.
    """
    _check_file(path)
    with _naming(path.name):
        data = _without_traced_inputs(path.read_bytes(), path.name)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            folder = inspect_archive(archive, path.name)
    return BundleFile(path, data, hashlib.sha256(data).hexdigest(), folder, manifest)


def inspect_archive(archive: zipfile.ZipFile, file: str) -> str:
    """Refuse an archive that is too large, tricky or no TorchScript; give the name of its top folder.

    Raises:
        FieldGuideError: BUNDLE_TOO_LARGE, BUNDLE_UNSAFE or BUNDLE_CONTRADICTORY.
    """
    entries = archive.infolist()
    if min((entry.header_offset for entry in entries), default=0) != 0:
        # Something stands before the archive: a trick, or a cut bundle whose golden.npz (a zip itself) is taken for it.
        raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=file)
    _refuse_sizes(entries, file)
    _refuse_tricks(entries, file)
    folders = {entry.filename.split("/", 1)[0] for entry in entries}
    folder = folders.pop() if len(folders) == 1 else ""
    names = {entry.filename for entry in entries}
    if not {f"{folder}/{name}" for name in ("data.pkl", "constants.pkl", "version")} <= names:
        raise contradiction("it is no TorchScript archive")
    for name in names:
        inside = name.split("/")[1]
        if inside not in _KNOWN and not inside.startswith("."):
            raise FieldGuideError(ErrorCode.BUNDLE_UNSAFE, file=file, problem=f"a file named {name!r:.60}")
    return folder


def _without_traced_inputs(data: bytes, file: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(kept, "w") as written:
        _refuse_sizes(archive.infolist(), file)
        _refuse_tricks(archive.infolist(), file)
        for entry in archive.infolist():
            if not entry.filename.partition("/")[2].startswith("traced_inputs"):
                written.writestr(entry.filename, archive.read(entry), entry.compress_type)
    return kept.getvalue()


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise FieldGuideError(ErrorCode.BUNDLE_MISSING, file=path.name)
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise _too_large(path.name, size, MAX_FILE_BYTES)


def _manifest(archive: zipfile.ZipFile, folder: str) -> Manifest:
    entry = f"{folder}/extra/manifest.json"
    if entry not in archive.namelist():
        raise contradiction("manifest.json is missing")
    if archive.getinfo(entry).file_size > MAX_MANIFEST_BYTES:
        raise contradiction("manifest.json is too long")
    return Manifest.from_json(archive.read(entry))


def _refuse_sizes(entries: list[zipfile.ZipInfo], file: str) -> None:
    """Bound what the archive says it unpacks to (the reader stops there, whatever it really holds)."""
    if len(entries) > MAX_ENTRIES:
        raise FieldGuideError(ErrorCode.BUNDLE_UNSAFE, file=file, problem=f"{len(entries)} files inside")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        raise _too_large(file, unpacked, MAX_UNPACKED_BYTES)
    for entry in entries:
        if entry.file_size > 2**20 and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise FieldGuideError(
                ErrorCode.BUNDLE_UNSAFE, file=file, problem=f"{entry.filename:.60} is packed too well"
            )


def _refuse_tricks(entries: list[zipfile.ZipInfo], file: str) -> None:
    """Names that leave the archive, stand twice (two readers may take different ones), hide, or point elsewhere."""
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        parts = name.split("/")
        odd = "\\" in name or ":" in name or not name.isprintable() or entry.orig_filename != name
        if odd or name.startswith("/") or ".." in parts or name.lower() in seen:
            raise FieldGuideError(ErrorCode.BUNDLE_UNSAFE, file=file, problem=f"a file named {name!r:.60}")
        if entry.flag_bits & _ENCRYPTED or (entry.external_attr >> 16) & 0xF000 == _SYMLINK:
            raise FieldGuideError(ErrorCode.BUNDLE_UNSAFE, file=file, problem=f"{name:.60} is a link or locked")
        seen.add(name.lower())


def _too_large(file: str, size: int, limit: int) -> FieldGuideError:
    facts = {"size": f"{size // 2**20} MB", "limit": f"{limit // 2**20} MB"}
    return FieldGuideError(ErrorCode.BUNDLE_TOO_LARGE, file=file, **facts)


@contextmanager
def _naming(file: str) -> Iterator[None]:
    """Turn what the readers raise into coded errors that name the file."""
    try:
        yield
    except FieldGuideError as error:
        raise FieldGuideError(error.code, **{"file": file, **error.facts}) from error.__cause__
    except FileNotFoundError as missing:
        raise FieldGuideError(ErrorCode.BUNDLE_MISSING, file=file) from missing
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, OSError, MemoryError),
        *(ValueError, KeyError, RuntimeError, NotImplementedError, UnicodeError),
    ) as problem:  # what zipfile and numpy raise on damaged archives
        raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=file) from problem
