"""What PySide makes behind our back: classes and enumerations of Qt, when something of theirs is first touched."""

from __future__ import annotations

import subprocess
import sys

COUNTING = """
import enum
from PySide6.QtWidgets import QApplication, QScrollArea
from fieldguide.ui.kit.surfaces import ScrollColumn
from fieldguide.ui.kit.theme import Theme, ThemeChoice, make_application
made, make = [], enum.EnumType.__call__
def counted(cls, value, names=None, **more):
    if names is not None:
        made.append(value)
    return make(cls, value, names, **more)
enum.EnumType.__call__ = counted
"""


def made_by(code: str) -> list[str]:
    """The enumerations that are made, and what the code prints before them."""
    whole = f"{COUNTING}\n{code}\nprint(*made)"
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


def test_a_column_that_scrolls_makes_no_class_of_another_widget() -> None:
    """PySide makes the classes of all widgets, with their enumerations, when it wraps one that Qt made."""
    code = "application = QApplication([])\nQScrollArea().setWidgetResizable(True)\nmade.clear()\nScrollColumn()"
    assert len(made_by(code)) < 8


def test_the_style_is_named_to_qt_and_not_made_an_object_of() -> None:
    code = (
        "application = make_application(['fieldguide'])\nTheme(application).apply(ThemeChoice.LIGHT)\n"
        "before = [name for name in made if name in ('StandardPixmap', 'PixelMetric', 'PrimitiveElement')]\n"
        "made.clear()\napplication.setStyleSheet('')\nprint(application.style().name(), len(before))\nmade.clear()"
    )
    assert made_by(code) == ["fusion", "0"]
