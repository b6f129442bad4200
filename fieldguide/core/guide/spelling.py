"""How words are spelt and misspelt: what is typed without accents, with ae for ä, or with a slip. Knows no guide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_UNFOLDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)  # no accents to strip from these


def fold(words: str) -> str:
    """Words as they are compared: no capitals, no accents."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(_UNFOLDED))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("_", " ")


def words_of(typed: str) -> list[str]:
    """The words that were typed, folded: letters and digits, whatever stands between them ("death-cap")."""
    return re.findall(r"\w+", fold(typed))


def spellings(name: str) -> set[str]:
    """A name as it may be typed, word by word: without accents, and with ae, oe, ue for umlauts."""
    return {" ".join(words_of(name)), " ".join(words_of(name.translate(_UMLAUTS)))}


class Words:
    """Words to be told from slips: 8,000 are looked through in some milliseconds."""

    def __init__(self, words: Iterable[str]) -> None:
        self._letters = [(word, _letters(word)) for word in words]

    def near(self, typed: str) -> set[str]:
        """Those that `is_near`."""
        twice = 2 * _allowed(typed.replace("ph", "f"))
        letters = _letters(typed)
        # one slip changes one letter for another at most: two in the set of all that occur
        return {w for w, has in self._letters if (has ^ letters).bit_count() <= twice and is_near(typed, w)}


def is_near(typed: str, word: str) -> bool:
    """Whether a word of three letters or more is another with one slip (two from eight letters on).

    A slip is a letter wrong, missing, added, or two letters changed about (Damerau 1964).
    """
    typed, word = typed.replace("ph", "f"), word.replace("ph", "f")
    allowed = _allowed(typed)
    if abs(len(typed) - len(word)) > allowed or len(word) < 3:
        return False
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed, start=1):
        older, before, row = before, row, [i] + [0] * len(word)
        for j, other in enumerate(word, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) > allowed:
            return False
    return row[-1] <= allowed


def _allowed(typed: str) -> int:
    return 0 if len(typed) < 3 else 1 if len(typed) < 8 else 2


def _letters(word: str) -> int:
    """Which letters occur, as bits; ph counts as f."""
    found = 0
    for letter in set(word.replace("ph", "f")):
        found |= 1 << (ord(letter) & 63)
    return found
