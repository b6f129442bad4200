"""How dangerous a taxon is to somebody who eats it: seven ordered levels and the worst of several.

Source of the levels: the guide's own validation (`resources/guide`). A taxon without a record is *unknown*,
and unknown stands above caution: what nobody has looked up is not harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Danger(StrEnum):
    """Levels from the worst to the mildest; compare by `severity`."""

    DEADLY = "deadly"
    POISONOUS = "poisonous"
    PSYCHOACTIVE = "psychoactive"
    UNKNOWN = "unknown"
    CAUTION = "caution"
    INEDIBLE = "inedible"
    EDIBLE = "edible"

    @property
    def severity(self) -> int:
        """6 for deadly down to 0 for the level that the guide's tables call edible."""
        return _SEVERITY[self]

    @property
    def harmful(self) -> bool:
        """Deadly, poisonous or psychoactive: what an alarm counts."""
        return self.severity >= Danger.PSYCHOACTIVE.severity

    @property
    def shown(self) -> Danger:
        """The level as people and files are shown it: the guide's mildest level is shown as caution.

        The application never calls anything edible, on a screen or in an export.
        """
        return Danger.CAUTION if self is Danger.EDIBLE else self


_SEVERITY = {level: 6 - place for place, level in enumerate(Danger)}


def worst(levels: Iterable[Danger]) -> Danger:
    """The most severe of `levels`; unknown when there is none."""
    return max(levels, key=lambda level: level.severity, default=Danger.UNKNOWN)
