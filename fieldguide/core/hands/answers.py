"""What somebody says of a find in the hand: one character and the values seen; no value means "cannot tell"."""

from __future__ import annotations

from collections.abc import Iterable

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide.characters import CHARACTERS, DIGGING, SIZE, size_class
from fieldguide.core.records import Seen

__all__ = ["Seen", "read_seen"]

# Of the base these are seen only when it is out of the ground; every other answer may be what the ground still hides.
_SEEN_DUG = ("sac", "rim_or_scales")


def read_seen(words: Iterable[str], *, dug_out: bool = False) -> tuple[Seen, ...]:
    """Answers as they are typed: `ring=skirt`, `cap_colour=white|cream`, `size=12` (cm), `smell=?` for "cannot tell".

    Several words about one character are one answer with several values. `dug_out` says so of the base; a sac or a rim
    was dug out by being seen.

    Raises:
        FieldGuideError: CHARACTER_UNKNOWN or VALUE_UNKNOWN, with `word` and the list of what there is in `known`.
    """
    found: dict[str, dict[str, None]] = {}
    for word in words:
        character, parted, given = word.partition("=")
        character = character.strip().lower()
        if not parted and character in CHARACTERS:
            _value(character, "", word)  # a character alone: the refusal lists its values
        if character not in CHARACTERS:
            raise FieldGuideError(ErrorCode.CHARACTER_UNKNOWN, word=word, known=", ".join(CHARACTERS))
        values = found.setdefault(character, {})
        for value in given.replace(",", "|").split("|"):
            if value.strip() not in ("?", ""):
                values[_value(character, value.strip().lower(), word)] = None
    return tuple(
        Seen(
            character,
            tuple(value for value in CHARACTERS[character] if value in values),
            dug_out or (character == DIGGING and any(value in _SEEN_DUG for value in values)),
        )
        for character, values in found.items()
    )


def _value(character: str, value: str, word: str) -> str:
    if value in CHARACTERS[character]:
        return value
    try:
        if character == SIZE:
            return size_class(float(value.removesuffix("cm").replace(",", ".")))
    except ValueError:
        pass
    known = ", ".join(CHARACTERS[character])
    raise FieldGuideError(ErrorCode.VALUE_UNKNOWN, word=word, character=character, known=known)
