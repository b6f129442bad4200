"""`fieldguide-train judge RUN --against BUNDLE`: may the model of a run replace another? Both meet the same photos.

Those of the run from elsewhere that measure, where it has some, else its own test photos, which flatter the new one.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from fieldguide.core.training.events import Judged
from fieldguide.inference.runtime import DEVICES
from trainer.commands.call import add_output_options, style_of
from trainer.commands.evaluate import gate_in_words, measure_model
from trainer.data.labels import read_labels
from trainer.data.split import ELSEWHERE_MEASURE, read_split
from trainer.evaluation.document import Evaluation
from trainer.evaluation.folder_photos import FolderPhotos
from trainer.evaluation.foreign import open_foreign
from trainer.evaluation.gate import gate
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `judge`."""
    parser.add_argument("run_folder", type=Path, metavar="RUN", help=text("train.help_judge_run"))
    parser.add_argument("--against", type=Path, required=True, metavar="BUNDLE", help=text("train.help_against"))
    parser.add_argument("--device", choices=DEVICES, default="auto", help=text("train.help_device"))
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit status: 0 it may, 1 it may not."""
    style = style_of(arguments)
    progress, guide = Progress(style), load_guide()
    run_folder = RunFolder(arguments.run_folder)
    new, old = (open_foreign(path, arguments.device) for path in (run_folder.finished(), arguments.against))
    ground, photos = _photos(run_folder)
    after, before = (measure_model(runtime, photos, guide, progress) for runtime in (new, old))
    decided = gate(after.measured, before.measured)
    passed, known = _passed(after), _passed(before)
    judged = Judged(
        passes=decided.passes,
        ground=ground,
        photos=after.measured.photos,
        harmful=after.measured.danger.passed_as_harmless.of,
        old_passed=decided.old_count,
        new_passed=decided.new_count,
        old_deadly=decided.old_deadly,
        new_deadly=decided.new_deadly,
        newly_passed=dict(Counter(name for file, name in passed.items() if file not in known).most_common()),
        newly_caught=dict(Counter(name for file, name in known.items() if file not in passed).most_common()),
        broken=tuple(bound.name for bound in decided.bounds if not bound.holds),
    )
    progress.event(judged)
    if style is Style.PERSON:
        print("\n".join(gate_in_words(decided)))
    return decided.exit_code


def _photos(run: RunFolder) -> tuple[str, FolderPhotos]:
    """The ground, and the run's photos of it with their own taxa."""
    for file in (run.split, run.labels):
        if not file.exists():
            raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(file), problem=text("prepare.run_without_split"))
    rows = read_split(run.split)
    try:
        labels = read_labels(run.labels)
    except ValueError as damage:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(run.labels), problem=str(damage)) from damage
    others = [row for row in rows if row.split == ELSEWHERE_MEASURE]
    chosen = others or [row for row in rows if row.split == "test"]
    taxa = {taxon.name: taxon for taxon in (*labels.taxon_of.values(), *labels.taxa)}
    of_file = {row.file: taxa[row.taxon] for row in chosen if row.taxon in taxa}
    known = tuple(replace(row, split="test") for row in chosen if row.file in of_file)
    return ("elsewhere" if others else "own"), FolderPhotos(known, of_file, (), (), ())


def _passed(found: Evaluation) -> dict[str, str]:
    """Dangerous photos that were shown without a warning, and what they show."""
    return {photo.file: photo.true for photo in found.measured.danger.passed_as_harmless.photos}
