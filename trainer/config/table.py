"""A run's options in TOML: read, written, laid over each other. Unknown names and wrong types are refused."""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli_w

from fieldguide.core.atomic import write_whole
from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.config.check import refuse
from trainer.config.files import read_text
from trainer.config.presets import with_preset
from trainer.config.records import RunConfig

FORMERLY = {"folder": "folders", "manifest": "manifests"}


def read_config(file: Path) -> RunConfig:
    """Read a run's TOML. Raises FieldGuideError(CONFIG_INVALID) for what is unknown, of a wrong type or impossible."""
    try:
        table = tomllib.loads(read_text(file, str(file)))
    except FileNotFoundError as missing:
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=str(file), problem="no such file") from missing
    except tomllib.TOMLDecodeError as problem:
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=str(file), problem=str(problem)) from problem
    _as_today(table)
    preset = table.get("preset")
    config: RunConfig = overlay(with_preset(RunConfig(), preset) if isinstance(preset, str) else RunConfig(), table)
    return config


def _as_today(table: dict[str, Any]) -> None:
    """What versions before several folders called `folder` and `manifest`."""
    data = table.get("data")
    if not isinstance(data, dict):
        return
    for old, new in FORMERLY.items():
        value = data.pop(old, None)
        if value:
            data.setdefault(new, [value])


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


def build(kind: Any, table: dict[str, Any], where: str) -> Any:
    """A dataclass from a TOML table; unknown keys and wrong types are refused by name."""
    hints = typing.get_type_hints(kind)
    unknown = sorted(set(table) - set(hints))
    if unknown:
        refuse(where + unknown[0], f"no such option{_meant(where + unknown[0])}")
    for needed in dataclasses.fields(kind):
        if needed.name not in table and needed.default is needed.default_factory is dataclasses.MISSING:
            refuse(where + needed.name, "not said, and there is no usual value")
    return kind(**{name: _value(hints[name], value, where + name) for name, value in table.items()})


def overlay(config: Any, table: dict[str, Any]) -> Any:
    """The configuration with some of its values replaced by those of a nested table."""
    checked = build(type(config), table, "")
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
    except tomllib.TOMLDecodeError:
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
    """The option that was probably meant: by the last part of its name (mixup for fit.mixup), else by the whole."""
    names = [*_flat(dataclasses.asdict(RunConfig()), ""), "fit.augment", "network.options"]
    last = {name.rpartition(".")[2]: name for name in reversed(names)}
    near = [last[part] for part in get_close_matches(unknown.rpartition(".")[2], last, 1, cutoff=0.75)]
    near = near or get_close_matches(unknown, names, 1)
    return f"; perhaps {near[0]} is meant" if near else ""


def _value(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return (
            build(hint, value, where + ".")
            if isinstance(value, dict)
            else refuse(where, f"expected a table, found {value!r}")
        )
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            refuse(where, f"expected a list in square brackets, found {value!r}")
        return tuple(_value(typing.get_args(hint)[0], item, f"{where}[{n}]") for n, item in enumerate(value, start=1))
    if origin is dict:
        return value if isinstance(value, dict) else refuse(where, f"expected a table, found {value!r}")
    if hint is float and type(value) is int:
        return float(value)
    if hint is not Any and not isinstance(hint, types.UnionType) and type(value) is not hint:
        refuse(where, f"expected {hint.__name__}, found {value!r}")
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
