"""What is known of a model's labels, beside what they were measured to be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank, Taxon
from trainer.data.split import SplitPhoto
from trainer.evaluation.document import LabelFacts


def label_facts(labels: tuple[Taxon, ...], guide: Guide, placed: Sequence[SplitPhoto] = ()) -> tuple[LabelFacts, ...]:
    """Every label in the bundle's own order, with its danger as shown and its photos in each split."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for row in placed:
        counted[row.label][row.split] += 1
    return tuple(_facts(label, guide, counted[number]) for number, label in enumerate(labels))


def _facts(label: Taxon, guide: Guide, photos: Counter[str]) -> LabelFacts:
    record = guide.record(label.name)
    return LabelFacts(
        name=label.name,
        rank=label.rank.value,
        genus=label.genus or "",
        family=label.family or "",
        common=record.common_name("en") if record else "",
        danger="" if label.rank is Rank.BACKGROUND else guide.danger(label).shown.value,
        photos=dict(photos),
    )
