from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.decision.thresholds import GROUNDS
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon
from fieldguide.core.text import text
from fieldguide.storage.models import InstalledModel
from fieldguide.ui.models import facts
from fieldguide.ui.models.measured import measured_of
from fieldguide.ui.models.page import ModelsPage
from fieldguide.ui.models.promise import HundredDots
from tests.helpers.labels import words_in

LABELS = (
    Taxon("Amanita phalloides", Rank.SPECIES, "Amanita", "Amanitaceae"),
    Taxon("Boletus", Rank.GENUS, "Boletus", "Boletaceae"),
    BACKGROUND,
)


def guarantee(alpha: float, rate: float) -> dict[str, object]:
    return {"alpha": alpha, "photos": 412, "groups": 371, "split": "calibration", "false_alarm_rate": rate}


PLAIN = Manifest("id-1", "Plain", "1.0", LABELS, InputSpec(64, 72))
FITTED = replace(
    PLAIN,
    name="Fitted",
    thresholds={
        "deadly_guarantee": guarantee(0.05, 0.38),
        "harmful_guarantee": guarantee(0.08, 0.5),
        "plausible_mass": 0.9,
        "coverage": 0.9,
    },
    metrics={
        "test": {"top1": 0.61, "top5": "many"},
        "danger": {"deadly": {"recall": {"value": 0.957}}, "passed_as_harmless": {"count": 7, "of": 612}},
    },
)
STARTER = InstalledModel(Path("/models/starter.fieldguide"), True, 2**20, FITTED)
OTHER = InstalledModel(Path("/models/other.fieldguide"), False, 2**20, PLAIN)
BROKEN = InstalledModel(
    Path("/models/bad.fieldguide"), False, 9, None, FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file="bad.fieldguide")
)


@pytest.fixture
def page(qtbot, guide, theme) -> ModelsPage:
    made = ModelsPage(guide)
    qtbot.addWidget(made)
    made.show()
    return made


def buttons(page: ModelsPage) -> dict[str, QPushButton]:
    QApplication.processEvents()
    return {each.text(): each for each in page.view.findChildren(QPushButton) if not each.isHidden()}


def test_both_promises_stand_in_words_with_every_number(guide) -> None:
    deadly, harmful = facts.promises_of(FITTED, guide)
    assert (deadly.missed, round(harmful.missed)) == (5.0, 8)
    for number in ("5 %", "412", "calibration", "371", "0.05", "38 %"):
        assert number in deadly.words
    assert "8 %" in harmful.words


def test_a_model_that_promises_nothing_says_so(guide) -> None:
    assert {promise.words for promise in facts.promises_of(PLAIN, guide)} == {text("danger.guarantee_none")}


def test_an_alarm_that_nothing_can_ring_is_told_as_one(guide) -> None:
    insects = (
        Taxon("Aeshna cyanea", Rank.SPECIES, "Aeshna"),
        Taxon("Apis mellifera", Rank.SPECIES, "Apis"),
        BACKGROUND,
    )
    for model in (replace(PLAIN, labels=insects), replace(FITTED, labels=insects)):
        promises = facts.promises_of(model, guide)
        assert {promise.words for promise in promises} == {text("danger.guarantee_never_rings")}
        assert {promise.missed for promise in promises} == {None}
    mushrooms = replace(PLAIN, labels=(Taxon("Amanita muscaria", Rank.SPECIES, "Amanita", "Amanitaceae"), *insects))
    deadly, harmful = facts.promises_of(mushrooms, guide)
    assert deadly.words == text("danger.guarantee_never_rings")
    assert harmful.words == text("danger.guarantee_none")
    assert facts.coverage_words(PLAIN) == ""


@pytest.mark.parametrize("kind", GROUNDS)
def test_on_whose_photos_the_alarms_were_fitted_is_told(page, kind: str) -> None:
    sources = [f"s{number}" for number in range(12)]
    ground = {"kind": kind, "sources": sources, "photos": 631, "strangers": 0.35, "day": "2026-11-27", "people": None}
    manifest = replace(FITTED, thresholds=FITTED.thresholds | {"ground": ground})
    words = facts.ground_words(manifest)
    for said in ("631", "s0", "s7, …", "2026-11-27", *(["35 %"] if kind == "elsewhere" else [])):
        assert said in words
    assert "s8" not in words
    page.show_in_use(STARTER.path)
    page.take_models([replace(STARTER, manifest=manifest)])
    assert words in words_in(page.view)
    assert facts.ground_words(FITTED) == ""


def test_odd_metrics_are_left_out_and_not_guessed() -> None:
    (own,) = measured_of(FITTED)
    shares = {measure.words: measure.share for measure in own.measures}
    assert shares == {text("models.measured_recall_deadly"): 0.957, text("models.measured_top1"): 0.61}
    assert own.passed == text("models.passed", count=7, of=612)
    assert own.ground == text("models.ground_own_uncounted"), "own photos flatter, and that is said"
    for odd in ({"test": 3, "danger": {"deadly": []}}, {"elsewhere": {"names": 7, "sources": {"a": 1, "b": {}}}}):
        assert measured_of(replace(FITTED, metrics=odd)) == []


def test_every_name_counts_where_they_were_counted_together() -> None:
    species = {"value": 1.0, "low": 0.025, "high": 1.0, "photos": 1}
    right = {"value": 0.86, "low": 0.8, "high": 0.91, "photos": 153}
    before = {"verdicts": {"species": {"right": species}}}
    for metrics, said, share in ((before, "verdict_species", 1.0), (before | {"right": right}, "right", 0.86)):
        (own,) = measured_of(replace(FITTED, metrics=metrics))
        shown = [(measure.words, measure.share) for measure in own.measures]
        assert shown == [(text(f"models.measured_{said}"), share)]


def test_photos_by_other_people_come_first_with_intervals_and_every_source(page) -> None:
    recall = {"value": 0.9, "low": 0.73, "high": 0.98, "photos": 30}
    sources = {
        "ash": {"photos": 400, "species": {"value": 0.2}, "deadly": {"recall": recall, "false_alarms": {"value": 0.7}}},
        "ric": {"photos": 56, "species": {"value": 0.4}, "deadly": {"recall": {"value": None, "photos": 0}}},
    }
    names = {"photos": 633, "top1": 0.27, "top1_between": [0.23, 0.32], "species_photos": 412}
    elsewhere = {"names": names, "danger": {"deadly": {"recall": recall}}, "sources": sources}
    model = replace(STARTER, manifest=replace(FITTED, metrics=FITTED.metrics | {"elsewhere": elsewhere}))
    others, own = measured_of(model.manifest)
    assert [others.heading, own.heading] == [text("models.measured_elsewhere"), text("models.measured_own")]
    assert "633" in others.ground
    assert [measure.certainty for measure in others.measures] == [
        text("models.certainty", low="73 %", high="98 %", photos=30),
        text("models.certainty", low="23 %", high="32 %", photos=412),
    ]
    assert "27 of 30" in others.sources[0]
    assert others.sources[1] == text("models.source_without_deadly", source="ric", photos=56, first="40 %")
    page.show_in_use(model.path)
    page.take_models([model])
    said = words_in(page.view)
    assert said.index(others.heading) < said.index(own.heading)
    assert others.sources[0] in said


def test_whose_numbers_they_are_stands_before_them(page) -> None:
    page.show_in_use(STARTER.path)
    page.take_models([STARTER, OTHER])
    assert text("models.by_us") in words_in(page.view)
    page.view.show_model(OTHER, page._guide, in_use=False)
    said = words_in(page.view)
    assert text("models.by_maker") in said
    assert text("models.by_us") not in said


def test_the_page_shows_the_model_in_use_with_dots_for_what_passes(page, qtbot) -> None:
    page.show_in_use(STARTER.path, "Fell back to the processor.")
    with qtbot.waitSignal(page.card_wanted):
        page.take_models([STARTER, OTHER, BROKEN])
    said = words_in(page.view)
    assert text("models.in_use") in said
    assert "Fell back to the processor." in said
    assert [dots.accessibleName() for dots in page.view.findChildren(HundredDots)] == [
        text("models.missed", count=5),
        text("models.missed", count=8),
    ]
    assert text("models.use") not in buttons(page)
    assert text("models.remove") not in buttons(page)


def test_another_model_can_be_used_or_removed(page, qtbot) -> None:
    page.show_in_use(STARTER.path)
    page.take_models([STARTER, OTHER])
    page.list.setCurrentRow(1)
    with qtbot.waitSignal(page.use_wanted) as used:
        buttons(page)[text("models.use")].click()
    assert used.args == [OTHER]
    with qtbot.waitSignal(page.remove_wanted) as removed:
        buttons(page)[text("models.remove")].click()
    assert removed.args == [OTHER]


def test_a_broken_model_says_why_and_can_only_be_removed(page) -> None:
    page.take_models([STARTER, BROKEN])
    page.list.setCurrentRow(1)
    assert "bad.fieldguide is damaged" in words_in(page.view)
    assert text("models.use") not in buttons(page)
    assert text("models.remove") in buttons(page)


def test_a_card_is_text_that_loads_nothing(page) -> None:
    page.take_models([STARTER])
    page.take_card(STARTER, "# Card\n\n![x](/etc/hostname) [out](https://example.org)")
    browser = page.view._card
    assert "Card" in browser.toPlainText()
    assert not browser.openLinks()
    assert browser.loadResource(2, browser.source()) is None


def test_what_the_model_can_never_name_is_counted(guide) -> None:
    assert facts.unknown_deadly(PLAIN, guide) > 50
    assert sum(count for _, count in facts.dangers_of(PLAIN, guide)) == 2


def test_a_card_that_is_read_twice_stands_there_once(page) -> None:
    """After an install the list is read twice, and the card with it."""
    page.take_models([STARTER, OTHER])
    page.take_models([STARTER, OTHER])
    for _ in range(2):
        page.take_card(STARTER, "# Made of drawings")
    assert words_in(page.view).count(text("models.card")) == 1
