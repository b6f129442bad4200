"""For tests that look at once at what comes a piece a turn (`fieldguide.ui.kit.turns`)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fieldguide.ui.kit.turns import Turns


def all_there(widget: QWidget) -> QWidget:
    """The widget, after what it and what is in it put off was done."""
    waiting = [turns for turns in widget.findChildren(Turns) if turns.waiting]
    while waiting:
        for turns in waiting:
            turns.finish()
        waiting = [turns for turns in widget.findChildren(Turns) if turns.waiting]
    return widget
