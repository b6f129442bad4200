"""inspect, verify, compare, was-trained-on: each through the command line, as people call it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from unittest.mock import ANY
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from PIL import Image

from fieldguide.core.photo import read_photo
from fieldguide.core.resources import resource
from fieldguide.core.training.events import Traced, read_event
from fieldguide.inference.torchscript import save_program
from tests.helpers.bundles import write_photo
from tests.helpers.rewritten import rewrite
from trainer.cli import main
from trainer.data.duplicates import perceptual_hash


@pytest.mark.parametrize("shipped", [False, True])
def test_a_bundle_names_no_folder_of_the_machine_that_made_it(tmp_path: Path, *, shipped: bool) -> None:
    bundle = resource("model", "starter.fieldguide") if shipped else tmp_path / "traced.fieldguide"
    if not shipped:
        save_program(torch.nn.Conv2d(3, 2, 3).eval(), torch.zeros(1, 3, 8, 8), bundle, {"manifest.json": b"{}"})
        assert torch.jit.load(bundle)(torch.zeros(1, 3, 8, 8)).shape == (1, 2, 6, 6)
    with ZipFile(bundle) as archive:
        inside = [archive.read(name) for name in archive.namelist()]
    for folder in (Path(torch.__file__).parents[1], Path(__file__).parents[3]):
        assert not any(str(folder).encode() in each for each in inside)
    assert not any(b"site-packages" in each for each in inside)


def test_inspect_tells_everything_as_json(bundle_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(bundle_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["manifest"]["name"] == "Three drawings"
    assert told["card"] == "# Three drawings\n"
    assert told["bytes"] == bundle_path.stat().st_size
    assert told["sizes"]["weights"] > 0
    assert told["photos_listed"] is None


def test_inspect_tells_a_person_labels_dangers_and_what_is_promised(
    bundle_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(bundle_path)]) == 0
    told = capsys.readouterr().out
    assert "2 species, 1 genera" in told
    assert "1 deadly" in told
    assert "at most 5 % of the deadly ones" in told


def test_inspect_says_what_no_alarm_promises(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = rewrite(bundle_path, tmp_path / "raw.fieldguide", thresholds={})
    assert main(["inspect", str(raw)]) == 0
    assert "any probability of a deadly label rings it" in capsys.readouterr().out
    names = ("Aeshna cyanea", "Apis mellifera", "Libellula depressa")
    labels = [{"name": name, "rank": "species", "genus": name.split()[0]} for name in names]
    insects = rewrite(bundle_path, tmp_path / "insects.fieldguide", thresholds={}, labels=labels)
    assert main(["inspect", str(insects)]) == 0
    told = capsys.readouterr().out
    assert "the guide calls none of the labels deadly" in told
    assert "rings it" not in told


def test_inspect_writes_nothing_to_a_terminal_but_text(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = "# Card\x1b[2J\n\tAnd\u202e more\n".encode()
    assert main(["inspect", str(rewrite(bundle_path, tmp_path / "a.fieldguide", {"card.md": card}))]) == 0
    assert capsys.readouterr().out.endswith("# Card[2J\n\tAnd more\n\n")


def test_verify_passes_a_good_bundle_and_refuses_a_cut_one(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.fieldguide"
    cut.write_bytes(bundle_path.read_bytes()[:-4000])
    assert main(["verify", str(bundle_path)]) == 0
    assert main(["verify", str(bundle_path), str(cut), "--json"]) == 1
    told = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert [each["ok"] for each in told] == [True, False]
    assert told[1]["code"] == "bundle_damaged"
    assert "cut.fieldguide" in told[1]["message"]


def test_verify_refuses_an_unknown_score_without_its_arrays(bundle_path: Path, tmp_path: Path) -> None:
    lame = rewrite(bundle_path, tmp_path / "lame.fieldguide", unknown={"score": "mahalanobis"})
    assert main(["verify", str(lame)]) == 1


def test_compare_lists_labels_lost_and_gained_and_values_side_by_side(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = rewrite(
        bundle_path,
        tmp_path / "other.fieldguide",
        version="2",
        labels=[
            {"name": "Amanita phalloides", "rank": "species", "genus": "Amanita", "family": "Amanitaceae"},
            {"name": "Boletus", "rank": "genus", "genus": "Boletus", "family": "Boletaceae"},
            {"name": "Amanita virosa", "rank": "species", "genus": "Amanita", "family": "Amanitaceae"},
        ],
        metrics={"test": {"top1": 0.5}},
    )
    assert main(["compare", str(bundle_path), str(other), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["labels_lost"] == ["Cantharellus cibarius"]
    assert told["labels_gained"] == ["Amanita virosa"]
    assert told["values"]["version"] == ["1.0.0", "2"]
    assert told["values"]["metrics.test.top1"] == [1.0, 0.5]
    assert told["values"]["metrics.test.top5"] == [1.0, None]
    assert main(["compare", str(bundle_path), str(other)]) == 0
    said = capsys.readouterr().out
    assert "Dangerous ones that only B knows (1): Amanita virosa (deadly)" in said
    assert "Others only in A: Cantharellus cibarius" in said
    assert re.search(r"flatter\): right name at first +100.0 % +50.0 %  \*", said)
    assert main(["compare", str(other), str(bundle_path)]) == 0
    assert "B no longer knows these dangerous ones (1)" in capsys.readouterr().out


def test_compare_tells_each_source_of_others_photos_with_its_interval(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recall = {"value": 0.75, "low": 0.35, "high": 0.97, "photos": 8}
    nothing = {"value": None, "low": 0.0, "high": 1.0, "photos": 0}
    sources = {"club.of.x": {"deadly": {"recall": recall, "false_alarms": nothing}}}
    other = rewrite(bundle_path, tmp_path / "other.fieldguide", metrics={"elsewhere": {"sources": sources}})
    assert main(["compare", str(bundle_path), str(other)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"club.of.x: deadly ones that ring the deadly alarm +- +75 % \(35 to 97\) of 8", said)
    assert "club.of.x: others" not in said
    assert main(["compare", str(bundle_path), str(bundle_path)]) == 0
    assert "Photos by other people, each source" not in capsys.readouterr().out


def test_was_trained_on_knows_the_file_a_copy_and_a_stranger(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = write_photo(tmp_path / "one.jpg", 0, 1, quality=95)
    smaller = tmp_path / "smaller.jpg"
    Image.open(photo).resize((200, 150)).save(smaller, quality=70)
    stranger = tmp_path / "stranger.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90, 3), dtype=np.uint8)).save(stranger)
    decoded = read_photo(photo, 224)
    fingerprint = perceptual_hash(np.asarray(Image.fromarray(decoded.pixels).convert("L")))
    line = f"{decoded.photo.sha256} {fingerprint:016x}\n".encode()
    listing = rewrite(bundle_path, tmp_path / "listing.fieldguide", {"photos.txt": line})
    for file, status, word in ((photo, 0, "same"), (smaller, 0, "near"), (stranger, 1, "no")):
        assert main(["was-trained-on", str(file), str(listing), "--json"]) == status
        assert read_event(capsys.readouterr().out) == Traced(str(file), word, ANY)
    several = [str(tmp_path / "gone.jpg"), str(stranger), str(photo), str(listing)]
    assert main(["was-trained-on", *several[1:], "--json"]) == 0
    assert [read_event(line).answer for line in capsys.readouterr().out.splitlines()] == ["no", "same"]
    assert main(["was-trained-on", *several, "--json"]) == 2
    assert [read_event(line).answer for line in capsys.readouterr().out.splitlines()] == ["unreadable", "no", "same"]
    assert main(["was-trained-on", str(photo), str(bundle_path), "--json"]) == 2
    assert read_event(capsys.readouterr().out).code == "bundle_lists_no_photos"
    assert main(["was-trained-on", str(photo), str(bundle_path)]) == 2
    assert "does not list" in capsys.readouterr().err


def test_was_trained_on_never_takes_a_failure_for_a_no(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = write_photo(tmp_path / "one.jpg")
    garbled = rewrite(bundle_path, tmp_path / "garbled.fieldguide", {"photos.txt": b"no fingerprint\n"})
    longer = rewrite(bundle_path, tmp_path / "longer.fieldguide", {"photos.txt": b"a " + b"f" * 40 + b"\n"})
    missing = tmp_path / "missing"
    for asked, bundle in ((photo, garbled), (photo, longer), (photo, missing), (missing, garbled), (garbled, garbled)):
        assert main(["was-trained-on", str(asked), str(bundle)]) == 2
        assert asked.name in (told := capsys.readouterr().err) or bundle.name in told
