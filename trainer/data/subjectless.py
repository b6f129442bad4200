"""Pictures without a subject, made from the training photos: drawings, and the surroundings of what was photographed.

A model learns them as other things, and nobody has to collect them: that a cartoon of a mushroom is no mushroom, and
that the grass around a mushroom is none either. How far this carries is for the measurement to say.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from trainer.data.augment import sent

SHAPES = 0.4  # share of drawings made of shapes alone; the others follow the lines and colours of a photo
GROUNDED = 0.4  # share of the others that stand on empty paper


def draw(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Photos float [N,3,S,S], 0 to 255, to as many drawings of the same form. Random numbers come from `generator`."""
    drawn = [_over_photo(picture, generator) for picture in pictures]
    for row in range(len(drawn)):
        if _uniform(generator) < SHAPES:
            drawn[row] = sent(_shapes(pictures.shape[-1], generator), pictures)
    return torch.stack(drawn)


def surroundings(pixels: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Corners of cached squares, uint8 [N,S,S,3], as pictures float [N,3,size,size], 0 to 255.

    Of the four corners one of the two whose colour is nearest to the usual one of all four: a subject that reaches into
    a corner makes it stand out.
    """
    side = int(pixels.shape[1] * _uniform(generator, 0.28, 0.42))
    x = pixels.permute(0, 3, 1, 2).float()
    corners = torch.stack(
        [x[..., :side, :side], x[..., :side, -side:], x[..., -side:, :side], x[..., -side:, -side:]], dim=1
    )
    colour = corners.mean(dim=(3, 4))
    usual = (colour - colour.median(dim=1, keepdim=True).values).norm(dim=2).argsort(dim=1)
    place = sent(torch.randint(0, 2, (len(x),), generator=generator), x)
    rows = torch.arange(len(x), device=x.device)
    chosen = corners[rows, usual[rows, place]]
    mirrored = sent(torch.rand(len(x), generator=generator) < 0.5, x).view(-1, 1, 1, 1)
    chosen = torch.where(mirrored, chosen.flip(3), chosen)
    return functional.interpolate(chosen, size=(size, size), mode="bicubic", align_corners=False).clamp(0, 255)


def _over_photo(picture: Tensor, generator: torch.Generator) -> Tensor:
    """Few flat colours with or without lines, or lines on paper with or without a wash of colour."""
    size = picture.shape[-1]
    paper = sent(_paper(generator), picture)
    lines = _lines(picture, generator)
    ink = sent(torch.rand(3, 1, 1, generator=generator) * 70, picture)
    if _uniform(generator) < 0.4:
        wash = _uniform(generator, 0.0, 0.6) * (_uniform(generator) < 0.5)
        ground = paper * (1 - wash) + _flat(picture, generator) * wash
    else:
        ground = _flat(picture, generator)
        lines = lines * (_uniform(generator) < 0.7)
        if _uniform(generator) < GROUNDED:
            inside = sent(_distance(size, generator, 0.2) < _uniform(generator, 0.5, 0.9), picture)
            ground, lines = torch.where(inside, ground, paper), lines * inside
    return ground * (1 - lines) + ink * lines


def _flat(picture: Tensor, generator: torch.Generator) -> Tensor:
    """Even areas of few, strong colours: smoothed, then 2 to 4 steps of each of red, green and blue."""
    size = picture.shape[-1]
    small = functional.interpolate(picture[None], size=(max(size // 6, 8),) * 2, mode="area")
    smooth = functional.interpolate(small, size=(size, size), mode="bicubic", align_corners=False)[0]
    gray = smooth.mean(dim=0, keepdim=True)
    strong = gray + (smooth - gray) * _uniform(generator, 1.2, 2.2)
    low, high = strong.amin(), strong.amax()
    steps = int(torch.randint(1, 4, (1,), generator=generator))
    return ((strong - low) / (high - low + 1) * steps).round().clamp(0, steps) / steps * 255


def _lines(picture: Tensor, generator: torch.Generator) -> Tensor:
    """Where brightness changes most (Sobel): float [1,S,S], 1 on a line; 5 to 15 % of the area."""
    gray = functional.avg_pool2d(picture.mean(dim=0)[None, None], 5, stride=1, padding=2)
    sobel = sent(torch.tensor([[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]]), picture)
    kernels = torch.stack([sobel, sobel.T])[:, None]
    steep = functional.conv2d(functional.pad(gray, (1, 1, 1, 1), mode="replicate"), kernels).norm(dim=1)
    return torch.gt(steep, torch.quantile(steep.flatten(), _uniform(generator, 0.85, 0.95))).to(picture)


def _shapes(size: int, generator: torch.Generator) -> Tensor:
    """Flat shapes on paper or on a run of colour, float [3,S,S]: discs, boxes, halves, stars, bands, dots."""
    canvas = _ground(size, generator)
    outlined = _uniform(generator) < 0.6
    for _ in range(int(torch.randint(0, 12, (1,), generator=generator))):
        colour = torch.rand(3, 1, 1, generator=generator) * 255
        radius = _uniform(generator, 0.03, 0.8)
        distance = _distance(size, generator, 0.8)
        if outlined:
            canvas = torch.where(distance < radius + 0.04, colour * 0.2, canvas)
        canvas = torch.where(distance < radius, colour, canvas)
    return canvas


def _ground(size: int, generator: torch.Generator) -> Tensor:
    """Paper, or one time in four colour that runs into another along a line or around a point: float [3,S,S]."""
    paper = _paper(generator).expand(3, size, size)
    if _uniform(generator) > 1 / 4:
        return paper
    far = _distance(size, generator, 0.5).clamp(0, 1) ** _uniform(generator, 0.5, 2.0)
    return paper * (1 - far) + torch.rand(3, 1, 1, generator=generator) * 255 * far


def _distance(size: int, generator: torch.Generator, apart: float) -> Tensor:
    """How far from a point, as one shape counts it: float [1,S,S], the picture being -1..1 both ways.

    A turned ellipse, box, band, half disc or star, by chance; what is nearer than r is that shape at size r.
    """
    line = (torch.arange(size) * 2 + 1) / size - 1
    centre = (torch.rand(2, generator=generator) * 2 - 1) * apart
    angle = torch.tensor(_uniform(generator, -0.6, 0.6))
    across, down = line[None, :] - centre[0], line[:, None] - centre[1]
    u = across * torch.cos(angle) + down * torch.sin(angle)
    v = (down * torch.cos(angle) - across * torch.sin(angle)) / _uniform(generator, 0.25, 1.0)
    kind = int(torch.randint(0, 5, (1,), generator=generator))
    if kind == 0:
        return torch.maximum(u.abs(), v.abs())[None]
    if kind == 1:
        return v.abs().expand(size, size)[None] * 3
    radius = (u**2 + v**2).sqrt()
    if kind == 2:
        return torch.where(v < 0, radius, torch.inf)[None]
    if kind == 3:
        rays = int(torch.randint(3, 20, (1,), generator=generator))
        return (radius / (1 - _uniform(generator, 0.1, 0.7) * torch.cos(torch.atan2(v, u) * rays).abs()))[None]
    return radius[None]


def _paper(generator: torch.Generator) -> Tensor:
    """White to cream paper, or one time in three any even colour: float [3,1,1]."""
    if _uniform(generator) < 1 / 3:
        return torch.rand(3, 1, 1, generator=generator) * 255
    return 255 - torch.rand(3, 1, 1, generator=generator) * 20


def _uniform(generator: torch.Generator, low: float = 0.0, high: float = 1.0) -> float:
    return float(torch.rand(1, generator=generator)) * (high - low) + low
