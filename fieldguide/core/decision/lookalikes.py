"""Dangerous look-alikes of what a find could be, from the guide alone: also those that the model has never heard of.

Being taken for each other goes both ways: a record that names a plausible taxon counts as much as one that it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fieldguide.core.danger import Danger
from fieldguide.core.decision.fusion import phrases_with
from fieldguide.core.guide import Guide, TaxonRecord
from fieldguide.core.taxonomy import Taxon


class Check(StrEnum):
    """What to look at by hand. Never a taste: some of these must not touch a tongue."""

    SPORE_PRINT = "spore_print"
    VOLVA = "volva"
    RING = "ring"
    GILLS = "gills"
    PORES = "pores"
    STAINING = "staining"
    MILK = "milk"
    SMELL = "smell"
    STEM = "stem"
    CAP = "cap"
    HABITAT = "habitat"


# Beginnings of words in the guide's key features (English, as the guide is written).
_WORDS: dict[Check, tuple[str, ...]] = {
    Check.SPORE_PRINT: ("spore", "print"),
    Check.VOLVA: ("volva", "bulb", "sac", "root"),
    Check.RING: ("ring", "veil", "cobweb"),
    Check.GILLS: ("gill", "ridge", "decurrent", "vein"),
    Check.PORES: ("pore", "spine", "teeth", "tube"),
    Check.STAINING: (
        "bluing", "reddening", "yellowing", "blackening", "greening", "greying", "browning", "staining", "bruising",
        "turning",
    ),
    Check.MILK: ("milk",),
    Check.SMELL: ("odour", "smell", "scent", "fragran", "radish", "phenol", "almond", "anise", "garlic"),
    Check.STEM: ("stem", "stalk", "net", "foot"),
    Check.CAP: ("cap", "caps", "scales", "scaly", "warts", "umbo"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing to check, and what the guide says of it for the look-alike and for what it is taken for.

    An empty text means: the guide says nothing, look it up in a book.
    """

    check: Check
    of_lookalike: str
    of_plausible: str


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A dangerous taxon that one of the plausible ones is mistaken for.

    `resembles` is that plausible taxon (the most probable one). `known_to_model`: whether it is a label, so that its
    probability says anything at all. `record` is its own, `of_resembled` that of the plausible one.
    """

    resembles: Taxon
    known_to_model: bool
    record: TaxonRecord
    of_resembled: TaxonRecord

    @property
    def taxon(self) -> Taxon:
        """What it is."""
        return self.record.taxon

    @property
    def danger(self) -> Danger:
        """How dangerous it is."""
        return self.record.danger

    @property
    def checks(self) -> tuple[Comparison, ...]:
        """What parts the two, worked out when asked: a find may have hundreds of look-alikes and shows three."""
        return _compare(self.record, self.of_resembled)


def dangerous_lookalikes(
    plausible: Sequence[Taxon], guide: Guide, labels: Iterable[Taxon] = ()
) -> tuple[Lookalike, ...]:
    """Harmful look-alikes of the plausible taxa, worst first, then in the order of what they resemble.

    Args:
        plausible: most probable first. A taxon is no look-alike of itself; one plausible taxon may be another's.
        guide: today's.
        labels: what the model knows.
    """
    known = {label.name for label in labels}
    found: dict[str, Lookalike] = {}
    for taxon in plausible:
        record = guide.record(taxon.name)
        for other in _resembling(taxon, record, guide):
            name = other.taxon.name
            if not other.danger.harmful or name in found or record is None or name == record.taxon.name:
                continue
            found[name] = Lookalike(taxon, name in known, other, record)
    return tuple(sorted(found.values(), key=lambda each: -each.danger.severity))


def _resembling(taxon: Taxon, record: TaxonRecord | None, guide: Guide) -> list[TaxonRecord]:
    """Records that the taxon names, then those that name it (by its accepted name or a synonym)."""
    if record is None:
        return []
    names = {taxon.name, record.taxon.name, *record.synonyms}
    listed = [other for name in record.lookalikes if (other := guide.record(name)) is not None]
    return [*listed, *guide.naming(names)]


def _features(record: TaxonRecord) -> str:
    return record.key_features.partition("[note")[0].strip()


def _compare(lookalike: TaxonRecord, plausible: TaxonRecord) -> tuple[Comparison, ...]:
    """What either side's key features speak of, the habitat last; a spore print always: no photo shows it."""
    found = []
    for check, words in _WORDS.items():
        of_lookalike, of_plausible = (phrases_with(_features(each), words) for each in (lookalike, plausible))
        if of_lookalike or of_plausible or check is Check.SPORE_PRINT:
            found.append(Comparison(check, of_lookalike, of_plausible))
    if lookalike.habitat or plausible.habitat:
        found.append(Comparison(Check.HABITAT, lookalike.habitat, plausible.habitat))
    return tuple(found)
