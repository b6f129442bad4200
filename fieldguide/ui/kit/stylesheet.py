"""One style sheet for one theme and one size of text. Widgets choose a look by the properties `look` and `role`.

`role` of a QLabel: display, title, alarm, heading, body, muted, small, overline, scientific.
`look` of a button: primary, plain, quiet, link (flush with the text around it); of a QFrame: card, panel, line, rail.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from fieldguide.ui.kit.colours import Colours

_SHEET = Template("""
* { outline: none; }
QWidget { font-size: ${body}pt; }
QMainWindow, QDialog { background: $window; }
QToolTip { background: $text; color: $window; border: none; padding: 5px 8px; font-size: ${small}pt; }

QLabel { background: transparent; }
QLabel[role="display"] { font-size: ${display}pt; font-weight: 650; }
QLabel[role="title"] { font-size: ${title}pt; font-weight: 650; }
QLabel[role="alarm"] { font-size: ${alarm}pt; font-weight: 700; }
QLabel[role="heading"] { font-size: ${heading}pt; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: ${small}pt; }
QLabel[role="overline"] { color: $muted; font-size: ${tiny}pt; font-weight: 650; letter-spacing: 1px; }
QLabel[role="scientific"] { color: $muted; font-style: italic; }
QLabel[role="key"] { background: $raised; border: 1px solid $line; border-bottom: 2px solid $line; border-radius: 5px;
    padding: 2px 7px; font-weight: 600; font-size: ${small}pt; }

QFrame[look="card"] { background: $raised; border: 1px solid $line; border-radius: 14px; }
QFrame[look="panel"] { background: $panel; border: none; }
QFrame[look="rail"] { background: $panel; border: none; border-right: 1px solid $line; }
QFrame[look="foot"] { background: $panel; border: none; border-top: 1px solid $line; }
QFrame[look="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }

QPushButton, QToolButton { border-radius: 9px; padding: 7px 14px; border: 1px solid $line; background: $raised;
    color: $text; font-weight: 550; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:disabled, QToolButton:disabled { color: $strong_line; background: transparent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 6px 13px; }
QPushButton[look="plain"]:checked { background: $accent_soft; color: $accent; border-color: $accent; }
QPushButton[look="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; padding: 9px 20px; }
QPushButton[look="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[look="primary"]:disabled { background: $track; border-color: $track; color: $muted; }
QPushButton[look="primary"]:focus { border: 2px solid $text; padding: 8px 19px; }
QPushButton[look="quiet"], QToolButton[look="quiet"] { background: transparent; border: 1px solid transparent;
    color: $accent; }
QPushButton[look="quiet"]:hover, QToolButton[look="quiet"]:hover { background: $accent_soft; }
QPushButton[look="quiet"]:focus, QToolButton[look="quiet"]:focus { border: 2px solid $accent; }
QPushButton[look="quiet"]:disabled, QToolButton[look="quiet"]:disabled { color: $strong_line; }
QPushButton[look="link"] { background: transparent; border: 1px solid transparent; color: $accent;
    padding: 4px 6px 4px 0; text-align: left; }
QPushButton[look="link"]:hover { color: $accent_hover; }
QPushButton[look="link"]:focus { border: 2px solid $accent; padding: 3px 5px 3px 0; }
QToolButton[look="icon"] { background: transparent; border: 1px solid transparent; padding: 6px; }
QToolButton[look="icon"]:hover { background: $hover; }
QToolButton[look="icon"]:checked { background: $accent_soft; color: $accent; }
QToolButton[look="icon"]:focus { border: 2px solid $accent; padding: 5px; }
QToolButton[look="rail"] { background: transparent; border: 1px solid transparent; border-radius: 12px;
    color: $muted; padding: 9px 4px; font-size: ${small}pt; font-weight: 550; }
QToolButton[look="rail"]:hover { background: $hover; color: $text; }
QToolButton[look="rail"]:checked { background: $accent_soft; color: $accent; font-weight: 650; }
QToolButton[look="rail"]:focus { border: 2px solid $accent; padding: 8px 3px; }
QToolButton[look="segment"] { border-radius: 8px; border: 1px solid transparent; background: transparent;
    color: $muted; padding: 6px 14px; }
QToolButton[look="segment"]:checked { background: $raised; color: $text; border-color: $line; }
QToolButton[look="segment"]:focus { border: 2px solid $accent; padding: 5px 13px; }
QToolButton[look="filter"] { border-radius: 14px; padding: 5px 12px; font-size: ${small}pt; color: $muted; }
QToolButton[look="filter"][on="true"] { background: $accent_soft; color: $accent; border-color: $accent;
    font-weight: 650; }
QToolButton[look="filter"]:focus { border: 2px solid $accent; padding: 4px 11px; }
QFileDialog QToolButton { padding: 5px; }
QFileDialog QToolButton:focus { padding: 4px; }
QToolButton::menu-indicator { image: none; width: 0; }
QFrame[look="segments"] { background: $track; border-radius: 10px; border: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDateTimeEdit { background: $raised; color: $text;
    border: 1px solid $line; border-radius: 9px; padding: 7px 10px; selection-background-color: $accent;
    selection-color: $on_accent; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus {
    border: 2px solid $accent; padding: 6px 9px; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$chevron_down"); width: 14px; height: 14px; }
QFileDialog { backward-icon: url("$chevron_left"); forward-icon: url("$chevron_right");
    filedialog-parent-directory-icon: url("$chevron_up"); }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; selection-background-color: $accent_soft;
    selection-color: $text; padding: 4px; }

QAbstractItemView { background: transparent; border: none; color: $text; }
QListView:focus, QTreeView:focus, QTableView:focus { border: none; }
QListView[look="names"]::item { padding: 8px 10px; border-radius: 8px; }
QListView[look="names"]::item:hover { background: $hover; }
QListView[look="names"]::item:selected { background: $accent_soft; color: $text; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 8px; font-weight: 600; }
QCheckBox, QRadioButton { spacing: 8px; padding: 3px; border: 2px solid transparent; border-radius: 6px; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $accent; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 2px solid $muted; border-radius: 5px;
    background: $raised; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked, QRadioButton::indicator:checked {
    width: 8px; height: 8px; border: 5px solid $accent; background: $on_accent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget#sheet { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar::handle:vertical { background: $track; border-radius: 4px; min-height: 36px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle:horizontal { background: $track; border-radius: 4px; min-width: 36px; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::handle:hover { background: $strong_line; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none;
    border: none; width: 0; height: 0; }
QSlider { border: 2px solid transparent; border-radius: 8px; }
QSlider:focus { border: 2px solid $accent; }
QSlider::groove:horizontal { background: $track; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $strong_line; border-radius: 2px; }
QSlider::handle:horizontal { background: $raised; border: 1px solid $strong_line; width: 14px; margin: -6px 0;
    border-radius: 8px; }
QSlider::handle:horizontal:hover { border-color: $accent; }
QProgressBar { background: $track; border: none; border-radius: 4px; max-height: 8px; min-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QMenu { background: $raised; border: 1px solid $line; border-radius: 10px; padding: 6px; menu-scrollable: 1; }
QMenu::item { padding: 7px 22px 7px 14px; border-radius: 6px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QSplitter::handle { background: transparent; }
""")

CHEVRONS = ("down", "left", "right", "up")
_SIZES = {"tiny": 0.8, "small": 0.89, "body": 1.0, "heading": 1.13, "alarm": 1.32, "title": 1.5, "display": 2.0}


def sizes(body: float) -> dict[str, float]:
    """Point sizes of every text by its name, for a body text of `body` points."""
    return {name: round(body * factor, 1) for name, factor in _SIZES.items()}


def stylesheet(colours: Colours, body: float, chevrons: Mapping[str, str]) -> str:
    """The sheet; `chevrons`: paths of pictures in the theme's colour (style sheets cannot tint one), by `CHEVRONS`."""
    plain = {name: getattr(colours, name) for name in colours.__slots__ if isinstance(getattr(colours, name), str)}
    return _SHEET.substitute(plain, **sizes(body), **{f"chevron_{way}": path for way, path in chevrons.items()})
