"""The sheet as a document to print: HTML for QTextDocument, and the PDF that a hospital can read without this app."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSize, QSizeF, QUrl
from PySide6.QtGui import QFont, QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from fieldguide.core.atomic import written_atomically
from fieldguide.core.guide import Guide
from fieldguide.core.hands.wording import answer_words
from fieldguide.core.records import Observation
from fieldguide.core.text import percent, text
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.naming import (
    country_name,
    language_of_guide,
    name_of,
    onset_words,
    organs_of,
    ranked_name,
    spoken_language,
    syndrome_name,
    syndrome_outcome,
    syndrome_signs,
    when_words,
)
from fieldguide.ui.kit.wording import on_paper
from fieldguide.ui.poison.case import Case, Help, hours_words, phone_words, verified_words

DO = ("call", "everybody", "keep", "photo", "note", "go")
DONT = ("wait", "vomit", "medicine", "cooking", "app")
_POINTS = 9.5
_SMALL_POINTS = 7.5
_FOOT_POINTS = 18
_DPI = 300
_MARGIN_MM = 16
_PHOTO_HEIGHT, _PHOTO_WIDTH = 260, 640  # of about 950 and 670 that a page measures
_PHOTO_TALLEST, _PHOTO_NARROWEST = 520, 130  # a tall one is higher than the others until something can be seen of it
_STYLE = """
body { color: #000; } h1 { font-size: 19pt; margin: 0; } h2 { font-size: 11.5pt; margin: 9pt 0 3pt 0; }
p, li, td, th { font-size: 9.5pt; } p { margin: 2pt 0; } ul { margin: 0 0 0 -18pt; } li { margin: 1pt 0; }
th { text-align: left; font-weight: 600; } .small { font-size: 8pt; color: #333; }
.phone { font-size: 15pt; font-weight: 700; }
"""


def write_pdf(path: Path, case: Case, help_: Help, guide: Guide, photos: Sequence[QImage], now: datetime) -> int:
    """Write the sheet as an A4 PDF and return its number of pages. `photos` are pictures of the find, upright.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pages = _print(buffer, case, help_, guide, photos, now)
    with written_atomically(path) as stream:
        stream.write(buffer.data().data())
    return pages


def _print(device: QIODevice, case: Case, help_: Help, guide: Guide, photos: Sequence[QImage], now: datetime) -> int:
    writer = QPdfWriter(device)
    writer.setResolution(_DPI)
    writer.setTitle(text("poison.pdf_title"))
    writer.setCreator("FieldGuide")
    return print_sheet(writer, case, help_, guide, photos, now)


def print_sheet(
    paper: QPagedPaintDevice, case: Case, help_: Help, guide: Guide, photos: Sequence[QImage], now: datetime
) -> int:
    """Put the sheet on A4 pages of a printer or a PDF; returns how many."""
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    size, upright = QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait
    paper.setPageLayout(QPageLayout(size, upright, margins, QPageLayout.Unit.Millimeter))
    document = make_document(case, help_, guide, photos, now)
    document.documentLayout().setPaintDevice(paper)  # lay out with the printer's resolution, not the screen's
    foot = _FOOT_POINTS * paper.logicalDpiY() / 72
    width, height = float(paper.width()), paper.height() - foot
    document.setPageSize(QSizeF(width, height))
    font = QFont(document.defaultFont())
    font.setPointSizeF(_SMALL_POINTS)
    painter = QPainter(paper)
    pages = document.pageCount()
    for page in range(pages):
        if page:
            paper.newPage()
        painter.save()
        painter.translate(0, -page * height)
        # a dot less than the page: of a photo at the top of the next one its first line would be rounded onto this one
        document.drawContents(painter, QRectF(0, page * height, width, height - 2))
        painter.restore()
        painter.setFont(font)
        words = f"{text('poison.pdf_title')}   {when_words(now)}   {page + 1}/{pages}"
        painter.drawText(QPointF(0, paper.height() - foot / 4), words)
    painter.end()
    return pages


def make_document(case: Case, help_: Help, guide: Guide, photos: Sequence[QImage], now: datetime) -> QTextDocument:
    """The sheet as a document, photos inside."""
    document = QTextDocument()
    font = document.defaultFont()
    font.setPointSizeF(_POINTS)
    document.setDefaultFont(font)
    document.setDocumentMargin(0)
    document.setDefaultStyleSheet(_STYLE)
    for number, photo in enumerate(photos):
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"photo:{number}"), photo)
    document.setHtml(sheet_html(case, help_, guide, [photo.size() for photo in photos], now))
    return document


def sheet_html(case: Case, help_: Help, guide: Guide, photos: Sequence[QSize], now: datetime) -> str:
    """The whole sheet; pictures of these sizes are `photo:0` and so on."""
    parts = [
        f"<h1>{_t('title')}</h1><p>{_t('subtitle')}</p>",
        _whom_to_call(help_),
        f"<p>{_t('pdf_eaten')}</p>",
        f"<table width='100%'><tr><td width='50%'>{_bullets('do', DO)}</td>"
        f"<td width='50%'>{_bullets('dont', DONT)}</td></tr></table>",
        _courses(case, guide),
        _suspects(case, guide),
    ]
    if case.find is not None:
        parts.append(_find(case.find, guide, photos))
    parts.append(
        f"<p class='small'>{_t('pdf_made', when=when_words(now))} {_t('guide', version=case.guide_version)}</p>"
    )
    return f"<body>{''.join(parts)}</body>"


def _t(key: str, **facts: object) -> str:
    return escape(text(f"poison.{key}", **facts), quote=False)


def _whom_to_call(help_: Help) -> str:
    number = help_.number
    phone = phone_words(number.phone) if number else "112"
    unknown = (
        f" <span class='small'>{_t('emergency_unknown' if help_.country else 'emergency_anywhere')}</span>"
        if number is None
        else ""
    )
    lines = [f"<p><span class='phone'>{escape(phone)}</span> {_t('emergency')}{unknown}</p>"]
    for centre in help_.centres:
        spoken = (spoken_language(code) for code in centre.languages)
        details = ", ".join((hours_words(centre), *spoken, verified_words(centre)))
        lines.append(
            f"<p><span class='phone'>{escape(phone_words(centre.phone))}</span> {escape(centre.name)}"
            f" <span class='small'>{escape(details)}</span></p>"
        )
    if not help_.centres:
        lines.append(f"<p>{_t('centre_none' if help_.country else 'centre_choose')}</p>")
    if number is not None:
        ground = _t("emergency_read" if number.was_read else "emergency_recalled")
        lines.append(f"<p class='small'>{escape(phone)}: {ground}</p>")
    country = f" ({escape(country_name(help_.country))})" if help_.country else ""
    return f"<h2>{_t('pdf_call')}{country}</h2>{''.join(lines)}"


def printed_size(size: QSize) -> QSize:
    """How large a photo is printed: as high as the others, unless it is too wide for the page or too narrow to see."""
    ratio = max(1e-6, size.width() / max(1, size.height()))
    height = min(
        max(_PHOTO_HEIGHT, _PHOTO_NARROWEST / max(ratio, 1e-6)), _PHOTO_TALLEST, _PHOTO_WIDTH / max(ratio, 1e-6)
    )
    return QSize(max(1, round(height * ratio)), max(1, round(height)))


def _bullets(kind: str, keys: Sequence[str]) -> str:
    lines = "".join(f"<li>{_t(f'{kind}_{key}')}</li>" for key in keys)
    return f"<h2>{_t(kind)}</h2><ul>{lines}</ul>"


def _courses(case: Case, guide: Guide) -> str:
    if not case.courses:
        return ""
    lines = []
    for course in case.courses:
        syndrome = course.syndrome
        names = ", ".join(ranked_name(suspect.taxon) for suspect in course.suspects)
        late = _t("course_late") if course.late else _t("course_soon")
        organs = organs_of(syndrome)
        signs = _t("course_signs", onset=onset_words(course.onset_hours))
        lines.append(
            f"<p><b>{escape(syndrome_name(syndrome))}</b> - {signs}. {late}<br>"
            f"{escape(syndrome_signs(syndrome))}<br><span class='small'>{_t('pdf_organs')}: {escape(organs)}."
            f" {_t('pdf_toxins')}: {escape(', '.join(syndrome.toxins))}. {escape(syndrome_outcome(syndrome))}."
            f" {_t('course_by', names=names)}</span></p>"
        )
    notes = [language_of_guide(), text("poison.courses_rest", count=case.milder) if case.milder else ""]
    lines += [f"<p class='small'>{escape(note)}</p>" for note in notes if note]
    return f"<h2>{_t('courses')}</h2>{''.join(lines)}"


def _suspects(case: Case, guide: Guide) -> str:
    if not case.suspects:
        return f"<h2>{_t('suspects')}</h2><p>{_t('suspects_none')}</p>"
    rows = [
        f"<tr><th width='34%'>{_t('pdf_candidate')}</th><th width='11%'>{_t('pdf_danger')}</th>"
        f"<th width='21%'>{_t('pdf_probability')}</th><th width='34%'>{_t('pdf_syndrome')}</th></tr>"
    ]
    for suspect in case.listed:
        name = name_of(suspect.taxon, guide)
        record = guide.record(suspect.taxon.name)
        syndrome = guide.syndromes.get(record.syndrome) if record else None
        first = f"{escape(name.common)} " if name.common else ""
        share = percent(suspect.probability) if suspect.probability is not None else text("poison.not_from_photo")
        rows.append(
            f"<tr><td>{first}<i>{escape(ranked_name(suspect.taxon))}</i></td><td>{escape(danger_word(suspect.danger))}</td>"
            f"<td>{escape(share)}</td><td>{escape(syndrome_name(syndrome) if syndrome else '')}</td></tr>"
        )
    words = _t("suspects_words") if case.find is not None else _t("suspects_guide")
    table = f"<table width='100%' cellspacing='0' cellpadding='2'>{''.join(rows)}</table>"
    return f"<h2>{_t('suspects')}</h2><p>{words}</p>{table}"


def _find(find: Observation, guide: Guide, photos: Sequence[QSize]) -> str:
    unknown = text("poison.pdf_unknown")
    place = f"{find.latitude:.5f}, {find.longitude:.5f}" if find.latitude is not None else unknown
    said = find.identification
    pairs = [
        ("pdf_date", when_words(find.observed_at) if find.observed_at else unknown),
        ("pdf_place", place),
        ("pdf_label", name_of(find.verified, guide).first if find.verified else unknown),
        ("pdf_notes", on_paper(find.notes)),
        ("pdf_answers", "; ".join(answer_words(each) for each in find.seen if each.values)),
        ("pdf_files", on_paper(", ".join(photo.path.name for photo in find.photos))),
    ]
    if said is not None:
        pairs.append(
            ("pdf_model", f"{said.model.name} {said.model.version} ({said.model.id}), {when_words(said.made_at)}")
        )
        pairs.append(("pdf_guide", f"{said.guide_version}"))
    rows = "".join(
        f"<tr><td width='30%'>{_t(key)}</td><td>{escape(words).replace(chr(10), '<br>')}</td></tr>"
        for key, words in pairs
        if words
    )
    alarm = ""
    if said is not None:
        shares = {"deadly": percent(said.alarm.deadly), "harmful": percent(said.alarm.harmful)}
        alarm = f"<p>{_t('pdf_alarm', **shares)}</p>"
    # side by side in one paragraph: a page breaks between lines, never through one
    pictures = " ".join(
        f"<img src='photo:{number}' width='{size.width()}' height='{size.height()}'>"
        for number, size in enumerate(map(printed_size, photos))
    )
    pictures = f"<p>{pictures}</p>" if photos else ""
    return f"<h2>{_t('pdf_find')}</h2><table width='100%'>{rows}</table>{alarm}{pictures}"
