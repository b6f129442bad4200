from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QSize, QSizeF
from PySide6.QtGui import QColor, QImage
from PySide6.QtPrintSupport import QPrinter

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.emergency import load_emergency_numbers
from fieldguide.core.records import Candidate, Observation, Seen
from fieldguide.core.text import choose_language, text
from fieldguide.ui.kit.colours import DARK, LIGHT, qt_palette
from fieldguide.ui.kit.naming import country_name, is_late, onset_words, syndrome_name, syndrome_outcome, syndrome_signs
from fieldguide.ui.poison.case import (
    MOST_SUSPECTS,
    case_of,
    case_of_taxon,
    countries,
    empty_case,
    help_in,
    hours_words,
    likely_country,
    phone_words,
    verified_words,
)
from fieldguide.ui.poison.document import make_document, print_sheet, printed_size, write_pdf
from fieldguide.ui.poison.sheet import PoisonSheet
from tests.helpers.labels import words_in
from tests.helpers.stored_finds import (
    BOLETUS,
    EDULIS,
    PHALLOIDES,
    deadly_alarm,
    make_find,
    make_identification,
    make_photo,
)


@pytest.fixture
def find(guide: Guide):
    return make_find(guide, EDULIS, others=(PHALLOIDES,), alarm=deadly_alarm(guide), notes="two caps, fried")


def sheet_of(qtbot, case, guide: Guide, country: str = "DE", **options: bool) -> PoisonSheet:
    sheet = PoisonSheet(case, guide, country, **options)
    qtbot.addWidget(sheet)
    sheet.show()
    return sheet


def test_the_worst_comes_first_whatever_its_probability(find, guide) -> None:
    case = case_of(find, guide)
    assert case.suspects[0].danger is Danger.DEADLY
    assert PHALLOIDES in [suspect.taxon for suspect in case.suspects]
    assert case.courses[0].syndrome.severity == 5


def test_a_late_poisoning_says_that_the_delay_is_the_danger(find, guide) -> None:
    amatoxin = next(course for course in case_of(find, guide).courses if course.syndrome.key == "amatoxin")
    assert amatoxin.late
    assert amatoxin.onset_hours[0] <= 6


def test_a_quick_upset_says_no_word_of_a_delay(guide) -> None:
    assert not is_late(guide.syndromes["gi_irritant"].onset_hours, guide.syndromes["gi_irritant"])
    assert is_late(guide.syndromes["orellanine"].onset_hours, guide.syndromes["orellanine"])


def test_of_courses_as_grave_the_probable_one_comes_first(guide) -> None:
    rubellus = guide.record("Cortinarius rubellus").taxon
    for first, then, key in ((PHALLOIDES, rubellus, "amatoxin"), (rubellus, PHALLOIDES, "orellanine")):
        case = case_of(make_find(guide, first, others=(then,)), guide)
        assert [course.syndrome.severity for course in case.courses[:2]] == [5, 5]
        assert case.courses[0].syndrome.key == key


def test_what_the_model_named_is_listed_however_many_are_worse(guide) -> None:
    deadly = [record.taxon for record in guide.records.values() if record.danger is Danger.DEADLY][:20]
    find = make_find(guide, EDULIS, others=(PHALLOIDES,), alarm=deadly_alarm(guide))
    said = replace(find.identification, plausible=tuple(Candidate(one, 0.01, Danger.DEADLY) for one in deadly))
    case = case_of(replace(find, identification=said), guide)
    assert len(case.suspects) > MOST_SUSPECTS
    assert len(case.listed) == MOST_SUSPECTS
    assert {EDULIS, PHALLOIDES} <= {suspect.taxon for suspect in case.listed}
    assert case.listed[0].danger is Danger.DEADLY


def test_courses_of_what_does_no_harm_are_counted_beside_graver_ones(find, guide) -> None:
    case = case_of(find, guide)
    assert all(any(suspect.danger.harmful for suspect in course.suspects) for course in case.courses)
    mild = case_of_taxon(guide.record("Lentinula edodes"), guide)
    assert mild.courses, "without anything grave they are told"


def test_a_guide_may_tell_where_a_number_was_read_and_when(guide) -> None:
    centre = replace(help_in("DE", guide).centres[0], verified="official page; www.example.org, 2026-10-01")
    assert verified_words(centre) == text("poison.verified_official_at", where="www.example.org, 2026-10-01")


def test_a_centre_speaks_languages_by_their_own_names(qtbot, find, guide, theme) -> None:
    said = words_in(sheet_of(qtbot, case_of(find, guide), guide, country="US"))
    assert "English, español" in said
    assert "American English" not in said


def test_a_genus_brings_the_poisonings_of_its_species(guide) -> None:
    case = case_of(make_find(guide, BOLETUS, others=()), guide)
    keys = {course.syndrome.key for course in case.courses}
    inside = {r.syndrome for r in guide.records.values() if r.taxon.genus == "Boletus" and r.danger.harmful}
    assert inside <= keys


def test_the_guide_opens_it_too_with_what_is_mistaken_for_it(guide) -> None:
    case = case_of_taxon(guide.record("Agaricus campestris"), guide)
    assert case.find is None
    assert any(suspect.danger is Danger.DEADLY for suspect in case.suspects)


def test_a_country_has_its_centres_its_number_and_where_each_was_read(guide, tmp_path: Path) -> None:
    germany = help_in("DE", guide)
    assert len(germany.centres) == 7
    assert germany.number.phone == "112"
    assert germany.number.was_read
    (tmp_path / "numbers.csv").write_text("country_iso2,phone,verified\nJP,119,recalled\n", encoding="utf-8")
    assert not load_emergency_numbers(tmp_path / "numbers.csv")["JP"].was_read
    assert help_in("XX", guide).centres == ()
    assert set(countries(guide)) >= {centre.country for centre in guide.centres}
    assert likely_country("FR") == "FR"


def test_the_sheet_shows_numbers_what_to_do_and_what_not(qtbot, find, guide, theme) -> None:
    said = words_in(sheet_of(qtbot, case_of(find, guide), guide))
    for key in ("subtitle", "do_call", "do_keep", "do_photo", "dont_wait", "dont_cooking", "verified_official"):
        assert text(f"poison.{key}") in said
    assert "+49 30 19240" in said
    assert guide.version in said
    assert "38 %" in said or "30 %" in said


def test_another_country_is_remembered_and_a_guessed_one_is_said_to_be(qtbot, find, guide, theme) -> None:
    sheet = sheet_of(qtbot, case_of(find, guide), guide, guessed=True)
    assert text("poison.country_guessed") in words_in(sheet)
    with qtbot.waitSignal(sheet.country_chosen) as chosen:
        sheet.country.setCurrentIndex(sheet.country.findData("CA"))
    assert chosen.args == ["CA"]
    said = words_in(sheet)
    assert "+1-844-764-7669" in said
    assert text("poison.verified_secondary") in said
    assert text("poison.country_guessed") not in said


def test_a_country_without_a_centre_still_gets_a_number(qtbot, guide, theme) -> None:
    sheet = sheet_of(qtbot, empty_case(guide), guide, country="", guessed=True)
    said = words_in(sheet)
    assert text("poison.country_guessed") not in said
    assert "112" in said
    assert text("poison.centre_choose") in said
    assert text("poison.centre_none") not in said, "no country was chosen that could have none"
    assert text("poison.emergency_unknown") not in said
    assert text("poison.suspects_none") in said


def picture() -> QImage:
    image = QImage(QSize(640, 480), QImage.Format.Format_RGB888)
    image.fill(QColor("#7a5c30"))
    return image


def test_the_pdf_can_be_read_without_this_application(qtbot, find, guide, theme, tmp_path: Path) -> None:
    sheet = sheet_of(qtbot, case_of(find, guide), guide)
    sheet.add_photos([picture(), QImage()])
    path = tmp_path / "sheet.pdf"
    with qtbot.waitSignal(sheet.written):
        pages = sheet.write(path)
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    assert len(reader.pages) == pages
    assert 1 <= pages <= 4
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        *("+49 30 19240", "112", "Amanita phalloides", "Boletus edulis", "two caps, fried", "48.13700, 11.57500"),
        *("Starter 1.0 (starter)", guide.version, "19 Sep 2026", "Boletus edulis.jpg"),
        onset_words(sheet._case.courses[0].onset_hours),
    ):
        assert words in said, words
    assert sum(len(page.images) for page in reader.pages) == 1
    assert reader.metadata.title == text("poison.pdf_title")


def test_a_pdf_that_cannot_be_written_leaves_nothing(qtbot, guide, theme, tmp_path: Path) -> None:
    sheet = sheet_of(qtbot, empty_case(guide), guide)
    with pytest.raises(FieldGuideError) as refused:
        sheet.write(tmp_path / "missing" / "sheet.pdf")
    assert refused.value.code is ErrorCode.NOT_WRITABLE


def test_a_broken_table_of_emergency_numbers_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "numbers.csv"
    table.write_text("country_iso2,phone,verified\nDE,,recalled\n", encoding="utf-8")
    with pytest.raises(FieldGuideError) as refused:
        load_emergency_numbers(table)
    assert (refused.value.code, refused.value.facts["row"]) == (ErrorCode.GUIDE_BROKEN, 2)


def test_a_name_given_by_a_person_counts_as_a_suspect(guide) -> None:
    find = replace(make_find(guide, EDULIS, observed_at=datetime(2026, 9, 1)), verified=PHALLOIDES)
    assert case_of(find, guide).suspects[0].taxon == PHALLOIDES


@pytest.mark.parametrize("code", ["de", "fr", "it", "es", "pl"])
def test_every_kind_of_poisoning_is_told_in_the_reader_s_language(code: str) -> None:
    guide = load_guide()
    choose_language(code)
    for syndrome in guide.syndromes.values():
        assert syndrome_name(syndrome) != syndrome.name or syndrome.key == "ergotism"
        assert syndrome_signs(syndrome) != syndrome.main_symptoms
        assert syndrome_outcome(syndrome) != syndrome.mortality_note
    corrected = replace(guide.syndromes["amatoxin"], main_symptoms="corrected by a newer guide")
    assert syndrome_signs(corrected) == "corrected by a newer guide"


def test_no_photo_is_torn_across_pages(qapp) -> None:
    guide = load_guide()
    find = Observation(
        tuple(make_photo(f"{number}.jpg") for number in range(6)),
        identification=make_identification(PHALLOIDES, guide),
        seen=(Seen("base", ("sac",), True),),
    )
    sizes = [(600, 600), (540, 600), (3000, 300), (300, 3000), (480, 600), (5000, 10)]  # panoramas among them
    photos = [QImage(width, height, QImage.Format.Format_RGB32) for width, height in sizes]
    document = make_document(case_of(find, guide), help_in("DE", guide), guide, photos, datetime(2026, 10, 1, 12))
    assert text("poison.pdf_answers") in document.toPlainText()
    height = 900.0
    document.setPageSize(QSizeF(670, height))
    pictures = 0
    block = document.begin()
    while block.isValid():
        layout, top = block.layout(), document.documentLayout().blockBoundingRect(block).top()
        for line in (layout.lineAt(number) for number in range(layout.lineCount())):
            inside = block.text()[line.textStart() : line.textStart() + line.textLength()].count("\ufffc")
            if inside:
                first, last = top + line.y(), top + line.y() + line.height() - 1
                assert int(first // height) == int(last // height)
                assert line.naturalTextWidth() <= 670
            pictures += inside
        block = block.next()
    assert pictures == 6


@pytest.mark.parametrize("code", ["de", "fr", "it", "es", "pl"])
def test_whom_to_call_is_told_in_the_reader_s_language(code: str, guide) -> None:
    choose_language(code)
    switzerland = help_in("CH", guide)
    assert country_name("DE") != "Germany"
    assert " or " not in phone_words(switzerland.number.phone)
    assert "from abroad" not in phone_words(switzerland.centres[0].phone)
    assert hours_words(switzerland.centres[0]) == text("poison.hours_always")


def test_every_country_to_choose_has_a_name_and_every_number_a_page(guide) -> None:
    for code in countries(guide):
        assert text(f"countries.{code}") == country_name(code)
        assert help_in(code, guide).number is None or help_in(code, guide).number.was_read


@pytest.mark.parametrize(
    ("photo", "printed"),
    [((400, 300), (347, 260)), ((3000, 300), (640, 64)), ((300, 600), (130, 260)), ((300, 3000), (52, 520))],
)
def test_a_panorama_is_neither_cut_off_nor_tiny(photo: tuple[int, int], printed: tuple[int, int]) -> None:
    assert printed_size(QSize(*photo)) == QSize(*printed)


def test_a_printer_gets_the_pages_of_the_pdf(find, guide, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    photos = [QImage(4000, 500, QImage.Format.Format_RGB32), picture()]
    pages = print_sheet(printer, case_of(find, guide), help_in("DE", guide), guide, photos, datetime(2026, 10, 1, 12))
    reader = PdfReader(tmp_path / "printed.pdf")
    assert len(reader.pages) == pages
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "+49 30 19240" in said
    assert sum(len(page.images) for page in reader.pages) == 2


def test_a_dark_window_prints_as_black_as_a_light_one(qapp, find, guide, tmp_path: Path) -> None:
    before, pages = qapp.palette(), []
    case, help_, now = case_of(find, guide), help_in("DE", guide), datetime(2026, 10, 1, 12)
    try:
        for number, colours in enumerate((LIGHT, DARK)):
            qapp.setPalette(qt_palette(colours))
            write_pdf(tmp_path / f"{number}.pdf", case, help_, guide, [], now)
            read = PdfReader(tmp_path / f"{number}.pdf")
            pages.append([page.get_contents().get_data() for page in read.pages])
    finally:
        qapp.setPalette(before)
    assert pages[0] == pages[1]
