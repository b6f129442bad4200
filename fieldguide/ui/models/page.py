"""The page Models: the shelf on the left, one model on the right. Takes model files that are dropped on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fieldguide.core.bundle import BUNDLE_SUFFIX
from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.services.dropped import dropped_paths
from fieldguide.storage.models import InstalledModel
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, ICON, SPACE, TIGHT
from fieldguide.ui.kit.painting import paint_ground, paint_line, styled
from fieldguide.ui.models.card import ModelView

_WIDTH = 300


SecondRole = Qt.ItemDataRole.UserRole + 1
IconRole = Qt.ItemDataRole.UserRole + 2


class ModelLine(QStyledItemDelegate):
    """A model in the list: its name, its version and whether it answers now."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines of text."""
        return QSize(200, round(2 * QFontMetricsF(option.font).height() + 3 * TIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint it."""
        colours = colours_now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(option.rect).adjusted(1, 1, -1, -1)
        paint_ground(painter, ground, option, colours)
        sign = QRectF(ground.left() + CLOSE, ground.center().y() - ICON / 2, ICON, ICON)
        paint_icon(painter, sign, str(index.data(IconRole)), colours.muted)
        line = QFontMetricsF(option.font).height()
        words = QRectF(
            sign.right() + CLOSE, ground.center().y() - line - 1, ground.right() - sign.right() - 20, line + 2
        )
        paint_line(painter, words, str(index.data()), styled(option.font, bold=True), colours.text)
        second = words.translated(0, line + 2)
        paint_line(painter, second, str(index.data(SecondRole)), styled(option.font, factor=0.93), colours.muted)
        painter.restore()


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
        self._awaited: Path | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(text("models.shelf"))
        self.list.setItemDelegate(ModelLine(self.list))
        self.list.setMouseTracking(True)
        self.list.currentRowChanged.connect(self._choose)
        self.view = ModelView()
        self.view.use_wanted.connect(self.use_wanted)
        self.view.remove_wanted.connect(self.remove_wanted)
        bring = button(text("models.bring"), "plain", "plus")
        bring.clicked.connect(self._choose_file)
        self.trying = label("", "small")
        self.trying.hide()
        left = QFrame()
        left.setProperty("look", "panel")
        left.setFixedWidth(_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(CLOSE, SPACE, CLOSE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("models.shelf"), "title"))
        column.addWidget(label(text("models.shelf_words"), "small"))
        column.addWidget(self.list, 1)
        column.addWidget(self.trying)
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
        if any(model.path == self._awaited for model in self._models):
            before, self._awaited = self._awaited, None
        else:
            before = self._shown.path if self._shown else self._in_use
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for model in self._models:
            self.list.addItem(self._item(model))
        rows = [row for row, model in enumerate(self._models) if model.path == before]
        self.list.setCurrentRow(rows[0] if rows else (0 if self._models else -1))
        self.list.blockSignals(blocked)
        self._choose(self.list.currentRow())

    def show_trying(self, file: str) -> None:
        """Say that the model file with this name is being tried out; an empty name: that nothing is."""
        self.trying.setText(text("models.trying", file=file) if file else "")
        self.trying.setVisible(bool(file))

    def take_installed(self, model: InstalledModel) -> None:
        """A model was brought: show it, as soon as a list holds it; one that was asked for before may not."""
        self._awaited = model.path
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
        item = QListWidgetItem(name)
        item.setData(SecondRole, second)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {second}")
        item.setData(IconRole, "models" if model.manifest else "warning")
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the chosen model off the shelf."""
        if event.key() == Qt.Key.Key_Delete and self._shown is not None and not self._shown.starter:
            self.remove_wanted.emit(self._shown)
            return
        super().keyPressEvent(event)


def _bundles(event: QDragEnterEvent | QDropEvent) -> list[Path]:
    paths = dropped_paths(event.mimeData())
    return [path for path in paths if path.suffix.lower() == BUNDLE_SUFFIX]
