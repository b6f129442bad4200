"""The page Settings. Every change leaves at once as one signal; who keeps it and what follows is not its business."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QWidget,
)

from fieldguide.core.text import languages, text
from fieldguide.storage.export import ExportKind
from fieldguide.storage.locations import Locations
from fieldguide.storage.settings import DEVICES, THEMES, Settings
from fieldguide.ui.kit.buttons import Segments, button
from fieldguide.ui.kit.care import Care
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.naming import REGIONS, country_name, region_name
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, row
from fieldguide.ui.settings.about import AboutCard

_WIDEST = 760


class SettingsPage(ScrollColumn):
    """The page.

    Signals:
        changed: name of a field of `Settings` and its new value.
        export_wanted: ExportKind and Path. backup_wanted: Path of the copy to write.
        library_wanted: folder of a library, or for one.
        restore_wanted: Path of a copy to bring back. moved_wanted: photos that were moved shall be found.
        help_wanted: somebody asks for the poison sheet from here.
        remove_trainer_wanted: the trainer's libraries shall give their room back.
    """

    changed = Signal(str, object)
    export_wanted = Signal(object, Path)
    restore_wanted = Signal(Path)
    library_wanted = Signal(Path)
    moved_wanted = Signal()
    backup_wanted = Signal(Path)
    help_wanted = Signal()
    remove_trainer_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        locations: Locations,
        countries: Sequence[str],
        versions: Sequence[tuple[str, str]],
        care: Care | None = None,
    ) -> None:
        """`countries`: ISO codes with a number to call. `versions`: what is installed, as pairs for "About"."""
        super().__init__(margin=WIDE, spacing=SPACE)
        self._locations = locations
        self._sheet = self.centred_sheet(_WIDEST)
        self._sheet.addWidget(label(text("settings.title"), "display"))
        self._add_looks(settings)
        self._add_place(settings, countries)
        self._add_computing(settings)
        self._add_data(settings)
        self._add_trainer()
        self.about = AboutCard(versions, care)
        self.about.help_wanted.connect(self.help_wanted)
        self._sheet.addWidget(self.about)

    def show_settings(self, settings: Settings) -> None:
        """Show other settings, without a signal."""
        blocked = [(widget, widget.blockSignals(True)) for widget in (self.country, self.region, self.seasons)]
        self.theme.choose(settings.theme)
        self.country.setCurrentIndex(max(0, self.country.findData(settings.country)))
        self.region.setCurrentIndex(max(0, self.region.findData(settings.region)))
        self.seasons.setChecked(settings.use_place_and_season)
        for widget, before in blocked:
            widget.blockSignals(before)

    def show_device(self, words: str) -> None:
        """What the model runs on now, in a sentence."""
        self._device_words.setText(words)

    def show_trainer(self, size: int) -> None:
        """How much room the trainer's libraries take that were set up here, bytes; 0: none were."""
        self.trainer.setVisible(size > 0)
        self._trainer_words.setText(text("settings.trainer_words", gb=f"{size / 1e9:.1f}"))
        self._trainer_remove.setEnabled(True)

    def _add_trainer(self) -> None:
        self.trainer = self._card("trainer")
        self._trainer_words = label("", "muted")
        self._trainer_remove = button(text("settings.trainer_remove"), "plain")
        self._trainer_remove.clicked.connect(self._remove_trainer)
        self.trainer.column.addWidget(self._trainer_words)
        self.trainer.column.addLayout(row(self._trainer_remove, None))
        self.show_trainer(0)

    def _remove_trainer(self) -> None:
        """Thousands of files take a while: `show_trainer` tells when they are gone."""
        self._trainer_words.setText(text("settings.trainer_removing"))
        self._trainer_remove.setEnabled(False)
        self.remove_trainer_wanted.emit()

    def _add_looks(self, settings: Settings) -> None:
        card = self._card("looks")
        self.theme = Segments([(theme, text(f"settings.theme_{theme}")) for theme in THEMES])
        self.theme.choose(settings.theme)
        self.theme.chosen.connect(lambda theme: self.changed.emit("theme", theme))
        self._add(card, "theme", self.theme)
        self.language = _choice([("", text("settings.language_system")), *((c, _language(c)) for c in languages())])
        self.language.setCurrentIndex(max(0, self.language.findData(settings.language)))
        self.language.currentIndexChanged.connect(lambda: self.changed.emit("language", self.language.currentData()))
        self._add(card, "language", self.language, "language_words")

    def _add_place(self, settings: Settings, countries: Sequence[str]) -> None:
        card = self._card("place")
        known = sorted(((code, country_name(code)) for code in countries), key=lambda pair: pair[1])
        self.country = _choice([("", text("settings.country_none")), *known])
        self.country.setCurrentIndex(max(0, self.country.findData(settings.country)))
        self.country.currentIndexChanged.connect(lambda: self.changed.emit("country", self.country.currentData()))
        self._add(card, "country", self.country, "country_words")
        self.region = _choice([("", text("settings.region_none")), *((each, region_name(each)) for each in REGIONS)])
        self.region.setCurrentIndex(max(0, self.region.findData(settings.region)))
        self.region.currentIndexChanged.connect(lambda: self.changed.emit("region", self.region.currentData()))
        self._add(card, "region", self.region, "region_words")
        self.seasons = QCheckBox(text("settings.seasons"))
        self.seasons.setChecked(settings.use_place_and_season)
        self.seasons.toggled.connect(lambda on: self.changed.emit("use_place_and_season", on))
        card.column.addWidget(self.seasons)
        card.column.addWidget(label(text("settings.seasons_words"), "small"))

    def _add_computing(self, settings: Settings) -> None:
        card = self._card("computing")
        self.device = Segments([(device, text(f"settings.device_{device}")) for device in DEVICES])
        self.device.choose(settings.device)
        self.device.chosen.connect(lambda device: self.changed.emit("device", device))
        self._add(card, "device", self.device)
        self._device_words = label("", "small")
        card.column.addWidget(self._device_words)
        counts = [(str(count), str(count)) for count in range(1, (os.cpu_count() or 1) + 1)]
        self.threads = _choice([("", text("settings.threads_auto")), *counts])
        self.threads.setCurrentIndex(max(0, self.threads.findData(str(settings.threads or ""))))
        self.threads.currentIndexChanged.connect(self._tell_threads)
        self._add(card, "threads", self.threads, "threads_words")

    def _add_data(self, settings: Settings) -> None:
        card = self._card("data")
        card.column.addWidget(label(text("settings.data_words"), "muted"))
        for key, path in (("finds", self._locations.library), ("models", self._locations.models)):
            line = row(spacing=CLOSE)
            line.addWidget(label(text(f"settings.data_{key}"), "strong", wrap=False))
            line.addWidget(selectable(label(str(path), "muted")), 1)
            opener = button(text("settings.open_folder"), "quiet", "folder")
            opener.setAccessibleName(f"{text('settings.open_folder')}: {text(f'settings.data_{key}')}")
            opener.clicked.connect(lambda _c=False, p=path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(p))))
            line.addWidget(opener)
            if key == "finds":
                other = button(text("settings.library_other"), "quiet", "folder")
                other.clicked.connect(self._choose_library)
                line.addWidget(other)
            card.column.addLayout(line)
        self.recorder = QLineEdit(settings.recorded_by)
        self.recorder.setMaxLength(64)
        self.recorder.editingFinished.connect(lambda: self.changed.emit("recorded_by", self.recorder.text().strip()))
        self._add(card, "recorded_by", self.recorder)
        self.copies = QCheckBox(text("settings.copy_photos"))
        self.copies.setChecked(settings.copy_photos)
        self.copies.toggled.connect(lambda on: self.changed.emit("copy_photos", on))
        find = button(text("settings.find_again"), "plain", "folder")
        find.clicked.connect(self.moved_wanted)
        card.column.addLayout(row(self.copies, None, find))
        card.column.addWidget(label(text("settings.copy_photos_words"), "small"))
        every = [(str(days), text("settings.backup_every", days=days)) for days in (1, 2, 7, 30)]
        self.backup_days = _choice([("0", text("settings.backup_never")), *every])
        self.backup_days.setCurrentIndex(max(0, self.backup_days.findData(str(settings.backup_days))))
        self.backup_days.currentIndexChanged.connect(
            lambda: self.changed.emit("backup_days", int(self.backup_days.currentData()))
        )
        self._add(card, "backup_days", self.backup_days)
        backup = button(text("settings.backup"), "plain", "history")
        table = button(text("settings.export"), "plain", "export")
        backup.clicked.connect(self._choose_backup)
        table.clicked.connect(self._choose_export)
        restore = button(text("settings.restore"), "plain", "history")
        restore.clicked.connect(self._choose_restore)
        card.column.addLayout(row(backup, restore, table, None))
        card.column.addWidget(label(text("settings.backup_words"), "small"))

    def _card(self, name: str) -> Card:
        card = Card(margin=SPACE + HAIR, spacing=TIGHT + 2)
        card.column.addWidget(label(text(f"settings.{name}_title"), "heading"))
        self._sheet.addWidget(card)
        return card

    @staticmethod
    def _add(card: Card, name: str, field: QWidget, words: str = "") -> None:
        line = row(spacing=CLOSE)
        line.addWidget(label(text(f"settings.{name}")), 1)
        line.addWidget(field)
        field.setAccessibleName(text(f"settings.{name}"))
        if not isinstance(field, Segments):
            field.setMinimumWidth(240)
        card.column.addLayout(line)
        if words:
            card.column.addWidget(label(text(f"settings.{words}"), "small"))

    def _tell_threads(self) -> None:
        chosen = self.threads.currentData()
        self.changed.emit("threads", int(chosen) if chosen else None)

    def _choose_library(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, text("settings.library_title"), str(self._locations.library))
        if chosen:
            self.library_wanted.emit(Path(chosen))

    def _choose_backup(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, text("settings.backup"), "fieldguide-backup.db", "*.db")
        if chosen:
            self.backup_wanted.emit(Path(chosen))

    def _choose_restore(self) -> None:
        folder = str(self._locations.backups)
        chosen, _ = QFileDialog.getOpenFileName(self, text("settings.restore"), folder, "*.db")
        if chosen:
            self.restore_wanted.emit(Path(chosen))

    def _choose_export(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, text("settings.export"), "fieldguide.csv", "*.csv")
        if chosen:
            self.export_wanted.emit(ExportKind.CSV, Path(chosen))


def _choice(pairs: Sequence[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    for key, words in pairs:
        made.addItem(words, key)
    return made


def _language(code: str) -> str:
    name = QLocale(code).nativeLanguageName()
    return name[:1].upper() + name[1:] if name else code
