from __future__ import annotations

import numpy as np
import pytest

from fieldguide.core.decision.unknown import (
    ARRAYS,
    PARTS,
    Score,
    UnknownModel,
    squared_distances,
    unit_length,
    unknown_model,
)
from fieldguide.core.errors import ErrorCode, FieldGuideError

LOGITS = np.array([[6.0, 0.0, 0.0], [0.1, 0.0, 0.2]])  # sure, then unsure
NEAR_FAR = np.array([[1.0, 0.0], [-4.0, 3.0]])  # like the class mean, then not


@pytest.mark.parametrize("kind", [Score.MAX_PROBABILITY, Score.ENERGY, Score.MAX_LOGIT])
def test_an_unsure_photo_is_stranger(kind: Score) -> None:
    scores = UnknownModel(kind, {}).score(LOGITS, NEAR_FAR)
    assert scores[1] > scores[0]


@pytest.mark.parametrize(
    ("kind", "arrays"),
    [
        (Score.MAHALANOBIS, {"centre": np.zeros(2), "whitening": np.eye(2), "means": np.array([[1.0, 0.1]])}),
        (Score.COSINE, {"means": np.array([[1.0, 0.0]])}),
        (Score.NEIGHBOURS, {"centre": np.zeros(2), "whitening": np.eye(2), "bank": np.eye(2), "k": np.array(1)}),
        (Score.SUBJECT, {"weight": np.array([-1.0, 0.5]), "bias": np.array(0.2)}),
    ],
)
def test_an_embedding_far_from_the_known_ones_is_stranger(kind: Score, arrays: dict[str, np.ndarray]) -> None:
    scores = UnknownModel(kind, arrays).score(LOGITS, NEAR_FAR)
    assert scores.shape == (2,)
    assert scores[1] > scores[0]


@pytest.mark.parametrize("kind", [Score.GENUS, Score.GENUS_ENTROPY])
def test_a_genus_counts_with_all_its_labels_together(kind: Score) -> None:
    split_in_genus = np.array([[4.0, 4.0, 0.0]])  # two species of one genus
    split_across = np.array([[4.0, 0.0, 4.0]])
    model = UnknownModel(kind, {"genus": np.array([0, 0, 1])})
    assert model.score(split_in_genus, NEAR_FAR[:1])[0] < model.score(split_across, NEAR_FAR[:1])[0]


def test_a_label_without_a_genus_is_no_genus() -> None:
    model = UnknownModel(Score.GENUS, {"genus": np.array([0, 0, -1])})
    assert model.score(np.array([[0.0, 0.0, 9.0]]), NEAR_FAR[:1])[0] > 5
    alone = UnknownModel(Score.GENUS, {"genus": np.array([-1, -1, -1])})
    assert np.isfinite(alone.score(LOGITS, NEAR_FAR)).all()


@pytest.mark.parametrize("genus", [[0, 0], [0, 0, 10**12], [0, 0, -2]])
def test_genera_that_fit_no_labels_are_refused_before_they_cost_memory(genus: list[int]) -> None:
    with pytest.raises(FieldGuideError) as caught:
        UnknownModel(Score.GENUS, {"genus": np.array(genus)}).score(LOGITS, NEAR_FAR)
    assert "genera for 3 labels" in str(caught.value.__cause__)


def test_a_logit_is_high_or_low_for_its_own_label() -> None:
    arrays = {"logit_mean": np.array([8.0, 2.0, 2.0]), "logit_spread": np.ones(3)}
    scores = UnknownModel(Score.STANDARD_LOGIT, arrays).score(np.array([[4.0, 0.0, 0.0], [0.0, 4.0, 0.0]]), NEAR_FAR)
    assert scores.tolist() == [4.0, -2.0]


def test_an_embedding_outside_the_main_directions_is_stranger() -> None:
    model = UnknownModel(Score.RESIDUAL, {"origin": np.zeros(2), "directions": np.array([[1.0], [0.0]])})
    assert model.score(LOGITS, NEAR_FAR).tolist() == [0.0, 0.6]


def test_the_combined_score_weighs_its_parts() -> None:
    arrays: dict[str, np.ndarray] = {
        "genus": np.array([0, 0, -1]),
        "background_index": np.array(2),
        "logit_mean": np.zeros(3),
        "logit_spread": np.ones(3),
        "origin": np.zeros(2),
        "directions": np.array([[1.0], [0.0]]),
        "part_centre": np.zeros(len(PARTS)),
        "part_spread": np.full(len(PARTS), 2.0),
    }
    for place, kind in enumerate(PARTS[:-1]):
        weight = np.eye(len(PARTS))[place]
        combined = UnknownModel(Score.COMBINED, {**arrays, "part_weight": weight}).score(LOGITS, NEAR_FAR)
        assert np.allclose(combined, UnknownModel(kind, arrays).score(LOGITS, NEAR_FAR) / 2.0)


def test_the_background_label_is_a_score() -> None:
    model = UnknownModel(Score.BACKGROUND, {"background_index": np.array(2)})
    assert model.score(LOGITS, NEAR_FAR)[1] > model.score(LOGITS, NEAR_FAR)[0]


@pytest.mark.parametrize("kind", [kind for kind in Score if ARRAYS[kind]])
def test_a_bundle_without_the_arrays_of_its_score_is_refused(kind: Score) -> None:
    with pytest.raises(FieldGuideError) as refused:
        unknown_model(kind.value, {})
    assert refused.value.code is ErrorCode.BUNDLE_CONTRADICTORY


def test_a_score_that_nobody_knows_is_refused() -> None:
    with pytest.raises(FieldGuideError) as refused:
        unknown_model("gut feeling", {})
    assert refused.value.code is ErrorCode.BUNDLE_CONTRADICTORY


def test_half_precision_arrays_are_computed_in_double() -> None:
    arrays = {"means": np.array([[1.0, 0.0]], dtype=np.float16)}
    assert unknown_model("cosine", arrays).score(LOGITS, NEAR_FAR).dtype == np.float64


def test_distances_and_lengths() -> None:
    assert squared_distances(np.array([[0.0, 3.0]]), np.array([[4.0, 0.0], [0.0, 3.0]])).tolist() == [[25.0, 0.0]]
    assert unit_length(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [[0.6, 0.8], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("kind", "arrays"),
    [
        (Score.BACKGROUND, {"background_index": np.array(np.inf)}),
        (Score.BACKGROUND, {"background_index": np.array(9)}),
        (Score.BACKGROUND, {"background_index": np.array([0, 1])}),
        (Score.SUBJECT, {"weight": np.zeros(7), "bias": np.array(0.0)}),
        (Score.SUBJECT, {"weight": np.zeros((2, 2)), "bias": np.array(0.0)}),
        (Score.SUBJECT, {"weight": np.full(2, 1e308), "bias": np.array(1e308)}),
        (Score.STANDARD_LOGIT, {"logit_mean": np.zeros(3), "logit_spread": np.array([1.0, 1.0, 0.0])}),
        (Score.NEIGHBOURS, {"centre": np.zeros(2), "whitening": np.eye(2), "bank": np.eye(2), "k": np.array(np.nan)}),
    ],
)
def test_a_score_that_is_no_number_never_passes_for_known(kind: Score, arrays: dict[str, np.ndarray]) -> None:
    """NaN is above no threshold, and a label that no golden sample has may have no spread."""
    with pytest.raises(FieldGuideError) as caught:
        UnknownModel(kind, arrays).score(LOGITS, NEAR_FAR)
    assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY
