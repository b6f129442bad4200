"""Finding stored finds: the filter, the words under which a find is indexed, and the query that both make.

Filters are words of the search table's `facets`, so that any combination is one index walk, newest first.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import current_danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation, VerdictKind
from fieldguide.core.taxonomy import Taxon
from fieldguide.storage.rows import clean, first_key

_WORD = re.compile(r"[^\W_]+")
LONGEST_QUERY = 20  # words; more are a pasted page, not a search


@dataclass(frozen=True, slots=True)
class Filter:
    """Which finds to list; every field narrows, an empty one does not.

    Attributes:
        text: words, each the beginning of a word in a name (scientific, old, common, in any language of the guide),
            a tag or the notes; all of them must be there.
        dangers: shown danger by today's guide, as it is told (`Danger.told`).
        kinds: rank of the verdict.
        verified: True for finds with a human's label, False for those without.
        since, until: first and last day, both included; by the date of the find, else of its storing.
        ids: only these finds; None: any.
    """

    text: str = ""
    dangers: frozenset[Danger] = frozenset()
    kinds: frozenset[VerdictKind] = frozenset()
    verified: bool | None = None
    since: date | None = None
    until: date | None = None
    ids: frozenset[int] | None = None


def where(wanted: Filter, after_key: int | None) -> tuple[str, list[object]]:
    """FROM and WHERE of a query whose rows are finds, with `key` for ORDER BY, and its bound values."""
    match = _match(wanted)
    table, key = ("search", "rowid") if match else ("observation", "sort_key")
    conditions, values = ["1"], list[object]()
    if match:
        conditions.append("search MATCH ?")
        values.append(match)
    bounds = [("<", after_key)]
    if wanted.since is not None:
        bounds.append((">=", first_key(_midnight(wanted.since))))
    if wanted.until is not None and wanted.until < date.max:
        bounds.append(("<", first_key(_midnight(wanted.until + timedelta(days=1)))))
    for comparison, bound in bounds:
        if bound is not None:
            conditions.append(f"{table}.{key} {comparison} ?")
            values.append(bound)
    if wanted.ids is not None:
        chosen = "SELECT sort_key FROM observation WHERE id IN (SELECT value FROM json_each(?))"
        conditions.append(f"{table}.{key} IN ({chosen})")
        values.append(json.dumps(sorted(wanted.ids)))
    return f"FROM {table} WHERE {' AND '.join(conditions)}", values


def key_column(wanted: Filter) -> str:
    """The column that orders the rows of `where`."""
    return "rowid" if _match(wanted) else "sort_key"


def index(connection: sqlite3.Connection, observation: Observation, key: int, guide: Guide | None) -> None:
    """Write the words of a find under its sort key; what stood there before must be gone."""
    names = " ".join(_names(observation, guide))
    notes = " ".join((observation.notes, *observation.tags))
    facets = " ".join(_facets(observation, guide))
    values = (key, names, notes, facets)
    connection.execute("INSERT INTO search (rowid, names, notes, facets) VALUES (?, ?, ?, ?)", values)


def _match(wanted: Filter) -> str:
    """The filter in FTS5's query language; empty when nothing but dates is asked."""
    words = _WORD.findall(unicodedata.normalize("NFC", clean(wanted.text)))[:LONGEST_QUERY]
    parts = [f'{{names notes}} : "{word}" *' for word in words]
    if not words and wanted.text.strip():
        parts.append('facets : "nothing"')  # punctuation alone is in no name
    facets = [
        [f"danger{level.told.value}" for level in sorted(wanted.dangers)],
        [f"kind{kind.value}" for kind in sorted(wanted.kinds)],
        [] if wanted.verified is None else ["verified" if wanted.verified else "unverified"],
    ]
    parts += [f"facets : ({' OR '.join(group)})" for group in facets if group]
    return " AND ".join(parts)


def _facets(observation: Observation, guide: Guide | None) -> list[str]:
    said = observation.identification
    words = ["verified" if observation.verified else "unverified"]
    words.append(f"kind{said.verdict.kind.value if said else VerdictKind.UNKNOWN.value}")
    if guide is not None:
        words.append(f"danger{current_danger(observation, guide).told.value}")
    return words


def _names(observation: Observation, guide: Guide | None) -> list[str]:
    """Every name of the human's label, the verdict and the candidates, with their genera and families, each once."""
    taxa: list[Taxon] = [observation.verified] if observation.verified else []
    if observation.identification is not None:
        said = observation.identification
        taxa += [said.verdict.taxon] if said.verdict.taxon else []
        taxa += [candidate.taxon for candidate in (*said.candidates, *said.alarm.taxa)]
    found: dict[str, None] = {}
    for taxon in dict.fromkeys(taxa):
        found.update(dict.fromkeys(name for name in (taxon.name, taxon.genus, taxon.family) if name))
        record = guide.record(taxon.name) if guide else None
        if record is not None:
            found.update(dict.fromkeys((*record.synonyms, *record.common_names.values())))
    return [clean(name) for name in found]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
