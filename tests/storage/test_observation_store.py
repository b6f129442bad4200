from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation, UnreadablePhoto
from fieldguide.storage.change import Change
from fieldguide.storage.database import Database
from fieldguide.storage.journal import StepKind
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.rows import taxon_ids
from tests.helpers.stored_finds import (
    BOLETUS,
    EDULIS,
    MUSCARIA,
    PHALLOIDES,
    deadly_alarm,
    make_find,
    make_identification,
    make_photo,
)


def test_a_find_comes_back_as_it_was(store: ObservationStore, guide: Guide) -> None:
    find = replace(
        make_find(guide, alarm=deadly_alarm(guide), notes="under an oak"),
        photos=(make_photo("cap.jpg", datetime(2026, 9, 19, 14, 30)), make_photo("gills.jpg")),
        tags=("oak", "wet"),
        verified=EDULIS,
    )
    stored = store.add(find)
    assert stored.id > 0
    assert store.get(stored.id) == stored
    assert replace(stored, id=0) == find


def test_what_could_not_be_read_is_kept_with_its_reason(store: ObservationStore, guide: Guide) -> None:
    error = FieldGuideError(ErrorCode.PHOTO_TRUNCATED, file="half.jpg")
    stored = store.add(replace(make_find(guide), unreadable=(UnreadablePhoto(Path("/finds/half.jpg"), error),)))
    (kept,) = stored.unreadable
    assert (kept.path, kept.error.code, kept.error.facts) == (Path("/finds/half.jpg"), error.code, error.facts)


def test_a_find_without_an_answer_is_stored(store: ObservationStore) -> None:
    stored = store.add(Observation(photos=(make_photo("plain.jpg"),)))
    assert store.get(stored.id) == stored
    assert stored.identification is None


def test_the_human_wins_and_the_model_is_kept(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide, EDULIS))
    store.edit([find.id], Change(verified=MUSCARIA))
    verified = store.get(find.id)
    assert verified is not None
    assert verified.verified == MUSCARIA
    assert verified.identification == find.identification
    store.edit([find.id], Change(verified=None))
    assert store.get(find.id) == find


def test_an_edit_changes_what_it_names_and_nothing_else(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide, notes="first"))
    store.edit([find.id], Change(notes="second", tags=("a", " b ", "a", ""), place=None))
    edited = replace(find, notes="second", tags=("a", "b"), latitude=None, longitude=None)
    assert store.get(find.id) == edited
    store.edit([find.id], Change(observed_at=None, place=(-33.9, 18.4)))
    assert store.get(find.id) == replace(edited, observed_at=None, latitude=-33.9, longitude=18.4)


@pytest.mark.parametrize("place", [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0)])
def test_a_place_off_the_globe_is_refused(store: ObservationStore, guide: Guide, place: tuple[float, float]) -> None:
    find = store.add(make_find(guide))
    with pytest.raises(FieldGuideError) as refused:
        store.edit([find.id], Change(place=place))
    assert refused.value.code is ErrorCode.PLACE_INVALID
    assert store.get(find.id) == find


def test_a_further_answer_is_shown_and_the_old_one_kept(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide, EDULIS))
    again = make_identification(PHALLOIDES, guide, alarm=deadly_alarm(guide))
    shown = store.add_identification(find.id, again)
    assert shown is not None
    assert shown.identification == again
    assert store.identifications(find.id) == (find.identification, again)
    store.undo()
    assert store.get(find.id) == find


def test_several_steps_are_undone_newest_first(store: ObservationStore, guide: Guide) -> None:
    one, two = store.add(make_find(guide, EDULIS)), store.add(make_find(guide, MUSCARIA))
    store.edit([one.id], Change(notes="chanterelle wood"))
    store.edit([one.id, two.id], Change(verified=BOLETUS))
    assert store.delete([one.id, two.id, 999]) == 2
    assert store.count() == 0
    assert store.steps() == 3

    undone = store.undo()
    assert undone is not None
    assert (undone.step.kind, undone.step.ids) == (StepKind.DELETE, (one.id, two.id))
    assert store.get(two.id) == replace(two, verified=BOLETUS)
    assert store.undo().step.kind is StepKind.VERIFY  # type: ignore[union-attr]
    assert store.get(one.id) == replace(one, notes="chanterelle wood")
    store.undo()
    assert store.get(one.id) == one
    assert store.undo() is None


def test_the_number_of_a_deleted_find_is_not_given_again(store: ObservationStore, guide: Guide) -> None:
    first = store.add(make_find(guide))
    store.delete([first.id])
    second = store.add(make_find(guide))
    assert second.id != first.id
    store.undo()
    assert store.count() == 2


def test_finds_become_one_with_the_worst_alarm_shown(store: ObservationStore, guide: Guide) -> None:
    cap, gills, base = (make_photo(name) for name in ("cap.jpg", "gills.jpg", "base.jpg"))
    mild = store.add(replace(make_find(guide, EDULIS, photos=(cap, gills), notes="oak"), tags=("a",)))
    dire = store.add(make_find(guide, PHALLOIDES, photos=(base, gills), alarm=deadly_alarm(guide), notes="cup"))
    last = store.add(replace(make_find(guide, EDULIS, photos=(cap,), observed_at=None), verified=EDULIS))
    whole = store.merge([mild.id, dire.id, last.id])
    assert whole is not None
    assert [photo.path.name for photo in whole.photos] == ["cap.jpg", "gills.jpg", "base.jpg"]
    assert whole.identification == dire.identification
    assert (whole.notes, whole.tags, whole.verified) == ("oak\ncup", ("a",), EDULIS)
    assert len(store.identifications(whole.id)) == 3
    assert store.count() == 1
    store.undo()
    assert [store.get(find.id) for find in (mild, dire, last)] == [mild, dire, last]


def test_a_find_is_parted_and_nothing_said_is_lost(store: ObservationStore, guide: Guide) -> None:
    photos = tuple(make_photo(f"{n}.jpg", datetime(2026, 9, 1 + n)) for n in range(3))
    whole = store.add(make_find(guide, PHALLOIDES, photos=photos, alarm=deadly_alarm(guide), notes="two of them"))
    parts = store.split(whole.id, [2, 0])
    assert parts is not None
    old, new = parts
    assert (old.photos, new.photos) == ((photos[1],), (photos[0], photos[2]))
    assert new.identification == old.identification == whole.identification
    assert new.observed_at == photos[0].taken_at
    assert store.split(old.id, [0]) is None
    store.undo()
    assert store.get(whole.id) == whole
    assert store.get(new.id) is None


def test_the_library_keeps_its_identity(store: ObservationStore) -> None:
    assert store.library_uuid() == store.library_uuid()


def test_finds_of_the_same_file_are_known(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide))
    digest = find.photos[0].sha256
    assert store.known_photos([digest, "0" * 64]) == {digest: find.id}
    store.delete([find.id])
    assert store.known_photos([digest]) == {}


def test_danger_levels_come_back_unsoftened(store: ObservationStore, guide: Guide) -> None:
    find = store.add(make_find(guide, EDULIS))
    assert find.identification is not None
    assert find.identification.candidates[0].danger is guide.danger(EDULIS)
    assert guide.danger(PHALLOIDES) is Danger.DEADLY


def test_the_taxa_of_a_find_are_asked_for_at_once_however_many_it_names(database: Database, guide: Guide) -> None:
    taxa = [record.taxon for record in list(guide.records.values())[:200]]
    with database.transaction() as connection:
        first = taxon_ids(connection, [*taxa, *taxa[:20]])
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        again = taxon_ids(connection, taxa)
        connection.set_trace_callback(None)
    assert again == first[:200]
    assert first[200:] == first[:20]
    assert len(set(again)) == 200
    assert len(asked) == 1
