from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fieldguide.core.decision.thresholds import Thresholds
from tests.helpers.made_predictions import GUIDE, LABELS, NAMES, other_things, predictions
from trainer.config import DecisionConfig
from trainer.evaluation import document
from trainer.evaluation.fitting import DecisionPolicy, FittedDecision, fit_decision
from trainer.evaluation.gate import gate
from trainer.evaluation.intervals import clopper_pearson, wilson_lower
from trainer.evaluation.metrics import evaluate
from trainer.evaluation.predictions import Predictions, join
from trainer.evaluation.ranking import _by_chance
from trainer.evaluation.records import (
    AlarmMeasures,
    ClassMeasures,
    Confusion,
    FusedNames,
    Passed,
    Share,
    SplitMeasures,
)
from trainer.report.figures import among_five

EASY = DecisionConfig(unseen_species=0.0, unseen_genera=0.0)


@pytest.fixture(scope="module")
def fitted() -> FittedDecision:
    return fit_decision(predictions(600, noise=1.6, overconfidence=2.0), LABELS, GUIDE, other_things(80), EASY)


@pytest.fixture(scope="module")
def metrics(fitted: FittedDecision) -> SplitMeasures:
    test = predictions(400, seed=5, noise=1.6, overconfidence=2.0)
    return evaluate(test, LABELS, GUIDE, fitted.policy, other_things(60, seed=8))


def test_the_fit_calibrates_what_was_overconfident(fitted: FittedDecision) -> None:
    assert fitted.temperature > 1.5
    assert fitted.thresholds.fitted
    assert fitted.thresholds.unknown is not None
    assert fitted.unknown["score"] == fitted.policy.unknown.kind.value  # type: ignore[union-attr]


def test_all_of_it_goes_through_a_manifest(fitted: FittedDecision) -> None:
    thresholds = json.loads(json.dumps(fitted.thresholds.to_manifest(), allow_nan=False))
    unknown = json.loads(json.dumps(fitted.unknown, allow_nan=False))
    again = DecisionPolicy.from_manifest(fitted.temperature, thresholds, unknown, fitted.statistics)
    test = predictions(20, seed=3)
    assert again.thresholds == fitted.thresholds
    assert np.array_equal(again.unknown_scores(test), fitted.policy.unknown_scores(test))


def test_it_holds_on_fresh_photos(metrics: SplitMeasures) -> None:
    species = metrics.names.species
    assert 0.7 < species.top1.value <= species.top5.value <= 1.0
    assert metrics.names.genus.top1.value >= species.top1.value
    assert metrics.danger.deadly.recall.value >= 0.94
    assert metrics.calibration.ece < 0.08
    assert metrics.sets.coverage.value >= 0.86
    assert metrics.other_things.unknown.value >= 0.95
    assert metrics.verdicts.unknown.value < 0.4


def test_a_file_of_an_earlier_version_is_read_under_the_names_of_today(metrics: SplitMeasures, tmp_path: Path) -> None:
    file = tmp_path / "measures.json"
    document.write(file, replace(metrics, novel_photos=7))
    file.write_text(file.read_text(encoding="utf-8").replace('"novel_photos"', '"strangers"'), encoding="utf-8")
    assert document.read(file, SplitMeasures) == replace(metrics, novel_photos=7)


def test_every_number_goes_through_the_file_and_is_within_bounds(metrics: SplitMeasures, tmp_path: Path) -> None:
    document.write(tmp_path / "measures.json", metrics)
    assert document.read(tmp_path / "measures.json", SplitMeasures) == metrics
    for rank in ("species", "genus", "family"):
        told = metrics.verdicts.at(rank).right
        assert told.low <= (told.value or told.low) <= told.high
    assert metrics.danger.cost.warned >= 0
    assert sum(each.count for each in metrics.calibration.bins) == metrics.calibration.photos
    assert metrics.abstention[-1].coverage == 1.0
    assert metrics.abstention[0].risk <= metrics.abstention[-1].risk
    assert [each.f1 for each in metrics.classes] == sorted(each.f1 for each in metrics.classes)
    assert set(metrics.sources) == {"field", "web"}
    assert sum(each.photos for each in metrics.sources.values()) == metrics.photos
    deadly = [each.deadly.recall for each in metrics.sources.values()]
    assert sum(each.count for each in deadly) == metrics.danger.deadly.recall.count


def test_a_calibration_error_comes_with_what_chance_alone_would_make() -> None:
    """Honest percentages on few photos look wrong by chance; on many hardly."""
    few, many = (_by_chance(np.full(count, 0.7)) for count in (20, 20_000))
    assert few is not None
    assert many is not None
    assert many < 0.01 < 0.04 < few
    assert _by_chance(np.zeros(0)) is None


def test_a_species_of_the_genus_that_a_photo_is_filed_under_is_right() -> None:
    """Three photos of the genus Boletus (named edulis, the genus, Suillus), one of edulis named so, one named genus."""
    edulis, genus, suillus = (NAMES.index(name) for name in ("Boletus edulis", "Boletus", "Suillus luteus"))
    targets, said = np.array([genus, genus, genus, edulis, edulis]), [edulis, genus, suillus, edulis, genus]
    logits = np.zeros((5, len(LABELS)), np.float32)
    logits[np.arange(5), said] = 30.0
    names = np.array([str(number) for number in range(5)])
    made = Predictions(logits, np.zeros((5, 2), np.float32), targets, np.arange(5), names, names)
    metrics = evaluate(made, LABELS, GUIDE, DecisionPolicy(1.0, Thresholds(wide_share=0.0)))
    rows = {row.label: row for row in metrics.classes}
    two = pytest.approx(2 / 3)
    assert rows["Boletus"] == ClassMeasures("Boletus", photos=3, named=3, right=2, precision=two, recall=two, f1=two)
    assert (rows["Boletus edulis"].precision, rows["Boletus edulis"].recall) == (1.0, 0.5)
    assert metrics.confusions == (
        Confusion("Boletus edulis", "Boletus", 1),
        Confusion("Boletus", "Suillus luteus", 1),
    )
    assert sum(cell.photos for cell in metrics.matrix if cell.right) == 3
    assert metrics.several_photos[1] == FusedNames(finds=5, top1=0.6, top5=1.0)
    right = sum(row.recall * row.photos for row in metrics.classes)
    assert right == pytest.approx(5 * (1 - metrics.abstention[-1].risk)), "F1 rows and top-1 by label agree"


def test_several_photos_help(metrics: SplitMeasures) -> None:
    assert metrics.several_photos[3].top1 > metrics.several_photos[1].top1


def test_what_passes_as_harmless_is_listed_and_costs() -> None:
    deaf = DecisionPolicy(1.0, Thresholds(species=0.0, deadly=1.0, harmful=1.0))
    metrics = evaluate(predictions(300, noise=3.0), LABELS, GUIDE, deaf)
    passed = metrics.danger.passed_as_harmless
    assert 0 < passed.count == len(passed.photos) <= passed.of
    assert {photo.alarm for photo in passed.photos} == {"caution"}
    assert metrics.danger.cost.warned >= 100 * passed.count / 300


def test_photos_of_held_out_species_are_measured_apart(fitted: FittedDecision) -> None:
    told = predictions(100, seed=6)
    novel = join([other_things(30, seed=2)])
    metrics = evaluate(told, LABELS, GUIDE, fitted.policy, novel=novel)
    assert metrics.novel.auroc > 0.9
    assert metrics.novel.verdicts.unknown.value > 0.9
    assert (metrics.photos, metrics.novel_photos) == (100, 0)


def test_novel_kinds_among_the_photos_count_in_what_is_said(fitted: FittedDecision) -> None:
    told, strange = predictions(100, seed=6), predictions(40, seed=9)
    taxa = tuple(LABELS[target] for target in strange.targets)
    strange = replace(strange, targets=np.full(40, -1), truth=taxa)
    alone, both = (evaluate(each, LABELS, GUIDE, fitted.policy) for each in (told, join([told, strange])))
    assert (both.photos, both.novel_photos) == (140, 40)
    assert both.verdicts_known == alone.verdicts
    assert both.verdicts.unknown.photos == 140
    assert both.danger.harmful.recall.photos > alone.danger.harmful.recall.photos
    assert both.classes == alone.classes, "a label is judged by its own photos alone"
    assert both.novel is not None
    assert both.novel.verdicts.unknown.photos == 40


def test_nothing_to_fit_on_gives_the_cautious_defaults() -> None:
    nothing = predictions(10).select(np.zeros(10, dtype=bool))
    fitted = fit_decision(nothing, LABELS, GUIDE)
    assert fitted.thresholds == Thresholds()
    metrics = evaluate(nothing, LABELS, GUIDE, fitted.policy)
    assert metrics.names.species.top1.value is None
    assert document.as_json(metrics)


def test_two_labels_and_a_handful_of_photos_are_enough_to_run() -> None:
    made = predictions(60)
    few = made.select(made.targets < 2)
    few = type(few)(few.logits[:, :2], few.embeddings, few.targets, few.groups, few.sources, few.files)
    fitted = fit_decision(few, LABELS[:2], GUIDE)
    metrics = evaluate(few, LABELS[:2], GUIDE, fitted.policy)
    assert metrics.names.species.top1.value > 0.9
    assert not fitted.thresholds.fitted  # too few for a promise: everything rings


def test_a_small_set_still_names_its_own_kinds_and_says_what_that_cost() -> None:
    few, many = predictions(70, noise=2.0), predictions(1200, noise=0.4)
    small, large = (fit_decision(photos, LABELS, GUIDE) for photos in (few, many))
    assert small.report.relaxed == ("novel",)
    said = evaluate(few, LABELS, GUIDE, small.policy).verdicts
    assert said.species.said + said.genus.said >= 0.5
    assert large.report.relaxed == ()
    asked = fit_decision(few, LABELS, GUIDE, config=EASY)
    assert "novel" not in asked.report.relaxed


def test_background_photos_among_the_split_are_other_things() -> None:
    others = other_things(40)
    labelled = type(others)(
        others.logits,
        others.embeddings,
        np.full(40, len(LABELS) - 1),
        others.groups,
        others.sources,
        others.files,
    )
    metrics = evaluate(join([predictions(50), labelled]), LABELS, GUIDE, DecisionPolicy(1.0, Thresholds()))
    assert metrics.photos == 50
    assert metrics.other_things.unknown.photos == 40


@pytest.fixture(scope="module")
def measured_with() -> Callable[..., SplitMeasures]:
    """Measures of a model that passed so many dangerous photos."""
    measured = evaluate(predictions(60), LABELS, GUIDE, DecisionPolicy(1.0, Thresholds()))

    def build(count: int, deadly: int = 0, of: int = 100, false: float = 0.2, **changes: object) -> SplitMeasures:
        photos = tuple(replace(measured.mistakes.surest[0], file=f"{number}.jpg") for number in range(count))
        alarm = AlarmMeasures(Share(0.9, 0.8, 1.0, 100), Share(false, 0.0, 1.0, 100))
        danger = replace(
            measured.danger, deadly=alarm, harmful=alarm, passed_as_harmless=Passed(count, deadly, of, photos)
        )
        return replace(measured, danger=danger, **changes)

    return build


Measured = Callable[..., SplitMeasures]


def test_the_gate_opens_for_a_model_that_is_no_worse(measured_with: Measured) -> None:
    assert gate(measured_with(3), measured_with(3)).exit_code == 0
    assert gate(measured_with(2), measured_with(3)).passes
    assert gate(measured_with(3, false=0.25), measured_with(3)).passes


@pytest.mark.parametrize(("new", "old"), [((4,), (3,)), ((2, 1), (3,))])
def test_the_gate_stays_shut_for_more_harm(measured_with: Measured, new: tuple[int, ...], old: tuple[int, ...]) -> None:
    assert gate(measured_with(*new), measured_with(*old)).exit_code == 1


def test_no_model_passes_by_crying_wolf(measured_with: Measured) -> None:
    decided = gate(measured_with(0, false=1.0), measured_with(3))
    assert not decided.passes
    assert [bound.name for bound in decided.bounds if not bound.holds] == ["false_deadly", "false_harmful"]


def test_a_bad_older_model_excuses_nothing(measured_with: Measured) -> None:
    """One that rang for nearly everything, missed half or named next to nothing is no measure."""
    wolf = measured_with(3, false=0.95)
    assert [bound.name for bound in gate(wolf, wolf).bounds if not bound.holds] == ["false_deadly", "false_harmful"]
    assert gate(measured_with(3, false=0.5), wolf).passes
    few = Share(0.4, 0.3, 0.5, 60)
    silent = replace(measured_with(3).verdicts, unknown=Share(0.99, 0.9, 1.0, 60))
    bad = measured_with(3, verdicts=silent, right=few)
    deaf = replace(bad, danger=replace(bad.danger, deadly=replace(bad.danger.deadly, recall=few)))
    broken = [bound for bound in gate(deaf, deaf).bounds if not bound.holds]
    assert [(bound.name, bound.limit) for bound in broken] == [("recall_deadly", 0.8), ("said", 0.05), ("right", 0.5)]


def test_no_model_passes_by_saying_nothing_or_naming_wrong(measured_with: Measured) -> None:
    silent = replace(measured_with(3).verdicts, unknown=Share(0.95, 0.9, 1.0, 60))
    half, most = Share(0.5, 0.4, 0.6, 60), Share(0.7, 0.6, 0.8, 60)
    for changes, name in (({"verdicts": silent}, "said"), ({"right": half}, "right")):
        decided = gate(measured_with(3, **changes), measured_with(3, right=most))
        assert [bound.name for bound in decided.bounds if not bound.holds][-1] == name
    assert gate(
        measured_with(3, right=Share(0.82, 0.7, 0.9, 60)), measured_with(3, right=Share(0.9, 0.8, 1.0, 60))
    ).passes


def test_the_gate_names_what_is_newly_missed_and_refuses_another_test(measured_with: Measured) -> None:
    assert gate(measured_with(4), measured_with(3)).newly_missed == ("3.jpg",)
    with pytest.raises(ValueError, match="same test"):
        gate(measured_with(1), measured_with(1, of=99))


def test_five_of_four_names_say_nothing(metrics: SplitMeasures) -> None:
    few = replace(metrics.names.species, names=4)
    assert few.among_five is None
    assert metrics.names.species.among_five == metrics.names.species.top5.value
    assert among_five(few) == ""


def test_missed_danger_is_told_by_kind_and_source() -> None:
    deaf = DecisionPolicy(1.0, Thresholds(species=0.0, deadly=1.0, harmful=1.0))
    found = evaluate(predictions(300, noise=3.0), LABELS, GUIDE, deaf)
    missed = found.mistakes.missed
    assert {row.source for row in missed} == {"field", "web"}
    assert missed[0].danger == "deadly"
    deadly = sum(row.no_deadly_alarm or 0 for row in missed)
    assert deadly == found.mistakes.missed_deadly_count > 0
    assert sum(row.no_warning for row in missed) == found.danger.passed_as_harmless.count


def test_intervals_are_those_of_the_tables() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert clopper_pearson(0, 10) == (0.0, pytest.approx(0.3085, abs=1e-4))
    assert clopper_pearson(5, 10) == (pytest.approx(0.1871, abs=1e-4), pytest.approx(0.8129, abs=1e-4))
    assert wilson_lower(np.array([0.5]), np.array([10.0]), 0.975)[0] == pytest.approx(0.2366, abs=1e-4)
    assert wilson_lower(np.array([0.5]), np.array([0.0]), 0.975)[0] == 0.0
