"""Finding stored finds: the filter, the query that it makes, and where its words stand in what was found.

Filters are words of the search table's `facets`, so that any combination is one index walk, newest first.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation, VerdictKind
from fieldguide.storage.indexing import names_of, possibilities, tag_word
from fieldguide.storage.rows import clean, first_key

_WORD = re.compile(r"[^\W_]+")
LONGEST_QUERY = 20  # words; more are a pasted page, not a search
FEW = 3000  # finds that are sorted in memory; more are walked in the order of an index ...
FAR = 200  # ... unless more than these are passed over
COVERING = "observation_newest"  # the index that has all a list is ordered by, found by sort key
_SOUGHT = "{called names notes tags files}"
NAMELESS = "~"  # sorts behind every name
_IN_BOOK = "o.deleted_at IS NULL"


class Sort(StrEnum):
    """How the found are ordered; those without a date follow those with one. NEWEST with words: those that are called
    so come first, then those that mention it.
    """

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    DANGER = "danger"
    PLACE = "place"
    STARS = "stars"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which finds to list; every field narrows, an empty one does not.

    Attributes:
        text: words, each the beginning of a word in a name (scientific, old, common, in any language of the guide),
            a tag, the name of a file or the notes; all of them must be there.
        dangers: shown danger by today's guide, as it is shown (`Danger.shown`).
        kinds: rank of the verdict.
        verified: True for finds with a human's label, False for those without.
        since, until: first and last day, both included; a find without a date is on none.
        ids: only these finds; None: any.
        tags: all of them. stars: at least so many. place: the name of the nearest place.
        near: latitude and longitude in degrees, and kilometres around them.
        called: what a find is called is one of these scientific names.
    """

    text: str = ""
    dangers: frozenset[Danger] = frozenset()
    kinds: frozenset[VerdictKind] = frozenset()
    verified: bool | None = None
    since: date | None = None
    until: date | None = None
    ids: frozenset[int] | None = None
    tags: frozenset[str] = frozenset()
    stars: int = 0
    place: str = ""
    near: tuple[float, float, float] | None = None
    called: frozenset[str] = frozenset()
    sort: Sort = Sort.NEWEST


@dataclass(frozen=True, slots=True)
class Key:
    """Where a list goes on: the tier, the value it is sorted by, and the sort key of the last find."""

    tier: int
    value: str | int
    sort_key: int


@dataclass(frozen=True, slots=True)
class _Order:
    """One way of ordering: its columns, and the condition of what comes after a key (with its values)."""

    columns: str
    after: str
    value: str = "0"


_ORDERS = {
    Sort.NEWEST: _Order("o.sort_key DESC", "o.sort_key < :key"),
    Sort.OLDEST: _Order("o.sort_key", "o.sort_key > :key"),
    Sort.NAME: _Order(
        "o.called, o.sort_key DESC", "o.called >= :value AND (o.called > :value OR o.sort_key < :key)", "o.called"
    ),
    Sort.PLACE: _Order(
        "o.place, o.sort_key DESC", "o.place >= :value AND (o.place > :value OR o.sort_key < :key)", "o.place"
    ),
    Sort.DANGER: _Order(
        "o.danger DESC, o.sort_key DESC",
        "o.danger <= :value AND (o.danger < :value OR o.sort_key < :key)",
        "o.danger",
    ),
    Sort.STARS: _Order(
        "o.stars DESC, o.sort_key DESC",
        "o.stars <= :value AND (o.stars < :value OR o.sort_key < :key)",
        "o.stars",
    ),
}


def page_of(
    connection: sqlite3.Connection, wanted: Filter, after: Key | None, limit: int, skip: int = 0
) -> list[tuple[int, Key]]:
    """Ids of the next finds that fit, each with its key; the first `skip` (of the key's tier) are passed over."""
    found: list[tuple[int, Key]] = []
    tiers = _tiers_of(wanted)
    for tier in range(after.tier if after else 0, len(tiers)):
        start = after if after is not None and after.tier == tier else None
        over = skip if tier == (after.tier if after else 0) else 0
        walked = tiers[tier]
        if by_words(wanted) and tier and after is None and not skip and not found:
            walked = _Tier(match_of(wanted))  # nothing is called so: nothing need be left out
        found += _walk(connection, wanted, tier, walked, start, (limit - len(found), over))
        if len(found) >= limit:
            break
    return found


def count(connection: sqlite3.Connection, wanted: Filter, tier: int | None = None) -> int:
    """How many finds fit; with a tier, those of this one: called so, and mentioned only (see `by_words`)."""
    match, conditions, values = match_of(wanted), *conditions_of(wanted)
    if tier is not None:
        match = _tiers_of(wanted)[tier].match
    if not match:
        sql = f"SELECT count(*) FROM observation o WHERE {' AND '.join(conditions)}"
        return int(connection.execute(sql, values).fetchone()[0])
    inside = _within(conditions)
    sql = f"SELECT count(*) FROM search WHERE search MATCH :match {inside}"
    return int(connection.execute(sql, {**values, "match": match}).fetchone()[0])


def by_words(wanted: Filter) -> bool:
    """Whether those that are called so are listed before those that only mention it."""
    return wanted.sort is Sort.NEWEST and bool(_words(wanted))


class _Tier(NamedTuple):
    """A part of a list: what matches (empty: everything) and, beyond the filter, a condition."""

    match: str
    condition: str = ""


def _tiers_of(wanted: Filter) -> list[_Tier]:
    """What is listed one after the other."""
    if wanted.sort is Sort.OLDEST:
        return [_Tier(match_of(wanted), f"o.sort_key {sign} 0") for sign in (">=", "<")]
    if not by_words(wanted):
        return [_Tier(match_of(wanted))]
    words = _words(wanted)
    called = " AND ".join(_in("called", words))
    facets = _facet_match(wanted)
    first = " AND ".join([called, *facets])
    rest = " AND ".join(_in(_SOUGHT, words))
    return [_Tier(first), _Tier(" AND ".join([f"(({rest}) NOT ({called}))", *facets]))]


def _walk(
    connection: sqlite3.Connection,
    wanted: Filter,
    number: int,
    tier: _Tier,
    after: Key | None,
    part: tuple[int, int],
) -> list[tuple[int, Key]]:
    order = _ORDERS[wanted.sort]
    match, condition = tier
    parts, values = conditions_of(wanted)
    parts += [condition] if condition else []
    conditions = " AND ".join(parts)
    values |= {"limit": part[0], "skip": part[1], "match": match}
    if after is not None:
        values |= {"value": after.value, "key": after.sort_key}
    beyond = f"AND {order.after}" if after is not None else ""
    chosen = f"o.id, {order.value}, o.sort_key"
    some = "LIMIT :limit OFFSET :skip"
    if not match:
        sql = f"SELECT {chosen} FROM observation o WHERE {conditions} {beyond} ORDER BY {order.columns} {some}"
    elif wanted.sort in (Sort.NEWEST, Sort.OLDEST):
        inside = _within(parts)
        direction, sign = ("DESC", "<") if wanted.sort is Sort.NEWEST else ("ASC", ">")
        beyond = f"AND search.rowid {sign} :key" if after is not None else ""
        keys = f"SELECT rowid AS key FROM search WHERE search MATCH :match {inside} {beyond}"
        sql = (
            f"SELECT {chosen} FROM ({keys} ORDER BY rowid {direction} {some}) s"
            f" JOIN observation o ON o.sort_key = s.key ORDER BY {order.columns}"
        )
    elif part[1] > FAR or _few(connection, match):
        sql = (
            f"SELECT {chosen} FROM search CROSS JOIN observation o INDEXED BY {COVERING} ON o.sort_key = search.rowid"
            f" WHERE search MATCH :match AND {conditions} {beyond} ORDER BY {order.columns} {some}"
        )
    else:
        within = "EXISTS (SELECT 1 FROM search WHERE search.rowid = o.sort_key AND search MATCH :match)"
        sql = (
            f"SELECT {chosen} FROM observation o WHERE {conditions} AND {within} {beyond}"
            f" ORDER BY {order.columns} {some}"
        )
    return [(row[0], Key(number, row[1], row[2])) for row in connection.execute(sql, values)]


def _few(connection: sqlite3.Connection, match: str) -> bool:
    sql = "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)"
    return int(connection.execute(sql, (match, FEW)).fetchone()[0]) < FEW


def _within(conditions: list[str]) -> str:
    """Conditions on finds as conditions on rows of the search table; what is in the bin is not in that table."""
    ranges = [part.replace("o.sort_key", "search.rowid") for part in conditions if part.startswith("o.sort_key ")]
    others = [part for part in conditions if not part.startswith(("o.sort_key ", _IN_BOOK))]
    if others:
        chosen = " AND ".join([_IN_BOOK, *others])
        ranges.append(f"search.rowid IN (SELECT o.sort_key FROM observation o WHERE {chosen})")
    return "".join(f" AND {part}" for part in ranges)


def conditions_of(wanted: Filter) -> tuple[list[str], dict[str, object]]:
    """What is not a word of the search table: dates, ids, places."""
    parts, values = [_IN_BOOK], dict[str, object]()
    if wanted.since is not None or wanted.until is not None:
        parts.append("o.sort_key >= :since")
        values["since"] = first_key(_midnight(wanted.since or date.min))
    if wanted.until is not None and wanted.until < date.max:
        parts.append("o.sort_key < :until")
        values["until"] = first_key(_midnight(wanted.until + timedelta(days=1)))
    if wanted.ids is not None:
        parts.append("o.id IN (SELECT value FROM json_each(:ids))")
        values["ids"] = json.dumps(sorted(wanted.ids))
    if wanted.place:
        parts.append("o.place = :place")
        values["place"] = wanted.place
    if wanted.called:
        parts.append("o.called IN (SELECT value FROM json_each(:called))")
        values["called"] = json.dumps(sorted(name.casefold() for name in wanted.called))
    if wanted.near is not None:
        latitude, longitude, kilometres = wanted.near
        reach = kilometres / 110.0  # degrees; a little more than there are
        parts.append("o.latitude >= :south")
        parts.append("o.latitude <= :north")
        parts.append("kilometres(o.latitude, o.longitude, :latitude, :longitude) <= :kilometres")
        values |= {"south": latitude - reach, "north": latitude + reach}
        values |= {"latitude": latitude, "longitude": longitude, "kilometres": kilometres}
    return parts, values


@dataclass(frozen=True, slots=True)
class Found:
    """Why a find is in the list: a word of the search stands in `field` (name, possibility, notes, tag or file),
    as part of `words`.
    """

    field: str
    words: str


def why_found(observation: Observation, text: str, guide: Guide | None) -> list[Found]:
    """For each word of a search, where it stands in a find: the first place of name, possibility, tag, notes, file."""
    taxon = shown_taxon(observation)
    places = [
        ("name", names_of([taxon] if taxon else [], guide)),
        ("possibility", names_of(possibilities(observation), guide)),
        ("tag", list(observation.tags)),
        ("notes", observation.notes.splitlines()),
        ("file", [photo.path.name for photo in observation.photos]),
    ]
    found: dict[Found, None] = {}
    for word in _words(Filter(text=text)):
        either = "|".join(re.escape(fold(each)) for each in _spellings(word))
        begins = re.compile(rf"(?<![^\W_])(?:{either})")
        hit = next((Found(field, line) for field, lines in places for line in lines if begins.search(fold(line))), None)
        if hit is not None:
            found[hit] = None
    return list(found)


def fold(words: str) -> str:
    """Words as the search table compares them: no capitals, no accents on Latin letters."""
    plain = unicodedata.normalize("NFD", words.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _words(wanted: Filter) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", clean(wanted.text)))[:LONGEST_QUERY]


def _spellings(word: str) -> list[str]:
    """A word as it is typed, and with ae, oe, ue read as the umlauts that a keyboard may lack ("Muenchen")."""
    plain = re.sub("([aou])e", r"\1", word, flags=re.IGNORECASE)
    return [word] if plain == word else [word, plain]


def _in(columns: str, words: list[str]) -> list[str]:
    """Each word, in any of its spellings, begins a word of these columns."""
    either = (" OR ".join(f'"{each}" *' for each in _spellings(word)) for word in words)
    return [f"{columns} : ({spellings})" for spellings in either]


def match_of(wanted: Filter) -> str:
    """The filter in FTS5's query language; empty when nothing but dates, ids and places is asked."""
    words = _words(wanted)
    parts = _in(_SOUGHT, words)
    if not words and wanted.text.strip():
        parts.append('facets : "nothing"')  # punctuation alone is in no name
    return " AND ".join(parts + _facet_match(wanted))


def _facet_match(wanted: Filter) -> list[str]:
    facets = [
        [f"danger{level.shown.value}" for level in sorted(wanted.dangers)],
        [f"kind{kind.value}" for kind in sorted(wanted.kinds)],
        [] if wanted.verified is None else ["verified" if wanted.verified else "unverified"],
        *([tag_word(tag)] for tag in sorted(wanted.tags)),
        [f"stars{count}" for count in range(wanted.stars, 6)] if wanted.stars else [],
    ]
    return [f"facets : ({' OR '.join(group)})" for group in facets if group]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
