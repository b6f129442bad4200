"""Whether the tables of a guide keep the rules: each broken one by table, row and name, so that people can mend it.

The shipped tables keep all of them (`tests/core/test_guide_tables.py`). A corrected guide that somebody brings must
keep those that `Rule.blocks` says: they could hide a danger, or leave a record that nobody can read. The others are
remarks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fieldguide.core.danger import Danger, worst
from fieldguide.core.guide.check_characters import check_characters, check_questions
from fieldguide.core.guide.names import NameIndex, key_of
from fieldguide.core.guide.promises import promises_a_meal
from fieldguide.core.guide.rules import Problem, Rule
from fieldguide.core.guide.tables import COLUMNS, KEYS, OPTIONAL, Line, Table

MAX_NAMES = 1000  # letters of a cell of names, synonyms too
PROSE = (
    *("habitat", "key_features", "name", "main_symptoms", "mortality_note", "target_organs", "toxins", "caveat"),
    *("hours", "verified", "synonyms", "regions", "family", "scientific_name"),
)
UNSHOWN = ("note", "likelihood_if_true")  # columns of questions.csv that nobody reads in the app
REGIONS = ("europe", "north_america", "asia", "australasia", "africa", "south_america")
_NAMES = {"species": r"[A-Z][a-z]+ [a-z-]+", "genus": r"[A-Z][a-z]+", "family": r"[A-Z][a-z]+aceae"}
_LEVELS = frozenset(Danger)
__all__ = ["REGIONS", "Problem", "Rule", "check_tables"]


def check_tables(tables: Mapping[str, Table]) -> list[Problem]:
    """All that is wrong with the tables (`COLUMNS` names them), in their order; empty when nothing is.

    An optional table that is empty is one that the guide does without.
    """
    shapes = [problem for name in COLUMNS for problem in _check_shape(name, tables[name])]
    if any(problem.rule in (Rule.TABLE_DAMAGED, Rule.COLUMN_MISSING) for problem in shapes):
        return shapes  # what the other rules would say is noise
    taxa = {line.name: line for line in tables["species"].lines}
    syndromes = {line.name for line in tables["syndromes"].lines}
    sources = {line.name for line in tables["sources"].lines}
    found = [*shapes, *_check_words(tables), *_check_species(tables["species"].lines, taxa, syndromes, sources)]
    found += _check_tree(tables["species"].lines, taxa)
    found += _check_syndromes(tables["syndromes"].lines, taxa, sources)
    found += _check_centres(tables["poison_centres"].lines)
    found += _rows("sources", tables["sources"].lines, Rule.CONSULTED, "consulted", r"(read|recalled).*")
    found += check_characters(tables["characters"].lines, taxa, sources)
    found += check_questions(tables["questions"].lines)
    order = list(COLUMNS)
    return sorted(found, key=lambda problem: (order.index(problem.table), problem.row))


def _check_shape(name: str, table: Table) -> Iterator[Problem]:
    if name in OPTIONAL and table == Table((), ()):
        return
    if table.damage:
        yield Problem(name, 0, "", Rule.TABLE_DAMAGED, table.damage)
        return
    for column in COLUMNS[name]:
        if column not in table.header:
            yield Problem(name, 1, "", Rule.COLUMN_MISSING, column)
    for number in table.crooked:
        yield Problem(name, number, "", Rule.CELLS, str(len(table.header)))
    if name in KEYS and KEYS[name] in table.header:
        seen: set[str] = set()
        for line in table.lines:
            key = line.cells[KEYS[name]]
            if not key:
                yield Problem(name, line.number, "", Rule.EMPTY_KEY, KEYS[name])
            elif key in seen:
                yield Problem(name, line.number, key, Rule.TWICE, key)
            seen.add(key)


def _check_species(
    lines: Sequence[Line], taxa: Mapping[str, Line], syndromes: set[str], sources: set[str]
) -> Iterator[Problem]:
    keys = Counter(line.cells["gbif_key"] for line in lines)
    owners: dict[str, str] = {}
    named = NameIndex((key_of(name), (name, _level(line))) for name, line in taxa.items() if _level(line).harmful)
    for line in lines:
        cells = line.cells

        def wrong(rule: Rule, value: str = "", line: Line = line) -> Problem:
            return Problem("species", line.number, line.name, rule, value)

        if cells["rank"] not in _NAMES:
            yield wrong(Rule.RANK, cells["rank"])
        elif not re.fullmatch(_NAMES[cells["rank"]], line.name):
            yield wrong(Rule.NAME, cells["rank"])
        if not cells["family"].endswith("aceae"):
            yield wrong(Rule.FAMILY_NAME, cells["family"])
        if cells["gbif_key"] and (not cells["gbif_key"].isdigit() or keys[cells["gbif_key"]] > 1):
            yield wrong(Rule.GBIF, cells["gbif_key"])
        for synonym in line.several("synonyms"):
            owned = owners.setdefault(key_of(synonym), line.name) != line.name
            if owned or synonym in taxa or _takes_from_worse(synonym, line, named):
                yield wrong(Rule.SYNONYM, synonym)
        if cells["danger"] not in _LEVELS:
            yield wrong(Rule.DANGER, cells["danger"])
        elif Danger(cells["danger"]).harmful and not cells["syndrome"]:
            yield wrong(Rule.NO_SYNDROME, cells["danger"])
        if cells["syndrome"]:
            if cells["syndrome"] not in syndromes:
                yield wrong(Rule.SYNDROME, cells["syndrome"])
            if not cells["toxins"]:
                yield wrong(Rule.TOXINS)
        if not _is_onset(line, needed=bool(cells["syndrome"])):
            yield wrong(Rule.ONSET, f"{cells['onset_hours_min']} - {cells['onset_hours_max']}")
        yield from (wrong(Rule.SOURCE, key) for key in line.several("sources") if key not in sources)
        if not cells["sources"]:
            yield wrong(Rule.NO_SOURCE)
        if not cells["regions"] or not set(line.several("regions")) <= set(REGIONS):
            yield wrong(Rule.REGION, cells["regions"])
        if not _is_season(cells["months_north"]):
            yield wrong(Rule.MONTHS, cells["months_north"])
        if not cells["habitat"] or not cells["key_features"]:
            yield wrong(Rule.DESCRIPTION)
        for other in line.several("dangerous_lookalikes"):
            if other == line.name or other not in taxa or taxa[other].cells["rank"] != "species":
                yield wrong(Rule.LOOKALIKE, other)
            elif taxa[other].cells["danger"] in (Danger.EDIBLE, Danger.UNKNOWN):
                yield wrong(Rule.LOOKALIKE_MILD, other)


def _check_words(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Every cell that people read, of every table."""
    for name in COLUMNS:
        for line in tables[name].lines:
            for column, words in line.cells.items():
                if column not in UNSHOWN and _misleads(column, words):
                    yield Problem(name, line.number, line.name, Rule.WORDS, words[:60])


def _misleads(column: str, words: str) -> bool:
    """Whether a cell that people read promises a meal, or is none: markup, control characters, a name of pages.

    A common name that promises one is kept for the search and shown to nobody, when it is a name at all.
    """
    name = column.startswith(("common_name", "scientific_name", "synonyms", "family"))
    plain = words.replace("\n", " ").isprintable() and not set("<>") & set(words)
    return not plain or (name and len(words) > MAX_NAMES) or (column in PROSE and promises_a_meal(words))


def _takes_from_worse(synonym: str, line: Line, named: NameIndex[tuple[str, Danger]]) -> bool:
    """Whether a synonym is nearly the name of a worse taxon (two letters from a deadly one) and hides its danger."""
    return any(
        name != line.name and level.severity > _level(line).severity and (edited < 2 or level is Danger.DEADLY)
        for edited, (name, level) in named.near(key_of(synonym), 2)
    )


def _check_tree(lines: Sequence[Line], taxa: Mapping[str, Line]) -> Iterator[Problem]:
    """A genus and a family are never milder than what they hold; each family names who makes it dangerous."""
    members: dict[str, list[Line]] = {}
    for line in lines:
        if line.cells["rank"] != "family":
            members.setdefault(line.cells["family"], []).append(line)
        if line.cells["rank"] != "species":
            yield from _check_wide(line)
            continue
        genus = taxa.get(line.name.split(" ")[0])
        if genus is None or genus.cells["rank"] != "genus":
            yield Problem("species", line.number, line.name, Rule.NO_GENUS, line.name.split(" ")[0])
            continue
        if genus.cells["family"] != line.cells["family"]:
            yield Problem("species", line.number, line.name, Rule.OTHER_FAMILY, genus.cells["family"])
        if _level(genus).severity < _level(line).severity:
            yield Problem("species", genus.number, genus.name, Rule.GENUS_MILDER, line.name)
    for name, inside in members.items():
        family = taxa.get(name)
        if family is None:
            yield Problem("species", inside[0].number, inside[0].name, Rule.NO_FAMILY, name)
            continue
        expected = worst(_level(line) for line in inside).shown
        carriers = [line.name for line in inside if _level(line) is expected]
        if _level(family).severity < expected.severity:
            yield Problem("species", family.number, name, Rule.FAMILY_MILDER, carriers[0] if carriers else "")
        elif _level(family).severity > expected.severity:
            yield Problem("species", family.number, name, Rule.FAMILY_HARSHER, expected.value)
        if expected is not Danger.CAUTION and not any(one in family.cells["key_features"] for one in carriers):
            yield Problem("species", family.number, name, Rule.FAMILY_NAMES_NONE, carriers[0] if carriers else "")


def _check_wide(line: Line) -> Iterator[Problem]:
    if _level(line) is Danger.EDIBLE:
        yield Problem("species", line.number, line.name, Rule.WIDE_MILD)
    if "[note:" not in line.cells["key_features"]:
        yield Problem("species", line.number, line.name, Rule.WIDE_NOTE)
    if line.cells["rank"] == "family" and line.cells["family"] != line.name:
        yield Problem("species", line.number, line.name, Rule.FAMILY_NAME, line.cells["family"])


def _check_syndromes(lines: Sequence[Line], taxa: Mapping[str, Line], sources: set[str]) -> Iterator[Problem]:
    for line in lines:
        if not _is_onset(line, needed=True):
            value = f"{line.cells['onset_hours_min']} - {line.cells['onset_hours_max']}"
            yield Problem("syndromes", line.number, line.name, Rule.ONSET, value)
        if line.cells["severity"] not in {"1", "2", "3", "4", "5"}:
            yield Problem("syndromes", line.number, line.name, Rule.SEVERITY, line.cells["severity"])
        for key in line.several("sources"):
            if key not in sources:
                yield Problem("syndromes", line.number, line.name, Rule.SOURCE, key)
        for name in line.several("example_species"):
            if name not in taxa or taxa[name].cells["syndrome"] != line.name:
                yield Problem("syndromes", line.number, line.name, Rule.EXAMPLE, name)


def _check_centres(lines: Sequence[Line]) -> Iterator[Problem]:
    yield from _rows("poison_centres", lines, Rule.COUNTRY, "country_iso2", r"[A-Z]{2}")
    yield from _rows("poison_centres", lines, Rule.PHONE, "phone", r".*\d.*")
    yield from _rows("poison_centres", lines, Rule.VERIFIED, "verified", r"(official|secondary).*")


def _rows(table: str, lines: Sequence[Line], rule: Rule, column: str, pattern: str) -> Iterator[Problem]:
    for line in lines:
        if not re.fullmatch(pattern, line.cells[column]):
            yield Problem(table, line.number, line.cells.get("name") or line.name, rule, line.cells[column])


def _is_onset(line: Line, *, needed: bool) -> bool:
    first, last = line.cells["onset_hours_min"], line.cells["onset_hours_max"]
    if not first and not last:
        return not needed
    try:
        return 0 <= float(first) <= float(last) < 10_000
    except ValueError:
        return False


def _is_season(months: str) -> bool:
    parts = re.fullmatch(r"(\d{1,2})-(\d{1,2})", months)
    return not months or (parts is not None and all(1 <= int(month) <= 12 for month in parts.groups()))


def _level(line: Line) -> Danger:
    value = line.cells["danger"]
    return Danger(value) if value in _LEVELS else Danger.UNKNOWN
