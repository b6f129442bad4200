from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fieldguide.core.decision import decide, plausible_labels
from fieldguide.core.decision.calibration import softmax
from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide.cryptic import shipped_groups
from fieldguide.core.records import VerdictKind
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon
from tests.helpers.made_predictions import GUIDE, LABELS, predictions
from trainer.evaluation.calibrate import (
    NEVER,
    Scenarios,
    balanced_weights,
    fit_plausible,
    fit_ranks,
    label_covers,
    simulate_novel,
)
from trainer.evaluation.verdicts import UNKNOWN, Verdicts, right, say, sum_up, truth_of

TREE = label_tree(LABELS)
KINDS = tuple(VerdictKind)


def scenarios(photos: int = 600, seed: int = 0, unseen: float = 0.0, noise: float = 1.6) -> Scenarios:
    made = predictions(photos, seed=seed, noise=noise)
    return simulate_novel(
        softmax(made.logits, 1.8),
        made.true_taxa(LABELS),
        np.ones(photos),
        TREE,
        shipped_groups(),
        wide_share=0.5,
        unseen_species=unseen,
        unseen_genera=unseen,
    )


@pytest.mark.parametrize("seed", range(3))
def test_many_verdicts_at_once_are_the_application_s_own(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.full(len(LABELS), 0.08), size=150)
    scores = rng.normal(size=150)
    thresholds = Thresholds(species=0.6, genus=0.55, family=0.7, unknown=1.2, background=0.4)
    found = say(sum_up(rows, TREE, thresholds.wide_share, shipped_groups()), thresholds, scores)
    for row, score, kind, name in zip(rows, scores, found.kinds, found.names, strict=True):
        verdict = decide(row, LABELS, GUIDE, thresholds, float(score)).verdict
        assert KINDS[kind] is verdict.kind
        assert name == (verdict.taxon.name if verdict.taxon else "")


def test_right_wrong_and_nobody_can_tell() -> None:
    edulis, boletus = (next(t for t in LABELS if t.name == name) for name in ("Boletus edulis", "Boletus"))
    cases = [
        (0, "Boletus edulis", edulis, 1.0),
        (0, "Suillus luteus", edulis, 0.0),
        (0, "Boletus edulis", boletus, np.nan),  # filed under its genus: who knows
        (0, "Suillus luteus", boletus, 0.0),
        (1, "Boletus", edulis, 1.0),
        (2, "Boletaceae", boletus, 1.0),
        (1, "Boletus", Taxon("Boletaceae", Rank.FAMILY, None, "Boletaceae"), np.nan),
        (1, "Boletus", BACKGROUND, 0.0),
        (1, "Boletus", None, np.nan),
        (UNKNOWN, "", edulis, np.nan),
    ]
    kinds, names, taxa, expected = zip(*cases, strict=True)
    found = right(Verdicts(np.array(kinds), np.array(names, dtype=object)), truth_of(taxa))
    assert np.array_equal(found, np.array(expected), equal_nan=True)


def test_what_is_said_is_right_as_often_as_asked_on_fresh_photos() -> None:
    fitted, fits = fit_ranks(scenarios(), Thresholds(), target=0.85, confidence=0.9, most_unknown=0.3)
    fresh = scenarios(seed=9)
    said = say(fresh.summed, fitted)
    hits = right(said, fresh.truth)
    assert (said.kinds != UNKNOWN).mean() > 0.5
    for place, fit in enumerate(fits):
        told = hits[(said.kinds == place) & ~np.isnan(hits)]
        if len(told) > 50:
            assert told.mean() >= 0.8
        assert fit.said == 0.0 or fit.bound >= 0.85


def test_a_higher_target_says_less() -> None:
    said = [
        sum(fit.said for fit in fit_ranks(scenarios(), Thresholds(), target=t, confidence=0.9, most_unknown=0.0)[1])
        for t in (0.7, 0.85, 0.97)
    ]
    assert said[0] >= said[1] > said[2]


def test_novel_species_make_it_more_careful() -> None:
    alone, among = (
        fit_ranks(scenarios(unseen=share), Thresholds(), target=0.8, confidence=0.9, most_unknown=0.3)[0]
        for share in (0.0, 0.2)
    )
    assert among.species >= alone.species


def test_a_model_that_knows_nothing_says_nothing() -> None:
    made = predictions(200)
    rows = np.random.default_rng(0).dirichlet(np.ones(len(LABELS)), size=200)
    blind = simulate_novel(
        rows, made.true_taxa(LABELS), np.ones(200), TREE, {}, wide_share=0.5, unseen_species=0.0, unseen_genera=0.0
    )
    fitted, _ = fit_ranks(blind, Thresholds(), target=0.9, confidence=0.9, most_unknown=0.2)
    assert fitted.species == NEVER
    assert (say(blind.summed, fitted).kinds == UNKNOWN).mean() > 0.9


def test_balanced_weights_let_labels_count_alike() -> None:
    weights = balanced_weights(np.array([0, 0, 0, 1]))
    assert weights[:3].sum() == pytest.approx(weights[3])
    assert weights.mean() == pytest.approx(1.0)
    assert balanced_weights(np.array([0, 0, 1]), 0.0).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_sets_hold_the_true_label_as_often_as_promised(coverage: float) -> None:
    made, fresh = predictions(900, noise=2.0), predictions(900, seed=3, noise=2.0)
    mass = fit_plausible(softmax(made.logits), made.targets, made.groups, TREE, coverage=coverage, wide_share=0.5)
    inside = plausible_labels(TREE.share_wide(softmax(fresh.logits), 0.5), TREE, mass)
    covers = np.stack([label_covers(TREE, int(target)) for target in fresh.targets])
    held = (inside & covers).any(axis=1)
    assert held.mean() >= coverage - 0.03
    assert inside.sum(axis=1).mean() < 6


def test_too_few_groups_for_a_coverage_take_everything() -> None:
    made = predictions(5)
    assert fit_plausible(softmax(made.logits), made.targets, made.groups, TREE, coverage=0.9, wide_share=0.5) == 1.0


def test_a_rank_s_fit_keeps_the_other_numbers() -> None:
    given = replace(Thresholds(), deadly=0.2, wide_share=0.3)
    fitted, _ = fit_ranks(scenarios(200), given, target=0.8, confidence=0.9, most_unknown=0.3)
    assert (fitted.deadly, fitted.wide_share, fitted.target) == (0.2, 0.3, 0.8)
