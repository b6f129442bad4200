"""`fieldguide history` over a real model and a real library: what scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldguide.cli import main
from tests.helpers.bundles import write_photo


def told(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> object:
    assert main(["history", *words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_a_season_without_a_window(bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = tmp_path / "card"
    for number in range(4):
        write_photo(card / f"{number}.jpg", number % 3, number)
    job = told(capsys, "import", str(card), "--model", str(bundle_path))
    assert isinstance(job, dict)
    assert (job["total"], job["stored"], job["waiting"], job["state"]) == (4, 4, 0, "done")
    again = told(capsys, "import", str(card), "--model", str(bundle_path))
    assert isinstance(again, dict)
    assert (again["known"], again["stored"]) == (4, 0)

    listed = told(capsys, "list", "--limit", "3")
    assert isinstance(listed, list)
    assert len(listed) == 3
    assert {"observation_id", "danger_today", "verdict", "candidates", "tags"} <= listed[0].keys()
    told(capsys, "tag", "1", "2", "--add", "oak")
    tagged = told(capsys, "list", "--tag", "oak")
    assert isinstance(tagged, list)
    assert sorted(find["observation_id"] for find in tagged) == [1, 2]
    assert main(["history", "show", "1", "99"]) == 1
    assert "99" in capsys.readouterr().err

    done = told(capsys, "export", "csv", str(tmp_path / "finds.csv"), "--tag", "oak")
    assert isinstance(done, dict)
    assert done["finds"] == 2
    assert (tmp_path / "finds_candidates.csv").exists()

    copy = told(capsys, "backup")
    assert isinstance(copy, dict)
    told(capsys, "tag", "1", "--remove", "oak")
    assert told(capsys, "restore") == [copy["path"]]
    told(capsys, "restore", copy["path"])
    assert len(told(capsys, "list", "--tag", "oak")) == 2  # type: ignore[arg-type]

    (card / "0.jpg").unlink()
    found = told(capsys, "check", status=1)
    assert isinstance(found, dict)
    assert (found["missing"], found["damage"]) == ([str(card / "0.jpg")], [])
    (tmp_path / "moved").mkdir()
    (card / "1.jpg").rename(tmp_path / "moved" / "renamed.jpg")
    found = told(capsys, "check", "--find-in", str(tmp_path / "moved"), status=1)
    assert isinstance(found, dict)
    assert (found["missing"], found["mended"]["found_again"]) == ([str(card / "0.jpg")], 1)
    jobs = told(capsys, "jobs")
    assert isinstance(jobs, list)
    assert [each["state"] for each in jobs] == ["done", "done"]


def test_what_cannot_be_done_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["history", "import", str(tmp_path / "empty")]) == 2
    for verb in ("--go-on", "--cancel"):
        assert main(["history", "jobs", verb, "7"]) == 2
        assert "7" in capsys.readouterr().err
    assert main(["history", "restore", str(tmp_path / "none.db")]) == 2
    capsys.readouterr()
    assert main(["history", "list", "--since", "3 October"]) == 2
    assert "3 October is no day. Write it like 2026-10-03" in capsys.readouterr().err
    assert main(["history", "list"]) == 0
    assert capsys.readouterr().out == ""
