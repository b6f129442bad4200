"""What the packages are made from: every text of every part, and files that systems can read."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as Tree
from pathlib import Path
from types import ModuleType

import pytest

from fieldguide import __version__

ROOT = Path(__file__).resolve().parents[2]
DEB = ROOT / "packaging" / "deb"


def script(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, ROOT / "packaging" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


def test_a_part_without_a_licence_text_ends_the_build(tmp_path: Path, monkeypatch, capsys) -> None:
    licences = script("licences")
    monkeypatch.setattr(licences, "requirements", lambda: ["platformdirs>=4", "numpy"])
    assert licences.main([str(tmp_path / "whole")]) == 0
    assert {"numpy.txt", "platformdirs.txt", "Python.txt"} <= {file.name for file in (tmp_path / "whole").iterdir()}
    monkeypatch.setattr(licences, "texts_of", lambda part: [] if part.name == "numpy" else ["words"])
    assert licences.main([str(tmp_path / "less")]) == 1
    assert "numpy" in capsys.readouterr().err
    monkeypatch.setattr(licences, "BUNDLED", {"Qt 6": ("LGPL-3.0-only", "nothing.txt")})
    assert licences.main([str(tmp_path / "none")]) == 1


def test_the_bill_names_every_library_that_the_project_asks_for() -> None:
    licences = script("licences")
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    named = {licences.normal(part["name"]) for part in licences.bill(licences.parts("fieldguide"))["components"]}
    assert {licences.normal(licences.name_in(each)) for each in asked} <= named


@pytest.mark.parametrize("file", ["fieldguide.xml", "io.github.fieldguide.FieldGuide.metainfo.xml"])
def test_what_the_desktop_reads_is_well_formed(file: str) -> None:
    root = Tree.fromstring((DEB / file).read_text(encoding="utf-8"))
    assert root.tag.rpartition("}")[2] in {"mime-info", "component"}


def test_desktop_file_and_mime_type_agree() -> None:
    kind = Tree.parse(DEB / "fieldguide.xml").getroot()[0]
    assert kind.attrib["type"] in (DEB / "fieldguide.desktop").read_text(encoding="utf-8")
    globs = [part.attrib["pattern"] for part in kind if part.tag.endswith("glob")]
    assert globs == ["*.fieldguide"]


def test_libraries_are_not_programs(tmp_path: Path) -> None:
    build = script("build")
    for name, content in (("fieldguide", b"\x7fELF..."), ("libx.so.1", b"\x7fELF..."), ("notes.txt", b"words")):
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o755)
    build.set_modes(tmp_path)
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes == {"fieldguide": 0o755, "libx.so.1": 0o644, "notes.txt": 0o644}


def test_the_version_of_the_windows_program_is_ours() -> None:
    told = script("build").windows_version()
    assert f"'ProductVersion', '{__version__}'" in told
    compile(told, "version", "eval")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring what Qt needs")
def test_a_desktop_without_qts_libraries_hears_which_every_time() -> None:
    """Qt is asked for a platform that it has not: the window cannot open, and two libraries are said to lack."""
    code = (
        "import sys; sys.path.insert(0, 'packaging'); import prepare, first_run;"
        "prepare.QT_LIBRARIES = {'libnothing-at-all.so.9': 'libnothing9'};"
        "first_run.PROBE = 'raise SystemExit(1)';"
        "print(first_run.has_display(), first_run.has_display())"
    )
    environment = {**os.environ, "DISPLAY": ":77", "QT_QPA_PLATFORM": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
    assert done.stderr.count("libnothing9") == 2
