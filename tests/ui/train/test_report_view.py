"""The report in the window: a section at a time, its pictures out of itself, in the colours of the theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QPushButton

from fieldguide.core.text import text
from fieldguide.core.training.report import parse_report
from fieldguide.ui.kit.colours import DARK, LIGHT
from fieldguide.ui.kit.theme import ThemeChoice
from fieldguide.ui.train.report_view import ReportView, chart_image
from tests.helpers.report_page import report_page

IMAGE = QTextDocument.ResourceType.ImageResource


@pytest.fixture
def view(qtbot, theme, tmp_path: Path) -> ReportView:
    Image.new("RGB", (9, 9), "blue").save(tmp_path / "secret.png")
    made = ReportView()
    qtbot.addWidget(made)
    made.show_report(parse_report(report_page(str(tmp_path / "secret.png"))))
    made.resize(900, 600)
    made.show()
    return made


def test_a_chosen_section_is_shown(view, qtbot) -> None:
    assert [view.sections.item(row).text() for row in range(2)] == ["In short", "Certainty"]
    assert "How well it knows" in view.page.toPlainText()
    qtbot.keyClick(view.sections, Qt.Key.Key_Down)
    assert "Scores" in view.page.toPlainText()
    assert "How well it knows" not in view.page.toPlainText()


def test_the_buttons_lead_back_or_to_the_browser(view, qtbot) -> None:
    buttons = {each.text(): each for each in view.findChildren(QPushButton)}
    for words, wanted in (("report_back", view.back_wanted), ("report_browser", view.browser_wanted)):
        with qtbot.waitSignal(wanted):
            qtbot.mouseClick(buttons[text(f"training.{words}")], Qt.MouseButton.LeftButton)


def test_no_file_and_no_address_is_ever_read(view, tmp_path: Path) -> None:
    for name in (str(tmp_path / "secret.png"), f"file://{tmp_path}/secret.png", "http://example.org/x.png", "chart:7"):
        assert view.page.loadResource(IMAGE.value, QUrl(name)) is None
    assert view.page.loadResource(QTextDocument.ResourceType.StyleSheetResource.value, QUrl("data:x")) is None


def test_charts_and_bars_have_the_colours_of_the_theme(view, theme) -> None:
    for choice, colours in ((ThemeChoice.LIGHT, LIGHT), (ThemeChoice.DARK, DARK)):
        theme.apply(choice)
        assert colours.accent in colours_of(chart_image(view.page.charts[0], 1.0))
        assert colours.accent in colours_of(view.page.loadResource(IMAGE.value, QUrl("bar:40")))
        assert view.page.document().defaultStyleSheet().count(colours.muted) > 0


def colours_of(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def long_section(word: str) -> str:
    rows = "".join(f"<tr><td>{word} {number}.</td></tr>" for number in range(70))
    return f"<table><thead><tr><th>head</th></tr></thead><tbody>{rows}</tbody></table>"


def test_a_long_section_is_shown_at_once_and_grows_until_it_is_whole(view, qtbot) -> None:
    view.page.tell(long_section("left"))
    view.page.tell(long_section("kind"))  # another was chosen before the first was whole
    assert "kind 0." in view.page.toPlainText()
    assert "kind 69." not in view.page.toPlainText()
    qtbot.waitUntil(lambda: "kind 69." in view.page.toPlainText())
    assert [f"kind {number}." in view.page.toPlainText() for number in range(70)] == [True] * 70
    assert "left" not in view.page.toPlainText()
