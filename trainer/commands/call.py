"""What a call says about a run: its options, from a file, from names and from --set, laid over each other."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldguide.core.text import text
from trainer.config import (
    DEVICES,
    PRESETS,
    RARE,
    NetworkConfig,
    RunConfig,
    overlay,
    read_config,
    refuse,
    toml_value,
    with_preset,
)
from trainer.pipeline.wanted import complete
from trainer.progress import Style

OPTIONS = {
    "folder": "data.folders",
    "manifest": "data.manifests",
    "background": "data.background",
    "elsewhere": "data.elsewhere",
    "elsewhere_manifest": "data.elsewhere_manifests",
    "elsewhere_source": "data.elsewhere_sources",
    "elsewhere_person": "data.elsewhere_people",
    "elsewhere_year": "data.elsewhere_years",
    "rare": "data.rare",
    "min_photos": "data.min_photos",
    "min_finds": "data.min_finds",
    "preset": "preset",
    "seed": "seed",
    "device": "device",
    "model": "network.name",
    "init": "network.init",
    "batch_size": "fit.batch_size",
    "name": "export.name",
}
"""Command-line names for values of the configuration; everything else goes through --set."""

PATHS = ("folder", "manifest", "background", "elsewhere", "elsewhere_manifest")


def add_folders(parser: argparse.ArgumentParser) -> None:
    """The folders of photos, one or several."""
    parser.add_argument("folder", nargs="*", metavar="FOLDER", help=text("train.help_folder"))


def add_options(parser: argparse.ArgumentParser, several: str = "") -> None:
    """The arguments that decide a run, the same for every verb that trains; `several` tells what --set takes there."""
    parser.add_argument("--config", type=Path, help=text("train.help_config"))
    parser.add_argument("--preset", choices=PRESETS, help=text("train.help_preset"))
    parser.add_argument("--model", help=text("train.help_model"))
    parser.add_argument("--init", metavar="WEIGHTS", help=text("train.help_init"))
    parser.add_argument("--epochs", type=int, help=text("train.help_epochs"))
    parser.add_argument("--batch-size", type=int, help=text("train.help_batch_size"))
    parser.add_argument("--device", choices=DEVICES, help=text("train.help_device"))
    parser.add_argument("--seed", type=int, help=text("train.help_seed"))
    parser.add_argument("--name", help=text("train.help_name"))
    parser.add_argument("--manifest", action="append", metavar="CSV", help=text("train.help_manifest"))
    parser.add_argument("--background", metavar="FOLDER", help=text("train.help_background"))
    parser.add_argument("--elsewhere", action="append", metavar="FOLDER", help=text("train.help_elsewhere"))
    for name, metavar in (("manifest", "CSV"), ("source", "NAME"), ("person", "NAME"), ("year", "YEAR")):
        help_text = text(f"train.help_elsewhere_{name}")
        parser.add_argument(f"--elsewhere-{name}", action="append", metavar=metavar, help=help_text)
    parser.add_argument("--rare", choices=RARE, help=text("train.help_rare"))
    parser.add_argument("--min-photos", type=int, help=text("train.help_min_photos"))
    parser.add_argument("--min-finds", type=int, help=text("train.help_min_finds"))
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help=several or text("train.help_set")
    )


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """How the verb tells what it does."""
    verbosity = parser.add_mutually_exclusive_group()
    verbosity.add_argument("--json", action="store_true", help=text("train.help_json"))
    verbosity.add_argument("--quiet", action="store_true", help=text("train.help_quiet"))


def style_of(arguments: argparse.Namespace) -> Style:
    """As `add_output_options` was answered."""
    return Style.JSON if arguments.json else Style.QUIET if arguments.quiet else Style.PERSON


def configuration(arguments: argparse.Namespace, begun: Path | None = None) -> RunConfig:
    """The configuration file (else that of the run `begun`), then --set, then the named options.

    Raises:
        FieldGuideError: CONFIG_INVALID.
    """
    config = base_configuration(arguments, begun)
    return asked(config, arguments, [parted(setting) for setting in arguments.set])


def base_configuration(arguments: argparse.Namespace, begun: Path | None = None) -> RunConfig:
    """The configuration file, else that of the run `begun`, else the usual."""
    file = arguments.config or (begun if begun and begun.exists() else None)
    return _freed(read_config(file), arguments) if file else RunConfig()


def asked(config: RunConfig, arguments: argparse.Namespace, settings: Sequence[tuple[str, str]]) -> RunConfig:
    """The configuration with settings (option, value in TOML) and the named options laid over it."""
    table: dict[str, Any] = {}
    for key, value in settings:
        _put(table, key, toml_value(value))
    for name, key in OPTIONS.items():
        value = getattr(arguments, name)
        if value not in (None, []):
            _put(table, key, _resolved(value) if name in PATHS else value)
    preset = table.get("preset", config.preset)
    config = overlay(config if preset == config.preset else with_preset(config, str(preset)), table)
    return _with_epochs(complete(config), arguments.epochs) if arguments.epochs is not None else config


def parted(setting: str) -> tuple[str, str]:
    """KEY=VALUE as its two parts. Raises FieldGuideError(CONFIG_INVALID)."""
    key, separator, value = setting.partition("=")
    if not separator or not key.strip():
        refuse(setting, text("train.key_value"))
    return key.strip(), value.strip()


def _resolved(value: Any) -> Any:
    """A path, or each of several, as seen from everywhere; empty stays empty."""
    if isinstance(value, list):
        return [_resolved(each) for each in value]
    return value and str(Path(value).resolve())


def _freed(config: RunConfig, arguments: argparse.Namespace) -> RunConfig:
    """A file's configuration without what it says of another network than the call names."""
    if arguments.model not in (None, config.network.name):
        usual = NetworkConfig(dropout=config.network.dropout, grayscale=config.network.grayscale)
        config = replace(config, network=usual)
    return config


def _with_epochs(config: RunConfig, epochs: int) -> RunConfig:
    """All phases together get `epochs`, shared out as they were; the last takes what is left."""
    if epochs < 1:
        refuse("--epochs", text("train.epochs_few", epochs=epochs))
    phases = config.fit.phases
    if not phases:
        refuse("--epochs", text("train.epochs_of_head"))
    if epochs < len(phases):
        phases = phases[-epochs:]
    total = sum(phase.epochs for phase in phases)
    shares = [max(1, epochs * phase.epochs // total) for phase in phases[:-1]]
    shares.append(epochs - sum(shares))
    phases = tuple(replace(phase, epochs=share) for phase, share in zip(phases, shares, strict=True))
    return replace(config, fit=replace(config.fit, phases=phases))


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    for name in path:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            refuse(key, text("train.said_twice"))
    table[last] = value
