"""Colours as sRGB: a wide-gamut profile (Display P3, Adobe RGB, ProPhoto) is honoured, an ordinary photo left alone.

A HEIC may tell its colours by numbers instead (ITU-T H.273): Display P3, BT.2020, and the two curves of high dynamic
range, whose white is that of paper (203 of 10,000 or 1,000 candela, ITU-R BT.2408); what is brighter becomes white.

A damaged profile costs only itself: the picture is then taken as sRGB, as viewers do.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

if TYPE_CHECKING:
    from PIL import ImageCms

MAX_PROFILE = 4 * 2**20  # bytes; a camera's has 600 to 3,000
SRGB_GAMMA, GAMMAS = 1 / 2.2, (0.2, 2.0)  # nobody means others
_LIGHT_OF = {  # of primaries, to those of sRGB (ITU-T H.273, table 2)
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    12: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}
_PQ, _HLG = 16, 18  # curves of high dynamic range (table 3)
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


def with_numbers(rgb: Image.Image, told: object) -> Image.Image:
    """The RGB picture in sRGB; the very same object unless `told` has primaries or a curve that are turned here."""
    if not isinstance(told, dict):
        return rgb
    primaries, curve = told.get("color_primaries"), told.get("transfer_characteristics")
    if primaries not in _LIGHT_OF and curve not in (_PQ, _HLG):
        return rgb
    light = _light(curve)[np.asarray(rgb)]
    if primaries in _LIGHT_OF:
        light = light @ np.array(_LIGHT_OF[primaries], np.float32).T
    light = np.clip(light, 0, 1)
    shades = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return Image.fromarray((255 * shades).round().astype(np.uint8))


def _light(curve: int | None) -> npt.NDArray[np.float32]:
    """float32 [256]: the light of each shade, 1 for white paper (ITU-R BT.2100, tables 4 and 5; IEC 61966-2-1)."""
    shades = np.linspace(0, 1, 256)
    if curve == _PQ:
        root = shades ** (32 / 2523)
        light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (8192 / 1305) * 10000 / 203
    elif curve == _HLG:
        scene = np.where(shades <= 0.5, shades**2 / 3, (np.exp((shades - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        light = scene**1.2 * 1000 / 203
    else:
        light = np.where(shades <= 0.04045, shades / 12.92, ((shades + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


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
