"""`fieldguide-train run FOLDER --out RUN`: from folders of photos to a bundle, its metrics and its report."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.config import DEVICES, PRESETS, Phase, RunConfig, build, read_config, toml_value
from trainer.export.plan import plan
from trainer.export.preparation import complete, open_run
from trainer.export.run import run_all
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

OPTIONS = {
    "folder": "data.folder",
    "manifest": "data.manifest",
    "background": "data.background",
    "min_photos": "data.min_photos",
    "preset": "preset",
    "seed": "seed",
    "device": "device",
    "model": "network.name",
    "init": "network.init",
    "batch_size": "fit.batch_size",
    "name": "export.name",
}
"""Command-line names for values of the configuration; everything else goes through --set."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `run`."""
    parser.add_argument("folder", nargs="?", help=text("train.help_folder"))
    parser.add_argument("--out", required=True, type=Path, help=text("train.help_out"))
    parser.add_argument("--config", type=Path, help=text("train.help_config"))
    parser.add_argument("--preset", choices=PRESETS, help=text("train.help_preset"))
    parser.add_argument("--model", help=text("train.help_model"))
    parser.add_argument("--init", metavar="WEIGHTS", help=text("train.help_init"))
    parser.add_argument("--epochs", type=int, help=text("train.help_epochs"))
    parser.add_argument("--batch-size", type=int, help=text("train.help_batch_size"))
    parser.add_argument("--device", choices=DEVICES, help=text("train.help_device"))
    parser.add_argument("--seed", type=int, help=text("train.help_seed"))
    parser.add_argument("--name", help=text("train.help_name"))
    parser.add_argument("--manifest", metavar="CSV", help=text("train.help_manifest"))
    parser.add_argument("--background", metavar="FOLDER", help=text("train.help_background"))
    parser.add_argument("--min-photos", type=int, help=text("train.help_min_photos"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=text("train.help_set"))
    parser.add_argument("--resume", action="store_true", help=text("train.help_resume"))
    parser.add_argument("--dry-run", action="store_true", help=text("train.help_dry_run"))
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--json", action="store_true", help=text("train.help_json"))
    told.add_argument("--quiet", action="store_true", help=text("train.help_quiet"))


def run(arguments: argparse.Namespace) -> int:
    """Do the run, or with --dry-run tell what it would be."""
    style = Style.JSON if arguments.json else Style.QUIET if arguments.quiet else Style.PERSON
    progress = Progress(style)
    folder = RunFolder(arguments.out)
    config = complete(configuration(arguments))
    if arguments.dry_run:
        print(plan(config))
        return 0
    config = open_run(folder, config, resume=arguments.resume)
    metrics = run_all(config, folder, progress, resume=arguments.resume)
    if style is Style.JSON:
        print(json.dumps({"event": "done", "run": str(folder.root), "test": metrics["test"]}))
    elif style is Style.PERSON:
        test = metrics["test"]
        sentence = text(
            "train.done",
            top1=f"{100 * test['top1']:.1f}",
            top5=f"{100 * test['top5']:.1f}",
            bundle=folder.bundle,
            report=folder.report,
        )
        print(sentence)
    return 0


def configuration(arguments: argparse.Namespace) -> RunConfig:
    """The configuration file (or the one of the run to resume), then --set, then the named options.

    Raises:
        FieldGuideError: CONFIG_INVALID.
    """
    config = RunConfig()
    own = RunFolder(arguments.out).config
    if arguments.resume and own.exists():
        config = read_config(own)
    elif arguments.config:
        config = read_config(arguments.config)
    table: dict[str, Any] = {}
    for setting in arguments.set:
        key, separator, value = setting.partition("=")
        if not separator:
            raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=setting, problem="expected KEY=VALUE")
        _put(table, key.strip(), toml_value(value))
    for name, key in OPTIONS.items():
        value = getattr(arguments, name)
        if value is not None:
            _put(table, key, str(Path(value).resolve()) if name in ("folder", "manifest", "background") else value)
    config = overlay(config, table)
    return _with_epochs(complete(config), arguments.epochs) if arguments.epochs is not None else config


def overlay(config: Any, table: dict[str, Any]) -> Any:
    """The configuration with some of its values replaced by those of a nested table."""
    checked = build(type(config), table, "")
    changes = {
        name: overlay(getattr(config, name), value)
        if isinstance(value, dict) and name not in ("options", "augment")
        else getattr(checked, name)
        for name, value in table.items()
    }
    return replace(config, **changes)


def _with_epochs(config: RunConfig, epochs: int) -> RunConfig:
    """All phases together get `epochs`, shared out as they were; the last takes what is left."""
    phases = config.fit.phases or (Phase(1, 160),)
    if epochs < len(phases):
        phases = phases[-max(epochs, 1) :]
    total = sum(phase.epochs for phase in phases)
    shares = [max(1, epochs * phase.epochs // total) for phase in phases[:-1]]
    shares.append(epochs - sum(shares))
    phases = tuple(replace(phase, epochs=share) for phase, share in zip(phases, shares, strict=True))
    return replace(config, fit=replace(config.fit, phases=phases))


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    for name in path:
        table = table.setdefault(name, {})
    table[last] = value
