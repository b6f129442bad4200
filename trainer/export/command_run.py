"""`fieldguide-train run FOLDER --out RUN`: from folders of photos to a bundle, its metrics and its report."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from fieldguide.core.text import text
from trainer.config import RunConfig
from trainer.export.call import add_options, add_telling, configuration, style_of
from trainer.export.plan import plan
from trainer.export.preparation import complete, open_run
from trainer.export.run import run_all
from trainer.fit.crew import Crew, join_crew
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `run`."""
    parser.add_argument("folder", nargs="?", help=text("train.help_folder"))
    parser.add_argument("--out", required=True, type=Path, help=text("train.help_out"))
    add_options(parser)
    parser.add_argument("--resume", action="store_true", help=text("train.help_resume"))
    parser.add_argument("--dry-run", action="store_true", help=text("train.help_dry_run"))
    add_telling(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do the run, or with --dry-run tell what it would be."""
    style = style_of(arguments)
    folder = RunFolder(arguments.out)
    with join_crew() as crew:
        progress = Progress(style if crew.leads else Style.QUIET)
        config = crew.first(lambda: complete(configuration(arguments, folder.config if arguments.resume else None)))
        if arguments.dry_run:
            crew.led(lambda: print(plan(config)))
            return 0
        crew.led(lambda: _begin(folder, config, crew, resume=arguments.resume))
        metrics = run_all(config, folder, progress, resume=arguments.resume, crew=crew)
    if not metrics:
        return 0
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


def _begin(folder: RunFolder, config: RunConfig, crew: Crew, *, resume: bool) -> None:
    crew.refuse_uneven(config.fit.batch_size)
    open_run(folder, config, resume=resume)
