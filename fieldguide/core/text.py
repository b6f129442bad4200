"""All sentences for people: one catalogue per language, one file per area, found by key.

Catalogues are `resources/i18n/LANGUAGE/AREA.toml`; the key `AREA.NAME` finds the entry NAME. A language that lacks a
key falls back to English; a key that English lacks is a defect and raises KeyError.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.resources import resource

FALLBACK = "en"
# Control characters, ends of lines and paragraphs, and what turns the direction of letters.
_MOVING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LONGEST_FACT = 1000  # characters
_chosen = FALLBACK


class NoSentencesError(Exception):
    """The catalogues are not there or cannot be read: the one failure that no catalogue can explain."""

    def __init__(self, where: Path) -> None:
        super().__init__(f"The program's sentences ({where}) are missing or damaged. Install FieldGuide again.")


def languages() -> tuple[str, ...]:
    """Codes (ISO 639-1) of the languages that have a catalogue.

    Raises:
        NoSentencesError: not even English has one.
    """
    folders = resource("i18n").iterdir() if resource("i18n").is_dir() else ()
    found = tuple(sorted(folder.name for folder in folders if any(folder.glob("*.toml"))))
    if FALLBACK not in found:
        raise NoSentencesError(resource("i18n", FALLBACK))
    return found


def choose_language(code: str) -> None:
    """Use this language from now on; one without a catalogue means English."""
    global _chosen
    _chosen = code if code in languages() else FALLBACK


def language() -> str:
    """The language in use."""
    return _chosen


@cache
def catalogue(code: str) -> dict[str, str]:
    """Every sentence of one language by its key."""
    areas = sorted(file.stem for file in resource("i18n", code).glob("*.toml"))
    return {key: sentence for area in areas for key, sentence in _area(code, area).items()}


@cache
def _area(code: str, area: str) -> dict[str, str]:
    """The sentences of one file by their keys, read when the first of them is needed; none without a file."""
    try:
        words = resource("i18n", code, f"{area}.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise NoSentencesError(resource("i18n", code, f"{area}.toml")) from problem
    try:
        return {f"{area}.{name}": sentence for name, sentence in tomllib.loads(words).items()}
    except tomllib.TOMLDecodeError as problem:
        raise NoSentencesError(resource("i18n", code, f"{area}.toml")) from problem


def read_sentences(*areas: str) -> None:
    """Read these files of the chosen language before a sentence of them is needed: some ten milliseconds each."""
    for area in areas:
        _area(_chosen, area)


def text(key: str, /, **facts: object) -> str:
    """The sentence of `key` in the chosen language, with `{names}` filled from `facts`.

    Raises:
        KeyError: no such key in the English catalogue, or the sentence names a fact that was not given.
    """
    area = key.partition(".")[0]
    sentence = _area(_chosen, area).get(key) or _area(FALLBACK, area)[key]
    return sentence.format(**facts) if facts else sentence


def explain(error: FieldGuideError) -> str:
    """The sentence for an expected failure: what happened and what to do next.

    Facts may come from a stranger's file: what is longer than `LONGEST_FACT` characters is cut in its middle.
    """
    return text(f"errors.{error.code.value}", **{name: _cut(fact) for name, fact in error.facts.items()})


def shown(name: str) -> str:
    """Words of a stranger on one line: without what moves a terminal's cursor or turns letters round."""
    return _MOVING.sub("\N{REPLACEMENT CHARACTER}", name)


def escaped(document: str) -> str:
    """A JSON text of the same meaning that moves no cursor and turns no letters round; its own lines stay."""
    return "\n".join(_MOVING.sub(lambda one: f"\\u{ord(one[0]):04x}", line) for line in document.split("\n"))


def _cut(fact: object) -> object:
    """A text that is not longer than a sentence may hold, `shown`; anything else as it is."""
    if not isinstance(fact, str):
        return fact
    fact = shown(fact)
    if len(fact) <= LONGEST_FACT:
        return fact
    half = LONGEST_FACT // 2
    return f"{fact[:half]} … {fact[-half:]}"


def percent(share: float | None, decimals: int = 0) -> str:
    """A share or a probability (0 to 1) in per cent, "38 %" or "4.5 %"; a dash when nobody measured it.

    What rounds to 0 or to 100 without being it says "< 1 %" or "> 99 %" ("< 0.1 %" and "> 99.9 %" with one decimal).
    """
    if share is None:
        return "–"
    step = 10.0**-decimals
    if 0 < share < step / 200:
        return text("ui.percent_below", number=f"{step:g}")
    if 1 - step / 200 <= share < 1:
        return text("ui.percent_above", number=f"{100 - step:g}")
    return text("ui.percent", number=f"{round(100 * share, decimals):g}")
