"""What is seen first: the window with its sidebar and the empty page. Imports as little as that needs.

What a person brings before the rest is there waits in `offered` and `pasted`.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from fieldguide.core.text import choose_language, language, text
from fieldguide.storage.locations import Locations
from fieldguide.storage.settings import read_settings
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.kit.review import GROUPING, LISTED, key_help
from fieldguide.ui.kit.theme import Theme, ThemeChoice
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.crash import catch_everything
from fieldguide.ui.shell.pages import KeyGroup, Page
from fieldguide.ui.shell.window import MainWindow


class Front(QObject):
    """Build it on the GUI thread. The language of all sentences is chosen here."""

    def __init__(self, qt: QApplication, locations: Locations) -> None:
        super().__init__()
        self.locations = locations
        self.read = read_settings(locations.settings, set_aside=True)
        self.offered: list[Path] = []
        self.pasted: list[QImage] = []
        settings = self.read.settings
        choose_language(settings.language or _system_language())
        QLocale.setDefault(_locale())  # dates and numbers in the language of the sentences
        self.theme = Theme(qt)
        self.theme.apply(ThemeChoice(settings.theme))
        self.thumbnails = Thumbnails()
        self.page = IdentifyPage(self.thumbnails)
        self.window = MainWindow()
        self.window.furnish(Page("identify", lambda: self.page, _keys))
        self.window.paths_offered.connect(self.offered.extend)
        self.window.picture_pasted.connect(self.pasted.append)
        self.put_back = catch_everything(self.window.report_problem, self.window, locations.log)
        area = self.page.start.area
        area.photos_wanted.connect(self.window.choose_photos)
        area.folder_wanted.connect(self.window.choose_folder)
        area.paste_wanted.connect(self.window.paste)

    def show(self) -> None:
        """Open the window where it was."""
        place = self.read.settings.window.encode("ascii", "replace")
        self.window.restoreGeometry(QByteArray.fromBase64(place))
        self.window.show()

    def take_handed(self, photos: list[Path]) -> None:
        """Another start of the program handed over its photos, or only wants the window."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.raise_()
        self.window.activateWindow()
        if photos:
            self.window.paths_offered.emit(photos)

    def hand_over(self) -> tuple[list[Path], list[QImage]]:
        """What was offered so far; from now on others listen to the window."""
        self.window.paths_offered.disconnect(self.offered.extend)
        self.window.picture_pasted.disconnect(self.pasted.append)
        return self.offered, self.pasted


def _keys() -> tuple[KeyGroup, ...]:
    review = KeyGroup(text("shell.page_identify"), key_help((*LISTED, "new")))
    return review, KeyGroup(text("identify.group_list"), key_help(GROUPING))


def _system_language() -> str:
    """ISO 639-1 code of the language in which the desktop speaks; what has no catalogue falls back to English."""
    return (QLocale.system().uiLanguages() or [""])[0].partition("-")[0]


def _locale() -> QLocale:
    """The desktop's own where it speaks the chosen language (British dates differ from American ones), else its own."""
    system = QLocale.system()
    return system if system.name().partition("_")[0] == language() else QLocale(language())
