"""The page Guide: the browser on the left, one taxon on the right, and the shelf of guides behind a button."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.storage.guides import GuideDraft, InstalledGuide
from fieldguide.ui.guide.browser import GuideBrowser
from fieldguide.ui.guide.detail import TaxonView
from fieldguide.ui.guide.draft import DraftDialog
from fieldguide.ui.guide.versions import VersionsDialog
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.empty import EmptyState
from fieldguide.ui.kit.metrics import CLOSE, TIGHT
from fieldguide.ui.kit.surfaces import row
from fieldguide.ui.kit.thumbnails import Thumbnails

_REMEMBERED = 50
_SHAPES = ("coral_or_club", "cap_and_stem", "morel_like", "cup")


class GuidePage(QWidget):
    """The page. Guides are read and kept by somebody else: paths and versions go out, drafts and lists come in.

    Signals:
        help_wanted: scientific name of a taxon that somebody has eaten; empty when none was named.
        finds_wanted: scientific name of the taxon that came to the front; answer with `take_finds`.
        find_wanted: id of a stored find that was clicked.
        versions_wanted: the shelf is opened; answer with `take_versions`.
        draft_wanted: Path that somebody brought; answer with `take_draft`.
        install_wanted: GuideDraft that somebody agreed to use.
        choose_wanted, remove_wanted: version of a guide.
    """

    help_wanted = Signal(str)
    finds_wanted = Signal(str)
    find_wanted = Signal(int)
    versions_wanted = Signal()
    draft_wanted = Signal(Path)
    install_wanted = Signal(GuideDraft)
    choose_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, guide: Guide, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._guide = guide
        self._trail: list[str] = []
        self.browser = GuideBrowser(guide)
        self.detail = TaxonView(thumbnails)
        self.versions: VersionsDialog | None = None
        self.draft: DraftDialog | None = None
        self._welcome = EmptyState("guide", text("guide.welcome"), text("guide.welcome_words"), drawn=_SHAPES)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._welcome)
        self._stack.addWidget(self.detail)
        self._shelf = button("", "quiet", "guide")
        foot = QWidget()
        shelf_line = row(self._shelf, None)
        shelf_line.setContentsMargins(TIGHT, TIGHT, TIGHT, TIGHT)
        foot.setLayout(shelf_line)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.browser, 1)
        self.browser.column.addWidget(foot)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(CLOSE)
        line.addLayout(left)
        line.addWidget(self._stack, 1)
        self.browser.chosen.connect(self.open_taxon)
        self.detail.taxon_wanted.connect(self.open_taxon)
        self.detail.help_wanted.connect(self.help_wanted)
        self.browser.help_wanted.connect(lambda: self.help_wanted.emit(""))
        self.detail.find_wanted.connect(self.find_wanted)
        self._shelf.clicked.connect(self.open_shelf)
        for keys, act in (("/", self.find_taxon), ("Ctrl+F", self.find_taxon), ("Alt+Left", self.go_back)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self._name_shelf()

    @property
    def guide(self) -> Guide:
        """The guide in use."""
        return self._guide

    def use_guide(self, guide: Guide) -> None:
        """Show another guide, the taxon in front included."""
        self._guide = guide
        self.browser.use_guide(guide)
        self._name_shelf()
        if self.detail.record is not None:
            self._show(self.detail.record.taxon.name)

    def open_taxon(self, name: str) -> None:
        """Show a taxon by any scientific name; one without a record leads to the search, which says so."""
        record = self._guide.record(name)
        if record is None:
            self.browser.field.setText(name)
            return
        if not self._trail or self._trail[-1] != record.taxon.name:
            self._trail = [*self._trail, record.taxon.name][-_REMEMBERED:]
        self._show(record.taxon.name)

    def go_back(self) -> None:
        """Show the taxon before."""
        if len(self._trail) > 1:
            self._trail.pop()
            self._show(self._trail[-1])

    def ask_finds(self) -> None:
        """Ask anew for the finds of the taxon in front."""
        if self.detail.record is not None:
            self.finds_wanted.emit(self.detail.record.taxon.name)

    def take_finds(self, name: str, finds: Sequence[Observation]) -> None:
        """The user's finds that are called `name`; too late ones, of a taxon that is left, are dropped."""
        if self.detail.record is not None and self.detail.record.taxon.name == name:
            self.detail.show_own(finds)

    def find_taxon(self) -> None:
        """Put the keyboard into the search."""
        self.browser.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.browser.field.selectAll()

    def open_shelf(self) -> None:
        """Show which guides there are."""
        self.versions = VersionsDialog(self)
        self.versions.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.versions.brought.connect(self.draft_wanted)
        self.versions.choose_wanted.connect(self.choose_wanted)
        self.versions.remove_wanted.connect(self.remove_wanted)
        self.versions.finished.connect(self._forget_shelf)
        self.versions.open()
        self.versions_wanted.emit()

    def take_versions(self, guides: Sequence[InstalledGuide]) -> None:
        """The guides on the shelf, for the dialog when it is still open."""
        if self.versions is not None:
            self.versions.show_guides(guides, self._guide.version)

    def take_draft(self, draft: GuideDraft) -> None:
        """A guide that was brought was read: ask whether to use it, or say what must be corrected."""
        self.draft = DraftDialog(draft, self._guide, self.versions or self)
        self.draft.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.draft.agreed.connect(self.install_wanted)
        self.draft.open()

    def _forget_shelf(self) -> None:
        self.versions = None

    def _name_shelf(self) -> None:
        self._shelf.setText(text("guide.versions", version=self._guide.version))

    def _show(self, name: str) -> None:
        record = self._guide.record(name)
        if record is None:
            self._stack.setCurrentWidget(self._welcome)
            return
        self.detail.show_record(record, self._guide)
        self._stack.setCurrentWidget(self.detail)
        self.browser.point_at(record.taxon.name)
        self.ask_finds()
