"""One find on the page: its photo to the left, what was said of it to the right, and what a person may do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fieldguide.core.text import text
from fieldguide.ui.identify.finds import Entry
from fieldguide.ui.identify.photo_strip import ANY, PhotoStrip
from fieldguide.ui.identify.verdict_panel import VerdictPanel
from fieldguide.ui.identify.waiting import ProblemView, WaitingView
from fieldguide.ui.kit.buttons import Segments, button, icon_button
from fieldguide.ui.kit.metrics import CLOSE, SPACE, TIGHT
from fieldguide.ui.kit.photo_view import PhotoView
from fieldguide.ui.kit.surfaces import row
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.kit.wording import has_no_subject

HEAT_WAYS = ("occlusion", "gradient", "lime")  # best first
_BESIDE = 360  # pixels below the photo that its photos and buttons need side by side
_LOW = 500  # pixels of height below which the photo gets more of them
PANEL = (364, 460)  # narrowest and widest column of the verdict


class ResultView(QWidget):
    """Shows an `Entry`.

    Signals:
        photo_wanted: Path and short side in pixels (0: all of them) of a photo that is about to be shown.
        heat_toggled: whether the heat map is wanted. heat_way_changed: it is wanted in another way (`heat_way`).
        verify_wanted, relabel_wanted, unknown_wanted, compare_wanted, kind_wanted, new_wanted: what the buttons say.
    """

    photo_wanted = Signal(Path, int)
    heat_toggled = Signal(bool)
    heat_way_changed = Signal()
    verify_wanted = Signal()
    relabel_wanted = Signal()
    unknown_wanted = Signal()
    compare_wanted = Signal()
    kind_wanted = Signal()
    new_wanted = Signal()

    def __init__(self, panel: VerdictPanel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry: Entry | None = None
        self._path: Path | None = None
        self._zoom_next = False
        self.photo = PhotoView()
        self.strip = PhotoStrip(thumbnails)
        self.panel = panel
        self._waiting, self._problem = WaitingView(), ProblemView()
        self._heat = icon_button(text("identify.heat"), "heat", checkable=True, key="W")
        self._zoom = icon_button(text("identify.zoom"), "zoom", checkable=True, key="Z")
        self.ways = Segments([(way, text(f"identify.heat_way_{way}")) for way in HEAT_WAYS])
        self.ways.setAccessibleName(text("identify.heat_ways"))
        self.ways.setToolTip(text("identify.heat_ways"))
        self.ways.hide()
        self.photo.hold(self.ways)
        self._actions = self._action_bar()
        self._right = QStackedWidget(self)
        for piece in (self._waiting, self._problem):
            self._right.addWidget(piece)
        self._hold_panel()
        self._right.setMinimumWidth(PANEL[0])
        self._right.setMaximumWidth(PANEL[1])
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addLayout(self._photo_side(), 3)
        line.addWidget(self._right, 2)
        self.photo.zoom_changed.connect(self._zoom.setChecked)
        self.photo.full_size_wanted.connect(self._ask_full)
        self._zoom.clicked.connect(self.photo.toggle_actual_size)
        self._heat.toggled.connect(self.ways.setVisible)
        self._heat.toggled.connect(self.heat_toggled)
        self.ways.chosen.connect(lambda _: self.heat_way_changed.emit())
        self.strip.chosen.connect(self.show_photo)

    @property
    def path(self) -> Path | None:
        """The photo that is large now."""
        return self._path

    @property
    def heat_on(self) -> bool:
        """Whether the heat map is wanted."""
        return self._heat.isChecked()

    @property
    def heat_way(self) -> str:
        """How the heat map is to be made, one of `HEAT_WAYS`."""
        return self.ways.choice

    def zoom_when_read(self) -> None:
        """Show the photo that is being read pixel for pixel, as soon as it is there."""
        self._zoom_next = True

    def toggle_heat(self) -> None:
        """Key W."""
        if self._heat.isEnabled():
            self._heat.toggle()

    @property
    def offers_names(self) -> bool:
        """Whether the find was identified and looks like what the model knows: then its names may be given."""
        find = self.entry.observation if self.entry is not None else None
        return find is not None and find.identification is not None and not has_no_subject(find)

    def offer_name(self) -> None:
        """The button of Enter says what it would do: nothing is chosen by itself where the machine warns."""
        chosen = self.offers_names and self.panel.candidates.chosen_place >= 0
        self._verify.setVisible(self.offers_names)
        self._verify.setEnabled(chosen)
        self._verify.setText(text("identify.verify" if chosen else "identify.choose_first"))

    def show_entry(self, entry: Entry) -> None:
        """Show a find in whatever state it is; the same find again keeps the photo that is large. Then `show_strip`."""
        before, self.entry = self.entry, entry
        observation = entry.observation
        identified = observation is not None and observation.identification is not None
        if observation is None:
            self._right.setCurrentWidget(self._waiting)
        elif not identified:
            self._problem.say(entry.problems())
            self._right.setCurrentWidget(self._problem)
        else:
            self.panel.show_observation(observation)
            self._right.setCurrentIndex(2)
        self._heat.setEnabled(self.offers_names)
        self.offer_name()
        readable = self._readable()
        if before is None or before.paths != entry.paths or self._path not in readable:
            self._heat.setChecked(False)
            self._path = None
            self.show_photo(0)
        else:
            self.strip.choose(readable.index(self._path))

    def show_strip(self, missing_views: tuple[str, ...] = ()) -> None:
        """Small, all photos of the find that is shown, and what else could be photographed."""
        if self.entry is None:
            return
        observation, readable = self.entry.observation, self._readable()
        sources = observation.photos if observation else self.entry.paths
        self.strip.show_photos(sources, (missing_views or (ANY,)) if self.offers_names else ())
        if self._path in readable:
            self.strip.choose(readable.index(self._path))

    def show_photo(self, place: int) -> None:
        """Make another photo of the find the large one."""
        paths = self._readable()
        if not 0 <= place < len(paths):
            self.photo.clear(text("identify.unreadable"))
            return
        self.strip.choose(place)
        if paths[place] != self._path:
            self._path = paths[place]
            self._heat.setChecked(False)
            self.photo.clear(text("identify.photo_reading"))
            self.photo_wanted.emit(self._path, self._short_side())

    def step_photo(self, by: int) -> None:
        """The next or the previous photo of the find."""
        paths = self._readable()
        if self._path in paths:
            self.show_photo((paths.index(self._path) + by) % len(paths))

    def take_photo(self, path: Path, image: QImage, full: QSize) -> None:
        """A photo was read."""
        if path == self._path:
            self.photo.show_photo(image, full, path.name)
            if self._zoom_next:
                self._zoom_next = False
                self.photo.toggle_actual_size()

    def lose_photo(self, path: Path, sentence: str) -> None:
        """A photo cannot be read, or is gone from where it was."""
        if path == self._path:
            self.photo.clear(sentence)

    def say_waiting(self, words: str) -> None:
        """Tell what is being waited for."""
        self._waiting.say(words)

    def _readable(self) -> tuple[Path, ...]:
        if self.entry is None:
            return ()
        observation = self.entry.observation
        return tuple(photo.path for photo in observation.photos) if observation else self.entry.paths

    def _short_side(self) -> int:
        ratio = self.devicePixelRatioF()
        return max(720, round(min(self.photo.width(), self.photo.height()) * ratio))

    def _ask_full(self) -> None:
        if self._path is not None:
            self.photo_wanted.emit(self._path, 0)

    def _photo_side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setContentsMargins(SPACE, SPACE, 0, CLOSE)
        side.setSpacing(CLOSE)
        side.addWidget(self.photo, 1)
        tools = row(None, spacing=TIGHT)
        new = icon_button(text("identify.new"), "plus", key="Esc")
        new.clicked.connect(self.new_wanted)
        kind = icon_button(text("identify.kind_hint"), "history", key="K")
        kind.clicked.connect(self.kind_wanted)
        for tool in (self._heat, self._zoom, kind, new):
            tools.addWidget(tool)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._below.setSpacing(TIGHT)
        self._below.addWidget(self.strip, 1)
        self._below.addLayout(tools)
        side.addLayout(self._below)
        return side

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the photo is narrow, the buttons stand below the photos of the find and not beside them; where it is
        low, those are smaller.
        """
        narrow = self.width() - self._right.minimumWidth() < _BESIDE
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._below.setDirection(way)
        self.strip.be_low(low=self.height() < _LOW)
        super().resizeEvent(event)

    def _hold_panel(self) -> None:
        """The panel comes into what stands in the window already: its many widgets learn their look once."""
        side = QWidget(self._right)
        self._right.addWidget(side)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.panel, 1)
        column.addWidget(self._actions)

    def _action_bar(self) -> QFrame:
        bar = QFrame()
        self._verify = button(text("identify.verify"), "plain", "tag")
        line = QHBoxLayout(bar)
        line.setContentsMargins(CLOSE, TIGHT, CLOSE, CLOSE)
        line.setSpacing(TIGHT)
        for words, key, icon_name, signal in (
            ("verify", "Enter", "tag", self.verify_wanted),
            ("relabel", "R", "pencil", self.relabel_wanted),
            ("unknown", "U", "question", self.unknown_wanted),
            ("compare", "C", "compare", self.compare_wanted),
        ):
            made: QAbstractButton = (
                self._verify if words == "verify" else icon_button(text(f"identify.{words}"), icon_name, key=key)
            )
            line.addWidget(made, int(made is self._verify))
            if made is self._verify:
                line.addStretch(0)
            made.setToolTip(text("identify.with_key", words=text(f"identify.{words}_hint"), keys=key))
            made.clicked.connect(signal)
        return bar
