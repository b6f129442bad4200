"""`fieldguide history`: the field book without a window. Plain tables, or one JSON document with --json."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fieldguide.cli.document import observation_document
from fieldguide.core.danger import Danger
from fieldguide.core.decision.fusion import propose_groups
from fieldguide.core.decision.standing import current_danger, shown_taxon
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.photo import find_photos, read_header
from fieldguide.core.records import Observation, Photo
from fieldguide.core.text import explain, language, text
from fieldguide.storage.backup import back_up, backups
from fieldguide.storage.checking import check_library
from fieldguide.storage.database import Database, finish_restore, prepare_restore
from fieldguide.storage.export import ExportKind
from fieldguide.storage.export.places import Places
from fieldguide.storage.export.write import export_finds
from fieldguide.storage.guides import GuideShelf
from fieldguide.storage.jobs import FindState, JobState, JobStatus, JobStore
from fieldguide.storage.locations import create_locations
from fieldguide.storage.observations import ObservationStore, Settled
from fieldguide.storage.search import Filter, Sort
from fieldguide.storage.settings import read_settings
from fieldguide.storage.thumbnails import ThumbnailStore

DONE, SOME_LEFT, USAGE = 0, 1, 2


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
    verb("check")
    jobs = verb("jobs")
    jobs.add_argument("--go-on", type=int, metavar="NUMBER", help=text("cli.help_go_on"))
    jobs.add_argument("--cancel", type=int, metavar="NUMBER", help=text("cli.help_cancel"))
    jobs.add_argument("--model", type=Path, metavar="FILE", help=text("cli.help_model"))


def _add_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--search", default="", metavar="WORDS", help=text("cli.help_search"))
    parser.add_argument("--danger", action="append", choices=[level.value for level in Danger if level.told is level])
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help=text("cli.help_tag"))
    parser.add_argument("--stars", type=int, default=0, choices=range(6), help=text("cli.help_stars"))
    parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help=text("cli.help_since"))
    parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help=text("cli.help_until"))
    parser.add_argument("--sort", choices=[sort.value for sort in Sort], default="newest", help=text("cli.help_sort"))


def run(arguments: argparse.Namespace) -> int:
    """Do what a verb says; returns the exit status: 0 all well, 1 something is left to do, 2 nothing could be done.

    Raises:
        FieldGuideError: the library cannot be used.
    """
    with ExitStack() as open_files:
        if arguments.verb == "restore":
            return _restore(arguments)
        book = Book(open_files)
        verbs: dict[str, Callable[[Book, argparse.Namespace], int]] = {
            "list": _list,
            "show": _show,
            "import": _import,
            "export": _export,
            "tag": _tag,
            "backup": _backup,
            "check": _check,
            "jobs": _jobs,
        }
        return verbs[arguments.verb](book, arguments)


class Book:
    """The library of this user, open."""

    def __init__(self, open_files: ExitStack) -> None:
        self.locations = create_locations()
        self.guide: Guide = GuideShelf(self.locations.data / "guides").read_chosen().guide
        self.database = open_files.enter_context(Database(self.locations.database))
        self.thumbnails = ThumbnailStore(self.locations.thumbnails)
        open_files.callback(self.thumbnails.close)
        self.store = ObservationStore(self.database, self.guide)
        self.jobs = JobStore(self.database)
        while self.store.join_guide(self.guide):
            pass


def _list(book: Book, arguments: argparse.Namespace) -> int:
    if arguments.bin:
        finds: Iterable[Observation] = book.store.bin()[: arguments.limit]
    else:
        finds = book.store.page(_filter(arguments), limit=max(1, arguments.limit)).observations
    if arguments.json:
        _print_json([_document(find, book.guide) for find in finds])
        return DONE
    for find in finds:
        print(_line(find, book.guide))
    return DONE


def _show(book: Book, arguments: argparse.Namespace) -> int:
    finds = book.store.several(arguments.numbers)
    if arguments.json:
        _print_json([_document(find, book.guide) for find in finds])
    for find in finds if not arguments.json else []:
        print(_line(find, book.guide))
        for photo in find.photos:
            print(f"    {photo.path}")
        for said in book.store.identifications(find.id):
            names = ", ".join(f"{one.taxon.name} {one.probability:.2f}" for one in said.candidates)
            print(f"    {said.made_at:%Y-%m-%d} {said.model.name} {said.model.version}: {names}")
        for line in find.notes.splitlines():
            print(f"    {line}")
    print(text("cli.guess"), file=sys.stderr)
    return _told_missing(arguments.numbers, finds)


def _tag(book: Book, arguments: argparse.Namespace) -> int:
    book.store.tag(arguments.numbers, arguments.add, arguments.remove)
    finds = book.store.several(arguments.numbers)
    if arguments.json:
        _print_json([_document(find, book.guide) for find in finds])
    return _told_missing(arguments.numbers, finds)


def _told_missing(numbers: Sequence[int], finds: Sequence[Observation]) -> int:
    missing = [number for number in numbers if number not in {find.id for find in finds}]
    for number in missing:
        _complain(text("cli.no_find", number=number))
    return SOME_LEFT if missing else DONE


def _import(book: Book, arguments: argparse.Namespace) -> int:
    files = list(dict.fromkeys(find_photos([path.absolute() for path in arguments.photos])))
    if not files:
        _complain(text("cli.no_photos"))
        return USAGE
    groups = [[photo.path for photo in group] for group in propose_groups([_glance(file) for file in files])]
    return _run_job(book, book.jobs.begin(groups, files[0].parent.name).number, arguments)


def _glance(file: Path) -> Photo:
    try:
        header = read_header(file)
    except FieldGuideError:
        return Photo(file, "", 0, 0)
    return Photo(file, "", 0, 0, header.taken_at, header.latitude, header.longitude)


def _jobs(book: Book, arguments: argparse.Namespace) -> int:
    if arguments.cancel is not None:
        book.jobs.change(arguments.cancel, JobState.CANCELLED)
    if arguments.go_on is not None:
        book.jobs.change(arguments.go_on, JobState.OPEN)
        return _run_job(book, arguments.go_on, arguments)
    jobs = book.jobs.every()
    if arguments.json:
        _print_json([_job(status) for status in jobs])
    else:
        for status in jobs:
            counts = f"{status.looked_at}/{status.total}"
            print(f"{status.number:6} {status.state.value:10} {counts:>12}  {status.made_at:%Y-%m-%d}  {status.title}")
    return SOME_LEFT if any(status.state in (JobState.OPEN, JobState.PAUSED) for status in jobs) else DONE


def _run_job(book: Book, number: int, arguments: argparse.Namespace) -> int:
    from fieldguide.services.batch import Desk
    from fieldguide.services.job_run import JobRun

    settings = read_settings(book.locations.settings).settings
    unread = 0

    def judge() -> Any:
        from fieldguide.core.resources import resource
        from fieldguide.inference.identify import Identifier, PlaceAndSeason
        from fieldguide.inference.runtime import Runtime

        model = arguments.model or settings.model_path or resource("model", "starter.fieldguide")
        wanted = PlaceAndSeason(settings.region or None) if settings.use_place_and_season else None
        return Identifier(Runtime.load(model, settings.device, settings.threads), book.guide, wanted)

    def tell(settled: Settled) -> None:
        nonlocal unread
        unread += len(settled.observation.unreadable)
        for file in settled.observation.unreadable:
            _complain(explain(file.error))
        if not arguments.json and settled.state is not FindState.UNREAD:
            known = f"  ({text('cli.known')})" if settled.state is FindState.KNOWN else ""
            print(_line(settled.observation, book.guide) + known, flush=True)

    status = JobRun(book.jobs, Desk(book.store, book.thumbnails), tell).run(number, judge)
    if status is None:
        _complain(text("cli.no_job", number=number))
        return USAGE
    if arguments.json:
        _print_json(_job(status))
    else:
        print(text("cli.guess"))
    return SOME_LEFT if unread or status.waiting or status.unread else DONE


def _export(book: Book, arguments: argparse.Namespace) -> int:
    kind = ExportKind(arguments.kind)
    finds = book.store.every(_filter(arguments))
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
        _print_json({"path": str(done.path), **facts})
    else:
        print(text("storage.exported", count=done.observations, path=str(done.path)))
    if done.left_out:
        print(text("storage.exported_left_out", count=done.left_out), file=sys.stderr)
    return SOME_LEFT if done.missing else DONE


def _backup(book: Book, arguments: argparse.Namespace) -> int:
    folder = book.locations.backups
    if arguments.file is None:
        folder.mkdir(parents=True, exist_ok=True)
    copy = arguments.file or folder / f"observations-{datetime.now():%Y-%m-%d-%H%M%S}.db"
    back_up(book.locations.database, copy)
    _print_json({"path": str(copy)}) if arguments.json else print(text("settings.backed_up", path=str(copy)))
    return DONE


def _restore(arguments: argparse.Namespace) -> int:
    """Without a file: list the copies that there are."""
    locations = create_locations()
    if arguments.file is None:
        copies = [str(copy) for copy in backups(locations.backups)]
        _print_json(copies) if arguments.json else print("\n".join(copies))
        return DONE
    prepare_restore(locations.database, arguments.file, Database.known_version())
    kept = finish_restore(locations.database)
    if arguments.json:
        _print_json({"restored": str(arguments.file), "kept": str(kept) if kept else None})
    else:
        print(text("cli.restored", file=str(arguments.file), kept=str(kept or "-")))
    return DONE


def _check(book: Book, arguments: argparse.Namespace) -> int:
    found = check_library(book.database, book.store, book.thumbnails)
    if arguments.json:
        _print_json(
            {
                "damage": list(found.damage),
                "missing": [str(path) for path in found.missing],
                "mended": {
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
        mended = found.orphans + found.unindexed + found.thumbnails + found.spare
        print(text("cli.checked", mended=mended, missing=len(found.missing), damage=len(found.damage)))
    return DONE if found.well else SOME_LEFT


def _filter(arguments: argparse.Namespace) -> Filter:
    return Filter(
        text=arguments.search,
        dangers=frozenset(Danger(level) for level in arguments.danger or ()),
        tags=frozenset(arguments.tag),
        stars=arguments.stars,
        since=arguments.since,
        until=arguments.until,
        sort=Sort(arguments.sort),
    )


def _line(find: Observation, guide: Guide) -> str:
    taxon = shown_taxon(find)
    day = f"{find.observed_at:%Y-%m-%d}" if find.observed_at else "-" * 10
    level = current_danger(find, guide).told
    tags = f"  [{', '.join(find.tags)}]" if find.tags else ""
    name = taxon.name if taxon else text("history.kind_unknown")
    return f"{find.id:6}  {day}  {text(f'ui.danger_{level.value}'):18}  {name}{tags}"


def _document(find: Observation, guide: Guide) -> dict[str, Any]:
    return {
        "observation_id": find.id,
        "datetime": find.observed_at.isoformat() if find.observed_at else None,
        "latitude": find.latitude,
        "longitude": find.longitude,
        "danger_today": current_danger(find, guide).told.value,
        "verified_name": find.verified.name if find.verified else None,
        "tags": list(find.tags),
        "stars": find.stars,
        "notes": find.notes,
        **observation_document(find, guide),
    }


def _job(status: JobStatus) -> dict[str, Any]:
    counts = {name: getattr(status, name) for name in ("total", "waiting", "stored", "known", "unread")}
    made_at = status.made_at.isoformat()
    return {"job": status.number, "title": status.title, "made_at": made_at, "state": status.state.value, **counts}


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def _complain(sentence: str) -> None:
    print(f"fieldguide: {sentence}", file=sys.stderr)
