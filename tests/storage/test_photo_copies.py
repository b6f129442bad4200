"""Copies of photos with keywords: what programs for pictures read of them, and what they must not tell."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fieldguide.core.guide import Guide
from fieldguide.core.records import Photo
from fieldguide.storage.export.class_folders import export_class_folders
from fieldguide.storage.export.photo_copies import export_photo_copies
from fieldguide.storage.export.places import Places, placed
from tests.helpers.stored_finds import MUSCARIA, PHALLOIDES, deadly_alarm, make_find

BEFORE = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"'
    b' xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="50,30.2N"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>autumn</rdf:li></rdf:Bag></dc:subject>'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def picture(path: Path, xmp: bytes = b"") -> Photo:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 12.34), 3: "E", 4: (14.0, 15.0, 0.0)})
    pixels = np.random.default_rng(3).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    extra = {"xmp": xmp} if xmp else {}
    Image.fromarray(pixels).save(path, exif=exif.tobytes(), **extra)
    return Photo(path, "ab" * 32, 60, 40)


def told(file: Path) -> tuple[Image.Image, str]:
    image = Image.open(io.BytesIO(file.read_bytes()))
    image.load()
    beside = file.with_name(f"{file.name}.xmp")
    return image, beside.read_text("utf-8") if beside.exists() else image.info["xmp"].decode("utf-8")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("places", list(Places))
def test_a_copy_says_what_it_shows_and_where_only_as_asked(
    guide: Guide, tmp_path: Path, suffix: str, places: Places
) -> None:
    photo = picture(tmp_path / f"a{suffix}")
    before = photo.path.read_bytes()
    find = replace(make_find(guide, MUSCARIA, photos=(photo,)), id=7, verified=MUSCARIA, tags=("oak & ash",))
    done = export_photo_copies([placed(find, places)], guide, tmp_path / "out", "de", places)
    assert (done.observations, done.missing) == (1, ())
    assert photo.path.read_bytes() == before
    (copy,) = (path for path in (tmp_path / "out").iterdir() if path.suffix == suffix)
    assert copy.name == f"Amanita_muscaria_obs000007_{'ab' * 6}{suffix}"
    image, words = told(copy)
    assert np.array_equal(np.asarray(image), np.asarray(Image.open(io.BytesIO(before))))
    assert "Fungi|Amanitaceae|Amanita|Amanita muscaria" in words
    assert {"Fliegenpilz", "oak &amp; ash"} <= set(words.replace("<", ">").split(">"))
    assert bool(dict(image.getexif().get_ifd(0x8825))) is (places is Places.EXACT)
    assert ("GPSLatitude" in words) is (places is not Places.NONE)
    assert ("48,8.22" in words) is (places is Places.EXACT)


def test_what_the_photo_said_of_itself_stays_and_its_place_goes(guide: Guide, tmp_path: Path) -> None:
    photo = picture(tmp_path / "a.jpg", BEFORE)
    find = make_find(guide, PHALLOIDES, photos=(photo,), alarm=deadly_alarm(guide))
    export_photo_copies([placed(find, Places.NONE)], guide, tmp_path / "out")
    (copy,) = (tmp_path / "out").iterdir()
    _, words = told(copy)
    assert 'Rating="4"' in words
    assert "50,30.2" not in words
    keywords = [line.split("<")[0] for line in words.split("li>")]
    assert {"autumn", "Amanita phalloides (guess)", "FieldGuide|alarm|deadly"} <= set(keywords)
    assert "FieldGuide|guess|Amanitaceae|Amanita|Amanita phalloides" in keywords
    assert words.count("<dc:subject>") == 1
    assert copy.read_bytes().count(b"http://ns.adobe.com/xap/1.0/\x00") == 1


def test_class_folders_tell_places_only_when_asked_for(guide: Guide, tmp_path: Path) -> None:
    find = replace(make_find(guide, photos=(picture(tmp_path / "a.jpg"),)), id=1, verified=MUSCARIA)
    for places in Places:
        export_class_folders([find], tmp_path / places.value, places=places)
        (copy,) = (tmp_path / places.value / "Amanita_muscaria").iterdir()
        told_place = dict(Image.open(io.BytesIO(copy.read_bytes())).getexif().get_ifd(0x8825))
        assert bool(told_place) is (places is Places.EXACT)


def test_a_class_folder_that_told_places_tells_them_no_more(guide: Guide, tmp_path: Path) -> None:
    """The later export asks for none; the original may be gone meanwhile."""
    photo = picture(tmp_path / "a.jpg")
    find = replace(make_find(guide, photos=(photo,)), id=1, verified=MUSCARIA)
    export_class_folders([find], tmp_path / "out", places=Places.EXACT)
    photo.path.unlink()
    assert export_class_folders([find], tmp_path / "out", places=Places.NONE).missing == ()
    (copy,) = (tmp_path / "out" / "Amanita_muscaria").iterdir()
    assert dict(Image.open(io.BytesIO(copy.read_bytes())).getexif().get_ifd(0x8825)) == {}
