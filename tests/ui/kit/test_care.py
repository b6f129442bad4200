"""The check and the report that are offered where something went wrong, and the guide behind F1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton

from fieldguide.core.text import choose_language, languages, text
from fieldguide.ui.kit.care import CareRow
from fieldguide.ui.shell.crash import CrashDialog
from fieldguide.ui.shell.help import HelpDialog, help_file
from fieldguide.ui.shell.window import MainWindow
from tests.helpers.comfort import comfort_in


class Written:
    """Somebody who does the work at once."""

    def __init__(self) -> None:
        self.target: Path | None = None

    def write_report(self, target: Path, tell: Callable[[str], None]) -> None:
        self.target = target
        tell("written")

    def check(self, tell: Callable[[str], None]) -> None:
        tell("checked")


def test_a_crash_offers_the_check_and_the_report(qtbot, monkeypatch, tmp_path: Path) -> None:
    care = Written()
    dialog = CrashDialog("Traceback", None, None, care)
    qtbot.addWidget(dialog)
    offered = dialog.findChild(CareRow)
    offered.check.click()
    assert offered.outcome.text() == "checked"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "r.zip"), ""))
    offered.report.click()
    assert care.target == tmp_path / "r.zip"
    assert offered.outcome.text() == "written"


def test_f1_opens_the_guide_for_foragers(qtbot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show_help()
    dialog = window.findChild(HelpDialog)
    assert "poison centre" in dialog.shown.toPlainText()
    next(made for made in dialog.findChildren(QPushButton) if made.text() == text("ui.close")).click()
    assert not dialog.isVisible()


@pytest.mark.parametrize("code", languages())
def test_every_language_has_a_guide_to_show(qtbot, code: str) -> None:
    choose_language(code)
    dialog = HelpDialog()
    qtbot.addWidget(dialog)
    assert len(dialog.shown.toPlainText()) > 2000


@pytest.mark.parametrize("code", languages())
def test_no_guide_comforts(code: str) -> None:
    assert comfort_in(help_file(code).read_text(encoding="utf-8"), code) == []


@pytest.mark.parametrize("code", languages())
def test_every_guide_has_the_parts_of_the_english_one_and_names_what_the_window_shows(code: str) -> None:
    own, english = (help_file(each).read_text(encoding="utf-8") for each in (code, "en"))

    def form(guide: str) -> list[str]:
        return [line.split(" ")[0] if line[:1] in {"#", "-", "", *"12345"} else "text" for line in guide.splitlines()]

    assert form(own) == form(english)
    choose_language(code)
    pages = ("shell.page_history", "shell.page_models", "shell.page_settings")
    for key in (*pages, "identify.eaten_it", "hands.title", "ui.care_check", "ui.care_report"):
        assert f"*{text(key)}" in own, key
