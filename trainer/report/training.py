"""How the model came to be: learning curves, photos by label and source, what the audit found, the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from fieldguide.core.text import text
from trainer.report.charts import Axis, Series, bar_chart, line_chart
from trainer.report.parts import Column, bullets, head, paragraph, percent, say, section, table, words

Metrics = Mapping[str, Any]
SAME = 1e-6  # shares that differ by less came from the same photos
UNREADABLE = 12  # files named
SPLITS = ("train", "val", "calibration", "test", "held_out", "left_out")


def learning(metrics: Metrics) -> str:
    """Loss and accuracy by epoch, and a sentence on whether more epochs would have helped."""
    log = metrics["report"]["learning"]
    if not log:
        return ""
    steps = range(1, len(log) + 1)
    across = Axis(text("report.axis_epoch"), 1, max(len(log), 2), share=False)
    charts = []
    losses = [float(each["loss"]) for each in log if each.get("loss") is not None]
    if len(losses) == len(log):
        up = Axis("", 0, max(losses) * 1.05, share=False)
        charts.append(
            line_chart(
                text("report.loss"),
                across,
                up,
                [Series(text("report.loss_train"), list(zip(steps, losses, strict=True)))],
            )
        )
    lines = [
        Series(
            text(f"report.curve_{name}"),
            [(step, float(each[f"val_{name}"])) for step, each in zip(steps, log, strict=True)],
        )
        for name in ("top1", "top5")
        if all(each.get(f"val_{name}") is not None for each in log)
    ]
    if lines:
        charts.append(line_chart(text("report.accuracy"), across, Axis("", 0, 1), lines))
    boxes = "".join(f"<div>{chart}</div>" for chart in charts)
    return section(
        "learning", f'<div class="charts">{boxes}</div>', _still_rising(lines, metrics["report"].get("kept_top1"))
    )


def _still_rising(lines: list[Series], kept: float | None) -> str:
    """Whether more epochs would have helped; `kept` (0 to 1) is above them all when the head alone was better."""
    if not lines or len(lines[0].points) < 4:
        return ""
    best = max(lines[0].points, key=lambda point: point[1])
    last = lines[0].points[-1][0]
    if kept is not None and kept > best[1] + SAME:
        return paragraph("head_kept", kept=percent(kept, 1), best=percent(best[1], 1))
    key = "still_rising" if best[0] >= last - 0.1 * last else "flat_since"
    return paragraph(key, epoch=round(best[0]), best=percent(best[1], 1))


def photos(metrics: Metrics) -> str:
    """How many photos each label and each source has."""
    report = metrics["report"]
    splits = report["photos"]["splits"]
    if not splits:
        return ""
    told = bullets(text(f"report.split_{name}", count=splits[name]) for name in SPLITS if splits.get(name))
    bars = [(label["name"], float(label["photos"].get("train", 0))) for label in report["labels"]]
    bars.sort(key=lambda bar: -bar[1])
    chart = bar_chart(text("report.counts"), bars)
    counts = [count for _, count in bars if count]
    note = ""
    if counts:
        note = paragraph(
            "counts_note",
            most=f"{counts[0]:.0f}",
            name=bars[0][0],
            fewest=f"{counts[-1]:.0f}",
            last=bars[len(counts) - 1][0],
        )
    return section("photos", told, chart, note, _sources(report["photos"]["sources"]))


def _sources(sources: Mapping[str, Mapping[str, int]]) -> str:
    if not any(sources):
        return ""
    columns = [Column(text("report.column_source"))]
    columns += [Column(text(f"report.column_{name}"), number=True) for name in ("learned", "tested")]
    rows = [
        (words(source or text("report.no_source")), words(counts.get("train", 0)), words(counts.get("test", 0)))
        for source, counts in sources.items()
    ]
    return head("sources") + table(columns, rows)


def audit(metrics: Metrics) -> str:
    """Photos that were set aside or learned with care, and folder names that became another name."""
    found = metrics["report"]["audit"]
    content = []
    if found["why"]:
        content += [
            head("set_aside"),
            bullets(text("report.counted", what=what, count=count) for what, count in found["why"].items()),
        ]
    if found["quarantine"]:
        total = sum(found["quarantine"].values())
        content += [head("quarantine"), paragraph("quarantine_note", count=total)]
        content.append(
            bullets(text("report.counted", what=_finding(name), count=n) for name, n in found["quarantine"].items())
        )
    listed = {name: count for name, count in found["findings"].items() if count}
    if listed:
        content += [
            head("findings"),
            bullets(text("report.counted", what=_finding(name), count=n) for name, n in listed.items()),
        ]
    return section("audit", *content, *_folder_names(found))


def folders(metrics: Metrics) -> str:
    """What could not be read, and what the folder names of photos became that somebody brought."""
    unreadable = metrics["folder"]["unreadable"]
    key = "unreadable_one" if len(unreadable) == 1 else "unreadable"
    some = paragraph(key, count=len(unreadable)) + bullets(unreadable[:UNREADABLE]) if unreadable else ""
    return section("folders", some, *_folder_names(metrics["report"]["audit"]))


def _folder_names(found: Metrics) -> list[str]:
    """Folder names that became another name, and those that the guide does not know."""
    content = []
    if found["renamed"]:
        told = [
            text("report.renamed", raw=raw, name=name, how=text(f"report.how_{how}"))
            for raw, name, how in found["renamed"]
        ]
        content += [
            head("renamed_labels"),
            f"<details><summary>{say('renamed_count', count=len(told))}</summary>{bullets(told)}</details>",
        ]
    if found["unresolved"]:
        content += [head("unresolved"), paragraph("unresolved_note"), bullets(found["unresolved"])]
    return content


def configuration(toml: str) -> str:
    """The run's own options, as another run can read them."""
    return section("configuration", f"<pre>{escape(toml)}</pre>") if toml else ""


def _finding(name: str) -> str:
    try:
        return text(f"audit.{name}")
    except KeyError:
        return name.replace("_", " ")
