"""The page Models: the shelf on the left, one model on the right. Takes model files that are dropped on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fieldguide.core.bundle import BUNDLE_SUFFIX
from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.storage.models import InstalledModel
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.icons import icon
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE
from fieldguide.ui.models.card import ModelView

_WIDTH = 300


class ModelsPage(QWidget):
    """The page. Models are kept and loaded by somebody else.

    Signals:
        models_wanted: the shelf should be read; answer with `take_models`.
        install_wanted: Path of a model file. use_wanted, remove_wanted, card_wanted: InstalledModel; answer the last
            with `take_card`.
    """

    models_wanted = Signal()
    install_wanted = Signal(Path)
    use_wanted = Signal(InstalledModel)
    remove_wanted = Signal(InstalledModel)
    card_wanted = Signal(InstalledModel)

    def __init__(self, guide: Guide) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._guide = guide
        self._models: list[InstalledModel] = []
        self._in_use: Path | None = None
        self._note = ""
        self._shown: InstalledModel | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(text("models.shelf"))
        self.list.setSpacing(2)
        self.list.setWordWrap(True)
        self.list.currentRowChanged.connect(self._choose)
        self.view = ModelView()
        self.view.use_wanted.connect(self.use_wanted)
        self.view.remove_wanted.connect(self.remove_wanted)
        bring = button(text("models.bring"), "plain", "plus")
        bring.clicked.connect(self._choose_file)
        left = QFrame()
        left.setProperty("look", "panel")
        left.setFixedWidth(_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(CLOSE, SPACE, CLOSE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("models.shelf"), "title"))
        column.addWidget(label(text("models.shelf_words"), "small"))
        column.addWidget(self.list, 1)
        column.addWidget(bring)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(left)
        line.addWidget(self.view, 1)

    @property
    def shown(self) -> InstalledModel | None:
        """The model on the right."""
        return self._shown

    def use_guide(self, guide: Guide) -> None:
        """Count labels by another guide's dangers from now on."""
        self._guide = guide
        self._show()

    def show_in_use(self, path: Path, note: str = "") -> None:
        """Which file answers now, and a word about the device it runs on."""
        self._in_use, self._note = path, note
        self.take_models(self._models)

    def take_models(self, models: Sequence[InstalledModel]) -> None:
        """The models on the shelf. What was shown stays shown, when it is still there."""
        self._models = list(models)
        before = self._shown.path if self._shown else self._in_use
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for model in self._models:
            self.list.addItem(self._item(model))
        self.list.blockSignals(blocked)
        rows = [row for row, model in enumerate(self._models) if model.path == before]
        self.list.setCurrentRow(rows[0] if rows else (0 if self._models else -1))
        self._choose(self.list.currentRow())

    def take_installed(self, model: InstalledModel) -> None:
        """A model was brought: show it."""
        self._shown = model
        self.models_wanted.emit()

    def take_card(self, model: InstalledModel, markdown: str) -> None:
        """The card of the model, when it is still in front."""
        if self._shown == model and model.manifest is not None:
            self.view.show_card(markdown)

    def _item(self, model: InstalledModel) -> QListWidgetItem:
        name = model.manifest.name if model.manifest else model.path.name
        if model.manifest is None:
            second = text("models.broken")
        else:
            second = text("models.version", version=model.manifest.version)
        if model.path == self._in_use:
            second = f"{second}  ·  {text('models.in_use')}"
        item = QListWidgetItem(icon("models" if model.manifest else "warning", "muted"), f"{name}\n{second}")
        item.setSizeHint(QSize(0, 56))
        return item

    def _choose(self, row: int) -> None:
        self._shown = self._models[row] if 0 <= row < len(self._models) else None
        self._show()

    def _show(self) -> None:
        if self._shown is None:
            return
        in_use = self._shown.path == self._in_use
        self.view.show_model(self._shown, self._guide, in_use=in_use, note=self._note if in_use else "")
        if self._shown.manifest is not None:
            self.card_wanted.emit(self._shown)

    def _choose_file(self) -> None:
        kinds = text("models.kinds", suffix=f"*{BUNDLE_SUFFIX}")
        chosen, _ = QFileDialog.getOpenFileName(self, text("models.bring"), "", kinds)
        if chosen:
            self.install_wanted.emit(Path(chosen))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome model files; photos go on to the window."""
        event.setAccepted(bool(_bundles(event)))

    def dropEvent(self, event: QDropEvent) -> None:
        """Take model files."""
        for path in _bundles(event):
            self.install_wanted.emit(path)
        event.acceptProposedAction()

    def keyPressEvent(self, event: object) -> None:
        """Delete takes the chosen model off the shelf."""
        if event.key() == Qt.Key.Key_Delete and self._shown is not None and not self._shown.starter:
            self.remove_wanted.emit(self._shown)
            return
        super().keyPressEvent(event)


def _bundles(event: QDragEnterEvent | QDropEvent) -> list[Path]:
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() == BUNDLE_SUFFIX]
