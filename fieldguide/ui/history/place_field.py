"""A field for a place: latitude and longitude, a place of one's own, or a town, both offered while they are typed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QCompleter, QLineEdit

from fieldguide.core.text import text
from fieldguide.core.towns import Town, towns
from fieldguide.storage.places import OwnPlace

_LEAST = 2  # letters before towns are offered
_MOST = 12


class PlaceField(QLineEdit):
    """`own`: places that go before towns of the same name."""

    def __init__(self, own: Sequence[OwnPlace], words: str = "") -> None:
        super().__init__(words)
        self._own = {place.name: place for place in own}
        self._offered = QStringListModel(self)
        completer = QCompleter(self._offered, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setCompleter(completer)
        self.setPlaceholderText(text("history.facts_place_hint"))
        self.setAccessibleName(text("history.where"))
        self.textEdited.connect(self._offer)

    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude in decimal degrees (WGS 84); None when nothing was written.

        Raises:
            ValueError: key of the sentence that says what is wrong.
        """
        words = self.text().strip()
        own = self._own.get(words)
        if own is not None:
            return own.latitude, own.longitude
        if words and words[0].isalpha():
            meant = words.casefold()
            found = (town for town in _towns(words) if meant in (town.name.casefold(), _label(town).casefold()))
            town = next(found, None)
            if town is None:
                raise ValueError("facts_no_town")
            return town.latitude, town.longitude
        return read_position(words)

    def _offer(self, words: str) -> None:
        words = words.strip()
        begun = words.casefold()
        own = [name for name in self._own if name.casefold().startswith(begun)] if begun else []
        found = [_label(town) for town in _towns(words)] if len(words) >= _LEAST else []
        self._offered.setStringList([*own, *found])


def read_position(words: str) -> tuple[float, float] | None:
    """Latitude and longitude in decimal degrees (WGS 84); None when nothing was written.

    Raises:
        ValueError: key of the sentence that says what is wrong.
    """
    if not words.strip():
        return None
    try:
        latitude, longitude = (float(part) for part in words.replace(";", ",").split(","))
    except ValueError as wrong:
        raise ValueError("facts_bad_place") from wrong
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("facts_bad_place")
    return latitude, longitude


def _towns(words: str) -> list[Town]:
    """The largest first; words behind a comma are those of the country."""
    return towns().called(words.partition(",")[0], _MOST if "," not in words else 10 * _MOST)


def _label(town: Town) -> str:
    return f"{town.name}, {town.country}"
