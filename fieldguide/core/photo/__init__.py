"""A photo from its file to upright RGB at reduced scale, and to the pixels that a network takes."""

from fieldguide.core.photo.folders import find_photos
from fieldguide.core.photo.formats import PHOTO_SUFFIXES, RAW_SUFFIXES
from fieldguide.core.photo.reading import DecodedPhoto, read_header, read_photo

__all__ = [
    "PHOTO_SUFFIXES",
    "RAW_SUFFIXES",
    "DecodedPhoto",
    "find_photos",
    "read_header",
    "read_photo",
]
