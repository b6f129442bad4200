"""The set-up before anything is installed: what it names, and what it leaves alone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def prepare() -> ModuleType:
    """`packaging/prepare.py`, which is a script and in no package."""
    found = importlib.util.spec_from_file_location("prepare", ROOT / "packaging" / "prepare.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring what Qt needs")
def test_without_root_the_one_command_is_named(prepare, monkeypatch, capfd) -> None:
    monkeypatch.setattr(prepare, "may_install", lambda: False)
    monkeypatch.setattr(prepare, "QT_LIBRARIES", {"libnothing-at-all.so.9": "libnothing9", "libc.so.6": "libc6"})
    prepare.install_system_libraries()
    said = capfd.readouterr().err
    assert said.strip().endswith("sudo apt-get install --no-install-recommends libnothing9")
    assert len(said.splitlines()) == 1


def test_where_nothing_is_missing_nothing_is_said(prepare, monkeypatch, capfd) -> None:
    monkeypatch.setattr(prepare, "QT_LIBRARIES", {})
    prepare.install_system_libraries()
    assert capfd.readouterr() == ("", "")


def test_an_old_python_is_refused_in_one_sentence(prepare, monkeypatch, capfd, tmp_path) -> None:
    monkeypatch.setattr(prepare, "OLDEST", (99, 0))
    assert prepare.main([str(tmp_path / "venv"), str(tmp_path / "stamp")]) == 1
    assert len(capfd.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "stamp").exists()


def test_an_environment_that_was_left_half_made_is_not_taken_for_whole(prepare, tmp_path) -> None:
    python = prepare.python_of(tmp_path)
    python.parent.mkdir(parents=True)
    python.symlink_to("/nowhere/python")
    assert not prepare.is_whole(tmp_path)
    assert not prepare.is_whole(tmp_path / "missing")


def test_every_library_that_the_set_up_installs_is_a_dependency_of_the_package(prepare) -> None:
    control = (ROOT / "packaging" / "deb" / "control").read_text(encoding="utf-8")
    depends = next(line for line in control.splitlines() if line.startswith("Depends:"))
    assert [package for package in prepare.QT_LIBRARIES.values() if package not in depends] == []


def test_the_sample_picture_is_there_and_has_a_size_that_loads_at_once() -> None:
    sample = ROOT / "resources" / "samples" / "fly_agaric.png"
    assert 100_000 < sample.stat().st_size < 2_000_000
