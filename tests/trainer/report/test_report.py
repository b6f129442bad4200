"""The report and the card of a run that is small and real: drawn photos, the tests' bundle, its own predictions."""

from __future__ import annotations

import html
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import escape

from fieldguide.core.bundle import read_bundle, read_manifest
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.guide import load_guide
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.inference.runtime import Runtime
from tests.helpers.bundles import LABELS, write_photo
from tests.helpers.comfort import comfort_in
from tests.helpers.metrics_schema import schema
from trainer.cli import main
from trainer.commands.run import summary
from trainer.config import RunConfig, write_config
from trainer.data.labels import Labels
from trainer.data.split import SplitPhoto, write_split
from trainer.evaluation import document
from trainer.evaluation.document import FittingReport, FolderFacts, Metrics
from trainer.evaluation.facts import label_facts
from trainer.evaluation.fitting import DecisionPolicy
from trainer.evaluation.metrics import evaluate
from trainer.evaluation.predict import predict
from trainer.evaluation.records import (
    AlarmMeasures,
    DangerMeasures,
    OtherThings,
    Passed,
    Promise,
    Promises,
    Said,
    Share,
)
from trainer.export.bundle import write_bundle
from trainer.export.bundle_metrics import bundle_metrics
from trainer.fit.choice import Choice
from trainer.pipeline.facts import run_facts
from trainer.progress import Progress, Style
from trainer.report import write_report
from trainer.report.advice import next_steps, objections, suitability
from trainer.report.card import model_card, write_card
from trainer.report.parts import Column, bullets, card, name_of, table, words
from trainer.report.shown import Shown
from trainer.run_folder import RunFolder, write_json

GUIDE = load_guide()


@pytest.fixture
def run(bundle_path: Path, tmp_path: Path) -> RunFolder:
    """A run of twelve test photos, two of them drawn as another label; no deadly one is recognised in one of them."""
    folder = RunFolder(tmp_path / "run").create()
    shutil.copy(bundle_path, folder.bundle)
    write_config(RunConfig(), folder.config)
    runtime = Runtime.load(folder.bundle, "cpu", threads=1)
    rows = []
    for number in range(12):
        label, drawn = number % 3, 2 if number == 0 else number % 3
        file = write_photo(tmp_path / "photos" / LABELS[label].name / f"{number}.jpg", drawn, number)
        rows.append(SplitPhoto(number, str(file), "test", label, label, number, "web"))
    taught = [SplitPhoto(100 + n, f"{n}.jpg", "train", n % 3, n % 3, 100 + n, "web", "") for n in range(9)]
    write_split(folder.split, [*rows, *taught])
    labels = Labels(runtime.manifest.labels, {}, (("Boletus_badius", "Imleria badia", "synonym"),), ("Nonsense nomen",))
    write_json(folder.labels, labels.as_json())
    epochs = [{"phase": 1, "epoch": n, "loss": 3.0 / n, "val_top1": 0.2 * n, "val_top5": 0.9} for n in range(1, 5)]
    folder.log.write_text("\n".join(json.dumps(each) for each in epochs) + '\n{"epoch": 5, "lo', encoding="utf-8")
    manifest = runtime.manifest
    policy = DecisionPolicy.from_manifest(manifest.temperature, manifest.thresholds, {}, {})
    own = evaluate(predict(runtime, rows, Progress(Style.QUIET)), manifest.labels, GUIDE, policy)
    facts = run_facts(RunConfig(), folder, [], [*rows, *taught], labels, Choice(1, 4, 0.8, 4, True))
    shown = label_facts(manifest.labels, GUIDE, [*rows, *taught])
    metrics = Metrics(own, FittingReport(12), shown, facts)
    document.write(folder.metrics, metrics)
    measured = replace(manifest, metrics=bundle_metrics(metrics))
    write_bundle(folder.bundle, read_bundle(folder.bundle), measured, "", {})
    return folder


def change(run: RunFolder, **changes: object) -> Metrics:
    """The run's numbers, with other values in those of its own photos."""
    metrics = document.read(run.metrics, Metrics)
    metrics = replace(metrics, own=replace(metrics.own, **changes))
    document.write(run.metrics, metrics)
    return metrics


def page_of(run: RunFolder) -> str:
    runtime = Runtime.load(run.bundle, "cpu", threads=1)
    return write_report(run, runtime, GUIDE, document.read(run.metrics, Metrics)).read_text(encoding="utf-8")


def card_of(run: RunFolder) -> str:
    return write_card(run, read_manifest(run.bundle), GUIDE, document.read(run.metrics, Metrics))


def test_the_report_opens_offline_and_names_the_dangerous_mistake(run: RunFolder) -> None:
    page = page_of(run)
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert "@import" not in page
    words = _words_of(page)
    assert "Amanita phalloides" in words
    assert comfort_in(words) == []
    for section in (
        "short",
        "danger",
        "promises",
        "classes",
        "matrix",
        "losses",
        "attention",
        "certainty",
        "learning",
        "photos",
    ):
        assert f'<section id="{section}">' in page
    assert page.index('id="danger"') < page.index('id="classes"')
    assert "Do not publish it" in page
    assert len(page) < 500_000


def test_every_number_stands_in_the_metrics(run: RunFolder) -> None:
    told = document.read(run.metrics, Metrics)
    found = told.own.mistakes
    assert sum(cell.photos for cell in told.own.matrix) == 12
    assert (found.taken_for[0].true, found.taken_for[0].said) == ("Amanita phalloides", "Cantharellus cibarius")
    assert found.dangerous_labels[0].photos == 4
    assert found.top_losses[0].file.endswith("0.jpg")
    assert [each.epoch for each in told.run.epochs] == [1, 2, 3, 4], "a line that was cut off is left out"
    assert told.labels[0].photos == {"test": 4, "train": 3}
    assert told.run.folders.unresolved == ("Nonsense nomen",)


def test_the_file_s_format_is_the_one_that_is_written_down() -> None:
    """A change of format is made on purpose: this writes the schema again, and the changelog tells it.

    python -m tests.helpers.metrics_schema > tests/trainer/report/metrics.schema.json
    """
    assert Path(__file__).with_name("metrics.schema.json").read_text(encoding="utf-8") == schema() + "\n"


def test_a_photo_that_is_gone_leaves_a_word(run: RunFolder, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "photos")
    assert "no longer there" in page_of(run)


def test_names_of_files_and_labels_cannot_break_the_page(run: RunFolder) -> None:
    metrics = document.read(run.metrics, Metrics)
    facts = replace(metrics.run, folders=FolderFacts(unresolved=("<script>alert(1)</script>",)))
    document.write(run.metrics, replace(metrics, run=facts))
    assert "<script>alert" not in page_of(run)


def test_report_writes_report_and_card_again(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run.root)]) == 0
    assert str(run.report) in capsys.readouterr().out
    card = (run.root / "card.md").read_text(encoding="utf-8")
    assert "| Amanita phalloides | deadly | 4 |" in card
    assert "A split's own numbers flatter" in card
    assert comfort_in(card) == []


@pytest.mark.parametrize("command", ["report", "pass-on"])
def test_numbers_of_another_run_are_not_told_of_this_model(
    run: RunFolder, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = document.read(run.metrics, Metrics)
    species = metrics.own.names.species
    better = replace(species, top1=replace(species.top1, value=0.99))
    change(run, names=replace(metrics.own.names, species=better))
    given = ["--out", str(tmp_path / "ours.fieldguide"), "--name", "Ours"] if command == "pass-on" else []
    assert main([command, str(run.root), *given]) == 1
    assert "of another run" in capsys.readouterr().err
    assert not (run.root / "card.md").exists()
    assert not (tmp_path / "ours.fieldguide").exists()
    document.write(run.metrics, replace(metrics, elsewhere=metrics.own))
    assert main([command, str(run.root), *given]) == 1
    assert "of another run" in capsys.readouterr().err


@pytest.mark.parametrize("call", [["report"], ["pass-on", "--out", "o", "--name", "n"], ["judge", "--against", "o"]])
def test_a_folder_without_a_run_is_named(tmp_path: Path, call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([call[0], str(tmp_path), *call[1:]]) == 1
    assert str(tmp_path / "model.fieldguide") in capsys.readouterr().err


def test_what_speaks_against_passing_a_model_on_is_told_as_it_is_written(
    run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pass-on", str(run.root), "--out", str(tmp_path / "ours.fieldguide"), "--name", "Ours"]) == 0
    against = objections(Shown.of_run(document.read(run.metrics, Metrics)))
    said = capsys.readouterr().err
    assert against
    assert all(reason in said for reason in against)


@pytest.mark.parametrize("content", [None, b"{", b'{"own": {}}', b"\xff"])
def test_a_run_without_its_metrics_says_so(
    run: RunFolder, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    run.metrics.unlink()
    if content is not None:
        run.metrics.write_bytes(content)
    assert main(["report", str(run.root)]) == 1
    assert "metrics.json" in capsys.readouterr().err


def test_nothing_in_card_and_bundle_metrics_says_where_files_lie(run: RunFolder, tmp_path: Path) -> None:
    mine = replace(
        RunConfig(),
        data=replace(RunConfig().data, folders=(str(tmp_path / "photos"),), elsewhere=(str(tmp_path / "o"),)),
    )
    write_config(mine, run.config)
    own = document.read(run.metrics, Metrics).own
    passed = replace(own.danger.passed_as_harmless, photos=own.mistakes.top_losses)
    metrics = change(run, danger=replace(own.danger, passed_as_harmless=passed))
    card, told = card_of(run), bundle_metrics(replace(metrics, elsewhere=metrics.own))
    assert passed.photos
    assert str(tmp_path) not in card + json.dumps(told)
    assert '"photos",' in card
    assert told["test"]["top1"] == told["elsewhere"]["names"]["top1"] == metrics.own.names.species.top1.value
    assert told["elsewhere"]["sources"]["web"]["deadly"]["recall"]["photos"] == 4


def test_a_card_without_numbers_promises_nothing(bundle_path: Path) -> None:
    bare = Manifest("x", "Bare", "1", read_manifest(bundle_path).labels, InputSpec(64, 72))
    card = model_card(bare, GUIDE)
    assert "Nobody measured it" in card
    assert "nothing is promised" in card
    assert "Which photos it was trained on is not recorded" in card


def _words_of(page: str) -> str:
    shown = re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_the_report_says_first_whether_the_model_may_be_passed_on(run: RunFolder) -> None:
    words = _words_of(page_of(run))
    assert "Do not give this model to others yet" in words
    assert words.index("Do not give this model") < words.index("Dangerous mistakes What could hurt")
    assert "It was not measured on photos of other things" in words
    assert "Others may try it" not in words


def test_a_model_that_calls_everything_unknown_is_not_praised_for_noticing_novel_kinds(run: RunFolder) -> None:
    everything = Share(1.0, 0.9, 1.0, 60)
    own = document.read(run.metrics, Metrics).own
    change(run, other_things=OtherThings(everything), verdicts=replace(own.verdicts, unknown=everything))
    words = _words_of(page_of(run))
    assert "It names nothing for 100 %" in words
    assert "It notices when a photo shows something else" not in words
    assert "For 100 % of the photos of kinds that it should know it names nothing" in card_of(run)


def test_only_a_model_without_objections_may_be_tried_by_others_and_its_misses_are_told_with_it(
    run: RunFolder,
) -> None:
    sure = Share(1.0, 0.97, 1.0, 200)
    alarm, right = AlarmMeasures(sure, replace(sure, value=0.2)), Said(0.5, replace(sure, value=0.95))
    metrics = document.read(run.metrics, Metrics)
    said = replace(metrics.own.verdicts, unknown=replace(sure, value=0.2), species=right, genus=right, family=right)
    danger = DangerMeasures(
        alarm, alarm, Passed(3, 0, 200), metrics.own.danger.cost, Promises(Promise(0.03, 99, 99, "x", 0.2), None)
    )
    own = replace(metrics.own, verdicts=said, danger=danger, other_things=OtherThings(sure))
    shown = Shown(own, metrics.labels)
    assert objections(shown) == []
    assert "3 of 200 dangerous photos came with no warning at all" in suitability(shown)
    worse = Shown(replace(own, danger=replace(danger, passed_as_harmless=Passed(3, 1, 200))), metrics.labels)
    assert objections(worse) == ["It showed one deadly photo with no warning at all."]
    assert "Do not give" in suitability(worse)


def test_photos_that_the_starting_model_had_learned_are_told_on_page_and_card(run: RunFolder) -> None:
    metrics = document.read(run.metrics, Metrics)
    document.write(run.metrics, replace(metrics, run=replace(metrics.run, seen_by_starting_weights=7)))
    assert "already been trained on 7 of these 12 test photos" in page_of(run)
    assert "already been trained on 7 of these 12 photos" in card_of(run)


def test_page_and_card_say_whether_photos_cut_out_of_others_were_looked_for(run: RunFolder) -> None:
    metrics = document.read(run.metrics, Metrics)
    assert not metrics.run.cuts_sought  # nobody looked: this run's split came from elsewhere
    manifest = replace(read_manifest(run.bundle), provenance={"photos": {"train": 9}})
    for sought in (True, False):
        document.write(run.metrics, replace(metrics, run=replace(metrics.run, cuts_sought=sought)))
        shown = Shown.of_run(document.read(run.metrics, Metrics))
        for written in (page_of(run), model_card(manifest, GUIDE, shown)):
            assert ("cuts of four kinds" in written, "were not looked for" in written) == (sought, not sought)


def test_what_would_help_names_photos_labels_and_pairs(run: RunFolder) -> None:
    steps = " ".join(next_steps(Shown.of_run(document.read(run.metrics, Metrics))))
    assert "Amanita phalloides (3 photos to learn from, 3 of 4 recognised)" in steps
    assert "with --background" in steps
    assert "fieldguide-train audit" in steps


def test_a_head_that_no_epoch_beat_is_told_as_the_model_that_was_kept(run: RunFolder) -> None:
    assert "The best epoch was number 4" in page_of(run)
    run.config.unlink()  # the network cannot be built again: its layers are not asked for here
    metrics = document.read(run.metrics, Metrics)
    document.write(run.metrics, replace(metrics, run=replace(metrics.run, kept_top1=0.95)))
    words = _words_of(page_of(run))
    assert "only the last layer was trained, and that had 95 % right" in words
    assert "The best epoch was" not in words


def test_a_run_that_nobody_else_s_photos_judged_says_so_first(run: RunFolder) -> None:
    shown = Shown.of_run(document.read(run.metrics, Metrics))
    assert "no photo by other people was asked" in objections(shown)[0]
    assert "--elsewhere" in objections(shown)[0]
    assert "nobody has measured how it does on other people's photos" in card_of(run).lower()


def test_elsewhere_is_told_first_own_photos_second_and_the_gap_between_them(run: RunFolder) -> None:
    metrics = document.read(run.metrics, Metrics)
    own, worse = metrics.own, Share(0.25, 0.1, 0.5, 12)
    names = replace(own.names, species=replace(own.names.species, top1=worse))
    elsewhere = replace(own, split="elsewhere", novel_photos=3, names=names, sources={"attic": own.sources["web"]})
    document.write(run.metrics, replace(metrics, elsewhere=elsewhere))
    against = objections(Shown.of_run(replace(metrics, elsewhere=elsewhere)))
    assert "more than 10 points worse than on its own: species right at first 25" in against[0]
    words = _words_of(page_of(run))
    assert words.index("the model was trained on (attic); 3 of them") < words.index("its own (flatters)")
    assert words.index("Each source by itself") < words.index("Dangerous mistakes What could hurt")
    card = card_of(run)
    assert card.index("photos it was trained on (attic)") < card.index("On its own photos the same numbers")
    assert "attic, 12 photos: species right at first" in card
    assert "Believe the others" in card
    assert comfort_in(words + card) == []


def test_what_is_said_of_kinds_that_it_knows_is_counted_on_them_alone(run: RunFolder) -> None:
    """By other people come kinds without a label too, and nobody there brings other things: its own are told, named."""
    metrics = document.read(run.metrics, Metrics)
    most, few = Share(0.9, 0.8, 0.95, 12), Share(0.3, 0.1, 0.6, 8)
    beside = replace(metrics.own, other_things=OtherThings(most))
    of_all, of_known = (replace(metrics.own.verdicts, unknown=share) for share in (most, few))
    elsewhere = replace(metrics.own, split="elsewhere", novel_photos=4, verdicts=of_all, verdicts_known=of_known)
    splits = {"calibration": 5, "elsewhere_fit": 7, "elsewhere_measure": 12}
    told = replace(metrics, own=beside, elsewhere=elsewhere, run=replace(metrics.run, splits=splits))
    document.write(run.metrics, told)
    card, words = card_of(run), _words_of(page_of(run))
    assert "For 30 % of the photos of kinds that it should know" in card
    assert "It names nothing for" not in words
    assert "12 photos by other people, none of whose photos it was trained on (web), 8 of species that it knows" in card
    for said in (card, words):
        assert "out of the very folder that it learned other things from" in said
        assert "not measured on photos of other things" not in said
    assert "of 8 photos of kinds that it should name, 30 % came out unknown too" in words
    assert "7 by other people to set thresholds and alarms" in words
    assert "5 of its own sources to set what counts as unknown" in words
    assert "counted on its own test photos" in words


def test_a_model_that_does_as_well_elsewhere_is_not_reproached_a_gap(run: RunFolder) -> None:
    metrics = document.read(run.metrics, Metrics)
    told = Shown.of_run(replace(metrics, elsewhere=replace(metrics.own, split="elsewhere")))
    assert not [each for each in objections(told) if "points worse" in each]
    assert told.own == metrics.own


def test_a_long_table_says_that_it_scrolls(run: RunFolder) -> None:
    assert "the table scrolls" not in page_of(run)
    rows = [(words(number),) for number in range(11)]
    assert "11 rows: the table scrolls" in table([Column("n")], rows)


@pytest.mark.parametrize("name", ["<b>&", '"><script>', "{{ 1 }}"])
def test_what_comes_from_outside_is_escaped_in_every_piece(name: str) -> None:
    made = [name_of(name), bullets([name]), card("1", name, name), table([Column(name)], [(words(name),)])]
    assert all(str(escape(name)) in piece and name not in piece.replace(str(escape(name)), "") for piece in made)


def test_the_last_words_of_a_run_tell_the_alarms_price_and_photos_by_other_people_first(run: RunFolder) -> None:
    made = change(run)
    alarm, own = summary(made).splitlines()[1:]
    assert alarm.startswith("Deadly alarm: rang for")
    assert "of the others" in alarm
    assert "flatters" in own
    told = summary(replace(made, elsewhere=made.own)).splitlines()[2:]
    assert told[0].startswith("On 8 photos by other people of kinds that it knows")
    assert told[1] == own
