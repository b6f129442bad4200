"""`fieldguide history list`, `show` and `tag`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from fieldguide.cli.history.book import DONE, SOME_LEFT, Book, complain, document, line, print_json, read_filter
from fieldguide.core.records import Observation
from fieldguide.core.text import shown, text


def list_finds(book: Book, arguments: argparse.Namespace) -> int:
    """Finds that fit, or what is in the bin."""
    if arguments.bin:
        finds: Iterable[Observation] = book.store.bin()[: arguments.limit]
    else:
        finds = book.store.page(read_filter(arguments), limit=max(1, arguments.limit)).observations
    if arguments.json:
        print_json([document(find, book.guide) for find in finds])
        return DONE
    for find in finds:
        print(line(find, book.guide))
    return DONE


def show_finds(book: Book, arguments: argparse.Namespace) -> int:
    """Everything that is known of some finds."""
    finds = book.store.several(arguments.numbers)
    if arguments.json:
        print_json([document(find, book.guide) for find in finds])
    for find in finds if not arguments.json else []:
        print(line(find, book.guide))
        for photo in find.photos:
            print(f"    {shown(str(photo.path))}")
        for said in book.store.identifications(find.id):
            names = ", ".join(f"{one.taxon.name} {one.probability:.2f}" for one in said.candidates)
            print(f"    {said.made_at:%Y-%m-%d} {said.model.name} {said.model.version}: {names}")
        for words in find.notes.splitlines():
            print(f"    {words}")
    print(text("cli.guess"), file=sys.stderr)
    return _told_missing(arguments.numbers, finds)


def tag_finds(book: Book, arguments: argparse.Namespace) -> int:
    """Put tags on finds and take others off."""
    book.store.tag(arguments.numbers, arguments.add, arguments.remove)
    finds = book.store.several(arguments.numbers)
    if arguments.json:
        print_json([document(find, book.guide) for find in finds])
    return _told_missing(arguments.numbers, finds)


def _told_missing(numbers: Sequence[int], finds: Sequence[Observation]) -> int:
    missing = [number for number in numbers if number not in {find.id for find in finds}]
    for number in missing:
        complain(text("cli.no_find", number=number))
    return SOME_LEFT if missing else DONE
