"""The numbers that the report shows beside those of `evaluation.metrics`, from what lies in the run folder.

They go into `metrics.json` under `report`; the page shows nothing that does not stand there.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from fieldguide.core.bundle import read_bundle
from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.taxonomy import Rank
from trainer.data.audit.findings import read_audit, read_quarantine
from trainer.data.split import SplitPhoto, read_split
from trainer.evaluation import ranking
from trainer.evaluation.answers import Answers, answer
from trainer.evaluation.calibrate import label_covers
from trainer.evaluation.fitting import Judgement, separate
from trainer.evaluation.folder_photos import FolderPhotos
from trainer.evaluation.metrics import by_source
from trainer.evaluation.predictions import Predictions
from trainer.fit.checkpoint import load
from trainer.report.mistakes import mistakes
from trainer.run_folder import RunFolder, write_json

Numbers = dict[str, Any]


def complete_metrics(run: RunFolder) -> Numbers:
    """The run's metrics with the `report` numbers in them, written back to `metrics.json`.

    Raises:
        FieldGuideError: RUN_INCOMPLETE with the file that is missing or damaged; one of the BUNDLE_ codes.
    """
    metrics = _read(run.metrics)
    answers = answers_of(run)
    guide = load_guide()
    placed = read_split(run.split) if run.split.exists() else []
    metrics |= {
        "test": {**metrics["test"], **ranking.top_names(answers)},
        "calibration": ranking.calibration(answers),
        "sources": by_source(answers),
        "classes": ranking.classes(answers),
        "confusions": ranking.confusions(answers),
        "report": {
            **answered(answers, guide, placed),
            "learning": _learning(run.log),
            "kept_top1": _kept(run.checkpoints / "best.pt"),
            "photos": _photos(placed),
            "audit": _audit(run, placed),
        },
    }
    write_json(run.metrics, metrics)
    return metrics


def evaluated_numbers(answers: Answers, guide: Guide, photos: FolderPhotos) -> Numbers:
    """The `report` numbers of photos that came in folders, without a run: nothing is told of how the model learned."""
    names = {"renamed": [list(each) for each in photos.renamed], "unresolved": list(photos.unresolved)}
    return {
        **answered(answers, guide, []),
        "learning": [],
        "photos": _photos([]),
        "audit": {"why": {}, "quarantine": {}, "findings": {}, **names},
    }


def answered(answers: Answers, guide: Guide, placed: list[SplitPhoto]) -> Numbers:
    """What the page shows of any model's answers: its labels, who is taken for whom, and the mistakes."""
    return {"labels": _labels(answers, placed, guide), "matrix": _matrix(answers), **mistakes(answers, guide)}


def answers_of(run: RunFolder) -> Answers:
    """What the run's bundle told of each photo of a subject in the test split."""
    bundle = read_bundle(run.bundle)
    manifest = bundle.manifest
    judgement = Judgement.from_manifest(
        manifest.temperature, manifest.thresholds, manifest.unknown, bundle.arrays("statistics.npz")
    )
    file = run.predictions / "test.npz"
    try:
        subjects, _ = separate(Predictions.load(file), None, label_tree(manifest.labels))
    except (OSError, ValueError, KeyError) as problem:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(file), problem=str(problem)) from problem
    return answer(subjects, manifest.labels, load_guide(), judgement)


def _read(file: Path) -> Numbers:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(file), problem=str(problem)) from problem
    return dict(found)


def _labels(answers: Answers, placed: list[SplitPhoto], guide: Guide) -> list[Numbers]:
    """Every label in the order of the tree (the bundle's own), with its danger as told and its photos per split."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for row in placed:
        counted[row.label][row.split] += 1
    found = []
    for number, label in enumerate(answers.labels):
        record = guide.record(label.name)
        subject = label.rank is not Rank.BACKGROUND
        found.append(
            {
                "name": label.name,
                "rank": label.rank.value,
                "genus": label.genus or "",
                "family": label.family or "",
                "common": record.common_name("en") if record else "",
                "danger": guide.danger(label).told.value if subject else "",
                "photos": dict(counted[number]),
            }
        )
    return found


def _matrix(answers: Answers) -> list[list[int]]:
    """Cells [true label, said label, photos, right] that are not empty; a species within the true genus is right."""
    known = answers.photos.targets >= 0
    truth, said = answers.photos.targets[known], answers.order[known, 0]
    if len(truth) == 0:
        return []
    cells, counts = np.unique(np.stack([truth, said], axis=1), axis=0, return_counts=True)
    return [
        [int(true), int(first), int(count), int(label_covers(answers.tree, int(true))[first])]
        for (true, first), count in zip(cells, counts, strict=True)
    ]


def _learning(log: Path) -> list[Numbers]:
    """One entry per epoch; a last line that a crash cut off is left out."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else []:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and "epoch" in entry:
            found.append(entry)
    return found


def _kept(best: Path) -> float | None:
    """Share of the validation photos (0 to 1) that the model which was kept had right; None when nobody can tell."""
    try:
        return load(best).best
    except FieldGuideError:
        return None


def _photos(placed: list[SplitPhoto]) -> Numbers:
    """Photos per split, and per source within each."""
    by_source: dict[str, Counter[str]] = defaultdict(Counter)
    for row in placed:
        by_source[row.source or ""][row.split] += 1
    return {
        "splits": dict(Counter(row.split for row in placed)),
        "sources": {source: dict(counts) for source, counts in sorted(by_source.items())},
    }


def _audit(run: RunFolder, placed: list[SplitPhoto]) -> Numbers:
    """What was found about the photos: why some learn otherwise or not at all, quarantine, findings, folder names."""
    why = Counter(row.why.partition(":")[0] for row in placed if row.why)
    labels = _read(run.labels) if run.labels.exists() else {}
    return {
        "why": dict(why.most_common()),
        "quarantine": dict(Counter(read_quarantine(run.quarantine).values())),
        "findings": {f.value: n for f, n in read_audit(run.audit).counts().items()} if run.audit.exists() else {},
        "renamed": labels.get("renamed", []),
        "unresolved": labels.get("unresolved", []),
    }
