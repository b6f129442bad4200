"""Files that people edit, whatever program wrote them: one door for everything that reads their texts and tables.

A text that tells its own encoding is read (UTF-8, a byte-order mark, UTF-16); a table may part its columns by comma,
semicolon or tab. Anything else is refused with one sentence, and nothing that never ends is opened.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from itertools import repeat, zip_longest
from operator import itemgetter
from pathlib import Path

from fieldguide.core.bounded import NoFileError, TooLargeError, read_file
from fieldguide.core.errors import ErrorCode, FieldGuideError

MOST_BYTES = 256 * 2**20  # a manifest of a million photos has half of it
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LONGEST = 2**20  # characters of a row
_MOST_ROWS = 2**22
_WIDEST = 2**14  # columns: as many as a spreadsheet has, which may save them all
_HINT = "sep="  # a spreadsheet's own first line, which tells how columns are parted


def decode(data: bytes) -> str:
    """The text, without its byte-order mark; line ends stay as they are.

    Raises:
        UnicodeError: the encoding does not tell itself. An old code page (ANSI) is read as UTF-8 and fails there.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    text = data.decode(encoding)
    if "\0" in text:  # UTF-16 without its mark reads as UTF-8, a NUL in every second place
        raise UnicodeError("NUL")
    return text


def read_text(file: Path, most: int = MOST_BYTES) -> str:
    """The text of a file.

    Raises:
        FieldGuideError: EDITED_ENCODING, or EDITED_ENDLESS for a device, a pipe or more than `most` bytes; with `file`.
        OSError: it cannot be read.
    """
    try:
        return decode(read_file(file, most))
    except (NoFileError, IsADirectoryError, TooLargeError) as other:
        raise FieldGuideError(ErrorCode.EDITED_ENDLESS, file=str(file)) from other
    except UnicodeError as problem:
        raise FieldGuideError(ErrorCode.EDITED_ENCODING, file=str(file)) from problem


def parted(text: str) -> tuple[str, str]:
    """A table's text without a spreadsheet's hint, and the sign that parts its columns: comma, semicolon or tab."""
    head, ended, rest = text.partition("\n")
    hint = head.rstrip("\r").strip('"')
    if hint.lower().startswith(_HINT) and len(hint) == len(_HINT) + 1 and ended:
        return rest, hint[-1]
    return text, max(",;\t", key=head.count)


def is_plain(data: bytes) -> bool:
    """Whether the bytes of a table are as this project writes them: UTF-8 without a mark, columns parted by commas."""
    text = decode(data)
    return not data.startswith(tuple(mark for mark, _ in _MARKS)) and parted(text) == (text, ",")


class Rows:
    """The rows of a table as dictionaries, read once; `columns` are their names without blanks around them.

    A cell that a row lacks is None. `on_last_line`: whether the row that was read last, or refused, is the table's last
    line and no more. Raises, as it is made and read on:
        FieldGuideError: EDITED_TABLE with `file` and `row` (the line where it begins): a quotation mark that is
            never closed would swallow the rows below, and what is longer or wider than any spreadsheet is no table.
            EDITED_ENDLESS with `file`: more than four million rows.
    """

    def __init__(self, text: str, file: Path) -> None:
        self._file, self._taken, self.on_last_line = file, 0, False
        if max(text.count("\n"), text.count("\r")) > _MOST_ROWS:
            raise FieldGuideError(ErrorCode.EDITED_ENDLESS, file=str(file))
        self._rows = self._cells(*parted(text))
        self.columns = [name.strip() for name in next(self._rows, [])]

    def __iter__(self) -> Iterator[dict[str, str | None]]:
        for cells in self._rows:
            yield dict(zip_longest(self.columns, cells[: len(self.columns)]))

    def chosen(self, *names: str) -> Iterator[Sequence[str]]:
        """Only these columns (two or more) of each row, blank where it has none: quick enough for a million rows."""
        width, place_of = len(self.columns), {name: place for place, name in enumerate(self.columns)}
        places = [place_of.get(name, width) for name in names]
        pick = itemgetter(*places)
        for cells in self._rows:
            cells[width:] = [""]
            yield pick(cells) if len(cells) > width else [*map(dict(enumerate(cells)).get, places, repeat(""))]

    def _cells(self, text: str, sign: str) -> Iterator[list[str]]:
        """The cells of each row that is not blank."""
        reader = csv.reader(self._lines(text), delimiter=sign, strict=True)
        row = 1
        try:
            for cells in reader:
                if len(cells) > _WIDEST:
                    raise csv.Error("too many columns")
                if cells:
                    row, self._taken = reader.line_num + 1, 0
                    yield cells
        except csv.Error as damage:
            facts = {"file": str(self._file), "row": row, "problem": str(damage)}
            raise FieldGuideError(ErrorCode.EDITED_TABLE, **facts) from damage

    def _lines(self, text: str) -> Iterator[str]:
        for line in _LINE.finditer(text):
            self.on_last_line = line.end() == len(text) and not self._taken
            self._taken += len(line[0])
            if self._taken > _LONGEST:
                raise csv.Error("too long a row")
            yield line[0]
