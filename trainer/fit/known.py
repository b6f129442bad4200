"""Which networks the installed timm and torchvision know, read off their source: importing them takes seconds."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.config import SMALL_CNN

_REGISTERED = re.compile(r"^@register_model\b.*?^def (\w+)\(", re.MULTILINE | re.DOTALL)


@cache
def known_networks() -> tuple[str, ...]:
    """Names that `network.name` may have."""
    found = [SMALL_CNN]
    for library in ("timm", "torchvision"):
        for place in getattr(find_spec(library), "submodule_search_locations", None) or ():
            for file in sorted(Path(place, "models").glob("*.py")):
                found += _REGISTERED.findall(file.read_text(encoding="utf-8"))
    return tuple(dict.fromkeys(found))


def unknown_network(name: str) -> FieldGuideError:
    """NETWORK_UNKNOWN, with those whose names are like it and those that most people begin with."""
    known, wanted = known_networks(), name.lower().rpartition(".")[2]  # with a library's name before it, say
    within = sorted((each for each in known if wanted in each), key=len) if wanted else []
    like = within[:6] or get_close_matches(wanted, known, 4)
    near = dict.fromkeys([*like, "resnet18", SMALL_CNN])
    return FieldGuideError(ErrorCode.NETWORK_UNKNOWN, name=name, near=", ".join(near))
