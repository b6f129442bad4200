"""What lies in the folders, before anything is trained: names to answer, dangers, copies, what each preset takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QProgressBar,
    QRadioButton,
    QVBoxLayout,
)

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.text import explain, text
from fieldguide.core.training.events import Estimate, FolderName, Look, Progress
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, WIDE
from fieldguide.ui.kit.naming import name_called
from fieldguide.ui.kit.relabel import RelabelDialog
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, drop, row
from fieldguide.ui.train.wording import minutes

PRESETS = ("quick", "standard", "best")
_WIDEST, _NAMED, _ASKED = 820, 12, 20  # hundreds of names to answer at once would freeze the window
LEAVE_OUT, OTHER = "-", "?"
# what can harm stands out; what is merely so does not
_ROLES = {"photos": "heading", "problem": "strong", "deeper": "strong", "missing": "body", "thin": "body"}


class LookView(ScrollColumn):
    """The view.

    Signals:
        answered: raw folder name and a name of the guide, or `LEAVE_OUT`.
        folders_wanted, elsewhere_wanted: list[Path], further folders that teach, or of photos by other people.
        own_wanted: whether the user's own checked finds shall teach too.
        doubts_wanted. train_wanted: preset. back_wanted.
    """

    answered = Signal(str, str)
    folders_wanted = Signal(list)
    elsewhere_wanted = Signal(list)
    own_wanted = Signal(bool)
    doubts_wanted = Signal()
    train_wanted = Signal(str)
    back_wanted = Signal()

    def __init__(self, guide: Guide) -> None:
        super().__init__(margin=WIDE)
        self._guide = guide
        self._sheet = self.centred_sheet(_WIDEST)
        self._sheet.addWidget(label(text("training.look_title"), "display"))
        self.found, self.elsewhere, self.names, self.presets = Card(), Card(), Card(), Card()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.own = QCheckBox()
        self.own.setVisible(False)
        self.own.clicked.connect(self.own_wanted)
        self.own_words = label(text("training.own_words"), "small")
        self.own_words.setVisible(False)
        for part in (self.found, self.bar, self.elsewhere, self.names):
            self._sheet.addWidget(part)
        self._sheet.addLayout(row(self.own, None))  # as wide as it can be clicked
        self._sheet.addWidget(self.own_words)
        self._sheet.addWidget(self.presets)
        self._group = QButtonGroup(self)
        self._lines = {}
        self.expected: dict[str, tuple[int, int]] = {}  # seconds, by preset, as the trainer estimated them
        self.presets.column.addWidget(label(text("training.presets"), "heading"))
        beside = row(spacing=SPACE)
        for preset in PRESETS:
            choice = QRadioButton(text(f"training.preset_{preset}"))
            self._group.addButton(choice)
            self._lines[preset] = (choice, _two_lines(label("", "small")))
            column = QVBoxLayout()
            column.setSpacing(HAIR)
            for widget in (choice, label(text(f"training.preset_{preset}_words")), self._lines[preset][1]):
                column.addWidget(widget)
            column.addStretch(1)
            beside.addLayout(column, 1)
        self.presets.column.addLayout(beside)
        self._lines["quick"][0].setChecked(True)
        self.cost = _two_lines(label("", "small"))
        self.presets.column.addWidget(self.cost)
        self.train = button(text("training.train"), "primary")
        self.train.clicked.connect(lambda: self.train_wanted.emit(self.preset))
        self.doubts = button(text("training.look_through"))
        self.doubts.clicked.connect(self.doubts_wanted)
        more = button(text("training.more_folders"), "plain")
        more.clicked.connect(lambda: self._choose(text("training.more_folders"), self.folders_wanted))
        back = button(text("training.other_folders"), "plain")
        back.clicked.connect(self.back_wanted)
        acts = FlowLayout(spacing=CLOSE)
        for act in (self.train, self.doubts, more, back):
            acts.addWidget(act)
        self._sheet.addLayout(acts)

    @property
    def preset(self) -> str:
        """The chosen one."""
        return next(preset for preset, (choice, _) in self._lines.items() if choice.isChecked())

    def wait(self) -> None:
        """Folders are being looked over."""
        clear(self.found.column)
        self.found.column.addWidget(label(text("training.looking"), "muted"))
        self.bar.setRange(0, 0)
        self.bar.show()
        for part in (self.elsewhere, self.names, self.presets):
            part.hide()
        self.cost.setText(text("training.cost"))
        for act in (self.train, self.doubts):
            act.setEnabled(False)
        self.expected.clear()
        for _, words in self._lines.values():
            words.setText(text("training.estimating"))

    def show_own(self, finds: int, *, teach: bool) -> None:
        """How many finds of the user have a name that a person gave, and whether they teach."""
        self.own.setText(text("training.own", count=finds))
        self.own.setChecked(teach)
        for widget in (self.own, self.own_words):
            widget.setVisible(finds > 0)

    def show_problem(self, problem: FieldGuideError) -> None:
        """It could not be looked over."""
        self.bar.hide()
        clear(self.found.column)
        self.found.column.addWidget(label(explain(problem), "strong"))

    def show_progress(self, progress: Progress) -> None:
        """How many photos were looked at."""
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)

    def takes_elsewhere(self, at: QPoint) -> bool:
        """Whether what is dropped there is of other people."""
        return self.elsewhere.isVisible() and self.elsewhere.rect().contains(self.elsewhere.mapFrom(self, at))

    def show_look(self, look: Look) -> None:
        """What was found."""
        self.bar.hide()
        clear(self.found.column)
        for key, words in self._lines_of(look):
            self.found.column.addWidget(label(words, _ROLES.get(key, "muted")))
        self._show_elsewhere(look.elsewhere)
        self._show_names([name for name in look.names if name.match == "unknown"])
        self.presets.setVisible(not look.problem)
        for act in (self.train, self.doubts):
            act.setEnabled(not look.problem)
        self._free = look.free

    def show_estimate(self, estimate: Estimate) -> None:
        """What a preset takes."""
        facts = {"low": minutes(estimate.low), "high": minutes(estimate.high), "mb": round(estimate.bytes / 1e6)}
        words = text("training.estimate", **facts)
        if estimate.bytes > self._free:
            words = text("training.no_room", free=round(self._free / 1e6), mb=facts["mb"])
        self._lines[estimate.preset][1].setText(words)
        self.expected[estimate.preset] = (estimate.low, estimate.high)
        self.cost.setText(f"{text(f'training.on_{estimate.device}')} {text('training.cost')}")

    def _lines_of(self, look: Look) -> list[tuple[str, str]]:
        lines = [("photos", text("training.photos", photos=look.photos, labels=look.labels))]
        if look.problem:
            lines.append(("problem", explain(FieldGuideError(ErrorCode(look.problem), **(look.facts or {})))))
        for key in ("copies", "deeper", "loose", "empty"):
            if count := getattr(look, key):
                lines.append((key, text(f"training.{key}", count=count)))
        if look.unreadable_count:
            shown = "\n".join(look.unreadable[:_NAMED])
            lines.append(("unreadable", text("training.unreadable", count=look.unreadable_count, names=shown)))
        if look.sources:
            names = ", ".join(f"{name} ({count})" for name, count in look.sources.items())
            lines.append(("sources", text("training.sources", names=names)))
        understood = [f"{name.raw} → {name.taxon}" for name in look.names if name.match not in ("accepted", "unknown")]
        named = {
            "understood": understood,
            "missing": [self._called(kind.taxon) for kind in look.missing],
            "thin": [f"{self._called(kind.taxon)} ({kind.photos})" for kind in look.thin],
            **{f"rare_{fate}": _rare(look, fate) for fate in ("genus", "family", "teaches", "left_out")},
        }
        lines += [(key, text(f"training.{key}", names=_some(names))) for key, names in named.items() if names]
        return lines

    def _show_elsewhere(self, photos: int) -> None:
        """Photos by other people, or that there are none and what that means; more can be dropped here."""
        clear(self.elsewhere.column)
        words = QVBoxLayout()
        words.setSpacing(HAIR)
        words.addWidget(label(text("training.elsewhere" if photos else "training.elsewhere_none", count=photos)))
        words.addWidget(label(text("training.elsewhere_drop"), "small"))
        add = button(text("training.elsewhere_add"), "plain", "folder")
        add.clicked.connect(lambda: self._choose(text("training.elsewhere_add"), self.elsewhere_wanted))
        beside = row(words, add)
        beside.setStretch(0, 1)
        self.elsewhere.column.addLayout(beside)
        self.elsewhere.show()

    def _show_names(self, unknown: Sequence[FolderName]) -> None:
        """Names to answer, those with most photos first; the rest when it is wanted."""
        clear(self.names.column)
        self.names.setVisible(bool(unknown))
        self.names.column.addWidget(label(text("training.unknown"), "heading"))
        self._ask_names(sorted(unknown, key=lambda name: -name.photos))

    def _ask_names(self, unknown: Sequence[FolderName]) -> None:
        for name in unknown[:_ASKED]:
            choice = QComboBox()
            choice.setAccessibleName(name.raw)
            choice.addItem(text("training.keep_name"), "")
            for near in name.suggestions:
                choice.addItem(self._called(near), near)
            choice.addItem(text("training.rename"), OTHER)
            choice.addItem(text("training.leave_out"), LEAVE_OUT)
            choice.activated.connect(lambda _, raw=name.raw, choice=choice: self._answer(raw, choice))
            words = label(text("training.folder", name=name.raw, count=name.photos))
            self.names.column.addLayout(row(words, choice))
        if rest := unknown[_ASKED:]:
            more = button(text("training.more_names", count=len(rest)), "quiet")

            def ask_more() -> None:
                drop(self.names.column, more)
                self._ask_names(rest)

            more.clicked.connect(ask_more)
            self.names.column.addWidget(more)

    def _answer(self, raw: str, choice: QComboBox) -> None:
        if choice.currentData() == OTHER:
            choice.setCurrentIndex(0)
            dialog = RelabelDialog(self._guide, self.window(), free=text("training.rename_words"))
            dialog.accepted.connect(lambda: self.answered.emit(raw, dialog.name))
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()
        elif choice.currentData():
            self.answered.emit(raw, choice.currentData())

    def _called(self, name: str) -> str:
        return name_called(name, self._guide)

    def _choose(self, title: str, wanted: SignalInstance) -> None:
        chosen = QFileDialog.getExistingDirectory(self, title)
        if chosen:
            wanted.emit([Path(chosen)])


def _two_lines(words: QLabel) -> QLabel:
    """With room for what comes later, so that no button moves away under the mouse."""
    words.setMinimumHeight(2 * words.fontMetrics().lineSpacing())
    words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return words


def _rare(look: Look, fate: str) -> list[str]:
    return [f"{r.taxon} ({r.photos})" + (f" → {r.teaches}" if r.teaches else "") for r in look.rare if r.fate == fate]


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (text("training.more", count=more) if more > 0 else "")
