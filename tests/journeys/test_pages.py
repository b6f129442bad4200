"""From page to page: a corrected guide reaches old finds, a sheet opens from everywhere, models come and go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from fieldguide.app.application import FieldGuide
from fieldguide.core.danger import Danger
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.services.engine import Model
from fieldguide.storage.settings import read_settings
from fieldguide.ui.guide.own_finds import OwnFinds
from fieldguide.ui.history.gallery_model import LevelRole
from fieldguide.ui.kit.naming import name_of
from fieldguide.ui.shell.pages import PLACES
from tests.helpers.bundles import manifest, prepared
from tests.helpers.drops import drop_on
from tests.helpers.kept import keep
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, make_find
from tests.helpers.tiny_network import EndlessLater, export
from tests.journeys.conftest import OpenWindow


@pytest.fixture
def application(open_window: OpenWindow, bundle_path: Path) -> Iterator[FieldGuide]:
    """All pages of a window that is not shown, so that no model is loaded."""
    made = open_window(bundle_path)
    yield made
    made.close()


def wait_list(qtbot, application: FieldGuide) -> None:
    with qtbot.waitSignal(application.history.page.gallery.model.counted, timeout=PATIENCE):
        application.window.show_page("history")


def test_the_sidebar_has_six_places(application: FieldGuide) -> None:
    assert [place.key for place in PLACES] == ["identify", "history", "guide", "models", "train", "settings"]
    for place in PLACES:
        application.window.show_page(place.key)
        assert application.window.front == place.key


def test_a_corrected_guide_reaches_old_finds(qtbot, application: FieldGuide, tmp_path: Path) -> None:
    library = application.parts.library
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        keep(library, make_find(application.parts.guide, EDULIS, others=()))
    wait_list(qtbot, application)
    model = application.history.page.gallery.model
    assert not Danger(model.index(0).data(LevelRole)).harmful
    lines = resource("guide", "species.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [line.replace(",caution,", ",poisonous,") if line.startswith("Boletus edulis,") else line for line in lines]
    file = tmp_path / "species.csv"
    file.write_text("".join(rows), encoding="utf-8")
    page = application.guide.page
    before = application.parts.guide.version
    application.guide._read_draft(file)
    qtbot.waitUntil(lambda: page.draft is not None, timeout=PATIENCE)
    assert not page.draft._list.isHidden()
    draft = application.parts.guides.read_draft(file)
    assert not draft.refused, [problem for problem in draft.problems if problem.rule.blocks]
    with qtbot.waitSignal(application.guide.guide_chosen, timeout=PATIENCE):
        page.draft.agreed.emit(draft)
    assert application.parts.guide.version != before
    qtbot.waitUntil(
        lambda: model.rowCount() == 1 and model.index(0).data(LevelRole) == Danger.POISONOUS.value, timeout=PATIENCE
    )
    page.draft.reject()


def test_the_guide_shows_the_finds_of_a_kind_and_leads_to_them(qtbot, application: FieldGuide) -> None:
    library, page = application.parts.library, application.guide.page
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        keep(library, make_find(application.parts.guide, EDULIS))
    page.open_taxon("Boletus edulis")
    qtbot.waitUntil(lambda: bool(page.detail.findChildren(OwnFinds)[-1].findChildren(QPushButton)), timeout=PATIENCE)
    page.detail.findChildren(OwnFinds)[-1].findChild(QPushButton).click()
    qtbot.waitUntil(lambda: application.window.front == "history", timeout=PATIENCE)


def test_the_sheet_opens_from_a_find_a_taxon_and_the_settings(qtbot, application: FieldGuide) -> None:
    application.history.help_wanted.emit(make_find(application.parts.guide, PHALLOIDES))
    first = application.poison.sheet
    assert first._case.suspects[0].taxon == PHALLOIDES
    with qtbot.waitSignal(application.poison.country_chosen):
        first.country.setCurrentIndex(first.country.findData("FR"))
    assert read_settings(application.parts.locations.settings).settings.country == "FR"
    assert application.settings.page.country.currentData() == "FR"
    first.accept()
    application.guide.page.help_wanted.emit("Galerina marginata")
    assert application.poison.sheet.chosen_country == "FR"
    application.poison.sheet.accept()
    application.settings.page.help_wanted.emit()
    assert application.poison.sheet._case.suspects == ()
    application.poison.sheet.accept()


def test_a_model_that_is_dropped_is_installed_and_shown(qtbot, application: FieldGuide, bundle_path: Path) -> None:
    page = application.models.page
    application.show()
    with qtbot.waitSignal(page.models_wanted, timeout=PATIENCE):
        assert drop_on(application.window, [bundle_path])
    assert application.window.front == "models"
    shelf = application.parts.locations.models
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.path.parent == shelf, timeout=PATIENCE)
    installed = page.shown
    assert page.list.count() == 2
    page.remove_wanted.emit(installed)
    qtbot.waitUntil(lambda: page.list.count() == 1, timeout=PATIENCE)
    assert not installed.path.exists()


def test_a_model_that_is_being_tried_out_is_named_and_closing_does_not_wait_for_it(
    qtbot, application: FieldGuide, tmp_path: Path
) -> None:
    """Its process computes without end, as a stranger's model may."""
    pictures = np.stack([prepared(label, 0) for label in range(3)])
    path = export(EndlessLater(), tmp_path / "endless.fieldguide", manifest(), pictures)
    page, children = application.models.page, application.parts.identifier._engine.children
    page.install_wanted.emit(path)
    assert "endless.fieldguide" in page.trying.text()
    assert not page.trying.isHidden()
    qtbot.waitUntil(lambda: any(child._torch for child in children._running), timeout=PATIENCE)
    application.close()  # would wait for ever
    assert not children._running


def test_a_choice_of_the_settings_is_kept(application: FieldGuide) -> None:
    application.settings.page.theme.chosen.emit("dark")
    assert read_settings(application.parts.locations.settings).settings.theme == "dark"
    assert application.theme.colours.dark


def test_a_model_brings_names_for_what_the_guide_does_not_know(application: FieldGuide) -> None:
    emperor, damselfly = (Taxon(name, Rank.SPECIES, name.split()[0]) for name in ("Anax imperator", "Ischnura elegans"))
    guide = application.parts.guide
    told = manifest(provenance={"common_names": {"Anax imperator": "emperor"}})
    application.parts.identifier.model_ready.emit(Model(told, "cpu", None))
    assert [name_of(each, guide).first for each in (emperor, damselfly)] == ["Emperor", "Ischnura elegans"]
    application.parts.identifier.model_ready.emit(Model(manifest(), "cpu", None))
    assert name_of(emperor, guide).first == "Anax imperator"
