"""Everything that the guide knows of one taxon, danger first, sources last."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLayout, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide, Syndrome, TaxonRecord
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands.wording import character_name, ground_words, states_words
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import language, text
from fieldguide.ui.guide.lookalikes import LookalikeTable, lookalikes_of, unlisted_of
from fieldguide.ui.guide.own_finds import OwnFinds
from fieldguide.ui.guide.season_bar import SeasonBar
from fieldguide.ui.guide.wording import (
    alert_of,
    features_of,
    members_of,
    reading_words,
    sources_of,
)
from fieldguide.ui.kit.banner import DangerBanner
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip, danger_word
from fieldguide.ui.kit.drawings import KindDrawing
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.naming import (
    language_of_guide,
    name_of_record,
    onset_of,
    organs_of,
    ranked_name,
    region_name,
    season_words,
    syndrome_name,
    syndrome_outcome,
    syndrome_signs,
)
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.kit.timeline import OnsetBar

_WIDEST = 860
_PORTRAIT = 196
_MOST_MEMBERS = 60


class TaxonView(ScrollColumn):
    """Shows one record.

    Signals:
        taxon_wanted: scientific name of another taxon to be shown.
        help_wanted: scientific name of the taxon that somebody has eaten.
        find_wanted: id of a stored find that was clicked.
    """

    taxon_wanted = Signal(str)
    help_wanted = Signal(str)
    find_wanted = Signal(int)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=WIDE, spacing=SPACE)
        self._record: TaxonRecord | None = None
        self._thumbnails = thumbnails
        self._own: OwnFinds | None = None
        self._sheet = self.centred_sheet(_WIDEST)

    @property
    def record(self) -> TaxonRecord | None:
        """What is shown."""
        return self._record

    @property
    def whole(self) -> bool:
        """Whether all of it is shown: the columns of the look-alikes come one by one."""
        return all(table.whole for table in self.findChildren(LookalikeTable))

    def show_record(self, record: TaxonRecord, guide: Guide) -> None:
        """Show another record."""
        self._record = record
        clear(self._sheet)
        self._add_head(record, guide)
        banner = DangerBanner()
        banner.tell(alert_of(record, guide))
        banner.help_wanted.connect(lambda: self.help_wanted.emit(record.taxon.name))
        self._sheet.addWidget(banner)
        if language_of_guide():
            self._sheet.addWidget(label(language_of_guide(), "small"))
        self._own = OwnFinds(self._thumbnails, SPACE + HAIR)
        self._own.find_wanted.connect(self.find_wanted)
        self._sheet.addWidget(self._own)
        syndrome = guide.syndromes.get(record.syndrome)
        if syndrome is not None:
            self._add_poisoning(record, syndrome, guide)
        self._add_description(record, guide)
        self._add_characters(record, guide)
        if lookalikes_of(record, guide) or record.lookalikes:
            self._add_lookalikes(record, guide)
        self._add_members(record, guide)
        self._add_sources(record, guide)
        self.verticalScrollBar().setValue(0)

    def show_own(self, finds: Sequence[Observation]) -> None:
        """The user's finds that are called as what is shown."""
        if self._own is not None:
            self._own.show_finds(finds)

    def _add_head(self, record: TaxonRecord, guide: Guide) -> None:
        name = name_of_record(record)
        head = QVBoxLayout()
        head.setSpacing(HAIR)
        picture = KindDrawing(record.taxon.name, guide, _PORTRAIT)
        self._sheet.addWidget(selectable(label(name.first, "display")))  # long words need the whole width
        if name.common:
            head.addWidget(selectable(label(ranked_name(record.taxon), "scientific")))
        family = record.taxon.family or ""
        if family and family != record.taxon.name:
            head.addWidget(label(text("guide.in_family", family=family), "small"))
        others = [f"{words} ({code})" for code, words in record.shown_names.items() if code != language()]
        if others:
            head.addWidget(selectable(label("  ·  ".join(others), "muted")))
        if record.synonyms:
            head.addWidget(selectable(label(text("guide.synonyms", names=", ".join(record.synonyms)), "small")))
        head.addStretch(1)
        top = row(spacing=SPACE)
        top.addLayout(head, 1)
        if not picture.empty:
            drawn = QVBoxLayout()
            drawn.setSpacing(HAIR)
            drawn.addWidget(picture)
            caption = label(text("hands.drawn"), "small")
            caption.setFixedWidth(_PORTRAIT)
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            drawn.addWidget(caption)
            drawn.addStretch(1)
            top.addLayout(drawn)
        self._sheet.addLayout(top)

    def _add_poisoning(self, record: TaxonRecord, syndrome: Syndrome, guide: Guide) -> None:
        card = self._card(text("guide.poisoning"))
        line = row(spacing=CLOSE)
        line.addWidget(selectable(label(syndrome_name(syndrome), "heading")), 1)
        line.addWidget(label(text("guide.severity", number=syndrome.severity), "small", wrap=False))
        card.column.addLayout(line)
        onset = onset_of(record, guide)
        if onset is not None:
            card.column.addWidget(OnsetBar(onset, record.danger))
        pairs = [
            (text("guide.symptoms"), syndrome_signs(syndrome)),
            (text("guide.organs"), organs_of(syndrome)),
            (text("guide.toxins"), ", ".join(record.toxins or syndrome.toxins)),
            (text("guide.outcome"), syndrome_outcome(syndrome)),
        ]
        _add_pairs(card.column, pairs)

    def _add_description(self, record: TaxonRecord, guide: Guide) -> None:
        features, note = features_of(record)
        card = self._card(text("guide.look_for"))
        card.column.addWidget(selectable(label(features or text("guide.untold"))))
        if note:
            card.column.addWidget(selectable(label(text("guide.note", note=note), "small")))
        regions = ", ".join(region_name(region) for region in record.regions)
        _add_pairs(card.column, [(text("guide.grows"), record.habitat), (text("guide.regions"), regions)])
        card.column.addWidget(_heading(text("guide.season_heading")))
        card.column.addWidget(SeasonBar(record, QDate.currentDate()))
        words = season_words(record.months)
        season = text("guide.season_north", season=words) if words else text("guide.season_untold")
        card.column.addWidget(label(season, "small"))

    def _add_characters(self, record: TaxonRecord, guide: Guide) -> None:
        """As a botanist would look: shape, underside, ring, foot, print; the caveat, how sure, and on what it rests."""
        characters = guide.characters_of(record.taxon.name)
        if characters is None and record.taxon.rank is Rank.FAMILY and guide.characters:
            return  # only genera and species have any
        card = self._card(text("guide.characters"))
        if characters is None:
            card.column.addWidget(label(text("characters.none_told"), "muted"))
            return
        card.column.addWidget(label(text("guide.characters_words"), "muted"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(HAIR)
        grid.setColumnStretch(1, 1)
        lines = [(character, states_words(characters, character)) for character in CHARACTERS]
        for place, (character, words) in enumerate((name, words) for name, words in lines if words):
            grid.addWidget(label(character_name(character), "muted", wrap=False), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(selectable(label(words)), place, 1)
        card.column.addLayout(grid)
        if characters.caveat:
            card.column.addWidget(selectable(label(text("guide.note", note=characters.caveat), "strong")))
        for words in ground_words(characters, record.taxon.name, guide):
            card.column.addWidget(label(words, "small"))

    def _add_lookalikes(self, record: TaxonRecord, guide: Guide) -> None:
        card = self._card(text("guide.lookalikes"))
        card.column.addWidget(label(text("guide.lookalikes_words"), "muted"))
        if lookalikes_of(record, guide):
            table = LookalikeTable(record, guide)
            table.wanted.connect(self.taxon_wanted)
            card.column.addWidget(table)
            card.column.addWidget(label(text("danger.lookalike_limit"), "small"))
        unlisted = unlisted_of(record, guide)
        if unlisted:
            words = text("guide.lookalikes_unlisted", names=", ".join(unlisted))
            card.column.addWidget(label(words, "small"))

    def _add_members(self, record: TaxonRecord, guide: Guide) -> None:
        members = members_of(record, guide)
        if not members:
            return
        card = self._card(text(f"guide.members_{record.taxon.rank.value}", count=len(members)))
        card.column.addWidget(label(text("guide.members_words"), "muted"))
        flow = FlowLayout()
        for member in members[:_MOST_MEMBERS]:
            name = name_of_record(member)
            opener = button(name.first, "plain", hint=member.taxon.name)
            opener.setAccessibleName(f"{name.first}, {danger_word(member.danger)}")
            opener.clicked.connect(lambda _checked, wanted=member.taxon.name: self.taxon_wanted.emit(wanted))
            pair = QWidget()
            pair.setLayout(row(opener, DangerChip(member.danger), spacing=HAIR))
            flow.addWidget(pair)
        card.column.addLayout(flow)
        if len(members) > _MOST_MEMBERS:
            card.column.addWidget(label(text("guide.members_more", count=len(members) - _MOST_MEMBERS), "small"))

    def _add_sources(self, record: TaxonRecord, guide: Guide) -> None:
        card = self._card(text("guide.sources"))
        plain = guide.rests_on_reading(record)
        card.column.addWidget(label(reading_words(record, guide), "body" if plain else "strong"))
        for source in sources_of(record, guide):
            line = row(spacing=CLOSE)
            mark = label(source.consulted, "overline", wrap=False)
            mark.setFixedWidth(150)
            line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(selectable(label(source.citation, "body" if source.was_read else "muted")), 1)
            card.column.addLayout(line)
        card.column.addWidget(label(text("guide.version", version=guide.version), "small"))

    def _card(self, heading: str) -> Card:
        card = Card(margin=SPACE + HAIR, spacing=TIGHT)
        card.column.addWidget(label(heading, "overline"))
        self._sheet.addWidget(card)
        return card


def _heading(words: str) -> QWidget:
    made = label(words, "overline")
    made.setContentsMargins(0, TIGHT, 0, 0)
    return made


def _add_pairs(column: QLayout, pairs: list[tuple[str, str]]) -> None:
    for heading, words in pairs:
        if words:
            column.addWidget(_heading(heading))
            column.addWidget(selectable(label(words)))
