"""The audit itself: from scanned photos (and embeddings, when there are some) to findings. Reads no file again.

Copies come from the scan's digests and hashes, looks from the scan's pixels, label errors from embeddings.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.data.audit.copies import Copy, find_copies
from trainer.data.audit.findings import AuditReport, Finding, PhotoAudit
from trainer.data.audit.label_errors import confident_learning, no_subject_scores, out_of_fold_probabilities
from trainer.data.audit.quality import quality_scores, small_score
from trainer.data.crops import Pair
from trainer.data.labels import Labels, Tree
from trainer.data.scan import BACKGROUND_FOLDER, ScannedPhoto

OnProgress = Callable[[int, int], None]
_MIN_FOR_LABEL_ERRORS = 8  # different pictures of a label: with fewer, a fold knows next to nothing of it


def audit(
    photos: Sequence[ScannedPhoto],
    pixels: NDArray[np.uint8],
    labels: Labels,
    tree: Tree,
    embeddings: NDArray[np.float32] | None = None,
    on_progress: OnProgress = lambda done, total: None,
    cuts: Sequence[Pair] = (),
) -> AuditReport:
    """Score every photo and list what is wrong with it.

    Args:
        photos: rows of a scan. pixels: the scan's cache, uint8 RGB [N, S, S, 3], whole pictures squeezed to squares.
        labels, tree: what the folders mean; a genus and its species do not contradict each other.
        embeddings: float32 [N, D] in the order of `photos` (rows of unreadable ones are not looked at), or None: then
            label errors and photos without the subject are not looked for.
        on_progress: called with photos done and in all.
        cuts: pairs of `ScannedPhoto.index` of which one photo is cut out of the other.
    """
    scores: list[dict[Finding, float]] = [{} for _ in photos]
    readable = np.array([row for row, photo in enumerate(photos) if not photo.error], dtype=np.int64)
    for row, photo in enumerate(photos):
        if photo.error:
            scores[row][Finding.UNREADABLE] = 1.0
    _add_looks(scores, photos, pixels, readable, on_progress)
    found = find_copies([photos[row] for row in readable], labels, _compatible(tree, len(labels.taxa)), cuts)
    copies = {int(readable[place]): copy for place, copy in found.items()}
    for row, copy in copies.items():
        scores[row] |= copy.scores
    suggestions: dict[int, str] = {}
    looked_for = set(Finding) - {Finding.LABEL_ERROR, Finding.NO_SUBJECT}
    if embeddings is not None:
        looked_for |= _add_label_errors(scores, suggestions, photos, readable, copies, labels, tree, embeddings)
    rows = [
        PhotoAudit(
            photo.index,
            photo.file,
            photo.raw_label,
            {finding: rounded for finding, score in scores[row].items() if (rounded := round(score, 3)) > 0},
            copies[row].group if row in copies else -1,
            copies[row].elsewhere if row in copies else (),
            suggestions.get(row, ""),
            photo.error,
        )
        for row, photo in enumerate(photos)
    ]
    return AuditReport(tuple(rows), tuple(finding for finding in Finding if finding in looked_for))


def natural_picture(cached: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A squeezed square as a picture in its own aspect again, never larger than the original in either direction."""
    side = len(cached)
    scale = min(1.0, side / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(cached).resize(size, Image.Resampling.BICUBIC))


def _compatible(tree: Tree, count: int) -> NDArray[np.bool_]:
    """bool [C, C]: labels that may both be right, a genus and its species."""
    below = tree.members[:count]
    both: NDArray[np.bool_] = below | below.T
    return both


def _add_looks(
    scores: list[dict[Finding, float]],
    photos: Sequence[ScannedPhoto],
    pixels: NDArray[np.uint8],
    readable: NDArray[np.int64],
    on_progress: OnProgress,
) -> None:
    def look(row: int) -> dict[Finding, float]:
        photo = photos[row]
        picture = natural_picture(np.asarray(pixels[photo.index]), photo.width, photo.height)
        looks = {Finding(name): score for name, score in asdict(quality_scores(picture)).items()}
        return looks | {Finding.TOO_SMALL: small_score(photo.width, photo.height)}

    subjects = [int(row) for row in readable if photos[row].raw_label != BACKGROUND_FOLDER]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, (row, found) in enumerate(zip(subjects, pool.map(look, subjects), strict=True), start=1):
            scores[row] |= found
            on_progress(done, len(subjects))


def _add_label_errors(
    scores: list[dict[Finding, float]],
    suggestions: dict[int, str],
    photos: Sequence[ScannedPhoto],
    readable: NDArray[np.int64],
    copies: dict[int, Copy],
    labels: Labels,
    tree: Tree,
    embeddings: NDArray[np.float32],
) -> set[Finding]:
    """Label errors among the subjects and subjects that look like the background; what could be looked for."""
    own_group = np.array([copies[r].group if r in copies else len(photos) + r for r in readable.tolist()])
    background = np.array([photos[row].raw_label == BACKGROUND_FOLDER for row in readable])
    looked_for = {Finding.LABEL_ERROR}
    if background.any():
        looked_for.add(Finding.NO_SUBJECT)
        for row, score in zip(readable, no_subject_scores(embeddings[readable], background, own_group), strict=True):
            if photos[row].raw_label != BACKGROUND_FOLDER:
                scores[row][Finding.NO_SUBJECT] = float(score)
    named = np.array([labels.of_folder.get(photos[row].raw_label, -1) for row in readable], dtype=np.int64)
    pictures = np.unique(np.stack([named, own_group])[:, named >= 0], axis=1)[0]
    enough = np.bincount(pictures, minlength=len(labels.taxa)) >= _MIN_FOR_LABEL_ERRORS
    tested = ~background & (named >= 0) & enough[named]
    present, member = np.unique(named[tested], return_inverse=True)
    if len(present) < 2:
        return looked_for - {Finding.LABEL_ERROR}
    rows = readable[tested]
    probabilities = out_of_fold_probabilities(embeddings[rows], member, own_group[tested])
    errors = confident_learning(member, probabilities, _compatible(tree, len(labels.taxa))[np.ix_(present, present)])
    for row, score, suggested, suspect in zip(rows, errors.score, errors.suggested, errors.suspect, strict=True):
        scores[row][Finding.LABEL_ERROR] = float(score)
        if suspect:
            suggestions[int(row)] = labels.taxa[present[suggested]].name
    return looked_for
