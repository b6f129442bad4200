"""Models that went through every check, kept in the form in which they run: a start need not do it all again.

One file for each model (by the SHA-256 of what was checked of its file), version of torch and kind of processor, its
own digest before it: what is damaged is made anew. A cache that may be deleted at any time. Knows no torch.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
import re
from pathlib import Path

from fieldguide.core.atomic import written_atomically
from fieldguide.core.errors import FieldGuideError

KEPT = 4  # files; the oldest go
_SUFFIX = ".frozen"
_DIGEST_BYTES = 32


class FrozenModels:
    """The files in `folder`, which is made when something is kept; without a folder nothing is."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def find(self, digest: str, torch: str) -> bytes | None:
        """The form of the model file with this digest, for this version of torch; None when none is whole."""
        if self._folder is None:
            return None
        try:
            whole = self._file(self._folder, digest, torch).read_bytes()
        except OSError:
            return None
        checksum, data = whole[:_DIGEST_BYTES], whole[_DIGEST_BYTES:]
        return data if hashlib.sha256(data).digest() == checksum else None

    def keep(self, digest: str, torch: str, data: bytes) -> None:
        """Keep it; a disk that is full or must not be written to is no failure."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError, FieldGuideError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with written_atomically(self._file(self._folder, digest, torch)) as stream:
                stream.write(hashlib.sha256(data).digest() + data)
            kept = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda each: each.stat().st_mtime, reverse=True)
            for old in kept[KEPT:]:
                old.unlink(missing_ok=True)

    @staticmethod
    def _file(folder: Path, digest: str, torch: str) -> Path:
        made_for = re.sub(r"[^0-9A-Za-z.+]", "_", f"{torch}-{platform.machine()}")[:60]
        return folder / f"{digest}-{made_for}{_SUFFIX}"
