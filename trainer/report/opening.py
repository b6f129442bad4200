"""The top of the report: what the model is good for and what not, in words, dangerous mistakes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from trainer.report.advice import (
    FEW,
    POOR,
    SILENT,
    listed,
    next_steps,
    suitability,
)
from trainer.report.parts import (
    Cell,
    Column,
    bullets,
    card,
    chip,
    count_cell,
    head,
    name_of,
    paragraph,
    percent,
    say,
    section,
    table,
    words,
)
from trainer.report.photos import mistake_figures
from trainer.report.promises import promises_in_words

Metrics = Mapping[str, Any]
ENOUGH = 5  # photos in the test below which nothing good is said of a label
GOOD = 0.8  # F1 from which a class counts as well known
NAMED = 12
MILDER = 10  # photos of dangerous kinds that were named as something milder


def in_short(metrics: Metrics, caution: str) -> str:
    """The numbers that matter, danger first, each with what it means; `caution` is the sentence on how they flatter."""
    danger, test = metrics["danger"], metrics["test"]
    cards = [_alarm_card(danger, level) for level in ("deadly", "harmful")]
    passed = danger["passed_as_harmless"]
    cards.append(
        card(
            str(passed["count"]),
            text("report.card_passed"),
            text("report.card_passed_note", total=passed["of"], deadly=passed["deadly"]),
            danger=passed["count"] > 0,
        )
    )
    cards += [_names_card(test, rank) for rank in ("species", "genus")]
    others = metrics.get("other_things")
    if others:
        known = percent(metrics["verdicts"]["unknown"]["value"])
        note = text("report.card_others_note", **_between(others["unknown"]), known=known)
        cards.append(card(percent(others["unknown"]["value"]), text("report.card_others"), note))
    return section(
        "short",
        suitability(metrics),
        f'<div class="cards">{"".join(cards)}</div>',
        f'<div class="warning">{paragraph(caution)}{_seen_before(test)}</div>',
        good_and_bad(metrics),
        head("next") + bullets(next_steps(metrics)),
    )


def _names_card(test: Metrics, rank: str) -> str:
    """How often the first name is right at this rank."""
    prefix = "" if rank == "species" else f"{rank}_"
    if test[f"{prefix}top1"] is None:
        return card("–", text(f"report.card_{rank}"), text("report.card_none"))
    low, high = test[f"{prefix}top1_between"]
    facts = {"top5": percent(test[f"{prefix}top5"]), "photos": test[f"{rank}_photos"]}
    note = text("report.card_names_note", **facts, low=percent(low), high=percent(high))
    return card(percent(test[f"{prefix}top1"]), text(f"report.card_{rank}"), note)


def _seen_before(test: Metrics) -> str:
    """That the weights which the run began with knew some of the test photos."""
    seen = test.get("seen_by_starting_weights")
    return paragraph("seen_before", count=seen, photos=test["photos"]) if seen else ""


def _between(share: Metrics) -> dict[str, object]:
    """The facts of an interval, as sentences take them."""
    return {"low": percent(share["low"]), "high": percent(share["high"]), "photos": share["photos"]}


def _alarm_card(danger: Metrics, level: str) -> str:
    recall, false = danger[level]["recall"], danger[level]["false_alarms"]
    if not recall["photos"]:
        return card("–", text(f"report.card_{level}"), text("report.card_none"), danger=level == "deadly")
    note = text(
        "report.card_alarm_note",
        photos=recall["photos"],
        low=percent(recall["low"]),
        missed=recall["photos"] - round(recall["value"] * recall["photos"]),
        false=percent(false["value"]),
    )
    missed = level == "deadly" and recall["value"] < 1
    return card(percent(recall["value"], 1), text(f"report.card_{level}"), note, danger=missed)


def good_and_bad(metrics: Metrics) -> str:
    """Two lists of sentences made from the numbers."""
    good, bad = strengths(metrics), weaknesses(metrics)
    return f'<div class="two"><div>{head("good")}{bullets(good)}</div><div>{head("bad")}{bullets(bad)}</div></div>'


def strengths(metrics: Metrics) -> list[str]:
    """What can be said for the model; a sentence that nothing can, when so."""
    told = []
    verdicts = metrics["verdicts"]
    for rank in ("species", "genus", "family"):
        right = verdicts[rank]["right"]
        if right["photos"] >= FEW and right["value"] >= GOOD:
            facts = {"said": percent(verdicts[rank]["said"]), "right": percent(right["value"])}
            told.append(text(f"report.good_{rank}", **facts))
    names = [each["label"] for each in metrics["classes"] if each["f1"] >= GOOD and each["photos"] >= ENOUGH][::-1]
    if names:
        told.append(
            text(_form("good_classes", len(names)), count=len(names), enough=ENOUGH, names=listed(names, NAMED))
        )
    if (metrics["calibration"]["ece"] or 1.0) <= 0.05:
        ece, chance = metrics["calibration"]["ece"], metrics["calibration"]["ece_by_chance"]
        told.append(text("report.good_certainty", ece=percent(ece, 1), chance=percent(chance, 1)))
    others, unknown = metrics.get("other_things", {}).get("unknown"), verdicts["unknown"]["value"]
    if others and others["photos"] >= FEW and others["value"] >= 0.9 and unknown < SILENT:
        told.append(text("report.good_others", share=percent(others["value"]), known=percent(unknown)))
    return told or [text("report.good_none")]


def weaknesses(metrics: Metrics) -> list[str]:
    """What must be known before trusting it: never empty."""
    told = []
    report = metrics.get("report", {})
    missed = report.get("missed_deadly_count", 0)
    if missed:
        names = list(dict.fromkeys(row["true"] for row in report["missed_deadly"]))
        told.append(text(_form("bad_missed", missed), count=missed, names=listed(names, NAMED)))
    for level in ("deadly", "harmful"):
        count = metrics["danger"][level]["recall"]["photos"]
        if count < FEW:
            told.append(text(f"report.bad_few_{level}", count=count))
    wide = {row["name"] for row in report.get("labels", []) if row["rank"] != Rank.SPECIES.value}
    names = [each["label"] for each in metrics["classes"] if each["f1"] < POOR and each["label"] not in wide]
    if names:
        told.append(text(_form("bad_classes", len(names)), count=len(names), names=listed(names, NAMED)))
    thin = [row["name"] for row in report.get("labels", []) if 0 < row["photos"].get("train", 0) < FEW]
    if thin:
        told.append(text(_form("bad_thin", len(thin)), count=len(thin), few=FEW, names=listed(thin, NAMED)))
    return [*told, text("report.bad_kinds"), text("report.bad_photo")]


def dangerous_mistakes(metrics: Metrics, photos: int) -> str:
    """Deadly photos that rang no deadly alarm, what is taken for what, and every dangerous label by itself."""
    report = metrics["report"]
    missed = report["missed_deadly_count"]
    first = head("missed_deadly") + _counted("missed_deadly", missed)
    first += mistake_figures(report["missed_deadly"], photos)
    passed = metrics["danger"]["passed_as_harmless"]["count"]
    second = head("passed") + _counted("passed", passed) + mistake_figures(report["passed"], photos)
    third = _taken_for(report["taken_for"]) + mistake_figures(report["milder"], MILDER)
    return section("danger", first, second, third, _dangerous_labels(report["dangerous_labels"]))


def _counted(key: str, count: int) -> str:
    """The sentence for none, one, or several."""
    return paragraph(f"{key}_{('none', 'one')[count] if count < 2 else 'some'}", count=count)


def _taken_for(rows: list[dict[str, Any]]) -> str:
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
            Cell(name_of(row["true"]), row["true"]),
            Cell(chip(row["danger"])),
            Cell(name_of(row["said"]), row["said"]),
            words(row["photos"]),
            Cell(say("of", some=row["warned"], all=row["photos"]), str(row["warned"] / row["photos"])),
        )
        for row in rows
    ]
    total = sum(row["photos"] for row in rows)
    silent = total - sum(row["warned"] for row in rows)
    return head("taken_for") + paragraph("taken_for_some", count=total, silent=silent) + table(columns, lines)


def _dangerous_labels(rows: list[dict[str, Any]]) -> str:
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
            Cell(name_of(row["label"]), row["label"]),
            Cell(chip(row["danger"])),
            words(row["photos"]),
            count_cell(row["first"], row["photos"]),
            count_cell(row["alarm"], row["photos"], bad=row["alarm"] < row["photos"]),
            count_cell(row["deadly_alarm"], row["photos"], bad=row["deadly_alarm"] < row["photos"])
            if row["danger"] == "deadly"
            else Cell("", "-1"),
            words(row["no_warning"]),
        )
        for row in rows
    ]
    return head("dangerous_labels") + paragraph("dangerous_labels_note") + table(columns, lines) if rows else ""


def promises(metrics: Metrics, manifest: Manifest) -> str:
    """What the alarms were fitted to hold, in words, and what the test split showed of it."""
    thresholds = Thresholds.from_manifest(manifest.thresholds)
    told = promises_in_words(manifest, load_guide())
    for level in ("deadly", "harmful"):
        recall = metrics["danger"][level]["recall"]
        if recall["photos"]:
            told.append(text(f"report.shown_{level}", share=percent(recall["value"], 1), **_between(recall)))
    sets = metrics.get("sets", {})
    if sets and thresholds.coverage is not None:
        facts = {"asked": percent(thresholds.coverage), "held": percent(sets["coverage"]["value"])}
        told.append(text("report.shown_sets", **facts, size=f"{sets['median_size'] or 0:.0f}"))
    return section("promises", bullets(told))


def _form(key: str, count: int) -> str:
    """The sentence for one or for several."""
    return f"report.{key}_one" if count == 1 else f"report.{key}"
