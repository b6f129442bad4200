"""Random changes to a batch of pictures, on the device that trains: one sampling for all geometry, then light, noise.

Works on cached squares: the whole picture squeezed to S x S with its true aspect kept beside it, so that crops are
taken in the picture's own proportions. Every random number comes from the generator given: same seed, same pictures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from trainer.config import AUGMENT
from trainer.data.jpeg import through_jpeg

NOISE = 12.0  # of 255: standard deviation of the noise
LOWEST, HIGHEST = 64, 160  # pixels of the small pictures that low resolution imitates
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
GROUND = 127.5  # what covered places show


@dataclass(frozen=True, slots=True)
class Augment:
    """Strengths by name, see `trainer.config.AUGMENT`. `size` is the side in pixels of what comes out."""

    size: int
    strengths: dict[str, float]

    @classmethod
    def of(cls, size: int, overrides: dict[str, float]) -> Augment:
        """The usual strengths with some of them overridden."""
        return cls(size, AUGMENT | overrides)

    def __call__(self, pixels: Tensor, aspect: Tensor, generator: torch.Generator) -> Tensor:
        """uint8 [N,S,S,3] on the device and float [N] (width over height) to float [N,3,size,size], 0 to 255.

        What is random is drawn on the processor, where `aspect` is, and sent without waiting for the device; noise
        alone, a number for every pixel, is drawn where the pixels are.
        """
        theta = self._theta(aspect, generator)
        lean = _between(2 * len(theta), -self.strengths["perspective"], self.strengths["perspective"], generator)
        pictures = sample(pixels, theta, lean.view(-1, 2), self.size)
        changes = (
            self._colour,
            self._white_balance,
            self._grayscale,
            self._blur,
            self._lowres,
            self._jpeg,
            self._noise,
            self._cutout,
            self._background,
        )
        for change in changes:
            pictures = change(pictures, generator)
        return pictures

    def _theta(self, aspect: Tensor, generator: torch.Generator) -> Tensor:
        """Affine maps [N,2,3] from the output square to the cached square, both in -1..1.

        A crop of a random area (`crop`..1) and proportion (3/4..4/3, log-uniform; as in Szegedy et al. 2015), rotated
        and mirrored; the crop is a rectangle of the true picture, hence the aspect.
        """
        count, s = len(aspect), self.strengths
        area = _between(count, s["crop"], 1.0, generator)
        proportion = torch.exp(_between(count, math.log(3 / 4), math.log(4 / 3), generator))
        wide = (area * proportion / aspect).sqrt().clamp(max=1.0)
        high = (area / proportion * aspect).sqrt().clamp(max=1.0)
        angle = torch.deg2rad(_between(count, -s["rotate"], s["rotate"], generator))
        mirror = torch.where(torch.rand(count, generator=generator) < s["flip"], -1.0, 1.0)
        left = _between(count, -1.0, 1.0, generator) * (1 - wide)
        top = _between(count, -1.0, 1.0, generator) * (1 - high)
        cos, sin = torch.cos(angle), torch.sin(angle)
        rows = [wide * cos * mirror, -wide * sin, left, high * sin * mirror, high * cos, top]
        return torch.stack(rows, dim=1).view(count, 2, 3)

    def _colour(self, x: Tensor, generator: torch.Generator) -> Tensor:
        s, count = self.strengths, len(x)
        x = x * _factor(count, s["brightness"], generator, x)
        gray = _gray(x)
        x = gray + (x - gray) * _factor(count, s["saturation"], generator, x)
        mean = gray.mean(dim=(2, 3), keepdim=True)
        x = mean + (x - mean) * _factor(count, s["contrast"], generator, x)
        tint = sent(_between(3 * count, 1 - 4 * s["hue"], 1 + 4 * s["hue"], generator).view(-1, 3, 1, 1), x)
        return (x * tint).clamp(0, 255)

    def _white_balance(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """As under another light or by another camera: blue stronger or weaker by a factor of up to exp(strength), red
        by up to its root, the luma of gray kept. Without it nothing is drawn, as with `lowres`."""
        strength, count = self.strengths["white_balance"], len(x)
        if not strength:
            return x
        red, blue = (_between(count, -most, most, generator) for most in (strength / 2, strength))
        gains = torch.stack([red, torch.zeros(count), blue], dim=1).exp()
        gains = sent((gains / (gains @ torch.tensor(LUMA))[:, None]).view(-1, 3, 1, 1), x)
        return (x * gains).clamp(0, 255)

    def _grayscale(self, x: Tensor, generator: torch.Generator) -> Tensor:
        chosen = torch.rand(len(x), generator=generator) < self.strengths["grayscale"]
        return torch.where(sent(chosen, x).view(-1, 1, 1, 1), _gray(x), x)

    def _blur(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """What thumbnails went through: shrunk to between a third and the whole, and enlarged again."""
        chosen = _rows(x, self.strengths["blur"], generator)
        small = max(16, round(self.size * float(_between(1, 0.33, 1.0, generator))))
        if len(chosen):
            shrunk = functional.interpolate(x[chosen], size=(small, small), mode="area")
            x[chosen] = functional.interpolate(
                shrunk, size=(self.size, self.size), mode="bilinear", align_corners=False
            )
        return x

    def _lowres(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """As from a small picture: shrunk to a side of 64 to 160 pixels and enlarged again, so that resolution says
        nothing of the label. Without it nothing is drawn, and pictures stay those of earlier runs."""
        if not self.strengths["lowres"]:
            return x
        chosen = _rows(x, self.strengths["lowres"], generator)
        side = int(torch.randint(LOWEST, HIGHEST + 1, (1,), generator=generator))
        if len(chosen) and side < self.size:
            small = functional.interpolate(x[chosen], size=(side, side), mode="area")
            x[chosen] = functional.interpolate(small, size=(self.size, self.size), mode="bilinear", align_corners=False)
        return x

    def _jpeg(self, x: Tensor, generator: torch.Generator) -> Tensor:
        chosen = _rows(x, self.strengths["jpeg"], generator)
        quality = int(torch.randint(20, 80, (1,), generator=generator))
        if len(chosen):
            x[chosen] = through_jpeg(x[chosen], quality)
        return x

    def _noise(self, x: Tensor, generator: torch.Generator) -> Tensor:
        chosen = _rows(x, self.strengths["noise"], generator)
        if len(chosen):
            there = torch.Generator(x.device).manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
            noise = torch.randn((len(chosen), *x.shape[1:]), generator=there, device=x.device)
            x[chosen] = (x[chosen] + noise * NOISE).clamp(0, 255)
        return x

    def _cutout(self, x: Tensor, generator: torch.Generator) -> Tensor:
        for row in _drawn_rows(len(x), self.strengths["cutout"], generator).tolist():
            side = int(torch.randint(self.size // 8, self.size // 3 + 1, (1,), generator=generator))
            top, left = torch.randint(0, self.size - side, (2,), generator=generator).tolist()
            x[row, :, top : top + side, left : left + side] = GROUND
        return x

    def _background(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Surroundings blurred or covered, the middle kept: without a drawn mask, that is where the subject is."""
        for name in ("background_blur", "background_mask"):
            if not self.strengths[name]:
                continue
            chosen = _rows(x, self.strengths[name], generator)
            if len(chosen):
                kept = sent(middle(len(chosen), self.size, generator), x)
                x[chosen] = kept * x[chosen] + (1 - kept) * (_smooth(x[chosen]) if "blur" in name else GROUND)
        return x


def sample(pixels: Tensor, theta: Tensor, lean: Tensor, size: int) -> Tensor:
    """Bilinear sampling of uint8 [N,S,S,3] to float [N,3,size,size], 0 to 255.

    `theta` [N,2,3] as `_theta` gives it; `lean` [N,2]: how much nearer (above 0) or farther the right and the lower
    edge come, in perspective, before that.
    """
    x = pixels.permute(0, 3, 1, 2).float()
    line = (torch.arange(size, device=x.device) * 2 + 1) / size - 1
    down, across = torch.meshgrid(line, line, indexing="ij")
    flat = torch.stack([across, down], dim=-1).view(1, -1, 2)
    distance = 1 + flat @ (sent(lean, x) / 2)[:, :, None]
    theta = sent(theta, x)
    places = (flat / distance) @ theta[:, :, :2].transpose(1, 2) + theta[:, None, :, 2]
    grid = places.view(len(x), size, size, 2)
    return functional.grid_sample(x, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def middle(count: int, size: int, generator: torch.Generator) -> Tensor:
    """Soft ellipses near the middle, float [count,1,size,size], 1 inside: half axes 0.6 to 0.9 of half the picture."""
    line = (torch.arange(size) * 2 + 1) / size - 1
    across, down = line.view(1, 1, 1, -1), line.view(1, 1, -1, 1)
    x, y = (_between(count, -0.2, 0.2, generator).view(-1, 1, 1, 1) for _ in range(2))
    wide, high = (_between(count, 0.6, 0.9, generator).view(-1, 1, 1, 1) for _ in range(2))
    radius = (((across - x) / wide) ** 2 + ((down - y) / high) ** 2).sqrt()
    return torch.sigmoid((1 - radius) * 12)


def _smooth(x: Tensor) -> Tensor:
    side = x.shape[-1]
    small = functional.interpolate(x, size=max(side // 12, 2), mode="area")
    return functional.interpolate(small, size=(side, side), mode="bilinear", align_corners=False)


def whole(pixels: Tensor, size: int) -> Tensor:
    """The whole cached square, smoothed: uint8 [N,S,S,3] to float [N,3,size,size], 0 to 255. What validation sees."""
    x = pixels.permute(0, 3, 1, 2).float()
    return functional.interpolate(x, size=(size, size), mode="bilinear", align_corners=False, antialias=True)


def _between(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator) * (high - low) + low


def _factor(count: int, strength: float, generator: torch.Generator, like: Tensor) -> Tensor:
    return sent(_between(count, 1 - strength, 1 + strength, generator), like).view(-1, 1, 1, 1)


def _gray(x: Tensor) -> Tensor:
    red, green, blue = LUMA
    return red * x[:, :1] + green * x[:, 1:2] + blue * x[:, 2:]


def _rows(x: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Rows of `x` drawn with a chance, int64 on its device."""
    return sent(_drawn_rows(len(x), share, generator), x)


def _drawn_rows(count: int, share: float, generator: torch.Generator) -> Tensor:
    """Rows drawn with a chance, int64 on the processor."""
    return torch.nonzero(torch.rand(count, generator=generator) < share).flatten()


def sent(values: Tensor, like: Tensor) -> Tensor:
    """`values` of the processor on the device of `like`, which is not waited for; their kind of number stays."""
    return values.to(like.device, non_blocking=True)
