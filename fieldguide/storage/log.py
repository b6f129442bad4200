"""The log: what ran, with which version and model, one line a batch, what went wrong. Bounded; no photo's name.

A second file beside it takes what the interpreter says when the whole process dies (`faulthandler`).
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import re
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError

LOG_BYTES, LOG_FILES = 2**20, 2
_ENTRY = re.compile(r"(?m)^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} )")
_BAD = re.compile(r"^\S+ \S+ (?:WARNING|ERROR|CRITICAL) ")
_PLACE = re.compile(r"-?\d{1,3}\.\d{3,}")  # degrees as programs write them; the log's own numbers have fewer decimals


def log_to(file: Path) -> logging.Handler:
    """Write the log `fieldguide` into this file from now on; older ones go when there are too many.

    Raises:
        FieldGuideError: NOT_WRITABLE with `path`.
    """
    log = logging.getLogger("fieldguide")
    try:
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    except OSError as refused:
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(file)) from refused
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    return handler


def tell_death(file: Path) -> None:
    """Have the interpreter write beside the log when the whole process dies; until its end, so once in a program."""
    with contextlib.suppress(OSError):
        faulthandler.enable(_dead(file).open("ab", buffering=0))


def log_files(file: Path) -> list[Path]:
    """The log, what was rotated away of it, and the report of a process that died; those that are there."""
    every = [file, *(file.with_name(f"{file.name}.{number}") for number in range(1, LOG_FILES + 1)), _dead(file)]
    return [each for each in every if each.is_file() and each.stat().st_size]


def last_errors(file: Path, most: int = 10) -> list[str]:
    """The newest entries that warn, oldest first, whole, also of what was rotated away; empty where there is no log."""
    words = ""
    for each in (file.with_name(f"{file.name}.1"), file):
        with contextlib.suppress(OSError):
            words += each.read_text(encoding="utf-8", errors="replace")
    return [entry.rstrip() for entry in _ENTRY.split(words) if _BAD.match(entry)][-most:]


def without_private(words: str, home: Path | None = None) -> str:
    """Log lines without names of photos, without numbers that may be a place, and with ~ for the home folder."""
    # Here: the log is written before anything can read a photo.
    from fieldguide.core.photo import PHOTO_SUFFIXES, RAW_SUFFIXES

    suffixes = "|".join(sorted(suffix.lstrip(".") for suffix in PHOTO_SUFFIXES | RAW_SUFFIXES))
    quoted = re.compile(rf"""(['"])[^'"\n]*\.({suffixes})\1""", re.IGNORECASE)
    plain = re.compile(rf"[^\s'\"]+\.({suffixes})\b", re.IGNORECASE)
    words = quoted.sub(r"<photo>.\2", words.replace(str(home or Path.home()), "~"))
    return _PLACE.sub("#", plain.sub(r"<photo>.\1", words))


def _dead(file: Path) -> Path:
    return file.with_name("died.log")
