"""A model file that somebody else may have made, asked in a process of its own as the application does it.

Only the bundle that a run wrote itself is loaded in this process; a file that a person names never is.
"""

from __future__ import annotations

from pathlib import Path

from fieldguide.inference.child import Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.network import Network
from fieldguide.inference.served import ServedNetwork


def open_foreign(path: Path, device: str = "auto") -> Network:
    """Check and load the `.fieldguide` file `path`; its process ends with this one.

    Raises:
        FieldGuideError: as `ServedNetwork.load`.
    """
    return ServedNetwork.load(path, device, children=Children(), frozen=FrozenModels(None))
