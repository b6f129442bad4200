"""A few hundred of the fuzz's cases, always the same; `make fuzz` runs as many as one likes."""

import pytest

from tests.hostile.fuzz import KINDS, run


@pytest.mark.parametrize("kind", KINDS)
def test_no_malformed_file_ends_in_a_traceback_a_crash_or_a_hang(kind: str) -> None:
    assert run(kind, seed=7, first=0, last=25) == []
