"""A photo from its file to upright RGB at reduced scale, and to the pixels that a network takes."""

from fieldguide.core.photo.reading import (
    PHOTO_SUFFIXES,
    DecodedPhoto,
    find_photos,
    read_header,
    read_photo,
)

__all__ = [
    "PHOTO_SUFFIXES",
    "DecodedPhoto",
    "find_photos",
    "read_header",
    "read_photo",
]
