from __future__ import annotations

import json

import pytest

from fieldguide.core.decision.thresholds import Ground, Guarantee, Thresholds
from fieldguide.core.errors import ErrorCode, FieldGuideError

FITTED = Thresholds(
    species=0.7,
    unknown=12.5,
    deadly=0.02,
    harmful=0.1,
    plausible_mass=0.95,
    coverage=0.9,
    target=0.85,
    deadly_guarantee=Guarantee(0.03, 120, 110, "elsewhere", 0.4, "ash"),
    harmful_guarantee=Guarantee(0.03, 600, 550, "elsewhere", 0.5),
    ground=Ground("elsewhere", ("ash", "a society"), 640, 0.35, "2026-11-27", 5),
)


GROUND = {"kind": "elsewhere", "sources": ["ash"], "photos": 40, "strangers": 0.3, "day": "2026-11-27"}
PROMISE = {"alpha": 0.05, "photos": 40, "groups": 30, "split": "calibration", "false_alarm_rate": 0.1}


@pytest.mark.parametrize("thresholds", [Thresholds(), FITTED])
def test_they_survive_a_manifest(thresholds: Thresholds) -> None:
    assert Thresholds.from_manifest(json.loads(json.dumps(thresholds.to_manifest(), allow_nan=False))) == thresholds


def test_a_bundle_without_thresholds_gets_the_cautious_ones() -> None:
    cautious = Thresholds.from_manifest({})
    assert not cautious.fitted
    assert cautious.deadly == cautious.harmful == 0.0  # any probability rings
    assert cautious.plausible_mass is None
    assert min(cautious.species, cautious.genus, cautious.family) >= 0.9


def test_fitted_means_both_alarms_rest_on_data() -> None:
    assert FITTED.fitted


@pytest.mark.parametrize(
    "values",
    [
        {"species": -0.1},
        {"deadly": 1.5},
        {"harmful": "0.1"},
        {"genus": True},
        {"family": float("nan")},
        {"alarm_exponent": 0.0},
        {"alarm_exponent": 9.0},
        {"plausible_mass": 0.9},
        {"coverage": 0.9},
        {"ground": 3},
        {"ground": {**GROUND, "kind": "everywhere"}},
        {"ground": {**GROUND, "photos": 0}},
        {"ground": {**GROUND, "sources": 5}},
        {"ground": {**GROUND, "sources": [5]}},
        {"ground": {**GROUND, "sources": ["a" * 500]}},
        {"ground": {**GROUND, "strangers": 1.5}},
        {"ground": {"kind": "own"}},
        {"deadly_guarantee": {"alpha": 0.05}},
        {"deadly_guarantee": 3},
        {"deadly_guarantee": {**PROMISE, "alpha": "little"}},
        {"deadly_guarantee": {**PROMISE, "alpha": 1.5}},
        {"deadly_guarantee": {**PROMISE, "photos": 0}},
        {"deadly_guarantee": {**PROMISE, "groups": 2.5}},
        {"deadly_guarantee": {**PROMISE, "split": ["calibration"]}},
        {"harmful_guarantee": {**PROMISE, "split": "x" * 10_000}},
        {"harmful_guarantee": {**PROMISE, "false_alarm_rate": float("inf")}},
        {"unknown": float("inf")},
        {"unknown": 10**400},
        {"mystery": 1.0},
    ],
)
def test_contradictory_thresholds_are_refused_and_never_clamped(values: dict[str, object]) -> None:
    with pytest.raises(FieldGuideError) as refused:
        Thresholds.from_manifest(values)
    assert refused.value.code is ErrorCode.BUNDLE_CONTRADICTORY


@pytest.mark.parametrize("alarm", ["deadly", "harmful"])
def test_no_alarm_is_quietened_without_photos(alarm: str) -> None:
    with pytest.raises(FieldGuideError, match=alarm):
        Thresholds.from_manifest({alarm: 0.3})
    assert Thresholds.from_manifest({alarm: 0.0}).deadly_guarantee is None
    assert getattr(Thresholds.from_manifest({alarm: 0.3, f"{alarm}_guarantee": PROMISE}), alarm) == 0.3
