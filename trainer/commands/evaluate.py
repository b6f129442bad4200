"""`fieldguide-train evaluate BUNDLE FOLDER`: a model measured on photos whose names are known; the gate between two.

The photos go through the exported bundle exactly as in the application. Exit status: 0 measured (and the gate, when
asked for, let it pass), 1 nothing could be measured or the gate refuses.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.text import text
from fieldguide.inference.runtime import DEVICES, Runtime
from trainer.evaluation import harm
from trainer.evaluation.answers import Answers, answer
from trainer.evaluation.fitting import Judgement
from trainer.evaluation.folder_photos import FolderPhotos, predict_folders, read_folders, split_background
from trainer.evaluation.gate import GateResult, gate
from trainer.evaluation.metrics import evaluate
from trainer.progress import Progress, Style
from trainer.report import write_evaluation
from trainer.report.mistakes import mistakes
from trainer.report.numbers import evaluated_numbers
from trainer.run_folder import write_json

Metrics = dict[str, Any]
NAMED = 20  # photos that passed, told by name on the screen; all stand in metrics.json


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
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--json", action="store_true", help=text("bundle.help_json"))
    told.add_argument("--quiet", action="store_true", help=text("train.help_quiet"))


def run(arguments: argparse.Namespace) -> int:
    """Measure, and hold against the older model where one is given."""
    guide = load_guide()
    progress = Progress(Style.QUIET if arguments.json or arguments.quiet else Style.PERSON)
    runtimes = [Runtime.load(path, arguments.device) for path in (arguments.bundle, arguments.compare) if path]
    progress.step(text("bundle.reading"))
    photos = read_folders(arguments.folder, arguments.background, guide, arguments.manifest)
    if not photos.rows:
        raise FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=str(arguments.folder))
    judged = [judge(runtime, photos, guide, progress) for runtime in runtimes]
    measured = [metrics for metrics, _ in judged]
    document = describe(measured[0], photos)
    decided = gate(measured[0], measured[1]) if arguments.compare else None
    if decided is not None:
        document |= {"compared_with": describe(measured[1], photos), "gate": asdict(decided)}
    document["report"] = evaluated_numbers(judged[0][1], guide, photos)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        write_json(arguments.out / "metrics.json", document)
    if arguments.report:
        progress.step(text("bundle.writing_report"))
        against = [line for line in gate_in_words(decided) if line] if decided else []
        write_evaluation(arguments.report, runtimes[0], document, against)
    if arguments.json:
        print(json.dumps(document, indent=1, ensure_ascii=False))
    elif not arguments.quiet:
        print("\n".join([*summary(measured[0]), *(gate_in_words(decided) if decided else [])]))
        if arguments.report:
            print(text("bundle.report_written", report=arguments.report))
    return decided.exit_code if decided is not None else 0


def judge(runtime: Runtime, photos: FolderPhotos, guide: Guide, progress: Progress) -> tuple[Metrics, Answers]:
    """Everything about one model on these photos, and its answers to those of subjects.

    `danger` counts every photo of a subject, also of kinds that the model has no label for: two models of different
    labels are measured on the same dangers.
    """
    manifest = runtime.manifest
    progress.step(text("bundle.asking", name=manifest.name))
    subjects, others = split_background(predict_folders(runtime, photos, progress))
    judgement = Judgement.from_manifest(
        manifest.temperature, manifest.thresholds, manifest.unknown, runtime.bundle.arrays("statistics.npz")
    )
    known, novel = subjects.select(subjects.targets >= 0), subjects.select(subjects.targets < 0)
    found = evaluate(known, manifest.labels, guide, judgement, others, novel=novel if len(novel) else None)
    answers = answer(subjects, manifest.labels, guide, judgement)
    found["danger"] |= {
        **harm.alarms(answers, guide),
        "passed_as_harmless": harm.passed_as_harmless(answers, guide),
        "cost": harm.costs(answers, guide),
    }
    model = {"id": manifest.id, "name": manifest.name, "version": manifest.version, "sha256": runtime.bundle.digest}
    counts = {"known": len(known), "novel": len(novel), "others": len(others)}
    return {"model": model, **found, "mistakes": mistakes(answers, guide), "photos": counts}, answers


def describe(measured: Metrics, photos: FolderPhotos) -> Metrics:
    """The document of one model: its numbers, and what the folder names became."""
    labels = {"renamed": photos.renamed, "unresolved": photos.unresolved, "unreadable": photos.unreadable}
    return {**measured, "folder": labels}


def summary(measured: Metrics) -> list[str]:
    """What a person reads: danger first."""
    danger, test, verdicts = measured["danger"], measured["test"], measured["verdicts"]
    lines = ["", text("bundle.measured", **measured["model"] | measured["photos"])]
    for level in ("deadly", "harmful"):
        recall = danger[level]["recall"]
        if recall["photos"]:
            facts = {"share": _percent(recall["value"]), "low": _percent(recall["low"]), "photos": recall["photos"]}
            false = _percent(danger[level]["false_alarms"]["value"])
            lines.append(text(f"bundle.measured_{level}", **facts, false=false))
    passed = danger["passed_as_harmless"]
    lines.append(text("bundle.measured_passed", count=passed["count"], total=passed["of"], deadly=passed["deadly"]))
    lines += [f"  {row['true']} ({row['danger']}): {row['file']}" for row in passed["photos"][:NAMED]]
    if test["top1"] is not None:
        names = {name: _percent(test[name]) for name in ("top1", "top5", "genus_top1", "genus_top5")}
        lines.append(text("bundle.measured_names", **names))
    for rank in ("species", "genus", "family"):
        said = verdicts[rank]
        if said["right"]["value"] is not None:
            facts = {"said": _percent(said["said"]), "right": _percent(said["right"]["value"])}
            lines.append(text("bundle.measured_verdict", rank=text(f"card.rank_{rank}"), **facts))
    if measured["calibration"]["ece"] is not None:
        lines.append(text("bundle.measured_ece", ece=_percent(measured["calibration"]["ece"])))
    if "other_things" in measured:
        unknown = measured["other_things"]["unknown"]
        lines.append(text("bundle.measured_others", share=_percent(unknown["value"]), photos=unknown["photos"]))
    return lines


def gate_in_words(decided: GateResult) -> list[str]:
    """Whether the new model may replace the old one, with the photos that it newly lets pass."""
    key = "bundle.gate_passes" if decided.passes else "bundle.gate_refuses"
    facts = {"old": decided.old_count, "new": decided.new_count}
    told = text(key, **facts, old_deadly=decided.old_deadly, new_deadly=decided.new_deadly)
    return ["", told, *(f"  {file}" for file in decided.newly_missed[:NAMED])]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"
