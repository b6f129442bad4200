from __future__ import annotations

import csv
import io
import os
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.guide.check import Rule
from fieldguide.core.guide.tables import COLUMNS, MOST_ROWS, OPTIONAL
from fieldguide.core.resources import resource
from fieldguide.storage.guides import GuideShelf

NAME = "Boletus edulis"


@pytest.fixture
def shelf(tmp_path: Path) -> GuideShelf:
    return GuideShelf(tmp_path / "guides", now=lambda: datetime(2026, 10, 1, 8, 0))


def species(old: str = "", new: str = "") -> str:
    text = resource("guide", "species.csv").read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


@pytest.fixture
def corrected_file(tmp_path: Path) -> Path:
    """The shipped species with one common name changed and the fly agaric told worse."""
    lines = species("Death cap", "Deadly agaric").splitlines(keepends=True)
    lines = [
        line.replace(",psychoactive,", ",poisonous,") if line.startswith("Amanita muscaria,") else line
        for line in lines
    ]
    file = tmp_path / "mine" / "species.csv"
    file.parent.mkdir()
    file.write_text("".join(lines), encoding="utf-8")
    return file


def test_a_corrected_table_is_taken_over_chosen_and_left_again(shelf: GuideShelf, corrected_file: Path) -> None:
    shipped = load_guide()
    draft = shelf.read_draft(corrected_file)
    assert draft.given == ("species",)
    assert not draft.refused
    installed = shelf.install(draft)
    assert shelf.read_chosen().guide.version == shipped.version, "installing is not choosing"
    chosen = shelf.choose(installed.version)
    assert chosen.version == installed.version != shipped.version
    assert shelf.read_chosen().guide.record("Amanita phalloides").common_names["en"] == "Deadly agaric"
    assert [(each.shipped, each.source) for each in shelf.every()] == [(True, ""), (False, "species.csv")]
    assert shelf.restore().version == shipped.version
    assert shelf.read_chosen().guide.version == shipped.version


def test_the_draft_tells_what_it_would_change(shelf: GuideShelf, corrected_file: Path) -> None:
    changes = shelf.read_draft(corrected_file).changes
    assert changes is not None
    before = load_guide().records["Amanita muscaria"].danger
    if before is Danger.PSYCHOACTIVE:
        assert [(each.name, each.after) for each in changes.dangers] == [("Amanita muscaria", Danger.POISONOUS)]
    assert (changes.added, changes.removed) == ((), ())


@pytest.mark.parametrize("inside", ["", "guide-2027/"])
def test_a_zip_of_the_tables_is_read(shelf: GuideShelf, tmp_path: Path, inside: str) -> None:
    path = tmp_path / "guide.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in COLUMNS:
            archive.write(resource("guide", f"{name}.csv"), f"{inside}{name}.csv")
        archive.writestr("../../evil.csv", "x")
    draft = shelf.read_draft(path)
    assert draft.given == tuple(COLUMNS)
    assert draft.guide.version == load_guide().version


def test_a_folder_of_the_tables_is_read(shelf: GuideShelf, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    shutil.copytree(resource("guide"), folder)
    assert shelf.read_draft(folder).given == tuple(COLUMNS)


def test_a_guide_of_four_tables_keeps_the_characters_in_use(shelf: GuideShelf, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    shutil.copytree(resource("guide"), folder)
    for name in OPTIONAL:
        (folder / f"{name}.csv").unlink()
    draft = shelf.read_draft(folder)
    assert draft.given == tuple(name for name in COLUMNS if name not in OPTIONAL)
    assert draft.guide is not None
    assert draft.guide.characters == load_guide().characters


def test_a_shelf_without_characters_takes_a_correction_and_stays_without(tmp_path: Path, corrected_file: Path) -> None:
    shipped = tmp_path / "shipped"
    shutil.copytree(resource("guide"), shipped)
    for name in OPTIONAL:
        (shipped / f"{name}.csv").unlink()
    shelf = GuideShelf(tmp_path / "guides", shipped)
    installed = shelf.install(shelf.read_draft(corrected_file))
    assert shelf.choose(installed.version).characters == {}
    assert shelf.read_chosen().problem is None


def test_broken_characters_are_named_and_the_guide_is_refused(shelf: GuideShelf, tmp_path: Path) -> None:
    file = tmp_path / "characters.csv"
    words = resource("guide", "characters.csv").read_text(encoding="utf-8")
    file.write_text(words.replace(",none|skirt|zone_or_fleeting,", ",skirt,", 1), encoding="utf-8")
    draft = shelf.read_draft(file)
    assert draft.refused
    assert [(p.name, p.rule, p.value) for p in draft.problems] == [("Amanita phalloides", Rule.LOST_STATE, "ring none")]


def test_broken_rows_are_named_and_the_guide_is_refused(shelf: GuideShelf, tmp_path: Path) -> None:
    file = tmp_path / "species.csv"
    file.write_text(species(",deadly,", ",lethal,"), encoding="utf-8")
    draft = shelf.read_draft(file)
    assert draft.refused
    assert [(p.row, p.name, p.rule, p.value) for p in draft.problems if p.rule is Rule.DANGER] == [
        (2, "Amanita phalloides", Rule.DANGER, "lethal")
    ]
    with pytest.raises(FieldGuideError) as refused:
        shelf.install(draft)
    assert refused.value.code is ErrorCode.GUIDE_REFUSED
    assert len(shelf.every()) == 1


def test_columns_that_a_spreadsheet_added_do_not_matter(shelf: GuideShelf, tmp_path: Path) -> None:
    lines = species().splitlines()
    file = tmp_path / "species.csv"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([lines[0] + ",mine", *(f"{line},x" for line in lines[1:])]).encode())
    guide = shelf.read_draft(file).guide
    assert guide is not None
    assert guide.records.keys() == load_guide().records.keys()


@pytest.mark.parametrize("name", ["species.txt", "birds.csv", "missing.zip"])
def test_what_is_no_guide_is_said_to_be_none(shelf: GuideShelf, tmp_path: Path, name: str) -> None:
    if name != "missing.zip":
        (tmp_path / name).write_text("a,b\n", encoding="utf-8")
    with pytest.raises(FieldGuideError) as refused:
        shelf.read_draft(tmp_path / name)
    assert refused.value.code is ErrorCode.GUIDE_NO_TABLES


def test_a_chosen_guide_that_went_bad_gives_way_to_the_shipped_one_with_a_word(
    shelf: GuideShelf, corrected_file: Path
) -> None:
    installed = shelf.install(shelf.read_draft(corrected_file))
    shelf.choose(installed.version)
    (installed.folder / "sources.csv").unlink()
    read = shelf.read_chosen()
    assert read.guide.version == load_guide().version
    assert read.problem.code is ErrorCode.GUIDE_MISSING
    assert [each.shipped for each in shelf.every()] == [True]


def test_the_guide_in_use_is_removed_and_the_shipped_one_is_used(shelf: GuideShelf, corrected_file: Path) -> None:
    installed = shelf.install(shelf.read_draft(corrected_file))
    shelf.choose(installed.version)
    shelf.remove(installed.version)
    assert shelf.read_chosen().problem is None
    assert shelf.read_chosen().guide.version == load_guide().version
    assert not installed.folder.exists()


def test_a_full_disk_leaves_nothing_half_written(
    shelf: GuideShelf, corrected_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = shelf.read_draft(corrected_file)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FieldGuideError) as refused:
        shelf.install(draft)
    assert refused.value.code is ErrorCode.DISK_FULL
    assert list((tmp_path / "guides").iterdir()) == []


def drafted(shelf: GuideShelf, folder: Path, text: str):
    (folder / "species.csv").write_text(text, encoding="utf-8")
    return shelf.read_draft(folder / "species.csv")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Death cap", "<img src='file:///etc/passwd'><h1>Tasty"),
        ("Death cap", "w" * 5000),
        ("Death cap", "\u202ebidi\u202c"),
        ("olive to yellowish (sometimes white) silky cap", "Safe to eat after boiling"),
        ("olive to yellowish (sometimes white) silky cap", "delicious"),
        ("alpha-amanitin|beta-amanitin|phallotoxins", "none: quite harmless"),
        ("olive to yellowish (sometimes white) silky cap", "Еdible, fit for the pan"),
        ("Agaricus phalloides|", "Good to eat|"),
        ("europe|north_america|asia", "edible worldwide"),
    ],
)
def test_a_guide_with_markup_or_a_promise_is_refused(shelf: GuideShelf, tmp_path: Path, old: str, new: str) -> None:
    draft = drafted(shelf, tmp_path, species(old, new))
    assert draft.refused
    assert {problem.rule for problem in draft.problems if problem.rule.blocks} == {Rule.WORDS}


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("characters", "White and faded forms occur", "Good to eat"),
        ("characters", "White and faded forms occur", "<b>White</b> forms occur"),
        ("poison_centres", "Poison Help", "<a href='http://x'>Poison Help</a>"),
        ("sources", "General field-guide knowledge", "<script>"),
        ("questions", ",eyes,", ",<i>eyes</i>,"),
    ],
)
def test_no_other_table_promises_or_brings_markup(
    shelf: GuideShelf, tmp_path: Path, table: str, old: str, new: str
) -> None:
    words = resource("guide", f"{table}.csv").read_text(encoding="utf-8")
    assert old in words
    file = tmp_path / f"{table}.csv"
    file.write_text(words.replace(old, new, 1), encoding="utf-8")
    draft = shelf.read_draft(file)
    assert {problem.rule for problem in draft.problems if problem.rule.blocks} == {Rule.WORDS}


def saved_as(words: str, encoding: str, sign: str, hint: bool) -> bytes:
    """A table as a spreadsheet of some country saves it."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=sign, lineterminator="\r\n").writerows(csv.reader(io.StringIO(words, newline="")))
    return (f"sep={sign}\r\n" * hint + stream.getvalue()).encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "sign", "hint"),
    [
        ("utf-8-sig", ",", False),
        ("utf-8", ";", False),
        ("utf-8-sig", ";", True),
        ("utf-16", "\t", False),
        ("utf-16", ";", False),
    ],
)
def test_a_table_is_read_as_any_spreadsheet_saves_it(
    shelf: GuideShelf, tmp_path: Path, encoding: str, sign: str, hint: bool
) -> None:
    file = tmp_path / "species.csv"
    file.write_bytes(saved_as(species("Death cap", "Deadliest cap"), encoding, sign, hint))
    installed = shelf.install(shelf.read_draft(file))
    assert shelf.choose(installed.version).records["Amanita phalloides"].common_names["en"] == "Deadliest cap"
    assert (installed.folder / "species.csv").read_bytes().decode().startswith("scientific_name,rank,")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-32"])
def test_an_encoding_that_does_not_tell_itself_is_one_sentence(
    shelf: GuideShelf, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "species.csv"
    file.write_bytes(species().encode(encoding, "ignore"))
    draft = shelf.read_draft(file)
    assert [(each.row, each.rule) for each in draft.problems] == [(0, Rule.TABLE_DAMAGED)]


def test_a_guide_that_leaves_out_a_shipped_taxon_is_refused(shelf: GuideShelf, tmp_path: Path) -> None:
    lines = species().splitlines(keepends=True)
    draft = drafted(shelf, tmp_path, "".join(line for line in lines if not line.startswith("Tuber borchii,")))
    assert draft.refused
    assert [problem.name for problem in draft.problems if problem.rule is Rule.REMOVED] == ["Tuber borchii"]


@pytest.mark.parametrize("stolen", ["Amanita phalloides", "amanita phaloides", "Аmanita phalloides"])
def test_no_other_kind_takes_a_deadly_name_however_it_is_spelt(shelf: GuideShelf, tmp_path: Path, stolen: str) -> None:
    lines = species().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith("Agaricus campestris,"))
    cells = lines[place].split(",")
    cells[4] = stolen
    lines[place] = ",".join(cells)
    assert drafted(shelf, tmp_path, "".join(lines)).refused


def test_an_old_name_that_leads_to_something_milder_is_told(shelf: GuideShelf, tmp_path: Path) -> None:
    """Agaricus phalloides was the death cap; without that synonym it would be some Agaricus."""
    draft = drafted(shelf, tmp_path, species("Agaricus phalloides|", ""))
    assert draft.changes is not None
    assert [change.name for change in draft.changes.dangers if change.milder] == ["Agaricus phalloides"]


def test_a_table_without_rows_removes_every_taxon_and_is_refused(shelf: GuideShelf, tmp_path: Path) -> None:
    draft = drafted(shelf, tmp_path, species().splitlines()[0])
    assert {problem.rule for problem in draft.problems} >= {Rule.REMOVED}
    assert draft.refused


@pytest.mark.parametrize(
    "name", ["Amanita phaloides", "Amanitta phalloides", "Amanita phalloi-des", "Amanita phalloides-alba"]
)
def test_a_new_kind_named_nearly_as_a_deadly_one_is_told(shelf: GuideShelf, tmp_path: Path, name: str) -> None:
    """Such a label meant the death cap before."""
    row = next(line for line in species().splitlines() if line.startswith("Macrolepiota procera,"))
    cells = next(csv.reader([row]))
    cells[:5] = [name, "species", "", "Amanitaceae", ""]
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    draft = drafted(shelf, tmp_path, species() + stream.getvalue())
    assert draft.changes is not None
    assert [change.name for change in draft.changes.dangers if change.milder] == [name]


def test_a_common_name_of_a_deadly_kind_that_becomes_a_synonym_of_another_is_told(
    shelf: GuideShelf, tmp_path: Path
) -> None:
    lines = species().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith("Agaricus campestris,"))
    cells = lines[place].split(",")
    cells[4] = "Death cap"
    lines[place] = ",".join(cells)
    draft = drafted(shelf, tmp_path, "".join(lines))
    assert draft.changes is not None
    assert [change.name for change in draft.changes.dangers if change.milder] == ["Death cap"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_and_an_endless_file_are_not_read(shelf: GuideShelf, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "species.csv")
    (tmp_path / "endless").mkdir()
    (tmp_path / "endless" / "species.csv").symlink_to("/dev/zero")
    for path in (tmp_path / "species.csv", tmp_path, tmp_path / "endless" / "species.csv", tmp_path / "endless"):
        with pytest.raises(FieldGuideError) as refused:
            shelf.read_draft(path)
        assert refused.value.code is ErrorCode.GUIDE_NO_TABLES


def test_a_table_of_a_million_rows_is_one_sentence(shelf: GuideShelf, tmp_path: Path) -> None:
    file = tmp_path / "species.csv"
    header = species().splitlines(keepends=True)[0].encode()
    file.write_bytes(header + b"".join(b"Aa%d b,species\n" % number for number in range(MOST_ROWS + 1)))
    draft = shelf.read_draft(file)
    assert [problem.rule for problem in draft.problems] == [Rule.TABLE_DAMAGED]


def test_an_empty_table_is_not_the_one_in_use(shelf: GuideShelf, tmp_path: Path) -> None:
    (tmp_path / "species.csv").write_bytes(b"")
    assert shelf.read_draft(tmp_path / "species.csv").refused


def test_blanks_around_a_cell_do_not_matter(shelf: GuideShelf, tmp_path: Path) -> None:
    file = tmp_path / "species.csv"
    file.write_text(species().replace(",deadly,", ", deadly ,"), encoding="utf-8")
    draft = shelf.read_draft(file)
    assert draft.guide is not None
    assert draft.guide.records["Amanita phalloides"].danger is Danger.DEADLY
