"""`fieldguide-train prepare`: photos resized, renamed, in one format and split: the folder tree for other tools."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from trainer.config import DataConfig
from trainer.data.audit.findings import read_quarantine
from trainer.data.class_counts import write_class_counts
from trainer.data.collect.attribution import ATTRIBUTION, read_attributions, write_attributions
from trainer.data.crops import SIDE
from trainer.data.labels import build_tree, resolve_labels
from trainer.data.prepare import FORMATS, PARTS, Written, prepare
from trainer.data.review.decisions import DECISIONS, Decisions, apply_decisions, decided_quarantine
from trainer.data.scan import ScannedPhoto, read_scan, scan
from trainer.data.split import SplitPhoto, read_split, split, write_split
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

SHARES = "0.7,0.15,0.15"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prepare`."""
    parser.add_argument("folder", help=text("prepare.help_folder"))
    parser.add_argument("--out", required=True, type=Path, help=text("prepare.help_out"))
    parser.add_argument("--manifest", default="", metavar="CSV", help=text("prepare.help_manifest"))
    parser.add_argument("--run", type=Path, metavar="RUN", dest="run_folder", help=text("prepare.help_run"))
    parser.add_argument("--side", type=int, default=512, metavar="PIXELS", help=text("prepare.help_side"))
    parser.add_argument("--format", choices=FORMATS, default="jpg", help=text("prepare.help_format"))
    parser.add_argument("--shares", default=SHARES, help=text("prepare.help_shares"))
    parser.add_argument("--seed", type=int, default=1, help=text("prepare.help_seed"))
    verbosity = parser.add_mutually_exclusive_group()
    verbosity.add_argument("--json", action="store_true", help=text("train.help_json"))
    verbosity.add_argument("--quiet", action="store_true", help=text("train.help_quiet"))


def run(arguments: argparse.Namespace) -> int:
    """Write the tree and tell how many photos went where."""
    style = Style.JSON if arguments.json else Style.QUIET if arguments.quiet else Style.PERSON
    progress = Progress(style)
    config = DataConfig(
        folders=(arguments.folder,),
        manifests=tuple(filter(None, (arguments.manifest,))),
        fractions=_shares(arguments.shares),
        rare="teach",
    )
    if not 16 <= arguments.side <= 4096:
        _refuse("--side", text("prepare.side_wrong", value=arguments.side))
    if arguments.seed < 0:
        _refuse("--seed", text("audit.number_negative", value=arguments.seed))
    if arguments.out.exists() and any(arguments.out.iterdir()):
        _refuse("--out", text("prepare.out_not_empty"))
    if arguments.run_folder:
        photos, placed = _open_run(RunFolder(arguments.run_folder))
    else:
        photos, placed = _place(config, arguments.out, arguments.seed, progress)
    labels = resolve_labels((photo.raw_label for photo in photos), load_guide())
    progress.step(text("prepare.step_writing"))
    written = prepare(photos, placed, labels, arguments.out, arguments.side, arguments.format, progress)
    _credit(Path(arguments.folder), arguments.out, written)
    write_split(arguments.out / "split.csv", placed)
    counts = Counter((row.label, row.part) for row in written)
    plot = write_class_counts(arguments.out, counts)
    if style is Style.PERSON:
        parts = Counter(row.part for row in written)
        facts = {part: parts[part] for part in ("train", "val", "test")}
        manifest = arguments.out / "prepared.csv"
        print(text("prepare.done", count=len(written), folder=arguments.out, manifest=manifest, plot=plot, **facts))
        if len(photos) > len(written):
            print(text("prepare.left_out", count=len(photos) - len(written)))
    return 0


def _place(config: DataConfig, out: Path, seed: int, progress: Progress) -> tuple[list[ScannedPhoto], list[SplitPhoto]]:
    """Scan and split for this purpose alone; the scan's cache is small and thrown away."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out) as folder:
        progress.step(text("audit.step_reading"))
        run_folder = RunFolder(Path(folder)).create()
        photos = scan(replace(config, cache_size=SIDE), run_folder, progress)
        from trainer.pipeline.cuts import find_cuts  # needs torch, which takes seconds to load

        cuts = find_cuts(photos, run_folder, progress)
    labels = resolve_labels((photo.raw_label for photo in photos), load_guide())
    return photos, split(photos, labels, build_tree(labels.taxa), config, seed, cuts=cuts)


def _open_run(run: RunFolder) -> tuple[list[ScannedPhoto], list[SplitPhoto]]:
    """The scan and the frozen split of a run, with what a review decided and what the quarantine list keeps out."""
    if not run.scan.exists() or not run.split.exists():
        _refuse("--run", text("prepare.run_without_split"))
    decisions = Decisions(run.root / DECISIONS).final()
    try:
        decided = apply_decisions(read_scan(run.scan), decisions.values())
    except ValueError as damage:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(run.scan), problem=str(damage)) from damage
    kept_out = decided_quarantine(read_quarantine(run.quarantine), decisions)
    photos = [replace(photo, error=photo.error or kept_out.get(photo.file, "")) for photo in decided]
    placed = read_split(run.split)
    at = {photo.index: photo.file for photo in photos}
    if any(row.split in PARTS and at.get(row.index) != row.file for row in placed):
        _refuse("--run", text("train.split_of_others", split=run.split))
    return photos, placed


def _credit(folder: Path, out: Path, written: Sequence[Written]) -> None:
    """Attribution follows the photos under their new names, when the folder was collected."""
    known = {(folder / row.file).resolve(): row for row in read_attributions(folder / ATTRIBUTION)}
    rows = [replace(known[source], file=job.file) for job in written if (source := Path(job.source).resolve()) in known]
    if rows:
        write_attributions(out / ATTRIBUTION, rows)


def _shares(listed: str) -> tuple[float, ...]:
    """Train, val, calibration (none) and test as shares of 1, from three parts that add up to 1 or to 100."""
    try:
        parts = [float(part) for part in listed.replace("/", ",").split(",")]
    except ValueError:
        parts = []
    whole = next((whole for whole in (1, 100) if abs(sum(parts) - whole) < whole * 1e-6), 0)
    if len(parts) != 3 or min(parts) <= 0 or not whole:
        _refuse("--shares", text("prepare.shares_wrong", value=listed))
    train, val, test = (part / whole for part in parts)
    return train, val, 0.0, test


def _refuse(option: str, problem: str) -> NoReturn:
    raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=option, problem=problem)
