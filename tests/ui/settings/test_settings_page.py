from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPlainTextEdit, QPushButton

from fieldguide.core.text import text
from fieldguide.storage.locations import find_locations
from fieldguide.storage.settings import Settings
from fieldguide.ui.settings.about import LicencesDialog
from fieldguide.ui.settings.page import SettingsPage


@pytest.fixture
def page(qtbot, theme) -> SettingsPage:
    made = SettingsPage(
        Settings(theme="dark", country="DE", device="cpu"), find_locations(), ["DE", "FR"], [("FieldGuide", "1.0")]
    )
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_shows_what_was_chosen(page) -> None:
    assert page.theme.choice == "dark"
    assert page.country.currentData() == "DE"
    assert page.device.choice == "cpu"
    assert page.threads.currentData() == ""


@pytest.mark.parametrize(
    ("field", "key", "name", "value"),
    [
        ("country", "FR", "country", "FR"),
        ("region", "europe", "region", "europe"),
        ("threads", "1", "threads", 1),
        ("language", "en", "language", "en"),
    ],
)
def test_a_choice_leaves_at_once(page, qtbot, field, key, name, value) -> None:
    box = getattr(page, field)
    with qtbot.waitSignal(page.changed) as changed:
        box.setCurrentIndex(box.findData(key))
    assert changed.args == [name, value]


def test_threads_may_be_left_to_the_model_again(page, qtbot) -> None:
    page.threads.setCurrentIndex(1)
    with qtbot.waitSignal(page.changed) as changed:
        page.threads.setCurrentIndex(0)
    assert changed.args == ["threads", None]


def test_theme_and_season_leave_at_once(page, qtbot) -> None:
    with qtbot.waitSignal(page.changed) as changed:
        page.theme.chosen.emit("light")
    assert changed.args == ["theme", "light"]
    with qtbot.waitSignal(page.changed) as changed:
        page.seasons.click()
    assert changed.args == ["use_place_and_season", True]


def test_choices_made_elsewhere_are_shown_without_a_signal(page, qtbot) -> None:
    with qtbot.assertNotEmitted(page.changed):
        page.show_settings(Settings(country="FR", use_place_and_season=True))
    assert page.country.currentData() == "FR"
    assert page.seasons.isChecked()


def test_a_copy_goes_where_somebody_wants_it(page, qtbot, tmp_path, monkeypatch) -> None:
    target = tmp_path / "copy.db"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(page.backup_wanted) as wanted:
        page._choose_backup()
    assert wanted.args == [target]


def test_it_says_what_it_is_not_and_leads_to_help(page, qtbot) -> None:
    said = "\n".join(each.text() for each in page.about.findChildren(QLabel))
    assert text("settings.about_guess") in said
    assert "49 %" in said
    with qtbot.waitSignal(page.help_wanted):
        page.about.help_wanted.emit()


def test_licences_are_shown_as_they_are(qtbot, theme) -> None:
    dialog = LicencesDialog()
    qtbot.addWidget(dialog)
    assert "Apache" in dialog.findChild(QPlainTextEdit).toPlainText()


def test_removing_the_trainer_is_told_while_it_lasts(page, qtbot) -> None:
    page.show_trainer(3_500_000_000)
    words = text("settings.trainer_words", gb="3.5")
    assert words in [label.text() for label in page.trainer.findChildren(QLabel)]
    button = page.trainer.findChild(QPushButton)
    with qtbot.waitSignal(page.remove_trainer_wanted):
        button.click()
    assert text("settings.trainer_removing") in [label.text() for label in page.trainer.findChildren(QLabel)]
    assert not button.isEnabled()
    page.show_trainer(1_000_000_000)  # something of it could not be removed
    assert button.isEnabled()
    page.show_trainer(0)
    assert page.trainer.isHidden()
