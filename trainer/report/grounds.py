"""On whose photos the numbers rest: each source by itself, own photos beside those from elsewhere, and their gap."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from fieldguide.core.text import percent, text
from trainer.evaluation.metrics import ELSEWHERE
from trainer.evaluation.records import MissedDanger, Share, SourceMeasures, SplitMeasures
from trainer.report.parts import NOTHING, Cell, Column, chip, head, name_of, paragraph, section, table, words
from trainer.report.shown import Shown

GAP = 0.1  # between own photos and those from elsewhere: from here on it speaks against passing a model on


def caution(shown: Shown) -> Markup:
    """How far the numbers may be believed, on this ground."""
    first = shown.first
    if first.split == ELSEWHERE:
        facts = {"photos": first.photos, "novel": first.novel_photos, "sources": sources_in_words(first)}
        return paragraph("flatters_elsewhere", **facts)
    return paragraph("flatters" if shown.run else "flatters_evaluated")


def sources_in_words(measures: SplitMeasures) -> str:
    """The sources of these photos, by name."""
    return ", ".join(source or text("report.no_source") for source in measures.sources)


def differences(shown: Shown) -> list[str]:
    """Where own photos promise more than `GAP` more than those from elsewhere hold, in words."""
    if shown.own is None:
        return []
    pairs = zip(_compared(shown.own), _compared(shown.first), strict=True)
    return [
        text(f"report.gap_{name}", own=percent(own.value), elsewhere=percent(found.value))
        for (name, own), (_, found) in pairs
        if not name.startswith("false") and (own.value or 0.0) - (1.0 if found.value is None else found.value) > GAP
    ]


def each_source(shown: Shown) -> Markup:
    """A table of the sources; own photos beside those from elsewhere; and what danger was missed in which source."""
    content = [_table(shown.first)] if shown.first.sources else []
    missed = shown.first.mistakes.missed
    if missed:
        content += [head("missed_by_source"), paragraph("missed_by_source_note"), _missed(missed)]
    if shown.own is not None:
        content += [head("own_split"), paragraph("own_split_note", photos=shown.own.photos), _beside(shown)]
    return section("each_source", *content)


def with_interval(share: Share) -> Cell:
    """ "27 of 43 (47 % to 77 %)"; a dash of no photos."""
    if share.value is None:
        return Cell(escape("–"), "-1")
    facts = {"some": share.count, "all": share.photos, "low": percent(share.low), "high": percent(share.high)}
    return Cell(escape(text("report.with_interval", **facts)), f"{share.value:.5f}")


def _compared(measures: SplitMeasures) -> Iterator[tuple[str, Share]]:
    danger = measures.danger
    yield "deadly", danger.deadly.recall
    yield "false_deadly", danger.deadly.false_alarms
    yield "harmful", danger.harmful.recall
    yield "false_harmful", danger.harmful.false_alarms
    yield "right", measures.right
    yield "species", measures.names.species.top1
    yield "genus", measures.names.genus.top1


def _table(measures: SplitMeasures) -> Markup:
    names = ("source", "deadly_on_deadly", "false_deadly", "harmful", "passed", "said_right", "first", "unknown")
    columns = [Column(text(f"report.column_{name}")) for name in names]
    return table(columns, (_source(name, each) for name, each in measures.sources.items()))


def _source(name: str, each: SourceMeasures) -> list[Cell]:
    passed = Cell(escape(text("report.of", some=each.passed.count, all=each.passed.of)), str(each.passed.count))
    shares = (each.deadly.recall, each.deadly.false_alarms, each.harmful.recall)
    return [
        words(f"{name or text('report.no_source')} ({each.photos})"),
        *map(with_interval, shares),
        passed,
        *map(with_interval, (each.right, each.species, each.unknown)),
    ]


def _missed(rows: tuple[MissedDanger, ...]) -> Markup:
    columns = [
        Column(text("report.column_label")),
        Column(text("report.column_danger"), sorts=False),
        Column(text("report.column_source")),
        *(
            Column(text(f"report.column_{name}"), number=True)
            for name in ("photos", "no_deadly_alarm", "no_alarm", "no_warning")
        ),
    ]
    lines = [
        (
            Cell(name_of(row.kind), row.kind),
            Cell(chip(row.danger)),
            words(row.source or text("report.no_source")),
            words(row.photos),
            words("" if row.no_deadly_alarm is None else row.no_deadly_alarm),
            words(row.no_alarm),
            words(row.no_warning),
        )
        for row in rows
    ]
    return table(columns, lines)


def _beside(shown: Shown) -> Markup:
    if shown.own is None:
        return NOTHING
    columns = [Column("", sorts=False)]
    columns += [Column(text(f"report.column_{name}"), sorts=False) for name in ("elsewhere", "own")]
    rows = [
        (words(text(f"report.row_{name}")), with_interval(found), with_interval(own))
        for (name, found), (_, own) in zip(_compared(shown.first), _compared(shown.own), strict=True)
    ]
    return table(columns, rows)
