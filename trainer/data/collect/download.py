"""One photo from an address to a file: bounded in size, decoded once as proof, put in place whole or not at all."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path

import requests

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from trainer.data.collect.gbif import TIMEOUT, Pace

_PIECE = 1 << 16  # bytes
_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"RIFF": ".webp", b"II*\x00": ".tif", b"MM\x00*": ".tif"}


class Trouble(StrEnum):
    """Why a photo was not taken. The first four stay as they are, so that a resumed collection does not ask again."""

    GONE = "gone"
    REFUSED = "refused"
    TOO_LARGE = "too_large"
    NOT_A_PHOTO = "not_a_photo"
    UNREACHABLE = "unreachable"


class PhotoNotTakenError(Exception):
    """One photo cannot be had; the others can."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.value)


def download(session: requests.Session, pace: Pace, url: str, stem: Path, max_bytes: int) -> tuple[Path, str]:
    """Fetch `url` to `stem` plus the suffix of what it is.

    Returns:
        The file, and the SHA-256 of its bytes in hex.

    Raises:
        PhotoNotTakenError: with the reason; nothing is left behind. OSError: the disk refuses (full, read-only).
    """
    part = stem.with_name(stem.name + ".part")
    pace.keep(url)
    try:
        digest = _fetch(session, url, part, max_bytes)
        file = stem.with_name(stem.name + _suffix(part))
        try:
            read_photo(part, 64)
        except FieldGuideError as problem:
            raise PhotoNotTakenError(Trouble.NOT_A_PHOTO) from problem
        part.replace(file)
        return file, digest
    finally:
        part.unlink(missing_ok=True)


def _fetch(session: requests.Session, url: str, part: Path, max_bytes: int) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with session.get(url, stream=True, timeout=TIMEOUT) as answer, part.open("wb") as stream:
            if answer.status_code != 200:
                raise PhotoNotTakenError(_trouble(answer.status_code))
            for piece in answer.iter_content(_PIECE):
                size += len(piece)
                if size > max_bytes:
                    raise PhotoNotTakenError(Trouble.TOO_LARGE)
                digest.update(piece)
                stream.write(piece)
    except requests.RequestException as problem:
        raise PhotoNotTakenError(Trouble.UNREACHABLE) from problem
    return digest.hexdigest()


def _trouble(status: int) -> Trouble:
    if status in (404, 410):
        return Trouble.GONE
    return Trouble.UNREACHABLE if status == 429 or status >= 500 else Trouble.REFUSED


def _suffix(part: Path) -> str:
    with part.open("rb") as stream:
        head = stream.read(4)
    for magic, suffix in _SUFFIXES.items():
        if head.startswith(magic):
            return suffix
    raise PhotoNotTakenError(Trouble.NOT_A_PHOTO)
