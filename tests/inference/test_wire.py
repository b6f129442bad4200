"""Messages between two processes: what was sent arrives, and what is no message is refused."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from fieldguide.inference.wire import Line, MessageError, floats, receive, send

MOST = 100


@pytest.fixture
def ends() -> tuple[Line, Line]:
    (to_us, from_them), (to_them, from_us) = os.pipe(), os.pipe()
    return Line(to_us, from_us), Line(to_them, from_them)


def test_a_message_arrives_as_it_was_sent(ends: tuple[Line, Line]) -> None:
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
def test_what_is_no_message_is_refused(ends: tuple[Line, Line], head: bytes) -> None:
    ends[0].write(len(head).to_bytes(4, "big") + head)
    with pytest.raises(MessageError):
        receive(ends[1], MOST)


def test_a_head_without_end_is_refused_before_it_is_read(ends: tuple[Line, Line]) -> None:
    ends[0].write(b"\xff\xff\xff\xff")
    with pytest.raises(MessageError):
        receive(ends[1], MOST)


def test_what_a_pipe_does_not_hold_at_once_arrives_whole(ends: tuple[Line, Line]) -> None:
    part = os.urandom(3 * 2**20)
    sending = threading.Thread(target=send, args=(ends[0], "load", part))
    sending.start()
    assert receive(ends[1], len(part)).parts == (part,)
    sending.join()


def test_the_end_of_the_other_side_is_told_to_both_who_reads_and_who_writes(ends: tuple[Line, Line]) -> None:
    send(ends[0], "answer", b"abc")
    ends[0].close()
    assert receive(ends[1], MOST).parts == (b"abc",)
    with pytest.raises(EOFError):
        receive(ends[1], MOST)
    with pytest.raises(OSError, match="pipe"):
        send(ends[1], "run")


def test_numbers_have_their_shape_and_are_finite() -> None:
    numbers = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(floats(numbers.tobytes(), 2, 3), numbers)
    for part in (numbers[:1].tobytes(), np.full(6, np.nan, np.float32).tobytes()):
        with pytest.raises(MessageError):
            floats(part, 2, 3)
