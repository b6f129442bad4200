"""The sheet on the screen: the numbers first and large, then what to do, then what may be coming."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide, PoisonCentre
from fieldguide.core.text import explain, percent, text
from fieldguide.ui.kit.banner import Alert, DangerBanner
from fieldguide.ui.kit.buttons import button, icon_button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.naming import (
    country_name,
    language_of_guide,
    name_of,
    onset_words,
    ranked_name,
    spoken_language,
    syndrome_name,
    syndrome_outcome,
    syndrome_signs,
)
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row
from fieldguide.ui.kit.timeline import OnsetBar
from fieldguide.ui.poison.case import WIDELY, Case, Course, countries, help_in, hours_words, phone_words, verified_words
from fieldguide.ui.poison.document import DO, DONT, print_sheet, write_pdf

_NUMBERS = 340


class PoisonSheet(QDialog):
    """Shows one case.

    Signals:
        country_chosen: code that somebody picked, to be remembered.
        written: Path of the PDF.
    """

    country_chosen = Signal(str)
    written = Signal(Path)

    def __init__(
        self, case: Case, guide: Guide, country: str, *, guessed: bool = False, parent: QWidget | None = None
    ) -> None:
        """`country`: ISO 3166-1 alpha-2 code, empty when not known; `guessed`: it comes from this computer."""
        super().__init__(parent)
        self._case, self._guide, self._guessed = case, guide, guessed and bool(country)
        self._photos: list[QImage] = []
        self.setWindowTitle(text("poison.title"))
        self.resize(980, 760)
        self.country = QComboBox()
        self.country.setAccessibleName(text("poison.country"))
        self.country.addItem(text("poison.country_choose"), "")
        for code in sorted(countries(guide), key=country_name):
            self.country.addItem(country_name(code), code)
        self.country.setCurrentIndex(max(0, self.country.findData(country)))
        self._hint = label(text("poison.country_guessed"), "small")
        self._numbers = QVBoxLayout()
        self._numbers.setSpacing(CLOSE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(self._body(), 1)
        column.addLayout(self._foot())
        self.country.currentIndexChanged.connect(self._choose_country)
        self._show_numbers()

    def add_photos(self, photos: Sequence[QImage]) -> None:
        """Pictures of the find for the printed sheet; they may come later than the sheet."""
        self._photos = [photo for photo in photos if not photo.isNull()]

    @property
    def chosen_country(self) -> str:
        """Code of the country whose numbers are shown; may be empty."""
        return str(self.country.currentData())

    def write(self, path: Path) -> int:
        """Write the PDF; returns its number of pages.

        Raises:
            FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
        """
        help_ = help_in(self.chosen_country, self._guide)
        pages = write_pdf(path, self._case, help_, self._guide, self._photos, datetime.now())
        self.written.emit(path)
        return pages

    def _body(self) -> ScrollColumn:
        body = ScrollColumn(margin=WIDE, spacing=SPACE)
        banner = DangerBanner()
        banner.tell(Alert(Danger.DEADLY, text("poison.title"), "", text("poison.subtitle")))
        body.column.addWidget(banner)
        line = QHBoxLayout()
        line.setSpacing(SPACE)
        line.addWidget(self._numbers_card(), 0, Qt.AlignmentFlag.AlignTop)
        advice = QVBoxLayout()
        advice.setSpacing(SPACE)
        advice.addWidget(_advice("do", DO))
        advice.addWidget(_advice("dont", DONT))
        if self._case.courses:
            advice.addWidget(self._courses_card())
        advice.addWidget(self._suspects_card())
        advice.addStretch(1)
        line.addLayout(advice, 1)
        body.column.addLayout(line)
        body.column.addStretch(1)
        return body

    def _foot(self) -> QHBoxLayout:
        save = button(text("poison.print"), "primary", "print")
        paper = button(text("poison.print_paper"), "plain", "print")
        paper.clicked.connect(self._print)
        close = button(text("poison.close"))
        save.clicked.connect(self._save)
        close.clicked.connect(self.accept)
        self._told = label("", "muted")
        foot = row(spacing=CLOSE)
        foot.setContentsMargins(WIDE, 0, WIDE, 0)
        foot.addWidget(save)
        foot.addWidget(paper)
        foot.addWidget(self._told, 1)
        foot.addWidget(label(text("poison.guide", version=self._case.guide_version), "small", wrap=False))
        foot.addWidget(close)
        return foot

    def _numbers_card(self) -> Card:
        card = Card(margin=SPACE + HAIR)
        card.setFixedWidth(_NUMBERS)
        card.column.addWidget(self.country)
        card.column.addWidget(self._hint)
        card.column.addLayout(self._numbers)
        return card

    def _choose_country(self) -> None:
        self._guessed = False
        self._show_numbers()
        if self.chosen_country:
            self.country_chosen.emit(self.chosen_country)

    def _show_numbers(self) -> None:
        clear(self._numbers)
        help_ = help_in(self.chosen_country, self._guide)
        self._hint.setVisible(self._guessed)
        number = help_.number
        words = [text("poison.emergency_words")]
        if number is None:
            words.append(text("poison.emergency_unknown" if help_.country else "poison.emergency_anywhere"))
        self._add_number(text("poison.emergency"), phone_words(number.phone) if number else WIDELY, words)
        if not help_.centres:
            self._numbers.addWidget(label(text("poison.centre_none" if help_.country else "poison.centre_choose")))
        for centre in help_.centres:
            self._add_number(centre.name, phone_words(centre.phone), _centre_words(centre))
        if number is not None:
            ground = "emergency_read" if number.was_read else "emergency_recalled"
            self._numbers.addWidget(label(f"{phone_words(number.phone)}: {text(f'poison.{ground}')}", "small"))

    def _add_number(self, name: str, phone: str, words: Sequence[str]) -> None:
        block = QVBoxLayout()
        block.setSpacing(HAIR)
        block.addWidget(label(name, "strong"))
        line = row(spacing=TIGHT)
        line.addWidget(selectable(label(phone, "title")), 1)
        copy = icon_button(f"{text('poison.call_hint')}: {name}", "paste")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(phone))
        line.addWidget(copy)
        block.addLayout(line)
        for each in words:
            block.addWidget(label(each, "small"))
        self._numbers.addLayout(block)

    def _courses_card(self) -> Card:
        card = Card(margin=SPACE + HAIR)
        card.column.addWidget(label(text("poison.courses"), "overline"))
        if language_of_guide():
            card.column.addWidget(label(language_of_guide(), "small"))
        for course in self._case.courses:
            card.column.addLayout(self._course(course))
        if self._case.milder:
            card.column.addWidget(label(text("poison.courses_rest", count=self._case.milder), "small"))
        return card

    def _course(self, course: Course) -> QVBoxLayout:
        syndrome = course.syndrome
        block = QVBoxLayout()
        block.setSpacing(HAIR)
        block.setContentsMargins(0, TIGHT, 0, TIGHT)
        onset = onset_words(course.onset_hours)
        block.addWidget(selectable(label(syndrome_name(syndrome), "heading")))
        block.addWidget(label(text("poison.course_signs", onset=onset), "strong"))
        block.addWidget(
            OnsetBar(course.onset_hours, max((s.danger for s in course.suspects), key=lambda d: d.severity))
        )
        block.addWidget(selectable(label(syndrome_signs(syndrome))))
        block.addWidget(label(text("poison.course_late" if course.late else "poison.course_soon"), "strong"))
        if syndrome.mortality_note:
            block.addWidget(selectable(label(syndrome_outcome(syndrome), "muted")))
        names = ", ".join(dict.fromkeys(name_of(suspect.taxon, self._guide).first for suspect in course.suspects))
        block.addWidget(label(text("poison.course_by", names=names), "small"))
        return block

    def _suspects_card(self) -> Card:
        card = Card(margin=SPACE + HAIR, spacing=TIGHT)
        card.column.addWidget(label(text("poison.suspects"), "overline"))
        if not self._case.suspects:
            card.column.addWidget(label(text("poison.suspects_none")))
        else:
            key = "poison.suspects_words" if self._case.find is not None else "poison.suspects_guide"
            card.column.addWidget(label(text(key), "muted"))
        for suspect in self._case.listed:
            name = name_of(suspect.taxon, self._guide)
            line = row(spacing=CLOSE)
            names = QVBoxLayout()
            names.setSpacing(0)
            names.addWidget(selectable(label(name.first, "strong")))
            if name.common:
                names.addWidget(selectable(label(ranked_name(suspect.taxon), "scientific")))
            line.addLayout(names, 1)
            line.addWidget(DangerChip(suspect.danger))
            chance = text("poison.not_from_photo") if suspect.probability is None else percent(suspect.probability)
            line.addWidget(label(chance, "muted", wrap=False))
            card.column.addLayout(line)
        return card

    def _print(self) -> None:
        """On paper, by the printer that somebody chooses."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            help_ = help_in(self.chosen_country, self._guide)
            print_sheet(printer, self._case, help_, self._guide, self._photos, datetime.now())

    def _save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, text("poison.print_title"), "fieldguide.pdf", "*.pdf")
        if chosen:
            try:
                self.write(Path(chosen))
                self._told.setText(text("poison.printed", path=chosen))
            except FieldGuideError as refused:  # shown here: the notices lie behind the sheet
                self._told.setText(explain(refused))


def _advice(kind: str, keys: Sequence[str]) -> Card:
    card = Card(margin=SPACE + HAIR, spacing=TIGHT)
    card.column.addWidget(label(text(f"poison.{kind}"), "overline"))
    for key in keys:
        line = row(spacing=TIGHT)
        line.addWidget(label("•", "strong", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(text(f"poison.{kind}_{key}"), "strong" if key in ("call", "wait") else "body"), 1)
        card.column.addLayout(line)
    return card


def _centre_words(centre: PoisonCentre) -> list[str]:
    spoken = (spoken_language(code) for code in centre.languages)
    return [f"{hours_words(centre)}  ·  {', '.join(spoken)}", verified_words(centre)]
