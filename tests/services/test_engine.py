"""A model that is loaded before anybody asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference.child import Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.services.engine import Engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine(FrozenModels(None), Children())
    yield made
    made.children.end_all()


def running(engine: Engine) -> int:
    return len(engine.children._running)


def test_what_was_loaded_ahead_is_used_when_it_is_asked_for(engine: Engine, bundle_path: Path) -> None:
    engine.load_ahead(bundle_path, "cpu", 1)
    with pytest.raises(FieldGuideError) as nothing:
        engine.network()
    assert nothing.value.code is ErrorCode.BUNDLE_MISSING, "nobody asked for it yet"
    before = tuple(engine.children._running)
    assert engine.load(bundle_path, "cpu", 1).device == "cpu"
    assert tuple(engine.children._running) == before, "the very process that had it"
    engine.load(bundle_path, "cpu", 1)
    assert tuple(engine.children._running) != before, "asked for again, it is read again: the file may be another"
    assert running(engine) == 1


def test_what_was_loaded_ahead_in_vain_is_let_go(engine: Engine, bundle_path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.fieldguide"
    other.write_bytes(bundle_path.read_bytes())
    engine.load_ahead(bundle_path, "cpu", 1)
    engine.load(other, "cpu", 1)
    assert engine.network().bundle.path == other
    assert running(engine) == 1


def test_what_cannot_be_loaded_ahead_is_told_to_who_asks_for_it(
    engine: Engine, bundle_path: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "missing.fieldguide"
    engine.load_ahead(missing, "cpu", 1)
    with pytest.raises(FieldGuideError) as refused:
        engine.load(missing, "cpu", 1)
    assert refused.value.code is ErrorCode.BUNDLE_MISSING
    engine.load_ahead(missing, "cpu", 1)
    engine.load(bundle_path, "cpu", 1)
    assert engine.network().bundle.path == bundle_path
