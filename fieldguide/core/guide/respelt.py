"""What a name was before programs, scripts and habits respelt it: escapes, a wrong code page, Cyrillic and Greek
letters by their sound, words joined by capitals. Knows no guide.
"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote

_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\U00([0-9a-fA-F]{6})|u00([0-9a-fA-F]{2})")
_LAYERS = 3  # how often a name may be spelt out in another way of spelling out
_CODE_PAGES = ("cp1252", "latin-1", "cp1250", "iso8859-2", "cp437", "mac_roman")  # as which UTF-8 is often read
_HUMP = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")
_OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u04ff]")  # Greek, Cyrillic
_SOUNDS = str.maketrans(
    {
        **dict(zip("абвгґдеёзиіїйклмнопрстуцыэ", "abvggdeeziiiiklmnoprstucye", strict=True)),
        **{"ж": "zh", "ф": "ph", "х": "ch", "ч": "ch", "ш": "sch", "щ": "sch", "ь": "", "ъ": "", "ю": "iu", "я": "ia"},
        **dict(zip("αβγδεζηικλμνξοπρσςτυω", "avgdezeiklmnxoprsstyo", strict=True)),
        **{"θ": "th", "φ": "ph", "χ": "ch", "ψ": "ps"},
    }
)


def decoded(raw: str) -> str:
    """What an address, HTML, JSON or a wrong code page spelt out, and letters only shown the other way round."""
    before, plain = "", raw
    for _ in range(_LAYERS):
        before, plain = plain, html.unescape(unquote(plain)) if "%" in plain or "&" in plain else plain
        plain = _mended(_ESCAPED.sub(lambda found: _escaped(found[found.lastindex or 0]), plain))
        if plain == before:
            break
    return re.sub("\u202e([^\u202c]*)", lambda found: found[1][::-1], plain)


def also_read(raw: str) -> tuple[str, ...]:
    """Other names that a decoded one may be: joined by capitals or `|`, or spelt by sound in another script."""
    parted = _HUMP.sub(" ", raw).replace("|", " / ")
    return tuple(other for other in (parted, _by_sound(raw) if _OTHER_SCRIPT.search(raw) else raw) if other != raw)


def _by_sound(raw: str) -> str:
    """Cyrillic and Greek letters by the Latin ones that they stand for: "Аманита", "Αμανίτα"."""
    bare = "".join(one for one in unicodedata.normalize("NFD", raw.lower()) if not unicodedata.combining(one))
    return bare.replace("ου", "u").replace("кс", "x").replace("кв", "qu").translate(_SOUNDS)


def _mended(plain: str) -> str:
    """UTF-8 that was read as something else ("KnollenblÃ¤tterpilz"), as it was written."""
    for page in () if plain.isascii() else _CODE_PAGES:
        try:
            return plain.encode(page).decode("utf-8")
        except UnicodeError:
            continue
    return plain


def _escaped(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 else " "
