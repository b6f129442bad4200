"""`fieldguide-train run FOLDER --out RUN`: from folders of photos to a bundle, its metrics and its report."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from trainer.commands.call import add_folders, add_options, add_telling, configuration, style_of
from trainer.config import RunConfig
from trainer.fit.crew import Crew, join_crew
from trainer.pipeline.plan import plan
from trainer.pipeline.preparation import complete, follow_sizes, open_run
from trainer.pipeline.run import run_all
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `run`."""
    add_folders(parser)
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
        asked = crew.first(lambda: complete(configuration(arguments, folder.config if arguments.resume else None)))
        config = follow_sizes(asked, progress)
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
        print("\n".join([_told(metrics["test"]), text("train.done_files", bundle=folder.bundle, report=folder.report)]))
    return 0


def _told(test: Mapping[str, Any]) -> str:
    """How often it is right, for the narrowest rank that its test photos have: a model of genera knows no species."""
    for rank, prefix in ((Rank.SPECIES, ""), (Rank.GENUS, "genus_"), (Rank.FAMILY, "family_")):
        top1, top5 = test[f"{prefix}top1"], test[f"{prefix}top5"]
        if top1 is not None:
            facts = {"rank": text(f"train.rank_{rank}"), "top1": f"{100 * top1:.1f}", "top5": f"{100 * top5:.1f}"}
            return text("train.done", **facts)
    return text("train.done_unmeasured")


def _begin(folder: RunFolder, config: RunConfig, crew: Crew, *, resume: bool) -> None:
    crew.refuse_uneven(config.fit.batch_size)
    open_run(folder, config, resume=resume)
