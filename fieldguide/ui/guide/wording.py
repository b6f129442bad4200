"""A record of the guide in words: what the banner says, how it is sourced, what its notes are. No widgets in here."""

from __future__ import annotations

from dataclasses import dataclass

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, Source, TaxonRecord
from fieldguide.core.guide.check import Problem
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from fieldguide.ui.kit.banner import Alert
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.naming import is_late, name_called, onset_of, onset_words, syndrome_name

_NOTE = "[note:"


@dataclass(frozen=True, slots=True)
class SourceWords:
    """One source as it is shown: the citation, how it was consulted, and whether anybody read it."""

    citation: str
    consulted: str
    was_read: bool


def alert_of(record: TaxonRecord, guide: Guide) -> Alert:
    """What stands above everything else about a taxon."""
    level = record.danger.shown
    syndrome = guide.syndromes.get(record.syndrome)
    headline = danger_word(level)
    if level.harmful and syndrome is not None:
        headline = text("guide.headline", danger=headline, syndrome=syndrome_name(syndrome))
    advice = [text(f"guide.advice_{level.value}")]
    onset = onset_of(record, guide)
    if onset is not None and level.harmful:
        advice.insert(0, text("guide.first_signs", onset=onset_words(onset)))
        if syndrome is not None and is_late(onset, syndrome):
            advice.insert(1, text("guide.delay"))
    if record.taxon.rank is not Rank.SPECIES and level.severity > Danger.CAUTION.severity:
        advice.append(text("guide.wide", rank=text(f"guide.wide_{record.taxon.rank.value}")))
    help_words = text("guide.eaten") if level.severity >= Danger.UNKNOWN.severity else ""
    return Alert(level, headline, "", " ".join(advice), help_words=help_words)


def features_of(record: TaxonRecord) -> tuple[str, str]:
    """The features to look for, and the note that a table may carry behind them (empty: none)."""
    features, _, note = record.key_features.partition(_NOTE)
    return features.strip().rstrip(","), note.strip().rstrip("]").strip()


def members_of(record: TaxonRecord, guide: Guide) -> list[TaxonRecord]:
    """The taxa one step below a genus or a family, the worst first; none for a species."""
    below = {Rank.GENUS: Rank.SPECIES, Rank.FAMILY: Rank.GENUS}.get(record.taxon.rank)
    inside = [
        other
        for other in guide.records.values()
        if other.taxon.rank is below and other.taxon.at(record.taxon.rank) == record.taxon.name
    ]
    return sorted(inside, key=lambda other: (-other.danger.shown.severity, other.taxon.name))


def sources_of(record: TaxonRecord, guide: Guide) -> list[SourceWords]:
    """Every source of a record, those that were read first; one that the guide does not list is said to be unknown."""
    found = [_source(guide.sources.get(key), key) for key in record.sources]
    return sorted(found, key=lambda source: not source.was_read)


def _source(source: Source | None, key: str) -> SourceWords:
    if source is None:
        return SourceWords(key, text("guide.source_unlisted"), False)
    kind = source.consulted.partition("(")[2].rstrip(")") or ("whole" if source.was_read else "recalled")
    known = ("whole", "excerpt", "abstract", "recalled")
    consulted = text(f"guide.consulted_{kind}") if kind in known else source.consulted
    return SourceWords(source.citation, consulted, source.was_read)


def reading_words(record: TaxonRecord, guide: Guide) -> str:
    """Whether the record rests on something that was read, plainly."""
    if guide.rests_on_reading(record):
        read = sum(source.was_read for source in sources_of(record, guide))
        return text("guide.rests_on_reading", count=read, all=len(record.sources))
    return text("guide.recalled")


def problem_words(problem: Problem, guide: Guide) -> str:
    """One broken rule of a guide that somebody brought, with what to write instead."""
    facts = {"name": problem.name, "value": problem.value, "called": name_called(problem.value, guide)}
    rule = text(f"guide.rule_{problem.rule.value}", **facts)
    if not problem.row:
        return text("guide.problem_table", table=f"{problem.table}.csv", rule=rule)
    where = {"table": f"{problem.table}.csv", "row": problem.row, "name": problem.name or "-"}
    return text("guide.problem_row", **where, rule=rule)
