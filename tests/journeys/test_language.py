"""The window speaks the language that was chosen, else the desktop's, else English."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from fieldguide.core.text import catalogue
from fieldguide.storage.locations import create_locations
from fieldguide.storage.settings import Settings, save_settings
from fieldguide.ui.shell.pages import PLACES
from tests.journeys.conftest import OpenWindow


@pytest.mark.parametrize(
    ("chosen", "desktop", "spoken"), [("de", "fr-CA", "de"), ("", "fr-CA", "fr"), ("", "sw", "en"), ("", "", "en")]
)
def test_the_chosen_language_then_that_of_the_desktop_then_english(
    open_window: OpenWindow, bundle_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, desktop: str, spoken: str
) -> None:
    monkeypatch.setattr(QLocale, "uiLanguages", lambda *_: [desktop] if desktop else [])
    save_settings(create_locations().settings, Settings(language=chosen))
    application = open_window(bundle_path)
    assert PLACES[-1].title == catalogue(spoken)["shell.page_settings"]
    application.close()


def test_another_language_opens_the_window_anew_where_it_was(open_window: OpenWindow, bundle_path: Path) -> None:
    save_settings(create_locations().settings, Settings(language="en"))
    application = open_window(bundle_path)
    application.window.show_page("settings")
    choice = application.settings.page.language
    choice.setCurrentIndex(choice.findData("de"))
    assert application.reopens
    assert not application.window.isVisible()
    again = open_window(bundle_path)
    again.go_on_from(application)
    assert again.window.front == "settings"
    assert PLACES[-1].title == catalogue("de")["shell.page_settings"]
    assert QLocale().language() is QLocale.Language.German, "dates and numbers too"
    english = set(catalogue("en").values()) - set(catalogue("de").values())
    for place in PLACES:
        again.window.show_page(place.key)
    pieces = again.window.findChildren(QWidget)
    words = {each.text() for each in pieces if isinstance(each, QLabel | QAbstractButton)}
    words |= {each.placeholderText() for each in pieces if isinstance(each, QLineEdit)}
    words |= {each.toolTip() for each in pieces} | {each.accessibleName() for each in pieces}
    assert len(words) > 100, "every page was built"
    assert words & english == set(), "no page goes on in the language of before"
    again.window.close_now()
