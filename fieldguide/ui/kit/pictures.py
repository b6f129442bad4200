"""Plain values of the services as Qt's pictures. On the GUI thread only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QImage, QPixmap

from fieldguide.core.photo import DecodedPhoto


def image_of(jpeg: bytes) -> QImage:
    """A JPEG as a picture; a null one when there is none."""
    return QImage.fromData(jpeg) if jpeg else QImage()


def image_of_pixels(pixels: np.ndarray) -> QImage:
    """uint8 [H,W,3] RGB or [H,W,4] RGBA as a picture of its own."""
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGBA8888
    whole = np.ascontiguousarray(pixels)
    return QImage(whole.data, width, height, channels * width, kind).copy()


def photo_of(decoded: DecodedPhoto) -> tuple[Path, QImage, QSize]:
    """A decoded photo as its path, its picture, and its size in pixels of the file."""
    photo = decoded.photo
    return photo.path, image_of_pixels(decoded.pixels), QSize(photo.width, photo.height)


def png_of(picture: QPixmap) -> bytes:
    """A picture as the bytes of a PNG file."""
    room = QBuffer()
    room.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(room, "PNG")
    return bytes(room.data().data())
