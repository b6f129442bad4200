"""Two photos side by side, looked at together: what is done to one (closer, elsewhere) is done to the other.

Each side has photos to go through; pixels are asked for one after the other. Knows no page and reads nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation, Photo
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button, icon_button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT
from fieldguide.ui.kit.naming import day_words
from fieldguide.ui.kit.photo_view import PhotoView
from fieldguide.ui.kit.review import bind_key
from fieldguide.ui.kit.surfaces import row
from fieldguide.ui.kit.wording import short_verdict

SHORT_SIDE = 900  # pixels of a fitted photo; all of them when somebody looks closer
STEP = 1.5


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One photo of a find."""

    find: Observation
    photo: Photo


def exhibits_of(finds: Sequence[Observation]) -> tuple[Exhibit, ...]:
    """Every photo of these finds, in their order."""
    return tuple(Exhibit(find, photo) for find in finds for photo in find.photos)


class _Side(QWidget):
    """One photo with what its find is called and how dangerous that is today. `wanted`: Path and short side."""

    wanted = Signal(Path, int)

    def __init__(self, exhibits: Sequence[Exhibit], guide: Guide) -> None:
        super().__init__()
        self._exhibits, self._guide = exhibits, guide
        self.place = 0
        self.photo = PhotoView()
        self._name, self._when = label("", "heading"), label("", "small", wrap=False)
        first = exhibits[0].find
        self._chip = DangerChip(danger_today(first, guide))
        self._count = label("", "small", wrap=False)
        before = icon_button(text("identify.pair_before"), "chevron_left")
        after = icon_button(text("identify.pair_after"), "chevron_right")
        before.clicked.connect(lambda: self.step(-1))
        after.clicked.connect(lambda: self.step(1))
        for each in (before, after, self._count):
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            keeps = each.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)  # both photos have the same room
            each.setSizePolicy(keeps)
            each.setVisible(len(exhibits) > 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        head = row(self._chip, spacing=TIGHT)
        head.addWidget(self._name, 1)
        head.addWidget(self._when)
        column.addLayout(head)
        column.addWidget(self.photo, 1)
        column.addLayout(row(None, before, self._count, after, None, spacing=HAIR))
        self.photo.full_size_wanted.connect(lambda: self.wanted.emit(self.shown.photo.path, 0))

    @property
    def shown(self) -> Exhibit:
        """What is seen."""
        return self._exhibits[self.place]

    def step(self, by: int) -> None:
        """The next photo (1) or the one before (-1), round the ends."""
        self.place = (self.place + by) % len(self._exhibits)
        self.show_place()

    def show_place(self) -> None:
        """Show the photo of the place, as soon as it is read."""
        find, photo = self.shown.find, self.shown.photo
        self._chip.set_level(danger_today(find, self._guide))
        self._name.setText(short_verdict(find, self._guide))
        self._when.setText(day_words(find.observed_at) if find.observed_at else text("history.no_date"))
        self._count.setText(text("identify.pair_count", place=self.place + 1, count=len(self._exhibits)))
        self.photo.clear(text("identify.photo_reading"))
        self.wanted.emit(photo.path, SHORT_SIDE)


class PairDialog(QDialog):
    """`photo_wanted`: Path and short side in pixels (0: all); answer with `take_photo` or `lose_photo`."""

    photo_wanted = Signal(Path, int)

    def __init__(
        self, left: Sequence[Exhibit], right: Sequence[Exhibit], guide: Guide, parent: QWidget | None = None
    ) -> None:
        """Both sides have at least one photo."""
        super().__init__(parent)
        self.setWindowTitle(text("identify.compare_title"))
        self.resize(parent.window().size() * 0.92 if parent is not None else QSize(1100, 680))
        self._asked: list[tuple[Path, int]] = []
        self._looked = (1.0, QPointF(0.5, 0.5))  # how both are looked at: a photo that comes is looked at so too
        self.left, self.right = _Side(left, guide), _Side(right, guide)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, CLOSE)
        column.setSpacing(CLOSE)
        sides = row(spacing=SPACE)
        for side, other in ((self.left, self.right), (self.right, self.left)):
            sides.addWidget(side, 1)
            side.wanted.connect(self._ask)
            side.photo.looked.connect(other.photo.look)
            side.photo.looked.connect(lambda times, centre: self._keep_look(times, centre))
        column.addLayout(sides, 1)
        close = button(text("ui.close"), "plain")
        close.clicked.connect(self.accept)
        foot = row(spacing=CLOSE)
        foot.addWidget(label(text("identify.pair_words"), "small"), 1)
        foot.addWidget(label(text("identify.pair_keys"), "small"), 1)
        foot.addWidget(close, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(foot)
        for key, act in (
            ("Left", lambda: self.right.step(-1)),
            ("Right", lambda: self.right.step(1)),
            ("Up", lambda: self.left.step(-1)),
            ("Down", lambda: self.left.step(1)),
            ("+", lambda: self.left.photo.closer(STEP)),
            ("-", lambda: self.left.photo.closer(1 / STEP)),
            ("Z", self.left.photo.toggle_actual_size),
            ("0", lambda: self._fit()),
        ):
            bind_key(self, key, act)

    def begin(self) -> None:
        """Ask for the first photos; whoever answers must be listening."""
        self.left.show_place()
        self.right.show_place()

    def take_photo(self, path: Path, image: QImage, full: QSize) -> None:
        """A photo was read."""
        for side in (self.left, self.right):
            if side.shown.photo.path == path:
                side.photo.show_photo(image, full, path.name)
                side.photo.look(*self._looked)
        self._answered(path)

    def lose_photo(self, path: Path, sentence: str) -> None:
        """A photo cannot be read; `sentence` says why."""
        for side in (self.left, self.right):
            if side.shown.photo.path == path:
                side.photo.clear(sentence)
        self._answered(path)

    def _keep_look(self, times: float, centre: QPointF) -> None:
        self._looked = (times, QPointF(centre))

    def _fit(self) -> None:
        self._keep_look(1.0, QPointF(0.5, 0.5))
        for side in (self.left, self.right):
            side.photo.look(*self._looked)

    def _ask(self, path: Path, short_side: int) -> None:
        """One at a time: who reads gives up the photo before when another one is wanted."""
        self._asked.append((path, short_side))
        if len(self._asked) == 1:
            self.photo_wanted.emit(path, short_side)

    def _answered(self, path: Path) -> None:
        if self._asked and self._asked[0][0] == path:
            del self._asked[0]
            shown = {self.left.shown.photo.path, self.right.shown.photo.path}
            self._asked = [asked for asked in self._asked if asked[0] in shown]
            if self._asked:
                self.photo_wanted.emit(*self._asked[0])
