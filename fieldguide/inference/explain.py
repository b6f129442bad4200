"""Which parts of a photo spoke for a name, and which against it: a heat map over the prepared picture.

Three ways, best first for most uses. Occlusion (Zeiler and Fergus 2014) hides one patch after the other and sees what
happens; it asks the network as it is and needs no gradient. The gradient guesses the same from one pass, and is noisy.
LIME (Ribeiro and others 2016) hides random halves of the patches and fits a linear model to the answers. All three tell
of each patch by how much covering it lowers the calibrated log-odds, in nats, and are scaled alike. Knows no window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from fieldguide.core.photo import read_photo
from fieldguide.core.photo.preprocess import prepare
from fieldguide.core.records import Photo
from fieldguide.core.taxonomy import Taxon
from fieldguide.inference.identify import never
from fieldguide.inference.network import Network

GRID = 7  # patches a side for occlusion: 49 pictures
REACH = 1.5  # a covered square is so many patches wide: neighbours overlap, edges of patches do not show
LIME_GRID, LIME_SAMPLES, LIME_RIDGE = 6, 48, 1.0
FULL = 1.0  # nats that a patch must weigh for full colour: covering it changes the odds by a factor of e ...
SHARE = 1 / 3  # ... and, where the model is nearly certain, this share of how far it is from even odds
# What is covered is blurred by this share of the side: colours stay, form goes; grey would be a form itself.
BLUR = 0.08

Heat = npt.NDArray[np.float32]


class Way(StrEnum):
    """How a map is made."""

    OCCLUSION = "occlusion"
    GRADIENT = "gradient"
    LIME = "lime"


class StoppedError(Exception):
    """The map was no longer wanted."""


def picture_of(photo: Photo, runtime: Network) -> npt.NDArray[np.uint8]:
    """The photo as the network saw it, uint8 [3,S,S]; read again from its file.

    Raises:
        FieldGuideError: one of the PHOTO_ codes, when the file has changed or gone.
    """
    spec = runtime.manifest.input
    return prepare(read_photo(photo.path, spec.short_side).pixels, spec)


def explain(
    runtime: Network,
    picture: npt.NDArray[np.uint8],
    taxon: Taxon,
    against: Taxon | None = None,
    *,
    way: Way = Way.OCCLUSION,
    should_stop: Callable[[], bool] = never,
) -> Heat:
    """What spoke for `taxon` (above 0) and against it (below 0), float32 [S,S] in -1..1 over the prepared picture.

    The scale is absolute: 1 is a patch that weighs `FULL` nats and `SHARE` of the margin, or the strongest when that
    weighs more. So what hardly moves an answer is faint, be it for or against.

    Args:
        runtime: the model that was asked.
        picture: uint8 [3,S,S], see `picture_of`; aligned with `core.preprocess.crop_box` of the upright photo.
        taxon: a label, or a genus or family above labels: then all of its labels count together.
        against: with it the map says what spoke for `taxon` rather than for this one.
        way: see the module.
        should_stop: asked between batches.

    Raises:
        StoppedError: `should_stop()` turned true. ValueError: the model knows no label of a taxon.
    """
    counted = _counted(runtime.manifest.labels, taxon)
    rest = ~counted if against is None else _counted(runtime.manifest.labels, against) & ~counted
    rest = rest if rest.any() else ~counted

    def score(batch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        return _log_odds(runtime.run(batch)[0] / runtime.manifest.temperature, counted, rest)

    side, plain = picture.shape[1], score(picture[None])
    if way is Way.GRADIENT:
        coarse = _gradient(runtime, picture, counted, rest)
    else:
        covers = _windows(GRID, side) if way is Way.OCCLUSION else _random_halves(side)
        answers = [score(batch) for batch in _covered(picture, covers, runtime, should_stop)]
        drops = plain - np.concatenate(answers)
        coarse = drops.reshape(GRID, GRID) if way is Way.OCCLUSION else _fit_linear(drops, covers)
    return _scaled(_spread(coarse, side), float(plain[0]))


def _counted(labels: Sequence[Taxon], taxon: Taxon) -> npt.NDArray[np.bool_]:
    """Which labels count as the taxon: itself, or everything below it."""
    counted = np.array([label == taxon or label.at(taxon.rank) == taxon.name for label in labels])
    if not counted.any():
        raise ValueError(f"the model knows no label of {taxon.name}")
    return counted


def _log_odds(
    logits: npt.NDArray[np.floating], counted: npt.NDArray[np.bool_], rest: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Log-odds [N] of the counted labels against the rest.

    Odds, not probabilities: where the network is certain, probabilities hardly move whatever is covered.
    """
    values = logits.astype(np.float64)
    return _log_sum(values[:, counted]) - _log_sum(values[:, rest])


def _log_sum(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    highest = values.max(axis=1, keepdims=True)
    return np.asarray(highest[:, 0] + np.log(np.exp(values - highest).sum(axis=1)))


def _covered(
    picture: npt.NDArray[np.uint8], covers: Heat, runtime: Network, should_stop: Callable[[], bool]
) -> Iterator[npt.NDArray[np.uint8]]:
    """Batches of the picture under each cover [K,S,S] (1 hides, 0 shows)."""
    hidden = _blurred(picture).astype(np.float32)
    shown = picture.astype(np.float32)
    for start in range(0, len(covers), runtime.batch_size):
        if should_stop():
            raise StoppedError
        part = covers[start : start + runtime.batch_size, None]
        yield (shown + part * (hidden - shown)).round().astype(np.uint8)


def _blurred(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    image = Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0)))
    blurred = image.filter(ImageFilter.GaussianBlur(BLUR * picture.shape[1]))
    return np.asarray(blurred).transpose(2, 0, 1)


def _windows(grid: int, side: int) -> Heat:
    """One square per place of a grid [grid*grid,S,S], wider than the grid's step, with soft edges."""
    step = side / grid
    centres = (np.arange(grid) + 0.5) * step
    distance = np.abs(np.arange(side) + 0.5 - centres[:, None])
    along = np.clip((REACH * step / 2 - distance) / (0.25 * step) + 0.5, 0.0, 1.0)
    return np.asarray((along[:, None, :, None] * along[None, :, None, :]).reshape(-1, side, side), np.float32)


def _random_halves(side: int) -> Heat:
    """Half of the patches of a coarse grid hidden at random [LIME_SAMPLES,S,S], always the same ones."""
    random = np.random.default_rng(0)
    coarse = random.random((LIME_SAMPLES, LIME_GRID, LIME_GRID)) < 0.5
    place = np.arange(side) * LIME_GRID // side
    return np.asarray(coarse[:, place][:, :, place], np.float32)


def _fit_linear(drops: npt.NDArray[np.float64], covers: Heat) -> npt.NDArray[np.float64]:
    """Ridge regression of the drops on which patches were hidden: the weight of each patch, as a map."""
    side = covers.shape[1]
    middle = ((np.arange(LIME_GRID) + 0.5) * side / LIME_GRID).astype(int)
    hidden = covers[:, middle][:, :, middle].reshape(len(covers), -1).astype(np.float64)
    centred, targets = hidden - hidden.mean(axis=0), drops - drops.mean()
    weights = np.linalg.solve(centred.T @ centred + LIME_RIDGE * np.eye(centred.shape[1]), centred.T @ targets)
    return np.asarray(weights.reshape(LIME_GRID, LIME_GRID))


def _gradient(
    runtime: Network, picture: npt.NDArray[np.uint8], counted: npt.NDArray[np.bool_], rest: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """What covering each patch would do if the log-odds were a plane: gradient times what blurring takes away."""
    temperature = runtime.manifest.temperature
    logits = runtime.run(picture[None])[0][0].astype(np.float64) / temperature
    weights = np.zeros(len(logits), np.float32)
    for group, sign in ((counted, 1.0), (rest, -1.0)):
        shares = np.exp(logits[group] - logits[group].max())
        weights[group] = sign * shares / shares.sum() / temperature
    pull = runtime.input_gradient(picture, weights)
    drop = (pull * (picture.astype(np.float32) - _blurred(picture))).sum(axis=0)
    return np.tensordot(_windows(GRID, drop.shape[0]), drop, axes=2).reshape(GRID, GRID).astype(np.float64)


def _spread(coarse: npt.NDArray[np.float64], side: int) -> npt.NDArray[np.float64]:
    """A value per patch [G,G] as a smooth map [S,S]: edges of patches would look like edges of something."""
    image = Image.fromarray(coarse.astype(np.float32))
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC), np.float64)


def _scaled(drops: npt.NDArray[np.float64], margin: float) -> Heat:
    """Drops in nats as strengths -1..1; `margin`: log-odds of the picture as it is."""
    full = max(FULL, SHARE * abs(margin), float(np.abs(drops).max()))
    return np.asarray(drops / full, np.float32)
