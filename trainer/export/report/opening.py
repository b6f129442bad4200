"""The top of the report: what the model is good for and what not, in words, dangerous mistakes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from fieldguide.core.thresholds import Thresholds
from trainer.export.promises import promises_in_words
from trainer.export.report.parts import (
    Cell,
    Column,
    bullets,
    card,
    chip,
    head,
    name_of,
    paragraph,
    percent,
    say,
    section,
    share_cell,
    table,
    words,
)
from trainer.export.report.photos import mistake_figures

Metrics = Mapping[str, Any]
FEW = 20  # photos below which a share says little
GOOD, POOR = 0.8, 0.5  # F1 from which a class counts as well known, and below which as badly known
NAMED = 12


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
    note = text("report.card_top_note", top5=percent(test["top5"]), photos=test["species_photos"])
    cards.append(card(percent(test["top1"]), text("report.card_top"), note))
    note = text("report.card_genus_note", top5=percent(test["genus_top5"]))
    cards.append(card(percent(test["genus_top1"]), text("report.card_genus"), note))
    others = metrics.get("other_things")
    if others:
        note = text("report.card_others_note", photos=others["unknown"]["photos"])
        cards.append(card(percent(others["unknown"]["value"]), text("report.card_others"), note))
    flatters = f'<div class="warning"><p>{say(caution)}</p></div>'
    return section("short", f'<div class="cards">{"".join(cards)}</div>', flatters, good_and_bad(metrics))


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
    names = [each["label"] for each in metrics["classes"] if each["f1"] >= GOOD][::-1]
    if names:
        told.append(text(_form("good_classes", len(names)), count=len(names), names=_listed(names)))
    if (metrics["calibration"]["ece"] or 1.0) <= 0.05:
        told.append(text("report.good_certainty", ece=percent(metrics["calibration"]["ece"], 1)))
    others = metrics.get("other_things", {}).get("unknown")
    if others and others["value"] >= 0.9:
        told.append(text("report.good_others", share=percent(others["value"])))
    return told or [text("report.good_none")]


def weaknesses(metrics: Metrics) -> list[str]:
    """What must be known before trusting it: never empty."""
    told = []
    report = metrics.get("report", {})
    missed = report.get("missed_deadly_count", 0)
    if missed:
        names = list(dict.fromkeys(row["true"] for row in report["missed_deadly"]))
        told.append(text(_form("bad_missed", missed), count=missed, names=_listed(names)))
    for level in ("deadly", "harmful"):
        count = metrics["danger"][level]["recall"]["photos"]
        if count < FEW:
            told.append(text(f"report.bad_few_{level}", count=count))
    false = metrics["danger"]["deadly"]["false_alarms"]["value"]
    if false is not None and false > 0.4:
        told.append(text("report.bad_false", share=percent(false)))
    wide = {row["name"] for row in report.get("labels", []) if row["rank"] != Rank.SPECIES.value}
    names = [each["label"] for each in metrics["classes"] if each["f1"] < POOR and each["label"] not in wide]
    if names:
        told.append(text(_form("bad_classes", len(names)), count=len(names), names=_listed(names)))
    thin = [row["name"] for row in report.get("labels", []) if 0 < row["photos"].get("train", 0) < FEW]
    if thin:
        told.append(text(_form("bad_thin", len(thin)), count=len(thin), few=FEW, names=_listed(thin)))
    if not metrics.get("other_things"):
        told.append(text("report.bad_no_others"))
    return [*told, text("report.bad_kinds"), text("report.bad_photo")]


def dangerous_mistakes(metrics: Metrics, photos: int) -> str:
    """Deadly photos that rang no deadly alarm, what is taken for what, and every dangerous label by itself."""
    report = metrics["report"]
    missed = report["missed_deadly_count"]
    first = head("missed_deadly") + _counted("missed_deadly", missed)
    first += mistake_figures(report["missed_deadly"], photos)
    passed = metrics["danger"]["passed_as_harmless"]["count"]
    second = head("passed") + _counted("passed", passed) + mistake_figures(report["passed"], photos)
    tables = _taken_for(report["taken_for"]), _dangerous_labels(report["dangerous_labels"])
    return section("danger", first, second, *tables)


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
            share_cell(row["first"] / row["photos"]),
            share_cell(row["alarm"] / row["photos"], bad=row["alarm"] < row["photos"]),
            share_cell(row["deadly_alarm"] / row["photos"], bad=row["deadly_alarm"] < row["photos"])
            if row["danger"] == "deadly"
            else Cell("", "-1"),
            words(row["no_warning"]),
        )
        for row in rows
    ]
    return head("dangerous_labels") + paragraph("dangerous_labels_note") + table(columns, lines) if rows else ""


def promises(metrics: Metrics, thresholds: Thresholds) -> str:
    """What the alarms were fitted to hold, in words, and what the test split showed of it."""
    told = list(promises_in_words(thresholds))
    for level in ("deadly", "harmful"):
        recall = metrics["danger"][level]["recall"]
        if recall["photos"]:
            facts = {
                "share": percent(recall["value"], 1),
                "low": percent(recall["low"]),
                "high": percent(recall["high"]),
            }
            told.append(text(f"report.shown_{level}", photos=recall["photos"], **facts))
    sets = metrics.get("sets", {})
    if sets and thresholds.coverage is not None:
        facts = {"asked": percent(thresholds.coverage), "held": percent(sets["coverage"]["value"])}
        told.append(text("report.shown_sets", **facts, size=f"{sets['median_size'] or 0:.0f}"))
    return section("promises", bullets(told))


def _form(key: str, count: int) -> str:
    """The sentence for one or for several."""
    return f"report.{key}_one" if count == 1 else f"report.{key}"


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    listed = ", ".join(names[:NAMED])
    return text("report.and_more", names=listed, count=more) if more > 0 else listed
