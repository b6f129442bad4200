"""The danger banner: what stands above every name. Icon, word, colour and number, and the names that carry it.

Deadly is loud and says everything at once. Every other level takes two lines and folds the rest, so that colour goes on
meaning something after a walk with twenty finds. A harmful or unknown level is filled to the edges, with hazard stripes
along its left; a mere caution is quieter, never cheerful; a photo of something else gets one quiet line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button, icon_button
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.icons import danger_icon, paint_icon, pixmap
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, ICON, ROUNDER, SPACE, TIGHT
from fieldguide.ui.kit.surfaces import clear, row, take_out

_STRIPES = 10
_SIGN = 40


@dataclass(frozen=True, slots=True)
class Carrier:
    """One name that carries the danger: common name (may be empty), scientific name, probability in words."""

    common: str
    scientific: str
    share: str

    @property
    def first(self) -> str:
        """The name that people read first."""
        return self.common or self.scientific


@dataclass(frozen=True, slots=True)
class Alert:
    """Everything a banner says. `figure` is the probability in words, empty when there is none to tell.

    `brief` is the second line of a level that folds; empty, and everything stands open. `quiet`: the headline alone.
    """

    level: Danger
    headline: str
    figure: str
    advice: str
    carriers: tuple[Carrier, ...] = ()
    more: str = ""  # "and 4 more", when the carriers are not all
    help_words: str = ""  # words of the button that asks for help; empty: no button
    brief: str = ""
    quiet: bool = False


class _Sign(QWidget):
    def __init__(self, banner: DangerBanner) -> None:
        super().__init__(banner)
        self._banner = banner
        self.setFixedSize(_SIGN, _SIGN)

    def paintEvent(self, event: QPaintEvent) -> None:
        ink = QColor(self._banner.ink)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wash = QColor(ink)
        wash.setAlphaF(0.16)
        painter.setBrush(wash)
        painter.drawEllipse(self.rect())
        paint_icon(painter, QRectF(self.rect()).adjusted(8, 8, -8, -8), danger_icon(self._banner.level), ink)
        painter.end()


class DangerBanner(QFrame):
    """Shows one `Alert`.

    Signals: `help_wanted` when somebody asks "Eaten it?", `told` when there is another alert or another theme.
    """

    help_wanted = Signal()
    told = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.level = Danger.UNKNOWN
        self._applied = ""
        self.quiet = False
        self._outer = outer = QHBoxLayout(self)
        outer.setSpacing(CLOSE + 2)
        self._sign = _Sign(self)
        outer.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self._column = column = QVBoxLayout()
        column.setSpacing(HAIR + 2)
        head = QHBoxLayout()
        self._headline, self._figure = label("", "alarm"), label("", "alarm", wrap=False)
        self._fold = icon_button(text("identify.alert_show"), "chevron_down", checkable=True)
        self._fold.toggled.connect(self._unfold)
        head.addWidget(self._headline, 1)
        head.addWidget(self._figure, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        self._brief = label("")
        self._second = row(spacing=TIGHT)
        self._second.addWidget(self._brief, 1)
        column.addLayout(self._second)
        self._names_box = QWidget()
        self._names = QGridLayout(self._names_box)
        self._names.setContentsMargins(0, 0, 0, 0)
        self._names.setHorizontalSpacing(TIGHT)
        self._names.setVerticalSpacing(HAIR)
        self._names.setColumnStretch(0, 1)
        column.addWidget(self._names_box)
        self._advice = label("")
        column.addWidget(self._advice)
        self._help = button("", "plain", "phone")
        self._help.clicked.connect(self.help_wanted)
        self._second.addWidget(self._help, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(column, 1)

    @property
    def filled(self) -> bool:
        """Whether it is filled to its edges: harm, or nobody knows."""
        return self.level.severity >= Danger.UNKNOWN.severity and not self.quiet

    @property
    def ink(self) -> str:
        """Colour of what is written on the banner."""
        pair = colours_now().danger(self.level)
        return pair.on_fill if self.filled else pair.ink

    @property
    def ground(self) -> str:
        """Colour that the banner is filled with."""
        pair = colours_now().danger(self.level)
        return pair.fill if self.filled else pair.soft

    def tell(self, alert: Alert) -> None:
        """Show this warning, and say it to screen readers as one sentence."""
        self.level, self.quiet = alert.level, alert.quiet
        self._headline.setText(alert.headline)
        self._figure.setText(alert.figure)
        self._figure.setVisible(bool(alert.figure))
        self._advice.setText(alert.advice)
        self._help.setText(alert.help_words)
        self._help.setVisible(bool(alert.help_words))
        self._show_names(alert.carriers, alert.more)
        self._brief.setText(alert.brief)
        self._lay_out(alert)
        spoken = [f"{carrier.common or carrier.scientific} {carrier.share}" for carrier in alert.carriers]
        self.setAccessibleName(" ".join((alert.headline, alert.figure)).strip())
        self.setAccessibleDescription(". ".join(filter(None, [*spoken, alert.brief, alert.advice])))
        self._applied = ""
        self._dress()
        self._sign.update()
        self.update()

    def _lay_out(self, alert: Alert) -> None:
        """Loud and open, two lines and a fold, or one quiet line."""
        folds = bool(alert.brief)
        loud = not (folds or alert.quiet)
        edge = SPACE if loud else TIGHT
        self._outer.setContentsMargins(edge + _STRIPES, edge, edge, edge)
        self._sign.setVisible(loud)
        self._headline.setProperty("role", "alarm" if loud else "body" if alert.quiet else "heading")
        self._figure.setProperty("role", "alarm" if loud else "heading")
        for words in (self._headline, self._figure):
            words.style().polish(words)
        self._fold.setVisible(folds)
        self._fold.setChecked(False)
        self._brief.setVisible(folds)
        self._unfold(loud)
        for home in (self._second, self._column):
            take_out(home, self._help)
        if folds:
            self._second.addWidget(self._help, 0, Qt.AlignmentFlag.AlignTop)
        else:
            self._column.addWidget(self._help, 0, Qt.AlignmentFlag.AlignLeft)

    def _unfold(self, on: bool) -> None:
        self._names_box.setVisible(on and self._names.count() > 0)
        self._advice.setVisible(on and bool(self._advice.text()))

    def _show_names(self, carriers: Sequence[Carrier], more: str) -> None:
        clear(self._names)
        for place, carrier in enumerate(carriers):
            name = label("", "body")
            name.setTextFormat(Qt.TextFormat.RichText)
            first = f"<b>{_escape(carrier.common)}</b> " if carrier.common else ""
            name.setText(f"{first}<i>{_escape(carrier.scientific)}</i>")
            share: QLabel = label(carrier.share, "body", wrap=False)
            self._names.addWidget(name, place, 0)
            self._names.addWidget(share, place, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        if more:
            self._names.addWidget(label(more, "body"), len(carriers), 0, 1, 2)

    def _dress(self) -> None:
        ink, ground = self.ink, self.ground
        edge = QColor(ink)
        sheet = (
            f"QLabel {{ color: {ink}; }}"
            f"QPushButton {{ background: {ink}; color: {ground}; border: 2px solid {ink}; padding: 6px 14px;"
            " font-weight: 650; margin-top: 4px; }"
            f"QPushButton:hover {{ background: {edge.darker(108).name()}; }}"
            f"QPushButton:focus {{ border: 2px solid {ground}; }}"
            "QToolButton { border: none; background: transparent; }"
            f"QToolButton:focus {{ border: 2px solid {ink}; }}"
        )
        if sheet != self._applied:
            self._applied = sheet
            self.setStyleSheet(sheet)
            self._help.setIcon(QIcon(pixmap("phone", ground, ICON, self.devicePixelRatioF())))
            self._fold.setIcon(QIcon(pixmap("chevron_down", ink, ICON, self.devicePixelRatioF())))
            self.told.emit()

    def changeEvent(self, event: QEvent) -> None:
        """A new theme dresses the banner again."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._dress()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, and hazard stripes along the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), ROUNDER, ROUNDER)
        painter.fillPath(outline, QColor(self.ground))
        painter.setClipPath(outline)
        _paint_stripes(painter, self.height(), QColor(self.ink), 0.9 if self.filled else 0.55)
        painter.setClipping(False)
        if not self.filled:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.ink), 1))
            painter.drawPath(outline)
        painter.end()


def _paint_stripes(painter: QPainter, height: int, ink: QColor, strength: float) -> None:
    wash = QColor(ink)
    wash.setAlphaF(strength * 0.32)
    painter.fillRect(QRectF(0, 0, _STRIPES, height), wash)
    ink.setAlphaF(strength)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for top in range(-_STRIPES * 2, height + _STRIPES, 18):
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(0, top + _STRIPES),
                    QPointF(_STRIPES, top),
                    QPointF(_STRIPES, top + 9),
                    QPointF(0, top + 9 + _STRIPES),
                ]
            )
        )


def _escape(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")
