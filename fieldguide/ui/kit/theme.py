"""Puts a theme and a size of text over the whole application, and follows the desktop when asked to."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from fieldguide.core.resources import resource
from fieldguide.ui.kit.colours import DARK, LIGHT, Colours, qt_palette
from fieldguide.ui.kit.stylesheet import CHEVRONS, stylesheet

STYLE, STYLED = "fusion", "styled"  # Qt's style, and the application's property that names it
SMALLEST_BODY = 10.0  # points; some desktops report none, and offscreen Qt reports 9


class ThemeChoice(StrEnum):
    """What the user may choose in Settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def make_application(arguments: Sequence[str]) -> QApplication:
    """The one QApplication, in the style that `Theme` dresses.

    Qt is told the style by its name: where it is handed over as an object, PySide makes eleven enumerations (12 ms).
    """
    made = QApplication([*arguments, "-style", STYLE])
    made.setProperty(STYLED, STYLE)
    return made


class Theme(QObject):
    """The look of the application. Build one, `apply` it, and keep it as long as the application runs."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._system_body = max(SMALLEST_BODY, application.font().pointSizeF())
        self.choice = ThemeChoice.SYSTEM
        self.text_scale = 1.0
        if application.property(STYLED) != STYLE:
            application.setStyle(STYLE)
        application.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def colours(self) -> Colours:
        """The palette in force."""
        if self.choice is ThemeChoice.SYSTEM:
            scheme = self._application.styleHints().colorScheme()
            return DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        return DARK if self.choice is ThemeChoice.DARK else LIGHT

    def apply(self, choice: ThemeChoice, text_scale: float = 1.0) -> None:
        """Use this theme with text `text_scale` times the system's size."""
        self.choice, self.text_scale = choice, text_scale
        colours, body = self.colours, round(self._system_body * text_scale, 1)
        font = self._application.font()
        font.setPointSizeF(body)
        self._application.setFont(font)
        self._application.setPalette(qt_palette(colours))
        ground = "dark" if colours.dark else "light"
        chevrons = {way: resource("icons", f"chevron_{way}_on_{ground}.svg").as_posix() for way in CHEVRONS}
        self._application.setStyleSheet(stylesheet(colours, body, chevrons))
        self.changed.emit()

    def _follow(self) -> None:
        if self.choice is ThemeChoice.SYSTEM:
            self.apply(self.choice, self.text_scale)
