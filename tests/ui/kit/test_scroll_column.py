"""A column that scrolls: as little is made for it as can be."""

from __future__ import annotations

import subprocess
import sys

COUNTED = """
import enum
from PySide6.QtWidgets import QApplication
from fieldguide.ui.kit.surfaces import ScrollColumn
application = QApplication([])
ScrollColumn.__mro__[1]().setWidgetResizable(True)
made, make = [], enum.EnumType.__call__
def counted(cls, value, names=None, **more):
    if names is not None:
        made.append(value)
    return make(cls, value, names, **more)
enum.EnumType.__call__ = counted
ScrollColumn()
print(len(made))
"""


def test_no_class_of_another_widget_is_made_for_it() -> None:
    """PySide makes the classes of all widgets, with their enumerations, when it wraps one that Qt made."""
    done = subprocess.run([sys.executable, "-c", COUNTED], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < 8
