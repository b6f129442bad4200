"""The contact sheet: one HTML file that opens offline, with a row of small pictures for each finding, worst first."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fieldguide.core.atomic import write_whole
from fieldguide.core.text import text
from trainer.data.audit.findings import AuditReport, Finding, PhotoAudit

Thumbnail = Callable[[PhotoAudit], NDArray[np.uint8]]
_THUMBNAIL = 172  # pixels of the long side
_COPIES = (Finding.COPY_ACROSS_LABELS, Finding.EXACT_COPY, Finding.NEAR_COPY)

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #777; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; } h2 { margin: 2.5rem 0 .2rem; font-size: 1.2rem; }
p, figcaption, .quiet { color: var(--quiet); } table { border-collapse: collapse; }
td, th { padding: .15rem 1rem .15rem 0; text-align: left; border-bottom: 1px solid var(--line); }
td + td, th + th { text-align: right; font-variant-numeric: tabular-nums; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(172px, 1fr)); gap: 1.1rem; margin-top: .8rem; }
figure { margin: 0; } i { padding: 1rem; text-align: center; }
figure a { display: grid; place-items: center; aspect-ratio: 1; border-radius: 8px; background: #8882; color: inherit; }
img { border-radius: 8px; width: 100%; height: 100%; object-fit: contain; display: block; }
figcaption { font-size: 13px; overflow-wrap: anywhere; line-height: 1.4; margin-top: .3rem; }
figcaption span { display: block; } b { color: CanvasText; font-weight: 600; }
.told { color: CanvasText; }
"""


def write_sheet(
    file: Path, report: AuditReport, thumbnail: Thumbnail, per_finding: int = 60, min_photos: int = 0
) -> None:
    """Write the sheet.

    `thumbnail` gives uint8 RGB [H, W, 3] of a readable photo; labels with fewer than `min_photos` photos are named.
    """
    parts = [f"<p>{escape(text('audit.intro'))}</p>", _summary(report), _suspects(report), _thin(report, min_photos)]
    parts += [_section(report, finding, thumbnail, per_finding) for finding in report.looked_for]
    title = escape(text("audit.title", count=len(report.photos)))
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1>{''.join(parts)}</html>"
    )
    write_whole(file, page)


def _summary(report: AuditReport) -> str:
    heads = (text("audit.summary_finding"), text("audit.summary_count"), text("audit.summary_share"))
    rows = "".join(
        f'<tr><td><a href="#{finding}">{escape(text(f"audit.{finding}"))}</a></td><td>{count}</td>'
        f"<td>{100 * count / max(len(report.photos), 1):.1f} %</td></tr>"
        for finding, count in report.counts().items()
    )
    return f"<table><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>{rows}</table>"


def _suspects(report: AuditReport) -> str:
    suspects = report.suspect_labels()
    if not suspects:
        return ""
    items = [
        text("audit.suspect_label", label=_name(label), share=round(100 * part)) for label, part in suspects.items()
    ]
    return _list(text("audit.suspect_labels"), text("audit.suspect_labels_about"), items)


def _thin(report: AuditReport, minimum: int) -> str:
    thin = report.thin_labels({}, minimum)
    items = [text("audit.thin_label", label=_name(label), count=count) for label, count in thin.items()]
    return _list(text("audit.thin_labels", minimum=minimum), "", items) if items else ""


def _list(head: str, about: str, items: list[str]) -> str:
    entries = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<h2>{escape(head)}</h2><p>{escape(about)}</p><ul>{entries}</ul>"


def _section(report: AuditReport, finding: Finding, thumbnail: Thumbnail, limit: int) -> str:
    listed = report.listed(finding)
    if not listed:
        return ""
    shown = listed[:limit]
    about = text(f"audit.{finding}_about")
    count = text("audit.shown", shown=len(shown), count=len(listed))
    if finding in _COPIES:
        shown = _beside_their_originals(shown, report, finding)
    figures = "".join(_figure(photo, finding, thumbnail) for photo in shown)
    head = f'<h2 id="{finding}">{escape(text(f"audit.{finding}"))}</h2>'
    return f'{head}<p>{escape(about)} <span class="quiet">{escape(count)}</span></p><div class="sheet">{figures}</div>'


def _beside_their_originals(shown: list[PhotoAudit], report: AuditReport, finding: Finding) -> list[PhotoAudit]:
    """Copies side by side, and before them the photo of the same label that they are copies of."""
    wanted = {(photo.group, photo.raw_label) for photo in shown}
    stays = [p for p in report.photos if (p.group, p.raw_label) in wanted and not set(_COPIES[1:]) & set(p.findings)]
    found = {photo.index: photo for photo in [*stays, *shown]}.values()
    return sorted(found, key=lambda p: (p.group, p.raw_label, p.scores.get(finding, 0.0) > 0, p.index))


def _figure(photo: PhotoAudit, finding: Finding, thumbnail: Thumbnail) -> str:
    path = Path(photo.file)
    told = []
    if finding not in photo.findings:
        told.append(text("audit.stays"))
    if finding is Finding.COPY_ACROSS_LABELS:
        told.append(text("audit.also_under", labels=", ".join(map(_name, photo.elsewhere))))
    if finding is Finding.LABEL_ERROR:
        told.append(text("audit.looks_like", label=photo.suggestion))
    if photo.error:
        picture = f"<i>{escape(text(f'audit.why_{photo.error}'))}</i>"
    else:
        picture = f'<img src="{_embedded(thumbnail(photo))}" alt="">'
    score = f" · {photo.scores[finding]:.2f}" if finding in photo.findings else ""
    link = escape(path.resolve().as_uri(), quote=True)
    lines = [
        f"<b>{escape(_name(photo.raw_label))}</b>",
        *(f'<span class="told">{escape(line)}</span>' for line in told),
    ]
    caption = f"<figcaption>{''.join(lines)}<span>{escape(path.name)}{score}</span></figcaption>"
    return f'<figure><a href="{link}">{picture}</a>{caption}</figure>'


def _name(label: str) -> str:
    return label.replace("_", " ")


def _embedded(pixels: NDArray[np.uint8]) -> str:
    picture = Image.fromarray(pixels)
    picture.thumbnail((_THUMBNAIL, _THUMBNAIL))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=72)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")
