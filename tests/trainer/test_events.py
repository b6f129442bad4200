"""`--json` of the trainer as a program reads it: a whole tiny run, every line by the published schema."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from fieldguide.core.resources import resource
from fieldguide.core.training import events
from fieldguide.core.training.decisions import DECISIONS, Choice, Decision, Decisions
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.cli import main
from trainer.run_folder import held

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "training-events.schema.json"
LABELS = ["Amanita_phalloides", "Boletus_edulis", "Kantharellus", "Nobody_knows"]
TINY = ["--model", "test_resnet", "--init", "random", "--device", "cpu", "--set", "data.cache_size=64"]
PHASES = ["--set", "fit.phases=[{epochs = 2, size = 64, learning_rate = 3e-3}]"]


def call(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, list[events.Event]]:
    """Exit status and events; every line must be one, strictly as its type says, and nothing else is printed."""
    capsys.readouterr()
    status = main([*map(str, words), "--json"])
    found = []
    for line in capsys.readouterr().out.splitlines():
        told = json.loads(line)
        kind = events.EVENTS[told.pop("event")]
        strict = msgspec.convert(told, kind)
        read = events.read_event(line)
        assert read == strict
        assert read is not None
        found.append(read)
    return status, found


def last(found: list[events.Event], kind: type[events.Event]) -> object:
    return [event for event in found if isinstance(event, kind)][-1]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four folders of drawings, a copy, a broken file, and two kinds by somebody else."""
    root = tmp_path_factory.mktemp("events")
    folder = make_photo_folders(root / "photos", LABELS, 20)
    (folder / LABELS[1] / "copy.jpg").write_bytes((folder / LABELS[1] / "000.jpg").read_bytes())
    (folder / LABELS[1] / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    for kind in (0, 1):
        (root / "other" / LABELS[kind]).mkdir(parents=True)
        for number in range(6):
            draw_kind(kind, 100 + number).save(root / "other" / LABELS[kind] / f"{number}.jpg")
    return folder


@pytest.fixture(scope="module")
def run(photos: Path) -> Path:
    return photos.parent / "run"


def test_the_published_schema_is_that_of_the_events() -> None:
    schemas, components = msgspec.json.schema_components(list(events.EVENTS.values()), ref_template="#/$defs/{name}")
    for (name, kind), schema in zip(events.EVENTS.items(), schemas, strict=True):
        told = components[schema["$ref"].rpartition("/")[2]]
        assert told["title"] == kind.__name__
        told["properties"] = {"event": {"const": name}, **told["properties"]}
        told["required"] = ["event", *told.get("required", [])]
    published = {"$schema": "https://json-schema.org/draft/2020-12/schema", "oneOf": list(schemas), "$defs": components}
    told = json.dumps(published, indent=1) + "\n"
    assert SCHEMA.read_text(encoding="utf-8") == told, f"write it anew: {told}"


def test_every_event_and_step_is_told_to_people() -> None:
    page = (ROOT / "docs" / "training-events.md").read_text(encoding="utf-8")
    assert [name for name in (*events.EVENTS, *events.STEPS) if f"`{name}`" not in page] == []


def test_a_run_tells_what_it_does_from_beginning_to_end(
    photos: Path, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = call(capsys, "run", photos, "--elsewhere", photos.parent / "other", "--out", run, *TINY, *PHASES)
    assert status == 0
    first, finished = found[0], found[-1]
    assert isinstance(first, events.Started)
    assert (first.resumed, first.device) == (False, "cpu")
    assert isinstance(finished, events.Finished)
    assert Path(finished.bundle).is_file()
    assert [each.ground for each in finished.measured] == ["elsewhere", "own"]
    elsewhere = finished.measured[0]
    assert (elsewhere.photos, elsewhere.deadly, elsewhere.others) == (6, 3, 3)
    assert 0 <= elsewhere.others_rang <= elsewhere.others
    epochs = [event for event in found if isinstance(event, events.Epoch)]
    assert [(epoch.number, epoch.of) for epoch in epochs] == [(0, 2), (1, 2), (2, 2)]
    assert sum(isinstance(event, events.Confusion) for event in found) == 3
    steps = {event.step for event in found if isinstance(event, events.Step)}
    assert steps == set(events.STEPS)
    progress = {event.step for event in found if isinstance(event, events.Progress)}
    assert {"reading", "features", "head", "epoch", "asking"} <= progress <= steps


def test_a_model_is_judged_against_another_on_the_same_photos(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    starter = resource("model", "starter.fieldguide")
    status, found = call(capsys, "judge", run, "--against", starter, "--device", "cpu")
    judged = last(found, events.Judged)
    assert isinstance(judged, events.Judged)
    assert (judged.ground, judged.photos, judged.harmful, status) == ("elsewhere", 6, 3, 0 if judged.passes else 1)
    assert judged.new_passed - judged.old_passed == sum(judged.newly_passed.values()) - sum(
        judged.newly_caught.values()
    )


def test_a_model_is_passed_on_under_the_name_of_who_made_it(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from fieldguide.core.bundle import read_bundle

    out = tmp_path / "ours.fieldguide"
    who = [
        "--name",
        "Ours",
        "--version",
        "2",
        "--author",
        "A Society",
        "--licence",
        "CC BY 4.0",
        "--contact",
        "a@b.org",
    ]
    card = (run / "card.md").read_bytes()
    assert call(capsys, "pass-on", run, "--out", out, *who) == (0, [events.Passed(str(out))])
    assert (run / "card.md").read_bytes() == card
    manifest, old = read_bundle(out).manifest, read_bundle(run / "model.fieldguide").manifest
    assert (manifest.name, manifest.version, manifest.licence) == ("Ours", "2", "CC BY 4.0")
    assert manifest.authors == ("A Society", "a@b.org")
    assert (manifest.id, manifest.thresholds, manifest.metrics) == (old.id, old.thresholds, old.metrics)
    assert "A Society" in (read_bundle(out).extra("card.md") or b"").decode()


def test_a_look_tells_names_dangers_copies_and_what_it_takes(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = call(capsys, "look", photos, "--out", tmp_path / "new", *TINY[:-2])
    looked = last(found, events.Look)
    assert isinstance(looked, events.Look)
    assert (status, looked.photos, looked.copies, looked.unreadable_count) == (0, 82, 1, 1)
    match = {name.raw: name.match for name in looked.names}
    assert match == dict(zip(LABELS, ("accepted", "accepted", "misspelling", "unknown"), strict=True))
    assert looked.names[0].raw == "Nobody_knows"
    assert {"Amanita virosa"} <= {kind.taxon for kind in looked.missing}
    assert [(kind.taxon, kind.photos) for kind in looked.thin] == [("Amanita phalloides", 20)]
    assert (looked.elsewhere, looked.problem) == (0, "")
    told = {event.preset: event for event in found if isinstance(event, events.Estimate)}
    assert set(told) == {"quick", "standard", "best"}
    assert all(0 < each.low < each.high and each.bytes > 82 * 3 * 224**2 for each in told.values())


def test_answered_names_count_in_the_next_look(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    rows = [Decision(str(file), 1, Choice.RELABEL, "Boletus edulis") for file in (photos / "Nobody_knows").iterdir()]
    Decisions(run / DECISIONS).add(*rows)
    rest = [photos / LABELS[0], photos / LABELS[2]]
    for folder in rest:
        Decisions(run / DECISIONS).add(*(Decision(str(file), 1, Choice.DROP) for file in folder.iterdir()))
    status, found = call(capsys, "look", photos, "--out", run, *TINY[:-2])
    looked = last(found, events.Look)
    assert isinstance(looked, events.Look)
    assert [name.raw for name in looked.names] == ["Boletus_edulis"]
    assert (status, looked.problem, looked.facts and looked.facts["labels"]) == (0, "data_one_class", "1")


def test_an_audit_tells_every_doubtful_photo_worst_first(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = call(capsys, "audit", photos, "--out", tmp_path / "run")
    doubts = [event for event in found if isinstance(event, events.Doubt)]
    assert "exact_copy" in {reason for doubt in doubts for reason in doubt.reasons}
    done = found[-1]
    assert isinstance(done, events.Audited)
    assert (status, done.photos) == (0, 82)


@pytest.mark.parametrize(("folder", "code"), [("nowhere", "data_missing"), ("photos/Boletus_edulis", "data_one_class")])
def test_what_cannot_be_done_is_an_event_too(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str, code: str
) -> None:
    status, found = call(capsys, "run", photos.parent / folder, "--out", tmp_path / "run", *TINY, *PHASES)
    failed = found[-1]
    assert isinstance(failed, events.Failed)
    assert (status, failed.code) == (1, code)


def test_a_second_run_in_the_same_folder_is_refused(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with held(tmp_path / "run"):
        status, found = call(capsys, "run", photos, "--out", tmp_path / "run", *TINY, *PHASES)
    failed = found[-1]
    assert isinstance(failed, events.Failed)
    assert (status, failed.code) == (2, "run_busy")
