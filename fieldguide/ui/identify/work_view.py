"""The finds of this sitting at work: the list of a batch, the chosen find, and what a person does with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.ui.identify.batch_panel import BatchPanel
from fieldguide.ui.identify.finds import Entry, FindModel
from fieldguide.ui.identify.result_view import ResultView
from fieldguide.ui.identify.verdict_panel import VerdictPanel
from fieldguide.ui.kit.compare import CompareDialog
from fieldguide.ui.kit.milder import agree_to_name
from fieldguide.ui.kit.relabel import RelabelDialog
from fieldguide.ui.kit.review import Acts, bind_review
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.kit.turns import Turns

MissingViews = Callable[[Observation], tuple[str, ...]]


class WorkView(QWidget):
    """Shows `finds`, one of them large. The signals are those of `IdentifyPage`, which hands them on."""

    cancel_wanted = Signal()
    new_wanted = Signal()
    verify_wanted = Signal(int, object)
    delete_wanted = Signal(int)
    help_wanted = Signal(Observation)
    heat_wanted = Signal(Observation, Path, object, object, str)
    heat_cancelled = Signal()
    view_wanted = Signal(Observation, str)
    place_wanted = Signal(Observation, bool)
    shown = Signal(Observation)
    kind_wanted = Signal(Observation)

    def __init__(
        self,
        guide: Guide,
        thumbnails: Thumbnails,
        missing_views: MissingViews,
        panel: VerdictPanel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._guide, self._missing_views = guide, missing_views
        self.finds = FindModel(guide, thumbnails, self)
        self.batch = BatchPanel(self.finds)
        self.result = ResultView(panel, thumbnails, self)
        self._row = -1
        self._turns = Turns(self)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside everything brings the keys back
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.batch)
        line.addWidget(self.result, 1)
        self.batch.chosen.connect(self.choose_find)
        self.batch.cancelled.connect(self.cancel_wanted)
        self.finds.dataChanged.connect(self._refresh)
        result = self.result
        result.panel.help_wanted.connect(self._ask_help)
        result.panel.place_wanted.connect(self._ask_place)
        result.panel.candidate_chosen.connect(self._candidate_chosen)
        result.heat_toggled.connect(self._toggle_heat)
        result.heat_way_changed.connect(self._ask_heat)
        result.verify_wanted.connect(self.verify)
        result.relabel_wanted.connect(self.relabel)
        result.unknown_wanted.connect(self.leave_unknown)
        result.compare_wanted.connect(self.compare)
        result.kind_wanted.connect(self.compare_kind)
        result.new_wanted.connect(self.new_wanted)
        result.strip.view_wanted.connect(self._ask_view)
        bind_review(self, self._acts())

    def _acts(self) -> Acts:
        result = self.result
        return {
            **{f"candidate_{place + 1}": partial(self.choose_candidate, place) for place in range(5)},
            "up": lambda: self.step_candidate(-1),
            "down": lambda: self.step_candidate(1),
            "before": lambda: self.step(-1),
            "after": lambda: self.step(1),
            "verify": self.verify,
            "relabel": self.relabel,
            "unknown": self.leave_unknown,
            "compare": self.compare,
            "kind": self.compare_kind,
            "zoom": result.photo.toggle_actual_size,
            "heat": result.toggle_heat,
            "hand": result.panel.hand.open,
            "delete": self.delete,
            "leave": self.new_wanted.emit,
        }

    @property
    def entry(self) -> Entry | None:
        """The find that is shown, in whatever state."""
        return self.finds.entries[self._row] if 0 <= self._row < len(self.finds.entries) else None

    @property
    def chosen(self) -> int:
        """Place from 0 of the chosen candidate; -1 when none is, or none may be."""
        panel = self.result.panel
        return panel.candidates.chosen_place if self.result.offers_names else -1

    @property
    def observation(self) -> Observation | None:
        """The find that is shown, once something was said of it."""
        return self.entry.observation if self.entry is not None else None

    # what comes in -----------------------------------------------------------------------------

    def begin(self, groups: Sequence[Sequence[Path]]) -> None:
        """The identification of these finds begins: show the first photo at once."""
        self.finds.begin(groups)
        self.batch.setVisible(len(groups) > 1)
        self.batch.begin(sum(len(group) for group in groups))
        self._show_first()

    def open(self, observation: Observation) -> None:
        """Show one stored find."""
        self.finds.show_stored([observation])
        self.batch.finish()
        self.batch.hide()
        self._show_first()

    def take_result(self, place: int, observation: Observation) -> None:
        """The find that came at `place` of this sitting is done."""
        if self.finds.put(place, observation) == self._row:
            self.shown.emit(observation)

    def finish(self) -> bool:
        """The work is over, or was cancelled: what still waits is taken off, the worst stands first, and how many of
        them there are. Whether any find is left.
        """
        if any(entry.observation is None for entry in self.finds.entries):
            self.finds.drop_waiting()
            self._show_first()
        elif len(self.finds.entries) > 1:
            shown = self.entry
            self.finds.sort_worst_first()
            self._row = next(row for row, entry in enumerate(self.finds.entries) if entry == shown)
            self.batch.choose(self._row)
        self.batch.finish(self.finds.levels())
        return bool(self.finds.entries)

    def remove(self, ids: Collection[int]) -> bool:
        """Finds were deleted; whether any was of this sitting. The next one is shown in the place of the shown."""
        shown, row = self.observation, self._row
        rows = [
            at
            for at, entry in enumerate(self.finds.entries)
            if entry.observation is not None and entry.observation.id in ids
        ]
        for at in reversed(rows):
            self.finds.removeRows(at, 1)
        if shown is not None and shown.id in ids and self.finds.entries:
            self._row = -1
            self.choose_find(min(row - sum(at < row for at in rows), len(self.finds.entries) - 1))
        elif self.finds.entries:
            self._row = row - sum(at < row for at in rows)
        self.batch.choose(self._row)
        return bool(rows)

    def use_guide(self, guide: Guide) -> None:
        """Join another guide from now on."""
        self._guide = guide
        self.finds.use_guide(guide)
        self.result.panel.use_guide(guide)

    # what a person does ------------------------------------------------------------------------

    def choose_find(self, row: int) -> None:
        """Show another find of this sitting."""
        if row == self._row or not 0 <= row < len(self.finds.entries):
            return
        self._row = row
        self._show()
        if self.observation is not None:
            self.shown.emit(self.observation)

    def step(self, by: int) -> None:
        """The next or the previous find; with one find only, its next photo."""
        if len(self.finds.entries) > 1:
            self.batch.choose(min(len(self.finds.entries) - 1, max(0, self._row + by)))
        else:
            self.result.step_photo(by)

    def step_candidate(self, by: int) -> None:
        """The candidate above or below the chosen one; in the list of the batch, the find above or below."""
        if self.batch.view.hasFocus():
            self.step(by)
        else:
            self.choose_candidate(max(0, self.chosen + by))

    def choose_candidate(self, place: int) -> None:
        """Keys 1 to 5; `place` counts from 0."""
        if self.result.offers_names:
            self.result.panel.candidates.choose(place)

    def verify(self) -> None:
        """Enter: the find is called like the chosen candidate, and the next find comes."""
        observation, place = self.observation, self.chosen
        if observation is not None and observation.identification is not None and place >= 0:
            self._name(observation, observation.identification.candidates[place].taxon)

    def _name(self, observation: Observation, taxon: Taxon) -> None:
        def name() -> None:
            self.verify_wanted.emit(observation.id, taxon)
            if len(self.finds.entries) > 1:
                self.step(1)

        agree_to_name(observation, taxon, self._guide, self, name)

    def relabel(self) -> None:
        """R: any name of the guide."""
        observation = self.observation
        if observation is None or not observation.photos:
            return
        dialog = RelabelDialog(self._guide, self.window())
        if dialog.exec() and dialog.taxon is not None:
            self._name(observation, dialog.taxon)

    def leave_unknown(self) -> None:
        """U: a person's name is taken away."""
        if self.observation is not None and self.observation.verified is not None:
            self.verify_wanted.emit(self.observation.id, None)

    def delete(self) -> None:
        """Delete: the find leaves the book; its photos stay where they are."""
        if self.observation is not None and self.observation.id:
            self.delete_wanted.emit(self.observation.id)

    def compare(self) -> None:
        """C: the candidates side by side."""
        observation = self.observation
        if observation is not None and observation.identification is not None:
            CompareDialog(observation.identification.candidates, self._guide, self.window()).exec()

    def compare_kind(self) -> None:
        """K: a photo of the find beside another one of the same kind."""
        if self.observation is not None and self.observation.photos:
            self.kind_wanted.emit(self.observation)

    # inside ------------------------------------------------------------------------------------

    def _show_first(self) -> None:
        self._row = -1
        self.setFocus()  # the keys of a result belong to this view and what is in it
        self.batch.choose(0)
        self.choose_find(0)

    def _show(self) -> None:
        entry = self.entry
        if entry is None:
            return
        self._turns.drop()
        self.result.show_entry(entry)
        if entry.observation is None:
            self.result.show_strip()
        else:
            self._turns.do(self._show_strip)  # after what was said: looking for what to photograph takes its time

    def _show_strip(self) -> None:
        find = self.observation
        missing = self._missing_views(find) if find is not None and find.identification is not None else ()
        self.result.show_strip(missing)

    def _refresh(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() <= self._row <= last.row() and self.entry != self.result.entry:
            self._show()

    def _candidate_chosen(self) -> None:
        self.result.offer_name()
        if self.result.heat_on:
            self._ask_heat()

    def _toggle_heat(self, on: bool) -> None:
        if on:
            self._ask_heat()
        else:
            self.heat_cancelled.emit()
            self.result.photo.show_heat(None)

    def _ask_heat(self) -> None:
        observation, path = self.observation, self.result.path
        if observation is None or observation.identification is None or path is None:
            return
        candidates = observation.identification.candidates
        if candidates:
            other = candidates[self.chosen].taxon if self.chosen > 0 else None
            self.heat_wanted.emit(observation, path, candidates[0].taxon, other, self.result.heat_way)

    def _ask_help(self) -> None:
        if self.observation is not None:
            self.help_wanted.emit(self.observation)

    def _ask_place(self, used: bool) -> None:
        if self.observation is not None:
            self.place_wanted.emit(self.observation, used)

    def _ask_view(self, view: str) -> None:
        if self.observation is not None:
            self.view_wanted.emit(self.observation, view)
