"""`fieldguide history export`."""

from __future__ import annotations

import argparse
import sys

from fieldguide.cli.history.book import DONE, SOME_LEFT, Book, print_json, read_filter
from fieldguide.core.text import language, text
from fieldguide.storage.export import ExportKind
from fieldguide.storage.export.places import Places
from fieldguide.storage.export.write import export_finds


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
    )
    if arguments.json:
        missing = [str(path) for path in done.missing]
        facts = {"finds": done.observations, "left_out": done.left_out, "missing": missing}
        print_json({"path": str(done.path), **facts})
    else:
        print(text("storage.exported", count=done.observations, path=str(done.path)))
    if done.left_out:
        print(text("storage.exported_left_out", count=done.left_out), file=sys.stderr)
    return SOME_LEFT if done.missing else DONE
