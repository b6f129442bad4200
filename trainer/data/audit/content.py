"""What a picture holds besides one subject: drawn lines on paper, letters, seams of a collage, several things.

Rules on small pictures, no learned detector: each looks for one thing that photos of a find rarely have. They serve to
order photos for a person's eye, not to drop them unseen.
"""

from __future__ import annotations

from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from trainer.data.audit.scale import LUMA, ramp

Gray = NDArray[np.float32]

_MARGIN = 4  # pixels along the edge that show the ground behind the subject
_LETTER_HEIGHT = (4, 20)  # pixels in a picture of about 200
_LETTER_STEPS = (35, 55)  # levels from letters to what surrounds them
_FEWEST_LETTERS = 4  # fewer are no line
_MARK = 0.004  # share of the picture that a mark beside a drawing covers at most
_BESIDE = np.array([1] * 8 + [0] * 5 + [1] * 8, dtype=np.float32) / 16  # three to ten columns to either side
_SMOOTH = 8  # levels that are added to the steps beside a seam, or even a blank wall would have seams
_SEAM_SURE = (0.9, 1.45)  # steps along a seam against those beside it: usual, surely a seam
_EIGHTHS = 8
_NARROW = 24  # pixels: no seam is looked for in less
_SHORT = 112  # pixels of a seam's length: eighths of shorter ones step by chance
_TRIED = 12  # best places of a seam that are looked at


def _edge(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
    """The colour along the edge [3], and how evenly the edge has it (0 to 1)."""
    edges = (pixels[:_MARGIN], pixels[-_MARGIN:], pixels[:, :_MARGIN], pixels[:, -_MARGIN:])
    border = np.concatenate([edge.reshape(-1, 3) for edge in edges]).astype(np.float32)
    colour: NDArray[np.float32] = np.median(border, axis=0).astype(np.float32)
    return colour, float((np.abs(border - colour).max(axis=1) < 18).mean())


def _ground(pixels: NDArray[np.uint8], colour: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where the picture has this colour, bool [H, W]."""
    alike: NDArray[np.bool_] = np.abs(pixels - colour).max(axis=2) < 22
    return alike


def drawing_score(pixels: NDArray[np.uint8]) -> float:
    """Drawings, plates and line art on light paper: warm paper all round; or paper around the subject and inside it,
    with small separate marks (spores, letters, numbers) or with so much paper inside that the subject is mere lines.

    A photo cut out on white has its ground inside too, between stems, but no marks beside it. Misses drawings that
    fill the frame; takes a photo on cream card for a plate.
    """
    colour, even = _edge(pixels)
    red, green, blue = colour.tolist()
    if even < 0.6 or float(colour @ LUMA) < 200 or red < max(green, blue) - 3:
        return 0.0
    ground = _ground(pixels, colour)
    filled = ndimage.binary_fill_holes(~ground)
    inside = filled & ndimage.binary_erosion(filled, iterations=2)
    paper_inside = float((ground & inside).sum() / max(1, inside.sum()))
    sizes = np.bincount(ndimage.label(~ground)[0].ravel())[1:]
    marks = float(((sizes >= 4) & (sizes < _MARK * ground.size)).sum())
    plate = min(ramp(paper_inside, 0.0, 0.04), ramp(marks, 1, 9))
    warm = ramp(even, 0.5, 0.7) if red - blue >= 12 else 0.0
    return max(plate, ramp(paper_inside, 0.06, 0.2), warm)


def several_subjects_score(pixels: NDArray[np.uint8]) -> float:
    """Separate things on an even ground (a plate, finds laid out): two are fine, three 0.5, four or more 1.

    Says nothing of busy backgrounds, where only a detector could count.
    """
    colour, even = _edge(pixels)
    if even < 0.75:
        return 0.0
    ground = _ground(pixels, colour)
    things, count = ndimage.label(ndimage.binary_opening(~ground))
    sizes = np.bincount(things.ravel(), minlength=count + 1)[1:] / ground.size
    return ramp(float((sizes > 0.012).sum()), 2, 4)


def collage_score(pixels: NDArray[np.uint8]) -> float:
    """A straight seam from edge to edge with a picture on either side: several pictures in one.

    Along a seam colours step more than they do beside it, in nearly every eighth of its length: the rim of a cap or a
    stem is too short, a bar or a caption has no picture on its far side. Misses pictures set into a picture, and those
    that overlap.
    """
    colours = np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.int16)
    upright, lying = _seam(colours), _seam(np.ascontiguousarray(colours.transpose(0, 2, 1)))
    return ramp(max(upright, lying), *_SEAM_SURE)


def _seam(colours: NDArray[np.int16]) -> float:
    """How surely an upright seam parts the picture [3, H, W]: its steps against those beside it, in the second worst of
    the eighths of its length; 1 is usual, 0 without a picture on either side or in a picture too small to say.

    The seam lies an eighth of the width from the edge or further in.
    """
    _, height, width = colours.shape
    if width < _NARROW or height < _SHORT:
        return 0.0
    red, green, blue = np.abs(colours[:, :, 2:] - colours[:, :, :-2])  # over two pixels: JPEG smears a seam
    step = np.maximum(np.maximum(red, green), blue)
    edges = np.linspace(0, height, _EIGHTHS + 1).astype(int)
    steps = np.add.reduceat(step, edges[:-1], axis=0, dtype=np.float32) / np.diff(edges)[:, None]
    beside = ndimage.correlate1d(steps, _BESIDE, axis=1, mode="nearest")
    found = np.partition(steps / (beside + _SMOOTH), 1, axis=0)[1]
    margin = width // 8
    inner = found[margin : len(found) - margin]
    for place in (np.argsort(-inner)[:_TRIED] + margin).tolist():
        if found[place] <= _SEAM_SURE[0]:
            return 0.0
        if _is_picture(colours[:, :, :place]) and _is_picture(colours[:, :, place + 3 :]):
            return float(found[place])
    return 0.0


def _is_picture(side: NDArray[np.int16]) -> bool:
    """Whether it is more than a bar or a caption: three tenths of it differ from its usual colour."""
    usual = np.median(side.reshape(3, -1), axis=1)
    return bool((np.abs(side - usual[:, None, None]).max(axis=0) > 20).mean() >= 0.3)


def text_score(gray: Gray) -> float:
    """Captions and watermarks: the longest row of strokes of one height on one line; 6 letters are 0.5, 9 are 1."""
    local = gray - ndimage.uniform_filter(gray, 15)
    bright = (local > step for step in _LETTER_STEPS)  # the higher step parts letters from a bright ground
    return ramp(float(max(map(_letters_in_line, (*bright, local < -_LETTER_STEPS[0])))), 3, 9)


def _letters_in_line(strokes: NDArray[np.bool_]) -> int:
    labelled, count = ndimage.label(strokes)
    if count < _FEWEST_LETTERS:
        return 0
    sizes = np.bincount(labelled.ravel())
    boxes = np.array([(y.start, y.stop, x.start, x.stop) for y, x in ndimage.find_objects(labelled)])
    height, width = boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]
    letters = boxes[
        (height >= _LETTER_HEIGHT[0]) & (height <= _LETTER_HEIGHT[1]) & (width <= 2.2 * height) & (sizes[1:] >= 4)
    ]
    standing = np.bincount(letters[:, 1], minlength=1)
    enough = np.convolve(standing, (1, 1, 1))[1:-1] >= _FEWEST_LETTERS  # on the line, give or take one
    return max((_longest_run(letters, foot) for foot in np.flatnonzero(enough & (standing > 0))), default=0)


def _longest_run(letters: NDArray[np.int64], foot: np.int64) -> int:
    """Letters that stand on the line `foot`, of about one height, with gaps no wider than a letter is high."""
    row = letters[np.abs(letters[:, 1] - foot) <= 1]
    height = row[:, 1] - row[:, 0]
    usual = median(height.tolist())  # of some ten numbers: numpy's takes ten times as long
    row = row[np.abs(height - usual) <= max(1.0, usual / 4)]
    if len(row) < _FEWEST_LETTERS:
        return 0
    row = row[np.argsort(row[:, 2])]
    gaps = row[1:, 2] - row[:-1, 3]
    longest = run = 0
    for close in (gaps >= -1) & (gaps <= 1.2 * usual):
        run = run + 1 if close else 0
        longest = max(longest, run)
    return longest + 1
