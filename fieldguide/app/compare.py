"""Photos side by side: of two finds, or of a find and others of the same kind in the book."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt

from fieldguide.app.parts import Parts
from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import explain, text
from fieldguide.storage.asking import Page
from fieldguide.storage.search import Filter
from fieldguide.ui.kit.compare_photos import PairDialog, exhibits_of
from fieldguide.ui.kit.naming import name_of
from fieldguide.ui.kit.pictures import photo_of
from fieldguide.ui.shell.window import MainWindow


class CompareController(QObject):
    """Opens the dialog and brings it its pixels."""

    def __init__(self, parts: Parts, window: MainWindow) -> None:
        super().__init__(window)
        self._parts, self._window = parts, window

    def compare_two(self, ids: Sequence[int]) -> None:
        """The photos of two finds."""
        self._parts.library.several(ids).done.connect(lambda finds: self._open(finds[:1], finds[1:]))

    def compare_kind(self, find: Observation) -> None:
        """The photos of a find beside those of others that are called so; then of those that could be it."""
        taxon = kind_of(find)
        if taxon is None:
            self._window.notices.tell(text("identify.pair_nameless"))
            return
        name = name_of(taxon, self._parts.guide).first

        def show(page: Page) -> None:
            others = [other for other in page.observations if other.id != find.id and other.photos]
            if others:
                self._open([find], others)
            else:
                self._window.notices.tell(text("identify.pair_none", name=name))

        self._parts.library.page(Filter(text=taxon.name)).done.connect(show)

    def _open(self, left: Sequence[Observation], right: Sequence[Observation]) -> None:
        sides = exhibits_of(left), exhibits_of(right)
        if not all(sides):
            return
        dialog = PairDialog(*sides, self._parts.guide, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pictures = self._parts.pictures
        dialog.photo_wanted.connect(pictures.want_photo)
        took = pictures.photo.connect(lambda decoded: dialog.take_photo(*photo_of(decoded)))
        lost = pictures.photo_failed.connect(lambda path, error: dialog.lose_photo(path, explain(error)))
        dialog.finished.connect(lambda _: (pictures.photo.disconnect(took), pictures.photo_failed.disconnect(lost)))
        dialog.open()
        dialog.begin()


def kind_of(find: Observation) -> Taxon | None:
    """What a find is called, else what it could be first of all."""
    said = find.identification
    first = said.candidates[0].taxon if said is not None and said.candidates else None
    return shown_taxon(find) or first
