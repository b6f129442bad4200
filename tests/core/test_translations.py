"""Every translated sentence belongs to an English one and carries its facts; what is missing falls back and is told."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest

from fieldguide.core.resources import resource
from fieldguide.core.text import FALLBACK, catalogue, choose_language, language, languages, text

TRANSLATED = tuple(code for code in languages() if code != FALLBACK)
# What only those read who train a model.
ENGLISH_ONLY = frozenset({"audit", "bundle", "card", "collect", "options", "prepare", "report", "review", "train"})


def test_the_app_speaks_the_languages_of_its_guide() -> None:
    assert set(languages()) <= {"de", "en", "es", "fr", "it", "pl"}


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_key_is_unknown_in_english(code: str) -> None:
    assert catalogue(code).keys() - catalogue(FALLBACK).keys() == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_sentence_is_empty(code: str) -> None:
    assert [key for key, sentence in catalogue(code).items() if not sentence.strip()] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_facts_are_those_of_the_english_sentence(code: str) -> None:
    found = {key: facts(sentence) for key, sentence in catalogue(code).items()}
    assert {key: names for key, names in found.items() if names != facts(catalogue(FALLBACK)[key])} == {}


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_key_and_what_it_does_stay_apart(code: str) -> None:
    """`Ctrl+O|Open photos` is cut at the bar."""
    english = catalogue(FALLBACK)
    assert [key for key, words in catalogue(code).items() if words.count("|") != english[key].count("|")] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_words_to_type_or_to_find_in_a_file_stay_as_they_are(code: str) -> None:
    """Names of commands, options, files and values mean the same in every language."""
    typed = re.compile(r"--\w+|\b\w+\.(?:csv|db)\b|\b[A-Z]+_[A-Z]+\b|\b[a-z]+(?:_[a-z0-9]+)+\b|\*\.\w+|\[\w+\]")
    english = catalogue(FALLBACK)
    lost = {
        key: sorted(set(typed.findall(english[key])) - set(typed.findall(sentence)))
        for key, sentence in catalogue(code).items()
    }
    assert {key: words for key, words in lost.items() if words} == {}


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_letter_is_broken(code: str) -> None:
    """One way to write an accent, so that a search finds it; no trace of a wrong encoding."""
    odd = [key for key, sentence in catalogue(code).items() if unicodedata.normalize("NFC", sentence) != sentence]
    broken = [key for key, sentence in catalogue(code).items() if re.search("[\ufffd\u200b]|Ã.", sentence)]
    assert odd + broken == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_chosen_language_speaks(code: str) -> None:
    choose_language(code)
    assert language() == code
    assert text("shell.page_settings") == catalogue(code)["shell.page_settings"]
    assert text("shell.page_settings") != catalogue(FALLBACK)["shell.page_settings"]


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_that_the_app_says_falls_back_to_english(code: str) -> None:
    waiting = {key for key in catalogue(FALLBACK).keys() - catalogue(code).keys() if area(key) not in ENGLISH_ONLY}
    assert waiting == set()


def test_the_areas_left_in_english_exist() -> None:
    assert {file.stem for file in resource("i18n", FALLBACK).glob("*.toml")} >= ENGLISH_ONLY


def facts(sentence: str) -> list[str]:
    """The `{names}` in a sentence, with what stands behind a dot, a colon or an exclamation mark."""
    parts = string.Formatter().parse(sentence)
    return sorted({f"{name}!{how}:{spec}" for _, name, spec, how in parts if name is not None})


def area(key: str) -> str:
    """The file a key stands in."""
    return key.split(".", 1)[0]
