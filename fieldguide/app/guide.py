"""The page Guide and the shelf of guides behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldguide.app.parts import Parts
from fieldguide.core.guide import Guide
from fieldguide.core.guide.search import index_of
from fieldguide.core.hands.kinds import kinds_of
from fieldguide.core.text import text
from fieldguide.services.lanes import Job, Lane
from fieldguide.storage.guides import GuideDraft, GuideShelf
from fieldguide.storage.search import Filter
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.pages import KeyGroup, Page, split_key
from fieldguide.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from fieldguide.ui.guide.page import GuidePage

_KEYS = ("find", "down", "back")


class GuideController(QObject):
    """Builds the page when it is first shown.

    Signals:
        guide_chosen: Guide to be used everywhere from now on. help_wanted: scientific name of what was eaten.
        find_wanted: id of a stored find to be shown.
    """

    guide_chosen = Signal(object)
    help_wanted = Signal(str)
    find_wanted = Signal(int)

    def __init__(self, parts: Parts, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._parts, self._thumbnails = parts, thumbnails
        parts.identifier.model_ready.connect(self._look_through_once)

    def _look_through_once(self) -> None:
        """Once nothing else is waited for: what the page and the hand look through, made before they are opened."""
        self._parts.identifier.model_ready.disconnect(self._look_through_once)
        guide = self._parts.guide
        self._parts.lanes.start(Lane.READING, lambda _: _looked_through(guide))

    @cached_property
    def page(self) -> GuidePage:
        """The page, connected."""
        from fieldguide.ui.guide.page import GuidePage

        page = GuidePage(self._parts.guide, self._thumbnails)
        page.help_wanted.connect(self.help_wanted)
        page.find_wanted.connect(self.find_wanted)
        page.finds_wanted.connect(self._find)
        page.versions_wanted.connect(self._list)
        page.draft_wanted.connect(self._read_draft)
        page.install_wanted.connect(self._install)
        page.choose_wanted.connect(self._choose)
        page.remove_wanted.connect(self._remove)
        self._parts.library.guide_used.connect(page.use_guide)
        return page

    @property
    def furnishing(self) -> Page:
        """What the window has to know of the page."""
        return Page("guide", lambda: self.page, _keys)

    def connect_to(self, window: MainWindow) -> None:
        """In which window the page is."""
        self._window = window
        window.page_shown.connect(lambda key: self.page.ask_finds() if key == "guide" else None)

    def open_taxon(self, name: str) -> None:
        """Show a taxon, and the page with it."""
        self._window.show_page("guide")
        self.page.open_taxon(name)

    def _find(self, name: str) -> None:
        """The newest finds that are called so today, or were under an older name."""
        from fieldguide.ui.guide.own_finds import MOST

        record = self._parts.guide.record(name)
        names = frozenset((name, *record.synonyms)) if record else frozenset((name,))
        asked = self._parts.library.page(Filter(called=names), limit=2 * MOST)  # some have no photo
        asked.done.connect(lambda page: self.page.take_finds(name, page.observations))

    def _work(self, act: Callable[[GuideShelf], object]) -> Job:
        shelf = self._parts.guides
        job = self._parts.lanes.start(Lane.READING, lambda _: act(shelf))
        job.failed.connect(self._parts.notices.report)
        return job

    def _list(self) -> None:
        self._work(lambda shelf: shelf.every()).done.connect(self.page.take_versions)

    def _read_draft(self, path: Path) -> None:
        self._work(lambda shelf: shelf.read_draft(path)).done.connect(self.page.take_draft)

    def _install(self, draft: GuideDraft) -> None:
        self._work(lambda shelf: _looked_through(shelf.choose(shelf.install(draft).version))).done.connect(self._use)

    def _choose(self, version: str) -> None:
        self._work(lambda shelf: _looked_through(shelf.choose(version))).done.connect(self._use)

    def _remove(self, version: str) -> None:
        def act(shelf: GuideShelf) -> Guide:
            shelf.remove(version)
            return _looked_through(shelf.read_chosen().guide)

        self._work(act).done.connect(self._use)

    def _use(self, guide: Guide) -> None:
        if guide.version != self._parts.guide.version:
            self.guide_chosen.emit(guide)
            self._parts.notices.tell("guide.taken", version=guide.version)
        self._list()


def _looked_through(guide: Guide) -> Guide:
    """The guide, with its names and characters made ready off the GUI thread: a second for 10,000 kinds."""
    index_of(guide)
    kinds_of(guide)
    return guide


def _keys() -> tuple[KeyGroup, ...]:
    return (KeyGroup(text("shell.page_guide"), [split_key(text(f"guide.key_{name}")) for name in _KEYS]),)
