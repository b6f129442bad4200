from pathlib import Path

import pytest

from fieldguide.core.resources import resource, resources_folder


def test_the_folder_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resource("guide", "species.csv").is_file()
    monkeypatch.setattr(Path, "resolve", lambda self: pytest.fail("looked for again"))
    assert resource("guide") == resources_folder() / "guide"


def test_a_frozen_application_has_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert resource("guide") == tmp_path / "resources" / "guide"
