"""The words under which a find is indexed: its names in every language, notes, tags, files, and facets to filter by."""

from __future__ import annotations

import sqlite3

from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation, VerdictKind
from fieldguide.core.taxonomy import Taxon
from fieldguide.storage.rows import clean, file_name


def index(connection: sqlite3.Connection, observation: Observation, key: int, guide: Guide | None) -> None:
    """Write the words of a find under its sort key; what stood there before must be gone."""
    taxon = shown_taxon(observation)
    called = names_of([taxon] if taxon else [], guide)
    names = [name for name in names_of(possibilities(observation), guide) if name not in called]
    files = [file_name(photo.path.name) for photo in observation.photos]
    values = (
        key,
        *(" ".join(words) for words in (called, names, [observation.notes], observation.tags, files)),
        " ".join(_facets(observation, guide)),
    )
    connection.execute(
        "INSERT INTO search (rowid, called, names, notes, tags, files, facets) VALUES (?, ?, ?, ?, ?, ?, ?)", values
    )


def _facets(observation: Observation, guide: Guide | None) -> list[str]:
    said = observation.identification
    words = ["verified" if observation.verified else "unverified"]
    words.append(f"kind{said.verdict.kind.value if said else VerdictKind.UNKNOWN.value}")
    words += [tag_word(tag) for tag in observation.tags]
    words.append(f"stars{observation.stars}")
    if guide is not None:
        words.append(f"danger{danger_today(observation, guide).shown.value}")
    return words


def tag_word(tag: str) -> str:
    """A tag as one word of the search table, whatever is in it."""
    return "tag" + clean(tag).strip().casefold().encode("utf-8").hex()


def possibilities(observation: Observation) -> list[Taxon]:
    """The human's label, the verdict, the candidates and what carries the alarm, each once."""
    taxa: list[Taxon] = [observation.verified] if observation.verified else []
    if observation.identification is not None:
        said = observation.identification
        taxa += [said.verdict.taxon] if said.verdict.taxon else []
        taxa += [candidate.taxon for candidate in (*said.candidates, *said.alarm.taxa)]
    return list(dict.fromkeys(taxa))


def names_of(taxa: list[Taxon], guide: Guide | None) -> list[str]:
    """Every name of these, old and common, with their genera and families, each once."""
    found: dict[str, None] = {}
    for taxon in taxa:
        found.update(dict.fromkeys(name for name in (taxon.name, taxon.genus, taxon.family) if name))
        record = guide.record(taxon.name) if guide else None
        if record is not None:
            found.update(dict.fromkeys((*record.synonyms, *record.common_names.values())))
    return [clean(name) for name in found]
