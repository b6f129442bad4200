"""What the user chose: typed, saved whole or not at all.

Keys of a newer version are kept; a damaged file is kept aside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from fieldguide.core.atomic import written_atomically
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.storage.locations import make_folder

THEMES = ("system", "light", "dark")
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice with its default. Change one with `dataclasses.replace`.

    Attributes:
        theme: one of `THEMES`.
        language: ISO 639-1 code; empty means that of the system.
        model_path: the bundle to use; None means the one that came with the application.
        device: one of `DEVICES`.
        threads: of the model, 1 to 64; None lets it choose.
        region: a region of the guide (`europe` ...); empty: not known.
        country: ISO 3166-1 alpha-2 code in capitals, for the poison centres; empty: not known.
        use_place_and_season: whether the photo's place and date weigh the candidates.
        copy_photos: whether photos are copied into the library's folder; else they are referenced where they lie.
        backup_days, backups_kept: a copy of all finds every so many days (0: none), and how many of them stay.
        recorded_by: who found, as exports name them; empty: nobody is named.
        window: size and place of the window as Qt writes them, base64; empty: not yet opened.
        tile_width: of photos in the gallery, in pixels, 100 to 400.
        unknown: what the file held beyond these, written back as it was.
    """

    theme: str = "system"
    language: str = ""
    model_path: Path | None = None
    device: str = "auto"
    threads: int | None = None
    region: str = ""
    country: str = ""
    use_place_and_season: bool = False
    copy_photos: bool = False
    backup_days: int = 2
    backups_kept: int = 7
    recorded_by: str = ""
    window: str = ""
    tile_width: int = 216
    unknown: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class SettingsRead:
    """Settings to use, and what was wrong with the file (SETTINGS_DAMAGED), or None."""

    settings: Settings
    problem: FieldGuideError | None = None


def read_settings(path: Path, *, set_aside: bool = False) -> SettingsRead:
    """The settings of a file; the usual ones when it is missing or damaged. Never raises for what the file holds.

    A value of the wrong kind is replaced by its default; the rest of the file counts. A file that is no settings at
    all stays, and with `set_aside` is renamed before anything overwrites it: by who tells the person of it.
    """
    try:
        found = json.loads(path.read_bytes())
        if not isinstance(found, dict):
            raise ValueError("no table")
    except FileNotFoundError:
        return SettingsRead(Settings())
    except (OSError, ValueError, RecursionError):
        kept = path.with_name(f"{path.stem}.damaged{path.suffix}") if set_aside else path
        try:
            path.replace(kept)
        except OSError:
            kept = path
        return SettingsRead(Settings(), FieldGuideError(ErrorCode.SETTINGS_DAMAGED, path=str(path), kept=str(kept)))
    return SettingsRead(_settings(found))


def save_settings(path: Path, settings: Settings) -> None:
    """Write them all, atomically.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; the old file is untouched.
    """
    make_folder(path.parent)
    values = dict(settings.unknown) | {name: getattr(settings, name) for name in _FITS}
    values["model_path"] = str(settings.model_path) if settings.model_path else None
    text = json.dumps(values, indent=2, sort_keys=True)
    with written_atomically(path) as stream:
        stream.write(text.encode("utf-8", "surrogateescape") + b"\n")


def _settings(found: dict[str, object]) -> Settings:
    known = {name: found[name] for name, fits in _FITS.items() if name in found and fits(found[name])}
    if known.get("model_path") is not None:
        known["model_path"] = Path(str(known["model_path"]))
    unknown = {name: value for name, value in found.items() if name not in _FITS}
    return Settings(**known, unknown=MappingProxyType(unknown))  # type: ignore[arg-type]


def _is_word(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 64


def _is_place(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 400 and value.isascii()


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_FITS: dict[str, Callable[[object], bool]] = {
    "theme": lambda value: value in THEMES,
    "language": _is_word,
    "model_path": lambda value: value is None or (isinstance(value, str) and bool(value) and "\x00" not in value),
    "device": lambda value: value in DEVICES,
    "threads": lambda value: value is None or (type(value) is int and 1 <= value <= 64),
    "region": _is_word,
    "country": _is_word,
    "use_place_and_season": _is_flag,
    "copy_photos": _is_flag,
    "backup_days": lambda value: type(value) is int and 0 <= value <= 365,
    "backups_kept": lambda value: type(value) is int and 1 <= value <= 99,
    "recorded_by": _is_word,
    "window": _is_place,
    "tile_width": lambda value: type(value) is int and 100 <= value <= 400,
}
