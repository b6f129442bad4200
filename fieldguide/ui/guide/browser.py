"""The left side of the guide: a search in any language, filters, and the list of what fits."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QStackedWidget, QVBoxLayout, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.guide.search import Hit, Order, Wanted
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import language, text
from fieldguide.ui.guide.character_filter import CharacterFilter
from fieldguide.ui.guide.taxa import HitRole, TaxonLine, TaxonModel
from fieldguide.ui.kit.buttons import Segments, button
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.filters import FilterButton
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.icons import icon
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT
from fieldguide.ui.kit.naming import REGIONS, month_name, rank_name, region_name
from fieldguide.ui.kit.surfaces import clear, row

_WIDTH = 390
_MOST_CENTRES = 3
RANKS = (Rank.SPECIES, Rank.GENUS, Rank.FAMILY)


class GuideBrowser(QFrame):
    """The search and what it finds.

    Signals:
        chosen: scientific name of the taxon that was clicked or reached by the arrow keys.
        help_wanted: whom to call, when a poison centre was found by its town or country and clicked.
    """

    chosen = Signal(str)
    help_wanted = Signal()

    def __init__(self, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self.setFixedWidth(_WIDTH)
        self.field = QLineEdit()
        self.field.setPlaceholderText(text("guide.search"))
        self.field.setAccessibleName(text("guide.search_hint"))
        self.field.setToolTip(text("guide.search_hint"))
        self.field.setClearButtonEnabled(True)
        self.field.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.installEventFilter(self)
        levels = [level for level in Danger if level is not Danger.EDIBLE]
        self.dangers = FilterButton(text("guide.danger"), [(level.value, danger_word(level)) for level in levels])
        self.ranks = FilterButton(text("guide.rank"), [(rank.value, rank_name(rank)) for rank in RANKS])
        months = [(str(month), month_name(month)) for month in range(1, 13)]
        self.month = FilterButton(text("guide.season"), months, several=False)
        regions = [(region, region_name(region)) for region in REGIONS]
        self.region = FilterButton(text("guide.region"), regions, several=False)
        self.characters = CharacterFilter()
        self.order = Segments(
            [(Order.NAME.value, text("guide.by_name")), (Order.DANGER.value, text("guide.by_danger"))]
        )
        self._count = label("", "small", wrap=False)
        self.model = TaxonModel(guide, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(TaxonLine(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(text("guide.taxa"))
        self._pages = QStackedWidget()
        self._centres = QVBoxLayout()
        self._centres.setSpacing(0)
        self._lay_out()
        self.field.textChanged.connect(self._search)
        for each in (self.dangers, self.ranks, self.month, self.region, self.characters):
            each.changed.connect(self._search)
        self.order.chosen.connect(self._search)
        self.list.selectionModel().currentChanged.connect(self._tell)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        for key in ("guide.nothing", "guide.search_hint"):
            words = label(text(key), "muted")
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(words)
        column.addStretch(1)
        return page

    def _lay_out(self) -> None:
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(CLOSE, SPACE, CLOSE, 0)
        column.setSpacing(CLOSE)
        column.addWidget(self.field)
        filters = FlowLayout(spacing=HAIR + 2)
        for each in (self.dangers, self.ranks, self.month, self.region, self.characters):
            filters.addWidget(each)
        column.addLayout(filters)
        line = row(self._count, None, self.order, spacing=TIGHT)
        column.addLayout(line)
        column.addLayout(self._centres)
        for page in (self.list, self._empty_page()):
            self._pages.addWidget(page)
        column.addWidget(self._pages, 1)

    def wanted(self) -> Wanted:
        """What is asked for now."""
        month = next(iter(self.month.chosen), "")
        return Wanted(
            self.field.text(),
            frozenset(Danger(key) for key in self.dangers.chosen),
            frozenset(Rank(key) for key in self.ranks.chosen),
            int(month) if month else None,
            next(iter(self.region.chosen), ""),
            self.characters.chosen,
            Order(self.order.choice),
        )

    def use_guide(self, guide: Guide) -> None:
        """List the same of another guide."""
        self.model.use_guide(guide)
        if self.model.listed:
            self._show_count()

    def point_at(self, scientific: str) -> None:
        """Mark the line of a taxon when it is listed, without a signal."""
        self._list_first()
        place = self.model.row_of(scientific)
        selection = self.list.selectionModel()
        blocked = selection.blockSignals(True)
        index = self.model.index(place) if place >= 0 else QModelIndex()
        self.list.setCurrentIndex(index)
        selection.blockSignals(blocked)
        self.list.viewport().update()
        if place >= 0:
            self.list.scrollTo(index)

    def showEvent(self, event: QShowEvent) -> None:
        """Seen for the first time: now the names are read."""
        self._list_first()
        super().showEvent(event)

    def _list_first(self) -> None:
        if not self.model.listed:
            self._search()

    def _search(self) -> None:
        self.model.search(self.wanted())
        self._show_count()
        self._show_centres()

    def _show_centres(self) -> None:
        """Whom to call in the town or country that was typed; the sheet has the others."""
        clear(self._centres)
        for centre in self.model.centres(self.field.text())[:_MOST_CENTRES]:
            call = button(f"{centre.name}  {centre.phone}", "link", "phone", hint=text("guide.eaten"))
            call.clicked.connect(self.help_wanted)
            self._centres.addWidget(call, 0, Qt.AlignmentFlag.AlignLeft)

    def _show_count(self) -> None:
        count = self.model.rowCount()
        self._count.setText(text("guide.count", count=QLocale(language()).toString(count)))
        self._pages.setCurrentIndex(0 if count else 1)

    def _tell(self, index: QModelIndex) -> None:
        hit: Hit | None = index.data(HitRole)
        if hit is not None:
            self.chosen.emit(hit.record.taxon.name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter in the search field go to the list."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.model.rowCount():
                if not self.list.currentIndex().isValid():
                    self.list.setCurrentIndex(self.model.index(0))
                self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
            if key is Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
        return super().eventFilter(watched, event)
