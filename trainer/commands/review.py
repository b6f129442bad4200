"""`fieldguide-train review RUN`: open the review of an audit in the browser."""

from __future__ import annotations

import argparse
import webbrowser
from collections import Counter
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.data.audit.findings import parse_findings, read_audit
from trainer.data.review.decisions import DECISIONS, Choice, Decisions
from trainer.data.review.server import ReviewServer
from trainer.run_folder import RunFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `review`."""
    parser.add_argument("run", type=Path, metavar="RUN", help=text("review.help_run"))
    parser.add_argument("--findings", default="", metavar="LIST", help=text("review.help_findings"))
    parser.add_argument("--port", type=int, default=0, help=text("review.help_port"))
    parser.add_argument("--no-browser", action="store_true", help=text("review.help_no_browser"))


def run(arguments: argparse.Namespace) -> int:
    """Serve the page until Ctrl+C, then tell how many photos were decided."""
    server = open_review(arguments.run, arguments.findings, arguments.port)
    server.start()
    print(text("review.opened", address=server.address), flush=True)
    if not arguments.no_browser:
        webbrowser.open(server.address)
    try:
        server.wait()
    except KeyboardInterrupt:
        server.stop()
    print("\n" + summary(arguments.run))
    return 0


def open_review(folder: Path, findings: str = "", port: int = 0) -> ReviewServer:
    """The server of a run folder's audit.

    Raises FieldGuideError(CONFIG_INVALID) without an audit, for an unknown finding, or a port that is taken.
    """
    run_folder = RunFolder(folder)
    try:
        report = read_audit(run_folder.audit)
    except (OSError, ValueError) as damage:
        problem = text("review.no_audit", folder=folder)
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=str(folder), problem=problem) from damage
    wanted = parse_findings(findings, "--findings")
    decisions = Decisions(folder / DECISIONS)
    try:
        return ReviewServer(report, decisions, wanted, port)
    except (OSError, OverflowError) as failure:
        problem = text("review.port_unusable", port=port)
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option="--port", problem=problem) from failure


def summary(folder: Path) -> str:
    """How many photos are to be dropped, relabelled and kept."""
    counts = Counter(decision.choice for decision in Decisions(folder / DECISIONS).final().values())
    shown = {choice.value: counts[choice] for choice in Choice}
    return text("review.closed", file=folder / DECISIONS, **shown)
