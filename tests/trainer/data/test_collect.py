"""Collecting from a server that speaks GBIF's API: licences, limits, paging, throttling, trouble, resuming."""

from __future__ import annotations

import csv
import json
import math
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import explain
from tests.helpers.gbif_server import CC0, CC_BY, CC_BY_NC, CC_BY_ND, FakeGbif, serving_gbif
from trainer.cli import main
from trainer.commands.collect import read_names
from trainer.config import DataConfig
from trainer.data.collect.attribution import ATTRIBUTION, attribution_section, credits, read_attributions
from trainer.data.collect.collection import NOT_TAKEN, CollectConfig, Fate, Outcome, collect
from trainer.data.collect.download import PhotoNotTakenError, Trouble, download
from trainer.data.collect.gbif import DEEPEST, Gbif, Pace, open_session, read_media
from trainer.data.collect.licences import Licence, read_licence
from trainer.data.scan import list_photos
from trainer.progress import Progress, Style

FLY, CEP = "Amanita muscaria", "Boletus edulis"


@pytest.fixture
def gbif() -> Iterator[FakeGbif]:
    with serving_gbif() as state:
        yield state


@pytest.fixture
def session(gbif: FakeGbif) -> Iterator[requests.Session]:
    with open_session(gbif.url, attempts=3, backoff=0) as opened:
        yield opened


def _collect(gbif: FakeGbif, session: requests.Session, config: CollectConfig) -> list[Outcome]:
    config = replace(config, base_url=f"{gbif.url}/v1")
    return collect(config, session, Pace(10_000), Progress(Style.QUIET))


def _photos(out: Path) -> list[str]:
    return sorted(str(file.relative_to(out)) for file in out.rglob("*.jpg"))


def test_photos_come_with_their_attribution(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.add_species(FLY, 5240402, [gbif.record(11, 2), gbif.record(12, 1, CC0)])
    outcomes = _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    assert outcomes == [Outcome(FLY, Fate.COLLECTED, "", 5240402, 0, 3)]
    assert _photos(tmp_path) == [f"Amanita_muscaria/gbif-{name}.jpg" for name in ("11-1", "11-2", "12-1")]
    first, _, last = read_attributions(tmp_path / ATTRIBUTION)
    assert (first.file, first.observation, first.source) == ("Amanita_muscaria/gbif-11-1.jpg", "11", "gbif")
    assert (first.licence, first.licence_text, first.rights_holder) == ("CC BY", CC_BY, "Photographer 2")
    assert first.references == "https://www.inaturalist.org/photos/111"
    assert first.dataset == "50c9509d-22c7-4a22-a47d-8c48425ef4a7"
    assert last.licence == "CC0"
    assert credits([first, last, last]) == [("Photographer 0", "CC0", 2), ("Photographer 2", "CC BY", 1)]
    assert "- Photographer 2, CC BY: 1" in attribution_section([first, last])
    assert "- and 1 more" in attribution_section([first, last], most=1)


def test_the_manifest_tells_the_scan_of_observations(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.add_species(FLY, 1, [gbif.record(11, 2)])
    _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    listed = list_photos(DataConfig(folders=(str(tmp_path),), manifests=(str(tmp_path / ATTRIBUTION),)))
    assert [(photo.source, photo.find) for photo in listed] == [("gbif", "11"), ("gbif", "11")]


def test_only_the_licences_asked_for(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    kinds = [CC_BY, CC_BY_NC, CC0, CC_BY_ND, "", "© all rights reserved"]
    gbif.add_species(FLY, 1, [gbif.record(20 + number, 1, licence) for number, licence in enumerate(kinds)])
    _collect(gbif, session, CollectConfig((FLY,), tmp_path, licences=frozenset({Licence.CC0, Licence.CC_BY})))
    assert {row.licence for row in read_attributions(tmp_path / ATTRIBUTION)} == {"CC0", "CC BY"}
    assert gbif.count("/photos/") == 2


def test_a_species_without_a_photo_that_may_be_taken_says_so(
    gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    gbif.add_species(FLY, 1, [gbif.record(25, 3, CC_BY_ND)])
    assert _collect(gbif, session, CollectConfig((FLY,), tmp_path)) == [Outcome(FLY, Fate.NO_PHOTO, "3", 1)]


def test_a_network_that_is_down_is_told_in_a_few_words(tmp_path: Path) -> None:
    with socket.socket() as unheard:  # bound, and nobody listens: connecting is refused
        unheard.bind(("127.0.0.1", 0))
        source = f"http://127.0.0.1:{unheard.getsockname()[1]}/v1"
        with open_session(backoff=0) as session, pytest.raises(FieldGuideError) as failure:
            collect(CollectConfig((FLY,), tmp_path, base_url=source), session, Pace(100), Progress(Style.QUIET))
    assert failure.value.facts == {"url": f"{source}/species/match", "problem": "no connection, or it broke off"}


def test_limits_per_species_and_per_observation(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.add_species(FLY, 1, [gbif.record(30, 9), gbif.record(31, 4), gbif.record(32, 9)])
    _collect(gbif, session, CollectConfig((FLY,), tmp_path, per_species=8, per_observation=3))
    counts = Counter(row.observation for row in read_attributions(tmp_path / ATTRIBUTION))
    assert counts == {"30": 3, "31": 3, "32": 2}


def test_every_page_is_read(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.page = 2
    gbif.add_species(FLY, 1, [gbif.record(40 + number, 1) for number in range(5)])
    _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    assert len(_photos(tmp_path)) == 5
    offsets = [path.rsplit("offset=")[1] for path in gbif.asked if "offset=" in path]
    assert offsets == ["0", "2", "4"]


def test_paging_stops_where_the_api_does(gbif: FakeGbif, session: requests.Session) -> None:
    """No request beyond offset + limit of 100,000, which the API refuses with 400."""
    gbif.page = 40_000
    gbif.add_species(FLY, 1, [{"key": 1, "media": [{"type": "Sound", "identifier": ""}]}] * 120)
    client = Gbif(session, Pace(10_000), f"{gbif.url}/v1")
    assert list(client.still_images(1)) == []
    assert all(int(path.rsplit("offset=")[1]) < DEEPEST for path in gbif.asked if "offset=" in path)


def test_throttling_is_waited_out(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.add_species(FLY, 1, [gbif.record(50, 1)])
    gbif.throttle = 2
    gbif.broken["50-1"] = "failing"
    _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    assert len(_photos(tmp_path)) == 1
    assert gbif.count("/photos/50-1") == 3


def test_a_source_that_stays_away_is_an_error_that_keeps_what_is_there(
    gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    gbif.add_species(FLY, 1, [gbif.record(60, 1)])
    _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    gbif.throttle = 100
    with pytest.raises(FieldGuideError) as failure:
        _collect(gbif, session, CollectConfig((FLY, CEP), tmp_path))
    assert failure.value.code is ErrorCode.SOURCE_UNREACHABLE
    assert len(_photos(tmp_path)) == 1


def test_broken_photos_are_left_out_for_good(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.add_species(FLY, 1, [gbif.record(70, 5)])
    gbif.broken = {"70-1": "gone", "70-2": "html", "70-3": "cut", "70-4": "large"}
    config = CollectConfig((FLY,), tmp_path, max_megabytes=1)
    _collect(gbif, session, config)
    assert _photos(tmp_path) == ["Amanita_muscaria/gbif-70-5.jpg"]
    assert [*tmp_path.rglob("*.part")] == []
    with (tmp_path / "not_taken.csv").open(encoding="utf-8", newline="") as stream:
        assert [row[1] for row in csv.reader(stream)] == ["gone", "not_a_photo", "not_a_photo", "too_large"]
    asked = gbif.count("/photos/")
    _collect(gbif, session, config)
    assert gbif.count("/photos/") == asked


@pytest.mark.parametrize(
    "odd",
    [
        {"key": 2, "media": [{"type": "StillImage", "identifier": "http://[photo]/x.jpg", "license": CC_BY}]},
        {"key": 2, "media": [{"identifier": f"http://{'a' * 64}.example/x.jpg", "license": CC_BY}]},
        {"key": 2, "media": [{"identifier": "http://a..example/x.jpg", "license": CC_BY}]},
        {"key": 2, "media": [{"identifier": "http://a.example:99999/x.jpg", "license": CC_BY}]},
        {"key": 2, "media": [None, 3, "photo"]},
        {"key": 2, "media": {"identifier": "http://a.example/x.jpg"}},
        {"key": "abc", "media": [{"identifier": "http://a.example/x.jpg", "license": CC_BY}]},
        {"media": [{"identifier": "http://a.example/x.jpg", "license": CC_BY}]},
        {"key": "1" * 5000, "media": [{"identifier": "http://a.example/x.jpg"}]},
        {"key": 10**4000, "media": [{"identifier": "http://a.example/x.jpg"}]},
        {"key": math.inf, "media": [{"identifier": "http://a.example/x.jpg"}]},
        None,
        "a record",
    ],
)
def test_one_odd_record_never_ends_a_collection(
    odd: object, gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    records = [gbif.record(11, 1), odd, gbif.record(13, 1)]
    gbif.add_species(FLY, 1, [{}])
    gbif.answers[1] = {"count": 3, "endOfRecords": True, "results": records}
    assert _collect(gbif, session, CollectConfig((FLY,), tmp_path))[0].photos == 2


def test_half_a_letter_costs_no_photo(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    record, other = gbif.record(11, 1), gbif.record(12, 1)
    (medium,), (elsewhere,) = record["media"], other["media"]
    gbif.add_species(FLY, 1, [record | {"media": [medium | {"creator": "A \ud83d"}], "eventDate": "\ud800"}, other])
    elsewhere["identifier"] += "\udfff"
    gbif.broken = {"12-1": "gone"}
    gbif.matches[CEP] = {"matchType": "FUZZY", "usageKey": 3, "canonicalName": "Boletus \ud800"}
    assert _collect(gbif, session, CollectConfig((FLY, CEP), tmp_path))[0].photos == 1
    assert read_attributions(tmp_path / ATTRIBUTION)[0].creator == "A ?"


@pytest.mark.parametrize("odd", ["abc", "1" * 5000, math.inf, math.nan, [1], {"a": 1}, "\ud800", -1, None, True])
def test_an_odd_number_never_ends_a_collection(
    odd: object, gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    """Of a taxon: it is not found. Of its occurrences: there are none."""
    gbif.add_species(FLY, 1, [gbif.record(11, 1)])
    gbif.matches[FLY] |= {"usageKey": odd}
    gbif.add_species(CEP, 2, [])
    gbif.answers[2] = {"count": odd, "endOfRecords": None, "results": []}
    fly, cep = _collect(gbif, session, CollectConfig((FLY, CEP), tmp_path, min_occurrences=1))
    assert (fly.photos, cep.fate) == (0, Fate.UNPOPULAR)


@pytest.mark.parametrize("trouble", ["busy", "later", "vague", "lying", "http://[bad"])
def test_hosts_that_misbehave_cost_their_photo_alone(
    trouble: str, gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    gbif.add_species(FLY, 1, [gbif.record(70, 6)])
    gbif.broken = {f"70-{number}": trouble for number in range(1, 6)}
    assert _collect(gbif, session, CollectConfig((FLY,), tmp_path, per_observation=9))[0].photos == 1
    if trouble == "later":  # an hour: nobody waits, and a later run asks again
        assert gbif.count("/photos/70-1") == 1
        assert not (tmp_path / "not_taken.csv").exists()


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "ftp://127.0.0.1/1.jpg",
        "data:image/png;base64,AAAA",
        "http://localhost:{port}/photos/70-3/original.jpg",
        "http://[::ffff:127.0.0.1]:{port}/photos/70-3/original.jpg",
        "http://me:secret@127.0.0.1:{port}/photos/70-3/original.jpg",
        "/photos/70-1/original.jpg",
        "//",
    ],
)
def test_an_address_that_leads_astray_costs_its_photo_alone(
    address: str, gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    """To a file, another scheme, this computer or its network, a password, in a circle, nowhere: asked once."""
    gbif.add_species(FLY, 1, [gbif.record(70, 2)])
    gbif.broken = {"70-1": address.format(port=urlsplit(gbif.url).port) + ("" if ":" in address else "/")}
    config = CollectConfig((FLY,), tmp_path)
    for _ in range(2):
        (outcome,) = _collect(gbif, session, config)
        assert (outcome.fate, outcome.photos, _photos(tmp_path)) == (
            *(Fate.COLLECTED, 1),
            ["Amanita_muscaria/gbif-70-2.jpg"],
        )
    assert gbif.count("/photos/70-1") == (6 if address.startswith("/p") else 1)
    assert gbif.count("/photos/70-3") == 0
    assert gbif.passwords == []


def test_a_private_address_of_a_record_is_not_asked(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    record = gbif.record(70, 2)
    record["media"][0]["identifier"] = gbif.url.replace("127.0.0.1", "localhost") + "/photos/70-1/x.jpg"  # type: ignore[index]
    gbif.add_species(FLY, 1, [record])
    (outcome,) = _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    assert (outcome.photos, gbif.count("/photos/70-1")) == (1, 0)


def test_an_address_that_leads_on_is_followed_without_its_body_or_a_password(
    gbif: FakeGbif, session: requests.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    gbif.broken = {f"70-{number}": f"/photos/70-{number + 1}/original.jpg" for number in range(1, 6)}
    file, _ = download(session, Pace(10_000), f"{gbif.url}/photos/70-1/original.jpg", tmp_path / "x", 10**6)
    assert (file.name, gbif.count("/photos/70-6"), gbif.passwords) == ("x.jpg", 1, [])


def test_a_host_that_failed_often_is_asked_once_for_each_photo(gbif: FakeGbif, tmp_path: Path) -> None:
    gbif.add_species(FLY, 1, [gbif.record(70, 6)])
    gbif.broken = {f"70-{number}": "busy" for number in range(1, 6)}
    with open_session(gbif.url, attempts=2, backoff=0) as session:
        _collect(gbif, session, CollectConfig((FLY,), tmp_path, per_observation=9))
    assert [gbif.count(f"/photos/70-{number}") for number in range(1, 7)] == [3, 3, 3, 1, 1, 1]


def test_a_dead_host_of_photos_is_no_dead_network(
    gbif: FakeGbif, session: requests.Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        dead = [gbif.record(100 + number, 1) for number in range(12)]
        for record in dead:
            record["media"][0]["identifier"] = f"{nowhere}/x.jpg"  # type: ignore[index]
        gbif.add_species(FLY, 1, [*dead, gbif.record(200, 3)])
        config = CollectConfig((FLY,), tmp_path, base_url=f"{gbif.url}/v1")
        (outcome,) = collect(config, session, Pace(10_000), Progress(Style.PERSON))
    assert (outcome.fate, outcome.photos) == (Fate.COLLECTED, 3)
    assert capsys.readouterr().err.count("does not answer") == 1


def test_a_host_that_drips_again_and_again_is_left_out(
    gbif: FakeGbif, session: requests.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two minutes for each photo of a slow host would be days."""
    monkeypatch.setattr(download, "__defaults__", (0.2,))
    gbif.add_species(FLY, 1, [gbif.record(70, 9)])
    gbif.broken = {f"70-{number}": "slow" for number in range(1, 10)}
    (outcome,) = _collect(gbif, session, CollectConfig((FLY,), tmp_path, per_observation=9))
    assert (outcome.fate, gbif.count("/photos/")) == (Fate.NO_PHOTO, 3)


def test_the_head_of_an_answer_has_a_limit_in_all(
    gbif: FakeGbif, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.data.collect.addresses.LONGEST_HEAD", 0.2)
    gbif.broken = {"70-1": "creeping"}
    with open_session(gbif.url, attempts=0) as session, pytest.raises(PhotoNotTakenError) as refusal:
        download(session, Pace(100), f"{gbif.url}/photos/70-1/original.jpg", tmp_path / "x", 10**6)
    assert refusal.value.trouble is Trouble.UNREACHABLE


def test_a_record_with_photos_without_end_is_not_asked_for_all(gbif: FakeGbif) -> None:
    assert len(read_media(gbif.record(70, 10_000))) == 200


@pytest.mark.parametrize(
    "wait", ["9" * 5000, "Fri, 31 Dec 99999 23:59:59 GMT", f"Fri, 31 Dec {'9' * 20} 23:59:59 GMT", "-5", "soon"]
)
def test_a_wait_beyond_all_numbers_is_not_heeded(wait: str, gbif: FakeGbif) -> None:
    gbif.add_species(FLY, 1, [])
    gbif.throttle, gbif.wait = 1, wait
    with open_session(gbif.url, attempts=1, backoff=0) as session:
        assert Gbif(session, Pace(10_000), f"{gbif.url}/v1").match(FLY).key == 1


def test_a_photo_that_drips_has_a_limit_in_all(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.broken = {"70-1": "slow"}
    with pytest.raises(PhotoNotTakenError) as refusal:
        download(session, Pace(100), f"{gbif.url}/photos/70-1/original.jpg", tmp_path / "x", 10**6, seconds=0.2)
    assert refusal.value.trouble is Trouble.SLOW
    assert [*tmp_path.iterdir()] == []


def test_an_answer_without_end_is_not_kept(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.matches[FLY] = {"matchType": "EXACT", "usageKey": 1, "note": "x" * (65 << 20)}
    with pytest.raises(FieldGuideError) as failure:
        _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    assert failure.value.facts["problem"] == "an answer without end"


def test_a_wait_that_is_asked_for_is_told(gbif: FakeGbif, monkeypatch: pytest.MonkeyPatch) -> None:
    gbif.add_species(FLY, 1, [])
    gbif.throttle, gbif.wait = 1, "7"
    told: list[str] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda seconds: told.append(f"slept {seconds}"))
    with open_session(gbif.url, attempts=2, tell=told.append) as session:
        assert Gbif(session, Pace(100), f"{gbif.url}/v1").match(FLY).key == 1
    assert [words.split()[-2:] for words in told] == [["7", "seconds"], ["slept", "7"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_attribution_that_a_spreadsheet_saved_is_read(
    encoding: str, gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    gbif.add_species(FLY, 1, [gbif.record(80, 1)])
    _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    manifest = tmp_path / ATTRIBUTION
    rows = read_attributions(manifest)
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(",", ";"), encoding=encoding)
    assert read_attributions(manifest) == rows
    asked = gbif.count("/photos/")
    _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    assert gbif.count("/photos/") == asked
    assert read_attributions(manifest) == rows
    manifest.write_bytes("file;creator\nx;Jürgen\n".encode("latin-1"))
    with pytest.raises(FieldGuideError) as refusal:
        _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    assert refusal.value.code is ErrorCode.CONFIG_INVALID


def test_a_list_of_credits_is_never_emptied_by_what_somebody_else_made_of_it(
    gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    """A line that a crash cut off goes; a table of other columns, or with an open quotation mark, stays as it is."""
    gbif.add_species(FLY, 1, [gbif.record(11, 3)])
    _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    file = tmp_path / ATTRIBUTION
    whole = file.read_text("utf-8")
    for cut in (whole[:-70], whole[: whole.rindex("Photographer") - 1] + '"Photo'):
        file.write_text(cut, "utf-8")
        assert [row.file[-8:] for row in read_attributions(file)] == ["11-1.jpg", "11-2.jpg"]
    lines = whole.splitlines(keepends=True)
    short = [line.rpartition(",")[0] + "\n" for line in lines]  # a tool that drops a column
    file.write_text("".join(short), "utf-8")
    assert len(read_attributions(file)) == 3
    for other in (whole.replace("file,source", "path,source", 1), whole.replace(lines[2], '"' + lines[2])):
        file.write_text(other, "utf-8")
        with pytest.raises(FieldGuideError) as refused:
            _collect(gbif, session, CollectConfig((FLY,), tmp_path))
        assert str(file) in explain(refused.value)
        assert file.read_text("utf-8") == other


@pytest.mark.parametrize("held", [b"\xff\xfe\x00", b'"', b"x" * 200_000, b"\x00,\x00\n"])
def test_a_list_of_failed_addresses_that_cannot_be_read_is_made_anew(
    held: bytes, gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    gbif.add_species(FLY, 1, [gbif.record(11, 2)])
    gbif.broken = {"11-1": "gone"}
    (tmp_path / NOT_TAKEN).write_bytes(held)
    (outcome,) = _collect(gbif, session, CollectConfig((FLY,), tmp_path))
    assert outcome.photos == 1
    assert (tmp_path / NOT_TAKEN).read_bytes().endswith(b"original.jpg,gone\n")


def test_a_second_run_goes_on_where_the_first_stopped(
    gbif: FakeGbif, session: requests.Session, tmp_path: Path
) -> None:
    gbif.add_species(FLY, 1, [gbif.record(80 + number, 1) for number in range(4)])
    _collect(gbif, session, CollectConfig((FLY,), tmp_path, per_species=2))
    manifest = tmp_path / ATTRIBUTION
    with manifest.open("a", encoding="utf-8") as stream:
        stream.write("Amanita_muscaria/gbif-99-1.jpg,gbif,99,Amanita mus")  # the crash came here
    (tmp_path / "Amanita_muscaria/gbif-80-1.jpg").unlink()
    _collect(gbif, session, CollectConfig((FLY,), tmp_path, per_species=3))
    assert len(_photos(tmp_path)) == 3
    assert sorted(row.file for row in read_attributions(manifest)) == _photos(tmp_path)
    assert gbif.count("/photos/81-1") == 1
    done = len(gbif.asked)
    _collect(gbif, session, CollectConfig((FLY,), tmp_path, per_species=3))
    assert len(gbif.asked) == done


def test_names_are_taken_exactly_or_named(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.add_species(FLY, 1, [gbif.record(90, 1)])
    gbif.matches["Agaricus muscarius"] = {
        "usageKey": 7,
        "acceptedUsageKey": 1,
        "canonicalName": "Agaricus muscarius",
        "rank": "SPECIES",
        "status": "SYNONYM",
        "matchType": "EXACT",
        "synonym": True,
    }
    gbif.matches["Amanita muscarria"] = {"usageKey": 1, "canonicalName": FLY, "rank": "SPECIES", "matchType": "FUZZY"}
    gbif.matches["Amanita nova"] = {
        "usageKey": 9,
        "canonicalName": "Amanita",
        "rank": "GENUS",
        "matchType": "HIGHERRANK",
    }
    gbif.matches["Oenanthe"] = {  # a bird and a plant
        "confidence": 100,
        "note": "Multiple equal matches for Oenanthe",
        "matchType": "NONE",
        "synonym": False,
    }
    names = (FLY, "Agaricus muscarius", "Amanita muscarria", "Amanita nova", "Xyz abc", "Oenanthe")
    outcomes = {outcome.name: outcome for outcome in _collect(gbif, session, CollectConfig(names, tmp_path))}
    assert outcomes["Agaricus muscarius"] == Outcome("Agaricus muscarius", Fate.SAME_TAXON, FLY, 1)
    assert outcomes["Amanita muscarria"] == Outcome("Amanita muscarria", Fate.SPELLED_OTHERWISE, FLY)
    assert outcomes["Amanita nova"] == Outcome("Amanita nova", Fate.ONLY_WIDER, "Amanita")
    assert outcomes["Xyz abc"] == Outcome("Xyz abc", Fate.NOT_FOUND)
    assert outcomes["Oenanthe"] == Outcome("Oenanthe", Fate.SEVERAL_TAXA)
    assert len(_photos(tmp_path)) == 1


def test_rare_names_are_left_out(gbif: FakeGbif, session: requests.Session, tmp_path: Path) -> None:
    gbif.add_species(FLY, 1, [gbif.record(100, 1), {"key": 101}, {"key": 102}])
    gbif.add_species(CEP, 2, [gbif.record(103, 1)])
    fly, cep = _collect(gbif, session, CollectConfig((FLY, CEP), tmp_path, min_occurrences=2))
    assert (fly.fate, fly.occurrences, fly.photos) == (Fate.COLLECTED, 3, 1)
    assert (cep.fate, cep.occurrences, cep.photos) == (Fate.UNPOPULAR, 1, 0)


def test_requests_to_one_host_keep_their_distance() -> None:
    waited: list[float] = []
    pace = Pace(0.5, waited.append)
    for url in ("http://a/1", "http://b/1", "http://a/2", "http://a/3"):
        pace.keep(url)
    assert waited == pytest.approx([2.0, 4.0], abs=0.1)


@pytest.mark.parametrize(
    ("written", "licence"),
    [
        ("https://creativecommons.org/licenses/by-sa/3.0/de/", Licence.CC_BY_SA),
        ("http://creativecommons.org/licenses/by-nc/4.0/legalcode", Licence.CC_BY_NC),
        ("https://creativecommons.org/publicdomain/mark/1.0/", Licence.CC0),
        ("CC_BY_4_0", Licence.CC_BY),
        ("CC0_1_0", Licence.CC0),
        ("cc-by-nc-sa", Licence.CC_BY_NC_SA),
        ("CC BY-SA 4.0", Licence.CC_BY_SA),
        ("CC BY-ND 4.0", None),
        ("http://creativecommons.org/licenses/by-nc-nd/4.0/", None),
        ("All rights reserved", None),
        ("", None),
    ],
)
def test_licences_are_read_as_they_are_written(written: str, licence: Licence | None) -> None:
    assert read_licence(written) is licence


def test_the_command_line(gbif: FakeGbif, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gbif.add_species(FLY, 1, [gbif.record(110, 1)])
    names = tmp_path / "names.csv"
    names.write_text("scientific_name,rank\namanita_muscaria,species\nXyz abc,species\n", encoding="utf-8")
    call = ["collect", "--species", str(names), "--out", str(tmp_path / "out"), "--rate", "10000"]
    call += ["--source", f"{gbif.url}/v1"]
    assert main(call) == 0
    told = capsys.readouterr().out
    assert "      1  Amanita muscaria\n" in told
    assert "GBIF does not know this name" in told
    assert main([*call, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["names"][0]["photos"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["--licences", "by-nd"],
        ["--per-species", "0"],
        ["--rate", "0"],
        ["--rate", "nan"],
        ["../evil"],
        ["--species", "/nowhere.txt"],
        ["--source", "gbif"],
        [],
    ],
)
def test_wrong_calls_are_refused_before_any_work(
    wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [] if not wrong or wrong[0] in ("../evil", "--species") else [FLY]
    assert main(["collect", *names, "--out", str(tmp_path / "out"), *wrong]) == 2
    assert capsys.readouterr().err.startswith("fieldguide-train: ")
    assert not (tmp_path / "out").exists()


def test_a_list_given_as_a_name_is_told_how_to_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("names.txt").write_text(FLY, encoding="utf-8")
    assert main(["collect", "names.txt", "--out", "out"]) == 2
    assert "--species names.txt" in capsys.readouterr().err


def test_a_list_in_another_encoding_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "names.txt").write_bytes(b"Agaricus br\xfcnneus\n")
    assert main(["collect", "--species", str(tmp_path / "names.txt"), "--out", str(tmp_path / "out")]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_lists_of_names_may_have_remarks(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("# mine\nAmanita muscaria  # red\n\nBoletus edulis\n", encoding="utf-8")
    assert read_names(file) == [FLY, CEP]
