"""Text files that people edit: read whatever says its own encoding, and refuse the rest with one sentence."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from fieldguide.core.text import text
from trainer.config.refusal import refuse

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(file: Path, option: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 where its first bytes say so. Line ends stay as they are.

    Raises:
        FieldGuideError: CONFIG_INVALID for `option` when it is in another encoding. OSError: it cannot be read.
    """
    data = file.read_bytes()
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        refuse(option, text("train.not_utf8", file=file))


def read_table(file: Path, option: str) -> csv.DictReader[str]:
    """The rows of a CSV as spreadsheets write it: comma, semicolon or tab between columns. Raises as `read_text`."""
    content = read_text(file, option)
    head = content.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(content, newline=""), delimiter=max(",;\t", key=head.count))
    rows.fieldnames = [name.strip() for name in rows.fieldnames or ()]
    return rows
