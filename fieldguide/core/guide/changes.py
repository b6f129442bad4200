"""What another guide would change: taxa that come and go, and every danger that it tells differently."""

from __future__ import annotations

from dataclasses import dataclass

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank, Taxon


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

    Old names count too: one that now leads to another taxon may lead to a milder one. So do new names: one that is
    nearly a worse one's meant that before ("Amanita phaloides").
    """
    removed = sorted(name for name in before.records if after.record(name) is None)
    added = sorted(name for name in after.records if before.record(name) is None)
    changed = {}
    for name, record in before.records.items():
        new = after.record(name)
        if new is not None and new.danger.shown is not record.danger.shown:
            changed[name] = DangerChange(name, record.danger, new.danger)
    names = _names(before)
    for name, rank in (names | _names(after)).items():
        taxon, new = Taxon(name, rank, name.split()[0]), after.record(name)
        was, now = before.danger(taxon).shown, after.danger(taxon).shown
        is_told = name in names and new is not None and new.taxon.name in changed
        if now.severity < was.severity and not is_told:
            changed.setdefault(name, DangerChange(name, was, now))
    found = sorted(changed.values(), key=lambda change: (not change.milder, -change.before.severity, change.name))
    return GuideChanges(tuple(added), tuple(removed), tuple(found))


def _names(guide: Guide) -> dict[str, Rank]:
    """All scientific names, old ones too, with the rank of their taxon."""
    return {name: each.taxon.rank for each in guide.records.values() for name in (*each.synonyms, each.taxon.name)}
