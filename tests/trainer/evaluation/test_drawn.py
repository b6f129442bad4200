"""Drawings made from photos, shown to a bundle: counted, with an interval, and the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import load_guide
from fieldguide.inference.runtime import Runtime
from tests.helpers.bundles import write_photo
from tests.helpers.made_predictions import LABELS, predictions
from trainer.config import Phase, RunConfig
from trainer.evaluation.drawn import drawings_unknown
from trainer.evaluation.fitting import DecisionPolicy
from trainer.evaluation.metrics import evaluate
from trainer.report.card import model_card
from trainer.report.reliability import unknowns
from trainer.report.shown import Shown


def test_drawings_are_counted_the_same_each_time(bundle_path: Path, tmp_path: Path) -> None:
    files = [str(write_photo(tmp_path / f"{number}.jpg", number % 3, number)) for number in range(6)]
    runtime, guide = Runtime.load(bundle_path, "cpu", threads=1), load_guide()
    manifest = runtime.manifest
    policy = DecisionPolicy.from_manifest(manifest.temperature, manifest.thresholds, {}, {})
    told = [drawings_unknown(runtime, policy, guide, [*files, "gone.jpg"], RunConfig()) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0] is not None
    assert told[0].photos == told[0].unknown.photos == 6, "a photo that is gone is left out"
    assert 0 <= told[0].unknown.low <= told[0].unknown.value <= told[0].unknown.high <= 1
    assert told[0].taught is False
    drawn = replace(RunConfig().fit, phases=(Phase(1, 64, drawings=0.1),))
    taught = drawings_unknown(runtime, policy, guide, files, replace(RunConfig(), fit=drawn))
    assert taught is not None
    assert taught.taught is True
    measures = replace(evaluate(predictions(20), LABELS, guide, DecisionPolicy(1.0, Thresholds())), drawings=taught)
    assert "the same generator whose drawings it was trained to leave unnamed" in unknowns(Shown(measures))
    assert "the same generator that it was trained on" in model_card(manifest, guide, Shown(measures))


def test_nothing_to_draw_over_is_not_measured(bundle_path: Path) -> None:
    runtime = Runtime.load(bundle_path, "cpu", threads=1)
    policy = DecisionPolicy.from_manifest(1.0, runtime.manifest.thresholds, {}, {})
    assert drawings_unknown(runtime, policy, load_guide(), [], RunConfig()) is None
