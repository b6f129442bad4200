"""Telling somebody who looks elsewhere that something long is over: the window's sign blinks, the desktop says a word.

The word goes to the desktop's portal, which shows it where such things are shown; nothing waits for an answer, and
where there is no portal the sign is all.
"""

from __future__ import annotations

from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtWidgets import QApplication, QWidget

_PORTAL = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Notification")


def ask_for_attention(window: QWidget, words: str) -> None:
    """Say `words` outside the window, unless it is in front already."""
    if window.isActiveWindow():
        return
    QApplication.alert(window)
    bus = QDBusConnection.sessionBus()
    if bus.isConnected():
        message = QDBusMessage.createMethodCall(*_PORTAL, "AddNotification")
        message.setArguments(["fieldguide", {"title": QApplication.applicationName(), "body": words}])
        bus.send(message)
