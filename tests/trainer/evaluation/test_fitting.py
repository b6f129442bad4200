"""The policy fitted on photos from elsewhere, with the kinds among them that the model has no label for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fieldguide.core.decision.rollup import label_tree
from tests.helpers.made_predictions import GUIDE, LABELS, other_things, predictions
from trainer.config import DecisionConfig
from trainer.evaluation.answers import answer
from trainer.evaluation.calibrate import weigh_novel
from trainer.evaluation.fitting import fit_decision, of_unknown_genera
from trainer.evaluation.predictions import Predictions, join
from trainer.evaluation.verdicts import UNKNOWN, right

NOVEL = (GUIDE.records["Russula emetica"].taxon, GUIDE.records["Amanita virosa"].taxon)
"""A genus without a label, and a species without one in a genus that has some: harmful and deadly."""


def from_elsewhere(photos: int, *, seed: int = 3, novel: int = 0) -> Predictions:
    """Photos that are harder than the calibration split's, and some of kinds that no label covers."""
    known = predictions(photos, seed=seed, noise=2.0)
    known = replace(known, sources=np.where(np.arange(photos) % 2, "club", "atlas"), truth=known.true_taxa(LABELS))
    if not novel:
        return known
    torn, other = (predictions(novel, seed=seed + more, noise=2.0) for more in (1, 2))
    return join(
        [
            known,
            replace(
                torn,
                logits=(torn.logits + other.logits) / 2,
                embeddings=(torn.embeddings + other.embeddings) / 2,
                targets=np.full(novel, -1),
                groups=np.arange(novel) + photos,
                sources=np.full(novel, "club"),
                truth=tuple(NOVEL[row % 2] for row in range(novel)),
            ),
        ]
    )


def test_the_ground_is_told() -> None:
    elsewhere = from_elsewhere(400, novel=100)
    ground = fit_decision(predictions(300), LABELS, GUIDE, elsewhere=elsewhere).thresholds.ground
    assert ground is not None
    assert (ground.kind, ground.sources, ground.photos) == ("elsewhere", ("atlas", "club"), 500)
    assert ground.strangers == pytest.approx(0.2)
    own = fit_decision(predictions(300), LABELS, GUIDE).thresholds.ground
    assert own is not None
    assert own.kind == "own"


def test_own_photos_decide_nothing_where_there_are_photos_from_elsewhere() -> None:
    elsewhere = from_elsewhere(600)
    one, other = (
        fit_decision(predictions(300, seed=seed), LABELS, GUIDE, other_things(80), elsewhere=elsewhere)
        for seed in (11, 12)
    )
    assert one.temperature == other.temperature
    assert replace(one.thresholds, unknown=None) == replace(other.thresholds, unknown=None)


def test_alarms_hold_on_new_photos_from_elsewhere_and_those_of_the_calibration_split_do_not() -> None:
    own, elsewhere, fresh = predictions(1500), from_elsewhere(1500), from_elsewhere(1500, seed=30)
    deadly = np.array([taxon is not None and GUIDE.danger(taxon).value == "deadly" for taxon in fresh.truth or ()])

    def missed(fitted_on: Predictions | None) -> float:
        fitted = fit_decision(own, LABELS, GUIDE, elsewhere=fitted_on)
        decisions = answer(fresh, LABELS, GUIDE, fitted.policy).decisions
        quiet = np.array([decision.alarm.level.value != "deadly" for decision in decisions])
        return float(quiet[deadly].mean())

    assert missed(elsewhere) <= 0.05 < missed(None)


def test_names_are_held_to_what_is_right_among_novel_kinds() -> None:
    config = DecisionConfig(target=0.8, species_target=0.8, confidence=0.5)
    elsewhere, fresh = (from_elsewhere(900, seed=seed, novel=500) for seed in (3, 40))

    def right_names(fitted_on: Predictions) -> float:
        fitted = fit_decision(predictions(300), LABELS, GUIDE, config=config, elsewhere=fitted_on)
        answers = answer(fresh, LABELS, GUIDE, fitted.policy)
        assert (answers.verdicts.kinds != UNKNOWN).any()
        return float(np.nanmean(right(answers.verdicts, answers.truth)))

    among_novel = right_names(elsewhere)
    assert among_novel >= 0.77
    assert among_novel > right_names(elsewhere.select(elsewhere.targets >= 0))


@pytest.mark.parametrize("share", [0.1, 0.35, 0.6])
def test_novel_kinds_are_weighed_to_the_share_that_was_asked_for(share: float) -> None:
    weights = weigh_novel(np.array([0, 1, 2, -1, -1]), np.array([2.0, 0.5, 0.5]), share)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[3:].sum() / weights.sum() == pytest.approx(share)
    assert weights[0] == pytest.approx(4 * weights[1])


def test_novel_kinds_count_as_they_come_when_nothing_was_asked() -> None:
    assert weigh_novel(np.array([0, 1, -1, -1]), np.ones(2)).tolist() == [1.0, 1.0, 1.0, 1.0]


def test_photos_of_one_strange_genus_are_one_group() -> None:
    strange = of_unknown_genera(from_elsewhere(100, novel=40), label_tree(LABELS))
    assert {taxon.name for taxon in strange.truth or () if taxon} == {"Russula emetica"}  # Amanita has labels
    assert len(set(strange.groups.tolist())) == 1


def test_elsewhere_without_dangerous_kinds_promises_nothing_and_every_photo_rings() -> None:
    elsewhere = from_elsewhere(600)
    mild = np.array([taxon is not None and not GUIDE.danger(taxon).harmful for taxon in elsewhere.truth or ()])

    thresholds = fit_decision(predictions(600), LABELS, GUIDE, elsewhere=elsewhere.select(mild)).thresholds
    assert (thresholds.deadly, thresholds.harmful) == (0.0, 0.0)
    assert thresholds.deadly_guarantee is None
