"""Every label by itself: precision, recall, F1, photos to look at, and a confusion matrix to read at 300 labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from itertools import groupby
from typing import Any

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from trainer.report.judgement import confusions
from trainer.report.parts import (
    Cell,
    Column,
    chip,
    count_cell,
    name_of,
    say,
    search_field,
    section,
    share_cell,
    table,
    words,
)

Metrics = Mapping[str, Any]


def every_class(metrics: Metrics, thumbnails: Mapping[str, str]) -> str:
    """The table of labels, worst first; `thumbnails` are <img>s of training photos by label."""
    known = {row["name"]: row for row in metrics["report"]["labels"]}
    learned = any(label["photos"].get("train") for label in known.values())
    columns = [
        Column(text("report.column_label")),
        Column(text("report.column_danger")),
        *([Column(text("report.column_learned"), number=True)] if learned else []),
        Column(text("report.column_recall")),
        Column(text("report.column_precision")),
        Column("F1"),
    ]
    rows = []
    for each in metrics["classes"]:
        label = known.get(each["label"], {"common": "", "danger": "", "photos": {}})
        common = f'<br><span class="quiet">{escape(label["common"])}</span>' if label["common"] else ""
        pictures = f"<div>{shown}</div>" if (shown := thumbnails.get(each["label"], "")) else ""
        rows.append(
            (
                Cell(name_of(each["label"]) + common + pictures, each["label"]),
                Cell(chip(label["danger"]), str(Danger(label["danger"]).severity) if label["danger"] else "-1"),
                *([words(label["photos"].get("train", 0))] if learned else []),
                count_cell(each["right"], each["photos"]),
                count_cell(each["right"], each["named"]),
                share_cell(each["f1"]),
            )
        )
    return section("classes", search_field("class-table"), table(columns, rows, "class-table")) if rows else ""


def matrix(metrics: Metrics) -> str:
    """The confusion matrix as data and a canvas that the script draws; the most frequent confusions below as text."""
    report = metrics["report"]
    if not report["matrix"]:
        return ""
    used = sorted({place for row, column, *_ in report["matrix"] for place in (row, column)})
    place = {old: new for new, old in enumerate(used)}
    labels = [report["labels"][old] for old in used]
    severity = [Danger(label["danger"]).severity if label["danger"] else 0 for label in labels]
    data = {
        "labels": [[label["name"], level] for label, level in zip(labels, severity, strict=True)],
        "cells": [[place[row], place[column], count, right] for row, column, count, right in report["matrix"]],
        "groups": _families(labels),
        "words": {name: text(f"report.matrix_{name}") for name in ("true", "said", "hint", "right", "inside", "wrong")},
    }
    legend = "".join(
        f'<span style="--mark:var({colour})">{say(f"matrix_{name}_mark")}</span>'
        for name, colour in (("right", "--accent"), ("wrong", "--second"), ("bad", "--deadly"))
    )
    find = say("matrix_find")
    tools = (
        f'<div class="tools"><button data-zoom="1.6" aria-label="{say("matrix_closer")}">+</button>'
        f'<button data-zoom="0.625" aria-label="{say("matrix_farther")}">−</button>'
        f'<button data-zoom="0">{say("matrix_whole")}</button>'
        f'<input type="search" data-find placeholder="{find}" aria-label="{find}"></div>'
    )
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    drawn = (
        f'<div class="legend">{legend}</div><p class="told quiet" aria-live="polite"></p>'
        f'<div class="walk"><div class="matrix">'
        f'<canvas role="img" tabindex="0" aria-label="{say("matrix_label")}"></canvas></div>'
        f"<div>{confusions(metrics)}</div></div>"
        f'<script type="application/json" id="matrix-data">{packed}</script>'
    )
    return section("matrix", tools, drawn)


def _families(labels: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """First and last place (one beyond) and the name of each run of labels of one family."""
    groups = []
    start = 0
    for family, members in groupby(labels, key=lambda label: label["family"]):
        count = len(list(members))
        if family and count > 1:
            groups.append((start, start + count, family))
        start += count
    return groups
