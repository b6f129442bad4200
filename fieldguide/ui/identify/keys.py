"""The keys of a result, in one table: what binds them and what the overlay lists."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from fieldguide.core.text import text
from fieldguide.ui.identify.work_view import WorkView

LISTED = ("candidates", "arrows_up", "arrows_side", "verify", "relabel", "unknown", "compare", "zoom", "heat", "new")


def key_help() -> list[tuple[str, str]]:
    """Keys as printed on them and what they do, for the overlay."""
    pairs = []
    for name in LISTED:
        keys, does = text(f"identify.key_{name}").split("|", 1)
        pairs.append((keys, does))
    return pairs


def bind_keys(view: WorkView) -> None:
    """Bind them to the view and everything in it; fields of text keep theirs."""
    acts: list[tuple[str, Callable[[], None]]] = [
        *((str(place + 1), lambda place=place: view.choose_candidate(place)) for place in range(5)),
        ("Up", lambda: view.step_candidate(-1)),
        ("Down", lambda: view.step_candidate(1)),
        ("Left", lambda: view.step(-1)),
        ("Right", lambda: view.step(1)),
        ("Return", view.verify),
        ("Enter", view.verify),
        ("R", view.relabel),
        ("U", view.leave_unknown),
        ("C", view.compare),
        ("Z", view.result.photo.toggle_actual_size),
        ("W", view.result.toggle_heat),
        ("Escape", view.new_wanted.emit),
    ]
    for keys, act in acts:
        shortcut = QShortcut(QKeySequence(keys), view)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)
