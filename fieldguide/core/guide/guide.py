"""The guide: taxa with danger, characters, syndromes, look-alikes, poison centres and sources; any name finds a taxon.

Knows nothing of models. Versioned apart from them, so that a corrected toxicity needs no retraining.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide.characters import Characters, Question, read_characters, read_questions, with_genera
from fieldguide.core.guide.promises import promises_a_meal
from fieldguide.core.guide.resolver import Match, Resolution, Resolver
from fieldguide.core.guide.tables import COLUMNS, OPTIONAL
from fieldguide.core.guide.wider import shipped_wider_names
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon

LANGUAGES = ("en", "de", "fr", "es", "it", "pl")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class TaxonRecord:
    """What the guide says of one taxon. Empty tuples and None mean: not known.

    `months` are the first and last month of its season on the northern half, 1 to 12, and may wrap (11, 3).
    `onset_hours` is the range from the meal to the first symptoms.
    """

    taxon: Taxon
    danger: Danger
    gbif_key: str
    synonyms: tuple[str, ...]
    common_names: dict[str, str]
    syndrome: str
    toxins: tuple[str, ...]
    onset_hours: tuple[float, float] | None
    lookalikes: tuple[str, ...]
    regions: tuple[str, ...]
    months: tuple[int, int] | None
    habitat: str
    key_features: str
    sources: tuple[str, ...]
    other_names: tuple[str, ...] = ()  # further common names, of any language: found by a search, not shown

    def common_name(self, language: str) -> str:
        """The common name to show in `language`; empty where it has none (see `shown_names`): a name of another
        language would look like one of the reader's, and the scientific one is everybody's."""
        return self.shown_names.get(language, "")

    @property
    def shown_names(self) -> dict[str, str]:
        """Common names by language without those that promise a meal; a search finds the others too."""
        return {code: name for code, name in self.common_names.items() if not promises_a_meal(name)}


@dataclass(frozen=True, slots=True)
class Syndrome:
    """One kind of poisoning. `onset_hours`: from the meal to the first symptoms; `severity` 1 to 5."""

    key: str
    name: str
    toxins: tuple[str, ...]
    onset_hours: tuple[float, float]
    main_symptoms: str
    target_organs: tuple[str, ...]
    severity: int
    mortality_note: str
    example_species: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoisonCentre:
    """One telephone to call; `verified` says on which page the number was read."""

    country: str
    name: str
    phone: str
    hours: str
    languages: tuple[str, ...]
    verified: str


@dataclass(frozen=True, slots=True)
class Source:
    """One work that a record rests on; `was_read` is False for what the compiler only recalled."""

    id: str
    citation: str
    used_for: str
    consulted: str

    @property
    def was_read(self) -> bool:
        """Whether somebody read it, at least in part, while compiling."""
        return self.consulted.startswith("read")


class Guide:
    """The guide in memory, read only. Look up with `record`, `resolve` and `danger`."""

    def __init__(
        self,
        records: Iterable[TaxonRecord],
        syndromes: Iterable[Syndrome],
        centres: Iterable[PoisonCentre],
        sources: Iterable[Source],
        version: str,
        characters: Iterable[Characters] = (),
        questions: Mapping[str, Question] | None = None,
    ) -> None:
        self.records = {record.taxon.name: record for record in records}
        self.syndromes = {syndrome.key: syndrome for syndrome in syndromes}
        self.centres = tuple(centres)
        self.sources = {source.id: source for source in sources}
        self.version = version
        self.characters = with_genera(characters)
        self.questions = dict(questions or {})

    @cached_property
    def _resolver(self) -> Resolver:
        """Built when a name is met that is not an accepted one: 60 ms that most starts of the app save."""
        return Resolver(self.records.values(), shipped_wider_names())

    @cached_property
    def _named_by(self) -> dict[str, list[str]]:
        """For each name the taxa that name it as their look-alike."""
        found: dict[str, list[str]] = {}
        for record in self.records.values():
            for name in record.lookalikes:
                found.setdefault(name, []).append(record.taxon.name)
        return found

    def naming(self, names: Iterable[str]) -> list[TaxonRecord]:
        """The records that name one of these as their look-alike, by name."""
        return [self.records[name] for name in sorted({by for name in names for by in self._named_by.get(name, ())})]

    def record(self, name: str) -> TaxonRecord | None:
        """The record of a taxon by any spelling of its names; None when the guide has none, or could only guess."""
        own = self.records.get(name)
        if own is not None:
            return own
        found = self.resolve(name)
        sure = found is not None and found.match is not Match.MISSPELLING
        return self.records[found.taxon.name] if found is not None and sure else None

    def characters_of(self, name: str) -> Characters | None:
        """The characters of an accepted name or a synonym; of its genus when it has none of its own, else None."""
        record = self.record(name)
        if record is None:
            return None
        return self.characters.get(record.taxon.name) or self.characters.get(record.taxon.genus or "")

    def danger(self, taxon: Taxon) -> Danger:
        """Danger of a taxon, however its name is spelt. For a genus or family: the worst of its species.

        A name that cannot be resolved is *unknown* or worse: as dangerous as the worst species of the genus that it
        names, and as the worst name that it may be a misspelling of.
        """
        own = self.records.get(taxon.name)
        if own is not None:
            return own.danger
        return self._resolver.danger(taxon.name, taxon.genus or "") if taxon != BACKGROUND else Danger.UNKNOWN

    def resolve(self, raw: str) -> Resolution | None:
        """The accepted taxon for a folder name, a label or a synonym in any spelling; None when nothing fits.

        Read as `core.guide.names.read_name` says: "001.AMANITA_phalloides Link" is the death cap. A misspelling
        is accepted only when one taxon alone is nearest, by a few letters, and none nearly as near is worse; a species
        is matched only with species names, so that a wrong genus is not taken for a typing error.
        """
        return self._resolver.resolve(raw)

    def placed(self, labels: Sequence[Taxon]) -> tuple[Taxon, ...]:
        """A model's labels under the accepted names they surely stand for; of two for one taxon both keep theirs."""
        found = [label if label == BACKGROUND or label.name in self.records else self._place(label) for label in labels]
        often = Counter(taxon.name for taxon in found)
        return tuple(taxon if often[taxon.name] == 1 else label for taxon, label in zip(found, labels, strict=True))

    def _place(self, label: Taxon) -> Taxon:
        record = self.record(label.name)
        return replace(record.taxon, family=label.family or record.taxon.family) if record else label

    def rests_on_reading(self, record: TaxonRecord) -> bool:
        """Whether at least one source of the record was read rather than recalled."""
        return any(self.sources[key].was_read for key in record.sources if key in self.sources)


def load_guide(folder: Path | None = None) -> Guide:
    """Read the guide's tables from `folder` (the shipped ones by default); characters and questions may be missing.

    The version is a digest over the bytes of the tables that are there: any correction gives a new one.

    Raises:
        FieldGuideError: GUIDE_MISSING when a table is not there, GUIDE_BROKEN with `file`, `row` and `problem`.
    """
    folder = folder or resource("guide")
    names = [name for name in COLUMNS if name not in OPTIONAL or (folder / f"{name}.csv").is_file()]
    tables = {name: _read(folder / f"{name}.csv") for name in names}
    digest = hashlib.sha256(b"".join((folder / f"{name}.csv").read_bytes() for name in sorted(tables)))
    return Guide(
        _parse("species", tables["species"], _record, key="scientific_name"),
        _parse("syndromes", tables["syndromes"], _syndrome, key="key"),
        _parse("poison_centres", tables["poison_centres"], _centre),
        _parse("sources", tables["sources"], lambda row: Source(**row), key="id"),
        version=digest.hexdigest()[:12],
        characters=_parse("characters", tables.get("characters", []), read_characters, key="scientific_name"),
        questions=_questions(tables.get("questions", [])),
    )


def _read(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except FileNotFoundError as missing:
        raise FieldGuideError(ErrorCode.GUIDE_MISSING, file=str(file)) from missing
    except (UnicodeDecodeError, csv.Error) as damaged:
        raise FieldGuideError(ErrorCode.GUIDE_BROKEN, file=file.name, row=0, problem=str(damaged)) from damaged


def _parse(name: str, rows: list[dict[str, str]], build: Callable[[dict[str, str]], Row], key: str = "") -> list[Row]:
    """Rows as records. A second row for the same `key` is refused: it could hide a worse danger behind a milder one."""
    built, seen = [], set()
    for number, row in enumerate(rows, start=2):  # row 1 is the header
        try:
            if key and (not row[key] or row[key] in seen):
                raise ValueError(f"{key} {row[key]!r} is empty or stands twice")
            built.append(build(row))
        except (KeyError, ValueError, TypeError, AttributeError, IndexError) as problem:
            place = {"file": f"{name}.csv", "row": number}
            raise FieldGuideError(ErrorCode.GUIDE_BROKEN, **place, problem=str(problem)) from problem
        seen.add(row.get(key, ""))
    return built


def _questions(rows: list[dict[str, str]]) -> dict[str, Question]:
    try:
        return read_questions(rows)
    except (KeyError, ValueError, AttributeError) as problem:
        place = {"file": "questions.csv", "row": 0}
        raise FieldGuideError(ErrorCode.GUIDE_BROKEN, **place, problem=str(problem)) from problem


def _record(row: dict[str, str]) -> TaxonRecord:
    name, rank = row["scientific_name"], Rank(row["rank"])
    genus = None if rank is Rank.FAMILY else name.split()[0]
    first, _, last = row["months_north"].partition("-")
    common = {code: names for code in LANGUAGES if (names := _several(row[f"common_name_{code}"]))}
    return TaxonRecord(
        taxon=Taxon(name, rank, genus, row["family"]),
        danger=Danger(row["danger"]),
        gbif_key=row["gbif_key"],
        synonyms=_several(row["synonyms"]),
        common_names={code: names[0] for code, names in common.items()},
        syndrome=row["syndrome"],
        toxins=_several(row["toxins"]),
        onset_hours=_range(row),
        lookalikes=_several(row["dangerous_lookalikes"]),
        regions=_several(row["regions"]),
        months=(int(first), int(last)) if first else None,
        habitat=row["habitat"],
        key_features=row["key_features"],
        sources=_several(row["sources"]),
        other_names=tuple(name for names in common.values() for name in names[1:]),
    )


def _syndrome(row: dict[str, str]) -> Syndrome:
    onset = _range(row)
    if onset is None:
        raise ValueError("no onset")
    return Syndrome(
        row["key"],
        row["name"],
        _several(row["toxins"]),
        onset,
        row["main_symptoms"],
        _several(row["target_organs"]),
        int(row["severity"]),
        row["mortality_note"],
        _several(row["example_species"]),
        _several(row["sources"]),
    )


def _centre(row: dict[str, str]) -> PoisonCentre:
    return PoisonCentre(
        row["country_iso2"], row["name"], row["phone"], row["hours"], _several(row["language"]), row["verified"]
    )


def _range(row: dict[str, str]) -> tuple[float, float] | None:
    return (float(row["onset_hours_min"]), float(row["onset_hours_max"])) if row["onset_hours_min"] else None


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
