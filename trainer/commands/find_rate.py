"""`fieldguide-train find-rate FOLDER --out RUN`: the learning rate at which a network learns fastest on these photos.

What it reads and splits stays in RUN: `run` with the same folder goes on from there.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

from fieldguide.core.atomic import written_text
from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from trainer.commands.call import add_folders, add_options, add_output_options, configuration, style_of
from trainer.config import refuse
from trainer.pipeline.wanted import complete, refuse_early
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

if TYPE_CHECKING:
    from trainer.fit.rate_finder import RateCurve

LINES = 24  # of the printed curve
WIDTH = 50  # characters of its longest bar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `find-rate`."""
    add_folders(parser)
    parser.add_argument("--out", required=True, type=Path, help=text("train.help_out"))
    parser.add_argument("--steps", type=int, default=100, help=text("train.help_steps"))
    add_options(parser)
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Climb, print the curve and the suggestion, write `RUN/find_rate.csv`."""
    style = style_of(arguments)
    progress = Progress(style)
    config = complete(configuration(arguments))
    if not config.fit.phases:
        refuse("preset", text("train.no_phases"))
    if not 20 <= arguments.steps <= 10_000:
        refuse("--steps", f"{arguments.steps} is not between 20 and 10000")
    guide = load_guide()
    refuse_early(config, guide)
    # From here on torch is needed, which takes seconds to load.
    from trainer.fit.rate_finder import find_rate
    from trainer.pipeline.preparation import follow_sizes, look_at_network, open_fit, prepare_run

    config = follow_sizes(config, progress)
    progress.step(text("train.step_trying"))
    look_at_network(config)
    folder = RunFolder(arguments.out).create()
    fit = open_fit(config, folder, prepare_run(config, folder, guide, progress), progress)
    curve = find_rate(fit, arguments.steps)
    file = folder.root / "find_rate.csv"
    write_curve(file, curve)
    if style is Style.JSON:
        print(json.dumps({"event": "done", "suggestion": curve.suggestion, "curve": str(file)}))
    elif style is Style.PERSON:
        print("\n".join([*drawn(curve), text("train.rate_found", rate=f"{curve.suggestion:.1e}", file=file)]))
    return 0


def write_curve(file: Path, curve: RateCurve) -> None:
    """The climb as CSV: rate, smoothed loss."""
    with written_text(file) as stream:
        writer = csv.writer(stream)
        writer.writerow(["rate", "loss"])
        writer.writerows(zip(curve.rates.tolist(), curve.losses.tolist(), strict=True))


def drawn(curve: RateCurve) -> list[str]:
    """The curve as lines for a terminal: rate, loss, and a bar as long as the loss lies above the lowest."""
    rows = range(0, len(curve.rates), max(1, len(curve.rates) // LINES))
    low = float(curve.losses.min())
    high = max(float(curve.losses[0]) * 1.2 - low, 1e-9)
    return [
        text(
            "train.rate_line",
            rate=f"{curve.rates[row]:.1e}",
            loss=f"{curve.losses[row]:7.3f}",
            bar="#" * round(WIDTH * min((float(curve.losses[row]) - low) / high, 1.0)),
        )
        for row in rows
    ]
