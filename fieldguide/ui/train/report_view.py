"""The report of a training in the window: its sections on the left, the chosen one beside them. Nothing leads out.

A section at a time, for the whole page with its hundreds of photos takes seconds to lay out.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QFont, QImage, QPainter, QTextCursor, QTextDocument
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QListWidget, QTextBrowser, QVBoxLayout, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from fieldguide.core.training.report import Report, pieces
from fieldguide.ui.kit.bar import HEIGHT, paint_bar
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.colours import Colours, colours_now
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row

_LIST, _CHART, _BAR = 190, 600, 56  # widths
_IMAGE = QTextDocument.ResourceType.ImageResource


class ReportView(QWidget):
    """The view. Signals: `back_wanted`; `browser_wanted`: the page as it was written."""

    back_wanted = Signal()
    browser_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sections = QListWidget()
        self.sections.setFixedWidth(_LIST)
        self.sections.setSpacing(2)
        self.sections.setAccessibleName(text("training.report_title"))
        self.page = ReportPage()
        back = button(text("training.report_back"), "plain")
        back.clicked.connect(self.back_wanted)
        browser = button(text("training.report_browser"), "quiet")
        browser.clicked.connect(self.browser_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, SPACE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addLayout(row(back, label(text("training.report_title"), "title", wrap=False), None, browser))
        column.addLayout(row(self.sections, self.page), 1)
        column.addWidget(label(text("training.report_words"), "small"))
        self.sections.currentRowChanged.connect(self._show)

    def show_report(self, report: Report) -> None:
        """Show its first section."""
        self._report = report
        self.page.charts = report.charts
        self.sections.clear()
        self.sections.addItems([f"{each.title[:1].upper()}{each.title[1:]}" for each in report.sections])
        self.sections.setCurrentRow(0)
        self.sections.setFocus()

    def _show(self, place: int) -> None:
        if place >= 0:
            self.page.tell(self._report.sections[place].html)


class ReportPage(QTextBrowser):
    """One section. Pictures come out of the report itself: data, charts and bars, never a file and never an address."""

    def __init__(self) -> None:
        super().__init__()
        self.charts: tuple[str, ...] = ()
        self._html = self._applied = ""
        self._coming: list[str] = []
        self._wanted = 0  # where the scroll bar stood when the page was painted anew
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._add_piece)
        self.setOpenLinks(False)
        self.setAccessibleName(text("training.report_title"))

    def tell(self, html: str) -> None:
        """Show a section in the colours of the theme: its beginning at once, then piece by piece."""
        self._html, self._applied, self._wanted = html, _style(colours_now()), 0
        self.document().setDefaultStyleSheet(self._applied)
        first, *self._coming = pieces(html)
        self.setHtml(first)
        self._timer.start()

    def _add_piece(self) -> None:
        if self._coming:
            end = QTextCursor(self.document())
            end.movePosition(QTextCursor.MoveOperation.End)
            end.insertHtml(self._coming.pop(0))
        if not self._coming:
            self._timer.stop()
            if self._wanted:
                self.verticalScrollBar().setValue(self._wanted)

    def changeEvent(self, event: QEvent) -> None:
        """A new theme paints it anew, where it was read."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._html and self._applied != _style(colours_now()):
            at = self.verticalScrollBar().value()
            self.tell(self._html)
            self._wanted = at

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture of the report; anything else is nothing."""
        url = QUrl(name)
        if kind != _IMAGE.value:
            return None
        if url.scheme() == "data":
            return QImage.fromData(QByteArray.fromBase64(url.path().partition(",")[2].encode()))
        words = url.path().split(":")
        if url.scheme() == "chart" and int(words[0]) < len(self.charts):
            return chart_image(self.charts[int(words[0])], self.devicePixelRatioF())
        if url.scheme() == "bar":
            return _bar_image(float(words[0]) / 100, self.devicePixelRatioF(), bad=words[-1] == "bad")
        return None


def chart_image(chart: str, ratio: float) -> QImage:
    """A chart of the report in the colours of the theme, as wide as a page of it."""
    colours = colours_now()
    family = QFont().defaultFamily()
    sheet = (
        f"text {{ font-size: 12px; font-family: {family}; fill: {colours.muted}; }} .strong {{ fill: {colours.text}; }}"
        f".axis {{ stroke: {colours.line}; }} .soft {{ fill: {colours.track}; }}"
        f".fill, .dot {{ fill: {colours.accent}; }}"
        f".first {{ stroke: {colours.accent}; fill: none; stroke-width: 2.2; }}"
        f".second {{ stroke: {colours.spoke_against}; fill: none; stroke-width: 2.2; }}"
        f".third, .ideal {{ stroke: {colours.muted}; fill: none; stroke-dasharray: 4,4; }}"
        f".range {{ stroke: {colours.accent}; stroke-opacity: 0.35; stroke-width: 3; fill: none; }}"
    )
    start = chart.index(">") + 1
    drawn = QSvgRenderer(f"{chart[:start]}<style>{sheet}</style>{chart[start:]}".encode())
    size = drawn.viewBoxF().size()
    width = min(_CHART, round(size.width() * 1.3))
    high = round(width * size.height() / max(1.0, size.width()))
    return _painted(width, high, ratio, lambda painter: drawn.render(painter, QRectF(0, 0, width, high)))


def _bar_image(share: float, ratio: float, *, bad: bool) -> QImage:
    colours = colours_now()
    fill = colours.danger(Danger.DEADLY).fill if bad else colours.accent
    field = QRectF(0, 1, _BAR, HEIGHT)
    return _painted(_BAR, HEIGHT + 2, ratio, lambda painter: paint_bar(painter, field, share, colours.track, fill))


def _painted(width: int, height: int, ratio: float, paint: Any) -> QImage:
    image = QImage(QSize(width, height) * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    return image


def _style(colours: Colours) -> str:
    """What the page looks like, in the few words that a text document understands."""
    deadly = colours.danger(Danger.DEADLY)
    chips = (
        f".chip-{level.value} {{ background-color: {pair.soft}; color: {pair.ink}; font-weight: 600; }}"
        for level, pair in colours.dangers.items()
    )
    marks = {"accent": colours.accent, "second": colours.spoke_against, "deadly": deadly.ink, "quiet": colours.muted}
    return "".join(
        (
            "h1 { font-size: x-large; } h2 { font-size: large; } h3 { font-size: medium; }",
            f".quiet, .about, small {{ color: {colours.muted}; }} a {{ color: {colours.accent}; }}",
            f".warning {{ background-color: {deadly.soft}; }} .verdict {{ background-color: {colours.accent_soft}; }}",
            f".card {{ background-color: {colours.panel}; }} .card-danger {{ background-color: {deadly.soft}; }}",
            f"th {{ background-color: {colours.panel}; }} td, th {{ border-bottom: 1px solid {colours.line}; }}",
            f".cell, .card, .card-danger {{ border-bottom: none; }} pre {{ background-color: {colours.panel}; }}",
            *chips,
            *(f".mark-{name} {{ color: {colour}; }}" for name, colour in marks.items()),
        )
    )
