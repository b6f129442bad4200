"""What an audit found: a score per photo and fault, the list of findings, and both as CSV."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from fieldguide.core.atomic import written_text
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.config import read_table, refuse
from trainer.data.audit.scale import LISTED
from trainer.data.rows import text_of

TOO_FEW = "too_few"  # reason of the quarantine list: nothing is wrong with the photo, its label has too few


class Finding(StrEnum):
    """Every fault an audit knows; the catalogue `audit.toml` has a name and a sentence for each."""

    UNREADABLE = "unreadable"
    COPY_ACROSS_LABELS = "copy_across_labels"  # the same picture under labels that contradict each other
    EXACT_COPY = "exact_copy"  # the same bytes again under the same label; the first stays unlisted
    NEAR_COPY = "near_copy"  # nearly the same picture again under the same label; the largest stays unlisted
    LABEL_ERROR = "label_error"
    NO_SUBJECT = "no_subject"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    LOW_CONTRAST = "low_contrast"
    DARK = "dark"
    LIGHT = "light"
    GRAYSCALE = "grayscale"
    ODD_ASPECT = "odd_aspect"
    DRAWING = "drawing"
    TEXT = "text"
    COLLAGE = "collage"
    SEVERAL_SUBJECTS = "several_subjects"


def parse_findings(listed: str, option: str) -> list[Finding]:
    """Findings from their names with commas between. Raises FieldGuideError(CONFIG_INVALID) for one that is none."""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Finding)]
    if unknown:
        problem = text("audit.finding_unknown", name=unknown[0], known=", ".join(Finding))
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=option, problem=problem)
    return [Finding(name) for name in names]


@dataclass(frozen=True, slots=True)
class PhotoAudit:
    """One photo. `scores` holds what is above 0 (1 is worst; from 0.5 a finding); `index` is its row in the scan.

    `group`: photos of one number show the same picture; -1 for one of a kind. `elsewhere`: labels under which a copy
    stands. `suggestion`: the label that the embeddings speak for, empty unless LABEL_ERROR. `error`: code, or empty.
    """

    index: int
    file: str
    raw_label: str
    scores: Mapping[Finding, float] = field(default_factory=dict)
    group: int = -1
    elsewhere: tuple[str, ...] = ()
    suggestion: str = ""
    error: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with it, in the order of `Finding`."""
        return tuple(finding for finding in Finding if self.scores.get(finding, 0.0) >= LISTED)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Every photo, in the order of the scan, and what was looked for (label errors need embeddings)."""

    photos: tuple[PhotoAudit, ...]
    looked_for: tuple[Finding, ...]

    def listed(self, finding: Finding) -> list[PhotoAudit]:
        """The photos with this finding, worst first."""
        found = [photo for photo in self.photos if finding in photo.findings]
        return sorted(found, key=lambda photo: (-photo.scores[finding], photo.index))

    def counts(self) -> dict[Finding, int]:
        """How many photos each finding lists."""
        counted = Counter(finding for photo in self.photos for finding in photo.findings)
        return {finding: counted[finding] for finding in self.looked_for}

    def suspect_labels(self, share: float = 0.4, most: int = 20) -> dict[str, float]:
        """Labels of which at least this share of photos is a label error, worst `most` first: label -> share (0 to 1).

        Labels whose species the embeddings cannot tell apart come up too: the share orders a person's work, no more.
        """
        all_of = Counter(photo.raw_label for photo in self.photos)
        wrong = Counter(photo.raw_label for photo in self.photos if Finding.LABEL_ERROR in photo.findings)
        shares = {label: wrong[label] / all_of[label] for label in wrong}
        worst = sorted(shares.items(), key=lambda item: -item[1])[:most]
        return {label: part for label, part in worst if part >= share}

    def quarantined(self, findings: Iterable[Finding], min_photos: int = 0) -> dict[str, str]:
        """File -> reason for every photo with one of these findings, and for labels with fewer than `min_photos` left.

        The reason is the finding's name, or TOO_FEW.
        """
        wanted = set(findings)
        reasons = {
            photo.file: first.value for photo in self.photos for first in photo.findings[::-1] if first in wanted
        }
        thin = self.thin_labels(reasons, min_photos)
        reasons |= {p.file: TOO_FEW for p in self.photos if p.raw_label in thin and p.file not in reasons}
        return reasons

    def thin_labels(self, without: Mapping[str, str], min_photos: int) -> dict[str, int]:
        """Labels with fewer than `min_photos` photos besides those in `without`: label -> how many are left.

        What cannot be read and what is there twice does not count.
        """
        left = Counter({photo.raw_label: 0 for photo in self.photos})
        useless = {Finding.UNREADABLE, Finding.EXACT_COPY}
        left.update(p.raw_label for p in self.photos if p.file not in without and not useless & set(p.findings))
        return {label: count for label, count in sorted(left.items()) if count < min_photos}


_COLUMNS = ("file", "label", "findings", "group", "elsewhere", "suggestion", "error")


def write_audit(file: Path, report: AuditReport) -> None:
    """One line per photo: findings, scores with three decimals, copies and suggestion. Whole or not at all."""
    columns = [*_COLUMNS, *report.looked_for]
    rows = (
        [
            photo.file,
            photo.raw_label,
            ";".join(photo.findings),
            "" if photo.group < 0 else photo.group,
            ";".join(photo.elsewhere),
            photo.suggestion,
            photo.error,
            *(f"{photo.scores.get(finding, 0.0):.3f}" for finding in report.looked_for),
        ]
        for photo in report.photos
    )
    _write(file, columns, rows)


def read_audit(file: Path) -> AuditReport:
    """The report that `write_audit` wrote. Raises ValueError when it was cut off or damaged, OSError without one."""
    try:
        reader = csv.DictReader(text_of(file))
        if tuple(reader.fieldnames or ())[: len(_COLUMNS)] != _COLUMNS:
            raise ValueError(f"{file}: other columns")
        return _report_of(reader)
    except (csv.Error, KeyError, TypeError, AttributeError) as damage:
        raise ValueError(f"{file}: {damage}") from damage


def _report_of(reader: csv.DictReader[str]) -> AuditReport:
    looked_for = tuple(Finding(name) for name in (reader.fieldnames or ())[len(_COLUMNS) :])
    photos = tuple(
        PhotoAudit(
            index,
            row["file"],
            row["label"],
            {finding: score for finding in looked_for if (score := float(row[finding])) > 0},
            int(row["group"] or -1),
            tuple(filter(None, row["elsewhere"].split(";"))),
            row["suggestion"],
            row["error"],
        )
        for index, row in enumerate(reader)
    )
    return AuditReport(photos, looked_for)


def write_quarantine(file: Path, reasons: Mapping[str, str]) -> None:
    """The list of photos that training leaves alone: `file,reason`. A person may edit it; no photo moves."""
    _write(file, ["file", "reason"], sorted(reasons.items()))


def read_quarantine(file: Path) -> dict[str, str]:
    """File -> reason; empty when there is no such list. Raises FieldGuideError(CONFIG_INVALID or EDITED_TABLE)."""
    try:
        rows = read_table(file, "quarantine")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if "file" not in rows.columns:
        refuse("quarantine", text("audit.manifest_without_files", file=file))
    return {row["file"] or "": row.get("reason") or "" for row in rows}


def _write(file: Path, columns: list[str], rows: Iterable[Iterable[object]]) -> None:
    with written_text(file) as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)
