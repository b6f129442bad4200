"""Heat maps over drawings whose telling part is known: the cap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fieldguide.core.photo import read_photo
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.inference.explain import StoppedError, Way, explain, picture_of
from fieldguide.inference.runtime import Runtime
from fieldguide.ui.kit.heat import QUIET
from tests.helpers.bundles import LABELS, prepared, write_photo


@pytest.fixture(scope="module")
def runtime(bundle_path: Path) -> Runtime:
    return Runtime.load(bundle_path, "cpu", threads=1)


@pytest.mark.parametrize("way", list(Way))
def test_a_map_lies_over_the_picture_between_minus_one_and_one(runtime: Runtime, way: Way) -> None:
    heat = explain(runtime, prepared(0, 3), LABELS[0], way=way)
    assert heat.shape == (64, 64)
    assert heat.dtype == np.float32
    assert 0 < np.abs(heat).max() <= 1 + 1e-6


@pytest.mark.parametrize("way", [Way.OCCLUSION, Way.LIME])
@pytest.mark.parametrize("label", [0, 2])
def test_the_mushroom_speaks_for_itself_and_the_ground_does_not(runtime: Runtime, way: Way, label: int) -> None:
    heat = np.abs(explain(runtime, prepared(label, 3), LABELS[label], way=way))
    assert heat[16:48, 16:48].mean() > 2 * np.concatenate([heat[:8].ravel(), heat[-6:].ravel()]).mean()


def test_against_turns_the_sign_around(runtime: Runtime) -> None:
    there = explain(runtime, prepared(1, 2), LABELS[0], LABELS[1])
    back = explain(runtime, prepared(1, 2), LABELS[1], LABELS[0])
    assert np.allclose(there, -back, atol=1e-3)


def test_a_family_counts_with_its_labels(runtime: Runtime) -> None:
    family = Taxon("Amanitaceae", Rank.FAMILY, None, "Amanitaceae")
    assert np.allclose(explain(runtime, prepared(0, 1), family), explain(runtime, prepared(0, 1), LABELS[0]))


def test_a_taxon_that_the_model_does_not_know_is_refused(runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="Russula"):
        explain(runtime, prepared(0, 1), Taxon("Russula", Rank.GENUS, "Russula"))


def test_it_stops_when_asked(runtime: Runtime) -> None:
    with pytest.raises(StoppedError):
        explain(runtime, prepared(0, 1), LABELS[0], should_stop=lambda: True)


def test_the_picture_is_the_one_that_the_network_saw(runtime: Runtime, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "a.png", 1)
    photo = read_photo(path, 72).photo
    assert picture_of(photo, runtime).shape == (3, 64, 64)


@pytest.mark.parametrize("way", list(Way))
def test_what_hardly_moves_a_nearly_certain_answer_is_faint(runtime: Runtime, way: Way) -> None:
    strong = prepared(1, 0).astype(np.float32)
    muted = (0.3 * strong + 0.7 * strong.mean()).astype(np.uint8)
    logits = runtime.run(muted[None])[0][0] / runtime.manifest.temperature
    assert logits[1] - np.logaddexp(logits[0], logits[2]) > 8, "nearly certain"
    assert np.abs(explain(runtime, muted, LABELS[1], way=way)).max() < 2 * QUIET, "next to nothing is painted"
    assert np.abs(explain(runtime, prepared(1, 0), LABELS[1], way=way)).max() > 5 * QUIET


def test_the_ways_tell_of_patches_in_the_same_measure(runtime: Runtime) -> None:
    covered, guessed = (explain(runtime, prepared(1, 0), LABELS[1], way=w) for w in (Way.OCCLUSION, Way.GRADIENT))
    assert np.corrcoef(covered.ravel(), guessed.ravel())[0, 1] > 0.5
    assert 0.5 < np.abs(guessed).max() / np.abs(covered).max() < 2
