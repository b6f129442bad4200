"""Wheels made in a test: small and real, so that the real pip installs them from a folder."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def make_wheel(
    folder: Path,
    name: str,
    files: Mapping[str, str],
    *,
    version: str = "1",
    needs: Sequence[str] = (),
    for_training: Sequence[str] = (),
) -> Path:
    """`folder/NAME-VERSION-py3-none-any.whl` with these files; it `needs` others, and `for_training` its extra."""
    folder.mkdir(parents=True, exist_ok=True)
    told = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: trainer"]
    told += [f"Requires-Dist: {needed}" for needed in needs]
    told += [f"Requires-Dist: {needed}; extra == 'trainer'" for needed in for_training]
    info = f"{name}-{version}.dist-info"
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    whole = {**files, f"{info}/METADATA": "\n".join(told) + "\n", f"{info}/WHEEL": wheel}
    listed = "".join(f"{path},,\n" for path in (*whole, f"{info}/RECORD"))
    target = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in {**whole, f"{info}/RECORD": listed}.items():
            archive.writestr(path, content)
    return target
