"""Pictures without labels: read once, and kept back without a copy among those that teach."""

from pathlib import Path

import numpy as np

from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.data.squares import keep_back, read_squares
from trainer.progress import Progress, Style

QUIET = Progress(Style.QUIET)


def _copies(root: Path, pictures: int, copies: int) -> list[Path]:
    root.mkdir()
    for number in range(pictures):
        picture = draw_kind(number % 3, number)
        for copy in range(copies):
            picture.resize((120 - 10 * copy,) * 2).save(root / f"{number:03}_{copy}.jpg", quality=92 - 10 * copy)
    return sorted(root.iterdir())


def test_copies_of_a_picture_stand_on_one_side(tmp_path: Path) -> None:
    files = _copies(tmp_path / "photos", 20, 3)
    squares, names = read_squares(files, 32, tmp_path / "cache/photos.npy", QUIET)
    teaching, from_others = keep_back(squares, 0.1, 12, 1)
    assert sorted([*teaching, *from_others]) == list(range(60))
    assert len(from_others) == 12
    pictures = [{names[row].name[:3] for row in rows} for rows in (teaching, from_others)]
    assert not pictures[0] & pictures[1]
    assert np.array_equal(keep_back(squares, 0.1, 12, 1)[1], from_others)
    assert not np.array_equal(keep_back(squares, 0.1, 12, 2)[1], from_others)


def test_groups_larger_than_what_judges_still_leave_a_judge(tmp_path: Path) -> None:
    squares, _ = read_squares(_copies(tmp_path / "photos", 2, 4), 32, tmp_path / "photos.npy", QUIET)
    assert [len(rows) for rows in keep_back(squares, 0.1, 1, 1)] == [4, 4]
    assert [len(rows) for rows in keep_back(squares[:4], 0.1, 1, 1)] == [4, 0]


def test_photos_are_read_once_and_again_when_there_are_others(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", ["things"], 6) / "things"
    (folder / "003.jpg").write_bytes(b"no picture")
    files, cache = sorted(folder.iterdir()), tmp_path / "cache/photos.npy"
    squares, names = read_squares(files, 32, cache, QUIET)
    assert [file.name for file in names] == ["000.jpg", "001.jpg", "002.jpg", "004.jpg", "005.jpg"]
    for file in files:
        file.unlink()
    again, same = read_squares(files, 32, cache, QUIET)
    assert same == names
    assert np.array_equal(again, squares)
    assert len(read_squares(files[:2], 32, cache, QUIET)[1]) == 0
