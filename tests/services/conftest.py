"""Lanes that must come to rest, and services over a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fieldguide.services.lanes import Lanes


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[Lanes]:
    """Fails when work is still running, or its end was not told, once the test and a drain are over."""
    opened = Lanes()
    yield opened
    assert opened.drain(), "a lane did not come to rest"
    assert opened.busy == 0
    assert all(pool.activeThreadCount() == 0 for pool in opened._pools.values())
