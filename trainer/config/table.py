"""A run's options in TOML: read, written, laid over each other. Unknown names and wrong types are refused."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import typing
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import tomli_w

from fieldguide.core.atomic import write_whole
from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.config.files import read_text
from trainer.config.presets import with_preset
from trainer.config.records import RunConfig
from trainer.config.refusal import refuse

Config = TypeVar("Config")

_NO_TOML = (ValueError, RecursionError)
"""What the parser raises: its own error is a ValueError, as that of a number too long; brackets may be too deep."""

RENAMED = {
    "data.folder": "data.folders",
    "data.manifest": "data.manifests",
    "judgement": "decision",
    "decision.strangers": "decision.novel_share",
}
"""Options and tables that earlier versions called otherwise, in the order in which a file is brought up to date."""


def read_config(file: Path) -> RunConfig:
    """Read a run's TOML. Raises FieldGuideError(CONFIG_INVALID) for what is unknown, of a wrong type or impossible."""
    try:
        table = tomllib.loads(read_text(file, str(file)))
    except FileNotFoundError as missing:
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=str(file), problem="no such file") from missing
    except _NO_TOML as problem:
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=str(file), problem=str(problem)) from problem
    _as_today(table)
    preset = table.get("preset")
    config: RunConfig = overlay(with_preset(RunConfig(), preset) if isinstance(preset, str) else RunConfig(), table)
    return config


def _as_today(table: dict[str, Any]) -> None:
    """Give what earlier versions wrote the names of today, in place. Their one folder is a list of one now."""
    for old, new in RENAMED.items():
        above, _, name = old.rpartition(".")
        inside = table.get(above) if above else table
        if not isinstance(inside, dict) or name not in inside:
            continue
        value = inside.pop(name)
        if above == "data":
            value = [value] if value else []
        inside.setdefault(new.rpartition(".")[2], value)


def write_config(config: RunConfig, file: Path) -> None:
    """Write every value, defaults included, so that `read_config` gives the same run."""
    write_whole(file, tomli_w.dumps(_plain(dataclasses.asdict(config))))


def differences(one: RunConfig, other: RunConfig) -> list[str]:
    """Names of the options in which two configurations differ, as `--set` names them."""
    first, second = (_flat(dataclasses.asdict(config), "") for config in (one, other))
    return [name for name in sorted(first.keys() | second.keys()) if first.get(name) != second.get(name)]


def _flat(table: dict[str, Any], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        found |= _flat(value, f"{where}{name}.") if isinstance(value, dict) else {where + name: value}
    return found


def build(kind: type[Config], table: Mapping[str, Any]) -> Config:
    """A dataclass from a TOML table; unknown keys, wrong types and impossible values are refused by name."""
    _refuse_unknown(kind, table, "")
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as problem:
        _refuse_in_words(kind, table, str(problem))


def _refuse_unknown(kind: Any, table: Mapping[str, Any], where: str) -> None:
    hints = typing.get_type_hints(kind)
    for name, value in table.items():
        if name not in hints:
            refuse(where + name, f"no such option{_meant(where + name)}")
        inner = typing.get_args(hints[name])[:1] or (hints[name],)
        if not dataclasses.is_dataclass(inner[0]):
            continue
        several = value if isinstance(value, list | tuple) else [value]
        for number, each in enumerate(several, start=1):
            if isinstance(each, dict):
                _refuse_unknown(inner[0], each, f"{where}{name}[{number}]." if each is not value else f"{where}{name}.")


def _refuse_in_words(kind: Any, table: Any, message: str) -> typing.NoReturn:
    """From the library's message, "... - at `$.fit.phases[0].size`", to the option's name and our words."""
    problem, _, place = message.partition(" - at `$")
    steps = re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", place)
    missing = re.fullmatch(r"Object missing required field `(\w+)`", problem)
    option, hint, value = "", kind, table
    for name, number in steps:
        if name:
            option += f".{name}"
            hint, value = typing.get_type_hints(hint, include_extras=True)[name], value[name]
        elif number == "...":  # the library does not tell which entry of a table
            name, value = next((key, each) for key, each in value.items() if type(each) not in (int, float))
            option, hint = f"{option}.{name}", typing.get_args(hint)[1]
        else:
            option += f"[{int(number) + 1}]"
            hint, value = typing.get_args(hint)[0], value[int(number)]
    if missing:
        refuse(f"{option}.{missing[1]}".lstrip("."), "not said, and there is no usual value")
    refuse(option.lstrip("."), _in_words(hint, value))


def _in_words(hint: Any, value: Any) -> str:
    """What an option may be, and what it is instead."""
    if isinstance(value, int) and value.bit_length() > 64:
        return "TOML has no integer of more than 64 bits"  # and Python writes none of thousands of digits
    bounds = next((each for each in typing.get_args(hint)[1:] if isinstance(each, msgspec.Meta)), msgspec.Meta())
    plain = typing.get_args(hint)[0] if bounds != msgspec.Meta() else hint
    right = (int, float) if plain is float else plain
    if plain in (int, float, str) and isinstance(value, right) and not isinstance(value, bool):
        if bounds.extra:
            return f"{value!r} is none of: {', '.join(bounds.extra['names'])}"
        return f"{value} is not between {bounds.ge} and {bounds.le}"
    kind = "a list in square brackets" if typing.get_origin(plain) is tuple else getattr(plain, "__name__", "a value")
    table = dataclasses.is_dataclass(plain) or typing.get_origin(plain) is dict
    return f"expected {'a table' if table else kind}, found {value!r}"


def overlay(config: Any, table: dict[str, Any]) -> Any:
    """The configuration with some of its values replaced by those of a nested table."""
    checked = build(type(config), table)
    changes = {
        name: overlay(getattr(config, name), value)
        if isinstance(value, dict) and name not in ("options", "augment")
        else getattr(checked, name)
        for name, value in table.items()
    }
    return dataclasses.replace(config, **changes)


def toml_value(word: str) -> Any:
    """A value in TOML's notation, as the command line gives it; bare words are taken as text."""
    try:
        return tomllib.loads(f"value = {word}")["value"]
    except _NO_TOML:
        return word


def split_values(word: str) -> list[str]:
    """The values of a list like `0,0.2` or `[32, 64],[64, 128]`: cut at commas outside of brackets and quotes."""
    depth, quote, parts = 0, "", [""]
    for letter in word:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[]{}":
            depth += 1 if letter in "[{" else -1
        if letter == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _meant(unknown: str) -> str:
    """The option that was probably meant: one that was renamed, else by the last part of its name (mixup for
    fit.mixup), else by the whole."""
    if unknown in RENAMED:
        return f"; it is called {RENAMED[unknown]} now"
    names = [*_flat(dataclasses.asdict(RunConfig()), ""), "fit.augment", "network.options"]
    last = {name.rpartition(".")[2]: name for name in reversed(names)}
    near = [last[part] for part in get_close_matches(unknown.rpartition(".")[2], last, 1, cutoff=0.75)]
    near = near or get_close_matches(unknown, names, 1)
    return f"; perhaps {near[0]} is meant" if near else ""


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
