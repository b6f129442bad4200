"""Memory that was let go of."""

from __future__ import annotations

import contextlib
import ctypes


def give_memory_back() -> None:
    """What was let go of goes back to the system; the C library keeps it for later, for each thread apart."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # that of GNU has it, others need it less
        ctypes.CDLL(None).malloc_trim(0)
