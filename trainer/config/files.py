"""Text files that people edit, read through the project's one door; a refusal names the option."""

from __future__ import annotations

from pathlib import Path

from fieldguide.core import edited
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.text import explain
from trainer.config.refusal import refuse


def read_text(file: Path, option: str) -> str:
    """The text of a file in an encoding that tells itself. Line ends stay as they are.

    Raises:
        FieldGuideError: CONFIG_INVALID for `option`: another encoding, a device, or no end. OSError: it cannot be read.
    """
    try:
        return edited.read_text(file)
    except FieldGuideError as problem:
        refuse(option, explain(problem).removesuffix("."))


def read_table(file: Path, option: str) -> edited.Rows:
    """The rows of a CSV as spreadsheets write it: comma, semicolon or tab between columns.

    Raises:
        FieldGuideError: as `read_text`; EDITED_TABLE, also while it is read on; EDITED_ENDLESS.
    """
    return edited.Rows(read_text(file, option), file)
