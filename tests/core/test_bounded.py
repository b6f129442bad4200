"""Reading up to a bound."""

import io
import tracemalloc
from pathlib import Path

import pytest

from fieldguide.core.bounded import read_at_most


@pytest.mark.parametrize(("size", "most", "read"), [(0, 5, 0), (5, 5, 5), (6, 5, 6), (900, 5, 6)])
def test_one_byte_more_than_allowed_tells_that_there_is_too_much(size: int, most: int, read: int) -> None:
    assert len(read_at_most(io.BytesIO(bytes(size)), most)) == read


def test_a_file_of_several_blocks_comes_whole() -> None:
    data = bytes(range(256)) * (20 * 2**12)
    assert read_at_most(io.BytesIO(data), 2**30) == data


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device on this system")
def test_a_device_without_an_end_ends_at_the_bound() -> None:
    with Path("/dev/zero").open("rb") as endless:
        assert len(read_at_most(endless, 1000)) == 1001


def test_a_small_file_does_not_cost_the_bound(tmp_path: Path) -> None:
    file = tmp_path / "small"
    file.write_bytes(b"abc")
    tracemalloc.start()
    try:
        with file.open("rb") as stream:
            assert read_at_most(stream, 2**32) == b"abc"
        assert tracemalloc.get_traced_memory()[1] < 2**26
    finally:
        tracemalloc.stop()
