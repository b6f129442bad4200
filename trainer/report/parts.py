"""Small pieces of HTML: sections, tables, cards, chips. Made by `templates/parts.html`, which escapes all text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape

from fieldguide.core.text import percent, text
from trainer.html import templates

NOTHING = Markup()


def say(key: str, **facts: object) -> str:
    """A sentence of the report's catalogue, as it is."""
    return text(f"report.{key}", **facts)


TEMPLATES = templates(Path(__file__).with_name("templates"))
TEMPLATES.globals["say"] = say
_PARTS = TEMPLATES.get_template("parts.html").module


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading, whether it holds numbers, and whether a click sorts by it."""

    head: str
    number: bool = False
    sorts: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """`html` as it is shown, `value` what sorting compares (empty: the shown text)."""

    html: Markup
    value: str = ""


def part(name: str, *arguments: object) -> Markup:
    """A piece of `templates/parts.html` by the name of its macro."""
    return Markup(getattr(_PARTS, name)(*arguments))


def joined(pieces: Iterable[Markup]) -> Markup:
    """Pieces one after the other."""
    return NOTHING.join(pieces)


def section(key: str, *content: Markup) -> Markup:
    """A section with its heading and the sentence that says how to read it; nothing when there is no content."""
    inside = joined(content)
    return part("section", key, inside) if inside else NOTHING


def head(key: str, **facts: object) -> Markup:
    """A heading inside a section."""
    return part("head", say(key, **facts))


def paragraph(key: str, **facts: object) -> Markup:
    """A paragraph."""
    return part("paragraph", say(key, **facts))


def bullets(sentences: Iterable[str]) -> Markup:
    """A list of sentences; nothing for none."""
    items = list(sentences)
    return part("bullets", items) if items else NOTHING


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], name: str = "") -> Markup:
    """A table whose heading stays in sight; `name` lets a search field find it."""
    body = [list(zip(columns, row, strict=True)) for row in rows]
    return part("table", columns, body, name) if body else NOTHING


def words(value: object) -> Cell:
    """A cell of plain text."""
    return Cell(escape(value))


def share_cell(value: float | None, *, bad: bool = False) -> Cell:
    """A share (0 to 1) as a bar and percent."""
    if value is None:
        return Cell(Markup("–"), "-1")
    return Cell(part("bar", value, percent(value), bad), f"{value:.5f}")


def count_cell(some: int, all_of_them: int, *, bad: bool = False) -> Cell:
    """ "3 of 5" with a bar: few photos show as few, where percents would look exact."""
    if not all_of_them:
        return Cell(Markup("–"), "-1")
    share = some / all_of_them
    return Cell(part("bar", share, say("of", some=some, all=all_of_them), bad), f"{share:.5f}")


def card(number: str, title: str, note: str, *, danger: bool = False) -> Markup:
    """One large number with what it means."""
    return part("card", number, title, note, danger)


def name_of(taxon: str) -> Markup:
    """A scientific name in italics."""
    return part("name_of", taxon)


def chip(danger: str) -> Markup:
    """A danger as a word on its colour."""
    return part("chip", danger) if danger else NOTHING
