"""Every label by itself: precision, recall, F1, photos to look at, and a confusion matrix to read at 300 labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from trainer.evaluation.document import LabelFacts
from trainer.report.parts import (
    NOTHING,
    Cell,
    Column,
    chip,
    count_cell,
    part,
    section,
    share_cell,
    table,
    words,
)
from trainer.report.reliability import confusions
from trainer.report.shown import Shown


def every_class(shown: Shown, thumbnails: Mapping[str, Markup]) -> Markup:
    """The table of labels, worst first; `thumbnails` are <img>s of training photos by label."""
    known = {row.name: row for row in shown.labels}
    learned = any(label.photos.get("train") for label in shown.labels)
    columns = [
        Column(text("report.column_label")),
        Column(text("report.column_danger")),
        *([Column(text("report.column_learned"), number=True)] if learned else []),
        Column(text("report.column_recall")),
        Column(text("report.column_precision")),
        Column("F1"),
    ]
    rows = []
    for each in shown.first.classes:
        label = known[each.label]
        rows.append(
            (
                Cell(part("label_cell", each.label, label.common, thumbnails.get(each.label, NOTHING)), each.label),
                Cell(chip(label.danger), str(Danger(label.danger).severity) if label.danger else "-1"),
                *([words(label.photos.get("train", 0))] if learned else []),
                count_cell(each.right, each.photos),
                count_cell(each.right, each.named),
                share_cell(each.f1),
            )
        )
    return (
        section("classes", part("search_field", "class-table"), table(columns, rows, "class-table"))
        if rows
        else NOTHING
    )


def matrix(shown: Shown) -> Markup:
    """The confusion matrix as data and a canvas that the script draws; the most frequent confusions below as text."""
    cells = shown.first.matrix
    if not cells:
        return NOTHING
    used = sorted({place for cell in cells for place in (cell.true, cell.said)})
    place = {old: new for new, old in enumerate(used)}
    labels = [shown.labels[old] for old in used]
    severity = [Danger(label.danger).severity if label.danger else 0 for label in labels]
    data = {
        "labels": [[label.name, level] for label, level in zip(labels, severity, strict=True)],
        "cells": [[place[cell.true], place[cell.said], cell.photos, int(cell.right)] for cell in cells],
        "groups": _families(labels),
        "words": {name: text(f"report.matrix_{name}") for name in ("true", "said", "hint", "right", "inside", "wrong")},
    }
    return section("matrix", part("matrix", data, confusions(shown.first)))


def _families(labels: Sequence[LabelFacts]) -> list[tuple[int, int, str]]:
    """First and last place (one beyond) and the name of each run of labels of one family."""
    groups = []
    start = 0
    for family, members in groupby(labels, key=lambda label: label.family):
        count = len(list(members))
        if family and count > 1:
            groups.append((start, start + count, family))
        start += count
    return groups
