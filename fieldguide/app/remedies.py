"""What can be done about an expected failure, as one button that does what its sentence says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from fieldguide.ui.shell.window import MainWindow

_Code = ErrorCode
_PAGES = {  # where the sentence says that something can be chosen or brought
    "models": (
        _Code.BUNDLE_MISSING,
        _Code.BUNDLE_DAMAGED,
        _Code.BUNDLE_CONTRADICTORY,
        _Code.BUNDLE_UNSAFE,
        _Code.BUNDLE_TOO_LARGE,
        _Code.BUNDLE_GOLDEN_MISMATCH,
        _Code.MODEL_STAYS,
        _Code.MODEL_SLOW,
        _Code.MODEL_GREEDY,
        _Code.MODEL_CRASHED,
    ),
    "guide": (_Code.GUIDE_NO_TABLES, _Code.GUIDE_REFUSED, _Code.GUIDE_BROKEN),
    "settings": (_Code.DEVICE_UNAVAILABLE, _Code.SETTINGS_DAMAGED, _Code.DATABASE_DAMAGED),
}
_FOLDERS = (_Code.FOLDER_WITHOUT_PHOTOS, _Code.FOLDER_UNREADABLE)
_FILES = (
    _Code.PHOTO_EMPTY,
    _Code.PHOTO_NOT_AN_IMAGE,
    _Code.PHOTO_TRUNCATED,
    _Code.PHOTO_TOO_LARGE,
    _Code.PHOTO_UNSUPPORTED,
    _Code.PHOTO_UNREADABLE,
    _Code.DISK_FULL,
    _Code.NOT_WRITABLE,
)


def remedy_for(
    error: FieldGuideError, window: MainWindow, folder: Path | None = None
) -> tuple[str, Callable[[], object]] | None:
    """The words of a button and what it does; None where nothing in the window helps. `folder`: of its file."""
    page = next((key for key, codes in _PAGES.items() if error.code in codes), "")
    if page:
        return text(f"shell.remedy_{page}"), lambda: window.show_page(page)
    if error.code is _Code.PHOTO_MISSING:
        return text("settings.find_again"), window.find_moved
    if error.code in _FOLDERS:
        return text("shell.remedy_folder"), window.choose_folder
    shown = folder or Path(str(error.facts.get("path", ""))).parent
    if error.code in _FILES and shown.is_absolute():
        return text("shell.remedy_show"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(shown)))
    return None
