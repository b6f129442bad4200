"""Everything measured of one model on one split, as the dictionary that becomes `metrics.json`."""

from __future__ import annotations

from typing import Any

import numpy as np

from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.decision.thresholds import Guarantee
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Taxon
from trainer.evaluation import harm, ranking
from trainer.evaluation.answers import Answers, answer
from trainer.evaluation.fitting import Judgement, separate
from trainer.evaluation.predictions import Predictions, join
from trainer.evaluation.several import fusion_gain
from trainer.evaluation.unknown import compare
from trainer.evaluation.verdicts import UNKNOWN

Metrics = dict[str, Any]


def evaluate(
    test: Predictions,
    labels: tuple[Taxon, ...],
    guide: Guide,
    judgement: Judgement,
    background: Predictions | None = None,
    *,
    novel: Predictions | None = None,
    split: str = "test",
) -> Metrics:
    """Measure a bundle's answers on photos that nothing was fitted on.

    Args:
        test: photos with a label; those of the background label are counted among `background`.
        labels, guide, judgement: as the bundle has them (`FittedDecision.judgement`, or `Judgement.from_manifest`).
        background: photos of other things. novel: photos whose species is no label (with `truth`).
        split: key of the numbers about names.

    Returns:
        Plain values for JSON. `metrics[split]` holds `top1`, `top5`, `genus_top1` ... (0 to 1); the other keys are told
        where they are made, in `ranking` and `harm`. Shares come as `{"value", "low", "high", "photos"}` with 95 %
        intervals.
    """
    subjects, others = separate(test, background, label_tree(labels))
    answers = answer(subjects, labels, guide, judgement)
    found: Metrics = {
        split: {"photos": len(subjects), **ranking.top_names(answers)},
        "verdicts": ranking.verdicts(answers),
        "danger": {
            **harm.alarms(answers, guide),
            "passed_as_harmless": harm.passed_as_harmless(answers, guide),
            "cost": harm.costs(answers, guide),
            "guarantees": {
                "deadly": _promise(judgement.thresholds.deadly_guarantee),
                "harmful": _promise(judgement.thresholds.harmful_guarantee),
            },
        },
        "calibration": ranking.calibration(answers),
        "sets": ranking.prediction_sets(answers),
        "abstention": ranking.abstention(answers),
        "sources": by_source(answers),
        "several_photos": fusion_gain(subjects, labels, judgement),
        "classes": ranking.classes(answers),
        "confusions": ranking.confusions(answers),
    }
    if len(others):
        found["other_things"] = _other_things(subjects, others, labels, guide, judgement)
    if novel is not None and len(novel):
        found["novel"] = _novel(novel, subjects, labels, guide, judgement)
    return found


def _other_things(
    subjects: Predictions, others: Predictions, labels: tuple[Taxon, ...], guide: Guide, judgement: Judgement
) -> Metrics:
    told = answer(others, labels, guide, judgement)
    found: Metrics = {"unknown": ranking.share(told.verdicts.kinds == UNKNOWN)}
    if judgement.unknown is not None and len(subjects):
        compared = compare(judgement.unknown_scores(subjects), judgement.unknown_scores(others))
        found |= {"score": judgement.unknown.kind.value, "auroc": compared.auroc, "fpr95": compared.fpr95}
    return found


def _novel(
    novel: Predictions, subjects: Predictions, labels: tuple[Taxon, ...], guide: Guide, judgement: Judgement
) -> Metrics:
    """Species that no label covers: what is said of them, whether danger is seen, and whether the score notices."""
    told = answer(novel, labels, guide, judgement)
    found: Metrics = {"verdicts": ranking.verdicts(told), "danger": harm.alarms(told, guide)}
    if judgement.unknown is not None and len(subjects):
        compared = compare(judgement.unknown_scores(subjects), judgement.unknown_scores(novel))
        found |= {"auroc": compared.auroc, "fpr95": compared.fpr95}
    everything = join([subjects, novel])
    both = answer(everything, labels, guide, judgement)
    return {**found, "verdicts_with_known": ranking.verdicts(both)}


def by_source(answers: Answers) -> Metrics:
    """For each source of photos: how many, top-1 by label and the share called unknown (0 to 1)."""
    first = ranking.first_is_right(answers)
    unknown = answers.verdicts.kinds == UNKNOWN
    return {
        str(source): {
            "photos": int((answers.photos.sources == source).sum()),
            "top1": float(first[answers.photos.sources == source].mean()),
            "unknown": float(unknown[answers.photos.sources == source].mean()),
        }
        for source in np.unique(answers.photos.sources)
    }


def _promise(guarantee: Guarantee | None) -> Metrics | None:
    if guarantee is None:
        return None
    return {
        "alpha": guarantee.alpha,
        "photos": guarantee.photos,
        "groups": guarantee.groups,
        "split": guarantee.split,
        "false_alarm_rate": guarantee.false_alarm_rate,
    }
