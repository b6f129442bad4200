"""Finds dragged out of the window: their photos as files, and a text. The drag starts when the copies are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from fieldguide.core.decision.standing import machine_danger, shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.services.lanes import Job
from fieldguide.services.library import Carried
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.naming import day_words, name_of

Ask = Callable[[QPoint, Callable[[Sequence[int]], object]], bool]


class DragOut(QObject):
    """Watches a widget: a press that moves away drags the finds of that point.

    Args:
        source: the widget; it lives as long as this does.
        ask: hands on the ids of the finds that a point of it stands for, at once or when they are read; False: there
            are none, and nothing is dragged.
        carry: asks for copies of them, see `Library.carry`.
    """

    def __init__(self, source: QWidget, ask: Ask, carry: Callable[[Sequence[int]], Job]) -> None:
        super().__init__(source)
        self._source, self._ask, self._carry = source, ask, carry
        self._press: QPoint | None = None
        self._job: Job | None = None
        self._moves = False
        source.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the class; while a drag may begin, and once it has, the widget sees no move: one would choose anew."""
        if isinstance(event, QMouseEvent):
            point = event.position().toPoint()
            match event.type():
                case QEvent.Type.MouseButtonPress:
                    plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
                    left = event.button() is Qt.MouseButton.LeftButton
                    self._press, self._moves = point if plain and left else None, False
                case QEvent.Type.MouseButtonRelease:
                    self._press = None
                    if self._job is not None:
                        self._job.cancel()
                case QEvent.Type.MouseMove if self._press is not None and not self._moves:
                    if (point - self._press).manhattanLength() >= QApplication.startDragDistance():
                        self._begin(self._press)
        waits = self._press is not None or self._moves
        return waits and event.type() is QEvent.Type.MouseMove

    def _begin(self, point: QPoint) -> None:
        self._moves = self._ask(point, self._bring)
        if not self._moves:
            self._press = None

    def _bring(self, ids: Sequence[int]) -> None:
        """Copies of all of them, unless the button was let go while the ids were read."""
        if self._press is not None and ids:
            self._job = self._carry(ids)
            self._job.done.connect(self._take)

    def _take(self, carried: Carried) -> None:
        self._job = None
        if self._press is not None and QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._press = None
            drag = QDrag(self._source)
            drag.setMimeData(payload(carried))
            drag.exec(Qt.DropAction.CopyAction)


def payload(carried: Carried) -> QMimeData:
    """What another program gets: files, and a line a find with the machine's alarm. No place."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in carried.files])
    lines = [_line(find, carried.guide) for find in carried.finds]
    mime.setText("\n".join([*lines, text("cli.guess")]))
    return mime


def _line(find: Observation, guide: Guide) -> str:
    taxon = shown_taxon(find)
    name = name_of(taxon, guide).first if taxon else text("history.kind_unknown")
    latin = f" ({taxon.name})" if taxon and taxon.name != name else ""
    by = text("storage.report_named" if find.verified else "storage.report_guess")
    alarm = text("storage.report_alarm", alarm=danger_word(machine_danger(find.identification, guide).shown))
    day = day_words(find.observed_at) if find.observed_at else text("history.no_date")
    return " · ".join((f"{name}{latin}", day, by, alarm))
