"""A training at work: its step and time left, the curve that grows, what it still mixes up; and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QCheckBox, QFileDialog, QMessageBox, QProgressBar, QPushButton

from fieldguide.core.guide import Guide
from fieldguide.core.photo import PHOTO_SUFFIXES
from fieldguide.core.text import text
from fieldguide.core.training.events import (
    STEPS,
    Confusion,
    Epoch,
    Event,
    Finished,
    Judged,
    Measured,
    Passed,
    Progress,
    Step,
    TakenFor,
    Traced,
)
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, WIDE
from fieldguide.ui.kit.naming import name_called
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row
from fieldguide.ui.train.curve import Curve
from fieldguide.ui.train.save_dialog import SaveDialog
from fieldguide.ui.train.wording import minutes

_WIDEST, _PAIRS = 820, 5
ASKING = ("judging", "saving", "tracing", "using")


class RunView(ScrollColumn):
    """The view. Signals: what a person wants; `goes_on` carries whether it shall when the window is closed,
    `save_wanted` the file and its `Credits`, `trace_wanted` photos (list[Path]): was it trained on them?
    `use_agreed`: although the comparison is against it."""

    pause_wanted = Signal()
    stop_wanted = Signal()
    resume_wanted = Signal()
    goes_on = Signal(bool)
    report_wanted = Signal()
    use_wanted = Signal()
    use_agreed = Signal()
    judge_wanted = Signal()
    save_wanted = Signal(Path, object)
    trace_wanted = Signal(list)
    new_wanted = Signal()

    def __init__(self, guide: Guide) -> None:
        super().__init__(margin=WIDE)
        self._guide = guide
        sheet = self.centred_sheet(_WIDEST)
        self.title, self.step, self.left = label("", "display"), label("", "heading"), label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.right, self.mixed = label(""), label("")
        self.curve = Curve()
        self.work, self.result = Card(), Card()
        self.expected = label("", "small")
        self._plan = (0, 0, 0.0)
        for widget in (self.step, self.bar, self.left, self.curve, self.right, self.mixed, self.expected):
            self.work.column.addWidget(widget)
        self.keep = QCheckBox(text("training.goes_on"))
        self.keep.toggled.connect(self.goes_on)
        self.pause = _act("training.pause", "plain", self.pause_wanted)
        self.stop = _act("training.stop", "plain", self.stop_wanted)
        self.resume = _act("training.resume", "primary", self.resume_wanted)
        self.report = _act("training.report", "primary", self.report_wanted)
        self.use = _act("training.use", "plain", self.use_wanted)
        self.judge = _act("training.judge", "plain", self.judge_wanted)
        self.save = _act("training.save", "plain", self._ask_credits)
        self.trace = _act("training.trace", "plain", self._ask_photos)
        self.new = _act("training.new", "plain", self.new_wanted)
        sheet.addWidget(self.title)
        sheet.addWidget(self.work)
        sheet.addWidget(self.result)
        sheet.addLayout(row(self.keep, None))  # as wide as it can be clicked
        self.keeps = label(text("training.keeps"), "small")
        sheet.addWidget(self.keeps)
        self._later = (self.report, self.use, self.judge, self.save, self.trace)
        self._acts = (self.resume, self.pause, self.stop, *self._later, self.new)
        acts = FlowLayout(spacing=CLOSE)
        for act in self._acts:
            acts.addWidget(act)
        sheet.addLayout(acts)
        self._state = ""
        self.show_state("rests")

    def show_state(self, state: str) -> None:
        """`works`, `paused`, `rests` (it can go on), `done`, or what is done with the model: one of `ASKING`."""
        self.title.setText(text(f"training.title_{state}"))
        working, done = state in ("works", "paused"), state in ("done", *ASKING)
        if state == "works" and self._state not in ("works", "paused"):
            self._begin()
        self._state = state
        held = any(act.hasFocus() for act in self._acts)
        for widget, seen in (
            (self.work, working or (state == "rests" and self.curve.begun)),
            (self.bar, working),
            (self.left, working),
            (self.keep, working),
            (self.keeps, not done),
            (self.pause, working),
            (self.stop, working),
            (self.resume, state == "rests"),
            (self.result, done),
            *((each, done) for each in self._later),
            (self.new, not working),
        ):
            widget.setVisible(seen)
        self.pause.setText(text("training.go_on" if state == "paused" else "training.pause"))
        for act in (*self._later[1:], self.new):
            act.setEnabled(state not in ASKING)
        if held:  # else the keys would go from a button that is gone to the sidebar
            next(act for act in self._acts if not act.isHidden() and act.isEnabled()).setFocus()

    def show_plan(self, low: int, high: int, begun: float, *, goes_on: bool) -> None:
        """What was expected of the whole (seconds; 0: nothing), when it began, and whether it outlives the window."""
        self._plan = (low, high, begun)
        self.keep.setChecked(goes_on)
        self._tell_expected()

    def _tell_expected(self) -> None:
        low, high, begun = self._plan
        facts = {"low": minutes(low), "high": minutes(high), "since": minutes(time.time() - begun)}
        self.expected.setText(text("training.expected", **facts) if low and begun else "")

    def take(self, event: Event) -> None:
        """An event of the trainer."""
        self._tell_expected()
        if isinstance(event, Step) and event.step not in STEPS:
            return  # of judging, say, in English words of its own
        if isinstance(event, Step):
            key = f"training.step_{event.step}"
            self.step.setText(text(key, number=event.number, of=event.of) if event.of else text(key))
            self.bar.setRange(0, 0)
            self.left.setText("")
        elif isinstance(event, Progress):
            self.bar.setRange(0, event.total)
            self.bar.setValue(event.done)
            self.left.setText(text("training.left", time=minutes(event.seconds_left)) if event.seconds_left else "")
        elif isinstance(event, Epoch):
            self.curve.add(event)
            self.curve.setVisible(event.of > 0)  # a head alone makes a point, no line
            key = "training.right" if event.top5 is not None else "training.right_first"
            words = text(key, top1=round(100 * event.top1), five=round(100 * (event.top5 or 0)))
            more = text("training.epochs_left", time=minutes(event.seconds_left)) if event.seconds_left else ""
            self.right.setText(f"{words} {more}".strip())
        elif isinstance(event, Confusion):
            self.mixed.setText("\n".join(self._taken(pair) for pair in self._worst_first(event)[:_PAIRS]))
        elif isinstance(event, Finished):
            self.show_measured(event.measured)
        elif isinstance(event, Judged):
            self._show_judged(event)
        elif isinstance(event, Passed):
            self.result.column.addWidget(label(text("training.passed", file=event.file), "strong"))
        elif isinstance(event, Traced):
            words = text(f"training.traced_{event.answer}", name=Path(event.photo).name)
            self.result.column.addWidget(label(words, "body" if event.answer == "no" else "strong"))

    @property
    def asks_photos(self) -> bool:
        """Whether a photo may be dropped to ask if the model was trained on it."""
        return self._state == "done"

    def _ask_credits(self) -> None:
        dialog = SaveDialog(self.window())
        dialog.saved.connect(self.save_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_photos(self) -> None:
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(PHOTO_SUFFIXES))
        chosen, _ = QFileDialog.getOpenFileNames(self, text("training.trace"), "", suffixes)
        if chosen:
            self.trace_wanted.emit([Path(name) for name in chosen])

    def show_measured(self, measured: tuple[Measured, ...]) -> None:
        """What came of it, photos by other people first."""
        clear(self.result.column)
        for each in measured:
            facts = {"photos": each.photos, "deadly": each.deadly, "rang": each.deadly_rang}
            facts |= {"harmful": each.harmful, "passed": each.passed}
            self.result.column.addWidget(label(text(f"training.ground_{each.ground}", **facts), "heading"))
            if each.top1 is not None:
                self.result.column.addWidget(label(text("training.named", top1=round(100 * each.top1))))
            alarms = text("training.alarms", **facts)
            if each.others:  # no share of caught ones without its price
                alarms += " " + text("training.false_alarms", false=each.others_rang, others=each.others)
            self.result.column.addWidget(label(alarms))

    def ask_to_use(self, judged: Judged | None) -> None:
        """Have a person say that the model is used although the comparison is against it, or could not be made."""
        found = [(text("training.use_unjudged"), "")] if judged is None else self._judged(judged)
        (title, _), *more = found
        ask = QMessageBox(QMessageBox.Icon.Warning, title, title, parent=self.window())
        ask.setInformativeText("\n".join(words for words, _ in more))
        stay = ask.addButton(text("training.use_not"), QMessageBox.ButtonRole.RejectRole)
        use = ask.addButton(text("training.use_anyway"), QMessageBox.ButtonRole.AcceptRole)
        ask.setDefaultButton(stay)
        ask.setEscapeButton(stay)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        use.clicked.connect(self.use_agreed)
        ask.open()

    def show_used(self) -> None:
        """It answers from now on."""
        self.result.column.addWidget(label(text("training.used"), "heading"))
        self.show_state("done")

    def _show_judged(self, judged: Judged) -> None:
        for words, role in self._judged(judged):
            self.result.column.addWidget(label(words, role))

    def _judged(self, judged: Judged) -> list[tuple[str, str]]:
        """What the comparison found: sentences and how they stand out, the answer first."""
        key = "training.judged_yes" if judged.passes else "training.judged_no"
        facts = {"photos": judged.photos, "old": judged.old_passed, "new": judged.new_passed, "of": judged.harmful}
        found = [(text(key), "heading"), (text(f"training.judged_{judged.ground}", **facts), "body")]
        found += [(text(f"training.broken_{name}"), "strong") for name in judged.broken]
        for key, kinds in (("newly_passed", judged.newly_passed), ("newly_caught", judged.newly_caught)):
            if kinds:
                names = ", ".join(f"{name_called(name, self._guide)} ({count})" for name, count in kinds.items())
                found.append((text(f"training.{key}", count=len(kinds), names=names), "strong"))
        return found

    def _begin(self) -> None:
        self.curve.clear()
        self.curve.hide()
        for words in (self.step, self.left, self.right, self.mixed):
            words.setText("")
        self.step.setText(text("training.step_starting"))
        self.bar.setRange(0, 0)

    def _worst_first(self, event: Confusion) -> list[TakenFor]:
        """Dangerous kinds that are taken for milder ones before all others."""
        return sorted(event.pairs, key=lambda pair: (-self._severity(pair.true), -pair.count))

    def _severity(self, name: str) -> int:
        record = self._guide.record(name)
        danger = self._guide.danger(record.taxon) if record else None
        return danger.severity if danger and danger.harmful else 0

    def _taken(self, pair: TakenFor) -> str:
        names = {key: name_called(name, self._guide) for key, name in (("true", pair.true), ("said", pair.said))}
        return text("training.still", count=pair.count, of=pair.of, **names)


def _act(key: str, look: str, act: SignalInstance | Callable[[], None]) -> QPushButton:
    made = button(text(key), look)
    made.clicked.connect(act)
    return made
