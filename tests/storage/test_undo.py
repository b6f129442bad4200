"""Undo and redo: in order, across restarts, and nothing that ever stood in a find gets out of reach."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import pytest

from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.storage.change import Change
from fieldguide.storage.database import Database
from fieldguide.storage.journal import StepKind
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from tests.helpers.stored_finds import (
    EDULIS,
    MUSCARIA,
    PHALLOIDES,
    deadly_alarm,
    make_find,
    make_identification,
    make_photo,
)


def notes(store: ObservationStore, number: int) -> str:
    find = store.get(number)
    assert find is not None
    return find.notes


def test_steps_are_taken_back_and_done_again_over_a_restart(tmp_path: Path, guide: Guide) -> None:
    with Database(tmp_path / "o.db") as database:
        store = ObservationStore(database, guide)
        find = store.add(make_find(guide))
        for words in ("one", "two", "three"):
            store.edit([find.id], Change(notes=words))
        store.undo()
    with Database(tmp_path / "o.db") as database:
        store = ObservationStore(database, guide)
        assert notes(store, find.id) == "two"
        store.undo()
        assert notes(store, find.id) == "one"
        for words in ("two", "three"):
            done = store.redo()
            assert done is not None
            assert (done.again, done.step.kind, done.find and done.find.id) == (True, StepKind.NOTES, find.id)
            assert notes(store, find.id) == words
        assert store.redo() is None


def test_a_change_after_an_undo_keeps_what_was_taken_back_within_reach(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide, notes="zero"))
    store._now = lambda: datetime(2026, 10, 1, 12)
    for words in ("text of last week", "more"):
        store.edit([find.id], Change(notes=words))
    store._now = lambda: datetime(2026, 10, 8, 12)
    store.edit([find.id], Change(notes="fresh"))
    for _ in range(3):
        store.undo()
    store.edit([find.id], Change(notes="new"))
    assert store.redo() is None
    seen = [notes(store, find.id)]
    while store.undo() is not None:
        seen.append(notes(store, find.id))
    assert seen == ["new", "zero", "text of last week", "more", "text of last week", "zero"]


def test_a_clock_that_went_back_puts_nothing_out_of_reach(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide, notes="zero"))
    store._now = lambda: datetime(2026, 10, 1, 12)
    store.edit([find.id], Change(notes="text of last week"))
    store._now = lambda: datetime(2000, 1, 1)  # an empty battery
    store.undo()
    store.edit([find.id], Change(notes="new"))
    seen = [notes(store, find.id)]
    while store.undo() is not None:
        seen.append(notes(store, find.id))
    assert seen == ["new", "zero", "text of last week", "zero"]


def test_an_undo_of_one_change_leaves_every_other_alone(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide))
    step = store.edit([find.id], Change(verified=MUSCARIA))
    assert store.edit([find.id], Change(notes="later"))
    assert store.undo(step) is None
    assert notes(store, find.id) == "later"


def test_what_changes_nothing_is_no_step(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide, notes="same"))
    assert store.edit([find.id], Change(notes="same", place=(48.137, 11.575))) is None
    assert store.tag([find.id], remove=["absent"]) is None
    assert store.steps() == 0


def test_the_bin_keeps_until_it_is_emptied(store: ObservationStore, guide: Guide) -> None:
    kept, gone = store.add(make_find(guide, EDULIS)), store.add(make_find(guide, MUSCARIA))
    store.edit([gone.id], Change(notes="x"))
    store.edit([kept.id], Change(notes="y"))
    store.delete([gone.id])
    assert [find.id for find in store.bin()] == [gone.id]
    assert (store.count(), store.get(gone.id), store.count(Filter(text="fly agaric"))) == (1, None, 0)
    store.restore([gone.id])
    assert store.count(Filter(text="fly agaric")) == 1
    store.delete([gone.id])
    assert store.empty_bin() == 1
    assert store.bin() == ()
    assert store.undo().step.kind is StepKind.NOTES  # type: ignore[union-attr]  # of the find that is still there
    assert store.undo() is None
    assert notes(store, kept.id) == ""


def test_a_find_grows_and_stays_itself(store: ObservationStore, guide: Guide) -> None:
    cap, base = make_photo("cap.jpg"), make_photo("base.jpg")
    find = store.add(make_find(guide, EDULIS, photos=(cap,), notes="mine"))
    store.edit([find.id], Change(verified=EDULIS))
    said = make_identification(PHALLOIDES, guide, alarm=deadly_alarm(guide))
    grown = store.grow(find.id, Observation((cap, base), identification=said, observed_at=datetime(1999, 1, 1)))
    assert grown is not None
    assert (grown.id, grown.photos, grown.notes, grown.verified) == (find.id, (cap, base), "mine", EDULIS)
    assert (grown.identification, grown.observed_at) == (said, find.observed_at)
    assert store.identifications(find.id) == (find.identification, said)
    store.undo()
    shrunk = store.get(find.id)
    assert shrunk is not None
    assert (shrunk.photos, shrunk.identification) == ((cap,), find.identification)


@pytest.mark.parametrize("seed", range(8))
def test_any_steps_come_back_in_order(store: ObservationStore, guide: Guide, seed: int) -> None:
    """Random changes, undone and redone to the end: each state on the way is the one that was there."""
    chance = random.Random(seed)
    photos = [make_photo(f"{number}.jpg") for number in range(12)]
    for number in range(4):
        store.add(make_find(guide, EDULIS, photos=tuple(photos[number * 3 : number * 3 + 3])))

    def state() -> list[Observation]:
        return sorted(store.every(), key=lambda find: find.id)

    acts = [
        lambda ids: store.edit(ids, Change(notes=str(chance.random()))),
        lambda ids: store.edit(
            ids, Change(stars=chance.randrange(6), verified=chance.choice([EDULIS, MUSCARIA, None]))
        ),
        lambda ids: store.tag(ids, add=[chance.choice("abc")], remove=[chance.choice("abc")]),
        lambda ids: store.merge(ids),
        lambda ids: store.split(ids[0], [0]),
        lambda ids: store.delete(ids[:1]),
        lambda ids: store.restore([find.id for find in store.bin()][:1]),
    ]
    states = [state()]
    steps = store.steps()
    for _ in range(30):
        ids = [find.id for find in states[-1]]
        chance.choice(acts)(chance.sample(ids, min(len(ids), 2)) or [1])
        if store.steps() > steps:
            steps = store.steps()
            states.append(state())
    for expected in states[-2::-1]:
        assert store.undo() is not None
        assert state() == expected
    for expected in states[1:]:
        assert store.redo() is not None
        assert state() == expected
