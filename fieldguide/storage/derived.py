"""What is derived from a find and today's guide: sort key, name, danger, place, and the words of the search table.

Every function works inside a transaction that the caller opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sqlite3 import Connection

from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation
from fieldguide.storage import indexing, places, reading, rows
from fieldguide.storage.search import NAMELESS

NamePlace = Callable[[float, float], str]


class Derived:
    """Writes it. `guide`: None gives scientific names alone and no danger. `name_place`: see `ObservationStore`."""

    def __init__(self, guide: Guide | None, name_place: NamePlace | None) -> None:
        self.guide = guide
        self.name_place = name_place

    def drop(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Take finds out of the search table, while their sort keys are still known."""
        for number in numbers:
            connection.execute(
                "DELETE FROM search WHERE rowid = (SELECT sort_key FROM observation WHERE id = ?)", (number,)
            )

    def write(self, connection: Connection, numbers: Sequence[int]) -> list[Observation]:
        """Write what is derived from finds as they are now: sort key, name, danger, place, and the words that find
        them; what is in the bin is found by none. Returns the finds.
        """
        found = reading.read_observations(connection, numbers)
        for observation in found:
            self.drop(connection, [observation.id])
            key = rows.sort_key(observation.observed_at, observation.id)
            row = connection.execute("SELECT deleted_at FROM observation WHERE id = ?", (observation.id,)).fetchone()
            taxon = shown_taxon(observation)
            connection.execute(
                "UPDATE observation SET sort_key = ?, joined_guide = ?, called = ?, danger = ?, place = ? WHERE id = ?",
                (
                    key,
                    self.guide.version if self.guide else None,
                    rows.clean(taxon.name).casefold() if taxon else NAMELESS,
                    danger_today(observation, self.guide).shown.severity if self.guide else 0,
                    self._place(connection, observation),
                    observation.id,
                ),
            )
            if row[0] is None:
                indexing.index(connection, observation, key, self.guide)
        return found

    def _place(self, connection: Connection, observation: Observation) -> str:
        """A place of one's own goes before the nearest town."""
        if observation.latitude is None or observation.longitude is None:
            return ""
        own = places.name_own(connection, observation.latitude, observation.longitude)
        town = self.name_place(observation.latitude, observation.longitude) if self.name_place and not own else ""
        return rows.clean(own or town)
