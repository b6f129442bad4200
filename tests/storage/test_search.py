from datetime import date, datetime, timedelta

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import VerdictKind
from fieldguide.storage.change import Change
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from tests.helpers.guides import corrected
from tests.helpers.stored_finds import BOLETUS, EDULIS, MUSCARIA, PHALLOIDES, deadly_alarm, make_find

DAY = datetime(2026, 9, 1, 10)


@pytest.fixture
def forest(store: ObservationStore, guide: Guide) -> ObservationStore:
    """Four finds on four days; the others of their candidates are field mushrooms."""
    store.add(make_find(guide, EDULIS, observed_at=DAY, notes="Beneath the old oak"))
    store.add(make_find(guide, PHALLOIDES, observed_at=DAY + timedelta(days=1), alarm=deadly_alarm(guide)))
    store.add(make_find(guide, BOLETUS, observed_at=DAY + timedelta(days=2), others=()))
    store.add(make_find(guide, None, observed_at=DAY + timedelta(days=3), others=()))
    return store


def found(store: ObservationStore, wanted: Filter) -> list[int]:
    listed = [find.id for find in store.page(wanted).observations]
    assert store.count(wanted) == len(listed)
    return listed


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("amanita", [2]),
        ("Amanita phalloides", [2]),
        ("death cap", [2]),
        ("knollenblatter", [2]),  # German, without its dots
        ("Knollenblaetterpilz gruener", [2]),  # from a keyboard without them
        ("oronja", [2]),  # Spanish
        ("penny bun", [1]),
        ("bol", [3, 1]),  # the beginning of a word, genera included
        ("agaricus", [2, 1]),  # a candidate
        ("old oak", [1]),
        ("oak amanita", []),
        ('"* OR NEAR(', []),
        ("!?", []),
        ("   ", [4, 3, 2, 1]),
        ("kindspecies", []),  # the inner words are not to be found by
    ],
)
def test_any_name_finds_newest_first(forest: ObservationStore, words: str, ids: list[int]) -> None:
    assert found(forest, Filter(text=words)) == ids


def test_filters_join(forest: ObservationStore) -> None:
    assert found(forest, Filter(called=frozenset({"Boletus edulis"}))) == [1]
    assert found(forest, Filter(called=frozenset({"Boletus", "Amanita phalloides"}), text="amanita")) == [2]
    assert found(forest, Filter(called=frozenset({"Agaricus campestris"}))) == []  # a candidate only
    assert found(forest, Filter(kinds=frozenset({VerdictKind.SPECIES}))) == [2, 1]
    assert found(forest, Filter(kinds=frozenset({VerdictKind.GENUS, VerdictKind.UNKNOWN}))) == [4, 3]
    assert found(forest, Filter(dangers=frozenset({Danger.DEADLY}))) == [2]
    assert found(forest, Filter(text="agaricus", dangers=frozenset({Danger.DEADLY}))) == [2]
    assert found(forest, Filter(since=date(2026, 9, 2), until=date(2026, 9, 3))) == [3, 2]
    assert found(forest, Filter(text="bol", until=date(2026, 9, 1))) == [1]
    assert found(forest, Filter(since=date.min, until=date.max)) == [4, 3, 2, 1]
    forest.edit([2], Change(verified=MUSCARIA))
    assert found(forest, Filter(verified=True)) == [2]
    assert found(forest, Filter(verified=False, text="boletus")) == [3, 1]


def test_search_follows_every_change(forest: ObservationStore) -> None:
    forest.edit([4], Change(notes="bei München"))
    assert found(forest, Filter(text="Muenchen")) == found(forest, Filter(text="munchen")) == [4]
    forest.edit([3], Change(notes="Birkenwald", tags=("Heimweg",)))
    assert found(forest, Filter(text="birken")) == found(forest, Filter(text="heimweg")) == [3]
    forest.edit([1], Change(verified=MUSCARIA))
    assert found(forest, Filter(text="fly agaric")) == [1]
    forest.delete([3])
    assert found(forest, Filter(text="birken")) == []
    forest.undo()
    assert found(forest, Filter(text="birken")) == [3]
    forest.merge([1, 3])
    assert found(forest, Filter(text="birken")) == [1]
    forest.undo()
    forest.undo()
    assert found(forest, Filter(text="fly agaric")) == []


def test_a_changed_date_moves_the_find(forest: ObservationStore) -> None:
    forest.edit([1], Change(observed_at=datetime(2030, 1, 1)))
    assert found(forest, Filter()) == [1, 4, 3, 2]
    assert found(forest, Filter(text="agaricus")) == [2, 1]  # 2 is called so, 1 mentions it
    forest.undo()
    assert found(forest, Filter()) == [4, 3, 2, 1]


@pytest.mark.parametrize("wanted", [Filter(), Filter(text="boletus"), Filter(verified=False)])
def test_pages_follow_each_other_without_gap(store: ObservationStore, guide: Guide, wanted: Filter) -> None:
    for number in range(7):
        store.add(make_find(guide, BOLETUS, observed_at=DAY if number % 2 else DAY + timedelta(hours=number)))
    seen, key = [], None
    while True:
        page = store.page(wanted, key, limit=3)
        seen += [find.id for find in page.observations]
        key = page.next_key
        if key is None:
            break
    assert sorted(seen) == [1, 2, 3, 4, 5, 6, 7]
    assert seen == [find.id for find in store.every(wanted)]
    assert seen[:3] == [7, 5, 3]


def test_the_last_stored_come_first_whatever_their_date(forest: ObservationStore, guide: Guide) -> None:
    old = forest.add(make_find(guide, observed_at=datetime(1999, 1, 1)))
    assert [find.id for find in forest.recently_added(2)] == [old.id, 4]


def test_a_corrected_guide_reaches_old_finds(forest: ObservationStore, guide: Guide) -> None:
    worse = corrected(guide, "Boletus edulis", danger=Danger.DEADLY, common_names={"en": "Stomach breaker"})
    waiting = forest.join_guide(worse, limit=3)
    assert waiting == 1
    assert forest.join_guide(worse) == 0
    assert found(forest, Filter(text="stomach breaker")) == [1]
    # 3 was said to be some Boletus: a genus counts with its worst species
    assert found(forest, Filter(dangers=frozenset({Danger.DEADLY}))) == [3, 2, 1]


def test_without_a_guide_scientific_names_are_found(database: Database, guide: Guide) -> None:
    store = ObservationStore(database)
    store.add(make_find(guide, EDULIS))
    assert found(store, Filter(text="boletus edulis")) == [1]
    assert found(store, Filter(text="penny bun")) == []
    assert store.join_guide(guide) == 0
    assert found(store, Filter(text="penny bun")) == [1]


def test_only_the_asked_finds_are_listed(store: ObservationStore, guide: Guide) -> None:
    kept = [store.add(make_find(guide, notes=f"number {number}")).id for number in range(4)]
    wanted = Filter(ids=frozenset(kept[1:3]))
    assert [find.id for find in store.page(wanted).observations] == [kept[2], kept[1]]
    assert store.count(Filter(text="number 2", ids=frozenset(kept[1:3]))) == 1
    assert store.count(Filter(ids=frozenset())) == 0
