"""The manifest: there and back, and everything that it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from fieldguide.core.bundle import Manifest
from fieldguide.core.bundle.manifest import SCHEMA
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon

LABELS = (
    Taxon("Amanita phalloides", Rank.SPECIES, "Amanita", "Amanitaceae"),
    Taxon("Boletus", Rank.GENUS, "Boletus", "Boletaceae"),
    BACKGROUND,
)


def manifest(**changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "id": "m-1",
        "name": "Three",
        "version": "1.0",
        "labels": LABELS,
        "input": InputSpec(64, 72),
        "authors": ("Somebody",),
        "temperature": 1.5,
        "metrics": {"test": {"top1": 0.9}},
    }
    return Manifest(**{**values, **changes})


def test_there_and_back() -> None:
    assert Manifest.from_json(manifest().to_json()) == manifest()


def test_the_reference_names_the_model() -> None:
    assert manifest().reference.id == "m-1"


def refusal(change: Callable[[dict[str, Any]], object]) -> FieldGuideError:
    document = json.loads(manifest().to_json())
    change(document)
    with pytest.raises(FieldGuideError) as caught:
        Manifest.from_json(json.dumps(document))
    return caught.value


def test_a_later_schema_is_too_new_whatever_else_it_holds() -> None:
    error = refusal(lambda document: (document.clear(), document.update(schema=SCHEMA + 1)))
    assert error.code is ErrorCode.BUNDLE_TOO_NEW
    assert error.facts == {"schema": SCHEMA + 1, "supported": SCHEMA}


@pytest.mark.parametrize("key", ["schema", "id", "name", "version", "labels", "input", "temperature"])
def test_what_must_be_there_is_asked_for(key: str) -> None:
    assert refusal(lambda document: document.pop(key)).code is ErrorCode.BUNDLE_CONTRADICTORY


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Edible mushrooms"},
        {"version": "1, all safe"},
        {"regions": ["good to eat"]},
        {"schema": 0},
        {"schema": True},
        {"schema": "1"},
        {"id": ""},
        {"id": "a\nb"},
        {"name": 7},
        {"version": "x" * 300},
        {"temperature": 0},
        {"temperature": -1},
        {"temperature": 1e9},
        {"temperature": "1"},
        {"labels": []},
        {"labels": ["Amanita"]},
        {"labels": [{"name": "Amanita", "rank": "genus"}]},
        {"labels": [{"name": "Amanita", "rank": "genus"}, {"name": "amanita", "rank": "genus"}]},
        {"labels": [{"name": "Amanita", "rank": "order"}, {"name": "Boletus", "rank": "genus"}]},
        {"labels": [{"name": "Amanita muscaria", "rank": "species"}, {"name": "Boletus", "rank": "genus"}]},
        {"labels": [{"name": "", "rank": "genus"}, {"name": "Boletus", "rank": "genus"}]},
        {"labels": [{"name": "A", "rank": "background"}, {"name": "B", "rank": "background"}]},
        {"labels": [{"name": "Amanita", "rank": "genus", "genus": 3}, {"name": "Boletus", "rank": "genus"}]},
        {"input": {"size": 0, "resize": 10, "interpolation": "bicubic"}},
        {"input": {"size": 224, "resize": 100, "interpolation": "bicubic"}},
        {"input": {"size": 224, "resize": 256, "interpolation": "magic"}},
        {"input": {"size": "224", "resize": 256, "interpolation": "bicubic"}},
        {"thresholds": {"deadly": 1.5}},
        {"thresholds": {"species": "high"}},
        {"thresholds": {"surprise": 0.5}},
        {"authors": "Somebody"},
        {"authors": [3]},
        {"metrics": []},
        {"temperature": 10**400},
        {"licence": "CC0\x1b[2J"},
        {"authors": ["A" * 10_000]},
        {"regions": ["europe\u202eeporue"]},
    ],
)
def test_contradictions_are_refused_and_named(change: dict[str, Any]) -> None:
    error = refusal(lambda document: document.update(change))
    assert error.code is ErrorCode.BUNDLE_CONTRADICTORY
    assert error.facts["problem"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"schema": NaN}', b"\xff\xfe", "[" * 100_000, '{"schema": 2, "schema": 2}', "\ud800"]
)
def test_what_is_no_json_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(FieldGuideError) as caught:
        Manifest.from_json(text)
    assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY


@pytest.mark.parametrize("value", ["[]", "{}", "0"])
def test_a_million_values_are_refused_before_they_cost_memory(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(FieldGuideError) as caught:
        Manifest.from_json('{"schema": 2, "metrics": {"a": [' + f"{value}," * 1_000_001 + "0]}}")
    assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY


def test_not_a_number_is_no_temperature() -> None:
    with pytest.raises(FieldGuideError):
        manifest(temperature=float("nan"))


@pytest.mark.parametrize(
    "label",
    [
        Taxon("Amanita virosa", Rank.SPECIES, "Agaricus", "Agaricaceae"),  # told as one of a milder genus
        Taxon("Amanita virosa", Rank.SPECIES, "Amanita", "Agaricaceae"),  # ... or family
        Taxon("Amanita virosa", Rank.SPECIES, "Amanita", "F" * 10_000),
        Taxon("Amanita virosa", Rank.SPECIES, "Amanita", "Amanita\nceae"),
        Taxon("<b>Amanita</b> virosa", Rank.SPECIES, "<b>Amanita</b>", None),
        Taxon("Amanita\u202e virosa", Rank.SPECIES, "Amanita\u202e", None),
        Taxon("Edible", Rank.GENUS, "Edible", None),
        Taxon("Not poisonous", Rank.SPECIES, "Not", None),
    ],
)
def test_labels_that_mislead_are_refused(label: Taxon) -> None:
    with pytest.raises(FieldGuideError) as caught:
        manifest(labels=(*LABELS, label))
    assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY


def test_a_genus_is_not_in_another_genus() -> None:
    strange = Taxon("Boletus", Rank.GENUS, "Amanita", "Amanitaceae")
    with pytest.raises(FieldGuideError):
        manifest(labels=(LABELS[0], strange))


def test_of_the_common_names_that_a_model_brings_only_plain_ones_count() -> None:
    brought = {
        **{"Anax imperator": "emperor", "Ischnura": 3, "Apis": "edible", "Vespa": "<h1>Hornet</h1>"},
        **{"Bombus": "B" * 10_000, "Musca": "Harmless fly"},
    }
    assert manifest(provenance={"common_names": brought}).common_names == {"Anax imperator": "emperor"}
    for other in (None, "emperor", ["emperor"]):
        assert manifest(provenance={"common_names": other}).common_names == {}
