"""The whole journey of a photo, with the real bundle and the real guide."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from fieldguide.core.danger import Danger
from fieldguide.core.decision.unknown import Score, UnknownModel
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.records import Observation, Reason, VerdictKind
from fieldguide.inference.identify import MANY, FindIdentifier, PlaceAndSeason
from fieldguide.inference.reading import read_ahead
from fieldguide.inference.runtime import Runtime
from tests.helpers.bundles import SPEC, manifest, prepared, write_photo
from tests.helpers.tiny_network import export, train


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


@pytest.fixture(scope="module")
def identifier(bundle_path: Path, guide: Guide) -> FindIdentifier:
    return FindIdentifier(Runtime.load(bundle_path, "cpu"), guide)


def alone(identifier: FindIdentifier, *photos: Path) -> list[Observation]:
    return list(identifier.identify([[photo] for photo in photos]))


def test_a_deadly_drawing_is_named_and_told(identifier: FindIdentifier, tmp_path: Path) -> None:
    (found,) = alone(identifier, write_photo(tmp_path / "a.jpg", 0))
    said = found.identification
    assert said is not None
    assert said.verdict.kind is VerdictKind.SPECIES
    assert said.verdict.taxon is not None
    assert said.verdict.taxon.name == "Amanita phalloides"
    assert said.alarm.level is Danger.DEADLY
    assert said.alarm.raised
    assert said.model.id == "three-drawings"
    assert said.guide_version == identifier.guide.version
    assert sum(candidate.probability for candidate in said.candidates) == pytest.approx(1, abs=1e-6)


def test_a_genus_label_ends_in_a_genus(identifier: FindIdentifier, tmp_path: Path) -> None:
    (found,) = alone(identifier, write_photo(tmp_path / "a.jpg", 1))
    assert found.identification is not None
    assert found.identification.verdict.kind is VerdictKind.GENUS


def test_noise_is_unlike_training(identifier: FindIdentifier, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    (found,) = alone(identifier, tmp_path / "noise.png")
    assert found.identification is not None
    assert found.identification.verdict.kind is VerdictKind.UNKNOWN
    assert found.identification.verdict.reason is Reason.UNLIKE_TRAINING


def test_order_is_kept_and_a_bad_file_stops_nothing(identifier: FindIdentifier, tmp_path: Path) -> None:
    photos = [write_photo(tmp_path / f"{number}.jpg", number % 3, number) for number in range(20)]
    photos[7].write_bytes(b"not a photo")
    photos[11].unlink()
    found = alone(identifier, *photos)
    assert [each.photos[0].path if each.photos else each.unreadable[0].path for each in found] == photos
    assert found[7].unreadable[0].error.code is ErrorCode.PHOTO_NOT_AN_IMAGE
    assert found[11].unreadable[0].error.code is ErrorCode.PHOTO_MISSING
    assert [number for number, each in enumerate(found) if each.identification is None] == [7, 11]


def test_a_batch_says_the_same_as_one_at_a_time(identifier: FindIdentifier, tmp_path: Path) -> None:
    photos = [write_photo(tmp_path / f"{number}.jpg", number % 3, number) for number in range(MANY + 1)]
    together = alone(identifier, *photos)
    for photo, batched in zip(photos, together, strict=True):
        (single,) = alone(identifier, photo)
        assert single.identification is not None
        assert batched.identification is not None
        for one, other in zip(single.identification.candidates, batched.identification.candidates, strict=True):
            assert one.taxon == other.taxon
            assert one.probability == pytest.approx(other.probability, abs=1e-3)


def test_a_find_fuses_its_photos_and_carries_what_it_could_not_read(identifier: FindIdentifier, tmp_path: Path) -> None:
    photos = [write_photo(tmp_path / f"{number}.jpg", 2, number) for number in range(3)]
    (found,) = identifier.identify([[*photos, tmp_path / "missing.jpg"]])
    assert len(found.photos) == 3
    assert [each.path.name for each in found.unreadable] == ["missing.jpg"]
    assert found.identification is not None
    assert found.identification.candidates[0].taxon.name == "Cantharellus cibarius"


def test_photos_that_contradict_each_other_name_nothing_and_still_ring(
    identifier: FindIdentifier, tmp_path: Path
) -> None:
    (found,) = identifier.identify([[write_photo(tmp_path / "a.jpg", 0), write_photo(tmp_path / "b.jpg", 2)]])
    assert found.identification is not None
    assert found.identification.verdict.kind is VerdictKind.UNKNOWN
    assert found.identification.verdict.reason is Reason.PHOTOS_DISAGREE
    assert found.identification.alarm.level is Danger.DEADLY


def test_a_find_without_a_readable_photo_is_still_listed(identifier: FindIdentifier, tmp_path: Path) -> None:
    (found,) = identifier.identify([[tmp_path / "a.jpg", tmp_path / "b.jpg"]])
    assert found.identification is None
    assert len(found.unreadable) == 2


def test_groups_may_be_empty(identifier: FindIdentifier, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "a.jpg")
    assert list(identifier.identify([])) == []
    assert [len(each.photos) for each in identifier.identify([[], [photo], []])] == [0, 1, 0]


def test_a_stop_is_heard_and_leaves_no_half_find(identifier: FindIdentifier, tmp_path: Path) -> None:
    photos = [write_photo(tmp_path / f"{number}.jpg", 0, number) for number in range(40)]
    heard: list[Observation] = []
    found = identifier.identify([photos[:2], photos[2:]], should_stop=lambda: bool(heard), on_result=heard.append)
    assert [len(each.photos) for each in found] == [2]
    assert heard[0].identification is not None


def test_date_and_place_come_from_the_photos(identifier: FindIdentifier, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:10:03 14:05:06"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (47.0, 0.0, 0.0), 3: "E", 4: (8.0, 0.0, 0.0)})
    photos = [write_photo(tmp_path / "a.jpg"), write_photo(tmp_path / "b.jpg", exif=exif)]
    (found,) = identifier.identify([photos])
    assert found.observed_at == datetime(2024, 10, 3, 14, 5, 6)
    assert (found.latitude, found.longitude) == (47.0, 8.0)


def test_place_and_season_never_hide_the_danger(
    identifier: FindIdentifier, bundle_path: Path, guide: Guide, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:02:03 14:05:06"
    photo = write_photo(tmp_path / "a.jpg", 0, exif=exif)
    weighing = FindIdentifier(identifier.runtime, guide, PlaceAndSeason(home="australasia"))
    (plain,), (weighed,) = alone(identifier, photo), alone(weighing, photo)
    assert plain.identification is not None
    assert weighed.identification is not None
    assert weighed.identification.weighed
    assert not plain.identification.weighed
    assert weighed.identification.alarm.level is Danger.DEADLY
    assert weighed.identification.alarm.deadly >= plain.identification.alarm.deadly


def test_statistics_that_do_not_fit_are_refused(tmp_path: Path, guide: Guide) -> None:
    pictures = np.stack([prepared(label, seed) for seed in range(4) for label in range(3)])
    path = export(
        train(pictures, np.arange(12) % 3), tmp_path / "a.fieldguide", manifest(unknown={"score": "subject"}), pictures
    )
    with pytest.raises(FieldGuideError) as caught:
        FindIdentifier(Runtime.load(path, "cpu"), guide)
    assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY


def test_a_photo_whose_unknown_score_is_no_number_is_named_and_takes_no_other_with_it(
    identifier: FindIdentifier, tmp_path: Path
) -> None:
    photos = [write_photo(tmp_path / f"{label}.jpg", label) for label in range(3)]
    arrays = {
        "logit_mean": np.zeros(3),
        "logit_spread": np.array([1.0, 0.0, 1.0]),
    }  # label 1: 0 by 0
    unlucky = FindIdentifier(identifier.runtime, identifier.guide)
    unlucky._unknown = UnknownModel(Score.STANDARD_LOGIT, arrays)
    found = list(unlucky.identify([[photo] for photo in photos]))
    assert [find.identification is None for find in found] == [False, True, False]
    assert found[1].unreadable[0].error.code is ErrorCode.MODEL_NO_ANSWER


def test_reading_ahead_is_bounded(tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "a.jpg")
    asked = 0

    def endless() -> object:
        nonlocal asked
        while True:
            asked += 1
            yield photo

    batches = read_ahead(endless(), SPEC, 4, lambda: False)  # type: ignore[arg-type]
    taken = sum(len(next(batches)) for _ in range(10))
    batches.close()  # type: ignore[attr-defined]
    assert asked - taken <= 4 * 64


def test_pixels_are_handed_on_beside_the_network_and_before_the_end(identifier: FindIdentifier, tmp_path: Path) -> None:
    photos = [write_photo(tmp_path / f"{number}.jpg", 0, number) for number in range(3)]
    seen: list[Path] = []
    list(identifier.identify([[photo] for photo in photos], on_photo=lambda decoded: seen.append(decoded.photo.path)))
    assert sorted(seen) == photos


def test_a_defect_while_pixels_are_handed_on_is_not_lost(identifier: FindIdentifier, tmp_path: Path) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(identifier.identify([[write_photo(tmp_path / "a.jpg", 0)]], on_photo=fail))
