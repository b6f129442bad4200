"""What the tests of the core share: the guide that ships."""

from __future__ import annotations

import pytest

from fieldguide.core.guide import Guide, load_guide


@pytest.fixture(scope="session")
def guide() -> Guide:
    return load_guide()
