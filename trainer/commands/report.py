"""`fieldguide-train report RUN`: the report and the card of a run, written again from what lies in its folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from fieldguide.inference.runtime import Runtime
from trainer.export.bundle_metrics import measured
from trainer.report import write_report
from trainer.report.card import write_card
from trainer.run_folder import RunFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `report`."""
    parser.add_argument("run", type=Path, metavar="RUN", help=text("bundle.help_run"))


def run(arguments: argparse.Namespace) -> int:
    """Write both and say where."""
    folder = RunFolder(arguments.run)
    guide, bundle = load_guide(), Runtime.load(folder.finished(), "cpu")
    metrics = measured(folder, bundle.manifest)
    report = write_report(folder, bundle, guide, metrics)
    write_card(folder, bundle.manifest, guide, metrics)
    print(text("bundle.report_written", report=report))
    return 0
