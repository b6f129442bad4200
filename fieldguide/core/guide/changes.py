"""What another guide would change: taxa that come and go, and every danger that it tells differently."""

from __future__ import annotations

from dataclasses import dataclass

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Taxon


@dataclass(frozen=True, slots=True)
class DangerChange:
    """One taxon whose danger is given differently."""

    name: str
    before: Danger
    after: Danger

    @property
    def milder(self) -> bool:
        """Whether the new guide warns less."""
        return self.after.severity < self.before.severity


@dataclass(frozen=True, slots=True)
class GuideChanges:
    """From one guide to another. Names are accepted ones, sorted; `dangers` has the milder ones first."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    dangers: tuple[DangerChange, ...]


def compare_guides(before: Guide, after: Guide) -> GuideChanges:
    """What changes for somebody who goes from one guide to the other. A taxon that moved under a synonym is kept.

    Old names count too: one that now leads to another taxon may lead to a milder one.
    """
    removed = sorted(name for name in before.records if after.record(name) is None)
    added = sorted(name for name in after.records if before.record(name) is None)
    changed = []
    for name, record in before.records.items():
        new = after.record(name)
        if new is not None and new.danger.shown is not record.danger.shown:
            changed.append(DangerChange(name, record.danger, new.danger))
        for old in record.synonyms:
            taxon = Taxon(old, record.taxon.rank, old.split()[0])
            was, now = before.danger(taxon).shown, after.danger(taxon).shown
            if now.severity < was.severity and (new is None or now.severity < new.danger.shown.severity):
                changed.append(DangerChange(old, was, now))
    changed.sort(key=lambda change: (not change.milder, -change.before.severity, change.name))
    return GuideChanges(tuple(added), tuple(removed), tuple(changed))
