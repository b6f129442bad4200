"""Labels with few photos: they train their genus or family, train unmeasured, are left out, or refuse the run.

Knows names and counts, no pixels. A label is rare with fewer than `min_photos` readable photos or `min_finds` finds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon
from fieldguide.core.text import text
from trainer.config import DataConfig
from trainer.data.labels import Fate, Labels, RareLabel, ordered, resolve_labels, taxon_named, with_names
from trainer.data.scan import ScannedPhoto, is_elsewhere


def name_labels(
    photos: Sequence[ScannedPhoto], config: DataConfig, guide: Guide, without: Collection[str] = ()
) -> Labels:
    """The labels that these photos teach, after `config.rare`; photos of files in `without` do not count.

    What is held out and what comes from elsewhere makes no label; `Labels.taxon_of` knows it all the same.

    Raises:
        FieldGuideError: DATA_TOO_FEW with every rare label, when `rare` is "refuse".
    """
    teaching = [p for p in photos if p.raw_label not in config.hold_out and not is_elsewhere(p, config)]
    found = resolve_labels({photo.raw_label for photo in teaching}, guide)
    readable = [photo for photo in teaching if not photo.error and photo.file not in without]
    labels = _settle(found, readable, config, guide)
    return with_names(labels, (photo.raw_label for photo in photos), guide)


def rare_in_words(labels: Labels) -> list[str]:
    """Sentences on what becomes of rare labels, one for each fate."""
    sentences = []
    for fate in Fate:
        rare = [label for label in labels.rare if label.fate is fate]
        names = ", ".join(text(f"train.rare_{fate}_name", **_facts(label)) for label in rare)
        if rare:
            sentences.append(text(f"train.rare_{fate}", count=len(rare), names=names))
    return sentences


def _facts(label: RareLabel) -> dict[str, object]:
    return {"name": label.name, "photos": label.photos, "finds": label.finds, "teaches": label.teaches}


def _settle(labels: Labels, photos: Sequence[ScannedPhoto], config: DataConfig, guide: Guide) -> Labels:
    """The labels without those that are rare, which are listed with what they teach instead."""
    number: Counter[Taxon] = Counter()
    finds: dict[Taxon, set[str]] = defaultdict(set)
    for photo in photos:
        taxon = labels.taxon_of[photo.raw_label]
        number[taxon] += 1
        finds[taxon].add(photo.find_key or photo.file)
    subjects = [taxon for taxon in labels.taxa if taxon != BACKGROUND]
    few = {t for t in subjects if number[t] < config.min_photos or len(finds[t]) < config.min_finds}
    if config.rare == "refuse" and few:
        named = ", ".join(f"{taxon.name} ({number[taxon]})" for taxon in ordered(few))
        raise FieldGuideError(ErrorCode.DATA_TOO_FEW, labels=named, needed=config.min_photos)
    if config.rare == "genus":
        outputs, taught = _widened(subjects, few, number, config.min_photos, guide)
    else:
        kept = {taxon for taxon in subjects if number[taxon] and (config.rare == "teach" or taxon not in few)}
        outputs, taught = kept, {taxon: taxon for taxon in kept}
    taxa = ordered(outputs | {taxon for taxon in labels.taxa if taxon == BACKGROUND})
    row = {taxon: number for number, taxon in enumerate(taxa)}
    teaches = {raw: taught.get(taxon, taxon if taxon == BACKGROUND else None) for raw, taxon in labels.taxon_of.items()}
    return replace(
        labels,
        taxa=taxa,
        of_folder={raw: row[taxon] for raw, taxon in teaches.items() if taxon in row},
        of_family={raw: taxon.name for raw, taxon in teaches.items() if taxon and taxon not in row},
        rare=tuple(
            _rare(taxon, number[taxon], len(finds[taxon]), taught.get(taxon))
            for taxon in subjects
            if taught.get(taxon) != taxon or (taxon in few and config.rare == "teach")
        ),
    )


def _widened(
    subjects: Sequence[Taxon], few: Collection[Taxon], number: Mapping[Taxon, int], least: int, guide: Guide
) -> tuple[set[Taxon], dict[Taxon, Taxon]]:
    """The labels, and what each taxon teaches: itself, its genus, or its family through the tree alone.

    A genus becomes a label when rare species and folders of that genus bring `least` photos, or when it has another
    label; a family when its own folder brings them.
    """
    kept = {taxon for taxon in subjects if taxon.rank is Rank.SPECIES and taxon not in few}
    photos_of: Counter[str | None] = Counter()
    for taxon in set(subjects) - kept:
        photos_of[taxon.genus] += number[taxon]
    known = {taxon.genus for taxon in kept}
    genera = {
        name: _genus(name, subjects, guide)
        for name, count in photos_of.items()
        if name and (count >= least or (count and name in known))
    }
    families = {taxon for taxon in subjects if taxon.rank is Rank.FAMILY and number[taxon] >= least}
    outputs = kept | families | set(genera.values())
    wide = {taxon.family for taxon in outputs}
    taught = {}
    for taxon in subjects:
        if taxon in outputs:
            taught[taxon] = taxon
        elif taxon.genus in genera and number[taxon]:
            taught[taxon] = genera[taxon.genus]
        elif taxon.family in wide and taxon.family and number[taxon]:
            taught[taxon] = Taxon(taxon.family, Rank.FAMILY, None, taxon.family)
    return outputs, taught


def _genus(name: str, subjects: Sequence[Taxon], guide: Guide) -> Taxon:
    """The genus as its own folder would be named, with the family that its species have."""
    found = taxon_named(name, guide)
    if found.rank is Rank.GENUS and found.name == name and found.family:
        return found
    return Taxon(name, Rank.GENUS, name, next((t.family for t in subjects if t.genus == name and t.family), None))


def _rare(taxon: Taxon, photos: int, finds: int, taught: Taxon | None) -> RareLabel:
    if taught is None:
        return RareLabel(taxon.name, photos, finds, Fate.LEFT_OUT, "")
    fate = Fate.TEACHES if taught == taxon else Fate(taught.rank.value)
    return RareLabel(taxon.name, photos, finds, fate, taught.name)
