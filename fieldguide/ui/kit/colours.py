"""The two palettes, each designed for itself: paper and ink by day, bark and lamplight by night.

One accent (ink blue) for everything that can be pressed; the only other colours are dangers. No green anywhere:
beside a mushroom, green reads as permission. Text on every ground keeps a contrast of 4.5 : 1 or more (held by a test).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QGuiApplication, QPalette

from fieldguide.core.danger import Danger


@dataclass(frozen=True, slots=True)
class DangerColours:
    """One level: a loud pair for alarms (`fill` under `on_fill`) and a quiet pair for chips (`soft` under `ink`)."""

    fill: str
    on_fill: str
    soft: str
    ink: str


@dataclass(frozen=True, slots=True)
class Colours:
    """Every colour of one theme, as #rrggbb.

    `window` lies lowest, then `panel`, then `raised` (cards and fields); `line` separates. `spoke_for` and
    `spoke_against` tint the heat map: a pair that colour-blind people can tell apart.
    """

    dark: bool
    window: str
    panel: str
    raised: str
    hover: str
    line: str
    strong_line: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    track: str
    mat: str  # behind a photo
    spoke_for: str
    spoke_against: str
    dangers: dict[Danger, DangerColours]

    def danger(self, level: Danger) -> DangerColours:
        """Colours of a level as people see it."""
        return self.dangers[level.shown]


LIGHT = Colours(
    dark=False,
    window="#f3efe6",
    panel="#faf8f3",
    raised="#ffffff",
    hover="#efeae0",
    line="#e4ddcf",
    strong_line="#a2998a",
    text="#25211b",
    muted="#675f53",
    accent="#285a86",
    accent_hover="#1f4a70",
    accent_soft="#e3ecf4",
    on_accent="#ffffff",
    track="#eae4d8",
    mat="#e9e3d6",
    spoke_for="#1f6fd0",
    spoke_against="#e8730c",
    dangers={
        Danger.DEADLY: DangerColours("#9d1420", "#ffffff", "#f9e2e0", "#8f101b"),
        Danger.POISONOUS: DangerColours("#bd4309", "#ffffff", "#fbe6d9", "#963406"),
        Danger.PSYCHOACTIVE: DangerColours("#6a3aa2", "#ffffff", "#eee5f8", "#592f8b"),
        Danger.UNKNOWN: DangerColours("#f3b733", "#2b1f00", "#fceec9", "#6b4a00"),
        Danger.CAUTION: DangerColours("#7d602c", "#ffffff", "#f3ead6", "#674a16"),
        Danger.INEDIBLE: DangerColours("#635c51", "#ffffff", "#ece7dd", "#554e44"),
    },
)

DARK = Colours(
    dark=True,
    window="#161412",
    panel="#1d1b18",
    raised="#272420",
    hover="#302c27",
    line="#35312b",
    strong_line="#7d7568",
    text="#eee9e0",
    muted="#aca394",
    accent="#92bde6",
    accent_hover="#b1d1f0",
    accent_soft="#20303f",
    on_accent="#0e1c28",
    track="#3a352e",
    mat="#100e0d",
    spoke_for="#4a9bff",
    spoke_against="#ff9a3d",
    dangers={
        Danger.DEADLY: DangerColours("#b81f2c", "#ffffff", "#43191b", "#ffa6a0"),
        Danger.POISONOUS: DangerColours("#bf480f", "#ffffff", "#402414", "#ffb792"),
        Danger.PSYCHOACTIVE: DangerColours("#774ab4", "#ffffff", "#2e2341", "#d0b7f4"),
        Danger.UNKNOWN: DangerColours("#eeb63a", "#241a00", "#3b3013", "#f6d27a"),
        Danger.CAUTION: DangerColours("#75592a", "#ffffff", "#342b1a", "#e2c893"),
        Danger.INEDIBLE: DangerColours("#5f584d", "#ffffff", "#332f2a", "#c3baac"),
    },
)


def colours_now() -> Colours:
    """The theme in force, read from the application's palette: nothing of our own to keep in step.

    A widget's own palette would not do: style sheets write into it, a transparent ground becomes a black one.
    """
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def qt_palette(colours: Colours) -> QPalette:
    """The theme as Qt's palette, for everything that Qt paints by itself."""
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.raised,
        role.AlternateBase: colours.panel,
        role.Text: colours.text,
        role.Button: colours.raised,
        role.ButtonText: colours.text,
        role.BrightText: colours.on_accent,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.PlaceholderText: colours.muted,
        role.ToolTipBase: colours.text,
        role.ToolTipText: colours.window,
        role.Mid: colours.line,
        role.Dark: colours.strong_line,
        role.Light: colours.raised,
        role.Midlight: colours.panel,
        role.Shadow: colours.strong_line,
    }.items():
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(colours.strong_line))
    return palette
