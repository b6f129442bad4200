"""What the application would tell of each photo of a split: the real `core.decision`, photo by photo, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision import Decision, decide, plausible_labels
from fieldguide.core.decision.calibration import softmax
from fieldguide.core.decision.rollup import LabelTree, label_tree
from fieldguide.core.guide import Guide
from fieldguide.core.records import VerdictKind
from fieldguide.core.taxonomy import Taxon
from trainer.evaluation.fitting import DecisionPolicy
from trainer.evaluation.predictions import Predictions
from trainer.evaluation.verdicts import Truth, Verdicts, truth_of

KINDS = tuple(VerdictKind)  # species, genus, family, unknown: the order of `verdicts.RANKS` and `verdicts.UNKNOWN`


@dataclass(frozen=True)
class Answers:
    """N photos with what is true of them and what was said.

    `shared` `[N,C]`: probabilities as the candidates show them, the background at 0. `order` `[N,C]`: labels from the
    most probable. `inside` `[N,C]`: the prediction set, None without a promise.
    """

    photos: Predictions
    labels: tuple[Taxon, ...]
    tree: LabelTree
    taxa: tuple[Taxon | None, ...]
    truth: Truth
    decisions: tuple[Decision, ...]
    verdicts: Verdicts
    shared: NDArray[np.float64]
    order: NDArray[np.intp]
    inside: NDArray[np.bool_] | None

    def __len__(self) -> int:
        """How many photos."""
        return len(self.photos)

    def select(self, rows: NDArray[np.bool_]) -> Answers:
        """The photos where `rows` `[N]` is true."""
        chosen = np.flatnonzero(rows)
        return replace(
            self,
            photos=self.photos.select(rows),
            taxa=tuple(self.taxa[row] for row in chosen),
            truth=Truth(self.truth.names[rows], self.truth.place[rows]),
            decisions=tuple(self.decisions[row] for row in chosen),
            verdicts=Verdicts(self.verdicts.kinds[rows], self.verdicts.names[rows]),
            shared=self.shared[rows],
            order=self.order[rows],
            inside=None if self.inside is None else self.inside[rows],
        )


def answer(photos: Predictions, labels: tuple[Taxon, ...], guide: Guide, policy: DecisionPolicy) -> Answers:
    """What is said of every photo alone, without place or season."""
    tree = label_tree(labels)
    probabilities = softmax(photos.logits, policy.temperature)
    scores = policy.unknown_scores(photos)
    decisions = tuple(
        decide(row, labels, guide, policy.thresholds, float(score))
        for row, score in zip(probabilities, scores, strict=True)
    )
    shared = tree.share_wide(probabilities, policy.thresholds.wide_share)
    mass = policy.thresholds.plausible_mass
    taxa = photos.true_taxa(labels)
    names = [decision.verdict.taxon.name if decision.verdict.taxon else "" for decision in decisions]
    return Answers(
        photos=photos,
        labels=labels,
        tree=tree,
        taxa=taxa,
        truth=truth_of(taxa),
        decisions=decisions,
        verdicts=Verdicts(
            np.array([KINDS.index(decision.verdict.kind) for decision in decisions], dtype=np.intp),
            np.array(names, dtype=object),
        ),
        shared=np.where(tree.is_background, 0.0, shared),
        order=np.argsort(-np.where(tree.is_background, -1.0, shared), axis=1, kind="stable"),
        inside=None if mass is None else plausible_labels(shared, tree, mass),
    )
