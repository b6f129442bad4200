"""One photo from an address to a file: bounded in size, decoded once as proof, put in place whole or not at all."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path

import requests
from urllib3.exceptions import DecodeError, HTTPError, LocationValueError, ReadTimeoutError

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from trainer.data.collect.addresses import follow
from trainer.data.collect.gbif import Pace, pieces

LONGEST = 120.0  # seconds for one photo in all: 25 MB over a slow line
_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"RIFF": ".webp", b"II*\x00": ".tif", b"MM\x00*": ".tif"}


class Trouble(StrEnum):
    """Why a photo was not taken. The last three pass; the others stay: a resumed collection does not ask again."""

    GONE = "gone"
    REFUSED = "refused"
    TOO_LARGE = "too_large"
    NOT_A_PHOTO = "not_a_photo"
    NO_ADDRESS = "no_address"  # it leads to what is no public host, or nowhere
    FAILING = "failing"  # the host answers, and not with the photo
    SLOW = "slow"  # more time than a photo has
    UNREACHABLE = "unreachable"


_ASTRAY = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.TooManyRedirects)
PASSING = (Trouble.FAILING, Trouble.SLOW, Trouble.UNREACHABLE)


class PhotoNotTakenError(Exception):
    """One photo cannot be had; the others can."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.value)


def download(
    session: requests.Session, pace: Pace, url: str, stem: Path, max_bytes: int, seconds: float = LONGEST
) -> tuple[Path, str]:
    """Fetch `url` to `stem` plus the suffix of what it is.

    Returns:
        The file, and the SHA-256 of its bytes in hex.

    Raises:
        PhotoNotTakenError: with the reason; nothing is left behind. OSError: the disk refuses (full, read-only).
    """
    part = stem.with_name(stem.name + ".part")
    try:
        digest = _fetch(session, pace, url, part, max_bytes, seconds)
        file = stem.with_name(stem.name + _suffix(part))
        try:
            read_photo(part, 64)
        except FieldGuideError as problem:
            raise PhotoNotTakenError(Trouble.NOT_A_PHOTO) from problem
        part.replace(file)
        return file, digest
    finally:
        part.unlink(missing_ok=True)


def _fetch(session: requests.Session, pace: Pace, url: str, part: Path, max_bytes: int, seconds: float) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with follow(session, url, pace.keep) as answer, part.open("wb") as stream:
            if answer.status_code != 200:
                raise PhotoNotTakenError(_trouble(answer.status_code))
            for piece in pieces(answer, seconds):
                size += len(piece)
                if size > max_bytes:
                    raise PhotoNotTakenError(Trouble.TOO_LARGE)
                digest.update(piece)
                stream.write(piece)
    except requests.ConnectionError as problem:
        raise PhotoNotTakenError(Trouble.UNREACHABLE) from problem
    except (*_ASTRAY, LocationValueError) as problem:
        raise PhotoNotTakenError(Trouble.NO_ADDRESS) from problem
    except DecodeError as problem:
        raise PhotoNotTakenError(Trouble.NOT_A_PHOTO) from problem
    except (requests.Timeout, ReadTimeoutError) as problem:
        raise PhotoNotTakenError(Trouble.SLOW) from problem
    except (requests.RequestException, HTTPError) as problem:
        raise PhotoNotTakenError(Trouble.FAILING) from problem
    except ValueError as problem:  # an address that urllib cannot read, of a redirection
        raise PhotoNotTakenError(Trouble.NO_ADDRESS) from problem
    return digest.hexdigest()


def _trouble(status: int) -> Trouble:
    if status in (404, 410):
        return Trouble.GONE
    return Trouble.FAILING if status == 429 or status >= 500 else Trouble.REFUSED


def _suffix(part: Path) -> str:
    with part.open("rb") as stream:
        head = stream.read(4)
    for magic, suffix in _SUFFIXES.items():
        if head.startswith(magic):
            return suffix
    raise PhotoNotTakenError(Trouble.NOT_A_PHOTO)
