"""What the guide says of a taxon, as pairs of a heading and words: for a candidate and for comparing. No Qt in here."""

from __future__ import annotations

from fieldguide.core.guide import Guide, TaxonRecord
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from fieldguide.ui.kit.naming import name_called, onset_words, region_name, season_words, syndrome_name


def facts_of(taxon: Taxon, guide: Guide) -> list[tuple[str, str]]:
    """Heading and words, in the order in which a forager needs them; what is not known is left out."""
    record = guide.record(taxon.name)
    if record is None:
        return [(text("identify.fact_record"), text("identify.fact_no_record"))]
    pairs = [
        (text("identify.fact_features"), record.key_features.partition("[note")[0].strip()),
        (text("identify.fact_poisoning"), poisoning_words(record, guide)),
        (text("identify.fact_habitat"), record.habitat),
        (text("identify.fact_season"), season_words(record.months)),
        (text("identify.fact_regions"), ", ".join(region_name(region) for region in record.regions)),
        (text("identify.fact_lookalikes"), ", ".join(name_called(name, guide) for name in record.lookalikes)),
    ]
    if not guide.rests_on_reading(record):
        pairs.append((text("identify.fact_sources"), text("identify.fact_recalled")))
    return [(heading, words) for heading, words in pairs if words]


def poisoning_words(record: TaxonRecord, guide: Guide) -> str:
    """The syndrome and when it begins; empty when the guide tells of none."""
    syndrome = guide.syndromes.get(record.syndrome)
    if syndrome is None:
        return ""
    return text(
        "identify.poisoning",
        name=syndrome_name(syndrome),
        onset=onset_words(record.onset_hours or syndrome.onset_hours),
    )
