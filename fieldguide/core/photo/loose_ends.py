"""Damage that a decoder reads over in silence, told by what it leaves unread. Knows no pixel's meaning.

A coder that lost its step needs another number of bytes than there are. So a sound picture fails without its last bytes
(WebP), or becomes another one when they are others (AVIF and HEIC: `boxes`); one that lost its step does not miss them.
Of a JPEG of several scans libjpeg's own warnings are asked for.
"""

from __future__ import annotations

import io
import struct

from PIL import UnidentifiedImageError, WebPImagePlugin

from fieldguide.core.photo.structure import BrokenError

SLACK = 8  # bytes: a coder may close with up to two that nobody reads, and a writer may count a filling one
LEAST = 64  # bytes of a picture below which it is flat, and has no last bytes to speak of

_CORRUPT = ("Corrupt JPEG data", "Inconsistent progression", "Premature end", "Invalid SOS")  # libjpeg's warnings


def refuse_warned_jpeg(data: bytes) -> None:
    """Raises BrokenError where libjpeg warns of a JPEG's data."""
    import simplejpeg  # few need it

    try:
        simplejpeg.decode_jpeg(data, "GRAY", min_factor=8)
    except ValueError as told:
        if str(told).startswith(_CORRUPT):
            raise BrokenError(str(told)) from told


def refuse_loose_webp(data: bytes) -> None:
    """Raises BrokenError when a WebP's first picture that can be decoded can be decoded without its last bytes too."""
    place = 12
    while place + 8 <= len(data):
        kind, length = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        if kind == b"ANMF":  # an animation: behind the frame's place and time stands a still picture
            refuse_loose_webp(_still(data[place + 24 : place + 8 + length]))
            return
        if kind in (b"VP8 ", b"VP8L") and length > LEAST:
            start, end = place + 8, place + 8 + length
            kept = length - SLACK
            body = data[8:place] + kind + struct.pack("<L", kept) + data[start : start + kept] + bytes(kept % 2)
            body += data[end + length % 2 :]
            if _is_webp(b"RIFF" + struct.pack("<L", len(body)) + body):
                raise BrokenError("the picture ends before its data")
        place += 8 + length + length % 2


def _still(chunks: bytes) -> bytes:
    """A WebP of a frame's chunks, without transparency, which would need a head that says so."""
    if chunks.startswith(b"ALPH"):
        length = int.from_bytes(chunks[4:8], "little")
        chunks = chunks[8 + length + length % 2 :]
    return b"RIFF" + struct.pack("<L", 4 + len(chunks)) + b"WEBP" + chunks


def _is_webp(data: bytes) -> bool:
    try:
        WebPImagePlugin.WebPImageFile(io.BytesIO(data)).load()
    except (OSError, SyntaxError, UnidentifiedImageError):
        return False
    return True
