"""The library as the verbs of `fieldguide history` share it: open, filtered, a line or a document a find."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from typing import Any

from fieldguide.cli.document import observation_document
from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.core.towns import place_name
from fieldguide.storage.database import Database
from fieldguide.storage.guides import GuideShelf
from fieldguide.storage.jobs import JobStore
from fieldguide.storage.locations import create_locations
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter, Sort
from fieldguide.storage.settings import read_settings
from fieldguide.storage.thumbnails import ThumbnailStore

DONE, SOME_LEFT, USAGE = 0, 1, 2


class Book:
    """The library of this user, open."""

    def __init__(self, open_files: ExitStack) -> None:
        self.locations = create_locations()
        self.guide: Guide = GuideShelf(self.locations.data / "guides").read_chosen().guide
        self.database = open_files.enter_context(Database(self.locations.database))
        self.thumbnails = ThumbnailStore(self.locations.thumbnails)
        open_files.callback(self.thumbnails.close)
        copies = read_settings(self.locations.settings).settings.copy_photos
        self.store = ObservationStore(self.database, self.guide, name_place=place_name, copies=copies)
        self.jobs = JobStore(self.database)
        while self.store.join_guide(self.guide):
            pass


def read_filter(arguments: argparse.Namespace) -> Filter:
    """The filter that the options say."""
    return Filter(
        text=arguments.search,
        dangers=frozenset(Danger(level) for level in arguments.danger or ()),
        tags=frozenset(arguments.tag),
        stars=arguments.stars,
        since=arguments.since,
        until=arguments.until,
        sort=Sort(arguments.sort),
    )


def line(find: Observation, guide: Guide) -> str:
    """One find as a line of the list."""
    taxon = shown_taxon(find)
    day = f"{find.observed_at:%Y-%m-%d}" if find.observed_at else "-" * 10
    level = danger_today(find, guide).shown
    tags = f"  [{', '.join(find.tags)}]" if find.tags else ""
    name = taxon.name if taxon else text("history.kind_unknown")
    return f"{find.id:6}  {day}  {text(f'ui.danger_{level.value}'):18}  {name}{tags}"


def document(find: Observation, guide: Guide) -> dict[str, Any]:
    """One find as JSON."""
    return {
        "observation_id": find.id,
        "datetime": find.observed_at.isoformat() if find.observed_at else None,
        "latitude": find.latitude,
        "longitude": find.longitude,
        "danger_today": danger_today(find, guide).shown.value,
        "verified_name": find.verified.name if find.verified else None,
        "tags": list(find.tags),
        "stars": find.stars,
        "notes": find.notes,
        **observation_document(find, guide),
    }


def print_json(document: object) -> None:
    """One document to the standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def complain(sentence: str) -> None:
    """A sentence to the standard error output."""
    print(f"fieldguide: {sentence}", file=sys.stderr)
