"""Words that could comfort somebody who is about to eat a mushroom, in the six languages of the app.

A sentence may hold such a word only where it denies it ("no simple test separates edible from poisonous"): a negation
must stand before the word in the same sentence. Denied danger ("not poisonous") is comfort too.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_WORDS: dict[str, dict[str, str]] = {
    language: {kind: "|".join(patterns) for kind, patterns in kinds.items()}
    for language, kinds in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
LANGUAGES = tuple(_WORDS)


def comfort_in(text: str, language: str = "en") -> list[str]:
    """The comforting words of a text that nothing before them in their sentence denies; empty when it may be shown."""
    found = []
    for sentence in re.split(r"[.!?;\n]\s+|[:\n]", _plain(text)):
        for match in re.finditer(rf"(?<![\w-])(?:{_WORDS[language]['comfort']})(?![\w-])", sentence):
            before = re.sub(rf"\b(?:{_WORDS[language]['no_denial']})\b", " ", sentence[: match.start()])
            if not re.search(rf"\b(?:{_WORDS[language]['negation']})\b", before):
                found.append(match.group())
    return found


def mentions_comfort(text: str, language: str = "en") -> bool:
    """Whether a comforting word stands in the text at all, denied or not."""
    return re.search(rf"(?<![\w-])(?:{_WORDS[language]['comfort']})(?![\w-])", _plain(text)) is not None


def _plain(text: str) -> str:
    return text.lower().replace("\u2019", "'").replace("\u00a0", " ")
