"""The one reader of names: what a label, a folder or a table's row calls a taxon, however it is spelt.

A reading turns a raw name into keys of the letters a-z; an index finds taxa by them. Knows no danger and no file.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from fieldguide.core.guide.respelt import also_read, decoded

T = TypeVar("T")

MAX_LETTERS = 300  # of a raw name; of a longer one its two ends are read

# Letters that look like Latin ones and do not decompose to them (after the confusables of Unicode UTS 39), by sight.
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("абвгԁеёзіїјкӏмнорсԛтуѵԝхһьɡɑɩʏ", "abbrdeeziijkimhopcqtyvwxhbgaiy", strict=True)),
        **dict(zip("АВСԌЕНІЈКӀМОРԚЅТѴԜХУ", "ABCGEHIJKIMOPQSTVWXY", strict=True)),
        **dict(zip("αβγεηικνορςτυχω", "abyenikvopctuxw", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
        **dict(zip("օոսցհյքղԁѕ", "onughjpnds", strict=True)),
        **{"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ȷ": "j", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"},
        **{"Ł": "L", "Ø": "O", "Đ": "D", "Ħ": "H", "Æ": "Ae", "Œ": "Oe", "ß": "ss", "ẞ": "SS", "|": "l"},
        **dict(zip("ⲁⲃⲉⲏⲓⲕⲙⲛⲟⲣⲥⲧⲭⲀⲂⲈⲎⲒⲔⲘⲚⲞⲢⲤⲦⲬ", "abehikmnopctxABEHIKMNOPCTX", strict=True)),
        **dict(zip("ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃᏳ", "ABCDEGHJKLMPRSTVWZG", strict=True)),
        **{"×": " ", "@": "a", "ʊ": "u", "є": "e", "Є": "E"},
    }
)
_INVISIBLE = frozenset({"Mn", "Me", "Cf", "Cc"})
_DIGITS = str.maketrans("01345", "oleas")  # inside a word
_SIGNS = str.maketrans("0123456789$!+€£", "olzeasgtbgsltel")  # what a whole word may be disguised with

_ALIKE = str.maketrans("iyjk", "lllc")
_PAIRS = (("rn", "m"), ("vv", "w"), ("ph", "f"), ("th", "t"), ("rh", "r"), ("ae", "e"), ("oe", "e"), ("u", "ii"))

BELOW = {"var", "varietas", "f", "fo", "forma", "subsp", "ssp", "subspecies", "subvar", "subf", "cv", "fsp"}
_ROUGHLY = {"cf", "cfr", "conf", "agg", "aggr", "aggregate", "complex", "cplx", "group", "grp", "gr", "coll"}
_ROUGHLY |= {"sl", "slat", "ss", "sstr", "sensu", "lato", "stricto", "amplo", "auct", "auctt", "emend"}
_ROUGHLY |= {"nom", "prov", "nud", "inval", "illeg", "ined", "comb", "nov"}
_OTHER = {"aff", "affin", "affinis", "nr", "near", "prope"}
_NO_EPITHET = {"sp", "spp", "species", "indet", "sect", "section", "subsect", "subgen", "subgenus", "ser", "series"}
KINGDOMS = {"animalia", "plantae", "fungi", "chromista", "protozoa", "bacteria", "archaea", "viruses"}
_WIDE_ENDINGS = ("mycota", "mycotina", "mycetes", "mycetidae", "ales", "aceae", "idae")
_PARTICLES = {"ex", "et", "in", "and", "non", "de", "von", "van", "der", "den", "y", "e", "apud", "al"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A raw name as read.

    `keys` are to be looked for in their order. `plain` are those without marks and authors, by which misspellings are
    found: with the epithets below the species, then without them. `words` are the keys of its words, the genus first; a
    `wide` name is that of a genus or family. `text` are the keys of all its words, brackets and numbers apart;
    `disguised` has for each word in which digits and signs stand for letters its keys with its neighbours, then alone;
    `others` are other names that it may be (`respelt.also_read`).
    """

    keys: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    wide: bool = False
    name: str = ""
    text: tuple[str, ...] = ()
    disguised: tuple[tuple[str, ...], ...] = ()
    others: tuple[str, ...] = ()


def read_name(raw: str) -> Reading:
    """Read a name: case, blanks, separators, accents and look-alike letters, numbers around it, ranks before it,
    authors behind it, `cf. agg. complex var. f.` in it.

    "Genus sp." is the genus; so is "Genus aff. epithet", which says that it is another species than that.
    """
    whole = decoded(raw if len(raw) <= MAX_LETTERS else f"{raw[:200]} {raw[-100:]}")
    plain = latin(whole)
    text = tuple(filter(None, (key_of(part) for word in _words(plain) for part in word.split("-"))))
    disguised = _disguised(plain)
    found = _read(_words(re.sub(r"[(\[{][^)\]}]*[)\]}]?", " ( ", plain)))
    found = replace(found, text=text, disguised=disguised, others=also_read(whole))
    inside = [_read(_words(part)) for part in re.findall(r"[(\[{]([^)\]}]+)", plain)]
    if not found.keys:  # "(Amanita phalloides)"
        return replace(inside[0], text=text, disguised=disguised, others=found.others) if inside else found
    return replace(found, keys=(*found.keys, *(key for each in inside for key in each.keys)))  # "Death cap (Amanita)"


def look_of(key: str) -> str:
    """How a key looks and sounds at a glance: rn and m, i and l and y, ph and f, single and doubled letters are one."""
    before = ""
    while key != before:
        before = key
        for pair, one in _PAIRS:
            key = key.replace(pair, one)
        key = re.sub(r"(.)\1+", r"\1", key.translate(_ALIKE))
    return key


def key_of(name: str) -> str:
    """The letters of a name alone, as keys are compared."""
    return re.sub(r"[^a-z]", "", latin(name).lower())


def plain_keys(name: str) -> tuple[str, ...]:
    """The keys under which a well-written name is found: whole, and without the marks of ranks ("var.")."""
    words = [word for word in _words(name) if word.lower() not in BELOW]
    return tuple(dict.fromkeys((key_of(name), key_of("".join(words)))))


def edits(a: str, b: str, bound: int) -> int:
    """How many letters to change, add, leave out or swap with their neighbour; more than `bound` is bound + 1.

    The optimal string alignment distance (Boytsov 2011).
    """
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        if min(row) > bound:
            return bound + 1
        before, above = above, row
    return min(above[-1], bound + 1)


def allowed_edits(key: str) -> int:
    """How many edits may be a misspelling: none below five letters, one below fourteen, else two."""
    return 0 if len(key) < 5 else 1 if len(key) < 14 else 2


class NameIndex(Generic[T]):
    """What stands under each key, and what stands near one."""

    def __init__(self, named: Iterable[tuple[str, T]]) -> None:
        found: dict[str, dict[T, None]] = {}
        for key, value in named:
            found.setdefault(key, {})[value] = None
        self._of = {key: tuple(values) for key, values in found.items()}
        self._sorted = sorted(self._of)
        self._keys = sorted(self._of, key=len)
        self._lengths = np.array([len(key) for key in self._keys], dtype=np.int64)
        self._counts = np.array([_counts(key) for key in self._keys], dtype=np.int16).reshape(-1, 26)

    def get(self, key: str) -> tuple[T, ...]:
        """All that stands under this key; empty when nothing does."""
        return self._of.get(key, ())

    def begun(self, key: str, share: float = 0.6) -> Iterator[T]:
        """All whose key was cut off after these letters, which are at least this share of it."""
        for place in range(bisect_left(self._sorted, key), len(self._sorted)):
            whole = self._sorted[place]
            if not whole.startswith(key):
                return
            if len(key) >= share * len(whole):
                yield from self._of[whole]

    def near(self, key: str, bound: int) -> list[tuple[int, T]]:
        """All whose key is at most `bound` edits away, with the number of edits; nearest first."""
        if not self._keys or bound < 1:
            return []
        first, end = np.searchsorted(self._lengths, (len(key) - bound, len(key) + bound + 1))
        apart = np.abs(self._counts[first:end] - _counts(key)).sum(axis=1)  # one edit changes at most two counts
        found = [
            (distance, value)
            for place in first + np.flatnonzero(apart <= 2 * bound)
            if (distance := edits(key, self._keys[place], bound)) <= bound
            for value in self._of[self._keys[place]]
        ]
        return sorted(found, key=lambda each: each[0])


def _counts(key: str) -> npt.NDArray[np.int64]:
    return np.bincount(np.frombuffer(key.encode("ascii"), np.uint8) - ord("a"), minlength=26)


def _disguised(plain: str) -> tuple[tuple[str, ...], ...]:
    """What words with digits and signs for letters may be: each with the one before or behind it, all, and alone."""
    words = re.findall(r"[^\W_]+(?:[$!+€£]+[^\W_]*)*|[$!+€£]+[^\W_]+(?:[$!+€£]+[^\W_]*)*", plain)
    keys = [key_of(word.translate(_SIGNS)) for word in words]
    found = []
    for place, word in enumerate(words):
        if word.translate(_SIGNS) != word and key_of(word):
            beside = keys[place : place + 2], keys[max(0, place - 1) : place + 1], keys
            found.append((*("".join(each) for each in beside if len(each) > 1), keys[place]))
    return tuple(found)


def latin(raw: str) -> str:
    """Latin letters for what looks like them, no accents, nothing invisible."""
    if raw.isascii() and raw.isprintable():
        return raw.translate(_LOOKALIKES)
    composed = unicodedata.normalize("NFKC", raw).translate(_LOOKALIKES)
    plain = unicodedata.normalize("NFKD", composed).translate(_LOOKALIKES)
    return "".join(_letter(one) for one in plain if one.isspace() or unicodedata.category(one) not in _INVISIBLE)


def _letter(one: str) -> str:
    """A Latin letter of another shape (small capitals, hooks, in a square) by the letter in its Unicode name."""
    if one.isascii():
        return one
    named = re.fullmatch(r"(?:.* )?(?:LATIN|LETTER|REGIONAL) .*?\b([A-Z])(?: WITH .*)?", unicodedata.name(one, ""))
    return named[1].lower() if named else one


def _words(plain: str) -> list[str]:
    """The words, without numbers before, behind and around them; "(" is kept for a bracket that was left out."""
    plain = re.sub(r"\bs[._\s]+(l|lat|str|s)\b", r"s\1", plain)
    words: list[str] = []
    for word in re.findall(r"[^\W_]+(?:[-\u2010-\u2015][^\W_]+)*|\(", plain):
        letters = _without_numbers(word).strip("0123456789-").translate(_DIGITS)
        if letters and (words or len(letters) > 1 or letters == word):  # "n01440764" in front is a number
            words.append(letters)
    return re.findall(r"\w+", words[0]) if len(words) == 1 else words  # "Amanita-phalloides"


def _without_numbers(word: str) -> str:
    """Without parts that are mostly digits: "platyphylla-550e8400-e29b"."""
    parts = word.split("-")
    return "-".join(part for part in parts if 2 * sum(map(str.isdigit, part)) < len(part)) if len(parts) > 1 else word


def _read(words: list[str]) -> Reading:
    above, words = _without_ranks(words)
    other = False
    while words and words[0].lower() in _ROUGHLY | _OTHER | {"("}:
        other |= words.pop(0).lower() in _OTHER
    if not words or words[0].lower() in _NO_EPITHET or not key_of(words[0]):
        return Reading()
    genus, marks = key_of(words[0]), [word.lower() for word in words[1:]]
    keys = tuple(filter(None, map(key_of, words)))
    ahead = next((mark for mark in marks if mark not in _ROUGHLY), "")
    if other or ahead in _NO_EPITHET | _OTHER or not ahead:
        return Reading((genus, *above), (genus,), keys, True, genus.capitalize())
    epithets, placed = _epithets(words[1:], shouted=words[0].isupper())
    name = " ".join((genus, *epithets)).capitalize()
    short = (genus + key_of(epithets[0]),) if placed and epithets else ()
    plain = tuple(dict.fromkeys((key_of(name), *short)))
    return Reading(tuple(dict.fromkeys((key_of("".join(words)), *plain))), plain, keys, not epithets, name)


def _epithets(rest: list[str], *, shouted: bool) -> tuple[list[str], bool]:
    """The epithets of a species and below, and whether every other word has its place (a mark, an author).

    `shouted`: all in capitals, where an author and an epithet look alike.
    """
    epithets: list[str] = []
    awaited, authors, placed = True, False, True
    for word in rest:
        mark = word.lower()
        if mark in BELOW and not (authors and mark == "f"):  # behind an author "f." is his son
            awaited, authors = True, False
        elif mark == "(":
            authors = bool(epithets)
        elif mark in _ROUGHLY:
            continue
        elif awaited:
            epithets.append(mark)
            awaited = False
        elif authors or mark in _PARTICLES or not (shouted or word.islower()):
            authors = True
        else:
            epithets.append(mark)
            placed = False
    return epithets, placed


def _without_ranks(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Apart: kingdom, phylum, class, order and family in front ("00001_Fungi_..._Amanitaceae_Amanita_phalloides").

    Of those only the last is given, as a key.
    """
    marks = [word.lower() for word in words]
    start = 5 if len(words) > 6 and marks[0] in KINGDOMS else 0
    while start + 1 < len(words) and (marks[start] in KINGDOMS or marks[start].endswith(_WIDE_ENDINGS)):
        if marks[start + 1] in _NO_EPITHET | _ROUGHLY | BELOW | {"("}:
            break
        start += 1
    return tuple(key_of(word) for word in words[start - 1 : start] if start), words[start:]
