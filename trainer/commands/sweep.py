"""`fieldguide-train sweep FOLDER --out SWEEP --set fit.mixup=0,0.2 ...`: one run for each combination, in one table.

Photos are read, looked over and split once: later runs share the first one's files. A sweep that was stopped goes on
where it was. Runs are ranked by validation; the test split measures what was chosen without it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldguide.core.atomic import written_text
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.text import explain, text
from trainer.commands.call import (
    add_folders,
    add_options,
    add_output_options,
    asked,
    base_configuration,
    parted,
    style_of,
)
from trainer.config import refuse, split_values
from trainer.pipeline.wanted import complete, refuse_early
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

if TYPE_CHECKING:
    from trainer.pipeline.sweep import Outcome

Settings = tuple[tuple[str, str], ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `sweep`."""
    add_folders(parser)
    parser.add_argument("--out", required=True, type=Path, help=text("train.help_sweep_out"))
    add_options(parser, several=text("train.help_sweep_set"))
    parser.add_argument("--dry-run", action="store_true", help=text("train.help_sweep_dry"))
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do every combination and compare them; 1 when a run failed, which never stops the others."""
    style = style_of(arguments)
    progress = Progress(style)
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        refuse("torchrun", text("train.sweep_alone"))
    chosen = combinations(arguments.set)
    base = base_configuration(arguments)
    configs = [complete(asked(base, arguments, settings)) for settings in chosen]
    if arguments.dry_run:
        print("\n".join(_words(settings) for settings in chosen))
        return 0
    guide = load_guide()
    for config in {repr(each.data): each for each in configs}.values():
        refuse_early(config, guide)
    # From here on torch is needed, which takes seconds to load.
    from trainer.pipeline.preparation import follow_sizes, look_at_network, open_run
    from trainer.pipeline.run import run_all
    from trainer.pipeline.sweep import ranked, read_outcome, share_preparation, write_tensorboard

    configs = [follow_sizes(config, progress) for config in configs]
    progress.step(text("train.step_trying"))
    for network in {repr(config.network): config for config in configs}.values():
        look_at_network(network)
    outcomes, failed = [], False
    for number, (settings, config) in enumerate(zip(chosen, configs, strict=True), start=1):
        folder = RunFolder(arguments.out / f"{number:03}")
        facts = {"number": number, "total": len(chosen), "options": _words(settings)}
        try:
            begun = folder.config.exists()
            share_preparation(arguments.out, folder, config)
            open_run(folder, config, guide, resume=begun)
            if folder.metrics.exists():
                progress.note(text("train.sweep_known", **facts))
            else:
                progress.step(text("train.sweep_run", **facts))
                run_all(config, folder, guide, progress, resume=begun)
            outcomes.append(read_outcome(folder, dict(settings)))
        except FieldGuideError as problem:
            failed = True
            progress.note(text("train.sweep_failed", number=number, problem=explain(problem)))
    table = ranked(outcomes)
    write_table(arguments.out / "sweep.csv", table)
    write_tensorboard(arguments.out / "tensorboard", table)
    if style is Style.JSON:
        print(json.dumps({"event": "done", "runs": [outcome.row() for outcome in table]}))
    elif style is Style.PERSON:
        done = text("train.sweep_done", file=arguments.out / "sweep.csv", folder=arguments.out / "tensorboard")
        print("\n".join([*drawn(table), done]))
    return 1 if failed else 0


def combinations(settings: list[str]) -> list[Settings]:
    """Every combination of the values that `--set` names, in order. Raises FieldGuideError(CONFIG_INVALID)."""
    options = [parted(setting) for setting in settings]
    values = [[(key, value) for value in split_values(text_of)] for key, text_of in options]
    if not any(len(each) > 1 for each in values):
        refuse("--set", text("train.sweep_nothing"))
    return list(product(*values))


def write_table(file: Path, table: list[Outcome]) -> None:
    """One line for each run, the best by validation first."""
    rows = [outcome.row() for outcome in table]
    names = list(dict.fromkeys(name for row in rows for name in row))
    with written_text(file) as stream:
        writer = csv.DictWriter(stream, names, restval="")
        writer.writeheader()
        writer.writerows(rows)


def drawn(table: list[Outcome]) -> list[str]:
    """The table for a terminal, without the options that are the same in every run."""
    if not table:
        return []
    same = {name for name, value in table[0].options.items() if all(each.options[name] == value for each in table)}
    if len(table) == 1:
        same = set()
    rows = [{name: _short(value) for name, value in each.row().items() if name not in same} for each in table]
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    lines = [dict(zip(widths, widths, strict=True)), *rows]
    return ["  ".join(row[name].ljust(width) for name, width in widths.items()).rstrip() for row in lines]


def _words(settings: Settings) -> str:
    return ", ".join(f"{key}={value}" for key, value in settings)


def _short(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
