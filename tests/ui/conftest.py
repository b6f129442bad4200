"""What the tests of the window share: the real guide, the theme, small pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from fieldguide.core.guide import Guide, load_guide
from fieldguide.ui.kit.theme import Theme, ThemeChoice
from tests.helpers.finds import write_picture


@pytest.fixture(scope="session")
def guide() -> Guide:
    return load_guide()


@pytest.fixture
def theme(qapp: QApplication):
    """The light theme; what stood before comes back."""
    made = Theme(qapp)
    made.apply(ThemeChoice.LIGHT)
    yield made
    made.apply(ThemeChoice.LIGHT)
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, ...]:
    """Four small files."""
    colours = ("#a0522d", "#8b0000", "#d2b48c", "#696969")
    return tuple(write_picture(tmp_path / f"find-{number}.jpg", colour) for number, colour in enumerate(colours))
