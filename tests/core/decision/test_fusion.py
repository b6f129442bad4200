from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from fieldguide.core.decision.fusion import View, disagreement, fuse, phrases_with, propose_groups, views_to_ask
from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import load_guide
from fieldguide.core.records import Photo
from fieldguide.core.taxonomy import Rank

GUIDE = load_guide()
LABELS = tuple(
    GUIDE.records[name].taxon
    for name in (
        "Amanita phalloides",
        "Amanita caesarea",
        "Agaricus campestris",
        "Macrolepiota procera",
        "Boletus edulis",
    )
)
NOON = datetime(2026, 9, 12, 12, 0, 0)


def test_one_photo_fuses_to_itself() -> None:
    row = np.array([0.7, 0.2, 0.1])
    assert fuse(row[None]) == pytest.approx(row)


def test_agreeing_photos_keep_their_name_and_doubtful_ones_gain_by_the_sure() -> None:
    fused = fuse(np.array([[0.5, 0.4, 0.1], [0.9, 0.05, 0.05]]))
    assert fused.argmax() == 0
    assert 0.5 < fused[0] < 0.9
    assert fused.sum() == pytest.approx(1.0)


def test_one_photo_alone_rules_nothing_out() -> None:
    fused = fuse(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]))
    assert fused[0] > 0.005
    assert fused[1] > fused[0]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ([0.0, 0.9, 0.1, 0.0, 0.0], Rank.SPECIES),
        ([0.9, 0.0, 0.1, 0.0, 0.0], None),
        ([0.0, 0.0, 0.0, 0.0, 1.0], Rank.FAMILY),
        ([0.2, 0.2, 0.2, 0.2, 0.2], None),
    ],
)
def test_photos_contradict_each_other_only_when_both_are_sure(second: list[float], expected: Rank | None) -> None:
    rows = np.array([[0.95, 0.0, 0.05, 0.0, 0.0], second])
    assert disagreement(rows, label_tree(LABELS), Thresholds(species=0.6, genus=0.6, family=0.6)) is expected


def test_genera_of_one_family_contradict_at_the_genus() -> None:
    rows = np.array([[0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 0.0]])
    assert disagreement(rows, label_tree(LABELS), Thresholds()) is Rank.GENUS


def test_ranks_that_are_never_said_can_still_contradict() -> None:
    rows = np.array([[1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]])
    assert disagreement(rows, label_tree(LABELS), Thresholds(species=1.01, genus=1.01, family=1.01)) is Rank.FAMILY


def test_the_base_is_asked_for_when_a_volva_would_decide() -> None:
    assert View.BASE in views_to_ask(LABELS[:3], GUIDE)
    assert View.UNDERSIDE in views_to_ask(LABELS[:3], GUIDE)


def test_nothing_is_asked_for_one_taxon_or_for_none() -> None:
    assert views_to_ask(LABELS[:1], GUIDE) == ()
    assert views_to_ask((), GUIDE) == ()


def test_phrases_are_found_by_the_beginning_of_a_word() -> None:
    features = "olive cap, white free gills, hanging ring, sac-like volva"
    assert phrases_with(features, ("volva", "gill")) == "white free gills, sac-like volva"
    assert phrases_with(features, ("ing",)) == ""


def photo(name: str, minutes: float | None = None, latitude: float | None = None) -> Photo:
    taken = None if minutes is None else NOON + timedelta(minutes=minutes)
    return Photo(Path(name), "0" * 64, 10, 10, taken, latitude, None if latitude is None else 13.0)


def groups(*photos: Photo) -> list[list[str]]:
    return [[str(each.path) for each in group] for group in propose_groups(photos)]


def test_photos_taken_one_after_the_other_are_one_find() -> None:
    assert groups(photo("c", 3.5), photo("a", 0), photo("b", 2)) == [["a", "b", "c"]]


def test_a_pause_begins_a_new_find() -> None:
    assert groups(photo("a", 0), photo("b", 10), photo("c", 11)) == [["a"], ["b", "c"]]


def test_a_walk_begins_a_new_find() -> None:
    assert groups(photo("a", 0, 52.0), photo("b", 1, 52.0001), photo("c", 2, 52.01)) == [["a", "b"], ["c"]]


def test_a_photo_without_a_place_goes_by_time_alone() -> None:
    assert groups(photo("a", 0, 52.0), photo("b", 1)) == [["a", "b"]]


def test_a_photo_without_a_time_stands_alone() -> None:
    assert groups(photo("a"), photo("b"), photo("c", 0)) == [["a"], ["b"], ["c"]]
    assert groups() == []
