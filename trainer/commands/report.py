"""`fieldguide-train report RUN`: the report and the card of a run, written again from what lies in its folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from fieldguide.core.bundle import read_manifest
from fieldguide.core.text import text
from trainer.report import write_report
from trainer.report.card import write_card
from trainer.run_folder import RunFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `report`."""
    parser.add_argument("run", type=Path, metavar="RUN", help=text("bundle.help_run"))


def run(arguments: argparse.Namespace) -> int:
    """Write both and say where."""
    folder = RunFolder(arguments.run)
    report = write_report(folder)
    write_card(folder, read_manifest(folder.bundle), json.loads(folder.metrics.read_text(encoding="utf-8")))
    print(text("bundle.report_written", report=report))
    return 0
