"""Lists in groups: counts, the worst danger, and that any row can be read from its group on; filters kept by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.storage.asking import PAGE
from fieldguide.storage.groups import GroupBy, place_of_row
from fieldguide.storage.observations import ObservationStore
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
def test_any_row_is_read_from_its_group_on(book: ObservationStore, wanted: Filter) -> None:
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
