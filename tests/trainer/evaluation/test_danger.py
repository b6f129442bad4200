from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fieldguide.core.decision import alarm_scores, rings
from fieldguide.core.decision.calibration import softmax
from tests.helpers.made_predictions import GUIDE, LABELS, predictions
from trainer.evaluation.danger import control_misses, control_worst, dangers, fit_alarms, reachable


def test_the_dangers_of_labels_and_photos() -> None:
    made = predictions(200)
    found = dangers(LABELS, made.true_taxa(LABELS), GUIDE)
    deadly = {LABELS[i].name for i in np.flatnonzero(found.deadly_labels)}
    assert {"Amanita phalloides", "Gyromitra esculenta"} <= deadly
    assert np.array_equal(found.deadly, found.deadly_labels[made.targets])
    assert not found.harmful_labels[-1]  # the background
    assert found.has_danger.all()
    assert not dangers(LABELS, (None, LABELS[-1]), GUIDE).has_danger.any()


@pytest.mark.parametrize("alpha", [0.02, 0.05, 0.1, 0.3])
def test_the_risk_is_controlled_on_photos_nobody_has_seen(alpha: float) -> None:
    rng = np.random.default_rng(0)
    missed = []
    for _ in range(300):
        scores = rng.beta(3, 1, 150)
        threshold = control_misses(scores, np.arange(150), alpha)
        missed.append((rng.beta(3, 1, 2000) < threshold).mean())
    assert np.mean(missed) <= alpha + 0.005
    assert np.mean(missed) >= alpha - 0.015  # and not for nothing


def test_copies_of_one_photo_are_one_witness() -> None:
    scores = np.concatenate([np.full(50, 0.01), np.linspace(0.5, 1.0, 99)])
    groups = np.concatenate([np.zeros(50, dtype=int), np.arange(1, 100)])
    assert control_misses(scores, groups, 0.05) >= 0.5
    assert control_misses(scores, np.arange(149), 0.05) == 0.01


def test_too_few_photos_for_the_promise_let_everything_ring() -> None:
    assert control_misses(np.full(10, 0.9), np.arange(10), 0.05) == 0.0
    assert control_misses(np.zeros(0), np.zeros(0, dtype=int), 0.05) == 0.0


@pytest.mark.parametrize(
    ("groups", "alpha"), [(200, 0.02), (49, 0.02), (30, 1 / 31), (19, 0.05), (18, 0.02), (0, 0.02)]
)
def test_few_photos_promise_what_they_can_hold_and_never_more_misses_than_people_are_told(
    groups: int, alpha: float
) -> None:
    assert reachable(0.02, groups) == pytest.approx(alpha)
    least = control_misses(np.linspace(0.5, 0.9, groups), np.arange(groups), reachable(0.02, groups))
    assert (least > 0) is (groups >= 19)  # below, every photo rings


def test_photos_at_the_threshold_ring() -> None:
    scores = np.array([0.2] * 40)
    assert control_misses(scores, np.arange(40), 0.05) == 0.2


def test_the_worst_source_decides() -> None:
    scores = np.concatenate([np.linspace(0.6, 1.0, 60), np.linspace(0.1, 1.0, 40)])
    sources = np.array(["easy"] * 60 + ["hard"] * 40)
    least, source = control_worst(scores, np.arange(100), sources, 0.05)
    assert source == "hard"
    assert least == control_misses(scores[60:], np.arange(40), 0.05) < control_misses(scores, np.arange(100), 0.05)


def test_a_source_that_is_too_small_for_the_promise_counts_among_all() -> None:
    scores = np.concatenate([np.linspace(0.6, 1.0, 60), np.full(5, 0.01)])
    sources = np.array(["large"] * 60 + ["small"] * 5)
    assert control_worst(scores, np.arange(65), sources, 0.05) == (control_misses(scores, np.arange(65), 0.05), "")


def test_the_guarantee_names_the_source_that_decided_and_counts_its_photos_alone() -> None:
    made = predictions(1500, noise=2.0)
    found = dangers(LABELS, made.true_taxa(LABELS), GUIDE)
    hard = np.zeros(len(made), dtype=bool)
    hard[np.flatnonzero(found.deadly)[::5]] = True
    logits = made.logits + 3.0 * np.outer(hard, ~found.deadly_labels)
    sources = np.where(hard, "hard", "easy")
    fitted = fit_alarms(
        softmax(logits), found, made.groups, sources, deadly_alpha=0.05, harmful_alpha=0.05, split="elsewhere"
    )
    guarantee = fitted.deadly_guarantee
    assert guarantee is not None
    assert (guarantee.source, guarantee.photos) == ("hard", int(hard.sum()))


def test_the_fit_holds_on_fresh_photos_and_says_what_it_costs() -> None:
    made, fresh = predictions(1500, noise=2.0), predictions(1500, seed=7, noise=2.0)
    found = dangers(LABELS, made.true_taxa(LABELS), GUIDE)
    fitted = fit_alarms(
        softmax(made.logits),
        found,
        made.groups,
        np.full(len(made), "one"),
        deadly_alpha=0.05,
        harmful_alpha=0.05,
        split="calibration",
    )
    guarantee = fitted.deadly_guarantee
    assert guarantee is not None
    assert (guarantee.alpha, guarantee.photos, guarantee.split) == (0.05, int(found.deadly.sum()), "calibration")
    assert guarantee.groups < guarantee.photos
    scores = alarm_scores(softmax(fresh.logits), found.deadly_labels, fitted.exponent)
    deadly = found.deadly_labels[fresh.targets]
    assert (scores[deadly] >= fitted.deadly).mean() >= 0.93
    assert (scores[~deadly] >= fitted.deadly).mean() == pytest.approx(guarantee.false_alarm_rate, abs=0.05)
    assert min(fitted.compared.values()) == pytest.approx(fitted.compared[f"{fitted.exponent:g}"], abs=1e-3)


def test_no_dangerous_photos_no_promise() -> None:
    made = predictions(300)
    mild = made.select(made.targets == LABELS.index(next(t for t in LABELS if t.name == "Boletus edulis")))
    fitted = fit_alarms(
        softmax(mild.logits),
        dangers(LABELS, mild.true_taxa(LABELS), GUIDE),
        mild.groups,
        mild.sources,
        deadly_alpha=0.05,
        harmful_alpha=0.05,
        split="calibration",
    )
    assert fitted.deadly == fitted.harmful == 0.0
    assert fitted.deadly_guarantee is fitted.harmful_guarantee is None


def test_no_photo_that_fitted_an_alarm_falls_silent_on_a_computer_whose_logits_differ() -> None:
    """Few photos put the threshold at the lowest of them, where it rings by equality alone."""
    made = predictions(300, noise=2.0)
    found = dangers(LABELS, made.true_taxa(LABELS), GUIDE)
    few = np.zeros(len(made), dtype=bool)
    few[np.flatnonzero(found.deadly)[:26]] = True
    fitted = fit_alarms(
        softmax(made.logits),
        replace(found, deadly=few, harmful=few),
        np.arange(len(made)),
        np.full(len(made), "one"),
        deadly_alpha=0.04,
        harmful_alpha=0.04,
        split="elsewhere",
    )
    for counted, least in ((found.deadly_labels, fitted.deadly), (found.harmful_labels, fitted.harmful)):
        computed = softmax(made.logits[few] + np.where(counted, -0.001, 0.001))
        assert alarm_scores(computed, counted, fitted.exponent).min() < least
        assert rings(computed, counted, least, fitted.exponent).all()
