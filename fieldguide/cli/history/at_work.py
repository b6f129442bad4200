"""`fieldguide history import` and `jobs`: photos into the book, and what is left of earlier times."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fieldguide.cli.history.book import DONE, SOME_LEFT, USAGE, Book, complain, line, print_json
from fieldguide.core.decision.fusion import propose_groups
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import find_photos, read_header
from fieldguide.core.records import Photo
from fieldguide.core.text import explain, text
from fieldguide.storage.jobs import FindState, JobState, JobStatus
from fieldguide.storage.observations import Settled
from fieldguide.storage.settings import read_settings


def import_photos(book: Book, arguments: argparse.Namespace) -> int:
    """Keep the photos as a job, and run it."""
    files = list(dict.fromkeys(find_photos([path.absolute() for path in arguments.photos])))
    if not files:
        complain(text("cli.no_photos"))
        return USAGE
    groups = [[photo.path for photo in group] for group in propose_groups([_glance(file) for file in files])]
    return _run_job(book, book.jobs.begin(groups, files[0].parent.name).number, arguments)


def _glance(file: Path) -> Photo:
    try:
        header = read_header(file)
    except FieldGuideError:
        return Photo(file, "", 0, 0)
    return Photo(file, "", 0, 0, header.taken_at, header.latitude, header.longitude)


def show_jobs(book: Book, arguments: argparse.Namespace) -> int:
    """List the jobs, or give one up, or go on with it."""
    if arguments.cancel is not None and book.jobs.change(arguments.cancel, JobState.CANCELLED) is None:
        complain(text("cli.no_job", number=arguments.cancel))
        return USAGE
    if arguments.go_on is not None:
        book.jobs.change(arguments.go_on, JobState.OPEN)
        return _run_job(book, arguments.go_on, arguments)
    jobs = book.jobs.every()
    if arguments.json:
        print_json([_job(status) for status in jobs])
    else:
        for status in jobs:
            counts = f"{status.looked_at}/{status.total}"
            print(f"{status.number:6} {status.state.value:10} {counts:>12}  {status.made_at:%Y-%m-%d}  {status.title}")
    return SOME_LEFT if any(status.state in (JobState.OPEN, JobState.PAUSED) for status in jobs) else DONE


def _run_job(book: Book, number: int, arguments: argparse.Namespace) -> int:
    from fieldguide.services.batch import Stores
    from fieldguide.services.job_run import JobRun

    settings = read_settings(book.locations.settings).settings
    unread = 0

    def identifier() -> Any:
        from fieldguide.core.resources import resource
        from fieldguide.inference.identify import FindIdentifier, PlaceAndSeason
        from fieldguide.inference.runtime import Runtime

        model = arguments.model or settings.model_path or resource("model", "starter.fieldguide")
        wanted = PlaceAndSeason(settings.region or None) if settings.use_place_and_season else None
        return FindIdentifier(Runtime.load(model, settings.device, settings.threads), book.guide, wanted)

    def tell(settled: Settled) -> None:
        nonlocal unread
        unread += len(settled.observation.unreadable)
        for file in settled.observation.unreadable:
            complain(explain(file.error))
        if not arguments.json and settled.state in (FindState.STORED, FindState.KNOWN):
            known = f"  ({text('cli.known')})" if settled.state is FindState.KNOWN else ""
            print(line(settled.observation, book.guide) + known, flush=True)

    status = JobRun(book.jobs, Stores(book.store, book.thumbnails), tell).run(number, identifier)
    if status is None:
        complain(text("cli.no_job", number=number))
        return USAGE
    if arguments.json:
        print_json(_job(status))
    else:
        print(text("cli.guess"))
    return SOME_LEFT if unread or status.waiting or status.unread else DONE


def _job(status: JobStatus) -> dict[str, Any]:
    counts = {name: getattr(status, name) for name in ("total", "waiting", "stored", "known", "unread")}
    made_at = status.made_at.isoformat()
    return {"job": status.number, "title": status.title, "made_at": made_at, "state": status.state.value, **counts}
