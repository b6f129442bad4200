"""Collects the licence texts of every part that a frozen program carries, and a CycloneDX bill of materials.

    python packaging/licences.py OUT

Every installed distribution that the program needs is asked for its own texts; a part without any ends the build. What
wheels bundle without a distribution of its own (Qt, libheif ...) is named in `BUNDLED` with the text that must lie in
`resources/licences`.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from fieldguide import __version__

ROOT = Path(__file__).resolve().parents[1]
OURS = ROOT / "resources" / "licences"
BUILD_ONLY = frozenset({"setuptools", "triton"})
BUNDLED = {  # part: (licence, text in resources/licences)
    "Qt 6": ("LGPL-3.0-only", "LGPL-3.0.txt"),
    "libheif": ("LGPL-3.0-only", "LGPL-3.0.txt"),
    "libde265": ("LGPL-3.0-only", "LGPL-3.0.txt"),
    "weights of the starter model": ("Apache-2.0", "Apache-2.0.txt"),
}
OWN_TEXT = {"pyside6-essentials": "LGPL-3.0.txt", "shiboken6": "LGPL-3.0.txt"}  # wheels that carry none
_NAMES = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)


def main(arguments: list[str]) -> int:
    """Write texts and bill into a folder; 1 with the names of the parts that have no text."""
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    found, missing = parts("fieldguide"), []
    for part in found.values():
        words = texts_of(part)
        if not words:
            missing.append(part.name)
            continue
        (out / f"{part.name}.txt").write_text("\n\n".join(words), encoding="utf-8")
    missing += [f"{name}: {file}" for name, (_, file) in BUNDLED.items() if not (OURS / file).is_file()]
    python = python_licence()
    if python is None:
        missing.append("Python")
    else:
        (out / "Python.txt").write_text(python.read_text(encoding="utf-8", errors="replace"), encoding="utf-8")
    if missing:
        print("no licence text:", *missing, sep="\n  ", file=sys.stderr)
        return 1
    (out / "bill-of-materials.cdx.json").write_text(json.dumps(bill(found), indent=1), encoding="utf-8")
    print(f"{len(found)} parts with their licences in {out}")
    return 0


def parts(root: str) -> dict[str, Distribution]:
    """Every distribution that the program needs to run, by its normal name; the project itself is not one."""
    found: dict[str, Distribution] = {}
    waiting = [name_in(each) for each in requirements()]
    while waiting:
        name = normal(waiting.pop())
        if name in found or name in BUILD_ONLY or name == root:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # for another system or Python
            continue
        waiting += [name_in(each) for each in found[name].requires or () if "extra ==" not in each]
    return found


def requirements() -> list[str]:
    """What pyproject.toml asks for."""
    return list(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"])


def name_in(requirement: str) -> str:
    """The name that a requirement begins with."""
    return re.split(r"[^\w.-]", requirement)[0]


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def texts_of(part: Distribution) -> list[str]:
    """The licence texts that a distribution carries, or ours where its wheel has none."""
    own = OWN_TEXT.get(normal(part.name))
    if own is not None:
        return [(OURS / own).read_text(encoding="utf-8")] if (OURS / own).is_file() else []
    files = [file for file in part.files or () if ".dist-info/" in str(file) and _NAMES.search(str(file))]
    where = [Path(str(part.locate_file(file))) for file in files]
    return [file.read_text(encoding="utf-8", errors="replace") for file in where if file.is_file()]


def python_licence() -> Path | None:
    """The interpreter's own text."""
    folders = (Path(sys.base_prefix), Path(json.__file__).parents[1])
    names = ("LICENSE.txt", "LICENSE", "share/doc/python3/copyright")
    tries = [folder / name for folder in folders for name in names]
    return next((file for file in tries if file.is_file()), None)


def bill(found: dict[str, Distribution]) -> dict[str, object]:
    """CycloneDX 1.5."""
    components: list[dict[str, object]] = [
        {
            "type": "library",
            "name": part.name,
            "version": part.version,
            "purl": f"pkg:pypi/{name}@{part.version}",
            "licenses": [{"license": {"name": licence_name(part)}}],
        }
        for name, part in sorted(found.items())
    ]
    components += [
        {"type": "library", "name": name, "licenses": [{"license": {"id": licence}}]}
        for name, (licence, _) in BUNDLED.items()
        if not name.startswith("weights")
    ]
    program = {"type": "application", "name": "fieldguide", "version": __version__}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": program},
        "components": components,
    }


def licence_name(part: Distribution) -> str:
    """What its metadata says, in few words."""
    told = part.metadata.get("License-Expression") or part.metadata.get("License") or ""
    classes = [
        each.rpartition("::")[2].strip() for each in part.metadata.get_all("Classifier") or () if "License ::" in each
    ]
    return (told.strip().partition("\n")[0] or ", ".join(classes) or "see its text")[:120]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
