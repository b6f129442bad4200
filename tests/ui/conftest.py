"""What the tests of the window share: the real guide, the theme, small pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from fieldguide.core.guide import Guide, load_guide
from fieldguide.ui.kit.theme import Theme, ThemeChoice
from tests.helpers.finds import write_picture


@pytest.fixture(scope="session")
def guide() -> Guide:
    return load_guide()


@pytest.fixture(scope="session")
def _one_theme(qapp: QApplication) -> Theme:
    """Dressing every living widget again costs seconds: it is done once."""
    made = Theme(qapp)
    made.apply(ThemeChoice.LIGHT)
    return made


@pytest.fixture
def theme(_one_theme: Theme) -> Iterator[Theme]:
    """The light theme, at the usual size of text."""
    if not QApplication.instance().styleSheet():
        _one_theme.apply(ThemeChoice.LIGHT)
    yield _one_theme
    if (_one_theme.choice, _one_theme.text_scale) != (ThemeChoice.LIGHT, 1.0):
        _one_theme.apply(ThemeChoice.LIGHT)


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, ...]:
    """Four small files."""
    colours = ("#a0522d", "#8b0000", "#d2b48c", "#696969")
    return tuple(write_picture(tmp_path / f"find-{number}.jpg", colour) for number, colour in enumerate(colours))
