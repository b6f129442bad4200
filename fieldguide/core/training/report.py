"""The trainer's report in pieces that a document without scripts can show: sections, tables, charts as pictures.

The page is written for browsers (`trainer/report`). Its words, tables, photos and charts stay as they are, grids become
tables; what only a script draws is left out. Knows no Qt: our pictures are named `chart:N` and `bar:PERCENT:LOOK`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError

_DROPPED = frozenset({"script", "style", "canvas", "button", "title"})  # and all inside; a chart's titles too
_VOID = frozenset({"img", "br", "input", "meta"})
_GRIDS = {"cards": 2, "two": 2, "charts": 1, "photos": 4, "photos wide": 2, "pair": 2, "layers": 12, "channels": 2}
_WIDTHS = {"photos": 150, "photos wide": 300, "pair": 150, "layers": 76, "channels": 37}  # of pictures, in pixels
_THUMBNAIL = 48


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its key in the page, its short title as people see it, and its HTML without any script."""

    key: str
    title: str
    html: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report's sections in their order, and its charts as whole SVG documents that have no colours of their own."""

    sections: tuple[Section, ...]
    charts: tuple[str, ...]


def read_report(file: Path) -> Report:
    """Read a report that the trainer wrote.

    Raises:
        FieldGuideError: REPORT_MISSING when it is not there or holds no section.
    """
    try:
        page = file.read_text(encoding="utf-8", errors="replace")
    except OSError as gone:
        raise FieldGuideError(ErrorCode.REPORT_MISSING, file=str(file)) from gone
    report = parse_report(page)
    if not report.sections:
        raise FieldGuideError(ErrorCode.REPORT_MISSING, file=str(file))
    return report


def parse_report(page: str) -> Report:
    """The pieces of a page. What stands above the first section (name, warning) belongs to it."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return Report(tuple(reader.sections), tuple(reader.charts))


def pieces(html: str, rows: int = 20) -> list[str]:
    """A section's HTML in pieces that are shown one after the other, for a table of hundreds of rows takes seconds.

    A table is cut after every so many rows; its head stands above each part, in columns of one width.
    """
    found, rest, depth, count, start, head = [], "", 0, 0, "", ""
    at = 0
    for part in re.finditer(r"<table[^>]*>(<thead>.*?</thead>)?|</table>|</tr>", html, re.DOTALL):
        if part[0].startswith("<table"):
            depth += 1
            if depth == 1:
                count, start, head = 0, part[0].removesuffix(part[1] or ""), part[1] or ""
        elif part[0] == "</table>":
            depth -= 1
        elif depth == 1 and (count := count + 1) == rows and html.startswith("<tr", part.end()):
            even = head.replace("<th ", f'<th width="{100 // max(1, head.count("<th "))}%" ')
            found.append(rest + html[at : part.end()].replace(head, even, 1) + "</table>")
            rest, at, count = start + even, part.end(), 0
    return [*found, rest + html[at:]]


class _Reader(HTMLParser):
    """Reads the page once, from top to bottom; `_ends` holds what each open element is closed with."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[Section] = []
        self.charts: list[str] = []
        self._out: list[str] = []
        self._ends: list[tuple[str, str, str]] = []  # tag, class, what closes it
        self._cells: list[int] = []  # of each open grid, how many cells it has
        self._links: dict[str, str] = {}
        self._link = self._key = ""
        self._dropped = 0  # how deep within what is left out
        self._chart: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        look = attributes.get("class", "")
        if tag in _DROPPED or self._dropped:
            self._dropped += tag not in _VOID
        elif tag == "svg" or self._chart is not None:
            self._draw(tag)
        elif tag in _VOID:
            self._out.append(self._void(tag, attributes.get("src", "")))
        else:
            start, end = self._begin(tag, look, attributes)
            opened, closed = self._cell(look) if self._in_grid else ("", "")
            self._out.append(opened + start)
            self._ends.append((tag, look, end + closed))
            if look in _GRIDS:
                self._cells.append(0)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            self._dropped -= 1
        elif self._chart is not None:
            self._chart.append(f"</{tag}>")
            if tag == "svg":
                self.charts.append("".join(self._chart))
                self._out.append(f'<p><img src="chart:{len(self.charts) - 1}"></p>')
                self._chart = None
        elif self._ends and self._ends[-1][0] == tag:
            _, look, end = self._ends.pop()
            if look in _GRIDS:
                self._cells.pop()
            self._out.append(end)
            if tag == "section":
                title = self._links.get(self._key, self._key)
                self.sections.append(Section(self._key, title, "".join(self._out).strip()))
                self._out = []

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        if self._chart is not None:
            self._chart.append(escape(data))
        elif self._within("nav"):
            self._links[self._link] = self._links.get(self._link, "") + data
        elif not self._in_grid:
            self._out.append(escape(data))

    @property
    def _in_grid(self) -> bool:
        return bool(self._ends) and self._ends[-1][1] in _GRIDS

    def _within(self, *names: str) -> bool:
        return any(tag in names or look in names for tag, look, _ in self._ends)

    def _draw(self, tag: str) -> None:
        raw = self.get_starttag_text() or ""
        if self._chart is None:
            self._chart, raw = [], raw.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        self._chart.append(raw)

    def _void(self, tag: str, source: str) -> str:
        if tag == "br":
            return "<br>"
        if tag != "img" or not source.startswith("data:image/"):
            return ""
        grid = next((look for _, look, _ in reversed(self._ends) if look in _WIDTHS), "")
        image = f'<img src="{escape(source)}" width="{_WIDTHS.get(grid, _THUMBNAIL)}">'
        if self._in_grid:  # a picture may be a cell by itself
            opened, closed = self._cell("")
            return opened + image + closed
        return image + ("<br>" if self._within("figure") else " ")

    def _cell(self, look: str) -> tuple[str, str]:
        grid = self._ends[-1][1]
        self._cells[-1] += 1
        full = self._cells[-1] > 1 and self._cells[-1] % _GRIDS[grid] == 1
        return f'{"</tr><tr>" if full else ""}<td class="{_single(look) or "cell"}" valign="top">', "</td>"

    def _begin(self, tag: str, look: str, attributes: dict[str, str]) -> tuple[str, str]:
        """What opens and what closes one element."""
        if look in _GRIDS:
            return '<table width="100%" cellspacing="6" cellpadding="6"><tr>', "</tr></table>"
        if tag == "section":
            self._key = attributes.get("id", "")
            return "", ""
        if tag == "nav" or self._within("nav"):
            self._link = attributes.get("href", "").removeprefix("#")
            return "", ""
        if self._within("bar", "bar bad"):  # `<i style="width:40%">`: how full it is
            bad = ":bad" if self._within("bar bad") else ""
            return f'<img src="bar:{attributes.get("style", "").removeprefix("width:").rstrip("%")}{bad}"> ', ""
        if look in ("bar", "bar bad"):
            return "", ""
        if tag == "table":
            return '<table width="100%" cellspacing="0" cellpadding="4">', "</table>"
        if tag == "td" or tag == "th":
            side = "right" if look == "number" else "left"
            return f'<{tag} align="{side}">', f"</{tag}>"
        if tag in ("html", "head", "body", "header", "main", "footer"):  # they hold several sections
            return "", ""
        if tag in ("figure", "figcaption", "details"):
            return "<div>", "</div>"
        if tag == "summary":
            return "<p><b>", "</b></p>"
        if "--mark" in attributes.get("style", ""):  # of a legend
            colour = attributes["style"].rpartition("--")[2].rstrip(") ;")
            return f'<span class="mark-{escape(colour)}">&#9632;</span> <span>', "</span> &nbsp; "
        after = "<br>" if tag in ("b", "strong") and self._within("card", "card danger") else ""
        named = f' class="{_single(look)}"' if look else ""
        return f"<{tag}{named}>", f"</{tag}>{after}"


def _single(look: str) -> str:
    """The classes of an element as one, for a style sheet that knows one at a time."""
    return escape(look.replace(" ", "-"))
