"""Both themes can be read, and neither shows green beside a mushroom."""

import colorsys
import dataclasses

import pytest
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QFileDialog, QRadioButton, QToolButton

from fieldguide.core.danger import Danger
from fieldguide.ui.kit.colours import DARK, LIGHT, Colours, colours_now
from fieldguide.ui.kit.theme import Theme, ThemeChoice

THEMES = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [channel / 255 for channel in QColor(colour).getRgb()[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def every_colour(colours: Colours) -> list[str]:
    plain = [getattr(colours, f.name) for f in dataclasses.fields(colours)]
    named = [value for value in plain if isinstance(value, str)]
    return named + [shade for pair in colours.dangers.values() for shade in dataclasses.astuple(pair)]


@THEMES
@pytest.mark.parametrize("ground", ["window", "panel", "raised", "hover"])
@pytest.mark.parametrize("ink", ["text", "muted", "accent"])
def test_text_can_be_read_on_every_ground(colours: Colours, ground: str, ink: str) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5


@THEMES
def test_what_is_written_on_the_accent_can_be_read(colours: Colours) -> None:
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.on_accent, colours.accent_hover) >= 4.5
    for ink in (colours.text, colours.accent, colours.muted):
        assert contrast(ink, colours.accent_soft) >= 4.5


@THEMES
@pytest.mark.parametrize("level", list(Danger))
def test_every_danger_can_be_read(colours: Colours, level: Danger) -> None:
    pair = colours.danger(level)
    assert contrast(pair.fill, pair.on_fill) >= 4.5
    assert contrast(pair.soft, pair.ink) >= 4.5


@THEMES
def test_nothing_is_green(colours: Colours) -> None:
    for shade in every_colour(colours):
        hue, _, saturation = colorsys.rgb_to_hls(*(part / 255 for part in QColor(shade).getRgb()[:3]))
        assert saturation < 0.15 or not 75 / 360 <= hue <= 185 / 360, shade


@THEMES
def test_a_focus_ring_stands_out(colours: Colours) -> None:
    assert contrast(colours.accent, colours.window) >= 3


def test_the_mildest_level_of_the_guide_is_told_as_caution() -> None:
    assert LIGHT.danger(Danger.EDIBLE) == LIGHT.danger(Danger.CAUTION)


def test_the_theme_in_force_is_read_from_the_application(theme: Theme) -> None:
    theme.apply(ThemeChoice.DARK)
    assert colours_now() is DARK
    theme.apply(ThemeChoice.LIGHT)
    assert colours_now() is LIGHT


def test_text_grows_with_the_chosen_scale(theme: Theme) -> None:
    before = QGuiApplication.font().pointSizeF()
    theme.apply(ThemeChoice.LIGHT, 1.5)
    assert QGuiApplication.font().pointSizeF() == pytest.approx(before * 1.5, abs=0.1)


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_the_arrows_of_a_file_dialog_are_seen_on_their_ground(qtbot, theme: Theme, choice: ThemeChoice) -> None:
    theme.apply(choice)
    dialog = QFileDialog(options=QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    for name in ("backButton", "forwardButton", "toParentButton"):
        arrow = dialog.findChild(QToolButton, name).icon().pixmap(24, 24).toImage()
        drawn = [arrow.pixelColor(x, y) for x in range(arrow.width()) for y in range(arrow.height())]
        assert max(contrast(each.name(), theme.colours.raised) for each in drawn if each.alpha() > 200) >= 3, name


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_a_choice_that_is_not_made_has_a_rim_that_is_seen(
    qtbot, theme: Theme, choice: ThemeChoice, kind: type[QCheckBox | QRadioButton]
) -> None:
    theme.apply(choice)
    box = kind()
    qtbot.addWidget(box)
    box.show()
    image = box.grab().toImage()
    drawn = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert max(contrast(each, theme.colours.raised) for each in drawn - {theme.colours.window}) >= 3
