"""How far the answers can be believed: names by rank, certainty, silence, things that are no subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldguide.core.text import text
from trainer.report.charts import Axis, Dot, Series, dot_chart, line_chart
from trainer.report.parts import (
    Cell,
    Column,
    count_cell,
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

Metrics = Mapping[str, Any]


def names_by_rank(metrics: Metrics) -> str:
    """What is said at which rank and how often it is right."""
    columns = [
        Column(text(f"report.column_{name}"), sorts=False) for name in ("rank", "said_share", "right_share", "interval")
    ]
    rows = []
    for rank in ("species", "genus", "family"):
        found = metrics["verdicts"][rank]
        right = found["right"]
        interval = text(
            "report.interval", low=percent(right["low"]), high=percent(right["high"]), photos=right["photos"]
        )
        rows.append(
            (
                words(text(f"report.rank_{rank}")),
                share_cell(found["said"]),
                share_cell(right["value"]),
                words(interval if right["photos"] else "–"),
            )
        )
    unknown = metrics["verdicts"]["unknown"]
    rows.append((words(text("report.rank_unknown")), share_cell(unknown["value"]), words(""), words("")))
    several = {
        size: each for size, each in metrics.get("several_photos", {}).items() if size.isdigit() and each["finds"]
    }
    more = ""
    if "1" in several and "3" in several:
        facts = {"one": percent(several["1"]["top1"]), "three": percent(several["3"]["top1"])}
        more = paragraph("several", **facts)
    return section("names", table(columns, rows), more, _sources(metrics))


def _sources(metrics: Metrics) -> str:
    sources = metrics.get("sources", {})
    if len(sources) < 2:
        return ""
    columns = [
        Column(text("report.column_source")),
        Column(text("report.column_photos"), number=True),
        Column(text("report.column_first")),
        Column(text("report.column_unknown")),
    ]
    rows = [
        (
            words(source or text("report.no_source")),
            words(each["photos"]),
            *(count_cell(round(each[name] * each["photos"]), each["photos"]) for name in ("top1", "unknown")),
        )
        for source, each in sources.items()
    ]
    return head("by_source") + paragraph("by_source_note") + table(columns, rows)


def certainty(metrics: Metrics) -> str:
    """The reliability diagram and the risk-coverage curve."""
    charts = []
    found = metrics["calibration"]
    if found["bins"]:
        total = sum(each["count"] for each in found["bins"])
        dots = [
            Dot(
                each["confidence"],
                each["accuracy"],
                each["count"] / total,
                text(
                    "report.dot",
                    said=percent(each["confidence"]),
                    right=percent(each["accuracy"]),
                    photos=each["count"],
                ),
                (each["accuracy_between"][0], each["accuracy_between"][1]),
            )
            for each in found["bins"]
        ]
        across, up = Axis(text("report.axis_said"), 0, 1), Axis("", 0, 1)
        charts.append(
            dot_chart(text("report.reliability"), across, up, dots)
            + paragraph("reliability_note", ece=percent(found["ece"], 1), chance=percent(found["ece_by_chance"], 1))
        )
    curve = [(each["coverage"], each["risk"]) for each in metrics["abstention"]]
    if len(curve) > 1:
        most = next(high for high in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if high >= max(risk for _, risk in curve))
        across, up = Axis(text("report.axis_answered"), 0, 1), Axis("", 0, most)
        half = next(risk for coverage, risk in curve if coverage >= 0.5)
        chart = line_chart(text("report.risk"), across, up, [Series(text("report.risk_wrong"), curve)])
        charts.append(chart + paragraph("risk_note", half=percent(half), all=percent(curve[-1][1])))
    boxes = "".join(f"<div>{chart}</div>" for chart in charts)
    return section("certainty", f'<div class="charts">{boxes}</div>' if boxes else "")


def strangers(metrics: Metrics) -> str:
    """Photos of other things and species that the model never learned: are they noticed, and by which score."""
    content = []
    others = metrics.get("other_things")
    if others:
        content.append(paragraph("others_unknown", **_facts(others["unknown"])))
    drawn = metrics.get("test", {}).get("drawings")
    if drawn:
        content.append(paragraph(f"drawings_{'taught' if drawn['taught'] else 'untaught'}", **_facts(drawn["unknown"])))
    novel = metrics.get("novel")
    if novel:
        unknown, species = novel["verdicts"]["unknown"], novel["verdicts"]["species"]
        content.append(paragraph("novel", **_facts(unknown), species=percent(species["said"])))
    if content:
        content.append(paragraph("known_unknown", **_facts(metrics["verdicts"]["unknown"])))
    fitted = metrics.get("fitting", {}).get("unknown", {})
    compared = fitted.get("compared", {})
    if compared:
        columns = [
            Column(text("report.column_score")),
            Column(text("report.column_auroc"), number=True),
            Column(text("report.column_fpr95"), number=True),
            Column(text("report.column_novel_auroc"), number=True),
        ]
        ordered = sorted(compared.items(), key=lambda item: -item[1]["auroc"])
        rows = [
            (
                Cell(
                    f"<b>{words(text(f'report.score_{name}')).html}</b>"
                    if name == fitted["score"]
                    else words(text(f"report.score_{name}")).html
                ),
                words(f"{each['auroc']:.3f}"),
                words(percent(each["fpr95"], 1)),
                words(f"{each['novel_auroc']:.3f}" if each.get("novel_auroc") is not None else "–"),
            )
            for name, each in ordered
        ]
        note = paragraph("scores_note", kept=text(f"report.score_{fitted['score']}"))
        content.append(f"<details><summary>{say('scores')}</summary>{note}{table(columns, rows)}</details>")
    return section("strangers", *content) if content else ""


def _facts(share: Metrics) -> dict[str, object]:
    """A share with its interval, as sentences take it."""
    ends = {end: percent(share[end]) for end in ("low", "high")}
    return {"share": percent(share["value"]), "photos": share["photos"], **ends}


def confusions(metrics: Metrics, limit: int = 40) -> str:
    """Which names are mixed up most often, as a table."""
    columns = [
        Column(text("report.column_true")),
        Column(text("report.column_said")),
        Column(text("report.column_photos"), number=True),
    ]
    rows = [
        (Cell(name_of(row["true"]), row["true"]), Cell(name_of(row["said"]), row["said"]), words(row["photos"]))
        for row in metrics["confusions"][:limit]
    ]
    return head("confused") + table(columns, rows) if rows else ""
