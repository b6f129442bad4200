"""`fieldguide-train pass-on RUN --out FILE`: the model of a run as it is handed to others, with who made it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from fieldguide.core.bundle import read_bundle
from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from fieldguide.core.training.events import Passed
from fieldguide.inference.runtime import Runtime
from trainer.commands.call import add_output_options, style_of
from trainer.export.bundle import write_bundle
from trainer.export.bundle_metrics import measured
from trainer.progress import Progress, Style
from trainer.report.advice import objections
from trainer.report.card import run_card
from trainer.report.shown import Shown
from trainer.run_folder import RunFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `pass-on`."""
    parser.add_argument("run_folder", type=Path, metavar="RUN", help=text("train.help_judge_run"))
    parser.add_argument("--out", type=Path, required=True, help=text("train.help_pass_out"))
    parser.add_argument("--name", required=True, help=text("bundle.help_name"))
    parser.add_argument("--version", default="1", help=text("bundle.help_version"))
    parser.add_argument("--licence", default="", help=text("bundle.help_licence"))
    parser.add_argument("--author", action="append", default=[], help=text("bundle.help_author"))
    parser.add_argument("--contact", default="", help=text("train.help_contact"))
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write it, open it once as the application does, and say what speaks against giving it away."""
    folder = RunFolder(arguments.run_folder)
    bundle = read_bundle(folder.finished())  # once: a run may write another meanwhile
    manifest = replace(
        bundle.manifest,
        name=arguments.name,
        version=arguments.version,
        licence=arguments.licence,
        authors=tuple(filter(None, [*arguments.author, arguments.contact])),
    )
    metrics = measured(folder, bundle.manifest)
    card = run_card(folder, manifest, load_guide(), metrics)
    write_bundle(arguments.out, bundle, manifest, card, {})
    Runtime.load(arguments.out, device="cpu")
    style = style_of(arguments)
    Progress(style).event(Passed(str(arguments.out.absolute())))
    if style is Style.PERSON:
        print(arguments.out)
        if against := objections(Shown.of_run(metrics)):
            print("\n- ".join([text("train.pass_against"), *against]), file=sys.stderr)
    return 0
