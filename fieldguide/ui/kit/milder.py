"""A name milder than what the machine warned of: asked about once, with the danger by name; the warning stays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from fieldguide.core.decision.parting import deadly_double
from fieldguide.core.decision.standing import is_milder, machine_danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.naming import name_of
from fieldguide.ui.kit.surfaces import row
from fieldguide.ui.kit.wording import alarm_words, alert_of, parting_words


def agree_to_name(find: Observation, taxon: Taxon, guide: Guide, parent: QWidget, act: Callable[[], None]) -> None:
    """`act`, which gives the find this name; a milder one is asked about first, unless the find has it already."""
    if taxon == find.verified or not is_milder(taxon, find.identification, guide):
        act()
        return
    dialog = MilderNameDialog(find, taxon, guide, parent.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(act)
    dialog.open()


class MilderNameDialog(QDialog):
    """Says what the machine warns of, and keeps both: the person's name and the warning."""

    def __init__(self, find: Observation, taxon: Taxon, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        level = machine_danger(find.identification, guide).shown
        title = text("identify.milder_title", alarm=alarm_words(level))
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addLayout(row(DangerChip(level), None))
        column.addWidget(label(title, "title"))
        name = name_of(taxon, guide).first
        carriers = ", ".join(f"{each.first} {each.share}".strip() for each in alert_of(find, guide).carriers)
        key = "identify.milder_words" if carriers else "identify.milder_words_plain"
        column.addWidget(label(text(key, danger=carriers, name=name)))
        double = deadly_double(taxon, guide)
        if double is not None:
            column.addWidget(label(parting_words(double, guide), "strong"))
        column.addWidget(label(text("identify.milder_stays")))
        back = button(text("identify.milder_back"), "primary")
        keep = button(text("identify.milder_keep", name=name), "plain", "tag")
        back.clicked.connect(self.reject)
        keep.clicked.connect(self.accept)
        back.setDefault(True)
        back.setFocus()
        column.addLayout(row(None, keep, back))
