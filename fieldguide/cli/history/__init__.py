"""`fieldguide history`: the field book without a window. Plain tables, or one JSON document with --json."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from fieldguide.cli.history.at_work import import_photos, show_jobs
from fieldguide.cli.history.book import Book
from fieldguide.cli.history.finds import list_finds, show_finds, tag_finds
from fieldguide.cli.history.keeping import check_book, make_backup, restore_backup
from fieldguide.cli.history.out import export_book
from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from fieldguide.storage.export import ExportKind
from fieldguide.storage.export.places import Places
from fieldguide.storage.search import Sort


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text(f"cli.history_{name}"), description=text(f"cli.history_{name}"))
        made.add_argument("--json", action="store_true", help=text("cli.help_json"))
        return made

    listed = verb("list")
    listed.add_argument("--bin", action="store_true", help=text("cli.help_bin"))
    listed.add_argument("--limit", type=int, default=50, metavar="N", help=text("cli.help_limit"))
    exported = verb("export")
    for each in (listed, exported):
        _add_filter(each)
    exported.add_argument("kind", choices=[kind.value for kind in ExportKind], help=text("cli.help_kind"))
    exported.add_argument("file", type=Path, metavar="FILE", help=text("cli.help_out"))
    exported.add_argument(
        "--places", choices=[place.value for place in Places], default="blurred", help=text("cli.help_places")
    )
    exported.add_argument("--all", action="store_true", help=text("cli.help_all"))
    verb("show").add_argument("numbers", nargs="+", type=int, metavar="NUMBER", help=text("cli.help_numbers"))
    imported = verb("import")
    imported.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help=text("cli.help_photos"))
    imported.add_argument("--model", type=Path, metavar="FILE", help=text("cli.help_model"))
    tagged = verb("tag")
    tagged.add_argument("numbers", nargs="+", type=int, metavar="NUMBER", help=text("cli.help_numbers"))
    tagged.add_argument("--add", action="append", default=[], metavar="TAG", help=text("cli.help_add"))
    tagged.add_argument("--remove", action="append", default=[], metavar="TAG", help=text("cli.help_remove"))
    verb("backup").add_argument("file", type=Path, nargs="?", metavar="FILE", help=text("cli.help_backup"))
    verb("restore").add_argument("file", type=Path, nargs="?", metavar="FILE", help=text("cli.help_restore"))
    verb("check").add_argument("--find-in", type=Path, metavar="FOLDER", help=text("cli.help_find_in"))
    jobs = verb("jobs")
    jobs.add_argument("--go-on", type=int, metavar="NUMBER", help=text("cli.help_go_on"))
    jobs.add_argument("--cancel", type=int, metavar="NUMBER", help=text("cli.help_cancel"))
    jobs.add_argument("--model", type=Path, metavar="FILE", help=text("cli.help_model"))


def _add_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--search", default="", metavar="WORDS", help=text("cli.help_search"))
    parser.add_argument("--danger", action="append", choices=[level.value for level in Danger if level.shown is level])
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help=text("cli.help_tag"))
    parser.add_argument("--stars", type=int, default=0, choices=range(6), help=text("cli.help_stars"))
    parser.add_argument("--since", type=_read_day, metavar="DATE", help=text("cli.help_since"))
    parser.add_argument("--until", type=_read_day, metavar="DATE", help=text("cli.help_until"))
    parser.add_argument("--sort", choices=[sort.value for sort in Sort], default="newest", help=text("cli.help_sort"))


def _read_day(words: str) -> date:
    """A day in ISO 8601.

    Raises:
        FieldGuideError: DAY_INVALID with `words`.
    """
    try:
        return date.fromisoformat(words)
    except ValueError as wrong:
        raise FieldGuideError(ErrorCode.DAY_INVALID, words=words) from wrong


def run(arguments: argparse.Namespace) -> int:
    """Do what a verb says; returns the exit status: 0 all well, 1 something is left to do, 2 nothing could be done.

    Raises:
        FieldGuideError: the library cannot be used.
    """
    with ExitStack() as open_files:
        if arguments.verb == "restore":
            return restore_backup(arguments)
        book = Book(open_files)
        verbs: dict[str, Callable[[Book, argparse.Namespace], int]] = {
            "list": list_finds,
            "show": show_finds,
            "import": import_photos,
            "export": export_book,
            "tag": tag_finds,
            "backup": make_backup,
            "check": check_book,
            "jobs": show_jobs,
        }
        return verbs[arguments.verb](book, arguments)
