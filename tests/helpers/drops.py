"""Photos dropped on a window as the desktop does it: events to the window of the system, which finds who takes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def drop_on(window: QWidget, paths: Sequence[Path]) -> bool:
    """Drag files over the middle of a shown window and let them go; whether somebody took them."""
    assert window.windowHandle() is not None, "only a shown window takes drops"
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = QPointF(window.rect().center())
    facts = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for event in (
        QDragEnterEvent(middle.toPoint(), *facts),
        QDragMoveEvent(middle.toPoint(), *facts),
        drop := QDropEvent(middle, *facts),
    ):
        QApplication.sendEvent(window.windowHandle(), event)
    return drop.isAccepted()
