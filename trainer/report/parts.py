"""Small pieces of HTML: sections, tables, cards, chips. Everything that is text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from fieldguide.core.text import text


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading, whether it holds numbers, and whether a click sorts by it."""

    head: str
    number: bool = False
    sorts: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """`html` as it is shown, `value` what sorting compares (empty: the shown text)."""

    html: str
    value: str = ""


def say(key: str, **facts: object) -> str:
    """A sentence of the report's catalogue, escaped."""
    return escape(text(f"report.{key}", **facts))


def section(key: str, *content: str, **facts: object) -> str:
    """A section with its heading and the sentence that says how to read it; nothing when there is no content."""
    inside = "".join(content)
    about = f'<p class="about">{say(f"{key}_about", **facts)}</p>'
    return f'<section id="{key}"><h2>{say(key)}</h2>{about}{inside}</section>' if inside else ""


def head(key: str, **facts: object) -> str:
    """A heading inside a section."""
    return f"<h3>{say(key, **facts)}</h3>"


def paragraph(key: str, **facts: object) -> str:
    """A paragraph."""
    return f"<p>{say(key, **facts)}</p>"


def bullets(sentences: Iterable[str]) -> str:
    """A list of sentences that are not yet escaped; nothing for none."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], name: str = "") -> str:
    """A table whose heading stays in sight; `name` lets a search field find it."""
    heads = "".join(
        f"<th scope=col{' class=number' * each.number}{' data-sort tabindex=0' * each.sorts}>{escape(each.head)}</th>"
        for each in columns
    )
    body = "".join(
        "<tr>" + "".join(_cell(column, cell) for column, cell in zip(columns, row, strict=True)) + "</tr>"
        for row in rows
    )
    own = f' id="{name}"' if name else ""
    return (
        f'<div class="scroll"><table{own}><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
        if body
        else ""
    )


def _cell(column: Column, cell: Cell) -> str:
    kind = " class=number" if column.number else ""
    value = f' data-value="{escape(cell.value)}"' if cell.value else ""
    return f"<td{kind}{value}>{cell.html}</td>"


def words(value: object) -> Cell:
    """A cell of plain text."""
    return Cell(escape(str(value)))


def share_cell(value: float | None, *, bad: bool = False) -> Cell:
    """A share (0 to 1) as a bar and percent."""
    if value is None:
        return Cell("–", "-1")
    kind = "bar bad" if bad else "bar"
    return Cell(
        f'<span class="{kind}"><i style="width:{100 * value:.0f}%"></i></span>{100 * value:.0f} %', f"{value:.5f}"
    )


def count_cell(some: int, all_of_them: int, *, bad: bool = False) -> Cell:
    """ "3 of 5" with a bar: few photos show as few, where percents would look exact."""
    if not all_of_them:
        return Cell("–", "-1")
    share = some / all_of_them
    kind = "bar bad" if bad else "bar"
    bar = f'<span class="{kind}"><i style="width:{100 * share:.0f}%"></i></span>'
    return Cell(bar + say("of", some=some, all=all_of_them), f"{share:.5f}")


def card(number: str, title: str, note: str, *, danger: bool = False) -> str:
    """One large number with what it means."""
    kind = "card danger" if danger else "card"
    return (
        f'<div class="{kind}"><b>{escape(number)}</b><strong>{escape(title)}</strong><span>{escape(note)}</span></div>'
    )


def name_of(taxon: str) -> str:
    """A scientific name in italics."""
    return f'<i class="name">{escape(taxon)}</i>'


def chip(danger: str) -> str:
    """A danger as a word on its colour."""
    return f'<span class="chip {escape(danger)}">{say(f"danger_{danger}")}</span>' if danger else ""


def percent(value: float | None, digits: int = 0) -> str:
    """A share (0 to 1) as "38 %"; a dash when nobody measured it."""
    return "–" if value is None else f"{100 * value:.{digits}f}\N{NO-BREAK SPACE}%"


def search_field(table_name: str) -> str:
    """A field that hides the rows of a table that do not hold what is typed."""
    hint = say("search")
    field = f'<input type="search" placeholder="{hint}" aria-label="{hint}" data-filters="{table_name}">'
    return f'<div class="tools">{field}</div>'
