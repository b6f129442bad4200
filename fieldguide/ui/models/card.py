"""One model in full: what it is, what its alarms hold, how it was measured, what it can name and cannot do."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.guide import Guide
from fieldguide.core.text import explain, percent, text
from fieldguide.storage.models import InstalledModel
from fieldguide.ui.kit.bar import ProbabilityBar
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row
from fieldguide.ui.models import facts
from fieldguide.ui.models.measured import Measure, measured_of
from fieldguide.ui.models.promise import PromiseCard

_WIDEST = 860
_CARD_HEIGHT = 460


class _CardText(QTextBrowser):
    """Markdown that somebody else wrote: text only, nothing is loaded and no link leads anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setFixedHeight(_CARD_HEIGHT)
        self.setAccessibleName(text("models.card"))

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing: a card may name files of this computer."""
        return None


class ModelView(ScrollColumn):
    """Shows one model.

    Signals:
        use_wanted, remove_wanted: InstalledModel.
    """

    use_wanted = Signal(InstalledModel)
    remove_wanted = Signal(InstalledModel)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=WIDE, spacing=SPACE)
        self._sheet = self.centred_sheet(_WIDEST)
        self._card: _CardText | None = None
        self._carded = False  # whether the card stands below the model that is shown

    def show_model(self, model: InstalledModel, guide: Guide, *, in_use: bool, note: str = "") -> None:
        """Show another model; `note` is a word about the device when it is in use."""
        clear(self._sheet)
        self._card, self._carded = None, False
        self._add_head(model, in_use=in_use, note=note)
        if model.manifest is None:
            assert model.problem is not None, "a model without a manifest says why"
            self._sheet.addWidget(label(explain(model.problem)))
            return
        manifest = model.manifest
        self._sheet.addWidget(label(text("models.about_words"), "muted"))
        self._sheet.addWidget(label(text("models.by_us" if model.starter else "models.by_maker")))
        for promise in facts.promises_of(manifest, guide):
            self._sheet.addWidget(PromiseCard(promise))
        self._add_silence(manifest)
        self._add_measures(manifest)
        self._add_labels(manifest, guide)
        self._add_limits(manifest, guide)
        self._add_identity(model, manifest)
        self.verticalScrollBar().setValue(0)

    def show_card(self, markdown: str) -> None:
        """The card that the model carries; empty: it has none. A second answer to the same question adds nothing."""
        if self._carded:
            return
        self._carded = True
        card = self._block(text("models.card"))
        if not markdown.strip():
            card.column.addWidget(label(text("models.no_card"), "muted"))
            return
        self._card = _CardText()
        self._card.document().setMarkdown(markdown)
        card.column.addWidget(self._card)

    def _add_head(self, model: InstalledModel, *, in_use: bool, note: str) -> None:
        head = QVBoxLayout()
        head.setSpacing(HAIR)
        manifest = model.manifest
        name = manifest.name if manifest else model.path.name
        line = row(spacing=CLOSE)
        line.addWidget(selectable(label(name, "display")), 1)
        if in_use:
            line.addWidget(label(text("models.in_use"), "overline", wrap=False), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addLayout(line)
        if manifest is not None:
            head.addWidget(label(text("models.version", version=manifest.version), "muted"))
        if note:
            head.addWidget(label(note, "small"))
        tools = row(spacing=CLOSE)
        if not in_use and manifest is not None:
            use = button(text("models.use"), "primary")
            use.clicked.connect(lambda: self.use_wanted.emit(model))
            tools.addWidget(use)
        if model.starter:
            tools.addWidget(label(text("models.starter"), "small", wrap=False))
        else:
            remove = button(text("models.remove"), "quiet", "trash")
            remove.clicked.connect(lambda: self.remove_wanted.emit(model))
            tools.addWidget(remove)
        tools.addStretch(1)
        head.addSpacing(TIGHT)
        head.addLayout(tools)
        self._sheet.addLayout(head)

    def _add_silence(self, manifest: Manifest) -> None:
        card = self._block(text("models.silence"))
        card.column.addWidget(label(text("danger.guarantee_limit")))
        for words in filter(None, (facts.coverage_words(manifest), facts.ground_words(manifest))):
            card.column.addWidget(label(words))

    def _add_measures(self, manifest: Manifest) -> None:
        found = measured_of(manifest)
        if not found:
            self._block(text("models.measured")).column.addWidget(label(text("models.not_measured"), "muted"))
        for measured in found:
            card = self._block(measured.heading)
            card.column.addWidget(label(measured.ground, "muted"))
            for measure in measured.measures:
                card.column.addLayout(_line_of(measure))
            if measured.passed:
                card.column.addWidget(label(measured.passed, "strong"))
            for words in measured.sources:
                card.column.addWidget(label(words, "small"))

    def _add_labels(self, manifest: Manifest, guide: Guide) -> None:
        card = self._block(text("models.labels", count=len(manifest.labels)))
        words = ", ".join(f"{count} {rank}" for rank, count in facts.ranks_of(manifest))
        card.column.addWidget(label(words))
        subjects = sum(count for _, count in facts.dangers_of(manifest, guide)) or 1
        for level, count in facts.dangers_of(manifest, guide):
            line = row(spacing=CLOSE)
            chip = QWidget()
            chip.setFixedWidth(150)
            chip.setLayout(row(DangerChip(level), None))
            line.addWidget(chip)
            line.addWidget(ProbabilityBar(count / subjects, emphasis=False), 1, Qt.AlignmentFlag.AlignVCenter)
            figure = label(str(count), "strong", wrap=False)
            figure.setMinimumWidth(40)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            line.addWidget(figure)
            card.column.addLayout(line)

    def _add_limits(self, manifest: Manifest, guide: Guide) -> None:
        card = self._block(text("models.limits"))
        missing = facts.unknown_deadly(manifest, guide)
        lines = [text("models.limit_deadly", count=missing)] if missing else []
        lines += [text(f"models.limit_{key}") for key in facts.LIMITS]
        for words in lines:
            line = row(spacing=TIGHT)
            line.addWidget(label("•", "strong", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(label(words), 1)
            card.column.addLayout(line)

    def _add_identity(self, model: InstalledModel, manifest: Manifest) -> None:
        card = self._block(text("models.identity"))
        untold = text("models.untold")
        spec = manifest.input
        for key, words in (
            ("licence", manifest.licence or untold),
            ("authors", ", ".join(manifest.authors) or untold),
            ("regions", ", ".join(manifest.regions) or untold),
            ("input", text("models.input_words", size=spec.size)),
            ("size", text("models.size_words", size=f"{model.size / 2**20:.1f}")),
            ("id", manifest.id),
            ("thresholds", facts.threshold_words(manifest)),
            ("file", str(model.path)),
        ):
            line = row(spacing=CLOSE)
            head = label(text(f"models.{key}"), "small", wrap=False)
            head.setFixedWidth(110)
            line.addWidget(head, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(selectable(label(words, "body")), 1)
            card.column.addLayout(line)

    def _block(self, heading: str) -> Card:
        card = Card(margin=SPACE + HAIR, spacing=TIGHT)
        card.column.addWidget(label(heading, "overline"))
        self._sheet.addWidget(card)
        return card


def _line_of(measure: Measure) -> QHBoxLayout:
    """What it means and how sure it is, a bar, the figure."""
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(label(measure.words))
    if measure.certainty:
        words.addWidget(label(measure.certainty, "small"))
    line = row(spacing=CLOSE)
    line.addLayout(words, 3)
    line.addWidget(ProbabilityBar(measure.share), 2, Qt.AlignmentFlag.AlignVCenter)
    figure = label(percent(measure.share), "strong", wrap=False)
    figure.setMinimumWidth(52)
    figure.setAlignment(Qt.AlignmentFlag.AlignRight)
    line.addWidget(figure)
    return line
