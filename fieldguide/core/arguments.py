"""Arguments of a command line, read alike by both programs. Knows none of their verbs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fieldguide.core.text import text


class Arguments(argparse.ArgumentParser):
    """A parser that takes no empty name for a path: `Path("")` is the current folder, "$PHOTO" was never set."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.register("type", Path, _path)


def _path(words: str) -> Path:
    if not words:
        raise argparse.ArgumentTypeError(text("cli.empty_name"))
    return Path(words)
