"""The main window: sidebar, notices, pages. Takes drops and pastes anywhere and hands them on as plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.services.dropped import dropped_paths
from fieldguide.ui.kit.icons import application_icon
from fieldguide.ui.kit.notices import NoticeBar, NoticeKind
from fieldguide.ui.kit.surfaces import ScrollColumn
from fieldguide.ui.shell.jobs_strip import JobsStrip
from fieldguide.ui.shell.overlays import DropOverlay, KeysOverlay
from fieldguide.ui.shell.pages import PLACES, KeyGroup, Page, Place, split_key
from fieldguide.ui.shell.rail import Rail

SMALLEST = (900, 460)  # with its frame it fits a screen of 1366 x 768 at 150 %
FIRST = (1280, 720)  # with its frame it fits a screen of 1366 x 768


class MainWindow(QMainWindow):
    """Holds the pages. Everything that a person brings in leaves by a signal; nothing is read here.

    Signals:
        paths_offered: list[Path], files and folders dropped, opened or pasted.
        moved_wanted: Path, a folder to look for photos in that were moved.
        picture_pasted: QImage, a picture from the clipboard that has no file.
        page_shown: key of the page that came to the front.
        undo_wanted: Ctrl+Z. redo_wanted: Ctrl+Shift+Z, Ctrl+Y.
        chosen_again: key of the page in front, pressed once more in the sidebar.
        first_painted: once, after the window was painted for the first time.
        closing: the window is about to close; lanes should drain.
    """

    paths_offered = Signal(list)
    picture_pasted = Signal(QImage)
    moved_wanted = Signal(Path)
    page_shown = Signal(str)
    undo_wanted = Signal()
    redo_wanted = Signal()
    chosen_again = Signal(str)
    first_painted = Signal()
    closing = Signal()

    def __init__(self, places: Sequence[Place] = PLACES) -> None:
        """The sidebar, and no page yet: those come by `furnish`."""
        super().__init__()
        self.setWindowTitle(text("shell.title"))
        self.setWindowIcon(application_icon())
        self.setMinimumSize(*SMALLEST)
        self.resize(*FIRST)
        self.setAcceptDrops(True)
        self._places = [place.key for place in places]
        self._pages: dict[str, Page] = {}
        self._built: dict[str, QWidget] = {}
        self._front = ""
        self._wanted = self._places[0]
        self._last_folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self.painted = False
        self._rail = Rail(places)
        self._stack = QStackedWidget()
        self.notices = NoticeBar()
        self.jobs = JobsStrip()
        self.waiting: Callable[[], int] = lambda: 0
        self._may_close = False
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.jobs)
        right.addWidget(self.notices)
        right.addWidget(self._stack, 1)
        central = self._central = QWidget()
        line = QHBoxLayout(central)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._rail)
        line.addLayout(right, 1)
        self.setCentralWidget(central)
        self._drop_overlay = DropOverlay(central)
        self._keys_overlay: KeysOverlay | None = None
        self._rail.chosen.connect(self._choose_page)
        self._rail.keys_wanted.connect(self.show_keys)
        self._rail.help_wanted.connect(self.show_help)
        self._add_shortcuts()

    def furnish(self, page: Page) -> None:
        """Here is the page of a place; it is shown when it was asked for already."""
        self._pages[page.key] = page
        if page.key == self._wanted:
            self.show_page(page.key)

    @property
    def front(self) -> str:
        """Key of the page in front."""
        return self._front

    def show_page(self, key: str) -> None:
        """Bring a page to the front, built now when it never was; a place without its page waits for it."""
        self._wanted = key
        if key == self._front or key not in self._pages:
            return
        widget = self._built.get(key)
        if widget is None:
            widget = self._built[key] = self._pages[key].build()
            self._stack.addWidget(widget)
        self._front = key
        self._stack.setCurrentWidget(widget)
        widget.setFocus()
        self._rail.show_chosen(key)
        self.page_shown.emit(key)

    def _choose_page(self, key: str) -> None:
        if key == self._front:
            self.chosen_again.emit(key)
        self.show_page(key)

    def show_keys(self) -> None:
        """Open the overlay of keys."""
        everywhere = KeyGroup(text("shell.everywhere"), [split_key(text(f"shell.key_{name}")) for name in _EVERYWHERE])
        if self._keys_overlay is None:
            self._keys_overlay = KeysOverlay(self._central)
            self._keys_overlay.closed.connect(lambda: self._built[self._front].setFocus())
        self._keys_overlay.list_keys([*self._pages[self._front].keys(), everywhere])

    def show_help(self) -> None:
        """Open the guide for foragers."""
        from fieldguide.ui.shell.help import HelpDialog

        HelpDialog(self).open()

    def report_problem(self, sentence: str, details: Sequence[str] = ()) -> None:
        """Tell an expected failure in the notice bar."""
        self.notices.tell(sentence, NoticeKind.PROBLEM, details=details)

    def choose_photos(self) -> None:
        """Ask for photos with the system's own dialog (Ctrl+O)."""
        self._offer(self.ask_photos(text("shell.open_title")))

    def ask_photos(self, title: str) -> list[Path]:
        """Files that somebody chooses in the system's own dialog."""
        from fieldguide.core.photo import PHOTO_SUFFIXES

        suffixes = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in sorted(PHOTO_SUFFIXES))
        kinds = f"{text('shell.open_photos')} ({suffixes});;{text('shell.open_all')} (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self, title, self._last_folder, kinds)
        return [Path(name) for name in chosen]

    def choose_folder(self) -> None:
        """Ask for a folder of photos (Ctrl+Shift+O)."""
        chosen = QFileDialog.getExistingDirectory(self, text("shell.open_folder_title"), self._last_folder)
        self._offer([Path(chosen)] if chosen else [])

    def find_moved(self) -> None:
        """Ask for the folder in which photos that were moved are looked for: one for all."""
        chosen = QFileDialog.getExistingDirectory(self, text("settings.find_again"), self._last_folder)
        if chosen:
            self.moved_wanted.emit(Path(chosen))

    def paste(self) -> None:
        """Take files, or a picture without a file, from the clipboard (Ctrl+V)."""
        mime = QGuiApplication.clipboard().mimeData()
        if not self._take(mime):
            self.notices.tell(text("shell.paste_nothing"))

    def _take(self, mime: QMimeData | None) -> bool:
        """Hand on files, or else a picture without a file (out of a browser); whether there was any."""
        paths = dropped_paths(mime)
        if paths:
            self._offer(paths)
        elif mime is not None and mime.hasImage():
            self.picture_pasted.emit(QImage(mime.imageData()))
        else:
            return False
        return True

    def _offer(self, paths: list[Path]) -> None:
        if paths:
            self._last_folder = str(paths[0].parent)
            self.paths_offered.emit(paths)

    def _add_shortcuts(self) -> None:
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Open), self.choose_photos),
            (QKeySequence("Ctrl+Shift+O"), self.choose_folder),
            (QKeySequence(QKeySequence.StandardKey.Paste), self.paste),
            (QKeySequence(QKeySequence.StandardKey.Undo), self.undo_wanted.emit),
            (QKeySequence("Ctrl+Shift+Z"), self.redo_wanted.emit),
            (QKeySequence("Ctrl+Y"), self.redo_wanted.emit),
            (QKeySequence("?"), self.show_keys),
            (QKeySequence("F1"), self.show_help),
            (QKeySequence("F8"), self.notices.act),
            (QKeySequence("Shift+F8"), self.notices.clear),
        ):
            QShortcut(keys, self).activated.connect(act)
        for place, key in enumerate(self._places, start=1):
            shortcut = QShortcut(QKeySequence(f"Alt+{place}"), self)
            shortcut.activated.connect(lambda key=key: self.show_page(key))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome anything with local files, or a picture."""
        own = event.source() is not None  # what was dragged out of this window is in the book already
        if not own and (dropped_paths(event.mimeData()) or event.mimeData().hasImage()):
            event.acceptProposedAction()
            self._drop_overlay.lift()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self._drop_overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        self._drop_overlay.hide()
        event.acceptProposedAction()
        self._take(event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page keys that nobody took move the largest column in front, which takes no focus itself."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            seen = (each for each in self.findChildren(ScrollColumn) if each.isVisible())
            longer = [each for each in seen if each.verticalScrollBar().maximum()]
            if longer:
                max(longer, key=lambda each: each.width() * each.height()).keyPressEvent(event)
                return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sidebar gives way on a small window."""
        super().resizeEvent(event)
        self._rail.fit(event.size())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell the first time, when the painting is over."""
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while finds wait to be identified (`waiting` counts them); else give the lanes the word to drain."""
        if self.waiting() and not self._may_close:
            event.ignore()
            self._ask_to_close()
            return
        self.closing.emit()
        super().closeEvent(event)

    def _ask_to_close(self) -> None:
        """What is done is stored, and the rest is offered at the next start: said before the window goes."""
        ask = QMessageBox(QMessageBox.Icon.NoIcon, text("shell.close_title"), text("shell.close_title"), parent=self)
        ask.setInformativeText(text("shell.close_words", waiting=self.waiting()))
        stay = ask.addButton(text("shell.close_stay"), QMessageBox.ButtonRole.RejectRole)
        close = ask.addButton(text("shell.close_now"), QMessageBox.ButtonRole.AcceptRole)
        ask.setDefaultButton(stay)
        ask.setEscapeButton(stay)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        close.clicked.connect(self.close_now)
        ask.open()

    def close_now(self) -> None:
        """Close without asking: what waits is kept and goes on."""
        self._may_close = True
        QTimer.singleShot(0, self, self.close)


_EVERYWHERE = ("open", "open_folder", "paste", "undo", "redo", "pages", "notice", "notices", "help", "keys")
