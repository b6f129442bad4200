from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fieldguide.core.taxonomy import BACKGROUND
from tests.helpers.made_predictions import LABELS, other_things, predictions
from trainer.evaluation.predictions import Predictions, join


def test_they_come_back_from_their_file(tmp_path: Path) -> None:
    made = join([predictions(30), other_things(5)])
    made.save(tmp_path / "test.npz")
    found = Predictions.load(tmp_path / "test.npz")
    assert np.array_equal(found.logits, made.logits)
    assert found.files.tolist() == made.files.tolist()
    assert found.truth == made.truth
    assert found.true_taxa(LABELS) == made.true_taxa(LABELS)


def test_without_truth_the_file_has_none(tmp_path: Path) -> None:
    predictions(3).save(tmp_path / "a.npz")
    assert Predictions.load(tmp_path / "a.npz").truth is None


def test_an_empty_split_is_a_file_too(tmp_path: Path) -> None:
    made = predictions(8)
    made.select(np.zeros(8, dtype=bool)).save(tmp_path / "none.npz")
    assert len(Predictions.load(tmp_path / "none.npz")) == 0


def test_the_truth_is_the_label_or_what_was_told() -> None:
    taxa = join([predictions(4), other_things(2)]).true_taxa(LABELS)
    assert taxa[4:] == (BACKGROUND, BACKGROUND)
    assert set(taxa[:4]) <= set(LABELS)


@pytest.mark.parametrize(
    "broken", [{"groups": np.arange(3)}, {"targets": np.full(4, 99)}, {"targets": np.full(4, -2)}, {"truth": ()}]
)
def test_rows_that_do_not_fit_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"rows|target"):
        replace(predictions(4), **broken)  # type: ignore[arg-type]
