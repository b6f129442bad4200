"""Bundles that differ from another in what lies beside the program: manifest and extra files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any


def rewrite(bundle: Path, target: Path, extra: dict[str, bytes] | None = None, **changes: Any) -> Path:
    """Copy `bundle` to `target` with some keys of its manifest and some extra files replaced or added."""
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(target, "w") as new:
        top = old.namelist()[0].split("/")[0]
        for entry in old.infolist():
            if entry.filename.partition("/extra/")[2] in (extra or {}):
                continue
            data = old.read(entry.filename)
            if entry.filename == f"{top}/extra/manifest.json":
                data = json.dumps({**json.loads(data), **changes}).encode()
            new.writestr(entry.filename, data)
        for name, data in (extra or {}).items():
            new.writestr(f"{top}/extra/{name}", data)
    return target
