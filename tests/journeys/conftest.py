"""The whole window on the tiny bundle of three drawings, in a home folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from fieldguide.app.application import FieldGuide
from fieldguide.storage.locations import create_locations

OpenWindow = Callable[[Path | None], FieldGuide]


@pytest.fixture
def open_window(qapp: QApplication, qtbot) -> Iterator[OpenWindow]:
    """Opens windows one after the other; the last one is closed at the end."""
    opened: list[FieldGuide] = []

    def open_it(model: Path | None) -> FieldGuide:
        made = FieldGuide.at_once(qapp, create_locations(), model)
        opened.append(made)
        return made

    yield open_it
    QLocale.setDefault(QLocale.system())
    for made in opened:
        if made.window.isVisible():
            made.window.close()
        made.train.trainings.close()  # of a window that was never shown, or failed
        made.window.deleteLater()
        made.theme.deleteLater()
