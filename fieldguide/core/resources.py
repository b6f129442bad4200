"""Where the project's own files lie: alone knows a checkout, an installed wheel and a frozen application apart."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


def is_frozen() -> bool:
    """Whether this is the packaged program, which is its own interpreter."""
    return hasattr(sys, "_MEIPASS")


def resources_folder() -> Path:
    """The folder that holds `guide/ model/ icons/ i18n/ licences/ samples/`.

    In a checkout it stands beside the package, in a wheel inside it, in a frozen application in the unpacked folder.
    """
    return _folder(getattr(sys, "_MEIPASS", None))


@cache
def _folder(frozen: str | None) -> Path:
    """Looked for once: every sentence and icon asks."""
    if frozen is not None:
        return Path(frozen) / "resources"
    package = Path(__file__).resolve().parents[1]
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def resource(*parts: str) -> Path:
    """Path of one shipped file or folder, for example `resource("guide", "species.csv")`. It need not exist."""
    return resources_folder().joinpath(*parts)
