"""`fieldguide-train look FOLDERS`: what lies in them and what each preset would take; nothing is trained."""

from __future__ import annotations

import argparse
from pathlib import Path

from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from trainer.commands.call import add_folders, add_options, add_output_options, configuration, style_of
from trainer.pipeline.look import look
from trainer.pipeline.wanted import complete
from trainer.progress import Progress, Style, clock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `look`."""
    add_folders(parser)
    parser.add_argument("--out", type=Path, default=Path.cwd(), metavar="RUN", help=text("train.help_look_run"))
    add_options(parser)
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """First what lies there, then preset by preset what it takes."""
    style = style_of(arguments)
    progress = Progress(style)
    config = complete(configuration(arguments))
    found = look(config, arguments.out.absolute(), load_guide(), progress)
    progress.event(found)
    if style is Style.PERSON:
        facts = {"photos": found.photos, "labels": found.labels, "folder": ", ".join(config.data.folders)}
        print(text("train.plan_photos", **facts))
        strange = [name.raw for name in found.names if name.match == "unknown"]
        if strange:
            print(text("train.plan_unresolved", names=", ".join(strange)))
        print(text("train.look_counts", copies=found.copies, unreadable=found.unreadable_count))
    if found.problem:
        return 0
    from trainer.pipeline.estimates import estimates  # torch takes seconds to load: what was found is shown before

    for each in estimates(config):
        progress.event(each)
        if style is Style.PERSON:
            facts = {"preset": each.preset, "low": clock(each.low), "high": clock(each.high), "mb": each.bytes // 2**20}
            print(text("train.look_estimate", **facts))
    return 0
