"""`fieldguide-train run FOLDER --out RUN`: from folders of photos to a bundle, its metrics and its report."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from fieldguide.core.text import text
from trainer.export.call import add_options, add_telling, configuration, style_of
from trainer.export.plan import plan
from trainer.export.preparation import complete, open_run
from trainer.export.run import run_all
from trainer.fit.crew import join_crew
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
    progress = Progress(style)
    folder = RunFolder(arguments.out)
    config = complete(configuration(arguments, folder.config if arguments.resume else None))
    if arguments.dry_run:
        print(plan(config))
        return 0
    with join_crew(config.device, config.fit.batch_size) as crew:
        if crew.leads:
            open_run(folder, config, resume=arguments.resume)
        else:
            progress = Progress(Style.QUIET)
        crew.wait()
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
