"""The page History and the services behind it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldguide.app.parts import Parts
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.records import Observation
from fieldguide.core.text import explain, text
from fieldguide.ui.kit.pictures import photo_of
from fieldguide.ui.kit.review import LISTED, key_help
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.pages import KeyGroup, Page, split_key
from fieldguide.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from fieldguide.ui.history.page import HistoryPage

_KEYS = ("open", "choose", "group", "compare", "delete", "find", "saved", "keep", "all", "size", "clear")
_MAP_KEYS = ("map_arrows", "map_zoom", "map_all")


class HistoryController(QObject):
    """Builds the page when it is first shown.

    Signals:
        closer_wanted, help_wanted: Observation. look_wanted: the same, and "zoom" or "heat".
        kind_wanted: Observation to be seen beside others of its kind. compare_wanted: ids of two finds.
        guide_wanted: scientific name. grow_wanted: Observation that is to get further photos.
    """

    closer_wanted = Signal(Observation)
    look_wanted = Signal(Observation, str)
    help_wanted = Signal(Observation)
    kind_wanted = Signal(Observation)
    compare_wanted = Signal(list)
    guide_wanted = Signal(str)
    grow_wanted = Signal(Observation)

    def __init__(self, parts: Parts, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._parts, self._thumbnails = parts, thumbnails

    @cached_property
    def page(self) -> HistoryPage:
        """The page, connected; it lists the finds when it is shown."""
        from fieldguide.ui.history.page import HistoryPage

        page, parts = HistoryPage(self._parts.library, self._thumbnails), self._parts
        page.photos_wanted.connect(lambda: self._window.show_page("identify"))
        page.moved_wanted.connect(self._window.find_moved)
        page.photo_wanted.connect(parts.pictures.want_photo)
        page.again_wanted.connect(lambda find: parts.again.ask([find]))
        page.closer_wanted.connect(self.closer_wanted)
        page.look_wanted.connect(self.look_wanted)
        page.help_wanted.connect(self.help_wanted)
        page.grow_wanted.connect(self.grow_wanted)
        page.guide_wanted.connect(self.guide_wanted)
        page.kind_wanted.connect(self.kind_wanted)
        page.compare_wanted.connect(self.compare_wanted)
        page.gallery.tile_width_changed.connect(lambda width: parts.change_settings(tile_width=width))
        page.gallery.use_tile_width(parts.settings.tile_width)
        parts.pictures.photo.connect(lambda decoded: page.take_photo(*photo_of(decoded)[:2]))
        parts.pictures.photo_failed.connect(self._tell_lost)
        parts.identifier.model_ready.connect(lambda _: self.tell_hand())
        self._window.chosen_again.connect(lambda key: page.go_back() if key == "history" else None)
        self._tell_hand(page)
        return page

    def tell_hand(self) -> None:
        """Another model, or another region of the user's own, weighs what was answered."""
        if "page" in self.__dict__:
            self._tell_hand(self.page)

    def _tell_hand(self, page: HistoryPage) -> None:
        hand, model = page.detail.hand, self._parts.identifier.model
        hand.use_home(self._parts.settings.region)
        if model is not None:
            hand.know_model(model.manifest.reference, model.manifest.labels)

    @property
    def furnishing(self) -> Page:
        """What the window has to know of the page."""
        return Page("history", lambda: self.page, _keys)

    def connect_to(self, window: MainWindow) -> None:
        """In which window the page is."""
        self._window = window
        window.page_shown.connect(self._list_once)

    def _tell_lost(self, path: Path, error: FieldGuideError) -> None:
        self.page.take_photo_failure(path, explain(error), missing=error.code is ErrorCode.PHOTO_MISSING)

    def show_find(self, number: int) -> None:
        """Show a find in full when it is in the book, else the gallery."""
        self._parts.library.get(number).done.connect(lambda find: self.page.open(find) if find else self.page.go_back())

    def _list_once(self, key: str) -> None:
        """Read the finds when the page comes to the front for the first time; then it follows by itself."""
        if key == "history" and not self.page.listed:
            self.page.show_finds()


def _keys() -> tuple[KeyGroup, ...]:
    gallery = KeyGroup(text("shell.page_history"), [split_key(text(f"history.key_{name}")) for name in _KEYS])
    map_ = KeyGroup(text("history.view_map"), [split_key(text(f"history.key_{name}")) for name in _MAP_KEYS])
    return gallery, KeyGroup(text("history.one_find"), key_help((*LISTED, "back"))), map_
