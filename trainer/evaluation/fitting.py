"""The whole decision policy fitted at once: temperature, ranks, alarms, prediction set, unknown score.

On photos from elsewhere where there are any, with the kinds among them that no label covers; else on the calibration
split, whose photos come from the sources that teach: crossed, where each source was answered by a head trained without
it, or as it is, which flatters most. One function, `fit_decision`, that any run folder's predictions can be given to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.calibration import softmax
from fieldguide.core.decision.rollup import RANKS, LabelTree, label_tree
from fieldguide.core.decision.thresholds import Ground, Thresholds
from fieldguide.core.decision.unknown import UnknownModel, unknown_model
from fieldguide.core.guide import Guide
from fieldguide.core.guide.cryptic import shipped_groups
from fieldguide.core.taxonomy import Rank, Taxon
from trainer.config import DecisionConfig
from trainer.evaluation.calibrate import balanced_weights, fit_plausible, fit_ranks, simulate_novel, weigh_novel
from trainer.evaluation.certainty import fit_temperature
from trainer.evaluation.danger import dangers, fit_alarms
from trainer.evaluation.document import FittingReport, RankFit, ScoreComparison, UnknownFit, plain
from trainer.evaluation.predictions import Predictions, join
from trainer.evaluation.unknown import Comparison, FittedUnknown, fit_threshold, fit_unknown
from trainer.evaluation.verdicts import UNKNOWN, say, sum_up

VAGUE = 0.5  # share of its own kinds for which a model that names neither species nor genus is of little use
MOST_NOVEL = 0.35  # share of kinds without a label, where nobody has counted how many a walk meets
FEWEST_LABELS = 10  # below this, striking a label out leaves the next one certain and teaches nothing


@dataclass(frozen=True)
class DecisionPolicy:
    """What turns a network's answers into decisions: temperature, thresholds and, if any, the unknown score."""

    temperature: float
    thresholds: Thresholds
    unknown: UnknownModel | None = None

    def unknown_scores(self, photos: Predictions) -> NDArray[np.float64]:
        """Scores `[N]`; zeros without a score."""
        if self.unknown is None:
            return np.zeros(len(photos))
        return self.unknown.score(photos.logits, photos.embeddings)

    @classmethod
    def from_manifest(
        cls,
        temperature: float,
        thresholds: Mapping[str, Any],
        unknown: Mapping[str, Any],
        statistics: Mapping[str, NDArray[np.generic]],
    ) -> DecisionPolicy:
        """Of an exported bundle. Raises FieldGuideError BUNDLE_CONTRADICTORY."""
        model = unknown_model(str(unknown["score"]), statistics, temperature) if unknown.get("score") else None
        return cls(temperature, Thresholds.from_manifest(thresholds), model)


@dataclass(frozen=True)
class FittedDecision:
    """What goes into the bundle: `policy`, the manifest's `unknown` object, `statistics.npz`, and the report."""

    policy: DecisionPolicy
    unknown: dict[str, Any] = field(default_factory=dict)
    statistics: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    report: FittingReport = field(default_factory=lambda: FittingReport(0))

    @property
    def temperature(self) -> float:
        """Divide logits by it."""
        return self.policy.temperature

    @property
    def thresholds(self) -> Thresholds:
        """The fitted thresholds; `to_manifest()` is what the manifest holds."""
        return self.policy.thresholds


def fit_decision(
    calibration: Predictions,
    labels: tuple[Taxon, ...],
    guide: Guide,
    background: Predictions | None = None,
    config: DecisionConfig | None = None,
    *,
    novel: Predictions | None = None,
    elsewhere: Predictions | None = None,
    crossed: Predictions | None = None,
    people: int | None = None,
) -> FittedDecision:
    """Fit everything on photos from elsewhere, or where there are none on the calibration split, crossed if it is.

    Args:
        calibration: photos with a label; rows of the background label are moved to `background`, rows without a label
            are left out.
        labels: the model's, in the order of the logits.
        guide: for dangers.
        background: photos of other things that the model was not trained on.
        config: what to hold.
        novel: photos of species held out of training, only to measure the unknown score on.
        elsewhere: photos of subjects by other sources; those of a kind without a label carry their truth.
        crossed: calibration photos of subjects answered across sources (`pipeline.crossing`): names and alarms are
            fitted on them where there is no `elsewhere`; the unknown score stays the calibration split's.
        people: who took the photos that it is fitted on, 1 or more; None where that is not known of all.

    Returns:
        The cautious defaults where there is nothing to fit on (a split of no photos, no deadly ones, no other things).
    """
    config = config or DecisionConfig()
    tree = label_tree(labels)
    own, others = separate(calibration, background, tree)
    ground, photos = _ground(own, elsewhere, crossed)
    subjects = photos.select(photos.targets >= 0)
    if len(subjects) == 0:
        return FittedDecision(DecisionPolicy(1.0, Thresholds()))
    weights = balanced_weights(subjects.targets, config.balance)
    temperature = config.shift_margin * fit_temperature(subjects.logits, subjects.targets, weights)
    temperature = float(np.clip(temperature, 0.25, 8.0))
    weights = weigh_novel(photos.targets, weights, _novel_share(photos, ground, config))
    probabilities = softmax(photos.logits, temperature)
    truth = photos.true_taxa(labels)
    thresholds, ranks, relaxed = _fit_names(
        probabilities, truth, weights, tree, config, real=bool((photos.targets < 0).any())
    )
    alarms = fit_alarms(
        probabilities,
        dangers(labels, truth, guide),
        photos.groups,
        photos.sources,
        deadly_alpha=config.deadly_alpha,
        harmful_alpha=config.harmful_alpha,
        split=config.split if ground == "own" else ground,
        weights=weights,
    )
    thresholds = replace(
        thresholds,
        deadly=alarms.deadly,
        harmful=alarms.harmful,
        alarm_exponent=alarms.exponent,
        deadly_guarantee=alarms.deadly_guarantee,
        harmful_guarantee=alarms.harmful_guarantee,
        plausible_mass=fit_plausible(
            softmax(subjects.logits, temperature),
            subjects.targets,
            subjects.groups,
            tree,
            coverage=config.coverage,
            wide_share=config.wide_share,
        ),
        coverage=config.coverage,
        ground=ground_of(photos, weights, ground, people),
    )
    report = FittingReport(len(photos), config, temperature, tuple(ranks), tuple(relaxed), ground=ground)
    if ground == "crossed":
        subjects = own  # the unknown score is of the shipped head
    genera = None if elsewhere is None else of_unknown_genera(elsewhere, tree)
    usual = None if elsewhere is None else own
    unknown = fit_unknown(subjects, others, tree, temperature, novel=novel, novel_genera=genera, reference=usual)
    return _with_unknown(unknown, others, tree, temperature, thresholds, config, report)


def _ground(own: Predictions, elsewhere: Predictions | None, crossed: Predictions | None) -> tuple[str, Predictions]:
    if elsewhere is not None:
        return "elsewhere", elsewhere
    return ("own", own) if crossed is None else ("crossed", crossed)


def _novel_share(photos: Predictions, ground: str, config: DecisionConfig) -> float:
    """To which share photos without a label are weighed. Of crossed ones at most `MOST_NOVEL`: how many there are only
    tells how much the sources differ in their kinds.
    """
    if ground != "crossed" or config.novel_share:
        return config.novel_share
    return MOST_NOVEL if (photos.targets < 0).mean() > MOST_NOVEL else 0.0


def ground_of(photos: Predictions, weights: NDArray[np.float64], kind: str, people: int | None = None) -> Ground:
    """The ground that these photos `[N]`, weighed so, are for a decision policy."""
    novel_share = float(weights[photos.targets < 0].sum() / weights.sum())
    names = tuple(sorted({str(source) for source in photos.sources if source}))
    return Ground(kind, names, len(photos), novel_share, datetime.now(UTC).date().isoformat(), people)


def of_unknown_genera(photos: Predictions, tree: LabelTree) -> Predictions:
    """Those that show a genus which no label covers. Photos of one genus become one group: whoever is tried on some
    of its photos must not have been fitted on others."""
    known = {taxon.name for taxon in tree.taxa[Rank.GENUS]}
    genera = [taxon.at(Rank.GENUS) if taxon else None for taxon in photos.true_taxa(tree.labels)]
    rows = np.array([genus is not None and genus not in known for genus in genera], dtype=bool)
    _, groups = np.unique([genus or "" for genus in genera], return_inverse=True)
    return replace(photos, groups=groups.astype(np.int64)).select(rows)


def _fit_names(
    probabilities: NDArray[np.float64],
    truth: tuple[Taxon | None, ...],
    weights: NDArray[np.float64],
    tree: LabelTree,
    config: DecisionConfig,
    *,
    real: bool,
) -> tuple[Thresholds, list[RankFit], list[str]]:
    """The thresholds of the ranks as `config` asks; and, of what it asks, what had to be relaxed.

    Few labels or few photos cannot hold everything: the model would name next to nothing, and nobody would use it.
    While it names neither species nor genus for more than `VAGUE` of its own kinds, the simulated kinds
    without a label are dropped first, then the bound is made less sure.
    """
    simulate = len(tree.labels) >= FEWEST_LABELS and not real
    unseen = (config.unseen_species, config.unseen_genera) if simulate else (0.0, 0.0)
    ways = [(unseen, config.confidence), ((0.0, 0.0), config.confidence), ((0.0, 0.0), min(0.5, config.confidence))]
    own = sum_up(probabilities, tree, config.wide_share, shipped_groups())
    found = []
    for (species, genera), confidence in dict.fromkeys(ways):
        scenarios = simulate_novel(
            probabilities,
            truth,
            weights,
            tree,
            shipped_groups(),
            wide_share=config.wide_share,
            unseen_species=species,
            unseen_genera=genera,
        )
        thresholds, ranks = fit_ranks(
            scenarios,
            Thresholds(wide_share=config.wide_share),
            target=config.target,
            species_target=config.species_target,
            confidence=confidence,
            most_unknown=config.most_unknown,
        )
        wide = say(own, thresholds).kinds >= RANKS.index(Rank.FAMILY)
        vague = float(weights[wide].sum() / weights.sum())
        lost = {"novel": (species, genera) != unseen, "confidence": confidence != config.confidence}
        found.append((vague, thresholds, ranks, [name for name, given in lost.items() if given]))
        if vague <= VAGUE:
            break
    _, thresholds, ranks, relaxed = min(found, key=lambda each: max(each[0], VAGUE))
    return thresholds, ranks, relaxed


def separate(photos: Predictions, background: Predictions | None, tree: LabelTree) -> tuple[Predictions, Predictions]:
    """Labelled photos of subjects, and photos of other things from both."""
    is_other = (photos.targets >= 0) & tree.is_background[photos.targets]
    others = photos.select(is_other)
    return photos.select((photos.targets >= 0) & ~is_other), others if background is None else join(
        [others, background]
    )


def _with_unknown(
    fitted: FittedUnknown | None,
    others: Predictions,
    tree: LabelTree,
    temperature: float,
    thresholds: Thresholds,
    config: DecisionConfig,
    report: FittingReport,
) -> FittedDecision:
    if fitted is None:
        return FittedDecision(DecisionPolicy(temperature, thresholds), report=report)
    summed = sum_up(softmax(others.logits, temperature), tree, config.wide_share, shipped_groups())
    threshold = fit_threshold(
        fitted.subject_scores,
        fitted.background_scores,
        others.groups,
        recall=config.background_recall,
        most_subjects=config.most_strange,
    )
    thresholds = replace(thresholds, unknown=threshold)
    unknown_fit = UnknownFit(
        score=fitted.model.kind.value,
        photos=len(others),
        subjects_called_strange=float((fitted.subject_scores > threshold).mean()),
        other_things_called_strange=float((fitted.background_scores > threshold).mean()),
        other_things_unknown=float((say(summed, thresholds, fitted.background_scores).kinds == UNKNOWN).mean()),
        compared={name: _comparison(each) for name, each in fitted.compared.items()},
    )
    return FittedDecision(
        DecisionPolicy(temperature, thresholds, fitted.model),
        plain(unknown_fit),
        dict(fitted.model.arrays),
        replace(report, unknown=unknown_fit),
    )


def _comparison(found: Comparison) -> ScoreComparison:
    """Without what could not be compared."""
    novel, genera = (None if value != value else value for value in (found.novel_auroc, found.novel_genus_auroc))
    return ScoreComparison(found.auroc, found.fpr95, novel, genera)
