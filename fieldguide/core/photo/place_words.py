"""What words say of the place where a photo was taken, blanked where it stands: XMP and the film behind a photo.

Of XMP the values of what is named as a place, in whatever form (an attribute, an element, one with others in it), and
XMP in UTF-16 whole. Content credentials (C2PA) repeat EXIF in a form of their own, and are emptied whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAMES = (
    rb"\w{0,60}(?:GPS|Gps|gps|[Ll]atitude|[Ll]ongitude|[Ll]ocation|[Ll]ocality|[Cc]oordinates)\w{0,60}|[Ll]at|[Ll]ong?|"
    rb"[Cc]ity|(?:Province)?[Ss]tate(?:Province)?|ProvinceName|[Cc]ountry(?:Name|Code)?|WorldRegion|[Cc]overage|"
    rb"county|municipality|footprintWKT"
)
# Bytes 0 and 255 are in no words; a segment that tears them ends with one.
_IN_WORDS = re.compile(
    rb"(?<=:)(?:" + _NAMES + rb")"
    rb"""(?:\s{0,99}=\s{0,99}(?:"(?P<a>[^"<\0\xff]*)|'(?P<b>[^'<\0\xff]*))|(?:\s[^<>]{0,4000})?>(?P<c>[^<\0\xff]*))"""
)
_TAG = re.compile(rb"<(/?)([\w.-]{1,60}:(?:" + _NAMES + rb"))(\s[^<>]{0,4000}|/)?>")
_REFERENCE = re.compile(rb"""(?:resource|value)\s{0,99}=\s{0,99}["']([^"'<>]*)""")
_NO_WORDS = re.compile(rb"[\0\xff]")
_WIDE = b"x\0:\0x\0m\0p\0m\0e\0t\0a"  # the tag around XMP in UTF-16
_OF_FILM = re.compile(  # ISO 6709
    rb"[+-]\d{2}\.\d{2,}[+-]\d{3}\.\d{2,}(?:[+-]\d+(?:\.\d*)?)?|"
    rb"[+-]\d{2,6}(?:\.\d+)?[+-]\d{3,7}(?:\.\d+)?(?:[+-]\d+(?:\.\d*)?)?/"
)
_OF_OLD_FILM = re.compile(rb"\0\0(..)loci\0{4}", re.DOTALL)  # 3GPP TS 26.244, 8.7
_CREDENTIALS = re.compile(rb"jumb.{4}jumdc2pa", re.DOTALL)  # ISO/IEC 19566-5; before it the length of the box


def words_of_place(data: bytes) -> Iterator[tuple[int, int]]:
    """Where words of a place begin and end; nothing that a picture needs is among them."""
    for found in _IN_WORDS.finditer(data):
        yield found.span(found.lastgroup or 0)
    yield from _elements(data)
    yield from _wide_xmp(data)
    for found in _OF_FILM.finditer(data):
        yield found.span()
    for found in _OF_OLD_FILM.finditer(data):
        yield found.end(), found.start() + int.from_bytes(found[1], "big")
    for found in _CREDENTIALS.finditer(data):
        yield found.end(), found.start() - 4 + int.from_bytes(data[max(0, found.start() - 4) : found.start()], "big")


def _elements(data: bytes) -> Iterator[tuple[int, int]]:
    """What stands within the elements of a place, other elements too, and what these refer to."""
    name, begin, last = b"", 0, 0
    for tag in _TAG.finditer(data):
        if _NO_WORDS.search(data, last, tag.start()):
            name = b""  # torn
        closes, closed = bool(tag[1]), (tag[3] or b"").endswith(b"/")
        if name and closes and tag[2] == name:
            yield begin, tag.start()
            name = b""
        elif not name and not closes and not closed:
            name, begin = tag[2], tag.end()
        for reference in _REFERENCE.finditer(data, *tag.span(3)) if tag[3] else ():
            yield reference.span(1)
        last = tag.end()


def _wide_xmp(data: bytes) -> Iterator[tuple[int, int]]:
    """Where XMP in UTF-16 stands, between its tags."""
    start = data.find(_WIDE)
    while start >= 0 and (end := data.find(_WIDE, start + len(_WIDE))) >= 0:
        yield start + len(_WIDE), end
        start = data.find(_WIDE, end + len(_WIDE))
