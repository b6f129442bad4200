"""The top of the report: what the model is good for and what not, in words, dangerous mistakes first."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import percent, text
from trainer.evaluation.records import AlarmMeasures, DangerousLabel, RankNames, Share, TakenFor
from trainer.report.advice import (
    FEW,
    POOR,
    RANKS,
    SILENT,
    listed,
    next_steps,
    suitability,
)
from trainer.report.grounds import caution
from trainer.report.parts import (
    NOTHING,
    Cell,
    Column,
    bullets,
    card,
    chip,
    count_cell,
    head,
    joined,
    name_of,
    paragraph,
    part,
    say,
    section,
    table,
    words,
)
from trainer.report.photos import mistake_figures
from trainer.report.promises import promises_in_words
from trainer.report.shown import Shown

ENOUGH = 5  # photos in the test below which nothing good is said of a label
GOOD = 0.8  # F1 from which a class counts as well known
NAMED = 12
MILDER = 10  # photos of dangerous kinds that were named as something milder


def in_short(shown: Shown) -> Markup:
    """The numbers that matter, danger first, each with what it means, and on whose photos."""
    first = shown.first
    cards = [_alarm_card(first.danger.of(level), level) for level in ("deadly", "harmful")]
    passed = first.danger.passed_as_harmless
    cards.append(
        card(
            str(passed.count),
            text("report.card_passed"),
            text("report.card_passed_note", total=passed.of, deadly=passed.deadly),
            danger=passed.count > 0,
        )
    )
    cards += [_names_card(first.names.at(rank), rank) for rank in ("species", "genus")]
    others = first.other_things
    if others:
        known = percent(first.verdicts_on_known.unknown.value)
        note = text("report.card_others_note", **_between(others.unknown), known=known)
        cards.append(card(percent(others.unknown.value), text("report.card_others"), note))
    return section(
        "short",
        suitability(shown),
        part("box", "cards", joined(cards)),
        part("box", "warning", joined([caution(shown), _seen_before(shown)])),
        good_and_bad(shown),
        head("next") + (paragraph("next_own") if shown.own else NOTHING) + bullets(next_steps(shown)),
    )


def _names_card(found: RankNames, rank: str) -> Markup:
    """How often the first name is right at this rank."""
    top1 = found.top1
    if top1.value is None:
        return card("–", text(f"report.card_{rank}"), text("report.card_none"))
    key = "report.card_names_note" if found.among_five is not None else "report.card_names_note_few"
    note = text(key, top5=percent(found.among_five), **_between(top1))
    return card(percent(top1.value), text(f"report.card_{rank}"), note)


def _seen_before(shown: Shown) -> Markup:
    """That the weights which the run began with knew some of the test photos."""
    seen = shown.run.seen_by_starting_weights if shown.run else 0
    return paragraph("seen_before", count=seen, photos=shown.measures.photos) if seen else NOTHING


def _between(share: Share) -> dict[str, object]:
    """The facts of an interval, as sentences take them."""
    return {"low": percent(share.low), "high": percent(share.high), "photos": share.photos}


def _alarm_card(alarm: AlarmMeasures, level: str) -> Markup:
    recall = alarm.recall
    if recall.value is None:
        return card("–", text(f"report.card_{level}"), text("report.card_none"), danger=level == "deadly")
    note = text(
        "report.card_alarm_note",
        photos=recall.photos,
        low=percent(recall.low),
        missed=recall.photos - recall.count,
        false=percent(alarm.false_alarms.value),
    )
    missed = level == "deadly" and recall.value < 1
    return card(percent(recall.value, 1), text(f"report.card_{level}"), note, danger=missed)


def good_and_bad(shown: Shown) -> Markup:
    """Two lists of sentences made from the numbers."""
    good, bad = strengths(shown), weaknesses(shown)
    return part("boxes", "two", [head("good") + bullets(good), head("bad") + bullets(bad)])


def strengths(shown: Shown) -> list[str]:
    """What can be said for the model; a sentence that nothing can, when so."""
    sentences = []
    first = shown.first
    for rank in RANKS:
        found = first.verdicts.at(rank)
        if found.right.photos >= FEW and (found.right.value or 0.0) >= GOOD:
            facts = {"said": percent(found.said), "right": percent(found.right.value)}
            sentences.append(text(f"report.good_{rank}", **facts))
    names = [each.label for each in first.classes if each.f1 >= GOOD and each.photos >= ENOUGH][::-1]
    if names:
        sentences.append(
            text(_form("good_classes", len(names)), count=len(names), enough=ENOUGH, names=listed(names, NAMED))
        )
    ece, chance = first.calibration.ece, first.calibration.ece_by_chance
    if ece is not None and ece <= 0.05:
        sentences.append(text("report.good_certainty", ece=percent(ece, 1), chance=percent(chance, 1)))
    unknown = first.verdicts_on_known.unknown.value or 0.0
    others = first.other_things.unknown if first.other_things else None
    if others and others.photos >= FEW and (others.value or 0.0) >= 0.9 and unknown < SILENT:
        sentences.append(text("report.good_others", share=percent(others.value), known=percent(unknown)))
    return sentences or [text("report.good_none")]


def weaknesses(shown: Shown) -> list[str]:
    """What must be known before trusting it: never empty."""
    sentences = []
    first = shown.first
    missed = first.mistakes.missed_deadly_count
    if missed:
        names = list(dict.fromkeys(row.true for row in first.mistakes.missed_deadly))
        sentences.append(text(_form("bad_missed", missed), count=missed, names=listed(names, NAMED)))
    for level in ("deadly", "harmful"):
        count = first.danger.of(level).recall.photos
        if count < FEW:
            sentences.append(text(f"report.bad_few_{level}", count=count))
    wide = {row.name for row in shown.labels if row.rank != Rank.SPECIES.value}
    names = [each.label for each in first.classes if each.f1 < POOR and each.label not in wide]
    if names:
        sentences.append(text(_form("bad_classes", len(names)), count=len(names), names=listed(names, NAMED)))
    thin = [row.name for row in shown.labels if 0 < row.photos.get("train", 0) < FEW]
    if thin:
        sentences.append(text(_form("bad_thin", len(thin)), count=len(thin), few=FEW, names=listed(thin, NAMED)))
    return [*sentences, text("report.bad_kinds"), text("report.bad_photo")]


def dangerous_mistakes(shown: Shown, photos: int) -> Markup:
    """Deadly photos that rang no deadly alarm, what is taken for what, and every dangerous label by itself."""
    found, passed = shown.first.mistakes, shown.first.danger.passed_as_harmless
    first = head("missed_deadly") + _counted("missed_deadly", found.missed_deadly_count)
    first += mistake_figures(found.missed_deadly, photos)
    second = head("passed") + _counted("passed", passed.count) + mistake_figures(passed.photos, photos)
    third = _taken_for(found.taken_for) + mistake_figures(found.milder, MILDER)
    return section("danger", first, second, third, _dangerous_labels(found.dangerous_labels))


def _counted(key: str, count: int) -> Markup:
    """The sentence for none, one, or several."""
    return paragraph(f"{key}_{('none', 'one')[count] if count < 2 else 'some'}", count=count)


def _taken_for(rows: Sequence[TakenFor]) -> Markup:
    if not rows:
        return head("taken_for") + paragraph("taken_for_none")
    columns = [
        Column(text("report.column_true")),
        Column(text("report.column_danger"), sorts=False),
        Column(text("report.column_said")),
        Column(text("report.column_photos"), number=True),
        Column(text("report.column_rang"), number=True),
    ]
    lines = [
        (
            Cell(name_of(row.true), row.true),
            Cell(chip(row.danger)),
            Cell(name_of(row.said), row.said),
            words(row.photos),
            Cell(escape(say("of", some=row.warned, all=row.photos)), str(row.warned / row.photos)),
        )
        for row in rows
    ]
    total = sum(row.photos for row in rows)
    silent = total - sum(row.warned for row in rows)
    return head("taken_for") + paragraph("taken_for_some", count=total, silent=silent) + table(columns, lines)


def _dangerous_labels(rows: Sequence[DangerousLabel]) -> Markup:
    columns = [
        Column(text("report.column_label")),
        Column(text("report.column_danger"), sorts=False),
        Column(text("report.column_photos"), number=True),
        Column(text("report.column_first")),
        Column(text("report.column_alarm")),
        Column(text("report.column_deadly_alarm")),
        Column(text("report.column_no_warning"), number=True),
    ]
    lines = [
        (
            Cell(name_of(row.label), row.label),
            Cell(chip(row.danger)),
            words(row.photos),
            count_cell(row.first, row.photos),
            count_cell(row.alarm, row.photos, bad=row.alarm < row.photos),
            count_cell(row.deadly_alarm, row.photos, bad=row.deadly_alarm < row.photos)
            if row.danger == "deadly"
            else Cell(NOTHING, "-1"),
            words(row.no_warning),
        )
        for row in rows
    ]
    return head("dangerous_labels") + paragraph("dangerous_labels_note") + table(columns, lines) if rows else NOTHING


def promises(shown: Shown, manifest: Manifest, guide: Guide) -> Markup:
    """What the alarms were fitted to hold, in words, and what the photos showed of it."""
    thresholds = Thresholds.from_manifest(manifest.thresholds)
    sentences = promises_in_words(manifest, guide)
    for level in ("deadly", "harmful"):
        recall = shown.first.danger.of(level).recall
        if recall.photos:
            sentences.append(text(f"report.shown_{level}", share=percent(recall.value, 1), **_between(recall)))
    sets = shown.first.sets
    if sets and thresholds.coverage is not None:
        facts = {"asked": percent(thresholds.coverage), "held": percent(sets.coverage.value)}
        sentences.append(text("report.shown_sets", **facts, size=f"{sets.median_size or 0:.0f}"))
    return section("promises", bullets(sentences))


def _form(key: str, count: int) -> str:
    """The sentence for one or for several."""
    return f"report.{key}_one" if count == 1 else f"report.{key}"
