"""A photo that is no longer where it was: its thumbnail, beside it what happened, and a way to find it again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pytestqt.qtbot import QtBot

from fieldguide.core.guide import Guide
from fieldguide.core.records import Photo
from fieldguide.services.library import Library
from fieldguide.storage.observations import ObservationStore
from fieldguide.ui.history.page import HistoryPage
from tests.helpers.bundles import write_photo
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, make_find


def test_a_moved_photo_is_found_again_from_the_find_that_misses_it(
    qtbot: QtBot,
    library: Library,
    store: ObservationStore,
    guide: Guide,
    thumbnails,
    theme,
    tmp_path: Path,
) -> None:
    file = write_photo(tmp_path / "card" / "a.jpg", 1)
    data = file.read_bytes()
    photo = Photo(file, hashlib.sha256(data).hexdigest(), 320, 240, bytes=len(data))
    find = store.add(make_find(guide, EDULIS, photos=(photo,)))
    moved = tmp_path / "disk" / "renamed.jpg"
    moved.parent.mkdir()
    file.rename(moved)
    page = HistoryPage(library, thumbnails)
    qtbot.addWidget(page)
    page.show_finds()
    page.open(find)
    photos = page.detail.photos
    assert photos.find_again.isHidden()
    page.take_photo_failure(file, "cannot be read", missing=False)
    assert (photos.lost.text(), photos.find_again.isHidden()) == ("cannot be read", True)
    page.take_photo_failure(file, "not there", missing=True)
    assert str(file.parent) in photos.lost.text()
    page.moved_wanted.connect(lambda: library.find_again(moved.parent))
    with qtbot.waitSignal(photos.photo_wanted, timeout=PATIENCE, check_params_cb=lambda path, _: path == moved):
        photos.find_again.click()
    assert photos.lost.isHidden()
    assert photos.find_again.isHidden()
