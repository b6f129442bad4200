from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.decision.unknown import Score, unknown_model
from fieldguide.core.text import text
from tests.helpers.made_predictions import LABELS, other_things, predictions
from trainer.evaluation.predictions import Predictions
from trainer.evaluation.unknown import compare, fit_score, fit_threshold, fit_unknown

TREE = label_tree(LABELS)


def test_every_score_is_compared_and_the_best_is_kept() -> None:
    fitted = fit_unknown(predictions(400), other_things(80), TREE, 1.0, novel=predictions(60, seed=4, noise=3.0))
    assert fitted is not None
    assert set(fitted.compared) == {kind.value for kind in Score} - {"combined"}  # which needs novel genera
    best = max(round(each.auroc, 3) for each in fitted.compared.values())
    assert round(fitted.compared[fitted.model.kind.value].auroc, 3) == best
    assert best > 0.97
    assert all(0 <= each.fpr95 <= 1 for each in fitted.compared.values())
    assert all(0 <= each.novel_auroc <= 1 for each in fitted.compared.values())


def test_the_application_computes_the_same_score_from_the_arrays() -> None:
    subjects, others = predictions(300), other_things(60)
    fitted = fit_unknown(subjects, others, TREE, 1.3)
    assert fitted is not None
    again = unknown_model(fitted.model.kind.value, dict(fitted.model.arrays), 1.3)
    assert np.array_equal(
        again.score(others.logits, others.embeddings), fitted.model.score(others.logits, others.embeddings)
    )


def novel_genera(photos: int) -> Predictions:
    """Photos between two labels of different genera: the model is torn, and right with neither."""
    one, other = predictions(photos, seed=5, noise=1.5), predictions(photos, seed=6, noise=1.5)
    rows = (one.embeddings + other.embeddings) / 2
    torn = (one.logits + other.logits) / 2
    return replace(one, embeddings=rows, logits=torn, targets=np.full(photos, -1), truth=(None,) * photos)


def test_where_there_are_novel_genera_a_score_must_notice_them_too() -> None:
    fitted = fit_unknown(
        predictions(400),
        other_things(80),
        TREE,
        1.0,
        novel_genera=novel_genera(120),
        reference=predictions(300, seed=9),
    )
    assert fitted is not None
    assert set(fitted.compared) == {kind.value for kind in Score}
    assert all(0 <= each.novel_genus_auroc <= 1 for each in fitted.compared.values())
    kept = fitted.compared[fitted.model.kind.value]
    assert round(kept.both, 3) == max(round(each.both, 3) for each in fitted.compared.values())
    combined = fitted.compared["combined"]
    assert combined.auroc > 0.95
    assert combined.novel_genus_auroc > fitted.compared["background"].novel_genus_auroc


def test_the_combined_score_survives_the_arrays_of_a_bundle() -> None:
    arrays = fit_score(Score.COMBINED, predictions(300), other_things(60), TREE, 1.0, 0, novel_genera(60)).arrays
    assert np.isfinite(unknown_model("combined", arrays).score(predictions(9).logits, predictions(9).embeddings)).all()


def test_a_handful_of_novel_photos_are_as_good_as_none() -> None:
    fitted = fit_unknown(predictions(100), other_things(40), TREE, 1.0, novel_genera=novel_genera(5))
    assert fitted is not None
    assert all(np.isnan(each.novel_genus_auroc) for each in fitted.compared.values())


def test_every_score_has_a_name_for_the_report() -> None:
    assert all(text(f"report.score_{kind.value}") for kind in Score)


def test_too_few_photos_of_other_things_fit_nothing() -> None:
    assert fit_unknown(predictions(100), other_things(5), TREE, 1.0) is None


def test_a_comparison_of_separate_and_of_equal_scores() -> None:
    low, high = np.arange(100.0), np.arange(100.0) + 200
    assert compare(low, high).auroc == 1.0
    assert compare(low, high).fpr95 == 0.0
    assert compare(low, low).auroc == pytest.approx(0.5)
    assert np.isnan(compare(low, high).novel_auroc)


def test_the_threshold_lies_in_the_gap() -> None:
    subjects, others = np.linspace(0, 1, 200), np.linspace(3, 4, 100)
    threshold = fit_threshold(subjects, others, np.arange(100), recall=0.97, most_subjects=0.05)
    assert 1 < threshold < 3


def test_the_threshold_catches_what_it_should_or_spares_the_subjects() -> None:
    rng = np.random.default_rng(0)
    subjects, others = rng.normal(0, 1, 2000), rng.normal(3, 1, 2000)
    threshold = fit_threshold(subjects, others, np.arange(2000), recall=0.9, most_subjects=0.2)
    assert (others > threshold).mean() == pytest.approx(0.9, abs=0.01)
    spared = fit_threshold(subjects, others, np.arange(2000), recall=0.999, most_subjects=0.02)
    assert (subjects > spared).mean() == pytest.approx(0.02, abs=0.002)
