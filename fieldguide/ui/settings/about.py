"""About: what this is and is not, what it was made from, and under which licences."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from fieldguide.core.resources import resource
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.care import Care, CareRow
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.surfaces import Card, row

WARNINGS = ("guess", "tests", "measured", "eaten")


class AboutCard(Card):
    """`help_wanted`: somebody asks for the poison sheet."""

    help_wanted = Signal()

    def __init__(self, versions: Sequence[tuple[str, str]], care: Care | None = None) -> None:
        super().__init__(margin=SPACE + HAIR, spacing=TIGHT)
        self.column.addWidget(label(text("settings.about_title"), "heading"))
        for key in WARNINGS:
            line = row(spacing=TIGHT)
            line.addWidget(label("•", "strong", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(selectable(label(text(f"settings.about_{key}"))), 1)
            self.column.addLayout(line)
        for name, version in versions:
            line = row(spacing=CLOSE)
            head = label(name, "small", wrap=False)
            head.setFixedWidth(110)
            line.addWidget(head)
            line.addWidget(selectable(label(version, "muted")), 1)
            self.column.addLayout(line)
        help_ = button(text("settings.eaten"), "plain", "phone")
        help_.clicked.connect(self.help_wanted)
        licences = button(text("settings.licences"), "quiet", "info")
        licences.clicked.connect(self._show_licences)
        self.column.addLayout(row(help_, licences, None))
        if care is not None:
            self.column.addWidget(CareRow(care))

    def _show_licences(self) -> None:
        dialog = LicencesDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


class LicencesDialog(QDialog):
    """The licences of what FieldGuide is made from, as they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("settings.licences"))
        self.resize(760, 600)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("settings.licences"), "title"))
        files = sorted(resource("licences").glob("*"), key=lambda file: file.suffix != ".md")
        box = QPlainTextEdit("\n\n\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file()))
        box.setReadOnly(True)
        box.setAccessibleName(text("settings.licences"))
        column.addWidget(box, 1)
        close = button(text("ui.close"))
        close.clicked.connect(self.accept)
        column.addLayout(row(None, close))
