"""`fieldguide history backup`, `restore` and `check`."""

from __future__ import annotations

import argparse
from datetime import datetime

from fieldguide.cli.history.book import DONE, SOME_LEFT, Book, print_json
from fieldguide.core.text import text
from fieldguide.storage.backup import back_up, backups
from fieldguide.storage.checking import check_library
from fieldguide.storage.database import Database
from fieldguide.storage.locations import create_locations
from fieldguide.storage.restoring import finish_restore, prepare_restore


def make_backup(book: Book, arguments: argparse.Namespace) -> int:
    """A copy of all finds."""
    folder = book.locations.backups
    if arguments.file is None:
        folder.mkdir(parents=True, exist_ok=True)
    copy = arguments.file or folder / f"observations-{datetime.now():%Y-%m-%d-%H%M%S}.db"
    back_up(book.locations.database, copy)
    print_json({"path": str(copy)}) if arguments.json else print(text("settings.backed_up", path=str(copy)))
    return DONE


def restore_backup(arguments: argparse.Namespace) -> int:
    """Without a file: list the copies that there are."""
    locations = create_locations()
    if arguments.file is None:
        copies = [str(copy) for copy in backups(locations.backups)]
        print_json(copies) if arguments.json else print("\n".join(copies))
        return DONE
    prepare_restore(locations.database, arguments.file, Database.known_version())
    kept = finish_restore(locations.database)
    if arguments.json:
        print_json({"restored": str(arguments.file), "kept": str(kept) if kept else None})
    else:
        print(text("cli.restored", file=str(arguments.file), kept=str(kept or "-")))
    return DONE


def check_book(book: Book, arguments: argparse.Namespace) -> int:
    """Look through the library and mend what needs no person."""
    again = book.store.find_again(arguments.find_in).found if arguments.find_in else 0
    found = check_library(book.database, book.store, book.thumbnails)
    if arguments.json:
        print_json(
            {
                "damage": list(found.damage),
                "missing": [str(path) for path in found.missing],
                "mended": {
                    "found_again": again,
                    "orphans": found.orphans,
                    "unindexed": found.unindexed,
                    "thumbnails_made": found.thumbnails,
                    "thumbnails_removed": found.spare,
                },
            }
        )
    else:
        for line in found.damage:
            print(line)
        for path in found.missing:
            print(text("cli.check_missing", file=str(path)))
        mended = again + found.orphans + found.unindexed + found.thumbnails + found.spare
        print(text("cli.checked", mended=mended, missing=len(found.missing), damage=len(found.damage)))
    return DONE if found.well else SOME_LEFT
