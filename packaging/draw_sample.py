"""Draws the sample picture: a fly agaric on a forest floor, so that a first try needs nobody's photo.

A small sphere tracer over signed distances (after Hart 1996, "Sphere tracing", The Visual Computer 12): a walk along
every ray, one sun with soft shadows, light from the sky, and a wood out of focus behind. Same picture every time.

    python packaging/draw_sample.py resources/samples/fly_agaric.png
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Array = NDArray[np.float32]
WIDTH, HEIGHT, DETAIL = 840, 630, 1.6  # the picture in pixels, and how many traced rays per pixel and side
EYE, TARGET, FOCAL = np.array([0.7, 2.75, 5.2], np.float32), np.array([-0.1, 1.18, 0], np.float32), 2.25
SUN = np.array([-0.5, 0.72, 0.48], np.float32) / np.linalg.norm([-0.5, 0.72, 0.48])
SUNLIGHT, SKYLIGHT, BOUNCE = (
    np.array(c, np.float32) for c in ([1.75, 1.6, 1.3], [0.4, 0.47, 0.46], [0.16, 0.14, 0.08])
)
FAR = 16.0
GROUND, STEM, CAP, GILLS, WART, LEAF, BLADE = range(7)
RANDOM = np.random.default_rng(7)


class Mushroom:
    """One fly agaric: where it stands, its size, how flat its cap has opened, and its warts (points on the cap)."""

    def __init__(self, place: tuple[float, float, float], size: float, flat: float, warts: int) -> None:
        self.place, self.size, self.flat = np.array(place, np.float32), size, flat
        turn = np.arange(warts) * 2.39996 + RANDOM.uniform(0, 0.35, warts)  # golden angle: even, never in rows
        height = np.clip((np.arange(warts) + RANDOM.uniform(0, 0.9, warts)) / warts, 0.02, 0.97)
        across = np.sqrt(1 - (1 - height) ** 2)
        self.axes = np.array([1.42, 1.42 * flat, 1.42], np.float32)
        self.warts = (
            np.stack([across * np.cos(turn), 1 - height, across * np.sin(turn)], 1).astype(np.float32) * self.axes
        )
        self.radii = (RANDOM.uniform(0.04, 0.12, warts) * (1.2 - 0.5 * height)).astype(np.float32)

    def distances(self, points: Array) -> list[tuple[Array, int]]:
        """Distance of points [N,3] to each part, with the part's material."""
        p = (points - self.place) / self.size
        wobble = 0.05 * np.sin(1.3 * p[:, 1] + 0.5)
        p = p - np.stack([wobble, np.zeros_like(wobble), 0.5 * wobble], 1)
        x, y, z = p.T
        around, angle = np.hypot(x, z), np.arctan2(z, x)

        bulb = 0.15 * np.exp(-((y - 0.12) ** 2) / 0.09) * (1 + 0.1 * np.sin(34 * y))
        scales = 0.012 * np.sin(26 * y + 3 * np.sin(angle * 3)) * np.clip(3 - 3 * y, 0, 1)
        stem = np.maximum(around - (0.235 - 0.03 * y + bulb + scales), np.abs(y - 0.95) - 1.15)
        skirt_y = 1.58 - 0.55 * (around - 0.2) - 0.035 * np.sin(11 * angle) * around
        skirt = np.maximum(np.abs(y - skirt_y) - 0.018, np.abs(around - 0.36) - 0.17 - 0.02 * np.sin(17 * angle))

        c = p - np.array([0, 1.95, 0], np.float32)
        dome = (np.linalg.norm(c / self.axes, axis=1) - 1) * self.axes[1] * 0.9
        hollow = c[:, 1] + 0.05 - 0.1 * (around / 1.42) ** 2
        cap = np.maximum(dome, -hollow)
        gills = np.maximum(np.abs(hollow - 0.015 * np.sin(95 * angle)) - 0.05, around - 1.3)
        wart = np.full(len(p), 9.0, np.float32)
        near = np.flatnonzero(dome < 0.35)
        if near.size:
            wart[near] = self._wart_distance(c[near])
        parts = [(stem * 0.8, STEM), (skirt * 0.55, STEM), (cap, CAP), (gills * 0.5, GILLS), (wart, WART)]
        return [(distance * self.size, material) for distance, material in parts]

    def _wart_distance(self, c: Array) -> Array:
        nearest = np.full(len(c), 9.0, np.float32)
        ragged = 0.02 * np.sin(41 * c[:, 0]) * np.sin(37 * c[:, 2] + 1) * np.sin(29 * c[:, 1])
        for centre, radius in zip(self.warts, self.radii, strict=True):
            offset = c - centre
            out = centre / self.axes**2
            out /= np.linalg.norm(out)
            lift = offset @ out
            flattened = offset + np.outer(lift * 0.7, out)  # a crumb, lower than it is wide
            np.minimum(nearest, np.linalg.norm(flattened, axis=1) - radius, out=nearest)
        return (nearest + ragged) * 0.6


MUSHROOMS = [Mushroom((0, 0, 0), 1.0, 0.58, 92), Mushroom((-1.75, -0.05, -1.15), 0.55, 0.86, 70)]
LEAVES = [
    (np.array([x, 0.09, z], np.float32), RANDOM.uniform(0, 6.3), RANDOM.uniform(-0.4, 0.4), RANDOM.uniform(0.16, 0.3))
    for x, z in RANDOM.uniform([-3.2, -2.5], [3.2, 3.6], (34, 2))
    if np.hypot(x, z) > 0.55
]
BLADES = [
    (np.array([x, 0, z], np.float32), RANDOM.normal(0, 0.28, 2).astype(np.float32), RANDOM.uniform(0.35, 0.95))
    for x, z in RANDOM.uniform([-3, -2], [3, 2.6], (46, 2))
    if np.hypot(x, z) > 0.6 and not (z > 0.4 and abs(x) < 1.3)
]


def noise(points: Array) -> Array:
    """Value noise in -1 to 1 over points [N,3]: a smooth blend of hashed lattice values."""
    cell = np.floor(points)
    f = points - cell
    f = f * f * (3 - 2 * f)
    i = cell.astype(np.int64)
    total = np.zeros(len(points), np.float32)
    for corner in range(8):
        d = np.array([corner & 1, corner >> 1 & 1, corner >> 2], np.int64)
        j = i + d
        h = (j[:, 0] * 73856093) ^ (j[:, 1] * 19349663) ^ (j[:, 2] * 83492791)
        h = (h ^ (h >> 13)) * 1274126177
        weight = np.prod(np.where(d, f, 1 - f), axis=1)
        total += weight * ((h & 0xFFFF).astype(np.float32) / 32767.5 - 1)
    return total


def layered(points: Array, octaves: int) -> Array:
    """Noise of falling size, about -1 to 1."""
    return sum((0.5**k * noise(points * 2.03**k) for k in range(octaves)), np.zeros(len(points), np.float32))


def ground_distance(points: Array) -> Array:
    """Distance to mossy, uneven ground that falls away behind."""
    flat = points * np.array([1, 0, 1], np.float32)
    height = 0.1 * noise(flat * 0.9) + 0.06 * layered(flat * 3.1, 2) - 0.012 * np.maximum(-points[:, 2] - 1, 0) ** 2
    close = points[:, 1] < height + 0.25
    tufts = np.zeros(len(points), np.float32)
    tufts[close] = 0.035 * noise(flat[close] * 17) + 0.018 * noise(flat[close] * 43)
    return (points[:, 1] - height - tufts) * 0.6


def litter_distances(points: Array) -> list[tuple[Array, int]]:
    """Distances to fallen leaves and blades of grass, looked up only close to the ground."""
    leaf, blade = (np.full(len(points), 9.0, np.float32) for _ in range(2))
    low = np.flatnonzero(points[:, 1] < 1.2)
    p = points[low]
    nearest = np.full(len(p), 9.0, np.float32)
    for centre, turn, tilt, size in LEAVES:
        o = p - centre
        along = o[:, 0] * np.cos(turn) + o[:, 2] * np.sin(turn)
        side = o[:, 2] * np.cos(turn) - o[:, 0] * np.sin(turn)
        up = o[:, 1] - tilt * along - 0.5 * side**2 / size
        outline = np.abs(side) - 0.5 * size * (1 - (along / size) ** 2)
        np.minimum(
            nearest, np.maximum(np.maximum(outline, np.abs(along) - size), np.abs(up) - 0.008) * 0.5, out=nearest
        )
    leaf[low] = nearest
    nearest = np.full(len(p), 9.0, np.float32)
    for foot, lean, tall in BLADES:
        t = np.clip(p[:, 1] / tall, 0, 1)
        bend = (t * t)[:, None] * lean
        reach = np.hypot(p[:, 0] - foot[0] - bend[:, 0], p[:, 2] - foot[2] - bend[:, 1])
        np.minimum(nearest, np.maximum(reach - 0.022 * (1 - t) - 0.002, p[:, 1] - tall) * 0.6, out=nearest)
    blade[low] = nearest
    return [(leaf, LEAF), (blade, BLADE)]


def scene(points: Array) -> tuple[Array, NDArray[np.int8]]:
    """Distance of points [N,3] to the nearest thing, and its material."""
    parts = [(ground_distance(points), GROUND), *litter_distances(points)]
    for mushroom in MUSHROOMS:
        parts += mushroom.distances(points)
    distances = np.stack([distance for distance, _ in parts])
    winner = distances.argmin(axis=0)
    return distances[winner, np.arange(len(points))], np.array([material for _, material in parts], np.int8)[winner]


def walk(origins: Array, directions: Array) -> Array:
    """How far each ray goes until it meets something; FAR when it meets nothing."""
    travelled = np.zeros(len(origins), np.float32)
    going = np.arange(len(origins))
    for _ in range(110):
        step, _ = scene(origins[going] + travelled[going, None] * directions[going])
        travelled[going] += step
        going = going[(step > 0.0012 * np.maximum(1, travelled[going])) & (travelled[going] < FAR)]
        if not going.size:
            break
    return np.minimum(travelled, FAR)


def normals(points: Array) -> Array:
    """Unit normals by central differences on four corners of a tetrahedron."""
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
    gradient = sum(corner * scene(points + 0.002 * corner)[0][:, None] for corner in corners)
    return np.asarray(gradient / np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), 1e-9), np.float32)


def sunlit(points: Array, normal: Array) -> Array:
    """1 in the sun, 0 in the shade, with soft edges."""
    light, along = np.ones(len(points), np.float32), np.full(len(points), 0.03, np.float32)
    start = points + 0.01 * normal
    for _ in range(26):
        distance, _ = scene(start + along[:, None] * SUN)
        light = np.minimum(light, np.clip(0.5 + 7 * distance / along, 0, 1))
        along += np.clip(distance, 0.03, 0.3)
    return light


def openness(points: Array, normal: Array) -> Array:
    """How much of the sky a point sees, about 0 to 1."""
    hidden = np.zeros(len(points), np.float32)
    for k in range(1, 5):
        reach = 0.11 * k
        hidden += (reach - scene(points + reach * normal)[0]) / 1.7**k
    return np.clip(1 - 1.5 * hidden, 0.05, 1)


def paint(points: Array, material: NDArray[np.int8], normal: Array) -> tuple[Array, Array]:
    """Colour of the surface [N,3] in linear light, and how it shines."""
    rough, fine = layered(points * 5, 3)[:, None], noise(points * 42)[:, None]
    outward = np.clip(np.hypot(points[:, 0], points[:, 2])[:, None] / 1.42, 0, 1)
    moss = mix([0.025, 0.045, 0.01], [0.1, 0.135, 0.03], 0.5 + 0.7 * rough)
    soil = mix([0.06, 0.035, 0.018], [0.14, 0.085, 0.04], 0.5 + 0.5 * fine)
    leaf_kind = noise(np.floor(points * 1.7))[:, None]
    colours: dict[int, Array] = {
        GROUND: mix(moss, soil, np.clip(1.8 * layered(points * 1.1 + 9, 2)[:, None] + 0.25, 0, 1)) * (1 + 0.35 * fine),
        STEM: mix([0.56, 0.52, 0.4], [0.74, 0.71, 0.6], 0.5 + rough) * (1 + 0.06 * fine),
        CAP: mix([0.42, 0.006, 0.006], [0.6, 0.06, 0.008], outward**6 + 0.25 * rough) * (1 + 0.05 * fine),
        GILLS: mix([0.78, 0.74, 0.62], [0.9, 0.87, 0.78], 0.5 + 0.5 * fine),
        WART: mix([0.7, 0.65, 0.5], [0.86, 0.83, 0.74], 0.6 + rough),
        LEAF: mix([0.13, 0.055, 0.018], [0.42, 0.23, 0.05], 0.5 + 0.6 * leaf_kind + 0.4 * rough) * (1 + 0.3 * fine),
        BLADE: mix([0.05, 0.09, 0.015], [0.16, 0.22, 0.05], np.clip(points[:, 1:2], 0, 1)),
    }
    shine = np.select([material == CAP, material == BLADE, material == LEAF], [0.55, 0.15, 0.1], 0.03)
    colour = np.zeros_like(points)
    for kind, tint in colours.items():
        colour[material == kind] = np.broadcast_to(tint, points.shape)[material == kind]
    return np.clip(colour, 0, 1), shine.astype(np.float32)[:, None]


def mix(a: object, b: object, share: Array) -> Array:
    """From colour `a` at share 0 to colour `b` at share 1."""
    share = np.clip(share, 0, 1)
    return np.asarray(np.asarray(a, np.float32) * (1 - share) + np.asarray(b, np.float32) * share, np.float32)


def shade(points: Array, directions: Array) -> Array:
    """Light that leaves the surface points towards the eye, linear RGB [N,3]."""
    _, material = scene(points)
    normal = normals(points)
    colour, shine = paint(points, material, normal)
    sun = (np.clip(normal @ SUN, 0, 1) * sunlit(points, normal))[:, None]
    sky = (openness(points, normal) * (0.55 + 0.45 * normal[:, 1]))[:, None]
    bounce = np.clip(0.35 - 0.65 * normal[:, 1:2], 0, 1) * openness(points, normal)[:, None]
    half = SUN - directions
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    gloss = np.clip((normal * half).sum(1, keepdims=True), 0, 1)
    facing = np.clip(-(normal * directions).sum(1, keepdims=True), 0, 1)
    mirror = shine * (1.6 * gloss**60 * sun + 0.22 * (1 - facing) ** 4 * sky + 0.15 * gloss**9 * sun)
    return np.asarray(
        colour * (SUNLIGHT * sun + SKYLIGHT * sky * 1.15 + BOUNCE * bounce) + mirror * SUNLIGHT, np.float32
    )


def wood(width: int, height: int) -> Image.Image:
    """The wood behind, out of focus: dark trunks, light through leaves."""
    picture = Image.new("RGB", (width, height), (72, 86, 50))
    pen = ImageDraw.Draw(picture, "RGBA")
    for _ in range(420):
        x, y, r = RANDOM.uniform(0, width), RANDOM.uniform(0, height * 0.75), RANDOM.uniform(0.01, 0.045) * width
        tone = RANDOM.choice(
            [(118, 132, 58, 70), (176, 168, 84, 60), (34, 48, 24, 90), (214, 206, 130, 45), (70, 92, 44, 90)]
        )
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(int(v) for v in tone))
    for x in RANDOM.uniform(0, width, 11):
        w = RANDOM.uniform(0.012, 0.045) * width
        pen.rectangle((x - w, 0, x + w, height * 0.72), fill=(38, 32, 22, 200))
    return picture.filter(ImageFilter.GaussianBlur(width / 60))


def draw(width: int, height: int) -> Image.Image:
    """The whole picture at a size in pixels."""
    forward = (TARGET - EYE) / np.linalg.norm(TARGET - EYE)
    right = np.cross(forward, [0, 1, 0]) / np.linalg.norm(np.cross(forward, [0, 1, 0]))
    up = np.cross(right, forward)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    plane = np.stack([(2 * u - width) / height, (height - 2 * v) / height], -1).reshape(-1, 2)
    rays = plane[:, :1] * right + plane[:, 1:] * up + FOCAL * forward
    rays = (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)
    light = (np.asarray(wood(width, height), np.float32).reshape(-1, 3) / 255) ** 2.2
    depth = np.full(len(rays), FAR, np.float32)
    for chunk in np.array_split(np.arange(len(rays)), max(1, len(rays) // 40_000)):
        origin = np.broadcast_to(EYE, (len(chunk), 3))
        depth[chunk] = walk(origin, rays[chunk])
        hit = chunk[depth[chunk] < FAR]
        if hit.size:
            surface = shade(EYE + depth[hit, None] * rays[hit], rays[hit])
            haze = np.clip((depth[hit, None] - 6.5) / 8, 0, 1)
            light[hit] = surface * (1 - haze) + light[hit] * haze
    return develop(light.reshape(height, width, 3), depth.reshape(height, width))


def develop(light: Array, depth: Array) -> Image.Image:
    """Exposure, a lens that is sharp on the mushroom only, a darker edge and a little grain."""
    height, width, _ = light.shape
    tone = (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14)  # Narkowicz 2015, an ACES fit
    sharp = Image.fromarray((255 * np.clip(tone, 0, 1) ** (1 / 2.2)).astype(np.uint8))
    for distance, blur in ((6.6, 0.0018), (8.0, 0.004), (10.5, 0.008)):
        sharp = soften(sharp, depth > distance, width * blur)
    v, u = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    edge = (1 - 0.28 * (u**2 + v**2) / 2)[..., None]
    grain = RANDOM.normal(0, 2.0, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(sharp) * edge + grain, 0, 255).astype(np.uint8))


def soften(picture: Image.Image, where: NDArray[np.bool_], radius: float) -> Image.Image:
    """Blur a part of the picture from its own pixels only, so that nothing bright in front of it bleeds into it."""
    share = where.astype(np.float32)[..., None]
    blurred = np.stack([blur(plane, radius) for plane in (np.asarray(picture) * share).transpose(2, 0, 1)], -1)
    weight = blur(share[..., 0] * 255, radius)[..., None] / 255
    mixed = np.where(where[..., None], blurred / np.maximum(weight, 0.02), np.asarray(picture))
    return Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8))


def blur(plane: Array, radius: float) -> Array:
    """Gaussian blur of one plane in 0 to 255."""
    return np.asarray(Image.fromarray(plane.astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius)), np.float32)


def main(arguments: list[str]) -> int:
    """Draw into the file named first."""
    picture = draw(round(WIDTH * DETAIL), round(HEIGHT * DETAIL)).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    picture.save(Path(arguments[0]), optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
