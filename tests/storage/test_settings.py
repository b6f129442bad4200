import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import explain
from fieldguide.storage.settings import Settings, read_settings, save_settings

CHOSEN = Settings(
    theme="dark",
    language="de",
    model_path=Path("/models/alps.fieldguide"),
    device="cpu",
    threads=2,
    region="europe",
    country="AT",
    use_place_and_season=True,
)


def test_no_file_means_the_usual(tmp_path: Path) -> None:
    read = read_settings(tmp_path / "none.json")
    assert (read.settings, read.problem) == (Settings(), None)


def test_choices_come_back(tmp_path: Path) -> None:
    save_settings(tmp_path / "new" / "settings.json", CHOSEN)
    assert read_settings(tmp_path / "new" / "settings.json").settings == CHOSEN


def test_keys_of_a_newer_version_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "light", "shutter": {"sound": true}}')
    settings = read_settings(path).settings
    save_settings(path, replace(settings, theme="dark"))
    assert json.loads(path.read_text())["shutter"] == {"sound": True}
    assert read_settings(path).settings == Settings(
        theme="dark", unknown=MappingProxyType({"shutter": {"sound": True}})
    )


def test_a_value_of_the_wrong_kind_is_the_default_and_the_rest_counts(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        '{"theme": "plaid", "threads": true, "device": ["cpu"], "model_path": "", "use_place_and_season": 1,'
        ' "language": 7, "country": "FR"}'
    )
    assert read_settings(path).settings == Settings(country="FR")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b"\x00" * 40])
def test_a_damaged_file_is_kept_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    looked = read_settings(path).problem
    assert looked is not None
    assert path.read_bytes() == content  # who only looks moves nothing
    assert looked.facts["kept"] == str(path)
    read = read_settings(path, set_aside=True)
    assert read.settings == Settings()
    assert read.problem is not None
    assert read.problem.code is ErrorCode.SETTINGS_DAMAGED
    assert Path(str(read.problem.facts["kept"])).read_bytes() == content
    assert "settings.damaged.json" in explain(read.problem)


def test_saving_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FieldGuideError) as refused:
        save_settings(tmp_path / "file" / "settings.json", CHOSEN)
    assert refused.value.code is ErrorCode.NOT_WRITABLE
