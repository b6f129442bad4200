"""Events as one program writes them and the other reads them, whole or cut off."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from fieldguide.core.training.events import (
    Confusion,
    Epoch,
    Failed,
    FolderName,
    Judged,
    Kind,
    Look,
    TakenFor,
    read_event,
    write_event,
)

NAME = FolderName("Kantharellus", 20, "Cantharellus", "misspelling", "caution")
LOOK = Look(
    *(80, 4, {"her": 3}, (NAME,), (Kind("Amanita virosa", "deadly", 0, "Amanita citrina"),), (), (), 1, ("a.jpg",), 1),
    *(12, 0, 0, 10**10, "data_one_class", {"labels": "1"}),
)
EVENTS = [
    LOOK,
    Epoch(1, 2, 1, 1.0),
    Confusion((TakenFor("Galerina marginata", "Armillaria mellea", 3, 9),)),
    Failed("disk_full", "The disk is full.", {"path": "/x"}),
    Judged(True, "own", 9, 4, 2, 1, 1, 0, {"Galerina marginata": 2}, {}, ()),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_what_is_written_is_read_again(event: object) -> None:
    assert read_event(write_event(event)) == event  # type: ignore[arg-type]


def test_a_line_that_is_cut_off_or_none_is_no_event() -> None:
    whole = write_event(LOOK)
    for broken in (
        "",
        "x",
        "[]",
        "3",
        whole[:-1],
        whole[: len(whole) // 2],
        '{"event": "later"}',
        '{"event": "epoch"}',
    ):
        assert read_event(broken) is None


def test_a_number_in_the_wrong_place_is_no_event() -> None:
    assert read_event(json.dumps({"event": "failed", "code": 3, "words": "", "facts": {}})) is None


def test_a_field_of_a_later_version_is_left_out() -> None:
    told = {"event": "epoch", **asdict(Epoch(1, 2, 0.5, 0.9)), "colour": "red"}
    assert read_event(json.dumps(told)) == Epoch(1, 2, 0.5, 0.9)
