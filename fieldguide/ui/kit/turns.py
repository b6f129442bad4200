"""Work of the GUI thread in small pieces: what would hold the window up as a whole is done a piece a turn.

Between two pieces the window paints, and answers keys and mouse. Who cannot wait has what is left done at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

Step = Callable[[], object]


class Turns(QObject):
    """Steps in their order, each in a turn of the event loop of its own. They end with their `parent`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: deque[Step] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(1)  # not 0: those of nothing come before other timers
        self._timer.timeout.connect(self._take_turn)

    @property
    def waiting(self) -> bool:
        """Whether anything is still to be done."""
        return bool(self._steps)

    def do(self, *steps: Step) -> None:
        """Do these behind those that wait; the first of them not before the next turn."""
        self._steps.extend(steps)
        self._timer.start()

    def drop(self) -> None:
        """Forget those that wait."""
        self._steps.clear()
        self._timer.stop()

    def finish(self) -> None:
        """Do at once what waits."""
        while self._steps:
            self._take_turn()

    def _take_turn(self) -> None:
        step = self._steps.popleft()
        if not self._steps:
            self._timer.stop()
        step()
