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

    def find(self, digest: str) -> dict[str, bytes]:
        """Every whole form of the model file with this digest, by what it was made for (`made_for`).

        Without asking for which version of torch, so that it can be read while that is still being imported.
        """
        found: dict[str, bytes] = {}
        for file in self._folder.glob(f"{digest}-*{_SUFFIX}") if self._folder is not None else ():
            with contextlib.suppress(OSError):
                whole = file.read_bytes()
                checksum, data = whole[:_DIGEST_BYTES], whole[_DIGEST_BYTES:]
                if hashlib.sha256(data).digest() == checksum:
                    found[file.name[len(digest) + 1 : -len(_SUFFIX)]] = data
        return found

    def keep(self, digest: str, torch: str, data: bytes) -> None:
        """Keep it; a disk that is full or must not be written to is no failure."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError, FieldGuideError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with written_atomically(self._folder / f"{digest}-{made_for(torch)}{_SUFFIX}") as stream:
                stream.write(hashlib.sha256(data).digest() + data)
            kept = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda each: each.stat().st_mtime, reverse=True)
            for old in kept[KEPT:]:
                old.unlink(missing_ok=True)


def made_for(torch: str) -> str:
    """This version of torch and this kind of processor, as in the name of a file."""
    return re.sub(r"[^0-9A-Za-z.+]", "_", f"{torch}-{platform.machine()}")[:60]
