"""`fieldguide-train run FOLDER --out RUN`: from folders of photos to a bundle, its metrics and its report."""

from __future__ import annotations

import argparse
import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.text import text
from fieldguide.core.training.events import Finished, Started
from trainer.commands.call import add_folders, add_options, add_output_options, configuration, style_of
from trainer.config import RunConfig
from trainer.pipeline.wanted import complete, refuse_early
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder, held

if TYPE_CHECKING:
    from trainer.evaluation.document import Metrics
    from trainer.fit.process_group import ProcessGroup


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `run`."""
    add_folders(parser)
    parser.add_argument("--out", required=True, type=Path, help=text("train.help_out"))
    add_options(parser)
    parser.add_argument("--resume", action="store_true", help=text("train.help_resume"))
    parser.add_argument("--dry-run", action="store_true", help=text("train.help_dry_run"))
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do the run, or with --dry-run tell what it would be."""
    style = style_of(arguments)
    folder = RunFolder(arguments.out)
    wanted = complete(configuration(arguments, folder.config if arguments.resume else None))
    alone = int(os.environ.get("WORLD_SIZE", "1")) == 1  # of several, another may have begun this very run
    if alone and folder.config.exists() and not (arguments.resume or arguments.dry_run):
        raise FieldGuideError(ErrorCode.RUN_EXISTS, folder=str(folder.root))
    guide = load_guide()
    refuse_early(wanted, guide, folder)
    # From here on torch is needed, which takes seconds to load.
    from trainer.fit.process_group import join_process_group
    from trainer.pipeline.events import measured_events
    from trainer.pipeline.plan import plan
    from trainer.pipeline.preparation import choose_device, follow_sizes
    from trainer.pipeline.run import run_all

    with join_process_group() as group:
        progress = Progress(style if group.is_main else Style.QUIET)
        config = follow_sizes(wanted, progress)
        if style is Style.PERSON and not arguments.resume:  # programs are told `started` first
            progress.step(text("train.step_trying"))
        if arguments.dry_run:
            group.led(lambda: print(plan(config)))
            return 0
        group.led(lambda: _begin(folder, config, guide, group, resume=arguments.resume))
        with held(folder.root) if group.is_main else nullcontext():
            device = choose_device(config.device, Progress(Style.QUIET)).type
            progress.event(Started(str(folder.root), config.preset, device, arguments.resume, os.getpid()))
            metrics = run_all(config, folder, guide, progress, resume=arguments.resume, group=group)
    if metrics is None:
        return 0
    if style is Style.JSON:
        progress.event(Finished(str(folder.root), str(folder.bundle), str(folder.report), measured_events(metrics)))
    elif style is Style.PERSON:
        print(summary(metrics))
        print(text("train.done_files", bundle=folder.bundle, report=folder.report))
    return 0


def summary(metrics: Metrics) -> str:
    """The deadly alarm with its price, then how often the names are right, on photos by other people first: for the
    narrowest rank that the photos have, since a model of genera knows no species.
    """
    from trainer.report.figures import among_five, points

    lines = [text("train.done")]
    deadly = metrics.first.danger.deadly
    if deadly.recall.photos:
        facts = {"share": points(deadly.recall.value), "low": points(deadly.recall.low), "photos": deadly.recall.photos}
        lines.append(text("bundle.measured_deadly", **facts, false=points(deadly.false_alarms.value)))
    for ground, measured in (("elsewhere", metrics.elsewhere), ("own", metrics.own)):
        if measured is None:
            continue
        named = [(rank, measured.names.at(rank)) for rank in ("species", "genus", "family")]
        rank, found = next(((rank, names) for rank, names in named if names.top1.value is not None), named[0])
        facts = {"photos": found.top1.photos, "rank": text(f"train.rank_{rank}"), "top1": points(found.top1.value)}
        key = f"train.done_{ground}" if found.top1.photos else f"train.done_{ground}_unmeasured"
        lines.append(text(key, **facts, five=among_five(found)))
    return "\n".join(lines)


def _begin(folder: RunFolder, config: RunConfig, guide: Guide, group: ProcessGroup, *, resume: bool) -> None:
    from trainer.pipeline.preparation import open_run

    group.refuse_uneven(config.fit.batch_size)
    open_run(folder, config, guide, resume=resume)
