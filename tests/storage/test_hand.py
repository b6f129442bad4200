"""What the hand found is kept with its find: read back, undone, joined, exported, raising the danger shown."""

from __future__ import annotations

import json
import uuid
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from fieldguide.cli.history.book import document, line
from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Alarm, Observation, Seen
from fieldguide.core.text import text
from fieldguide.storage.change import Change
from fieldguide.storage.export.darwin_core import export_darwin_core
from fieldguide.storage.export.geo import export_geojson, export_gpx
from fieldguide.storage.export.json import export_json
from fieldguide.storage.journal import StepKind
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from fieldguide.ui.history.wording import spoken_find
from fieldguide.ui.kit.wording import machine_words
from tests.helpers.stored_finds import CAMPESTRIS, EDULIS, make_identification, make_photo

WHEN = datetime(2026, 10, 4, 9, 30)
SAC = Seen("base", ("sac",), True, answered_at=WHEN, by="anna", guide_version="g1")
WHITE = Seen("gill_colour", ("white", "cream"), answered_at=WHEN, by="anna", guide_version="g1")
PRINT = Seen("spore_print", (), waits=True, answered_at=WHEN, by="anna", guide_version="g1")


def stored(store: ObservationStore, guide: Guide, *seen: Seen) -> Observation:
    calm = Alarm(Danger.CAUTION, 0.0, 0.0, 0.0)
    said = make_identification(CAMPESTRIS, guide, alarm=calm, others=(EDULIS,))
    return store.add(Observation((make_photo("a.jpg"),), identification=said, seen=seen))


def seen_of(store: ObservationStore, number: int) -> tuple[Seen, ...]:
    find = store.get(number)
    assert find is not None
    return find.seen


def test_answers_are_read_back_in_their_order_with_when_who_and_guide(store: ObservationStore, guide: Guide) -> None:
    find = stored(store, guide, SAC, WHITE, PRINT)
    assert seen_of(store, find.id) == (SAC, WHITE, PRINT)


def test_an_answer_is_a_step_that_is_taken_back_and_done_again(store: ObservationStore, guide: Guide) -> None:
    find = stored(store, guide)
    assert store.edit([find.id], Change(seen=(SAC,))) is not None
    assert store.edit([find.id], Change(seen=(SAC,))) is None
    store.edit([find.id], Change(seen=(SAC, WHITE)))
    step = store.newest_step()
    assert step is not None
    assert step.kind is StepKind.SEEN
    store.undo()
    assert seen_of(store, find.id) == (SAC,)
    store.undo()
    assert seen_of(store, find.id) == ()
    store.redo()
    assert seen_of(store, find.id) == (SAC,)


def test_a_sac_raises_the_danger_that_the_book_shows_and_filters_by(store: ObservationStore, guide: Guide) -> None:
    find = stored(store, guide)
    deadly = Filter(dangers=frozenset({Danger.DEADLY}))
    assert store.count(deadly) == 0
    store.edit([find.id], Change(seen=(SAC, Seen("gill_colour", ("white",)))))
    assert store.count(deadly) == 1
    store.undo()
    assert store.count(deadly) == 0


def test_what_the_hand_raised_stands_in_every_list_and_export(
    store: ObservationStore, guide: Guide, tmp_path: Path
) -> None:
    find = stored(store, guide, SAC, Seen("gill_colour", ("white",)))
    find = replace(find, latitude=48.1, longitude=11.5)
    for seen, level in (((), Danger.CAUTION), (find.seen, Danger.DEADLY)):
        told = replace(find, seen=seen)
        assert danger_today(told, guide).shown is level
        export_gpx([told], guide, tmp_path / "f.gpx")
        assert f"<desc>{text(f'ui.danger_{level.value}')}" in (tmp_path / "f.gpx").read_text()
        export_geojson([told], guide, tmp_path / "f.geojson")
        (feature,) = json.loads((tmp_path / "f.geojson").read_text())["features"]
        assert feature["properties"]["danger_today"] == level.value
        assert document(told, guide)["danger_today"] == level.value
        assert text(f"ui.danger_{level.value}") in line(told, guide)
        assert text(f"ui.danger_{level.value}") in spoken_find(told, guide)
    assert find.identification is not None
    poisonous = replace(find.identification, alarm=Alarm(Danger.POISONOUS, 0.5, 0.0, 0.5, raised=True))
    named = replace(find, verified=CAMPESTRIS, identification=poisonous)
    assert machine_words(replace(named, seen=()), guide) == text(
        "ui.machine_danger", danger=text("ui.danger_poisonous")
    )
    assert machine_words(named, guide) == "", "what the hand found is worse, and is shown itself"


def test_joined_finds_keep_every_answer_and_the_first_one_wins(store: ObservationStore, guide: Guide) -> None:
    first = stored(store, guide, SAC)
    second = stored(store, guide, Seen("base", ("plain",), True), WHITE)
    whole = store.merge([first.id, second.id])
    assert whole is not None
    assert {each.character: each.values for each in whole.seen} == {"base": ("sac",), "gill_colour": WHITE.values}


def test_answers_are_exported(store: ObservationStore, guide: Guide, tmp_path: Path) -> None:
    find = stored(store, guide, SAC, PRINT)
    store.edit([find.id], Change(verified=CAMPESTRIS))
    export_json(store.every(), guide, tmp_path / "finds.json")
    (document,) = json.loads((tmp_path / "finds.json").read_text(encoding="utf-8"))["observations"]
    assert document["seen"]["base"] == {
        "values": ["sac"],
        "counted": True,
        "dug_out": True,
        "waits": False,
        "answered_at": WHEN.isoformat(),
        "by": "anna",
        "guide": {"version": "g1"},
    }
    assert document["seen"]["spore_print"]["waits"] is True
    export_darwin_core(store.every(), guide, tmp_path / "finds.zip", uuid.uuid4())
    with zipfile.ZipFile(tmp_path / "finds.zip") as archive:
        table = archive.read("occurrence.csv").decode()
    assert '""characters"": {""base"": [""sac""]}' in table
