"""Planted label errors are found; a genus beside its species is none."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.data.audit.label_errors import (
    Floats,
    Indices,
    confident_learning,
    no_subject_scores,
    out_of_fold_probabilities,
)

CLASSES, PER_CLASS, WIDTH = 5, 40, 24


def _clusters(seed: int = 0) -> tuple[Floats, Indices]:
    generator = np.random.default_rng(seed)
    truth = np.repeat(np.arange(CLASSES), PER_CLASS)
    centres = generator.normal(0, 2.0, (CLASSES, WIDTH))
    return (centres[truth] + generator.normal(0, 1, (len(truth), WIDTH))).astype(np.float32), truth


def test_planted_errors_are_found_and_few_others() -> None:
    embeddings, truth = _clusters()
    wrong = np.random.default_rng(1).choice(len(truth), 16, replace=False)
    labels = truth.copy()
    labels[wrong] = (labels[wrong] + 1) % CLASSES
    probabilities = out_of_fold_probabilities(embeddings, labels, np.arange(len(labels)))
    errors = confident_learning(labels, probabilities, np.eye(CLASSES, dtype=bool))
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert errors.suspect[wrong].mean() >= 0.9
    assert np.delete(errors.suspect, wrong).mean() <= 0.03
    assert (errors.suggested[wrong] == truth[wrong]).mean() >= 0.9
    assert (errors.suggested[~errors.suspect] == labels[~errors.suspect]).all()


def test_a_genus_beside_its_species_is_no_error() -> None:
    embeddings, truth = _clusters()
    labels = truth.copy()
    labels[:20] = 1  # class 1 stands for the genus of class 0
    probabilities = out_of_fold_probabilities(embeddings, labels, np.arange(len(labels)))
    alone = np.eye(CLASSES, dtype=bool)
    related = alone.copy()
    related[0, 1] = related[1, 0] = True
    assert confident_learning(labels, probabilities, alone).suspect[:20].any()
    assert not confident_learning(labels, probabilities, related).suspect[:20].any()


def test_copies_do_not_vouch_for_each_other() -> None:
    embeddings, truth = _clusters()
    labels = truth.copy()
    copies = np.arange(0, 8)  # eight copies of one photo of class 0, all under class 3
    embeddings[copies] = embeddings[truth == 0].mean(axis=0)
    labels[copies] = 3
    groups = np.arange(len(labels))
    groups[copies] = 0
    probabilities = out_of_fold_probabilities(embeddings, labels, groups)
    assert confident_learning(labels, probabilities, np.eye(CLASSES, dtype=bool)).suspect[copies].all()


def test_photos_like_the_background_score_high() -> None:
    embeddings, truth = _clusters()
    background = truth == 4
    strangers = np.flatnonzero(background)[:3]
    background[strangers] = False  # filed as a subject
    scores = no_subject_scores(embeddings, background, np.arange(len(truth)))
    assert scores[strangers].min() > 0.5
    assert scores[truth < 4].max() < 0.5
    assert no_subject_scores(embeddings, np.zeros(len(truth), dtype=bool), np.arange(len(truth))).max() == 0


def test_a_background_of_copies_alone_tells_nothing_and_breaks_nothing() -> None:
    embeddings, truth = _clusters()
    groups = np.where(truth == 4, 10_000, np.arange(len(truth)))  # one fold holds the whole background
    scores = no_subject_scores(embeddings, truth == 4, groups)
    assert scores[truth == 4].max() == 0
