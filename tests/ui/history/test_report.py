"""The field report: every find with its alarm on paper, and nothing half when the disk refuses."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QTextDocument

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.records import Photo
from fieldguide.core.text import text
from fieldguide.storage.export.places import Places, placed
from fieldguide.ui.history.report import AT_ONCE, documents, print_documents, write_report
from fieldguide.ui.kit.colours import DARK, LIGHT, qt_palette
from tests.helpers.bundles import write_photo
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, deadly_alarm, make_find


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def test_a_report_names_every_find_with_its_alarm(qapp, tmp_path: Path, guide: Guide) -> None:
    photo = Photo(write_photo(tmp_path / "a.jpg", 0, 1), "ab" * 32, 60, 40)
    gone = Photo(tmp_path / "gone.jpg", "cd" * 32, 60, 40)
    find = make_find(guide, PHALLOIDES, photos=(photo, gone), alarm=deadly_alarm(guide), notes="<b>under</b> oak")
    finds = [placed(replace(find, id=number, verified=EDULIS), Places.NONE) for number in range(1, 10)]
    done = write_report(finds, guide, tmp_path / "r.pdf", "Ada <Lovelace>")
    assert (done.observations, len(done.missing)) == (9, 9)
    read = PdfReader(io.BytesIO((tmp_path / "r.pdf").read_bytes()))
    words = " ".join("\n".join(page.extract_text() for page in read.pages).split())
    assert words.count(text("storage.report_alarm", alarm=text("ui.danger_deadly"))) == 9
    assert "Ada <Lovelace>" in words
    assert "<b>under</b> oak" in words
    assert "48.137" not in words
    assert sum(len(page.images) for page in read.pages) >= 1
    assert len(read.pages) > 1


def test_a_report_shows_where_the_finds_were_made_and_never_cuts_one(qapp, tmp_path: Path, guide: Guide) -> None:
    photo = Photo(write_photo(tmp_path / "a.jpg", 0, 1, size=(300, 400)), "ab" * 32, 300, 400)
    finds = [replace(make_find(guide, EDULIS, photos=(photo,), notes="many words " * 9), id=n) for n in range(1, 16)]
    finds[3] = replace(finds[3], latitude=-17.8, longitude=179.99)
    write_report([placed(find, Places.BLURRED) for find in finds], guide, tmp_path / "r.pdf", places=Places.BLURRED)
    pages = PdfReader(io.BytesIO((tmp_path / "r.pdf").read_bytes())).pages
    words = [" ".join(unicodedata.normalize("NFKC", page.extract_text()).split()) for page in pages]
    assert text("storage.report_blurred") in words[0]
    assert any((image.image.width, image.image.height) == (1040, 560) for image in pages[0].images if image.image)
    assert [page.count("many words") % 9 for page in words] == [0] * len(words)


@pytest.mark.parametrize(
    "notes", ["many words " * 18_000, "W" * 200_000, "a\r\n" * 60_000], ids=["words", "word", "lines"]
)
def test_the_alarm_stands_on_every_page_of_a_find(qapp, tmp_path: Path, guide: Guide, notes: str) -> None:
    find = make_find(guide, PHALLOIDES, photos=(), alarm=deadly_alarm(guide), notes=notes)
    write_report([replace(find, id=number) for number in (1, 2)], guide, tmp_path / "r.pdf")
    pages = PdfReader(io.BytesIO((tmp_path / "r.pdf").read_bytes())).pages
    words = [" ".join(unicodedata.normalize("NFKC", page.extract_text()).split()) for page in pages]
    alarm = text("storage.report_alarm", alarm=text("ui.danger_deadly"))
    assert all(alarm in page for page in words[1:])  # on the first one, the map and who found them
    assert all(text("cli.guess") in page for page in words)
    assert 4 < len(words) < 12
    assert sum(page.count(text("storage.report_cut")) for page in words) == 2


def test_a_dark_window_writes_as_black_as_a_light_one(qapp, guide: Guide) -> None:
    find, before = make_find(guide, PHALLOIDES, photos=(), alarm=deadly_alarm(guide)), qapp.palette()
    try:
        pages = []
        for theme in (LIGHT, DARK):
            qapp.setPalette(qt_palette(theme))
            made = print_documents(documents([find], guide, "", Places.NONE, []))
            pages.append(PdfReader(io.BytesIO(made)).pages[0].get_contents().get_data())
    finally:
        qapp.setPalette(before)
    assert pages[0] == pages[1]


def test_no_sign_in_a_note_turns_others_round(qapp, tmp_path: Path, guide: Guide) -> None:
    find = make_find(guide, PHALLOIDES, photos=(), notes="oak\u202eelbide\x00\x1b[31m <img src='file:///etc/passwd'>")
    write_report([find], guide, tmp_path / "r.pdf")
    words = PdfReader(io.BytesIO((tmp_path / "r.pdf").read_bytes())).pages[0].extract_text()
    assert "elbide" in words
    assert "<img src=" in " ".join(words.split())


def test_many_finds_are_written_some_at_a_time(qapp, tmp_path: Path, guide: Guide) -> None:
    photo = Photo(write_photo(tmp_path / "a.jpg", 0, 1), "ab" * 32, 60, 40)
    finds = [replace(make_find(guide, EDULIS, photos=(photo,)), id=number) for number in range(1, 2 * AT_ONCE + 2)]
    held: list[int] = []

    def counted() -> Iterator[QTextDocument]:
        for document in documents(finds, guide, "", Places.EXACT, []):
            held.append(document.toHtml().count('<img src="photo:'))
            yield document

    pages = PdfReader(io.BytesIO(print_documents(counted()))).pages
    assert held == [AT_ONCE, AT_ONCE, 1]
    assert all(" · " in " ".join(page.extract_text().split()) for page in pages), "an empty page"
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert all(f"{number} · " in words for number in range(1, 2 * AT_ONCE + 2))
    assert [page.extract_text().split()[-1] for page in pages] == [str(number) for number in range(1, len(pages) + 1)]


def test_a_report_that_cannot_be_written_leaves_the_old_one(qapp, tmp_path: Path, guide: Guide) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(FieldGuideError) as refused:
        write_report([make_find(guide)], guide, tmp_path / "folder")
    assert refused.value.code is ErrorCode.NOT_WRITABLE
