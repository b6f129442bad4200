"""The command line: its JSON contract, its table, its exit codes."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fieldguide import __version__
from fieldguide.cli import main
from fieldguide.cli.document import observation_document
from fieldguide.cli.table import Table
from fieldguide.core.danger import Danger
from fieldguide.core.guide import load_guide
from fieldguide.core.records import Candidate, ModelReference
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import catalogue
from fieldguide.storage import trainer_home
from fieldguide.storage.locations import find_locations
from fieldguide.storage.settings import Settings, save_settings
from tests.helpers.bundles import write_photo
from tests.helpers.comfort import comfort_in
from tests.helpers.finds import deadly_find, mild_find, unknown_find
from tests.helpers.wheels import make_wheel

PHOTOS = (Path("a.jpg"),)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return write_photo(tmp_path / "deadly.jpg", 0)


def identify(bundle: Path, *words: object) -> int:
    return main(["identify", "--model", str(bundle), "--device", "cpu", *map(str, words)])


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_the_json_document_is_the_contract(bundle_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert identify(bundle_path, photo, "--json") == 0
    found = document(capsys)
    assert found["model"] == {"id": "three-drawings", "name": "Three drawings", "version": "1.0.0"}
    assert found["guide"] == {"version": load_guide().version}
    (observation,) = found["observations"]
    assert set(observation) == {"photos", "verdict", "danger", "candidates"}
    (read,) = observation["photos"]
    assert read["file"] == str(photo)
    assert len(read["sha256"]) == 64
    assert read["error"] is None
    assert observation["verdict"] == {"kind": "species", "taxon": "Amanita phalloides", "reason": "clear"}
    assert observation["danger"]["level"] == "deadly"
    assert observation["danger"]["probability"] > 0.5
    assert observation["danger"]["taxa"][0]["scientific_name"] == "Amanita phalloides"
    assert set(observation["danger"]["taxa"][0]) == {"scientific_name", "common_name", "probability", "danger"}
    assert [each["rank"] for each in observation["candidates"]] == [1, 2, 3]
    first = observation["candidates"][0]
    assert set(first) == {"rank", "scientific_name", "common_name", "taxon_rank", "probability", "danger"}
    assert first["taxon_rank"] == "species"
    assert first["danger"] == "deadly"
    assert first["common_name"]


def test_language_and_model_are_those_of_the_settings(
    bundle_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_settings(find_locations().settings, Settings(language="de", model_path=bundle_path))
    assert main(["identify", "--device", "cpu", str(photo)]) == 0
    table = capsys.readouterr().out
    assert "Three drawings" in table
    assert catalogue("de")["identify.alert_deadly"].upper() in table
    assert main(["identify", "--device", "cpu", "--json", str(photo)]) == 0
    first = document(capsys)["observations"][0]["candidates"][0]
    assert (first["scientific_name"], first["danger"]) == ("Amanita phalloides", "deadly")


def test_every_photo_is_a_find_and_with_group_all_are_one(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = [write_photo(tmp_path / f"{number}.png", 2, number) for number in range(3)]
    missing = tmp_path / "0 missing.jpg"
    assert identify(bundle_path, missing, *photos, "--json") == 1
    assert [len(each["photos"]) for each in document(capsys)["observations"]] == [1, 1, 1, 1]
    assert identify(bundle_path, missing, *photos, "--json", "--group") == 1
    (find,) = document(capsys)["observations"]
    assert [each["file"] for each in find["photos"]] == [str(path) for path in (missing, *photos)]
    assert find["photos"][0]["error"]["code"] == "photo_missing"
    assert "0 missing.jpg" in find["photos"][0]["error"]["message"]
    assert find["candidates"]


def test_folders_are_opened_and_an_empty_one_is_named(
    bundle_path: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert identify(bundle_path, tmp_path, empty, "--json") == 1
    first, last = document(capsys)["observations"]
    assert first["photos"][0]["file"] == str(photo)
    assert last["photos"][0]["error"]["code"] == "folder_without_photos"
    assert last["verdict"] == {"kind": "unknown", "taxon": None, "reason": "unreadable"}
    assert last["candidates"] == []


def test_the_table_tells_the_danger_before_any_name(
    bundle_path: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.jpg").write_text("no picture")
    assert identify(bundle_path, photo, tmp_path / "notes.jpg") == 1
    out = capsys.readouterr().out
    assert out.index("DEADLY POSSIBLE") < out.index("Probably") < out.index("█")
    assert "notes.jpg is not a picture" in out
    assert "nothing here is a permission to eat" in out
    assert "\x1b[" not in out


def test_a_model_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert identify(tmp_path / "none.fieldguide", photo) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "none.fieldguide is not there" in said.err


@pytest.mark.parametrize("words", [["identify"], ["identify", "--device", "abacus", "a.jpg"], ["--nonsense"]])
def test_a_wrong_call_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_word_that_is_neither_command_nor_photo_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["idnetify", "a.jpg"]) == 2
    assert "idnetify" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["identify", ""], ["identify", "--model", "", "a.jpg"], ["history", "import", ""]])
def test_an_empty_name_is_not_the_current_folder(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "is empty" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_name_does_not_move_the_cursor_of_the_terminal(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn, written = tmp_path / "\x1b[2Jdrawn\u202egpj.jpg", tmp_path / "\x1b]0;written\a.jpg"
    write_photo(drawn, 0)
    written.write_text("no photo")
    assert main(["identify", "--model", str(bundle_path), "--device", "cpu", str(drawn), str(written)]) == 1
    told = capsys.readouterr()
    assert "drawn" in told.out
    assert "written" in told.out
    assert not set("\x1b\a\u202e") & set(told.out + told.err)


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there is always a display here")
def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    assert "no display" in capsys.readouterr().err


def test_without_the_trainer_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trainer_home, "NEEDED", ("no_such_library",))
    assert main(["train", "run"]) == 2
    assert "pip install" in capsys.readouterr().err
    assert main(["train", "--set-up"]) == 2
    assert "pip install" in capsys.readouterr().err
    wheel = make_wheel(tmp_path, "fieldguide", {}, for_training=["needed"])
    monkeypatch.setattr(trainer_home, "carried_wheel", lambda: wheel)
    assert main(["train", "run"]) == 2
    assert "fieldguide train --set-up" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["train", "--set-up", "--wheels", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "without a network" in told
    assert "python3-venv" in told


class Terminal(io.StringIO):
    """A stream that says it is a terminal, of a given encoding."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True


def drawn(stream: Terminal) -> str:
    guide = load_guide()
    table = Table(stream, guide)
    deadly = deadly_find(guide, PHOTOS, unreadable=(Path("b.jpg"),))
    for observation in (deadly, unknown_find(guide, PHOTOS), mild_find(guide, PHOTOS)):
        table.add(observation)
    table.close(ModelReference("tiny", "Tiny", "1"))
    return stream.getvalue()


def test_colour_comes_on_a_terminal_and_never_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    coloured = drawn(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    plain = drawn(Terminal())
    assert "\x1b[1;97;41m" in coloured
    assert "\x1b[" not in plain
    assert re.sub("\x1b" + r"\[[0-9;]*m", "", coloured) == plain
    assert not re.search("\x1b" + r"\[[0-9;]*(?:32|92|42|102)m", coloured), "no green near a mushroom"


def test_the_table_says_what_it_must_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = drawn(Terminal())
    assert "DEADLY POSSIBLE  41 %" in out
    assert "DANGER UNKNOWN" in out
    assert "Death cap (Amanita phalloides) 38 %" in out
    assert "b.jpg is not a picture" in out
    assert "(Agaricus arvensis) is confused with dangerous species: " in " ".join(out.split())
    assert not comfort_in(" ".join(out.split())), "a sentence may be folded anywhere"


def test_a_narrow_encoding_gets_other_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = drawn(Terminal("ascii"))
    assert out.isascii()
    assert "#####......." in out


def test_the_mildest_level_never_leaves_the_program() -> None:
    guide = load_guide()
    found = json.dumps(observation_document(deadly_find(guide, PHOTOS), guide))
    assert Danger.EDIBLE.value not in found
    assert '"caution"' in found


def test_a_model_brings_common_names_for_what_the_guide_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    guide, brought = load_guide(), {"Anax imperator": "emperor", "Amanita phalloides": "Tasty"}
    deadly = deadly_find(guide, PHOTOS)
    assert deadly.identification is not None
    emperor = Candidate(Taxon("Anax imperator", Rank.SPECIES, "Anax"), 0.3, Danger.UNKNOWN)
    said = replace(deadly.identification, candidates=(*deadly.identification.candidates, emperor))
    find = replace(deadly, identification=said)
    stream = Terminal("utf-8")
    Table(stream, guide, brought).add(find)
    assert "Emperor (Anax imperator)" in stream.getvalue()
    assert "Death cap (Amanita phalloides)" in stream.getvalue()
    names = [each["common_name"] for each in observation_document(find, guide, brought)["candidates"]]
    assert (names[0], names[-1]) == ("Death cap", "emperor")


OPENED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from fieldguide.cli import main
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.shell.window import MainWindow

def look():
    for window in qt.topLevelWidgets():
        page = window.findChild(IdentifyPage) if isinstance(window, MainWindow) else None
        if page is not None and page.observation is not None:
            seen.add(len(page.observation.photos))
            window.close()

seen = set()
qt = QApplication([])
timer = QTimer(interval=20)
timer.timeout.connect(look)
timer.start()
print(main(sys.argv[1:]), *seen)
"""


def test_a_photo_named_alone_is_identified_in_the_window(photo: Path) -> None:
    opened = subprocess.run(
        [sys.executable, "-c", OPENED, str(photo)], capture_output=True, text=True, timeout=120, check=False
    )
    assert opened.stdout.split() == ["0", "1"], opened.stderr
