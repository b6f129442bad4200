"""`fieldguide-train audit FOLDER --out RUN`: scan, audit, table, contact sheet and, if asked, the quarantine list."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.bundle import read_manifest
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from fieldguide.core.training.events import Audited, Doubt, write_event
from fieldguide.inference.network import Network
from fieldguide.inference.runtime import Runtime
from trainer.config import DataConfig
from trainer.data.audit.audit import audit, natural_picture
from trainer.data.audit.embedding import embed_photos
from trainer.data.audit.findings import (
    TOO_FEW,
    AuditReport,
    Finding,
    PhotoAudit,
    parse_findings,
    read_quarantine,
    write_audit,
    write_quarantine,
)
from trainer.data.audit.sheet import write_sheet
from trainer.data.crops import Pair
from trainer.data.labels import Labels, build_tree, names_in_words, resolve_labels
from trainer.data.review.decisions import DECISIONS, Decisions
from trainer.data.review.queue import cards
from trainer.data.scan import ScannedPhoto, scan
from trainer.evaluation.foreign import open_foreign
from trainer.pipeline.cuts import find_cuts
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder, held


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `audit`."""
    parser.add_argument("folder", nargs="+", help=text("audit.help_folder"))
    parser.add_argument("--out", required=True, type=Path, metavar="RUN", help=text("audit.help_out"))
    parser.add_argument("--background", default="", metavar="FOLDER", help=text("audit.help_background"))
    parser.add_argument("--manifest", action="append", default=[], metavar="CSV", help=text("audit.help_manifest"))
    eye = parser.add_mutually_exclusive_group()
    eye.add_argument("--model", type=Path, metavar="BUNDLE", help=text("audit.help_model"))
    eye.add_argument("--no-model", action="store_true", help=text("audit.help_no_model"))
    parser.add_argument("--quarantine", default="", metavar="LIST", help=text("audit.help_quarantine"))
    parser.add_argument("--min-photos", type=int, default=0, help=text("audit.help_min_photos"))
    parser.add_argument("--per-finding", type=int, default=60, help=text("audit.help_per_finding"))
    verbosity = parser.add_mutually_exclusive_group()
    verbosity.add_argument("--json", action="store_true", help=text("train.help_json"))
    verbosity.add_argument("--quiet", action="store_true", help=text("train.help_quiet"))


def run(arguments: argparse.Namespace) -> int:
    """Audit the folder; the photos are only read."""
    style = Style.JSON if arguments.json else Style.QUIET if arguments.quiet else Style.PERSON
    progress = Progress(style)
    findings = _asked(arguments)
    runtime: Network | None = open_foreign(arguments.model) if arguments.model else None
    folder = RunFolder(arguments.out).create()
    with held(folder.root):
        return _look(arguments, folder, findings, runtime, progress)


def _look(
    arguments: argparse.Namespace,
    folder: RunFolder,
    findings: list[Finding],
    runtime: Network | None,
    progress: Progress,
) -> int:
    style = progress.style
    progress.step(text("audit.step_reading"), "reading")
    config = DataConfig(
        folders=tuple(arguments.folder), manifests=tuple(arguments.manifest), background=arguments.background
    )
    photos = scan(config, folder, progress)
    pixels: NDArray[np.uint8] = np.load(folder.pixels, mmap_mode="r")
    labels = resolve_labels((photo.raw_label for photo in photos), load_guide())
    if runtime is None and not arguments.no_model and starter_fits(labels):
        runtime = Runtime.load(_starter())
    cuts = [] if arguments.no_model else find_cuts(photos, folder, progress)
    report = _audit(photos, pixels, labels, runtime, progress, cuts)
    sheet = folder.root / "audit.html"
    write_audit(folder.audit, report)

    def thumbnail(photo: PhotoAudit) -> NDArray[np.uint8]:
        return natural_picture(pixels[photo.index], photos[photo.index].width, photos[photo.index].height)

    write_sheet(sheet, report, thumbnail, arguments.per_finding, arguments.min_photos)
    reasons = report.quarantined(findings, arguments.min_photos)
    if reasons:
        earlier = read_quarantine(folder.quarantine)
        if arguments.min_photos:  # another bound, another list
            earlier = {file: reason for file, reason in earlier.items() if reason != TOO_FEW}
        write_quarantine(folder.quarantine, earlier | reasons)
    _tell(report, folder, sheet, reasons, style)
    if style is Style.PERSON:
        for sentence in (*names_in_words(labels), *_not_looked_for(report, runtime)):
            print(sentence)
    return 0


def _starter() -> Path:
    return resource("model", "starter.fieldguide")


def starter_fits(labels: Labels) -> bool:
    """Whether the starter model knows the genera of at least half of the labels, of two of them or more: what it sees
    then tells such kinds apart. A model of insects has nothing of them, and its judgement counts for nothing."""
    if not _starter().exists():
        return False
    known = {label.genus for label in read_manifest(_starter()).labels if label.genus}
    subjects = [taxon for taxon in labels.taxa if taxon.rank is not Rank.BACKGROUND]
    fitting = sum(taxon.genus in known for taxon in subjects)
    return fitting >= 2 and 2 * fitting >= len(subjects)


def _audit(
    photos: list[ScannedPhoto],
    pixels: NDArray[np.uint8],
    labels: Labels,
    runtime: Network | None,
    progress: Progress,
    cuts: Sequence[Pair],
) -> AuditReport:
    embeddings = None
    if runtime is not None:
        progress.step(text("audit.step_embedding"), "features")
        embeddings = embed_photos(photos, pixels, runtime, progress.advance)
    progress.step(text("audit.step_looking"), "auditing")
    return audit(photos, pixels, labels, build_tree(labels.taxa), embeddings, progress.advance, cuts)


def _asked(arguments: argparse.Namespace) -> list[Finding]:
    """The findings to quarantine. Raises FieldGuideError(CONFIG_INVALID) for a finding or a number that cannot be."""
    for option in ("min_photos", "per_finding"):
        if getattr(arguments, option) < 0:
            problem = text("audit.number_negative", value=getattr(arguments, option))
            raise FieldGuideError(ErrorCode.CONFIG_INVALID, option="--" + option.replace("_", "-"), problem=problem)
    return parse_findings(arguments.quarantine, "--quarantine")


def _not_looked_for(report: AuditReport, runtime: Network | None) -> list[str]:
    """What this audit could not find, and what it would take."""
    missing = []
    if Finding.LABEL_ERROR not in report.looked_for:
        model = _starter() if _starter().exists() else "BUNDLE"
        missing.append(text("audit.too_few_for_errors" if runtime else "audit.without_model", model=model))
    if Finding.NO_SUBJECT not in report.looked_for:
        missing.append(text("audit.without_background"))
    return missing


def _tell(report: AuditReport, folder: RunFolder, sheet: Path, reasons: dict[str, str], style: Style) -> None:
    if style is Style.JSON:
        for doubt in doubts(report, Decisions(folder.root / DECISIONS)):
            print(write_event(doubt))
        counts = {finding.value: count for finding, count in report.counts().items()}
        facts = (str(folder.root), len(report.photos), counts, len(reasons), report.suspect_labels())
        print(write_event(Audited(*facts)))
    elif style is Style.PERSON:
        for finding, count in report.counts().items():
            print(f"{count:7}  {text(f'audit.{finding}')}")
        for label, share in report.suspect_labels().items():
            print(text("audit.suspect_label", label=label, share=round(100 * share)))
        if reasons:
            print(text("audit.quarantined", count=len(reasons), file=folder.quarantine))
        print(text("audit.wrote", audit=folder.audit, sheet=sheet))


def doubts(report: AuditReport, decisions: Decisions) -> Iterator[Doubt]:
    """The photos to look at in the order of a review: worst first, copies side by side."""
    for card in cards(report, decisions, 1):
        photo = card.photo
        reasons = tuple(finding.value for finding in photo.findings)
        worst = max(photo.scores[finding] for finding in photo.findings)
        yield Doubt(photo.file, photo.raw_label, reasons, worst, photo.suggestion, photo.elsewhere, photo.group)
