import string

import pytest

from fieldguide.core import text as sentences
from fieldguide.core.errors import ErrorCode, FieldGuideError


@pytest.fixture
def two_languages(tmp_path, monkeypatch):
    """English with two sentences and a German that has one of them."""
    for code, lines in {"en": 'hello = "Hello {who}"\nbye = "Bye"\n', "de": 'hello = "Hallo {who}"\n'}.items():
        (tmp_path / "i18n" / code).mkdir(parents=True)
        (tmp_path / "i18n" / code / "area.toml").write_text(lines, encoding="utf-8")
    monkeypatch.setattr(sentences, "resource", lambda *parts: tmp_path.joinpath(*parts))
    sentences.catalogue.cache_clear()
    yield
    sentences.choose_language("en")
    sentences.catalogue.cache_clear()


def test_a_sentence_is_found_by_its_key_and_filled_with_facts(two_languages) -> None:
    assert sentences.text("area.hello", who="Ada") == "Hello Ada"


def test_the_chosen_language_speaks_and_english_fills_its_gaps(two_languages) -> None:
    sentences.choose_language("de")
    assert sentences.text("area.hello", who="Ada") == "Hallo Ada"
    assert sentences.text("area.bye") == "Bye"


def test_a_language_without_a_catalogue_means_english(two_languages) -> None:
    sentences.choose_language("tlh")
    assert sentences.language() == "en"


def test_a_key_that_english_lacks_is_a_defect(two_languages) -> None:
    with pytest.raises(KeyError):
        sentences.text("area.nothing")


def test_a_fact_that_was_not_given_is_a_defect(two_languages) -> None:
    with pytest.raises(KeyError):
        sentences.text("area.hello", whom="Ada")


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_expected_failure_has_a_sentence(code: ErrorCode) -> None:
    assert sentences.text(f"errors.{code.value}").strip()


@pytest.mark.parametrize("code", list(ErrorCode))
def test_a_sentence_of_a_failure_is_filled_from_its_facts(code: ErrorCode) -> None:
    sentence = sentences.text(f"errors.{code.value}")
    facts = {name: "X" for _, name, _, _ in string.Formatter().parse(sentence) if name}
    assert "{" not in sentences.explain(FieldGuideError(code, **facts))


def test_what_a_strangers_file_says_does_not_fill_the_screen() -> None:
    told = sentences.explain(
        FieldGuideError(ErrorCode.BUNDLE_CONTRADICTORY, file="a.fieldguide", problem="9" * 100_000)
    )
    assert len(told) < 2 * sentences.LONGEST_FACT
    assert "…" in told


@pytest.mark.parametrize(
    ("share", "decimals", "words"),
    [
        (0, 0, "0 %"),
        (0.001, 0, "< 1 %"),
        (0.38, 0, "38 %"),
        (0.994, 0, "99 %"),
        (0.999, 0, "> 99 %"),
        (1, 0, "100 %"),
        (0.0456, 1, "4.6 %"),
        (0.05, 1, "5 %"),
        (0.0004, 1, "< 0.1 %"),
        (0.9996, 1, "> 99.9 %"),
        (None, 1, "–"),
    ],
)
def test_a_share_never_claims_more_than_it_is(share: float | None, decimals: int, words: str) -> None:
    assert sentences.percent(share, decimals) == words
