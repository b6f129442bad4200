"""What a bundle says of itself: names, labels, input, thresholds, metrics, provenance; checked, never repaired.

Plain JSON in and out. Knows nothing of archives (`core.bundle`) and nothing of torch.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import promises_a_meal
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.core.records import ModelReference
from fieldguide.core.taxonomy import Rank, Taxon

SCHEMA = 2
MAX_LABELS = 20_000  # each name that the guide does not have is looked for among misspellings: half a millisecond
MAX_VALUES = 1_000_000  # in the whole text: twenty million empty lists took half a minute and 2 GB
MAX_NAME = 200
MAX_WORDS = 2000  # of a licence, an author, a region
TEMPERATURES = (0.01, 100.0)


@dataclass(frozen=True)
class Manifest:
    """The manifest of one bundle; building one checks it, so an existing one is consistent.

    Attributes:
        id: identifies the training, the same for every copy. name, version, licence: for people.
        labels: one taxon per logit, in order, of mixed ranks; at most one is the background. A species lies in the
            genus that its name begins with, a genus in one family, and no name promises a meal.
        input: how pictures are prepared.
        temperature: logits are divided by it before the softmax (0.01 to 100).
        thresholds: what `core.thresholds.Thresholds.from_manifest` reads.
        unknown: `{"score": NAME, ...}`, see `core.unknown`; empty when the bundle has none.
        metrics, provenance: free, for the model's card.
        schema: version of this format.

    Raises:
        FieldGuideError: BUNDLE_CONTRADICTORY with `problem`; BUNDLE_TOO_NEW with `schema` and `supported`.
    """

    id: str
    name: str
    version: str
    labels: tuple[Taxon, ...]
    input: InputSpec
    licence: str = ""
    authors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    temperature: float = 1.0
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    unknown: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.schema > SCHEMA:
            raise FieldGuideError(ErrorCode.BUNDLE_TOO_NEW, schema=self.schema, supported=SCHEMA)
        if self.schema < 1:
            raise contradiction(f"schema is {self.schema}")
        for key in ("id", "name", "version"):
            value = getattr(self, key)
            if not value.strip() or len(value) > MAX_NAME or not value.isprintable():
                raise contradiction(f"{key} is empty, too long or has control characters")
        for key, values in (("name", [self.name]), ("version", [self.version]), ("regions", self.regions)):
            if any(map(promises_a_meal, values)):  # they stand beside the verdict
                raise contradiction(f"{key} promises a meal")
        for key, values in (("licence", [self.licence]), ("authors", self.authors), ("regions", self.regions)):
            if not all(len(words) <= MAX_WORDS and words.isprintable() for words in values):
                raise contradiction(f"{key} is too long or has control characters")
        low, high = TEMPERATURES
        if not low <= self.temperature <= high:  # also refuses NaN
            raise contradiction(f"temperature is {self.temperature}, not within {low} to {high}")
        _check_labels(self.labels)
        Thresholds.from_manifest(self.thresholds)

    @property
    def reference(self) -> ModelReference:
        """What an identification keeps of the model that made it."""
        return ModelReference(self.id, self.name, self.version)

    @property
    def common_names(self) -> dict[str, str]:
        """Common names by scientific name that the model brings, for what a guide has none of.

        Anything may stand in the provenance: what promises a meal or is no name is left out.
        """
        names = self.provenance.get("common_names")
        pairs = names.items() if isinstance(names, dict) else ()
        return {taxon: name for taxon, name in pairs if isinstance(name, str) and is_name(name)}

    def to_json(self) -> str:
        """UTF-8 JSON text of every key, readable by people; `from_json` gives an equal manifest back."""
        labels = [{"name": t.name, "rank": t.rank.value, "genus": t.genus, "family": t.family} for t in self.labels]
        spec = self.input
        document = {
            "schema": self.schema,
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "licence": self.licence,
            "authors": list(self.authors),
            "regions": list(self.regions),
            "input": {
                "size": spec.size,
                "resize": spec.resize,
                "interpolation": spec.interpolation,
                "whole": spec.whole,
            },
            "temperature": self.temperature,
            "thresholds": dict(self.thresholds),
            "unknown": dict(self.unknown),
            "metrics": dict(self.metrics),
            "provenance": dict(self.provenance),
            "labels": labels,
        }
        return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Parse and check.

        Raises:
            FieldGuideError: BUNDLE_TOO_NEW for a later schema, whatever else it holds; else BUNDLE_CONTRADICTORY.
        """
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
            raise contradiction("the manifest is too long")
        try:
            document = json.loads(data, parse_constant=_no_constant, object_pairs_hook=_no_key_twice)
        except (ValueError, RecursionError) as problem:
            raise contradiction("the manifest is not JSON") from problem
        if not isinstance(document, dict):
            raise contradiction("the manifest is not an object")
        schema = _read(document, "schema", int)
        if schema > SCHEMA:
            raise FieldGuideError(ErrorCode.BUNDLE_TOO_NEW, schema=schema, supported=SCHEMA)
        return cls(
            schema=schema,
            id=_read(document, "id", str),
            name=_read(document, "name", str),
            version=_read(document, "version", str),
            licence=_read(document, "licence", str, ""),
            authors=_read_words(document, "authors"),
            regions=_read_words(document, "regions"),
            labels=tuple(_read_label(row) for row in _read(document, "labels", list)),
            input=_read_input(_read(document, "input", dict)),
            temperature=_read_number(document, "temperature"),
            thresholds=_read(document, "thresholds", dict, {}),
            unknown=_read(document, "unknown", dict, {}),
            metrics=_read(document, "metrics", dict, {}),
            provenance=_read(document, "provenance", dict, {}),
        )


def is_name(name: str) -> bool:
    """Whether somebody else's name may stand beside a danger: short, plain (a window reads HTML too), no promise."""
    plain = name.isprintable() and not set("<>") & set(name)
    return plain and 0 < len(name.strip()) <= len(name) <= MAX_NAME and not promises_a_meal(name)


def contradiction(problem: str) -> FieldGuideError:
    """The error for a bundle that cannot be what it says; `problem` is a short technical phrase."""
    return FieldGuideError(ErrorCode.BUNDLE_CONTRADICTORY, problem=problem)


def _check_labels(labels: tuple[Taxon, ...]) -> None:
    if not 2 <= len(labels) <= MAX_LABELS:
        raise contradiction(f"{len(labels)} labels")
    seen: set[str] = set()
    families: dict[str, str] = {}
    for taxon in labels:
        for name in (taxon.name, taxon.genus, taxon.family):
            if name is not None and not is_name(name):
                raise contradiction(f"label {name[:40]!r} is no name, or promises a meal")
        if taxon.name.lower() in seen:
            raise contradiction(f"label {taxon.name!r} stands twice")
        seen.add(taxon.name.lower())
        if taxon.rank is Rank.SPECIES and not taxon.genus:
            raise contradiction(f"species {taxon.name!r} has no genus")
        if taxon.rank is Rank.SPECIES and taxon.genus != taxon.name.split()[0]:
            raise contradiction(f"species {taxon.name!r} is said to be in the genus {taxon.genus!r}")
        if taxon.genus and taxon.family and families.setdefault(taxon.genus, taxon.family) != taxon.family:
            raise contradiction(f"genus {taxon.genus!r} is said to be in two families")
        for rank, own in ((Rank.GENUS, taxon.genus), (Rank.FAMILY, taxon.family)):
            if taxon.rank is rank and own not in (None, taxon.name):
                raise contradiction(f"{rank.value} {taxon.name!r} is said to be in {own!r}")
    if sum(taxon.rank is Rank.BACKGROUND for taxon in labels) > 1:
        raise contradiction("two background labels")


def _read(document: Mapping[str, Any], key: str, kind: type, default: Any = None) -> Any:
    value = document.get(key, default)
    if value is None:
        raise contradiction(f"{key} is missing")
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise contradiction(f"{key} is {value!r:.40}, not {kind.__name__}")
    return value


def _read_number(document: Mapping[str, Any], key: str) -> float:
    value = document.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
        raise contradiction(f"{key} is {value!r:.40}, not a number")
    return float(value)


def _read_words(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = _read(document, key, list, [])
    if not all(isinstance(word, str) for word in words):
        raise contradiction(f"{key} holds something that is no text")
    return tuple(words)


def _read_label(row: Any) -> Taxon:
    if not isinstance(row, dict):
        raise contradiction("a label is not an object")
    rank = _convert(Rank, _read(row, "rank", str), "rank")
    genus, family = row.get("genus"), row.get("family")
    if not all(name is None or isinstance(name, str) for name in (genus, family)):
        raise contradiction("a label's genus or family is no text")
    name = _read(row, "name", str)
    own_genus = name if rank is Rank.GENUS else genus
    own_family = name if rank is Rank.FAMILY else family
    if (genus, family) != (own_genus, own_family) and genus is not None and family is not None:
        raise contradiction(f"label {name!r} is not in itself")
    return Taxon(name, rank, own_genus, own_family)


def _read_input(row: Mapping[str, Any]) -> InputSpec:
    try:
        return InputSpec(
            _read(row, "size", int),
            _read(row, "resize", int),
            _read(row, "interpolation", str),
            _read(row, "whole", bool, False),
        )
    except ValueError as problem:
        raise contradiction(f"input: {problem}") from problem


def _convert(kind: Callable[[str], Rank], value: str, key: str) -> Rank:
    try:
        return kind(value)
    except ValueError:
        raise contradiction(f"{key} {value!r:.40} means nothing here") from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values another reader may take the other one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)
