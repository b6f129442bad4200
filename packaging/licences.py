"""Collects the licence texts of every part that a frozen program carries, and a CycloneDX bill of materials.

    python packaging/licences.py dist/fieldguide/lib

Parts are found from what is there: every module in the program belongs to a distribution, which has its own texts. A
library in the folder that belongs to none, for a wheel brings it from elsewhere, has a row in `BUNDLED` that names the
text, and that text names the part. A part without a text, and a module or library that nobody knows, end the build.
Everything goes into `licences` in that folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

from fieldguide import __version__

ROOT = Path(__file__).resolve().parents[1]
OURS = ROOT / "resources" / "licences"
BESIDE = ("pyinstaller",)  # the program's own start-up code is a part of it
OWN_TEXT = {"pyside6-essentials": "LGPL-3.0.txt", "shiboken6": "LGPL-3.0.txt"}  # wheels that carry none
LIBRARY = re.compile(r"\.(so|dll|dylib|pyd)(\.[\d.]+)?$")
_NAMES = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_RENAMED = re.compile(r"-[0-9a-f]{8,}(?=[.-])")  # what makers of wheels put into a name


@dataclass(frozen=True, slots=True)
class Bundled:
    """A part that comes inside another's wheel. `text`: a distribution, or a file of ours; it holds `words`."""

    part: str
    licence: str  # SPDX
    text: str
    words: str


_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
_MICROSOFT = Bundled("Microsoft Visual C++ runtime", "LicenseRef-Microsoft-redistributable", "Python", "Microsoft")
_WEBP = Bundled("libwebp", "BSD-3-Clause", "pillow", "LIBWEBP")
_BROTLI = Bundled("Brotli", "MIT", "pillow", "BROTLI")
BUNDLED = {  # beginning of a library's name, in small letters and without "lib"
    "qt": Bundled("Qt 6", "LGPL-3.0-only", "LGPL-3.0.txt", "GNU LESSER GENERAL PUBLIC LICENSE"),
    "icu": Bundled("ICU", "Unicode-3.0", "ICU.txt", "UNICODE LICENSE"),
    "heif": Bundled("libheif", "LGPL-3.0-only", "LGPL-3.0.txt", "GNU LESSER GENERAL PUBLIC LICENSE"),
    "de265": Bundled("libde265", "LGPL-3.0-only", "LGPL-3.0.txt", "GNU LESSER GENERAL PUBLIC LICENSE"),
    "scipy_openblas": Bundled("OpenBLAS", "BSD-3-Clause", "numpy", "OpenBLAS"),
    "gfortran": Bundled("GCC runtime", _GCC, "numpy", "GCC RUNTIME LIBRARY EXCEPTION"),
    "gomp": Bundled("GCC runtime", _GCC, "numpy", "GCC RUNTIME LIBRARY EXCEPTION"),
    "gcc_s": Bundled("GCC runtime", _GCC, "numpy", "GCC RUNTIME LIBRARY EXCEPTION"),
    "stdc++": Bundled("GCC runtime", _GCC, "numpy", "GCC RUNTIME LIBRARY EXCEPTION"),
    "winpthread": Bundled("winpthreads", "MIT", "pi_heif", "winpthread"),
    "omp.": Bundled("LLVM OpenMP", "Apache-2.0 WITH LLVM-exception", "torch", "llvm-openmp"),
    "quadmath": Bundled("libquadmath", "LGPL-2.1-or-later", "LGPL-2.1.txt", "GNU LESSER GENERAL PUBLIC LICENSE"),
    "avif": Bundled("libavif", "BSD-2-Clause", "pillow", "LIBAVIF"),
    "brotli": _BROTLI,
    "freetype": Bundled("FreeType", "FTL", "pillow", "FREETYPE2"),
    "harfbuzz": Bundled("HarfBuzz", "MIT", "pillow", "HARFBUZZ"),
    "jpeg": Bundled("libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib", "pillow", "LIBJPEG"),
    "lcms2": Bundled("Little CMS", "MIT", "pillow", "LCMS2"),
    "lzma": Bundled("XZ Utils", "0BSD", "pillow", "LIBLZMA"),
    "openjp2": Bundled("OpenJPEG", "BSD-2-Clause", "pillow", "OPENJPEG"),
    "png": Bundled("libpng", "libpng-2.0", "pillow", "LIBPNG"),
    "tiff": Bundled("libtiff", "libtiff", "pillow", "LIBTIFF"),
    "sharpyuv": _WEBP,
    "webp": _WEBP,
    "xau": Bundled("libXau", "MIT-open-group", "pillow", "XAU"),
    "xcb": Bundled("libxcb", "MIT", "pillow", "XCB"),
    "zstd": Bundled("Zstandard", "BSD-3-Clause", "pillow", "ZSTD"),
    "z.": Bundled("zlib", "Zlib", "pillow", "ZLIB"),
    "msvcp": _MICROSOFT,
    "vcruntime": _MICROSOFT,
    "concrt": _MICROSOFT,
    "vcomp": _MICROSOFT,
    "ucrtbase": _MICROSOFT,
    "api-ms-win": _MICROSOFT,
}
INSIDE = (  # parts that lie inside other libraries
    Bundled("third-party parts of Qt", "LicenseRef-Qt-third-party", "Qt-third-party.txt", "double-conversion"),
    Bundled("GNU GPL, which the LGPL refers to", "GPL-3.0-only", "GPL-3.0.txt", "GNU GENERAL PUBLIC LICENSE"),
    Bundled("weights of the starter model", "Apache-2.0", "Apache-2.0.txt", "Apache License"),
)
MKL = Bundled("Intel oneMKL", "LicenseRef-Intel-Simplified", "Intel-MKL.txt", "Intel Simplified Software License")


def main(arguments: list[str]) -> int:
    """Write texts and bill into the folder; 1 with the names of the parts that have no text."""
    folder = Path(arguments[0])
    found, strange = parts(modules_in(folder.parent / ("fieldguide.exe" if os.name == "nt" else "fieldguide")))
    texts = {each.name: "\n\n".join(texts_of(each)) for each in found.values()} | {"Python": python_licence()}
    texts |= {file.name: file.read_text(encoding="utf-8") for file in OURS.glob("*.txt")}
    bundled, unknown = bundled_in(folder, found)
    missing = [f"{name}: no text" for name, words in texts.items() if not words.strip()]
    missing += [f"{name}: nobody knows this module or library" for name in (*strange, *unknown)]
    missing += [
        f"{each.part}: {each.text} does not name it"
        for each in bundled
        if each.words not in texts.get(each.text, texts.get(each.text.replace("_", "-"), ""))
    ]
    if missing:
        print("parts without a licence text:", *missing, sep="\n  ", file=sys.stderr)
        return 1
    out = folder / "licences"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    for name, words in texts.items():
        (out / f"{name.removesuffix('.txt')}.txt").write_text(words, encoding="utf-8")
    (out / "bill-of-materials.cdx.json").write_text(json.dumps(bill(found, bundled), indent=1), encoding="utf-8")
    print(f"{len(found) + len(bundled) + 1} parts with their licences in {out}")
    return 0


def modules_in(program: Path) -> set[str]:
    """The packages and modules, by their first name, that a frozen program carries in itself."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(program))
    (name,) = (name for name in archive.toc if name.lower().startswith("pyz"))
    return {module.partition(".")[0] for module in archive.open_embedded_archive(name).toc}


def parts(modules: Iterable[str]) -> tuple[dict[str, Distribution], list[str]]:
    """The distributions that these modules come from, by normal name, and the modules that nobody knows."""
    owners = packages_distributions()
    found = {normal(name): distribution(name) for name in BESIDE}
    unknown = []
    for module in sorted(modules):
        if module in {"fieldguide", *sys.stdlib_module_names} or module.startswith(("_sysconfigdata", "_pyi_")):
            continue
        names = owners.get(module, [])
        found |= {normal(name): distribution(name) for name in names}
        if not names:
            unknown.append(module)
    return found, unknown


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bundled_in(folder: Path, found: dict[str, Distribution]) -> tuple[list[Bundled], list[str]]:
    """The foreign parts whose libraries lie in a frozen folder, and the libraries that nobody knows."""
    own = {Path(str(file)).name for each in found.values() for file in each.files or () if is_own(str(file))}
    own |= {file.name for file in python_libraries()}
    known: dict[str, Bundled] = {each.part: each for each in INSIDE}
    unknown: list[str] = []
    for file in sorted(folder.rglob("*")):
        if not LIBRARY.search(file.name) or file.is_symlink() or file.name in own:
            continue
        row = row_of(file.name)
        if row is None:
            unknown.append(str(file.relative_to(folder)))
        else:
            known[row.part] = row
    if any(b"oneAPI Math Kernel" in file.read_bytes() for file in folder.rglob("*torch_cpu*") if file.is_file()):
        known[MKL.part] = MKL
    return list(known.values()), unknown


def is_own(file: str) -> bool:
    """Whether a file of a wheel is the distribution's own work, by where it lies and what it is called."""
    return bool(LIBRARY.search(file)) and ".libs/" not in file and row_of(Path(file).name) is None


def row_of(name: str) -> Bundled | None:
    """The row of a library, if it has one."""
    bare = _RENAMED.sub("", name).lower().removeprefix("lib")
    is_module = re.search(r"\.(abi3|cpython-\d+\S*|cp\d+-\w+)\.(so|pyd)$", name)  # PySide's own, called like Qt's
    return None if is_module else next((row for start, row in BUNDLED.items() if bare.startswith(start)), None)


def python_libraries() -> Iterator[Path]:
    """The interpreter's own libraries and modules."""
    folders = {sysconfig.get_config_var(name) for name in ("DESTSHARED", "LIBDIR", "LIBPL")}
    folders |= {sys.base_prefix, str(Path(sys.base_prefix) / "DLLs")}
    for folder in filter(None, folders):
        own = Path(folder).name in {"lib-dynload", "DLLs"} or folder == sys.base_prefix
        yield from (each for each in Path(folder).glob("*") if own or each.name.startswith("libpython"))


def texts_of(part: Distribution) -> list[str]:
    """The licence texts that a distribution carries, or ours where its wheel has none."""
    own = OWN_TEXT.get(normal(part.name))
    if own is not None:
        return [(OURS / own).read_text(encoding="utf-8")] if (OURS / own).is_file() else []
    files = [file for file in part.files or () if ".dist-info/" in str(file) and _NAMES.search(str(file))]
    where = [Path(str(part.locate_file(file))) for file in files]
    return [file.read_text(encoding="utf-8", errors="replace") for file in where if file.is_file()]


def python_licence() -> str:
    """The interpreter's own text; empty where there is none."""
    folders = (Path(sys.base_prefix), Path(json.__file__).parents[1])
    names = ("LICENSE.txt", "LICENSE", "share/doc/python3/copyright")
    tries = [folder / name for folder in folders for name in names]
    file = next((file for file in tries if file.is_file()), None)
    return file.read_text(encoding="utf-8", errors="replace") if file else ""


def bill(found: dict[str, Distribution], bundled: list[Bundled]) -> dict[str, object]:
    """CycloneDX 1.5."""
    components: list[dict[str, object]] = [
        {
            "type": "library",
            "name": part.name,
            "version": part.version,
            "purl": f"pkg:pypi/{name}@{part.version}",
            "licenses": licence_of(part),
        }
        for name, part in sorted(found.items())
    ]
    python = {"type": "framework", "name": "Python", "version": sys.version.split()[0]}
    components.append(python | {"licenses": [{"license": {"id": "PSF-2.0"}}]})
    components += [
        {"type": "library", "name": each.part, "licenses": [{"expression": each.licence}]} for each in bundled
    ]
    program = {"type": "application", "name": "fieldguide", "version": __version__}
    program["licenses"] = [{"license": {"id": "MIT"}}]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": program},
        "components": components,
    }


def licence_of(part: Distribution) -> list[dict[str, object]]:
    """What its metadata says: an SPDX expression, or a few words."""
    expression = part.metadata.get("License-Expression")
    if expression:
        return [{"expression": expression}]
    told = (part.metadata.get("License") or "").strip().partition("\n")[0]
    classes = [
        each.rpartition("::")[2].strip() for each in part.metadata.get_all("Classifier") or () if "License ::" in each
    ]
    return [{"license": {"name": (told or ", ".join(classes) or "see its text")[:120]}}]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
