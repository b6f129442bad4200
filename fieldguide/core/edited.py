"""Files that people edit, whatever program wrote them: one door for everything that reads their texts and tables.

A text that tells its own encoding is read (UTF-8, a byte-order mark, UTF-16); a table may part its columns by comma,
semicolon or tab. Anything else is refused with one sentence, and nothing that never ends is opened.
"""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from fieldguide.core.bounded import read_at_most
from fieldguide.core.errors import ErrorCode, FieldGuideError

MOST_BYTES = 256 * 2**20  # a manifest of a million photos has half of it
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
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
    with_name = {"file": str(file)}
    if file.exists() and not file.is_file():
        raise FieldGuideError(ErrorCode.EDITED_ENDLESS, **with_name)
    with file.open("rb") as stream:
        data = read_at_most(stream, most)
    if len(data) > most:
        raise FieldGuideError(ErrorCode.EDITED_ENDLESS, **with_name)
    try:
        return decode(data)
    except UnicodeError as problem:
        raise FieldGuideError(ErrorCode.EDITED_ENCODING, **with_name) from problem


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


def rows_of(text: str) -> csv.DictReader[str]:
    """The rows of a table, the names of its columns without blanks around them."""
    plain, sign = parted(text)
    rows = csv.DictReader(io.StringIO(plain, newline=""), delimiter=sign)
    rows.fieldnames = [name.strip() for name in rows.fieldnames or ()]
    return rows
