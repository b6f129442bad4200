"""Colours as sRGB: a wide-gamut profile (Display P3, Adobe RGB, ProPhoto) is honoured, an ordinary photo left alone.

A damaged profile costs only itself: the picture is then taken as sRGB, as viewers do.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from PIL import ImageCms

MAX_PROFILE = 4 * 2**20  # bytes; a camera's has 600 to 3,000
SRGB_GAMMA, GAMMAS = 1 / 2.2, (0.2, 2.0)  # nobody means others
UNSEEN = 5  # levels of 255 by which a profile may move a colour and still be an sRGB one (its makers round)


def to_srgb(rgb: Image.Image, profile: bytes | None) -> Image.Image:
    """The RGB picture in sRGB; the very same object when its profile is missing, sRGB, damaged, or not of RGB."""
    if not isinstance(profile, bytes) or not 0 < len(profile) <= MAX_PROFILE:
        return rgb
    transform = _transform(profile)
    return rgb if transform is None else transform.apply(rgb)


def with_gamma(rgb: Image.Image, gamma: object) -> Image.Image:
    """The RGB picture whose PNG says that its shades are light to the power of `gamma` (PNG 1.2, section 10.5)."""
    if not isinstance(gamma, float) or not GAMMAS[0] <= gamma <= GAMMAS[1] or abs(gamma - SRGB_GAMMA) < 0.02:
        return rgb
    shades = (np.linspace(0, 1, 256) ** (SRGB_GAMMA / gamma) * 255).round().astype(np.uint8)
    return rgb.point(list(map(int, shades)) * 3)


@lru_cache(maxsize=16)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """The way to sRGB; None when there is nothing to do. Without a cache of its own, so that threads may share it."""
    from PIL import ImageCms  # few need it

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if own.profile.xcolor_space.strip() != "RGB":
            return None
        way = ImageCms.ImageCmsTransform(
            own,
            ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
            "RGB",
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.NOCACHE | ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None
    levels = np.linspace(0, 255, 9, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
    moved = np.abs(np.asarray(way.apply(Image.fromarray(cube))).astype(int) - cube).max()
    return way if moved > UNSEEN else None
