from __future__ import annotations

import numpy as np
import pytest

from fieldguide.core.decision.unknown import ARRAYS, Score, UnknownModel, squared_distances, unit_length, unknown_model
from fieldguide.core.errors import ErrorCode, FieldGuideError

LOGITS = np.array([[6.0, 0.0, 0.0], [0.1, 0.0, 0.2]])  # sure, then unsure
NEAR_FAR = np.array([[1.0, 0.0], [-4.0, 3.0]])  # like the class mean, then not


@pytest.mark.parametrize("kind", [Score.MAX_PROBABILITY, Score.ENERGY])
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
