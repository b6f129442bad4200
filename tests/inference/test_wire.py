"""Messages between two processes: what was sent arrives, and what is no message is refused."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection

import numpy as np
import pytest

from fieldguide.inference.wire import MessageError, floats, receive, send

MOST = 100


@pytest.fixture
def ends() -> Iterator[tuple[Connection, Connection]]:
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        yield ours, theirs


def test_a_message_arrives_as_it_was_sent(ends: tuple[Connection, Connection]) -> None:
    send(ends[0], "run", b"abc", b"", beside=True, note="é", size=2)
    message = receive(ends[1], MOST)
    assert (message.kind, message.facts, message.parts) == (
        "run",
        {"beside": True, "note": "é", "size": 2},
        (b"abc", b""),
    )


@pytest.mark.parametrize(
    "head",
    [
        b"\xff",
        b"{}",
        b'["run"]',
        b"[" * 60_000,
        b'["run", [], []]',
        b'["run", {}, [-1]]',
        b'["run", {}, [true]]',
        b'["run", {}, [101]]',
        b'["run", {"a": []}, []]',
    ],
)
def test_what_is_no_message_is_refused(ends: tuple[Connection, Connection], head: bytes) -> None:
    ends[0].send_bytes(head)
    with pytest.raises(MessageError):
        receive(ends[1], MOST)


def test_a_part_of_another_length_is_refused(ends: tuple[Connection, Connection]) -> None:
    ends[0].send_bytes(b'["answer", {}, [3]]')
    ends[0].send_bytes(b"ab")
    with pytest.raises(MessageError):
        receive(ends[1], MOST)


def test_numbers_have_their_shape_and_are_finite() -> None:
    numbers = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(floats(numbers.tobytes(), 2, 3), numbers)
    for part in (numbers[:1].tobytes(), np.full(6, np.nan, np.float32).tobytes()):
        with pytest.raises(MessageError):
            floats(part, 2, 3)
