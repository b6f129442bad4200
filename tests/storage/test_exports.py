import csv
import hashlib
import json
import uuid
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.places import kilometres
from fieldguide.core.records import Observation, Photo
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import text
from fieldguide.storage.export import LeftOut
from fieldguide.storage.export.class_folders import class_folder, export_class_folders
from fieldguide.storage.export.csv import export_csv
from fieldguide.storage.export.darwin_core import TERMS, export_darwin_core
from fieldguide.storage.export.geo import export_geojson, export_gpx
from fieldguide.storage.export.json import export_json
from fieldguide.storage.export.places import UNCERTAINTY, Places, rounded
from fieldguide.storage.export.table import CANDIDATE_COLUMNS, FIND_COLUMNS, harmless
from fieldguide.storage.export.xlsx import export_xlsx
from tests.helpers.stored_finds import BOLETUS, EDULIS, MUSCARIA, PHALLOIDES, deadly_alarm, make_find, make_photo

LIBRARY = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
EML = "{https://eml.ecoinformatics.org/eml-2.2.0}eml"
TEXT = "{http://rs.tdwg.org/dwc/text/}"


@pytest.fixture
def finds(guide: Guide) -> list[Observation]:
    """A labelled one with two photos and hard notes, a guessed one, an unknown one, one without an answer."""
    photos = (make_photo("Käppchen, rot.jpg"), make_photo("gills.jpg"))
    labelled = make_find(guide, PHALLOIDES, photos=photos, alarm=deadly_alarm(guide), notes='two lines,\n"quoted"')
    return [
        replace(labelled, id=1, verified=EDULIS),
        replace(make_find(guide, BOLETUS, observed_at=None), id=2, latitude=None, longitude=None),
        replace(make_find(guide, None), id=3),
        Observation(photos=(make_photo("plain.jpg"),), id=4),
    ]


def test_csv_has_a_row_a_find_and_beside_it_a_row_a_candidate(
    finds: list[Observation], guide: Guide, tmp_path: Path
) -> None:
    done = export_csv(iter(finds), guide, tmp_path / "finds.csv", language="de")
    assert done.observations == 4
    tables = []
    for name, columns in (("finds.csv", FIND_COLUMNS), ("finds_candidates.csv", CANDIDATE_COLUMNS)):
        assert (tmp_path / name).read_bytes().startswith(b"\xef\xbb\xbf")
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as stream:
            tables.append(list(csv.DictReader(stream)))
        assert tuple(tables[-1][0]) == columns
    rows, candidates = tables
    assert [row["observation_id"] for row in rows] == ["1", "2", "3", "4"]
    first = rows[0]
    assert (first["scientific_name"], first["verdict_name"]) == ("Boletus edulis", "Amanita phalloides")
    assert (first["machine_alarm"], first["danger_today"], first["alarm_raised"]) == ("deadly", "deadly", "true")
    assert (first["alarm_names"], first["alarm_probability"]) == ("Amanita phalloides", "0.38")
    assert (first["datetime"], first["notes"]) == ("2026-09-19T14:30:00", 'two lines,\n"quoted"')
    assert first["files"].split("; ") == [str(photo.path) for photo in finds[0].photos]
    assert rows[1]["datetime"] == rows[1]["latitude"] == ""
    assert [row["is_verified"] for row in rows] == ["true", "false", "false", "false"]
    assert [row["observation_id"] for row in candidates] == ["1", "1", "2", "2", "3"]
    assert (candidates[0]["common_name"], candidates[0]["confidence"]) == ("Grüner Knollenblätterpilz", "0.7")


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("+HYPERLINK(A1)", "'+HYPERLINK(A1)"),
        ("\t=1+1", "'\t=1+1"),
        (" =1+1", " '=1+1"),
        ("＝1+1", "'＝1+1"),
        ("-1+2", "'-1+2"),
        ("+49-170-1234", "'+49-170-1234"),  # a spreadsheet would take one number from the other
        ("oak; =1+1; -A1*2", "oak; '=1+1; '-A1*2"),
        ("+49 170 1234", "+49 170 1234"),
        ("-2 °C; - oak", "-2 °C; - oak"),
        ("a = b", "a = b"),
        ("- on wood (beech)", "- on wood (beech)"),
    ],
)
def test_formulas_are_harmless_and_words_stay(words: str, written: str) -> None:
    assert harmless(words) == written


def test_a_workbook_holds_both_tables_as_text(finds: list[Observation], guide: Guide, tmp_path: Path) -> None:
    export_xlsx([replace(finds[0], notes="=1+1")], guide, tmp_path / "finds.xlsx")
    with zipfile.ZipFile(tmp_path / "finds.xlsx") as book:
        sheets = [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2)]
        assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
    assert ' t="b"><v>1</v>' in sheets[0]
    assert [sheet.count("<row ") for sheet in sheets] == [2, 3]
    assert not any("<f>" in sheet for sheet in sheets)


def test_map_files_hold_what_has_a_place(finds: list[Observation], guide: Guide, tmp_path: Path) -> None:
    hard = [replace(finds[0], notes="a & b <c> \x0b"), *finds[1:]]
    done = export_gpx(iter(hard), guide, tmp_path / "a.gpx")
    assert (done.left_out, done.why) == (2, LeftOut.PLACELESS)
    points = ElementTree.parse(tmp_path / "a.gpx").getroot()
    assert [point.attrib["lat"] for point in points] == ["48.137000", "48.137000"]
    assert (points[0][1].text or "").startswith(f"2026-09-19 {text('ui.danger_deadly')} a & b")
    export_geojson(iter(hard), guide, tmp_path / "a.geojson")
    features = json.loads((tmp_path / "a.geojson").read_text())["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [11.575, 48.137]}
    properties = [feature["properties"] for feature in features]
    assert properties[0]["machine_alarm"] == "deadly"
    # A map program makes a column of dates, and one of yes and no, of what has the type in every row.
    assert [each["is_verified"] for each in properties] == [True, False]
    export_geojson([replace(hard[0], observed_at=None)], guide, tmp_path / "b.geojson")
    assert json.loads((tmp_path / "b.geojson").read_text())["features"][0]["properties"]["datetime"] is None


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(48.137, 11.575), (90.0, 12.0), (-90.0, -180.0), (0.0, 180.0), (65.0, -179.99)]
)
def test_a_blurred_place_is_near_hides_the_exact_one_and_stays_on_the_globe(latitude: float, longitude: float) -> None:
    north, east = rounded(latitude, longitude, Places.BLURRED)
    assert north is not None
    assert east is not None
    assert -90 <= north <= 90
    assert -180 <= east <= 180
    assert kilometres(latitude, longitude, north, east) * 1000 <= UNCERTAINTY
    assert rounded(north, east, Places.BLURRED) == (north, east)
    assert rounded(latitude, longitude, Places.NONE) == (None, None)


def test_json_tells_everything(finds: list[Observation], guide: Guide, tmp_path: Path) -> None:
    export_json(iter(finds), guide, tmp_path / "finds.json")
    document = json.loads((tmp_path / "finds.json").read_text(encoding="utf-8"))
    assert document["guide"] == {"version": guide.version}
    first, *_, last = document["observations"]
    assert first["verified_name"] == "Boletus edulis"
    assert first["machine_alarm"] == first["danger_today"] == "deadly"
    assert first["identification"]["danger"]["taxa"] == ["Amanita phalloides"]
    assert first["photos"][0]["error"] is None
    assert last["identification"] is None
    export_json([], guide, tmp_path / "none.json")
    assert json.loads((tmp_path / "none.json").read_text())["observations"] == []


def test_no_export_tells_the_mildest_level(guide: Guide, tmp_path: Path) -> None:
    export_csv([make_find(guide, EDULIS)], guide, tmp_path / "finds.csv")
    export_json([make_find(guide, EDULIS)], guide, tmp_path / "finds.json")
    for file in tmp_path.iterdir():
        words = file.read_text(encoding="utf-8").lower()
        assert "edible" not in words
        assert "caution" in words or file.name == "finds.csv"  # the unknown alarm is worse there


def test_darwin_core_holds_what_people_named(finds: list[Observation], guide: Guide, tmp_path: Path) -> None:
    path = tmp_path / "finds.zip"
    done = export_darwin_core(iter(finds), guide, path, LIBRARY, recorded_by="A. Finder", today=date(2026, 11, 1))
    assert (done.observations, done.left_out) == (1, 3)
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["eml.xml", "meta.xml", "multimedia.csv", "occurrence.csv"]
        (line,) = csv.DictReader(archive.read("occurrence.csv").decode().splitlines(keepends=True))
        photos = list(csv.DictReader(archive.read("multimedia.csv").decode().splitlines()))
        meta = ElementTree.fromstring(archive.read("meta.xml"))
        assert ElementTree.fromstring(archive.read("eml.xml")).tag == EML
    assert line["scientificName"] == "Boletus edulis"
    assert (line["kingdom"], line["identificationVerificationStatus"]) == ("Fungi", "verified")
    assert line["basisOfRecord"] == "HumanObservation"
    assert line["eventDate"] == "2026-09-19T14:30:00"
    assert uuid.UUID(line["occurrenceID"]).version == 5
    assert [photo["identifier"] for photo in photos] == [f"hash://sha256/{one.sha256}" for one in finds[0].photos]
    assert {(photo["creator"], photo["type"], photo["format"]) for photo in photos} == {
        ("A. Finder", "StillImage", "image/jpeg")
    }
    fields = meta.findall(f"{TEXT}core/{TEXT}field")
    assert [field.attrib["term"].rpartition("/")[2] for field in fields] == list(TERMS) == list(line)
    assert (line["scientificName"], json.loads(line["dynamicProperties"])) == (
        "Boletus edulis",
        {"machineAlarm": "deadly"},
    )


def test_darwin_core_on_request_names_the_unverified_too(
    finds: list[Observation], guide: Guide, tmp_path: Path
) -> None:
    slime = replace(make_find(guide, Taxon("Fuligo septica", Rank.SPECIES, "Fuligo", "Physaraceae")), id=9)
    beetle = replace(make_find(guide, Taxon("Lucanus cervus", Rank.SPECIES, "Lucanus", "Lucanidae")), id=10)
    done = export_darwin_core([*finds, slime, beetle], guide, tmp_path / "all.zip", LIBRARY, verified_only=False)
    assert (done.observations, done.left_out, done.why) == (4, 2, LeftOut.NAMELESS)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        lines = list(csv.DictReader(archive.read("occurrence.csv").decode().splitlines(keepends=True)))
    assert [line["kingdom"] for line in lines] == ["Fungi", "Fungi", "Protozoa", ""]
    assert [line["identificationVerificationStatus"] for line in lines] == ["verified"] + ["unverified"] * 3


def real_photo(folder: Path, name: str) -> Photo:
    file = folder / name
    file.write_bytes(name.encode())
    return Photo(file, hashlib.sha256(name.encode()).hexdigest(), 10, 10)


def test_class_folders_hold_copies_and_name_what_is_gone(guide: Guide, tmp_path: Path) -> None:
    here, gone = real_photo(tmp_path, "Cap.JPG"), make_photo("gone.jpg")
    named = replace(make_find(guide, EDULIS, photos=(here, gone)), id=7, verified=MUSCARIA)
    guessed = replace(make_find(guide, EDULIS, photos=(real_photo(tmp_path, "b.png"),)), id=8)
    out = tmp_path / "training"
    for _ in range(2):
        done = export_class_folders([named, guessed], out, source="Ada")
        assert (done.observations, done.left_out, done.missing) == (1, 1, (gone.path,))
    (copy,) = (path for path in out.rglob("*.jpg") if path.is_file())
    told = f"file,source,find\nAmanita_muscaria/{copy.name},Ada,obs000007\n"
    assert (out / "attribution.csv").read_text() == told
    assert copy.relative_to(out) == Path("Amanita_muscaria", f"obs000007_{here.sha256[:12]}.jpg")
    assert copy.read_bytes() == here.path.read_bytes()
    assert export_class_folders([guessed], out, verified_only=False).observations == 1
    assert (out / "Boletus_edulis").is_dir()
    assert len((out / "attribution.csv").read_text().splitlines()) == 1 + 2
    collected = "file,source,observation,licence\na/b.jpg,gbif,1,CC0\n"
    (out / "attribution.csv").write_text(collected)
    export_class_folders([named], out)
    assert (out / "attribution.csv").read_text() == collected


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Boletus", "Boletus"),
        ("../../etc", "etc"),
        ("a/b\\c", "a_b_c"),
        ("..", "_"),
        ("Amanita muscaria", "Amanita_muscaria"),
    ],
)
def test_class_folders_stay_inside(name: str, folder: str) -> None:
    assert class_folder(Taxon(name, Rank.SPECIES)) == folder


def test_a_failed_export_leaves_the_old_file(finds: list[Observation], guide: Guide, tmp_path: Path) -> None:
    path = tmp_path / "finds.csv"
    path.write_text("old")

    def breaking() -> object:
        yield finds[0]
        raise FieldGuideError(ErrorCode.DATABASE_BUSY, path="x")

    with pytest.raises(FieldGuideError):
        export_csv(breaking(), guide, path)  # type: ignore[arg-type]
    assert [file.name for file in tmp_path.iterdir()] == ["finds.csv"]
    assert path.read_text() == "old"
    with pytest.raises(FieldGuideError) as refused:
        export_csv(finds, guide, tmp_path / "absent" / "finds.csv")
    assert refused.value.code is ErrorCode.NOT_WRITABLE
