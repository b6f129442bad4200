"""A training at work: its step and time left, the curve that grows, what it still mixes up; and what came of it."""

from __future__ import annotations

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QCheckBox, QProgressBar, QPushButton

from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.core.training.events import (
    Confusion,
    Epoch,
    Event,
    Finished,
    Judged,
    Measured,
    Progress,
    Step,
    TakenFor,
)
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, WIDE
from fieldguide.ui.kit.naming import name_called
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear
from fieldguide.ui.train.curve import Curve
from fieldguide.ui.train.wording import minutes

_WIDEST, _PAIRS = 820, 5


class RunView(ScrollColumn):
    """The view. Signals: what a person wants; `goes_on` carries whether it shall when the window is closed."""

    pause_wanted = Signal()
    stop_wanted = Signal()
    resume_wanted = Signal()
    goes_on = Signal(bool)
    report_wanted = Signal()
    use_wanted = Signal()
    judge_wanted = Signal()
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
        for widget in (self.step, self.bar, self.left, self.curve, self.right, self.mixed):
            self.work.column.addWidget(widget)
        self.keep = QCheckBox(text("training.goes_on"))
        self.keep.toggled.connect(self.goes_on)
        self.pause = _act("training.pause", "plain", self.pause_wanted)
        self.stop = _act("training.stop", "plain", self.stop_wanted)
        self.resume = _act("training.resume", "primary", self.resume_wanted)
        self.use = _act("training.use", "primary", self.use_wanted)
        self.report = _act("training.report", "plain", self.report_wanted)
        self.judge = _act("training.judge", "plain", self.judge_wanted)
        self.new = _act("training.new", "plain", self.new_wanted)
        sheet.addWidget(self.title)
        sheet.addWidget(self.work)
        sheet.addWidget(self.result)
        sheet.addWidget(self.keep)
        sheet.addWidget(label(text("training.keeps"), "small"))
        acts = FlowLayout(spacing=CLOSE)
        for act in (self.resume, self.pause, self.stop, self.use, self.report, self.judge, self.new):
            acts.addWidget(act)
        sheet.addLayout(acts)
        self._state = ""
        self.show_state("rests")

    def show_state(self, state: str) -> None:
        """`works`, `paused`, `rests` (it can go on), `done` or `judging`."""
        self.title.setText(text(f"training.title_{state}"))
        working, done = state in ("works", "paused"), state in ("done", "judging")
        if state == "works" and self._state not in ("works", "paused"):
            self._begin()
        self._state = state
        for widget, seen in (
            (self.work, working),
            (self.keep, working),
            (self.pause, working),
            (self.stop, working),
            (self.resume, state == "rests"),
            (self.result, done),
            *((each, done) for each in (self.use, self.report, self.judge)),
            (self.new, not working),
        ):
            widget.setVisible(seen)
        self.pause.setText(text("training.go_on" if state == "paused" else "training.pause"))
        self.judge.setEnabled(state == "done")

    def take(self, event: Event) -> None:
        """Something was told by the trainer."""
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
            words = text("training.right", top1=round(100 * event.top1), five=round(100 * event.top5))
            more = text("training.epochs_left", time=minutes(event.seconds_left)) if event.seconds_left else ""
            self.right.setText(f"{words} {more}".strip())
        elif isinstance(event, Confusion):
            self.mixed.setText("\n".join(self._taken(pair) for pair in self._worst_first(event)[:_PAIRS]))
        elif isinstance(event, Finished):
            self.show_measured(event.measured)
        elif isinstance(event, Judged):
            self._show_judged(event)

    def show_measured(self, measured: tuple[Measured, ...]) -> None:
        """What came of it, photos by other people first."""
        clear(self.result.column)
        for each in measured:
            facts = {"photos": each.photos, "deadly": each.deadly, "rang": each.deadly_rang}
            facts |= {"harmful": each.harmful, "passed": each.passed}
            self.result.column.addWidget(label(text(f"training.ground_{each.ground}", **facts), "heading"))
            if each.top1 is not None:
                self.result.column.addWidget(label(text("training.named", top1=round(100 * each.top1))))
            self.result.column.addWidget(label(text("training.alarms", **facts)))

    def _show_judged(self, judged: Judged) -> None:
        key = "training.judged_yes" if judged.passes else "training.judged_no"
        facts = {"photos": judged.photos, "old": judged.old_passed, "new": judged.new_passed, "of": judged.harmful}
        self.result.column.addWidget(label(text(key), "heading"))
        self.result.column.addWidget(label(text(f"training.judged_{judged.ground}", **facts)))
        for key, kinds in (("newly_passed", judged.newly_passed), ("newly_caught", judged.newly_caught)):
            if kinds:
                names = ", ".join(f"{name_called(name, self._guide)} ({count})" for name, count in kinds.items())
                words = text(f"training.{key}", count=len(kinds), names=names)
                self.result.column.addWidget(label(words, "strong"))

    def _begin(self) -> None:
        self.curve.clear()
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


def _act(key: str, look: str, signal: SignalInstance) -> QPushButton:
    made = button(text(key), look)
    made.clicked.connect(signal)
    return made
