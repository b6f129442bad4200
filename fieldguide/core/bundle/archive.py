"""A bundle as a file: one TorchScript archive (a zip) with extra files, opened without torch and without trust.

Refuses what is damaged, too large, tricky or contradictory before anything of it is given to torch, reads the disk
once, and hands on an archive of its own making (`core.bundle.packing`). What its program may do is looked at in
`fieldguide.inference.operators`.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import IO

import numpy as np
import numpy.typing as npt

from fieldguide.core.bounded import NoFileError, open_file, read_at_most
from fieldguide.core.bundle.manifest import SCHEMA, Manifest, contradiction
from fieldguide.core.bundle.packing import MAX_UNPACKED_BYTES, refuse_sizes, refuse_tricks, rewritten, too_large, unsafe
from fieldguide.core.errors import ErrorCode, FieldGuideError

__all__ = [
    "BUNDLE_SUFFIX",
    "SCHEMA",
    "BundleFile",
    "Golden",
    "Manifest",
    "bundle_digest",
    "bundle_of",
    "inspect_archive",
    "read_bundle",
    "read_manifest",
    "read_program",
    "read_table",
]

BUNDLE_SUFFIX = ".fieldguide"
MAX_FILE_BYTES = 512 * 2**20
MAX_TABLE_BYTES = 8 * 2**30  # of weights alone: their owner trains with them
MAX_MANIFEST_BYTES = 32 * 2**20
MAX_ARRAYS_BYTES = 256 * 2**20  # of one extra file: they are worked with in the window's own process
MAX_GOLDEN = 64  # the trainer writes four; each costs time before the first answer

# All that torch writes today. Older layouts (`model.json`, `attributes.pkl`) would be read by another, laxer loader.
_KNOWN = {"data.pkl", "constants.pkl", "version", "byteorder", "data", "constants", "code", "extra"}


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

    `data` is an archive made anew from the files that were checked, the only form that anything else may open;
    `digest` is the SHA-256 of the file on the disk in lower-case hex, `folder` the archive's own top folder.
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
        """The arrays of an extra `.npz` by their names, all of real numbers; empty when there is none.

        Raises:
            FieldGuideError: BUNDLE_CONTRADICTORY for anything else in it; BUNDLE_DAMAGED, BUNDLE_TOO_LARGE or
                BUNDLE_UNSAFE (it is an archive itself).
        """
        packed = self.extra(name)
        if packed is None:
            return {}
        with _naming(self.path.name), zipfile.ZipFile(io.BytesIO(packed)) as archive:
            refuse_sizes(archive.infolist(), self.path.name, MAX_ARRAYS_BYTES)
        try:
            with _naming(self.path.name), np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
                found = {key: arrays[key] for key in arrays.files}
        except (
            TypeError,
            LookupError,
            SyntaxError,
            ArithmeticError,
            TokenError,
        ) as problem:  # of a header as Python reads it
            raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=self.path.name) from problem
        for key, values in found.items():
            if not isinstance(values, np.ndarray) or values.dtype.kind not in "biuf":
                raise contradiction(f"{key:.40} of {name} is no array of numbers")
        return found

    def golden(self) -> Golden:
        """The golden samples, their shapes checked against the manifest.

        Raises:
            FieldGuideError: BUNDLE_CONTRADICTORY when they are missing or do not fit.
        """
        arrays = self.arrays("golden.npz")
        images, logits, embedding = (arrays.get(key) for key in ("images", "logits", "embedding"))
        if images is None or logits is None or embedding is None:
            raise contradiction("golden.npz is missing or lacks an array")
        size, count = self.manifest.input.size, len(images) if images.ndim else 0
        if images.dtype != np.uint8 or images.shape != (count, 3, size, size) or count == 0:
            raise contradiction(f"golden images are {images.dtype} {images.shape}, the input is {size} pixels")
        if count > MAX_GOLDEN:
            raise contradiction(f"{count} golden samples, more than {MAX_GOLDEN}")
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
    with _naming(path.name), open_file(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(path: Path) -> Manifest:
    """The manifest alone, after the same checks of the archive; quick, the weights are not read.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes, always with the fact `file`.
    """
    with _naming(path.name), _opened(path) as stream, zipfile.ZipFile(stream) as archive:
        return _manifest(archive, inspect_archive(archive, path.name))


def read_bundle(path: Path) -> BundleFile:
    """The whole bundle in memory, every byte checked against the archive's checksums.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes, always with the fact `file`.
    """
    with _naming(path.name):
        data, digest = _read_anew(path, _torchscript_part)
    return bundle_of(data, path, digest)


def bundle_of(data: bytes, path: Path, digest: str) -> BundleFile:
    """The bundle of an archive that `read_bundle` made anew, for example in another process. Raises as it."""
    with _naming(path.name), zipfile.ZipFile(io.BytesIO(data)) as archive:
        folder = inspect_archive(archive, path.name)
        return BundleFile(path, data, digest, folder, _manifest(archive, folder))


def read_program(path: Path, manifest: Manifest) -> BundleFile:
    """A TorchScript archive of somebody else's, after the same checks, with the manifest that it shall get.

    The pictures that a traced program was made with, which torch keeps inside, are left out: nothing reads them.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes, always with the fact `file`.
    """
    with _naming(path.name):
        data, digest = _read_anew(path, lambda inside: _torchscript_part(inside) and inside[:13] != "traced_inputs")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            folder = inspect_archive(archive, path.name)
    return BundleFile(path, data, digest, folder, manifest)


def read_table(path: Path) -> bytes:
    """A file of weights in the form that `torch.load` may be given: a zip written anew, or the older bare pickle.

    Raises:
        FieldGuideError: BUNDLE_UNSAFE for a program, which torch might run; BUNDLE_DAMAGED for anything else, the tar
            archives of the first torch too; other BUNDLE_ codes.
    """
    with _naming(path.name):
        with _opened(path, MAX_TABLE_BYTES) as stream:
            if stream.read(2) == b"\x80\x02":  # a pickle of the protocol that torch writes
                return b"\x80\x02" + stream.read()
        data, _ = _read_anew(path, lambda _: True, MAX_TABLE_BYTES)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(name.partition("/")[2] == "constants.pkl" for name in archive.namelist()):
                raise unsafe(path.name, "a program where weights are expected")
    return data


def inspect_archive(archive: zipfile.ZipFile, file: str) -> str:
    """Refuse an archive that is too large, tricky or no TorchScript; give the name of its top folder.

    Raises:
        FieldGuideError: BUNDLE_TOO_LARGE, BUNDLE_UNSAFE or BUNDLE_CONTRADICTORY.
    """
    _refuse_other_start(archive, file)
    refuse_tricks(archive, file)
    names = set(archive.namelist())
    folders = {name.partition("/")[0] for name in names}
    folder = folders.pop() if len(folders) == 1 else ""
    versions = {f"{folder}/version", f"{folder}/.data/version"}  # torch writes the second for GELU and a few more
    if not {f"{folder}/{name}" for name in ("data.pkl", "constants.pkl")} <= names or not versions & names:
        raise contradiction("it is no TorchScript archive")
    for name in names:
        inside = name.split("/")[1]
        if inside not in _KNOWN and not inside.startswith("."):
            raise unsafe(file, f"a file named {name!r:.60}")
    return folder


def _read_anew(path: Path, keep: Callable[[str], bool], limit: int = MAX_FILE_BYTES) -> tuple[bytes, str]:
    """The archive written anew with the files that `keep` wants (by the name below the top folder), and the digest."""
    with _opened(path, limit) as stream:
        data = read_at_most(stream, limit)
    if len(data) > limit:  # it grew since
        raise too_large(path.name, len(data), limit)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _refuse_other_start(archive, path.name)
        refuse_tricks(archive, path.name, max(limit, MAX_UNPACKED_BYTES))
        fresh = rewritten(archive, lambda name: keep(name.partition("/")[2]))
    return fresh, hashlib.sha256(data).hexdigest()


def _torchscript_part(inside: str) -> bool:
    """All but what lies beside the source: notes for debuggers, pickles that torch reads at the first error."""
    return inside.endswith(".py") or not inside.startswith("code/")


def _refuse_other_start(archive: zipfile.ZipFile, file: str) -> None:
    """Something stands before the archive: a trick, or a cut bundle whose golden.npz (a zip itself) is taken for it."""
    if min((entry.header_offset for entry in archive.infolist()), default=0) != 0:
        raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=file)


@contextmanager
def _opened(path: Path, limit: int = MAX_FILE_BYTES) -> Iterator[IO[bytes]]:
    try:
        opened = open_file(path)
    except (NotADirectoryError, IsADirectoryError, NoFileError) as missing:
        raise FieldGuideError(ErrorCode.BUNDLE_MISSING, file=path.name) from missing
    with opened as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > limit:
            raise too_large(path.name, size, limit)
        yield stream


def _manifest(archive: zipfile.ZipFile, folder: str) -> Manifest:
    entry = f"{folder}/extra/manifest.json"
    if entry not in archive.namelist():
        raise contradiction("manifest.json is missing")
    if archive.getinfo(entry).file_size > MAX_MANIFEST_BYTES:
        raise contradiction("manifest.json is too long")
    return Manifest.from_json(archive.read(entry))


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
