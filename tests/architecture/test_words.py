"""No sentence that the app, the trainer or the README shows may comfort somebody who is about to eat a mushroom."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldguide.core.resources import resource
from fieldguide.core.text import FALLBACK, catalogue, languages
from tests.helpers.comfort import LANGUAGES, comfort_in, mentions_comfort

ROOT = Path(__file__).resolve().parents[2]
# Sentences that name a comforting word in order to deny it. Somebody has read each one: do the same before adding.
READ = frozenset({"card.guess", "cli.guess", "report.guess"})


@pytest.mark.parametrize("language", languages())
def test_no_sentence_of_a_catalogue_comforts(language: str) -> None:
    assert language in LANGUAGES, "teach tests/helpers/comfort.py this language's words first"
    found = {key: comfort_in(sentence, language) for key, sentence in catalogue(language).items()}
    assert {key: words for key, words in found.items() if words} == {}


@pytest.mark.parametrize("language", languages())
def test_a_denied_word_stands_only_where_somebody_has_read_it(language: str) -> None:
    mentioned = {key for key, sentence in catalogue(language).items() if mentions_comfort(sentence, language)}
    assert mentioned - READ == set()


# Ways to say that a check takes a danger away.
EXCLUDED = (
    r"exclud|rul(e|ed|es|ing) out|eliminat|ausgeschlossen|ausschlie|scheidet aus"
    r"|exclu[retiy]|écart(e|é)|esclu[sd]|scart[aio]|descart|wyklucz"
)


@pytest.mark.parametrize("language", languages())
def test_no_sentence_says_that_a_check_excludes_a_danger(language: str) -> None:
    areas = ("hands.", "characters.", "danger.")
    said = {key: sentence for key, sentence in catalogue(language).items() if key.startswith(areas)}
    assert {key: sentence for key, sentence in said.items() if re.search(EXCLUDED, sentence.lower())} == {}


def test_what_was_read_is_still_there() -> None:
    assert catalogue(FALLBACK).keys() >= READ


@pytest.mark.parametrize("table", ["species", "syndromes"])
def test_no_text_of_the_guide_comforts(table: str) -> None:
    shown = ("habitat", "key_features", "main_symptoms", "mortality_note", "name")
    with resource("guide", f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = {next(iter(row.values())): comfort_in(row[column]) for row in rows for column in shown if column in row}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("package", ["fieldguide", "trainer"])
def test_no_sentence_in_the_code_comforts(package: str) -> None:
    found = {
        f"{file.relative_to(ROOT)}:{line}": comfort_in(sentence)
        for file in sorted((ROOT / package).rglob("*.py"))
        if file != ROOT / "fieldguide/core/guide/promises.py"  # the words that are refused
        for line, sentence in sentences_in(file)
    }
    assert {place: words for place, words in found.items() if words} == {}


def sentences_in(file: Path) -> Iterator[tuple[int, str]]:
    """Every string of several words in a module that is not a docstring, with its line."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in documents:
            continue
        if " " in node.value.strip():
            yield node.lineno, node.value


def test_no_shipped_document_comforts() -> None:
    documents = [ROOT / "README.md", *resource("model").glob("*.md"), *resource().rglob("*.html")]
    documents += [*ROOT.glob("fieldguide/**/*.html"), *ROOT.glob("trainer/**/*.html"), *ROOT.glob("trainer/**/*.j2")]
    found = {file.name: comfort_in(" ".join(file.read_text(encoding="utf-8").split())) for file in documents}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This mushroom is edible."),
        ("en", "Not poisonous."),
        ("en", "No danger found"),
        ("en", "There is no doubt that it is edible"),
        ("en", "Nothing was found. Safe to eat."),
        ("en", "Identification confirmed"),
        ("en", "Cooking destroys the toxin"),
        ("en", "Nothing dangerous looks like this"),
        ("de", "Keine giftigen Arten"),
        ("en", "Poisonous species have been excluded"),
        ("de", "Ein guter Speisepilz"),
        ("de", "Dieser Pilz ist nicht giftig."),
        ("de", "Keine Gefahr"),
        ("fr", "Champignon comestible"),
        ("fr", "Sans danger"),
        ("es", "No es venenoso"),
        ("es", "Seta comestible"),
        ("it", "Fungo commestibile"),
        ("it", "Non è velenoso"),
        ("pl", "Grzyb jadalny"),
        ("pl", "Nie jest trujący"),
    ],
)
def test_comfort_is_found(language: str, sentence: str) -> None:
    assert comfort_in(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "No simple test separates edible from poisonous."),
        ("en", "A machine's guess: nothing here is a permission to eat."),
        ("en", "A low score does not mean that it is not poisonous."),
        ("en", "Never trust it when no poisonous species is listed."),
        ("en", "Inedible"),
        ("en", "Unsafe archive"),
        ("en", "Never believe that feeling well is reassuring."),
        ("de", "Das heißt nicht, dass er essbar ist."),
        ("de", "Ungenießbar"),
        ("de", "Die Vermutung einer Maschine ist keine Erlaubnis zum Essen."),
        ("fr", "Aucun test simple ne distingue les comestibles des toxiques."),
        ("es", "Ninguna prueba sencilla separa lo comestible de lo venenoso."),
        ("it", "Nessuna prova semplice separa i commestibili dai velenosi."),
        ("pl", "Żaden prosty test nie odróżni jadalnych od trujących."),
        ("pl", "Niejadalny"),
    ],
)
def test_a_warning_may_name_what_it_denies(language: str, sentence: str) -> None:
    assert comfort_in(sentence, language) == []
