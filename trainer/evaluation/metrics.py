"""Everything measured of one model on one set of photos."""

from __future__ import annotations

import numpy as np

from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Taxon
from trainer.evaluation import harm, ranking
from trainer.evaluation.answers import Answers, answer
from trainer.evaluation.fitting import DecisionPolicy, separate
from trainer.evaluation.mistakes import mistakes, passed_as_harmless
from trainer.evaluation.predictions import Predictions, join
from trainer.evaluation.records import NovelMeasures, OtherThings, Share, SourceMeasures, SplitMeasures
from trainer.evaluation.several import fusion_gain
from trainer.evaluation.unknown import compare
from trainer.evaluation.verdicts import UNKNOWN, right

TEST = "test"
CALIBRATED_ON = "calibrated_on"  # the photos that the thresholds were fitted on: their numbers flatter
ELSEWHERE = "elsewhere"
FOLDER = "folder"  # anybody's photos


def evaluate(
    photos: Predictions,
    labels: tuple[Taxon, ...],
    guide: Guide,
    policy: DecisionPolicy,
    background: Predictions | None = None,
    *,
    novel: Predictions | None = None,
    split: str = TEST,
) -> SplitMeasures:
    """Measure a bundle's answers on photos that nothing was fitted on.

    Args:
        photos: of subjects with a known taxon, as they come: those whose kind has no label (`truth` tells it) count in
            what is said, in danger and by source. Those of the background label are counted among `background`.
        labels, guide, policy: as the bundle has them (`FittedDecision.policy`, or `DecisionPolicy.from_manifest`).
        background: photos of other things.
        novel: photos whose kind is no label (with `truth`), measured beside `photos` and no part of them.
        split: what these photos are.
    """
    tree = label_tree(labels)
    labelled, others = separate(photos, background, tree)
    novel_rows = photos.select(photos.targets < 0)
    subjects = join([labelled, novel_rows]) if len(novel_rows) else labelled
    answers = answer(subjects, labels, guide, policy)
    known = answers.select(subjects.targets >= 0)
    beside = novel_rows if len(novel_rows) else novel
    return SplitMeasures(
        split=split,
        photos=len(subjects),
        novel_photos=len(novel_rows),
        names=ranking.top_names(answers),
        right=_right(answers),
        verdicts=ranking.verdicts(answers),
        verdicts_known=ranking.verdicts(known) if len(novel_rows) else None,
        danger=harm.danger(answers, guide, policy.thresholds),
        calibration=ranking.calibration(answers),
        sets=ranking.prediction_sets(answers),
        abstention=ranking.abstention(answers),
        sources=by_source(answers, guide),
        several_photos=fusion_gain(subjects, labels, policy),
        classes=ranking.classes(answers),
        confusions=ranking.confusions(answers),
        matrix=ranking.matrix(answers),
        mistakes=mistakes(answers, guide),
        other_things=_other_things(labelled, others, labels, guide, policy) if len(others) else None,
        novel=_novel(beside, labelled, labels, guide, policy, apart=not len(novel_rows))
        if beside is not None and len(beside)
        else None,
    )


def _other_things(
    subjects: Predictions, others: Predictions, labels: tuple[Taxon, ...], guide: Guide, policy: DecisionPolicy
) -> OtherThings:
    unknown = ranking.share(answer(others, labels, guide, policy).verdicts.kinds == UNKNOWN)
    if policy.unknown is None or not len(subjects):
        return OtherThings(unknown)
    compared = compare(policy.unknown_scores(subjects), policy.unknown_scores(others))
    return OtherThings(unknown, policy.unknown.kind.value, compared.auroc, compared.fpr95)


def _novel(
    novel: Predictions,
    subjects: Predictions,
    labels: tuple[Taxon, ...],
    guide: Guide,
    policy: DecisionPolicy,
    *,
    apart: bool,
) -> NovelMeasures:
    """Kinds that no label covers; `apart`: they are no part of the photos that are measured with the subjects."""
    unseen_answers = answer(novel, labels, guide, policy)
    auroc = fpr95 = None
    if policy.unknown is not None and len(subjects):
        compared = compare(policy.unknown_scores(subjects), policy.unknown_scores(novel))
        auroc, fpr95 = compared.auroc, compared.fpr95
    both = answer(join([subjects, novel]), labels, guide, policy) if apart else None
    return NovelMeasures(
        verdicts=ranking.verdicts(unseen_answers),
        danger=harm.alarms(unseen_answers, guide),
        auroc=auroc,
        fpr95=fpr95,
        verdicts_with_known=ranking.verdicts(both) if both else None,
    )


def by_source(answers: Answers, guide: Guide) -> dict[str, SourceMeasures]:
    """Each source of photos by itself."""
    sources = answers.photos.sources
    return {str(source): _source(answers.select(sources == source), guide) for source in np.unique(sources)}


def _source(answers: Answers, guide: Guide) -> SourceMeasures:
    names = ranking.top_names(answers)
    return SourceMeasures(
        photos=len(answers),
        species=names.species.top1,
        genus=names.genus.top1,
        right=_right(answers),
        unknown=ranking.share(answers.verdicts.kinds == UNKNOWN),
        passed=passed_as_harmless(answers, guide),
        **harm.alarms(answers, guide),
    )


def _right(answers: Answers) -> Share:
    """Names that are said, whatever their rank, where somebody can tell."""
    hits = right(answers.verdicts, answers.truth)
    return ranking.share(hits[~np.isnan(hits)])
