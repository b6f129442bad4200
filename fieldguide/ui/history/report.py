"""The field report for the club: finds on paper, as a PDF. Photos, names, the machine's alarm, where, when, who.

No widget: it runs in any thread, and without a window, once a QGuiApplication is there (fonts are Qt's).
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QUrl
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from fieldguide.core.atomic import written_atomically
from fieldguide.core.decision.standing import current_danger, machine_danger, shown_taxon
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.hands import heard
from fieldguide.core.photo import read_photo
from fieldguide.core.records import Observation, Photo
from fieldguide.core.text import text
from fieldguide.storage.export import Exported
from fieldguide.ui.kit.naming import day_words, name_of

MOST_PHOTOS = 4  # of a find
_SIDE = 420  # pixels of a photo's long side
_WIDTH = 150  # of a photo on the page, in points


def write_report(finds: Iterable[Observation], guide: Guide, path: Path, recorded_by: str = "") -> Exported:
    """Write it; the finds come with places as they may be told.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; what stood there before is untouched.
    """
    document, body, missing, written = QTextDocument(), list[str](), list[Path](), 0
    for find in finds:
        pictures = []
        for photo in find.photos[:MOST_PHOTOS]:
            image = _image(photo)
            if image is None:
                missing.append(photo.path)
                continue
            address = QUrl(f"photo:{find.id}/{photo.sha256}")
            document.addResource(QTextDocument.ResourceType.ImageResource.value, address, image)
            width = _WIDTH if image.width() >= image.height() else _WIDTH * 3 // 4
            pictures.append(f'<img src="{address.toString()}" width="{width}">')
        body.append(_find_html(find, guide, " ".join(pictures)))
        written += 1
    who = escape(text("storage.report_by", who=recorded_by)) if recorded_by else ""
    document.setHtml(
        f"<h1>{escape(text('storage.report_title'))}</h1><p>{who}</p>"
        f"<p><b>{escape(text('cli.guess'))}</b></p>{''.join(body)}"
    )
    with written_atomically(path) as stream:
        stream.write(_pdf(document))
    return Exported(path, written, 0, tuple(missing))


def _find_html(find: Observation, guide: Guide, pictures: str) -> str:
    taxon = shown_taxon(find)
    name = name_of(taxon, guide).first if taxon else text("history.kind_unknown")
    latin = f" (<i>{escape(taxon.name)}</i>)" if taxon and taxon.name != name else ""
    by = text("storage.report_named") if find.verified else text("storage.report_guess")
    shown = text(f"ui.danger_{current_danger(heard(find, guide), guide).shown.value}")
    alarm = text(f"ui.danger_{machine_danger(find.identification, guide).shown.value}")
    day = day_words(find.observed_at) if find.observed_at else text("history.no_date")
    where = f"{find.latitude:.4f}, {find.longitude:.4f}" if find.latitude is not None else text("history.no_place")
    notes = escape(find.notes).replace("\n", "<br>")
    lines = [f"<b>{escape(shown)} · {escape(text('storage.report_alarm', alarm=alarm))}</b>", escape(by)]
    lines += [f"{escape(day)} · {escape(where)} · {find.id}", escape(", ".join(find.tags)), notes]
    facts = "<br>".join(line for line in lines if line)
    return f"<hr><h3>{escape(name)}{latin}</h3><p>{facts}</p><p>{pictures}</p>"


def _image(photo: Photo) -> QImage | None:
    try:
        pixels = np.ascontiguousarray(read_photo(photo.path, _SIDE // 2).pixels)
    except FieldGuideError:
        return None
    height, width, _ = pixels.shape
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    return image.scaledToWidth(_SIDE) if width >= height else image.scaledToHeight(_SIDE)


def _pdf(document: QTextDocument) -> bytes:
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(made)
    writer.setTitle(text("storage.report_title"))
    writer.setCreator("FieldGuide")
    margins = QMarginsF(18, 18, 18, 18)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    document.print_(writer)
    made.close()
    return bytes(made.data().data())
