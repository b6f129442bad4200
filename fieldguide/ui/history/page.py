"""The page History: the gallery, and one find in front of it. Asks the library; what needs other pages goes out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QInputDialog, QStackedWidget, QVBoxLayout, QWidget

from fieldguide.core.records import Identification, Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from fieldguide.services.library import ChangeKind, Library, LibraryChange
from fieldguide.storage.change import Change
from fieldguide.storage.export import FOLDERS, ExportKind
from fieldguide.storage.export.places import Places
from fieldguide.storage.places import OwnPlace
from fieldguide.storage.search import Filter
from fieldguide.ui.history.bin_dialog import BinDialog
from fieldguide.ui.history.detail import FindDetail
from fieldguide.ui.history.facts_dialog import FactsDialog
from fieldguide.ui.history.gallery import Gallery
from fieldguide.ui.history.own_places_dialog import OwnPlacesDialog
from fieldguide.ui.history.places_dialog import PlacesDialog
from fieldguide.ui.kit.compare import CompareDialog
from fieldguide.ui.kit.drag_out import DragOut
from fieldguide.ui.kit.milder import agree_to_name
from fieldguide.ui.kit.relabel import RelabelDialog
from fieldguide.ui.kit.review import Acts, bind_review
from fieldguide.ui.kit.thumbnails import Thumbnails

_SUFFIXES = {
    ExportKind.CSV: ".csv",
    ExportKind.XLSX: ".xlsx",
    ExportKind.JSON: ".json",
    ExportKind.DARWIN_CORE: ".zip",
    ExportKind.GPX: ".gpx",
    ExportKind.GEOJSON: ".geojson",
    ExportKind.REPORT: ".pdf",
}


class HistoryPage(QWidget):
    """The page.

    Signals:
        photos_wanted: somebody without finds wants to identify one.
        photo_wanted: Path and short side in pixels; answer with `take_photo` or `take_photo_failure`.
        again_wanted: Observation to be identified again. closer_wanted: Observation to be opened in Identify.
        look_wanted: the same, and "zoom" or "heat" to begin with.
        help_wanted: Observation of which somebody asks "Eaten it?". guide_wanted: scientific name.
        grow_wanted: Observation that is to get further photos.
        moved_wanted: a photo is not where it was; answer with a folder for all of them (`Library.find_again`).
        compare_wanted: two ids. kind_wanted: Observation to be seen beside another photo of its kind.
    """

    photos_wanted = Signal()
    photo_wanted = Signal(Path, int)
    again_wanted = Signal(Observation)
    closer_wanted = Signal(Observation)
    look_wanted = Signal(Observation, str)
    help_wanted = Signal(Observation)
    guide_wanted = Signal(str)
    grow_wanted = Signal(Observation)
    moved_wanted = Signal()
    compare_wanted = Signal(list)
    kind_wanted = Signal(Observation)

    def __init__(self, library: Library, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._library = library
        self.gallery = Gallery(library, thumbnails)
        self.detail = FindDetail(library.guide, thumbnails)
        self._stack = QStackedWidget()
        self._stack.currentChanged.connect(lambda place: self.setFocusProxy(self._stack.widget(place) or self._stack))
        self.gallery.setFocusProxy(self.gallery.view)
        self._stack.addWidget(self.gallery)
        self._stack.addWidget(self.detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect_gallery()
        self._connect_detail()
        self._add_keys()
        DragOut(self.gallery.view.viewport(), self.gallery.ask_finds_at, library.carry)
        DragOut(self.detail.photos.pane, self._ask_shown, library.carry)
        library.changed.connect(self._follow)
        self.listed = False
        self._row = -1  # of the find in front, in the list

    def _connect_gallery(self) -> None:
        gallery = self.gallery
        gallery.find_wanted.connect(self.open)
        gallery.photos_wanted.connect(self.photos_wanted)
        gallery.delete_wanted.connect(self._library.delete)
        gallery.merge_wanted.connect(self._library.merge)
        gallery.compare_wanted.connect(self.compare_wanted)
        gallery.export_wanted.connect(self._export)
        gallery.panel.places_wanted.connect(lambda: self._library.own_places().done.connect(self._show_places))
        gallery.bin_wanted.connect(lambda: self._library.bin().done.connect(self._show_bin))

    def _connect_detail(self) -> None:
        detail, library = self.detail, self._library
        detail.back.connect(self.go_back)
        detail.step.connect(self._step)
        detail.verify_wanted.connect(self._verify)
        detail.name_wanted.connect(self._ask_name)
        detail.notes_changed.connect(lambda number, notes: library.edit([number], Change(notes=notes)))
        detail.answered.connect(lambda number, seen: library.edit([number], Change(seen=seen)))
        detail.facts_wanted.connect(
            lambda find: library.own_places().done.connect(lambda own: self._ask_facts(find, own))
        )
        detail.near_wanted.connect(self._show_near)
        detail.place_wanted.connect(self._ask_place_name)
        detail.marks_changed.connect(lambda number, change: library.edit([number], change))
        detail.split_wanted.connect(library.split)
        detail.kind_wanted.connect(self._compare_kind)
        detail.delete_wanted.connect(lambda number: library.delete([number]))
        detail.export_wanted.connect(lambda kind, number: self._export(kind, Filter(ids=frozenset({number}))))
        detail.photos.photo_wanted.connect(self.photo_wanted)
        detail.photos.find_again_wanted.connect(self.moved_wanted)
        for name in ("again_wanted", "closer_wanted", "grow_wanted", "help_wanted", "guide_wanted"):
            getattr(detail, name).connect(getattr(self, name))

    def _add_keys(self) -> None:
        detail = self.detail
        acts: Acts = {
            **{f"candidate_{place + 1}": partial(detail.answers.choose, place) for place in range(5)},
            "up": partial(detail.answers.step, -1),
            "down": partial(detail.answers.step, 1),
            "before": partial(self._step, -1),
            "after": partial(self._step, 1),
            "verify": detail.use_chosen,
            "relabel": lambda: self._on_find(self._ask_name),
            "unknown": lambda: self._on_find(lambda find: self._verify(find.id, None)),
            "compare": lambda: self._on_find(self._compare),
            "kind": lambda: self._on_find(self._compare_kind),
            "zoom": lambda: self._on_find(lambda find: self.look_wanted.emit(find, "zoom")),
            "heat": lambda: self._on_find(lambda find: self.look_wanted.emit(find, "heat")),
            "hand": detail.hand.open,
            "delete": lambda: self._on_find(lambda find: self._library.delete([find.id])),
            "leave": self.go_back,
        }
        bind_review(detail, acts)

    def _ask_shown(self, _: QPoint, then: Callable[[list[int]], object]) -> bool:
        self._on_find(lambda find: then([find.id]))
        return self.detail.find is not None

    def _on_find(self, act: Callable[[Observation], object]) -> None:
        if self.detail.find is not None:
            act(self.detail.find)

    def _compare(self, find: Observation) -> None:
        if find.identification is not None:
            CompareDialog(find.identification.candidates, self._library.guide, self.window()).open()

    def _compare_kind(self, find: Observation) -> None:
        if find.photos:
            self.kind_wanted.emit(find)

    @property
    def find(self) -> Observation | None:  # type: ignore[override]  # hides Qt's static find(window id)
        """The find in front; None while the gallery is."""
        return self.detail.find if self._stack.currentWidget() is self.detail else None

    def show_finds(self) -> None:
        """List the finds; from then on the page follows the library by itself (`listed`)."""
        self.listed = True
        self.gallery.search()

    def open(self, find: Observation) -> None:
        """Show one find in full."""
        self._stack.setCurrentWidget(self.detail)
        self.detail.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show(find)

    def _show(self, find: Observation) -> None:
        """Show it, or how it is now, without taking the keyboard from somebody who writes."""
        self.detail.show_find(find)
        self._row = self.gallery.model.row_of(find.id)
        job = self._library.identifications(find.id)
        job.done.connect(lambda answers: self._take_answers(find.id, answers))

    def go_back(self) -> None:
        """Show the gallery again."""
        self.detail.store_notes()
        self._stack.setCurrentWidget(self.gallery)
        if self.detail.find is not None:
            self.gallery.point_at(self.detail.find.id)

    def take_photo(self, path: Path, image: QImage) -> None:
        """The pixels of a large photo came."""
        self.detail.photos.take_photo(path, image)

    def take_photo_failure(self, path: Path, sentence: str, *, missing: bool = False) -> None:
        """A large photo cannot be had; `missing`: its file is not there."""
        self.detail.photos.take_failure(path, sentence, missing=missing)

    def _take_answers(self, number: int, answers: tuple[Identification, ...]) -> None:
        if self.detail.find is not None and self.detail.find.id == number:
            self.detail.show_earlier(answers)

    def _verify(self, number: int, taxon: Taxon | None) -> None:
        if taxon is None:
            self._library.verify([number], None)
        elif self.detail.find is not None:
            find, named = self.detail.find, taxon

            def name() -> None:
                self._library.verify([number], named)
                if self.find is not None and self.find.id == number:
                    self._step(1)

            agree_to_name(find, named, self._library.guide, self, name)

    def _ask_name(self, find: Observation) -> None:
        dialog = RelabelDialog(self._library.guide, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._verify(find.id, dialog.taxon))
        dialog.open()

    def _show_near(self, latitude: float, longitude: float) -> None:
        self.go_back()
        self.gallery.show_near(latitude, longitude)

    def _ask_place_name(self, find: Observation) -> None:
        """A name of one's own for the place of a find, and for what was found within a kilometre of it."""
        if find.latitude is None or find.longitude is None:
            return
        where = (find.latitude, find.longitude)
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(text("history.place_name"))
        dialog.setLabelText(text("history.place_name_hint"))
        dialog.setOkButtonText(text("history.facts_keep"))
        dialog.setCancelButtonText(text("ui.close"))
        dialog.textValueSelected.connect(
            lambda name: self._library.keep_place(OwnPlace(name, *where)) if name.strip() else None
        )
        dialog.open()

    def _show_places(self, places: tuple[OwnPlace, ...]) -> None:
        dialog = OwnPlacesDialog(places, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.added.connect(lambda place: self._library.keep_place(place))
        dialog.renamed.connect(lambda name, new: self._library.rename_place(name, new))
        dialog.forgotten.connect(lambda name: self._library.forget_place(name))
        dialog.near_wanted.connect(self._show_near)
        dialog.open()

    def _show_bin(self, finds: tuple[Observation, ...]) -> None:
        dialog = BinDialog(finds, self._library.guide, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.restore_wanted.connect(lambda ids: self._library.restore(ids))
        dialog.empty_wanted.connect(lambda ids: self._library.empty_bin(ids))
        dialog.open()

    def _ask_facts(self, find: Observation, own: tuple[OwnPlace, ...]) -> None:
        dialog = FactsDialog(find, own, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.agreed.connect(lambda change: self._library.edit([find.id], change))
        dialog.open()

    def _step(self, by: int) -> None:
        if self.detail.find is None:
            return
        place = self.gallery.model.row_of(self.detail.find.id) + by
        if 0 <= place < self.gallery.model.rowCount():
            find = self.gallery.model.find_at(place)
            if find is not None:
                self.detail.store_notes()
                self.open(find)

    def _export(self, kind: ExportKind, wanted: Filter) -> None:
        """How exact the places shall be is asked each time; blurred is what is suggested."""
        dialog = PlacesDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._choose_file(kind, wanted, dialog.places))
        dialog.open()

    def _choose_file(self, kind: ExportKind, wanted: Filter, places: Places) -> None:
        title = text(f"history.export_{kind.value}")
        if kind in FOLDERS:
            chosen = QFileDialog.getExistingDirectory(self, title)
        else:
            suffix = _SUFFIXES[kind]
            chosen, _ = QFileDialog.getSaveFileName(self, title, f"fieldguide{suffix}", f"*{suffix}")
        if chosen:
            self._library.export(kind, Path(chosen), wanted, places)

    def _follow(self, change: LibraryChange) -> None:
        """Keep the find in front up to date, and leave it when it is gone."""
        self.detail.use_guide(self._library.guide)
        shown = self.detail.find
        if shown is None or (change.ids and shown.id not in change.ids):
            return
        if change.kind is ChangeKind.REMOVED:
            self._show_neighbour()
            return
        known = next((find for find in change.observations if find.id == shown.id), None)
        if known is not None:
            self._show_again(known)
        else:
            self._library.get(shown.id).done.connect(self._show_again)

    def _show_neighbour(self) -> None:
        """The find in front was deleted: the next one takes its place, the one before at the end of the list."""
        model = self.gallery.model
        row = min(self._row, model.rowCount() - 1)
        find = model.find_at(row) if self.find is not None and row >= 0 else None
        if find is None:
            self._leave()
        else:
            self.detail.find = None
            self.open(find)

    def _show_again(self, find: Observation | None) -> None:
        if find is None:
            self._leave()
        elif self.find is not None and self.find.id == find.id:
            self._show(find)

    def _leave(self) -> None:
        self.detail.find = None
        self._stack.setCurrentWidget(self.gallery)
