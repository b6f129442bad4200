"""The gallery: search and filters above, finds as tiles, and what can be done with those that are chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fieldguide.core.atomic import write_whole
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.services.library import Library
from fieldguide.storage.export import ExportKind
from fieldguide.storage.search import Filter
from fieldguide.ui.history.filter_bar import FilterBar
from fieldguide.ui.history.gallery_model import FindRole, GalleryModel
from fieldguide.ui.history.map_panel import MapPanel
from fieldguide.ui.history.season_view import SeasonView
from fieldguide.ui.history.tile import NARROWEST, WIDEST
from fieldguide.ui.history.tile_view import TileView
from fieldguide.ui.kit.buttons import Segments, button, icon_button
from fieldguide.ui.kit.empty import EmptyState
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.pictures import png_of
from fieldguide.ui.kit.review import bind_key
from fieldguide.ui.kit.surfaces import row
from fieldguide.ui.kit.thumbnails import Thumbnails

_LOOK_UP_MS = 250
_SETTLED_MS = 400
_SHAPES = ("bracket", "cap_and_stem", "ball")  # of mushrooms, for the book that is still empty


class Gallery(QWidget):
    """The gallery.

    Signals:
        find_wanted: Observation to be shown in full.
        photos_wanted: the empty state's invitation was taken.
        delete_wanted, merge_wanted, compare_wanted: list of ids (two, to compare).
        export_wanted: ExportKind and a Filter. bin_wanted: what was deleted.
        tile_width_changed: pixels, once the slider rests.
    """

    find_wanted = Signal(Observation)
    photos_wanted = Signal()
    delete_wanted = Signal(list)
    merge_wanted = Signal(list)
    compare_wanted = Signal(list)
    tile_width_changed = Signal(int)
    export_wanted = Signal(object, object)
    bin_wanted = Signal()

    def __init__(self, library: Library, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = GalleryModel(library, thumbnails, self)
        self.filters = FilterBar()
        self.view = TileView(self.model, library.guide)
        self._library = library
        self.views = Segments([(key, text(f"history.view_{key}")) for key in ("tiles", "map", "season")])
        self.panel, self.season = MapPanel(), SeasonView(library.guide)
        self._seen_points = Filter(text="\0")  # what the map shows
        self._count = label("", "muted", wrap=False)
        self._title = label(text("history.title"), "title", wrap=False)
        self._empty = EmptyState(
            "history", text("history.empty"), text("history.empty_words"), text("history.empty_action"), drawn=_SHAPES
        )
        self._nothing = EmptyState(
            "search", text("history.nothing"), text("history.nothing_words"), text("history.clear_filters")
        )
        self._bar, self._chosen_words = QWidget(), label("", "strong", wrap=False)
        self._merge = button(text("history.merge"), "plain", "join", hint=text("history.merge_hint"))
        self._compare = button(text("history.compare"), "plain", "compare", hint=text("history.compare_hint"))
        self.tile_size = QSlider(Qt.Orientation.Horizontal)
        self._settled = QTimer(self)  # a width is kept once nobody drags any more
        self._look_up = QTimer(self)  # tags and places of the filters: after the finds are seen
        self._stack = QStackedWidget()
        for piece in (self.view, self.panel, self.season, self._empty, self._nothing):
            self._stack.addWidget(piece)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        delete = icon_button(text("history.delete"), "trash", key="Del")
        delete.clicked.connect(self._delete_chosen)
        self._merge.clicked.connect(lambda: self._with_chosen(self.merge_wanted.emit))
        self._compare.clicked.connect(lambda: self._with_chosen(self.compare_wanted.emit))
        export = icon_button(text("history.export"), "export")
        export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        export.setMenu(self._export_menu(self._export_chosen))
        clear = icon_button(text("history.clear_choice"), "close", key="Esc")
        clear.clicked.connect(self.view.clearSelection)
        chosen = row(self._chosen_words, None, self._compare, self._merge, export, delete, clear, spacing=TIGHT)
        chosen.setContentsMargins(TIGHT, 0, TIGHT, 0)
        self._bar.setLayout(chosen)
        self.export_all = icon_button(text("history.export_all"), "export")
        self.export_all.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.save = icon_button(text("history.save_picture"), "photo")
        self.save.clicked.connect(self._save_picture)
        self.save.hide()
        self.export_all.setMenu(self._export_menu(lambda kind: self.export_wanted.emit(kind, self.filters.wanted())))
        self.tile_size.setRange(NARROWEST, WIDEST)
        self.tile_size.setValue(self.view.tile_width)
        self.tile_size.setPageStep(40)
        self.tile_size.setFixedWidth(90)
        self.tile_size.setAccessibleName(text("history.tile_size"))
        self.tile_size.setToolTip(text("identify.with_key", words=text("history.tile_size"), keys="Ctrl++, Ctrl+-"))
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, SPACE, SPACE, 0)
        column.setSpacing(CLOSE)
        bin_ = icon_button(text("history.bin"), "trash")
        bin_.clicked.connect(self.bin_wanted)
        head = row(spacing=CLOSE)
        head.addWidget(self._title)
        head.addWidget(self._count, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.tile_size)
        head.addWidget(self.views)
        head.addWidget(self.save)
        head.addWidget(self.export_all)
        head.addWidget(bin_)
        top = QWidget()
        top.setLayout(head)
        self._head = QStackedWidget()  # the bar of the choice takes the place of the heading: nothing shifts below
        self._head.addWidget(top)
        self._head.addWidget(self._bar)
        self._head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column.addWidget(self._head)
        column.addWidget(self.filters)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.filters.changed.connect(self.search)
        self.filters.saved.keep_wanted.connect(
            lambda name, state: self._library.keep_filter(name, state).done.connect(self.filters.saved.know)
        )
        self.filters.saved.forget_wanted.connect(
            lambda name: self._library.forget_filter(name).done.connect(self.filters.saved.know)
        )
        self.tile_size.valueChanged.connect(self.view.set_tile_width)
        self.tile_size.valueChanged.connect(lambda _: self._settled.start())
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(lambda: self.tile_width_changed.emit(self.tile_size.value()))
        self._look_up.setSingleShot(True)
        self._look_up.setInterval(_LOOK_UP_MS)
        self._look_up.timeout.connect(self._learn)
        self.views.chosen.connect(self._look)
        self.panel.map.finds_wanted.connect(self._show_spot)
        self.season.sheet.kind_wanted.connect(self._show_kind)
        self.view.activated.connect(self._open)
        self.view.clicked.connect(self._click)
        self.view.selectionModel().selectionChanged.connect(self._show_chosen)
        self.model.counted.connect(self._show_count)
        self.model.modelReset.connect(self._show_chosen)
        self._empty.acted.connect(self.photos_wanted)
        self._nothing.acted.connect(self.filters.clear)
        for key, act in (
            ("Delete", self._delete_chosen),
            ("Escape", self._let_go),
            ("C", self._compare.click),
            ("Ctrl+F", self.filters.field.setFocus),
            ("Ctrl+0", self.filters.clear),
            ("Ctrl+S", self.filters.saved.ask_name),
            ("Ctrl++", lambda: self.tile_size.setValue(self.tile_size.value() + self.tile_size.pageStep())),
            ("Ctrl+-", lambda: self.tile_size.setValue(self.tile_size.value() - self.tile_size.pageStep())),
        ):
            bind_key(self, key, act, writing=key.startswith(("Ctrl", "Esc")))
        down = QShortcut(QKeySequence("Down"), self.filters.field)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.view.setFocus)
        for number in range(1, 10):
            bind_key(self, f"Ctrl+{number}", partial(self.filters.saved.choose, number), writing=True)

    def ask_finds_at(self, point: QPoint, then: Callable[[list[int]], object]) -> bool:
        """Hand on the ids of the find at a point of the view, and of what is chosen with it, however far away some of
        them are; False: there is none.
        """
        row = self.view.indexAt(point).row()
        if row >= 0:
            chosen = self.view.chosen_rows()
            self.model.ids_of(chosen if any(row in span for span in chosen) else [range(row, row + 1)], then)
        return row >= 0

    def _let_go(self) -> None:
        """Of the words that were searched for, while one writes them, else of what is chosen."""
        if self.filters.field.hasFocus():
            self.filters.field.clear()
            self.view.setFocus()
        else:
            self.view.clearSelection()

    def _delete_chosen(self) -> None:
        self._with_chosen(self.delete_wanted.emit)

    def _export_chosen(self, kind: ExportKind) -> None:
        self._with_chosen(lambda ids: self.export_wanted.emit(kind, Filter(ids=frozenset(ids))))

    def _with_chosen(self, act: Callable[[list[int]], object]) -> None:
        """Do it with the ids of all that are chosen, in the order of the list, however far away some of them are."""
        rows = self.view.chosen_rows()
        if rows:
            self.model.ids_of(rows, act)

    def use_tile_width(self, width: int) -> None:
        """As wide as they were left."""
        self.tile_size.setValue(width)
        self._settled.stop()

    def _learn(self) -> None:
        """Tags, places and kept filters, as they are now."""
        self._library.saved_filters().done.connect(self.filters.saved.know)
        self._library.tags().done.connect(self._take_tags)

    def _take_tags(self, tags: dict[str, int]) -> None:
        self._library.places().done.connect(lambda places: self.filters.know(tags, places))

    def search(self) -> None:
        """List what the filters ask for."""
        self.view.set_grouped(self.filters.grouped)
        self.model.show(self.filters.wanted())

    def show_view(self, key: str) -> None:
        """Look at the finds as tiles, map or season."""
        self.views.choose(key)
        self._look(key)

    def show_near(self, latitude: float, longitude: float) -> None:
        """The finds around a place, as tiles."""
        self.show_view("tiles")
        self.filters.show_near(latitude, longitude)

    def _look(self, key: str) -> None:
        self.setFocusProxy({"tiles": self.view, "map": self.panel.map, "season": self.season}[key])
        self.save.setVisible(key != "tiles")
        self.tile_size.setVisible(key == "tiles")
        if self.model.rowCount():
            self._show_count(self.model.rowCount())  # the finds are the same
        else:
            self.search()
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # whoever chose the map has its keys

    def _refresh(self) -> None:
        """The map or the season once more, when it is in front."""
        wanted = self.filters.wanted()
        if self.views.choice == "map":
            keep = wanted == self._seen_points  # the same question: somebody may be looking closely
            self._seen_points = wanted
            count = self.model.rowCount()
            self._library.points(wanted).done.connect(lambda found: self.panel.show_points(found, count, keep=keep))
        elif self.views.choice == "season":
            job = self._library.season(wanted)
            job.done.connect(lambda kinds: self.season.sheet.show_kinds(kinds, self._library.guide))

    def _show_spot(self, ids: list[int]) -> None:
        """Finds of one spot of the map: one is opened, several are listed."""
        self._library.get(ids[0]).done.connect(lambda find: self._take_spot(find, len(ids)))

    def _take_spot(self, find: Observation | None, count: int) -> None:
        if find is None:
            return
        if count == 1:
            self.find_wanted.emit(find)
        elif find.latitude is not None and find.longitude is not None:
            self.show_view("tiles")
            self.filters.show_near(find.latitude, find.longitude, "1")

    def _show_kind(self, called: str) -> None:
        self.show_view("tiles")
        self.filters.field.setText(called)

    def _save_picture(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, text("history.save_picture"), "fieldguide.png", "*.png")
        if chosen:
            self.save_picture(Path(chosen))

    def save_picture(self, path: Path) -> None:
        """Write what is seen as a picture.

        Raises:
            FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; nothing is left of the file.
        """
        seen = self.panel.map if self.views.choice == "map" else self.season.sheet
        write_whole(path, png_of(seen.picture()))

    def point_at(self, number: int) -> None:
        """Bring the keyboard to the tile of a find, when it is still in memory."""
        place = self.model.row_of(number)
        if place >= 0:
            index = self.model.index(place)  # pointed at, not chosen: what is done next must not touch it
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.view.scrollTo(index)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _export_menu(self, export: Callable[[ExportKind], object]) -> QMenu:
        menu = QMenu(self)
        for kind in ExportKind:
            action = menu.addAction(text(f"history.export_{kind.value}"))
            action.triggered.connect(lambda _checked=False, kind=kind: export(kind))
        return menu

    def _click(self, index: QModelIndex) -> None:
        """A plain click opens; with Ctrl or Shift it chooses."""
        if QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        find = index.data(FindRole)
        if find is not None:
            self.view.clearSelection()  # opened, not chosen
            self.find_wanted.emit(find)

    def _show_chosen(self, *_: QItemSelection) -> None:
        count = sum(map(len, self.view.chosen_rows()))
        self._head.setCurrentIndex(int(count > 0))
        self._merge.setEnabled(count > 1)
        self._compare.setEnabled(count == 2)
        self._chosen_words.setText(text("history.chosen", count=self.locale().toString(count)))
        self.view.viewport().update()  # headings tell whether all of their finds are chosen

    def _show_count(self, count: int) -> None:
        self._count.setText(text("history.count", count=self.locale().toString(count)))
        empty = self._nothing if self.filters.narrows else self._empty
        seen = {"tiles": self.view, "map": self.panel, "season": self.season}[self.views.choice]
        self._stack.setCurrentWidget(seen if count else empty)
        self.views.setVisible(bool(count))
        self._refresh()
        self.filters.setVisible(bool(count) or empty is self._nothing)
        self.export_all.setVisible(bool(count))
        self.tile_size.setVisible(bool(count) and self.views.choice == "tiles")
        self._look_up.start()
