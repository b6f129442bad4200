"""`fieldguide history export`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from fieldguide.cli.history.book import DONE, SOME_LEFT, Book, print_json, read_filter
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import language, text
from fieldguide.storage.export import Exported, ExportKind
from fieldguide.storage.export.places import Places
from fieldguide.storage.export.write import ReportWriter, export_finds
from fieldguide.storage.settings import read_settings


def export_book(book: Book, arguments: argparse.Namespace) -> int:
    """Write finds for another program."""
    kind = ExportKind(arguments.kind)
    finds = book.store.every(read_filter(arguments))
    done = export_finds(
        kind,
        finds,
        book.guide,
        arguments.file,
        language=language(),
        places=Places(arguments.places),
        library=book.store.library_uuid(),
        verified_only=not arguments.all,
        recorded_by=read_settings(book.locations.settings).settings.recorded_by,
        report=_report_writer() if kind is ExportKind.REPORT else None,
    )
    if arguments.json:
        missing = [str(path) for path in done.missing]
        facts = {"finds": done.observations, "left_out": done.left_out, "missing": missing}
        print_json({"path": str(done.path), **facts})
    else:
        print(text("storage.exported", count=done.observations, path=str(done.path)))
    if done.left_out:
        print(text(f"storage.exported_{done.why.value}", count=done.left_out), file=sys.stderr)
    return SOME_LEFT if done.missing else DONE


def _report_writer() -> ReportWriter:
    """Qt draws the report; it needs fonts, and no display."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    from fieldguide.ui.history.report import write_report

    fonts = QGuiApplication.instance() or QGuiApplication([])

    def write(finds: Iterable[Observation], guide: Guide, path: Path, recorded_by: str, places: Places) -> Exported:
        assert fonts is not None  # it lives as long as the report is written
        return write_report(finds, guide, path, recorded_by, places)

    return write
