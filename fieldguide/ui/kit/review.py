"""The keys of reviewing finds: one table for every page that shows a find, and the one place that binds them.

They belong to the view, wherever in the window the keyboard is: a notice that goes, a row that is made anew or a click
into the sidebar takes none of them away. They are silent while the view is hidden, and for whoever writes into a field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from fieldguide.core.text import text

Acts = Mapping[str, Callable[[], object]]

# Act -> keys. `candidate_1` ... choose a candidate; the sentences are `identify.key_NAME`, keys before the bar.
KEYS: dict[str, tuple[str, ...]] = {
    **{f"candidate_{place}": (str(place),) for place in range(1, 6)},
    "up": ("Up",),
    "down": ("Down",),
    "before": ("Left",),
    "after": ("Right",),
    "verify": ("Return", "Enter"),
    "relabel": ("R",),
    "unknown": ("U",),
    "compare": ("C",),
    "kind": ("K",),
    "zoom": ("Z",),
    "heat": ("W",),
    "hand": ("H",),
    "delete": ("Delete",),
    "leave": ("Escape",),
}
_OF_NAMES = ("candidates", "arrows_up", "arrows_side", "verify", "relabel", "unknown")
LISTED = (*_OF_NAMES, "compare", "kind", "zoom", "heat", "hand", "delete")
GROUPING = ("join", "part", "decide", "cancel")


def key_help(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Keys as printed on them and what they do, for the overlay."""
    pairs = []
    for name in names:
        keys, does = text(f"identify.key_{name}").split("|", 1)
        pairs.append((keys, does))
    return pairs


def bind_review(view: QWidget, acts: Acts) -> None:
    """Bind every key of the table to its act.

    Raises:
        KeyError: an act is missing; a page that shows finds answers all of them.
    """
    for name, keys in KEYS.items():
        for key in keys:
            bind_key(view, key, acts[name], writing=name == "leave")


def bind_key(view: QWidget, key: str, act: Callable[[], object], *, writing: bool = False) -> None:
    """One key of a view that is in front; `writing`: also for whoever writes into a field."""

    def press() -> None:
        if writing or not isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit | QTextEdit):
            act()

    shortcut = QShortcut(QKeySequence(key), view)  # of the window: dead only while the view is hidden
    shortcut.activated.connect(press)
