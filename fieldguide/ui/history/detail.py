"""One stored find in full: photos, today's danger, the name a person gave, what was said, notes, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.hands import heard
from fieldguide.core.records import Identification, Observation
from fieldguide.core.text import text
from fieldguide.storage.change import Change
from fieldguide.storage.export import ExportKind
from fieldguide.ui.history.answers import AnswersCard
from fieldguide.ui.history.photos import FindPhotos
from fieldguide.ui.history.wording import correction_words, date_words, place_words
from fieldguide.ui.kit.alarm_strip import AlarmStrip
from fieldguide.ui.kit.banner import DangerBanner
from fieldguide.ui.kit.buttons import button, icon_button
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.hand_card import HandCard
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT
from fieldguide.ui.kit.naming import name_of, when_words
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.kit.wording import alert_of, named_words, short_verdict

_PANEL = 430
_NOTES_MS = 900  # after the last key, before notes are stored


class FindDetail(QWidget):
    """Shows one find.

    Signals:
        back: to the gallery. step: -1 or 1, to the find before or after it in the list.
        verify_wanted: id and Taxon, or None to take the name away. name_wanted: Observation to be given another name.
        notes_changed: id and the notes.
        marks_changed: id and a Change of tags or stars. facts_wanted: Observation to be given another date or place.
        split_wanted: id and places of the photos that leave.
        kind_wanted: Observation to be seen beside another photo of its kind.
        delete_wanted: id. export_wanted: ExportKind and id. again_wanted, closer_wanted, help_wanted: Observation.
        grow_wanted: Observation that is to get further photos.
        near_wanted: latitude and longitude around which finds are wanted.
        place_wanted: Observation whose place somebody wants to name.
        guide_wanted: scientific name. answered: id, and the find's answers as they are to be, a tuple of Seen.
    """

    back = Signal()
    step = Signal(int)
    verify_wanted = Signal(int, object)
    name_wanted = Signal(Observation)
    notes_changed = Signal(int, str)
    marks_changed = Signal(int, object)
    facts_wanted = Signal(Observation)
    split_wanted = Signal(int, list)
    kind_wanted = Signal(Observation)
    delete_wanted = Signal(int)
    export_wanted = Signal(object, int)
    again_wanted = Signal(Observation)
    grow_wanted = Signal(Observation)
    closer_wanted = Signal(Observation)
    help_wanted = Signal(Observation)
    near_wanted = Signal(float, float)
    place_wanted = Signal(Observation)
    guide_wanted = Signal(str)
    answered = Signal(int, tuple)

    def __init__(self, guide: Guide, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide = guide
        self.find: Observation | None = None  # type: ignore[assignment]  # hides Qt's static find(window id)
        self.photos = FindPhotos(thumbnails)
        self.banner = DangerBanner()
        self.answers = AnswersCard()
        self.hand = HandCard(guide)
        self.hand.answered.connect(lambda seen: self.find and self.answered.emit(self.find.id, seen))
        self.hand.guide_wanted.connect(self.guide_wanted)
        self.notes, self.tags, self.stars = QPlainTextEdit(), QLineEdit(), QComboBox()
        self.stars.addItems(["☆", *("★" * count for count in range(1, 6))])
        self._correction, self._named = label("", "strong"), label("", "heading")
        self._title, self._facts = label("", "title"), QVBoxLayout()
        self.agree = button("", "primary")
        self.take_away = button(text("history.take_away"), "quiet", hint="U")
        self.split = button(text("history.split"), "quiet", "split")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NOTES_MS)
        self._timer.timeout.connect(self.store_notes)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, CLOSE, 0, 0)
        column.setSpacing(CLOSE)
        column.addLayout(self._head())
        line = QHBoxLayout()
        line.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, SPACE)
        left.addWidget(self.photos, 1)
        line.addLayout(left, 1)
        line.addWidget(self._panel())
        column.addLayout(line, 1)
        self.banner.help_wanted.connect(lambda: self.help_wanted.emit(self.find))
        self.answers.guide_wanted.connect(self.guide_wanted)

    def _head(self) -> QHBoxLayout:
        back = button(text("history.back"), "quiet", "chevron_left")
        back.clicked.connect(self.back)
        before = icon_button(text("history.before"), "chevron_left", key="Left")
        after = icon_button(text("history.after"), "chevron_right", key="Right")
        before.clicked.connect(lambda: self.step.emit(-1))
        after.clicked.connect(lambda: self.step.emit(1))
        delete = icon_button(text("history.delete"), "trash", key="Del")
        delete.clicked.connect(lambda: self._on_find(lambda find: self.delete_wanted.emit(find.id)))
        export = button(text("history.export"), "quiet", "export")
        menu = QMenu(export)
        for kind in ExportKind:
            action = menu.addAction(text(f"history.export_{kind.value}"))
            action.triggered.connect(
                lambda _c=False, kind=kind: self._on_find(lambda find: self.export_wanted.emit(kind, find.id))
            )
        export.setMenu(menu)
        head = row(back, None, self.split, export, delete, before, after, CLOSE, spacing=TIGHT)
        self.split.clicked.connect(self._split)
        return head

    def _on_find(self, act: Callable[[Observation], object]) -> None:
        if self.find is not None:
            act(self.find)

    def _panel(self) -> ScrollColumn:
        panel = ScrollColumn(margin=SPACE, spacing=CLOSE)
        panel.setFixedWidth(_PANEL)
        panel.column.setContentsMargins(SPACE, 0, SPACE, SPACE)
        panel.column.addWidget(self.banner)
        AlarmStrip(self.banner, panel)
        panel.column.addWidget(self._correction)
        panel.column.addWidget(selectable(self._title))
        panel.column.addWidget(self._named)
        buttons = FlowLayout()
        other = button(text("history.other_name"), "plain", "tag", hint="R")
        other.clicked.connect(lambda: self.name_wanted.emit(self.find))
        self.agree.clicked.connect(self.verify)
        self.take_away.clicked.connect(lambda: self._on_find(lambda find: self.verify_wanted.emit(find.id, None)))
        for piece in (self.agree, other, self.take_away):
            buttons.addWidget(piece)
        panel.column.addLayout(buttons)
        panel.column.addWidget(self._notes_card())
        panel.column.addWidget(self.hand)
        panel.column.addWidget(self.answers)
        tools = FlowLayout()
        again = button(text("history.again"), "plain", "identify", hint=text("history.again_hint"))
        closer = button(text("history.closer"), "plain", "zoom", hint=text("history.closer_hint"))
        again.clicked.connect(lambda: self.again_wanted.emit(self.find))
        closer.clicked.connect(lambda: self.closer_wanted.emit(self.find))
        more = button(text("identify.add_photo"), "plain", "photo", hint=text("identify.add_photo_hint"))
        more.clicked.connect(lambda: self._on_find(self.grow_wanted.emit))
        tools.addWidget(more)
        tools.addWidget(again)
        tools.addWidget(closer)
        kind = button(text("identify.kind"), "plain", "history", hint=text("identify.kind_hint"))
        kind.clicked.connect(lambda: self._on_find(self.kind_wanted.emit))
        tools.addWidget(kind)
        panel.column.addLayout(tools)
        panel.column.addWidget(label(text("history.no_leave"), "small"))
        panel.column.addStretch(1)
        return panel

    def _notes_card(self) -> Card:
        card = Card(spacing=TIGHT)
        card.column.addWidget(label(text("history.notes"), "overline"))
        self.notes.setPlaceholderText(text("history.notes_hint"))
        self.notes.setAccessibleName(text("history.notes_hint"))
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(92)
        self.notes.textChanged.connect(self._timer.start)
        self.notes.installEventFilter(self)
        card.column.addWidget(self.notes)
        self.tags.setPlaceholderText(text("history.tags"))
        self.tags.setAccessibleName(text("history.tags"))
        self.tags.editingFinished.connect(self._store_tags)
        self.stars.setAccessibleName(text("history.stars"))
        self.stars.activated.connect(lambda count: self._mark(Change(stars=count)))
        card.column.addLayout(row(self.tags, self.stars, spacing=TIGHT))
        self._facts.setSpacing(HAIR)
        card.column.addLayout(self._facts)
        change = button(text("history.facts_change"), "link", "pencil", hint=text("history.facts_title"))
        change.clicked.connect(lambda: self._on_find(self.facts_wanted.emit))
        self.near = button(text("history.near_here"), "link", "place")
        self.near.clicked.connect(lambda: self._on_find(self._ask_near))
        self.name_place = button(text("history.place_name"), "link", "tag", hint=text("history.place_name_hint"))
        self.name_place.clicked.connect(lambda: self._on_find(self.place_wanted.emit))
        links = FlowLayout(spacing=SPACE)
        for link in (change, self.near, self.name_place):
            links.addWidget(link)
        card.column.addLayout(links)
        return card

    def show_find(self, find: Observation) -> None:
        """Show a find, or the same one as it is now; notes that are being written stay."""
        same = self.find is not None and self.find.id == find.id
        if not same:
            self.store_notes()
        typing = same and self._timer.isActive()
        self.find = find
        self.photos.show_find(find)
        self.banner.tell(alert_of(heard(find, self._guide), self._guide))
        self._correction.setText(correction_words(find, self._guide))
        self._correction.setVisible(bool(self._correction.text()))
        self._title.setText(short_verdict(find, self._guide))
        self._named.setText(named_words(find, self._guide))
        self._named.setVisible(find.verified is not None)
        said = find.identification.verdict.taxon if find.identification else None
        self.agree.setVisible(said is not None and find.verified != said)
        if said is not None:
            self.agree.setText(text("history.agree", name=name_of(said, self._guide).first))
        self.take_away.setVisible(find.verified is not None)
        self.split.setVisible(len(find.photos) > 1)
        self.hand.show_find(find, self._guide)
        self.answers.show_answer(find, self._guide)
        if not same:
            self.answers.show_earlier((), self._guide)
        if not typing and self.notes.toPlainText() != find.notes:
            self.notes.setPlainText(find.notes)
            self._timer.stop()
        if not self.tags.hasFocus() or not same:
            self.tags.setText(", ".join(find.tags))
        self.stars.setCurrentIndex(find.stars)
        self._show_facts(find)

    def _store_tags(self) -> None:
        tags = tuple(sorted({tag.strip() for tag in self.tags.text().split(",")} - {""}))
        if self.find is not None and tags != self.find.tags:
            self._mark(Change(tags=tags))

    def _mark(self, change: Change) -> None:
        if self.find is not None:
            self.marks_changed.emit(self.find.id, change)

    def show_earlier(self, answers: Sequence[Identification]) -> None:
        """Everything that was said of the find, the shown answer last."""
        self.answers.show_earlier(answers[:-1], self._guide)

    def use_guide(self, guide: Guide) -> None:
        """Join another guide from now on."""
        self._guide = guide
        self.answers.candidates.forget()
        if self.find is not None:
            self.show_find(self.find)

    def verify(self) -> None:
        """Agree with the model."""
        if self.find is not None and self.find.identification is not None and not self.agree.isHidden():
            self.verify_wanted.emit(self.find.id, self.find.identification.verdict.taxon)

    def use_chosen(self) -> None:
        """Enter: the find is called like the chosen candidate."""
        if self.find is not None and self.answers.chosen is not None:
            self.verify_wanted.emit(self.find.id, self.answers.chosen)

    def store_notes(self) -> None:
        """Have the notes stored when they are others."""
        self._timer.stop()
        if self.find is not None and self.notes.toPlainText() != self.find.notes:
            self.notes_changed.emit(self.find.id, self.notes.toPlainText())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes are stored when the keyboard leaves them."""
        if watched is self.notes and event.type() is QEvent.Type.FocusOut:
            self.store_notes()
        return super().eventFilter(watched, event)

    def _show_facts(self, find: Observation) -> None:
        clear(self._facts)
        when = when_words(find.observed_at) if find.observed_at else date_words(find)
        files = ", ".join(photo.path.name for photo in find.photos)
        for heading, words in (("when", when), ("where", place_words(find)), ("files", files)):
            line = row(spacing=TIGHT)
            head = label(text(f"history.{heading}"), "small", wrap=False)
            head.setFixedWidth(64)
            line.addWidget(head, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(selectable(label(words, "small")), 1)
            self._facts.addLayout(line)

        for link in (self.near, self.name_place):
            link.setVisible(find.latitude is not None and find.longitude is not None)

    def _ask_near(self, find: Observation) -> None:
        if find.latitude is not None and find.longitude is not None:
            self.near_wanted.emit(find.latitude, find.longitude)

    def _split(self) -> None:
        if self.find is not None:
            self.split_wanted.emit(self.find.id, [self.photos.place])
