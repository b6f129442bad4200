"""`fieldguide-train evaluate BUNDLE FOLDER`: a model measured on photos whose names are known; the gate between two.

The photos go through the exported bundle exactly as in the application. Exit status: 0 measured (and the gate, when
asked for, let it pass), 1 nothing could be measured or the gate refuses.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.text import text
from fieldguide.inference.network import Network
from trainer.config import DEVICES
from trainer.evaluation import document
from trainer.evaluation.document import Bound, Evaluation, FolderFacts, GateResult, ModelFacts
from trainer.evaluation.facts import label_facts
from trainer.evaluation.fitting import DecisionPolicy
from trainer.evaluation.folder_photos import FolderPhotos, predict_folders, read_folders, split_background
from trainer.evaluation.foreign import open_foreign
from trainer.evaluation.gate import gate
from trainer.evaluation.metrics import FOLDER, evaluate
from trainer.evaluation.records import Names
from trainer.progress import Progress, Style
from trainer.report import write_evaluation
from trainer.report.figures import among_five, points

NAMED = 20  # photos that passed, named on the screen; all stand in metrics.json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `evaluate`."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help=text("bundle.help_bundle"))
    parser.add_argument("folder", type=Path, metavar="FOLDER", help=text("bundle.help_evaluated"))
    parser.add_argument("--background", type=Path, metavar="FOLDER", help=text("bundle.help_background"))
    parser.add_argument("--manifest", type=Path, metavar="CSV", help=text("bundle.help_manifest"))
    parser.add_argument("--compare", type=Path, metavar="OLD_BUNDLE", help=text("bundle.help_compare"))
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=text("bundle.help_evaluate_out"))
    parser.add_argument("--report", type=Path, metavar="FILE.html", help=text("bundle.help_evaluate_report"))
    parser.add_argument("--device", choices=DEVICES, default="auto", help=text("train.help_device"))
    verbosity = parser.add_mutually_exclusive_group()
    verbosity.add_argument("--json", action="store_true", help=text("bundle.help_json"))
    verbosity.add_argument("--quiet", action="store_true", help=text("train.help_quiet"))


def run(arguments: argparse.Namespace) -> int:
    """Measure, and hold against the older model where one is given."""
    guide = load_guide()
    progress = Progress(Style.QUIET if arguments.json or arguments.quiet else Style.PERSON)
    runtimes = [open_foreign(path, arguments.device) for path in (arguments.bundle, arguments.compare) if path]
    progress.step(text("bundle.reading"))
    photos = read_folders(arguments.folder, arguments.background, guide, arguments.manifest)
    if not photos.rows:
        raise FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=str(arguments.folder))
    found, *older = [measure_model(runtime, photos, guide, progress) for runtime in runtimes]
    decided = None
    if older:
        decided = gate(found.measured, older[0].measured)
        found = replace(found, compared_with=older[0], gate=decided)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        document.write(arguments.out / "metrics.json", found)
    if arguments.report:
        progress.step(text("bundle.writing_report"))
        against = [line for line in gate_in_words(decided) if line] if decided else []
        write_evaluation(arguments.report, runtimes[0], guide, found, against)
    if arguments.json:
        print(document.as_json(found))
    elif not arguments.quiet:
        print("\n".join([*summary(found), *(gate_in_words(decided) if decided else [])]))
        if arguments.report:
            print(text("bundle.report_written", report=arguments.report))
    return decided.exit_code if decided is not None else 0


def measure_model(runtime: Network, photos: FolderPhotos, guide: Guide, progress: Progress) -> Evaluation:
    """Everything about one model on these photos, as they come.

    Photos of kinds that the model has no label for count too: two models of different labels meet the same dangers.
    """
    manifest = runtime.manifest
    progress.step(text("bundle.asking", name=manifest.name))
    subjects, others = split_background(predict_folders(runtime, photos, progress))
    policy = DecisionPolicy.from_manifest(
        manifest.temperature, manifest.thresholds, manifest.unknown, runtime.bundle.arrays("statistics.npz")
    )
    return Evaluation(
        model=ModelFacts(manifest.id, manifest.name, manifest.version, runtime.bundle.digest),
        measured=evaluate(subjects, manifest.labels, guide, policy, others, split=FOLDER),
        labels=label_facts(manifest.labels, guide),
        folders=FolderFacts(photos.renamed, photos.unresolved, photos.unreadable),
    )


def summary(found: Evaluation) -> list[str]:
    """What a person reads: danger first."""
    model, measured, danger = found.model, found.measured, found.measured.danger
    others = measured.other_things.unknown if measured.other_things else None
    counts = {"known": measured.photos - measured.novel_photos, "novel": measured.novel_photos}
    counts["others"] = others.photos if others else 0
    lines = ["", text("bundle.measured", name=model.name, version=model.version, **counts)]
    for level in ("deadly", "harmful"):
        recall, false = danger.of(level).recall, danger.of(level).false_alarms
        if recall.photos:
            facts = {"share": points(recall.value), "low": points(recall.low), "photos": recall.photos}
            lines.append(text(f"bundle.measured_{level}", **facts, false=points(false.value)))
    passed = danger.passed_as_harmless
    lines.append(text("bundle.measured_passed", count=passed.count, total=passed.of, deadly=passed.deadly))
    lines += [f"  {row.true} ({row.danger}): {row.file}" for row in passed.photos[:NAMED]]
    species, genus = measured.names.species, measured.names.genus
    if species.top1.value is not None:
        names = {"top1": points(species.top1.value), "five": among_five(species)}
        names |= {"genus_top1": points(genus.top1.value), "genus_five": among_five(genus)}
        lines.append(text("bundle.measured_names", **names))
    for rank in Names.__dataclass_fields__:
        said = measured.verdicts.at(rank)
        if said.right.value is not None:
            facts = {"said": points(said.said), "right": points(said.right.value)}
            lines.append(text("bundle.measured_verdict", rank=text(f"card.rank_{rank}"), **facts))
    if measured.calibration.ece is not None:
        lines.append(text("bundle.measured_ece", ece=points(measured.calibration.ece)))
    if others:
        lines.append(text("bundle.measured_others", share=points(others.value), photos=others.photos))
    return lines


def gate_in_words(decided: GateResult) -> list[str]:
    """Whether the new model may replace the old one: danger and its price first, then what does not hold, and where."""
    bounds = {bound.name: bound for bound in decided.bounds}
    deadly, false = bounds["recall_deadly"], bounds["false_deadly"]
    price = {"rings": points(deadly.new), "old_rings": points(deadly.old)}
    price |= {"false": points(false.new), "old_false": points(false.old)}
    first = text("bundle.gate_passes" if decided.passes else "bundle.gate_refuses", **price)
    facts = {"old": decided.old_count, "new": decided.new_count}
    passed = text("bundle.gate_passed_photos", **facts, old_deadly=decided.old_deadly, new_deadly=decided.new_deadly)
    against = [_against(bound) for bound in decided.bounds if not bound.holds]
    return ["", first, passed, *against, *(f"  {file}" for file in decided.newly_missed[:NAMED])]


def _against(bound: Bound) -> str:
    """A bound that does not hold, in words."""
    unsaid = "_unsaid" if bound.name == "right" and bound.new is None else ""
    facts = {"new": points(bound.new), "old": points(bound.old), "limit": points(bound.limit)}
    return text(f"bundle.gate_{bound.name}{unsaid}", **facts)
