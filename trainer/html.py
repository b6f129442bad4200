"""Pages from template files, everything that is put into them escaped. A template's own HTML is the only one."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fieldguide.core.text import language, text


def templates(folder: Path) -> Environment:
    """The templates of a folder; in them `text` gives a sentence, `language()` its language.

    A name that nobody gave is an error (`jinja2.UndefinedError`) rather than a gap in the page.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(text=text, language=language)
    return environment
