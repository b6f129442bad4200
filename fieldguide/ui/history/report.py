"""The field report for the club: finds on paper, as a PDF. A map, photos, names, the machine's alarm, where, when, who.

No widget: it runs in any thread, and without a window, once a QGuiApplication is there (fonts are Qt's).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextTable,
)

from fieldguide.core.atomic import written_atomically
from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import machine_danger, shown_taxon
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.photo import read_photo
from fieldguide.core.records import Observation, Photo
from fieldguide.core.text import text
from fieldguide.core.world import squared
from fieldguide.storage.export import Exported
from fieldguide.storage.export.places import Places
from fieldguide.ui.history.map_ground import fitting, paint_ground, paint_scale
from fieldguide.ui.history.wording import date_words, place_words
from fieldguide.ui.kit.colours import LIGHT
from fieldguide.ui.kit.naming import name_of
from fieldguide.ui.kit.wording import on_paper

MOST_PHOTOS = 4  # of a find
AT_ONCE = 50  # finds; four pictures each are 120 MB
_IMAGES = QTextDocument.ResourceType.ImageResource.value
_SIDE = 520  # pixels of a photo's long side
_WIDTH = 170  # of a photo on the page, in points
_MAP = (1040, 560)  # pixels of the map
_DPI = 96
_MARGINS = QMarginsF(16, 14, 16, 10)  # millimetres
_FOOT_POINTS = 7
_SPARE = 16  # dots: a find that just fills a page would leave its lower edge, and nothing else, on the next
_FOOT = 24  # dots for the number of the page


def write_report(
    finds: Iterable[Observation], guide: Guide, path: Path, recorded_by: str = "", places: Places = Places.EXACT
) -> Exported:
    """Write it; the finds come with places as they may be given away (`places` says how).

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; what stood there before is untouched.
    """
    listed, missing = list(finds), list[Path]()
    made = print_documents(documents(listed, guide, recorded_by, places, missing))
    with written_atomically(path) as stream:
        stream.write(made)
    return Exported(path, len(listed), 0, tuple(missing))


def documents(
    finds: list[Observation], guide: Guide, recorded_by: str, places: Places, missing: list[Path]
) -> Iterator[QTextDocument]:
    """The report in parts, so that few pictures are held at once; `missing` gets the photos that cannot be read."""
    for begin in range(0, max(1, len(finds)), AT_ONCE):
        document = QTextDocument()
        head = "" if begin else _head(document, finds, guide, recorded_by, places)
        body = [_find_html(find, guide, _pictures(document, find, missing)) for find in finds[begin : begin + AT_ONCE]]
        document.setDefaultStyleSheet("body { color: #000; }")  # a dark window's own colour is pale
        document.setHtml(f"<body>{head}{''.join(body)}</body>")
        yield document


def _head(document: QTextDocument, finds: list[Observation], guide: Guide, recorded_by: str, places: Places) -> str:
    """Title, whose finds, and the map."""
    dots = [
        _Dot(find.id, find.latitude, find.longitude, danger_today(find, guide).shown)
        for find in finds
        if find.latitude is not None and find.longitude is not None
    ]
    who = escape(text("storage.report_by", who=recorded_by)) if recorded_by else ""
    blurred = escape(text("storage.report_blurred")) if dots and places is Places.BLURRED else ""
    seen = ""
    if dots:
        document.addResource(_IMAGES, QUrl("map:"), _map(dots))
        seen = '<p><img src="map:" width="660"></p>'
    return (
        f"<h1>{escape(text('storage.report_title'))}</h1><p>{who}</p>"
        f"<p><b>{escape(text('cli.guess'))}</b></p>{seen}<p>{blurred}</p>"
    )


def _pictures(document: QTextDocument, find: Observation, missing: list[Path]) -> str:
    pictures = []
    for photo in find.photos[:MOST_PHOTOS]:
        image = _image(photo)
        if image is None:
            missing.append(photo.path)
            continue
        address = QUrl(f"photo:{find.id}/{photo.sha256}")
        document.addResource(_IMAGES, address, image)
        width = _WIDTH if image.width() >= image.height() else _WIDTH * 3 // 4
        pictures.append(f'<img src="{address.toString()}" width="{width}">')
    return " ".join(pictures)


def _find_html(find: Observation, guide: Guide, pictures: str) -> str:
    taxon = shown_taxon(find)
    name = name_of(taxon, guide).first if taxon else text("history.kind_unknown")
    latin = f" (<i>{escape(taxon.name)}</i>)" if taxon and taxon.name != name else ""
    by = text("storage.report_named") if find.verified else text("storage.report_guess")
    shown = text(f"ui.danger_{danger_today(find, guide).shown.value}")
    alarm = text(f"ui.danger_{machine_danger(find.identification, guide).shown.value}")
    heading = f"<h3>{find.id} · {escape(name)}{latin}</h3>"
    heading += f"<b>{escape(shown)} · {escape(text('storage.report_alarm', alarm=alarm))}</b>"
    lines = [
        by,
        f"{date_words(find)} · {place_words(find)}",
        *(on_paper(each) for each in (", ".join(find.tags), find.notes)),
    ]
    facts = "<br>".join(escape(line).replace("\n", "<br>") for line in lines if line)
    # In one table, so that a page never ends between a name and its photos; its head stands again on further pages.
    return (
        f'<table width="100%" cellpadding="6"><thead><tr><td colspan="2">{heading}</td></tr></thead>'
        f'<tr><td width="290"><p>{facts}</p></td><td>{pictures}</td></tr></table>'
    )


@dataclass(frozen=True, slots=True)
class _Dot:
    """A find on the map: its number, its place in degrees, its danger as it is shown."""

    number: int
    latitude: float
    longitude: float
    level: Danger


def _map(dots: list[_Dot]) -> QImage:
    """All of them on a map that shows them from as near as can be; the worst are drawn last, over the others."""
    points = squared(np.array([dot.latitude for dot in dots]), np.array([dot.longitude for dot in dots]))
    look = fitting(points, *_MAP)
    image = QImage(*_MAP, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.mat))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont()
    font.setPointSizeF(13)
    paint_ground(painter, look, LIGHT, font)
    paint_scale(painter, look, LIGHT, font)
    painter.setFont(font)
    taken: list[QRectF] = []  # by the numbers of finds
    for dot, (x, y) in sorted(zip(dots, points.tolist(), strict=True), key=lambda each: each[0].level.severity):
        spot = look.to_view(x, y)
        painter.setPen(QPen(QColor(LIGHT.raised), 2))
        painter.setBrush(QColor(LIGHT.danger(dot.level).fill))
        painter.drawEllipse(spot, 8, 8)
        words = QRectF(spot.x() + 10, spot.y() - 26, 60, 22)
        if not any(words.intersects(other) for other in taken):
            taken.append(words)
            painter.setPen(QColor(LIGHT.text))
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(dot.number))
    painter.end()
    return image


def _image(photo: Photo) -> QImage | None:
    try:
        pixels = np.ascontiguousarray(read_photo(photo.path, _SIDE // 2).pixels)
    except FieldGuideError:
        return None
    height, width, _ = pixels.shape
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    return image.scaledToWidth(_SIDE) if width >= height else image.scaledToHeight(_SIDE)


def print_documents(parts: Iterable[QTextDocument]) -> bytes:
    """A PDF of them; each begins a page."""
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(made)
    writer.setTitle(text("storage.report_title"))
    writer.setCreator("FieldGuide")
    writer.setResolution(_DPI)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, _MARGINS, QPageLayout.Unit.Millimeter))
    painter, before = QPainter(writer), 0
    font = painter.font()
    font.setPointSizeF(_FOOT_POINTS)
    painter.setFont(font)
    for part in parts:
        before = _print(part, writer, painter, before)
    painter.end()
    made.close()
    return bytes(made.data().data())


def _print(document: QTextDocument, writer: QPdfWriter, painter: QPainter, before: int) -> int:
    """Put one behind the pages that were there `before`; returns how many there are then."""
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    width, height = writer.width(), writer.height() - _FOOT
    _part(document, width, height)
    document.setPageSize(QSizeF(width, height))
    for page in range(document.pageCount()):
        if before or page:
            writer.newPage()
        painter.save()
        painter.translate(0, -page * height)
        document.drawContents(painter, QRectF(0, page * height, width, height))
        painter.restore()
        foot = QRectF(0, height, width, _FOOT)
        feet = ((Qt.AlignmentFlag.AlignLeft, text("cli.guess")), (Qt.AlignmentFlag.AlignRight, str(before + page + 1)))
        for side, words in feet:
            painter.drawText(foot, side | Qt.AlignmentFlag.AlignBottom, words)
    return before + document.pageCount()


def _part(document: QTextDocument, width: float, height: float) -> None:
    """Begin a new page before each find that would be cut; where it is laid out without pages its height is its own."""
    document.setTextWidth(width)
    layout, used = document.documentLayout(), -1.0
    cursor = QTextCursor(document)
    cuts = []
    for frame in (each for each in document.rootFrame().childFrames() if isinstance(each, QTextTable)):
        place = layout.frameBoundingRect(frame)
        used = place.top() if used < 0 else used
        if used + place.height() > height - _SPARE:
            cuts.append(frame)
            used = 0.0
        used += place.height()
    cursor.beginEditBlock()
    for frame in cuts:
        shape = frame.frameFormat()
        shape.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
        frame.setFrameFormat(shape)
    cursor.endEditBlock()
