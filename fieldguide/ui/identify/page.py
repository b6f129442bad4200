"""The page Identify: empty, asking how photos belong together, or showing a find or a batch of them.

Photos go out by signals, observations come in by slots; which service answers is none of its business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.services.progress import Progress
from fieldguide.ui.identify.footer import Footer
from fieldguide.ui.identify.grouping import GroupingView
from fieldguide.ui.identify.hand_alone import HandAlone
from fieldguide.ui.identify.start import StartView
from fieldguide.ui.identify.work_view import MissingViews, WorkView
from fieldguide.ui.kit.thumbnails import Thumbnails


class IdentifyPage(QWidget):
    """The page.

    Signals:
        identify_wanted: list[list[Path]], the files of each find.
        cancel_wanted: stop the work that is going on.
        photo_wanted: Path and short side in pixels (0: all) of the large photo; answer with `take_photo`.
        delete_wanted: id of an observation.
        verify_wanted: id of an observation and the Taxon that a person gives it (None: takes it away).
        help_wanted: Observation of which somebody asks "Eaten it?".
        heat_wanted: Observation, Path, Taxon, Taxon or None, way: what spoke for the first (rather than for the second)
            in that photo, found in that way (`result_view.HEAT_WAYS`); answer with `take_heat`.
        heat_cancelled: nobody waits for it any more.
        guide_wanted: scientific name whose page of the guide is asked for.
        view_wanted: Observation and the view (cap, underside ...) that somebody wants to add a photo of.
        place_wanted: Observation, and whether place and season shall take part from now on.
        kind_wanted: Observation to be seen beside another photo of its kind.
        shown: Observation that came to the front.
        start_shown: the empty page came to the front; the newest finds are welcome (`show_recent`).
    """

    identify_wanted = Signal(list)
    cancel_wanted = Signal()
    photo_wanted = Signal(Path, int)
    verify_wanted = Signal(int, object)
    delete_wanted = Signal(int)
    help_wanted = Signal(Observation)
    heat_wanted = Signal(Observation, Path, object, object, str)
    heat_cancelled = Signal()
    guide_wanted = Signal(str)
    view_wanted = Signal(Observation, str)
    place_wanted = Signal(Observation, bool)
    kind_wanted = Signal(Observation)
    shown = Signal(Observation)
    start_shown = Signal()

    def __init__(self, guide: Guide, thumbnails: Thumbnails, missing_views: MissingViews) -> None:
        """`missing_views`: which views of a find would tell its possibilities apart."""
        super().__init__()
        self.start = StartView(guide, thumbnails)
        self.grouping = GroupingView(thumbnails)
        self.work = WorkView(guide, thumbnails, missing_views)
        self.alone = HandAlone(guide)
        self.footer = Footer()
        self._stack = QStackedWidget()
        self._stack.currentChanged.connect(lambda place: self.setFocusProxy(self._stack.widget(place) or self._stack))
        for piece in (self.start, self.grouping, self.work, self.alone):
            self._stack.addWidget(piece)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.footer)
        self.start.find_wanted.connect(self.open)
        self.start.area.hand_wanted.connect(self.ask_hand)
        self.alone.left.connect(self.show_start)
        self.alone.help_wanted.connect(self.help_wanted)
        self.alone.guide_wanted.connect(self.guide_wanted)
        self.grouping.decided.connect(self.begin)
        self.grouping.decided.connect(self.identify_wanted)
        self.grouping.cancelled.connect(self.go_back)
        self.work.new_wanted.connect(self.show_start)
        self.work.result.photo_wanted.connect(self.photo_wanted)
        self.work.result.panel.guide_wanted.connect(self.guide_wanted)
        for name in (
            "cancel_wanted",
            "verify_wanted",
            "delete_wanted",
            "help_wanted",
            "heat_wanted",
            "heat_cancelled",
            "view_wanted",
            "place_wanted",
            "kind_wanted",
            "shown",
        ):
            getattr(self.work, name).connect(getattr(self, name))

    @property
    def observation(self) -> Observation | None:
        """The find that is shown, once something was said of it."""
        return self.work.observation

    def offer(self, proposed: Sequence[Sequence[Path]]) -> None:
        """Photos were dropped, grouped by a guess. One photo is identified at once; several are asked about."""
        if sum(len(group) for group in proposed) == 1:
            groups = [list(group) for group in proposed if group]
            self.begin(groups)
            self.identify_wanted.emit(groups)
        else:
            self._stack.setCurrentWidget(self.grouping)
            self.grouping.ask(proposed)

    def begin(self, groups: Sequence[Sequence[Path]]) -> None:
        """The identification of these finds begins: show the first photo at once."""
        self._stack.setCurrentWidget(self.work)
        self.work.begin(groups)

    def take_result(self, place: int, observation: Observation) -> None:
        """The find at `place` (from 0) of this sitting is done (stored, when something could be read)."""
        self.work.take_result(place, observation)

    def take_progress(self, progress: Progress) -> None:
        """How far the work is, in photos."""
        self.work.batch.show_progress(progress)

    def finish(self) -> None:
        """The work is over, or was cancelled: what still waits is taken off the list."""
        if not self.work.finish():
            self.show_start()

    def open(self, observation: Observation) -> None:
        """Show a stored find."""
        self._stack.setCurrentWidget(self.work)
        self.work.open(observation)

    def take_change(self, observation: Observation) -> None:
        """A stored find was changed: by a person, by undo, anywhere."""
        self.work.finds.replace(observation)
        self.start.recent.replace(observation)

    def take_removed(self, ids: Collection[int]) -> None:
        """Finds were deleted: the next one takes the place of the one that was shown."""
        if self.work.remove(ids) and self._stack.currentWidget() is self.work and not self.work.finds.entries:
            self.show_start()

    def take_photo(self, path: Path, image: QImage, full: QSize) -> None:
        """The large photo was read. `full` is its size in pixels."""
        self.work.result.take_photo(path, image, full)

    def lose_photo(self, path: Path, sentence: str) -> None:
        """The large photo cannot be read; `sentence` says why."""
        self.work.result.lose_photo(path, sentence)

    def take_heat(self, observation_id: int, path: Path, heat: QImage | None, caption: str) -> None:
        """What spoke for and against, as a transparent picture; without one `caption` says why.

        Ignored when something else is shown by now.
        """
        shown, result = self.observation, self.work.result
        if shown is not None and shown.id == observation_id and path == result.path and result.heat_on:
            result.photo.show_heat(heat, caption)

    def show_model(self, manifest: Manifest | None, note: str = "") -> None:
        """Which model answers from now on; None: none could be loaded, and `note` says why."""
        self.footer.show_model(manifest, note)
        panel = self.work.result.panel
        panel.know_labels(manifest.labels if manifest else ())
        panel.place.know_model(manifest.regions if manifest else ())
        self.work.result.say_waiting(text("identify.looking") if manifest else note or text("identify.model_none"))

    def use_place_and_season(self, used: bool, home: str) -> None:
        """Whether place and season are to take part, and the user's own region, or empty."""
        self.work.result.panel.place.know_choice(used, home)
        for hand in (self.work.result.panel.hand, self.alone.hand):
            hand.use_home(home)

    def say_loading(self) -> None:
        """The model is still being loaded."""
        self.work.result.say_waiting(text("identify.loading"))

    def show_recent(self, observations: Sequence[Observation]) -> None:
        """The newest finds, for the empty page."""
        self.start.show_recent(observations)

    def use_guide(self, guide: Guide) -> None:
        """Join another guide from now on."""
        self.start.recent.use_guide(guide)
        self.alone.use_guide(guide)
        self.work.use_guide(guide)

    def ask_hand(self) -> None:
        """Start from the hand alone."""
        self._stack.setCurrentWidget(self.alone)
        self.alone.begin()

    def show_start(self) -> None:
        """The empty page."""
        self._stack.setCurrentWidget(self.start)
        self.start_shown.emit()

    def go_back(self) -> None:
        """From asking back to what was there before."""
        self._stack.setCurrentWidget(self.work if self.work.finds.entries else self.start)
