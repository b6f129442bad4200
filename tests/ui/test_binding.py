"""The binding to Qt that is installed is fit to run the window."""

import sys

import pytest
from PySide6.QtCore import QObject


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None cannot die from Python 3.12 on")
def test_a_call_that_returns_nothing_keeps_its_reference_to_none(qapp) -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(500):
        thing.setObjectName("x")
    assert sys.getrefcount(None) > before - 250, "this PySide6 crashes the window after some seconds of painting"
