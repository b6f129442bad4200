"""`fieldguide doctor` and the log behind it: everything is told, nothing private is."""

from __future__ import annotations

import logging
import zipfile
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from fieldguide import __version__
from fieldguide.cli import main
from fieldguide.cli import selftest as checks
from fieldguide.core import text as sentences
from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.storage.database import Database
from fieldguide.storage.locations import create_locations
from fieldguide.storage.log import last_errors, log_to, without_private
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.settings import Settings, read_settings, save_settings
from tests.helpers.finds import deadly_find

LINE = "2026-11-27 05:00:0%d,123 %s %s\n"


def test_the_doctor_tells_model_finds_and_errors_and_keeps_photos_and_places_to_itself(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = create_locations()
    save_settings(places.settings, Settings(model_path=bundle_path, region="europe", country="AT"))
    with Database(places.database) as database:
        ObservationStore(database, load_guide()).add(deadly_find(load_guide(), (Path("secret spot.jpg"),)))
    bad = f"expected: {{'file': 'my secret spot.jpg'}} at 48.20849, 16.37208 in {Path.home()}/x"
    places.log.write_text(LINE % (1, "INFO", "started") + LINE % (2, "WARNING", bad), encoding="utf-8")
    target = tmp_path / "report.zip"
    assert main(["doctor", "--zip", str(target)]) == 0
    said = capsys.readouterr().out
    for part in (__version__, "torch 2", "three-drawings 1.0.0", "runs on", load_guide().version, "1, version"):
        assert part in said
    assert "expected:" in said.partition("last errors")[2]
    with zipfile.ZipFile(target) as packed:
        whole = "".join(packed.read(name).decode() for name in packed.namelist())
        assert set(packed.namelist()) == {"report.txt", "fieldguide.log"}
    for private in ("secret", "48.2", "16.37", "europe", "AT,", f"{Path.home()}/x"):
        assert private not in whole


def test_a_model_that_cannot_be_loaded_is_a_line_and_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_settings(create_locations().settings, Settings(model_path=tmp_path / "none.fieldguide"))
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "bundle_missing" in told
    assert "none.fieldguide" in told


@pytest.mark.parametrize("content", ["{", "[]", "\0" * 9])
def test_damaged_settings_are_told_by_every_command_and_stay_for_the_window_to_tell(
    content: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fieldguide.services.doctor._model", lambda *_: iter(()))
    file = create_locations().settings
    file.write_text(content, encoding="utf-8")
    assert main(["doctor"]) == 1
    told = capsys.readouterr()
    assert any(line.startswith("settings   ! The settings in") for line in told.out.splitlines())
    assert main(["guide", "Amanita phalloides"]) == 0
    assert "The settings in" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == content
    assert read_settings(file, set_aside=True).problem is not None


@pytest.mark.parametrize("damage", ["gone", "damaged"])
@pytest.mark.parametrize("words", [["guide", "Amanita phalloides"], ["doctor"], ["identify", "a.jpg"], []])
def test_a_program_without_its_sentences_says_so_in_one(
    damage: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if damage == "damaged":
        (tmp_path / "i18n" / "en").mkdir(parents=True)
        for area in ("errors", "cli", "guide"):
            (tmp_path / "i18n" / "en" / f"{area}.toml").write_bytes(b"a = \xff")
    monkeypatch.setattr("fieldguide.core.text.resource", lambda *parts: tmp_path.joinpath(*parts))
    monkeypatch.setattr("fieldguide.core.text._area", cache(sentences._area.__wrapped__))
    monkeypatch.setattr("fieldguide.cli._has_display", lambda: False)
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "Install FieldGuide again" in told
    assert "Traceback" not in told


def test_the_doctor_writes_nothing_into_a_home_that_is_not_there(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fieldguide.services.doctor._model", lambda *_: iter(()))
    assert main(["doctor"]) == 0
    assert "none yet" in capsys.readouterr().out
    assert not own_home.exists()


def test_the_doctor_tells_a_folder_that_is_none(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fieldguide.services.doctor._model", lambda *_: iter(()))
    own_home.mkdir()
    (own_home / "data").write_text("a file where a folder should be", encoding="utf-8")
    assert main(["doctor"]) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("paths")]
    closed = [line for line in told if "! may not be written to: " in line]
    assert closed == [line for line in told if line.split(",")[0].endswith("/data")]


def test_a_log_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "fieldguide.log").mkdir()
    with pytest.raises(FieldGuideError) as refused:
        log_to(tmp_path / "fieldguide.log")
    assert refused.value.code is ErrorCode.NOT_WRITABLE


def test_errors_are_still_told_after_the_log_was_rotated(tmp_path: Path) -> None:
    log = tmp_path / "fieldguide.log"
    log.with_name("fieldguide.log.1").write_text(LINE % (1, "ERROR", "before"), encoding="utf-8")
    log.write_text(LINE % (2, "WARNING", "after"), encoding="utf-8")
    assert [entry.split()[-1] for entry in last_errors(log)] == ["before", "after"]


def test_errors_of_several_lines_stay_whole_and_the_newest_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "fieldguide.log"
    entries = [LINE % (number, "ERROR", f"unexpected {number}\nTraceback\n  deep") for number in range(1, 6)]
    log.write_text(LINE % (0, "INFO", "fine") + "".join(entries), encoding="utf-8")
    assert [entry.splitlines()[0][-1] for entry in last_errors(log, 2)] == ["4", "5"]
    assert last_errors(log, 1)[0].endswith("  deep")
    assert last_errors(tmp_path / "none.log") == []


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("read IMG_1.JPG", "read <photo>.JPG"),
        ("{'file': 'a b c.heic'}", "{'file': <photo>.heic}"),
        ("at -48.20849,16.37", "at #,16.37"),
        ("/home/ana/x", "~/x"),
        (f"fieldguide {__version__}", f"fieldguide {__version__}"),
    ],
)
def test_what_is_private_is_taken_out(words: str, left: str) -> None:
    assert without_private(words, Path("/home/ana")) == left


def test_the_log_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldguide.storage.log.LOG_BYTES", 200)
    handler = log_to(tmp_path / "fieldguide.log")
    try:
        for number in range(50):
            logging.getLogger("fieldguide").info("line %d of %s", number, datetime(2026, 11, 27))
    finally:
        logging.getLogger("fieldguide").removeHandler(handler)
        handler.close()
    kept = list(tmp_path.glob("fieldguide.log*"))
    assert len(kept) == 3
    assert all(file.stat().st_size <= 200 for file in kept)


def test_the_selftest_goes_on_after_a_failure_and_says_so_in_its_status(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], bundle_path: Path
) -> None:
    """The window is tried by the packaged program, the starter by every build; here the small model and the failure."""
    monkeypatch.setattr(checks, "_starter", lambda: bundle_path)
    monkeypatch.setattr(checks, "_journey", lambda home: checks._hold(False, "no journey"))
    monkeypatch.setattr(checks, "_database", lambda home: read_bundle(home))
    monkeypatch.setattr(checks, "_window", lambda: "left out")
    assert main(["--selftest"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:6]] == ["ok", "ok", "FAILED", "FAILED", "ok"]
    assert "bundle_" in lines[3]  # a code and its facts, no traceback
    assert "no journey" in lines[4]
    assert lines[-1] == "3 of 5 hold"
    assert not own_home.exists()


def test_the_selftest_leaves_the_environment_as_it_was(own_home: Path) -> None:
    import os

    before = dict(os.environ)
    with checks._empty_home() as home:
        assert os.environ["FIELDGUIDE_HOME"] == str(home)
    assert dict(os.environ) == before


def test_selftest_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert "--selftest" in told
    assert "doctor" in told
