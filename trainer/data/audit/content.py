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
_FEWEST_LETTERS = 4  # fewer are no line
_SEAM_STEP = 12  # grey levels across a seam between two pictures


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
    """Drawings, plates and line art: paper around the subject, and the same paper showing inside it; or tinted paper.

    A photo cut out on pure white shows none of its ground inside the subject. Misses drawings that fill the frame.
    """
    colour, even = _edge(pixels)
    if even < 0.7 or float(colour @ LUMA) < 175:
        return 0.0
    ground = _ground(pixels, colour)
    filled = ndimage.binary_fill_holes(~ground)
    inside = filled & ndimage.binary_erosion(filled, iterations=2)
    paper_inside = float((ground & inside).sum() / max(1, inside.sum()))
    tinted = even if float(np.ptp(colour)) > 8 else 0.0
    return max(ramp(paper_inside, 0.0, 0.04), ramp(tinted, 0.7, 0.95))


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


def collage_score(gray: Gray) -> float:
    """A straight seam across the picture away from its edge: how much oftener brightness steps there than beside it.

    Two photos that meet differ by chance in places, and a busy photo steps everywhere: neither share alone tells.
    """
    return ramp(max(_seam(gray), _seam(gray.T)), 0.26, 0.60)


def _seam(gray: Gray) -> float:
    columns = (np.abs(np.diff(gray, axis=1)) > _SEAM_STEP).mean(axis=0)
    edge = len(columns) // 10  # nearer the edge it is a frame or a caption
    beside = ndimage.median_filter(columns, 15, mode="nearest")
    return float((columns - beside)[edge : len(columns) - edge].max(initial=0.0))


def text_score(gray: Gray) -> float:
    """Captions and watermarks: the longest row of strokes of one height on one line; 6 letters are 0.5, 9 are 1."""
    local = gray - ndimage.uniform_filter(gray, 15)
    return ramp(float(max(_letters_in_line(local > 35), _letters_in_line(local < -35))), 3, 9)


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
