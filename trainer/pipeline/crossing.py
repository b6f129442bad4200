"""Where nobody's photos but its own are at hand: each training source answered by a head that was fitted without it.

Nearer to other people's photos than answers to the very sources that teach, and still not the same: the features have
seen every source, only the head has not. Kinds that a single source shows become kinds without a label, as they would
be. Leave-one-source-out cross-validation of the last layer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from trainer.config import RunConfig, input_size
from trainer.data.dataset import open_split
from trainer.evaluation.predictions import NO_LABEL, Predictions
from trainer.fit.losses import TreeLoss
from trainer.fit.network import Classifier
from trainer.fit.probe import extract_features, forget_features, train_head
from trainer.pipeline.preparation import Prepared, choose_device
from trainer.progress import Progress
from trainer.run_folder import RunFolder

LEAST = 30  # photos of a source on the calibration side: fewer count among the others together
MOST = 4000  # photos that teach the heads, by chance: bounds the time, and a head alone gains little by more
COVERED = 0.5  # share of the photos whose kind another source teaches too; below it sources only differ in their kinds
NEVER = -1e4  # the logit of a label that a head was not taught


def cross_sources(
    config: RunConfig,
    run: RunFolder,
    ready: Prepared,
    network: Classifier,
    calibration: Predictions,
    progress: Progress,
) -> Predictions | None:
    """Answers to the calibration photos of subjects, each by a head that its source did not teach.

    Photos of a kind that only their source teaches have no target, but their truth. None where that says nothing: a
    single source, or sources of different kinds.
    """
    taxa = ready.labels.taxa
    is_subject = np.array([taxon.rank is not Rank.BACKGROUND for taxon in taxa])
    asked = calibration.select((calibration.targets >= 0) & is_subject[calibration.targets])
    teaching = [row for row in ready.placed if row.split == "train"]
    chosen = np.sort(np.random.default_rng(config.seed).permutation(len(teaching))[:MOST])
    photos = open_split("train", run, ready.photos, ready.placed, taxa, ready.guide, config).select(chosen)
    folds = plan(asked.targets, asked.sources, photos.target, np.array([teaching[row].source for row in chosen]))
    if folds is None:
        return None
    progress.step(text("train.crossing", sources=len(folds.taught)), "calibrating")
    device = choose_device(config.device, progress)
    features = extract_features(network.to(device), photos, input_size(config), device, progress, run.features)
    loss = TreeLoss(ready.tree, len(taxa), config.fit.hierarchy, config.fit.label_smoothing)
    logits = np.full((len(asked), len(taxa)), NEVER, np.float32)
    for name, labels in folds.taught.items():
        rows, others = folds.of_asked == name, np.flatnonzero(folds.of_taught != name)
        part = features[torch.from_numpy(others)]
        head = train_head(network, part, photos.select(others), loss, config.fit, config.seed, progress)
        with torch.no_grad():
            answers = head(torch.from_numpy(asked.embeddings[rows]).float()).numpy()
        labels = labels[(labels >= 0) & (labels < len(taxa))]
        logits[np.ix_(rows, labels)] = answers[:, labels]
    del features
    forget_features(run.features)
    truth = tuple(taxa[target] for target in asked.targets)
    crossed = replace(asked, logits=logits, targets=np.where(folds.novel, NO_LABEL, asked.targets), truth=truth)
    crossed.save(run.predictions / "crossed.npz")
    return crossed


@dataclass(frozen=True, slots=True)
class Folds:
    """Each source apart, the small ones together under an empty name.

    `of_asked` [N] and `of_taught` [M] name the fold of a photo; `taught` the targets that all other folds teach;
    `novel` [N] tells photos of kinds that only their own fold teaches.
    """

    of_asked: NDArray[np.str_]
    of_taught: NDArray[np.str_]
    taught: dict[str, NDArray[np.int64]]
    novel: NDArray[np.bool_]


def plan(
    asked: NDArray[np.integer], of_asked: NDArray[np.str_], taught: NDArray[np.integer], of_taught: NDArray[np.str_]
) -> Folds | None:
    """Folds of photos with their targets and sources: `[N]` to be answered, `[M]` that teach. None where they would
    say nothing: less than two large sources, or sources of different kinds.
    """
    names, counts = np.unique(of_asked, return_counts=True)
    large = names[counts >= LEAST]
    asked_folds, taught_folds = (np.where(np.isin(each, large), each, "") for each in (of_asked, of_taught))
    known = {str(fold): np.unique(taught[taught_folds != fold]) for fold in np.unique(asked_folds)}
    novel = np.array([target not in known[fold] for target, fold in zip(asked, asked_folds, strict=True)], dtype=bool)
    if len(large) < 2 or novel.mean() > 1 - COVERED:
        return None
    return Folds(asked_folds, taught_folds, known, novel)
