"""The page Identify: empty, asking how photos belong together, or showing a find or a batch of them.

Photos go out by signals, observations come in by slots; which service answers is none of its business. What the empty
page needs is built with it; every other view is built, and what it needs is imported, when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.ui.identify.footer import Footer
from fieldguide.ui.identify.start import StartView
from fieldguide.ui.kit.thumbnails import Thumbnails

if TYPE_CHECKING:
    from fieldguide.core.bundle.manifest import Manifest
    from fieldguide.core.guide import Guide
    from fieldguide.services.progress import Progress
    from fieldguide.ui.identify.grouping import GroupingView
    from fieldguide.ui.identify.hand_alone import HandAlone
    from fieldguide.ui.identify.verdict_panel import VerdictPanel
    from fieldguide.ui.identify.work_view import WorkView
    from fieldguide.ui.kit.turns import Step


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
        answered: what the hand said of the find that is shown, tuple[Seen, ...].
        place_wanted: Observation, and whether place and season shall take part from now on.
        kind_wanted: Observation to be seen beside another photo of its kind.
        shown: Observation that came to the front.
        work_built: finds can be shown from now on (`work`).
        start_shown: the empty page came to the front; the newest finds are welcome (`show_recent`).
    """

    identify_wanted = Signal(object)
    cancel_wanted = Signal()
    photo_wanted = Signal(Path, int)
    verify_wanted = Signal(int, object)
    delete_wanted = Signal(int)
    help_wanted = Signal(Observation)
    heat_wanted = Signal(Observation, Path, object, object, str)
    heat_cancelled = Signal()
    guide_wanted = Signal(str)
    view_wanted = Signal(Observation, str)
    answered = Signal(tuple)
    place_wanted = Signal(Observation, bool)
    kind_wanted = Signal(Observation)
    shown = Signal(Observation)
    work_built = Signal()
    start_shown = Signal()

    def __init__(self, thumbnails: Thumbnails) -> None:
        """The empty page. Before anything else is asked of it, it has to know a guide (`use_guide`)."""
        super().__init__()
        self.missing_views: Callable[[Observation], tuple[str, ...]] = lambda _: ()
        self._thumbnails = thumbnails
        self._guide: Guide | None = None
        self._grouping: GroupingView | None = None
        self._work: WorkView | None = None
        self._alone: HandAlone | None = None
        self._hand_asked = False
        self._manifest: Manifest | None = None
        self._waiting = text("identify.loading")
        self._place = (False, "")
        self.start = StartView()
        self.footer = Footer()
        self._stack = QStackedWidget()
        self._stack.currentChanged.connect(lambda place: self.setFocusProxy(self._stack.widget(place) or self._stack))
        self._stack.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.footer)
        self.start.find_wanted.connect(self.open)
        self.start.area.hand_wanted.connect(self.ask_hand)

    @property
    def grouping(self) -> GroupingView:
        """Asks how photos belong together."""
        if self._grouping is None:
            from fieldguide.ui.identify.grouping import GroupingView

            self._grouping = GroupingView(self._thumbnails)
            self._grouping.decided.connect(self.begin)
            self._grouping.decided.connect(self.identify_wanted)
            self._grouping.cancelled.connect(self.go_back)
            self._stack.addWidget(self._grouping)
        return self._grouping

    @property
    def work(self) -> WorkView:
        """Finds at work, and what was said of them."""
        if self._work is None:
            from fieldguide.ui.identify.work_view import WorkView

            guide, panel = self._known_guide, self._panel
            panel.use_guide(guide)  # it may have been made for the one before
            work = self._work = WorkView(
                guide, self._thumbnails, lambda find: self.missing_views(find), panel, self._stack
            )
            work.new_wanted.connect(self.show_start)
            work.result.photo_wanted.connect(self.photo_wanted)
            work.result.panel.guide_wanted.connect(self.guide_wanted)
            work.result.panel.answered.connect(self.answered)
            for name in _HANDED_ON:
                getattr(work, name).connect(getattr(self, name))
            self._tell_model()
            self._tell_place()
            self._stack.addWidget(work)
            self.work_built.emit()
        return self._work

    @cached_property
    def _panel(self) -> VerdictPanel:
        from fieldguide.ui.identify.verdict_panel import VerdictPanel

        return VerdictPanel(self._known_guide)

    @property
    def ahead(self) -> tuple[Step, ...]:
        """What finds are shown in, to be built before there are any, a part a turn; without it, it is built at once."""
        return (lambda: self._panel, lambda: self.work)

    @property
    def alone(self) -> HandAlone:
        """Questions without a photo."""
        if self._alone is None:
            from fieldguide.ui.identify.hand_alone import HandAlone

            self._alone = HandAlone(self._known_guide)
            self._alone.left.connect(self.show_start)
            self._alone.help_wanted.connect(self.help_wanted)
            self._alone.guide_wanted.connect(self.guide_wanted)
            self._tell_place()
            self._stack.addWidget(self._alone)
        return self._alone

    @property
    def _known_guide(self) -> Guide:
        assert self._guide is not None, "nothing but the empty page is shown before the guide is known"
        return self._guide

    @property
    def observation(self) -> Observation | None:
        """The find that is shown, once something was said of it."""
        return self._work.observation if self._work is not None else None

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
        if self._work is not None:
            self._work.finds.replace(observation)
        self.start.recent.replace(observation)

    def take_removed(self, ids: Collection[int]) -> None:
        """Finds were deleted: the next one takes the place of the one that was shown."""
        work = self._work
        if work is not None and work.remove(ids) and self._stack.currentWidget() is work and not work.finds.entries:
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
        self._manifest = manifest
        self._waiting = text("identify.looking") if manifest else note or text("identify.model_none")
        self._tell_model()

    def use_place_and_season(self, used: bool, home: str) -> None:
        """Whether place and season are to take part, and the user's own region, or empty."""
        self._place = (used, home)
        self._tell_place()

    def _tell_model(self) -> None:
        if self._work is not None:
            panel = self._work.result.panel
            panel.know_labels(self._manifest.labels if self._manifest else ())
            panel.place.know_model(self._manifest.regions if self._manifest else ())
            self._work.result.say_waiting(self._waiting)

    def _tell_place(self) -> None:
        used, home = self._place
        if self._work is not None:
            self._work.result.panel.place.know_choice(used, home)
            self._work.result.panel.hand.use_home(home)
        if self._alone is not None:
            self._alone.hand.use_home(home)

    def show_recent(self, observations: Sequence[Observation]) -> None:
        """The newest finds, for the empty page."""
        self.start.show_recent(observations)

    def use_guide(self, guide: Guide) -> None:
        """Join this guide from now on."""
        self._guide = guide
        self.start.know(guide, self._thumbnails)
        if self._alone is not None:
            self._alone.use_guide(guide)
        if self._work is not None:
            self._work.use_guide(guide)
        if self._hand_asked:
            self.ask_hand()

    def ask_hand(self) -> None:
        """Start from the hand alone, as soon as there is a guide."""
        self._hand_asked = self._guide is None
        if self._guide is not None:
            self._stack.setCurrentWidget(self.alone)
            self.alone.begin()

    def forget(self) -> None:
        """The finds of this sitting are in the book no more: what is done to them could reach others."""
        if self._work is not None:
            self._work.finds.show_stored(())
        self.show_start()

    def show_start(self) -> None:
        """The empty page."""
        self._stack.setCurrentWidget(self.start)
        self.start_shown.emit()

    def go_back(self) -> None:
        """From asking back to what was there before."""
        work = self._work
        self._stack.setCurrentWidget(work if work is not None and work.finds.entries else self.start)


_HANDED_ON = (
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
)
