"""Whether place and season took part in the order of the candidates, why they did not, and a click that changes it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from fieldguide.core.decision.season import Place, SeasonNote, read_place
from fieldguide.core.records import Identification, Observation
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import HAIR, TIGHT
from fieldguide.ui.kit.surfaces import row


class PlaceLine(QWidget):
    """`wanted` carries whether place and season shall take part from now on."""

    wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._on = False
        self._used, self._home = False, ""
        self._model_regions: tuple[str, ...] = ()
        self._words = label("", "small")
        self._switch = button("", "quiet", "place")
        self._switch.clicked.connect(lambda: self.wanted.emit(not self._on))
        line = row(spacing=TIGHT)
        line.setContentsMargins(HAIR, 0, 0, 0)
        line.addWidget(self._words, 1)
        line.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)

    def know_choice(self, used: bool, home: str) -> None:
        """Whether place and season are to take part, and the user's own region, or empty."""
        self._used, self._home = used, home

    def know_model(self, regions: Collection[str]) -> None:
        """Where the photos come from that the model learned from; empty when not known."""
        self._model_regions = tuple(regions)

    def show_observation(self, find: Observation, said: Identification) -> None:
        """Say what holds for this answer."""
        place = self._place_of(find)
        able = place.region is not None or place.month is not None
        self._on = said.weighed or (self._used and not able)
        notes = place.notes
        if not (self._used or said.weighed):  # the choice is reason enough, but a strange region counts
            notes = tuple(note for note in notes if note is SeasonNote.OUTSIDE_MODEL)
        sentences = [text("identify.place_in" if said.weighed else "identify.place_out")]
        sentences += [text(f"danger.season_{note.value}") for note in notes]
        self._words.setText(" ".join(sentences))
        self._switch.setText(text("identify.place_in_switch" if self._on else "identify.place_out_switch"))

    def _place_of(self, find: Observation) -> Place:
        return read_place(
            today=date.today(),
            taken_on=find.observed_at.date() if find.observed_at else None,
            latitude=find.latitude,
            longitude=find.longitude,
            home=self._home or None,
            model_regions=self._model_regions,
        )
