"""Asks who made a model and under which terms others may use it, before it is written for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row

LICENCES = ("CC BY 4.0", "CC BY-SA 4.0", "CC BY-NC 4.0", "CC0 1.0")
FIELDS = ("name", "version", "authors", "licence", "contact")


@dataclass(frozen=True, slots=True)
class Credits:
    """What was answered; `authors` one by one."""

    name: str
    version: str
    authors: tuple[str, ...]
    licence: str
    contact: str


class SaveDialog(QDialog):
    """The dialog. Signal `saved`: Path of the file to write, and Credits. Name, version, authors and licence are asked
    for; it does not end without them."""

    saved = Signal(Path, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = text("training.save").rstrip(" .")
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(HAIR)
        column.addWidget(label(title, "title"))
        column.addWidget(label(text("training.save_words"), "muted"))
        self.licence = QComboBox()
        self.licence.setEditable(True)
        self.licence.addItems(LICENCES)
        self.licence.setCurrentText("")
        self.fields = {name: QLineEdit() for name in FIELDS if name != "licence"}
        self.fields["version"].setText("1")
        for name in FIELDS:
            field = self.fields.get(name, self.licence)
            field.setAccessibleName(text(f"training.save_{name}"))
            column.addSpacing(CLOSE)
            column.addWidget(label(text(f"training.save_{name}"), "strong"))
            column.addWidget(field)
        self.problem = label("", "small")
        keep, cancel = button(text("training.save_keep"), "primary"), button(text("training.cancel"))
        keep.clicked.connect(self._ask_where)
        cancel.clicked.connect(self.reject)
        column.addWidget(self.problem)
        column.addSpacing(CLOSE)
        column.addLayout(row(None, cancel, keep))

    @property
    def credits(self) -> Credits:
        """As it stands in the fields."""
        given = {name: field.text().strip() for name, field in self.fields.items()}
        authors = tuple(filter(None, (author.strip() for author in given["authors"].split(";"))))
        return Credits(given["name"], given["version"], authors, self.licence.currentText().strip(), given["contact"])

    def _ask_where(self) -> None:
        given = self.credits
        missing = [name for name in FIELDS if name != "contact" and not getattr(given, name)]
        self.problem.setText(text("training.save_missing") if missing else "")
        if missing:
            self.fields.get(missing[0], self.licence).setFocus()
            return
        usual = f"{'-'.join(given.name.lower().split())}-{given.version}.fieldguide".replace("/", "-")
        chosen, _ = QFileDialog.getSaveFileName(self, text("training.save"), usual, "*.fieldguide")
        if chosen:
            file = Path(chosen)
            self.saved.emit(file if file.suffix == ".fieldguide" else file.with_name(f"{file.name}.fieldguide"), given)
            self.accept()
