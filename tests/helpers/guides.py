"""The shipped guide with a correction in it, as an imported newer guide would be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fieldguide.core.guide import Guide, TaxonRecord


def corrected(guide: Guide, name: str, **changes: Any) -> Guide:
    """A guide of another version in which one record says something else."""
    records = [replace(record, **changes) if key == name else record for key, record in guide.records.items()]
    return _again(guide, records, "-corrected")


def without(guide: Guide, name: str) -> Guide:
    """A guide of another version that does not have this record."""
    records = [record for key, record in guide.records.items() if key != name]
    return _again(guide, records, "-less")


def _again(guide: Guide, records: list[TaxonRecord], mark: str) -> Guide:
    rest = (guide.syndromes.values(), guide.centres, guide.sources.values(), guide.version + mark)
    return Guide(records, *rest, guide.characters.values(), guide.questions)
