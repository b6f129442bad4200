"""Lists in groups: counts, the worst danger, and that any row can be read from its group on; filters kept by name."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.storage.asking import PAGE
from fieldguide.storage.change import Change
from fieldguide.storage.database import MIGRATIONS, Database
from fieldguide.storage.groups import GroupBy, place_of_row
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.rows import sort_key
from fieldguide.storage.search import FAR, Filter, Sort
from tests.helpers.stored_finds import CAMPESTRIS, EDULIS, MUSCARIA, PHALLOIDES, make_find

KINDS = (PHALLOIDES, EDULIS, MUSCARIA, None)


@pytest.fixture
def book(database, guide: Guide) -> ObservationStore:
    """Thirty finds on three days, of three kinds and without a name, in two places; one lies in the bin."""
    store = ObservationStore(database, guide, name_place=lambda _, longitude: "Munich" if longitude < 11.8 else "Ulm")
    for number in range(31):
        others = (MUSCARIA,) if number % 4 == 1 else (CAMPESTRIS,)
        when = datetime(2026, 9, 1 + number % 3, 12, number)
        find = make_find(guide, KINDS[number % 4], observed_at=when, others=others)
        tags = ("rare",) if number % 3 else ()
        store.add(replace(find, longitude=12.0 if number % 5 == 0 else 11.5, tags=tags, stars=number % 4))
    store.delete([31])
    return store


QUESTIONS = [
    *(Filter(sort=sort) for sort in Sort),
    Filter(text="fliegenpilz"),
    *(Filter(tags=frozenset({"rare"}), sort=sort) for sort in Sort),
    Filter(dangers=frozenset({Danger.DEADLY})),
    Filter(since=date(2026, 9, 2), place="Ulm", sort=Sort.NAME),
]


@pytest.mark.parametrize("wanted", QUESTIONS, ids=lambda wanted: f"{wanted.sort}-{wanted.text}{sorted(wanted.tags)}")
def test_any_row_is_read_from_its_group_on(book: ObservationStore, guide: Guide, wanted: Filter) -> None:
    for taxon in (EDULIS, MUSCARIA, PHALLOIDES):
        book.add(replace(make_find(guide, taxon, observed_at=None), tags=("rare",)))
    every = [find.id for find in book.every(wanted)]
    groups = book.groups(wanted)
    assert sum(group.finds for group in groups) == len(every) == book.count(wanted)
    for row, number in enumerate(every):
        key, skip = place_of_row(groups, row) or pytest.fail("no group")
        assert book.page(wanted, key, 1, skip).observations[0].id == number
    assert place_of_row(groups, len(every)) is None


def test_far_rows_are_the_same_as_near_ones(book: ObservationStore, guide: Guide) -> None:
    """Beyond `FAR` rows another way is taken through the tables."""
    for number in range(FAR + PAGE):
        book.add(replace(make_find(guide, EDULIS, observed_at=datetime(2026, 8, 1, 1 + number % 20)), tags=("rare",)))
    wanted = Filter(tags=frozenset({"rare"}), sort=Sort.NAME)
    every = [find.id for find in book.every(wanted)]
    largest = max(book.groups(wanted), key=lambda group: group.finds)
    first = every.index(book.page(wanted, largest.start, 1).observations[0].id)
    far = book.page(wanted, largest.start, 5, FAR + 1)
    assert [find.id for find in far.observations] == every[first + FAR + 1 : first + FAR + 6]


def test_days_tell_count_worst_and_places(book: ObservationStore) -> None:
    groups = book.groups()
    assert [(group.by, group.day, group.finds) for group in groups] == [
        (GroupBy.DAY, date(2026, 9, 3), 10),
        (GroupBy.DAY, date(2026, 9, 2), 10),
        (GroupBy.DAY, date(2026, 9, 1), 10),
    ]
    assert {group.worst for group in groups} == {Danger.DEADLY.severity}
    assert book.places_of_days(Filter(), [date(2026, 9, 1)]) == {date(2026, 9, 1): ("Munich", "Ulm")}
    assert book.places_of_days(Filter(place="Ulm"), [date(2026, 9, 1)]) == {date(2026, 9, 1): ("Ulm",)}


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_finds_without_a_date_are_a_group_of_their_own_at_the_end(
    book: ObservationStore, guide: Guide, sort: Sort
) -> None:
    bare = book.add(make_find(guide, EDULIS, observed_at=None))
    last = book.groups(Filter(sort=sort))[-1]
    assert (last.by, last.day, last.finds) == (GroupBy.DAY, None, 1)
    assert [find.id for find in book.every(Filter(sort=sort))][-1] == bare.id
    for words in ("", "edulis"):
        for days in ({"since": date(1, 1, 1)}, {"until": date.max}, {"until": date(2026, 12, 31)}):
            assert bare.id not in {find.id for find in book.every(Filter(text=words, sort=sort, **days))}
    book.edit([bare.id], Change(observed_at=datetime(2026, 9, 2, 8)))
    assert {group.day for group in book.groups(Filter(sort=sort))} == {date(2026, 9, day) for day in (1, 2, 3)}
    book.undo()
    assert book.groups(Filter(sort=sort))[-1] == last
    book.redo()
    book.edit([bare.id], Change(observed_at=None))
    assert book.groups(Filter(sort=sort))[-1] == last


def test_a_name_groups_those_called_so_before_those_that_mention_it(book: ObservationStore) -> None:
    called, mentioned = book.groups(Filter(text="Fliegenpilz"))
    assert (called.by, called.value, mentioned.value) == (GroupBy.WORDS, 0, 1)
    first = book.page(Filter(text="Fliegenpilz")).observations[: called.finds]
    assert {find.identification.verdict.taxon for find in first if find.identification} == {MUSCARIA}


def test_a_listing_holds_the_rows_that_were_asked_for(book: ObservationStore) -> None:
    listing = book.listing(Filter(), (0, 20))
    every = [find.id for find in book.every()]
    assert listing.count == len(every)
    assert {row: find.id for row, find in listing.finds.items()} == dict(enumerate(every))
    assert book.listing(Filter(text="nothing of it")).finds == {}


def test_filters_are_kept_by_name(book: ObservationStore) -> None:
    state = {"danger": ("deadly",), "words": ("oak & ash",), "span": ()}
    assert book.keep_filter("  Bad ones ", state) == {"Bad ones": {"danger": ("deadly",), "words": ("oak & ash",)}}
    assert book.keep_filter("Bad ones", {"stars": ("3",)}) == {"Bad ones": {"stars": ("3",)}}
    assert set(book.keep_filter(" ", state)) == {"Bad ones"}
    with book._database.transaction() as connection:
        connection.execute("INSERT INTO saved_filter VALUES ('broken', '[1')")
    assert book.saved_filters() == {"Bad ones": {"stars": ("3",)}, "broken": {}}
    assert book.forget_filter("broken") == {"Bad ones": {"stars": ("3",)}}


def test_stars_group_the_most_first(book: ObservationStore) -> None:
    groups = book.groups(Filter(sort=Sort.STARS))
    assert [(group.by, group.value, group.finds) for group in groups] == [
        (GroupBy.STARS, 3, 7),
        (GroupBy.STARS, 2, 7),
        (GroupBy.STARS, 1, 8),
        (GroupBy.STARS, 0, 8),
    ]


def test_finds_of_an_older_library_leave_the_day_of_their_storing(tmp_path: Path, guide: Guide) -> None:
    """Until 005 a find without a date stood, in the list and in the search, on the day on which it was stored."""
    older = tmp_path / "older"
    older.mkdir()
    for script in sorted(MIGRATIONS.glob("*.sql"))[:5]:
        shutil.copy(script, older)
    with Database(tmp_path / "book.db", migrations=older) as database:
        store = ObservationStore(database, guide)
        dated, bare, binned = (
            store.add(make_find(guide, EDULIS, observed_at=when, notes="under oaks")).id
            for when in (datetime(2026, 9, 1), None, None)
        )
        store.delete([binned])
        with database.transaction() as connection:
            for number in (bare, binned):
                stored = sort_key(datetime(2026, 11, 20), number)
                connection.execute("UPDATE search SET rowid = ? WHERE rowid = ?", (stored, sort_key(None, number)))
                connection.execute("UPDATE observation SET sort_key = ? WHERE id = ?", (stored, number))
    with Database(tmp_path / "book.db") as database:
        store = ObservationStore(database, guide)
        assert [group.day for group in store.groups()] == [date(2026, 9, 1), None]
        assert [find.id for find in store.every(Filter(text="oaks"))] == [dated, bare]
        store.undo()
        assert [find.id for find in store.every(Filter(text="oaks"))] == [dated, binned, bare]
        assert store.index_missing() == 0
