"""The contact sheet: one HTML file that opens offline, with a row of small pictures for each finding, worst first."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fieldguide.core.atomic import write_whole
from fieldguide.core.text import text
from trainer.data.audit.findings import AuditReport, Finding, PhotoAudit
from trainer.html import templates

Thumbnail = Callable[[PhotoAudit], NDArray[np.uint8]]
_THUMBNAIL = 172  # pixels of the long side
_COPIES = (Finding.COPY_ACROSS_LABELS, Finding.EXACT_COPY, Finding.NEAR_COPY)


def write_sheet(
    file: Path, report: AuditReport, thumbnail: Thumbnail, per_finding: int = 60, min_photos: int = 0
) -> None:
    """Write the sheet.

    `thumbnail` gives uint8 RGB [H, W, 3] of a readable photo; labels with fewer than `min_photos` photos are named.
    """
    page = templates(Path(__file__).parent).get_template("sheet.html")
    sections = (_section(report, finding, thumbnail, per_finding) for finding in report.looked_for)
    written = page.render(
        report=report,
        share=lambda count: f"{100 * count / max(len(report.photos), 1):.1f} %",
        lists=[*_suspects(report), *_thin(report, min_photos)],
        sections=[section for section in sections if section],
    )
    write_whole(file, written)


@dataclass(frozen=True, slots=True)
class _List:
    head: str
    about: str
    entries: list[str]


@dataclass(frozen=True, slots=True)
class _Figure:
    """One photo: `link` to its file, `picture` as a data address or else `problem`, and what is known of it."""

    link: str
    picture: str
    problem: str
    label: str
    notes: list[str]
    file: str


@dataclass(frozen=True, slots=True)
class _Section:
    finding: Finding
    count: str
    figures: list[_Figure]


def _suspects(report: AuditReport) -> Iterator[_List]:
    suspects = report.suspect_labels()
    items = [
        text("audit.suspect_label", label=_name(label), share=round(100 * part)) for label, part in suspects.items()
    ]
    if items:
        yield _List(text("audit.suspect_labels"), text("audit.suspect_labels_about"), items)


def _thin(report: AuditReport, minimum: int) -> Iterator[_List]:
    thin = report.thin_labels({}, minimum)
    items = [text("audit.thin_label", label=_name(label), count=count) for label, count in thin.items()]
    if items:
        yield _List(text("audit.thin_labels", minimum=minimum), "", items)


def _section(report: AuditReport, finding: Finding, thumbnail: Thumbnail, limit: int) -> _Section | None:
    listed = report.listed(finding)
    if not listed:
        return None
    shown = listed[:limit]
    count = text("audit.shown", shown=len(shown), count=len(listed))
    if finding in _COPIES:
        shown = _beside_their_originals(shown, report, finding)
    return _Section(finding, count, [_figure(photo, finding, thumbnail) for photo in shown])


def _beside_their_originals(shown: list[PhotoAudit], report: AuditReport, finding: Finding) -> list[PhotoAudit]:
    """Copies side by side, and before them the photo of the same label that they are copies of."""
    wanted = {(photo.group, photo.raw_label) for photo in shown}
    stays = [p for p in report.photos if (p.group, p.raw_label) in wanted and not set(_COPIES[1:]) & set(p.findings)]
    found = {photo.index: photo for photo in [*stays, *shown]}.values()
    return sorted(found, key=lambda p: (p.group, p.raw_label, p.scores.get(finding, 0.0) > 0, p.index))


def _figure(photo: PhotoAudit, finding: Finding, thumbnail: Thumbnail) -> _Figure:
    path = Path(photo.file)
    notes = []
    if finding not in photo.findings:
        notes.append(text("audit.stays"))
    if finding is Finding.COPY_ACROSS_LABELS:
        notes.append(text("audit.also_under", labels=", ".join(map(_name, photo.elsewhere))))
    if finding is Finding.LABEL_ERROR:
        notes.append(text("audit.looks_like", label=photo.suggestion))
    return _Figure(
        link=path.resolve().as_uri(),
        picture="" if photo.error else _embedded(thumbnail(photo)),
        problem=text(f"audit.why_{photo.error}") if photo.error else "",
        label=_name(photo.raw_label),
        notes=notes,
        file=path.name + (f" · {photo.scores[finding]:.2f}" if finding in photo.findings else ""),
    )


def _name(label: str) -> str:
    return label.replace("_", " ")


def _embedded(pixels: NDArray[np.uint8]) -> str:
    picture = Image.fromarray(pixels)
    picture.thumbnail((_THUMBNAIL, _THUMBNAIL))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=72)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")
