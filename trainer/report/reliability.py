"""How far the answers can be believed: names by rank, certainty, silence, things that are no subject."""

from __future__ import annotations

from markupsafe import Markup

from fieldguide.core.text import percent, text
from trainer.evaluation.records import Share, SplitMeasures
from trainer.report.charts import Axis, Dot, Series, dot_chart, line_chart
from trainer.report.parts import (
    NOTHING,
    Cell,
    Column,
    head,
    name_of,
    paragraph,
    part,
    say,
    section,
    share_cell,
    table,
    words,
)
from trainer.report.shown import Shown


def names_by_rank(measures: SplitMeasures) -> Markup:
    """What is said at which rank and how often it is right."""
    columns = [
        Column(text(f"report.column_{name}"), sorts=False) for name in ("rank", "said_share", "right_share", "interval")
    ]
    rows = []
    for rank in ("species", "genus", "family"):
        found = measures.verdicts.at(rank)
        right = found.right
        interval = text("report.interval", low=percent(right.low), high=percent(right.high), photos=right.photos)
        rows.append(
            (
                words(text(f"report.rank_{rank}")),
                share_cell(found.said),
                share_cell(right.value),
                words(interval if right.photos else "–"),
            )
        )
    unknown = measures.verdicts.unknown
    rows.append((words(text("report.rank_unknown")), share_cell(unknown.value), words(""), words("")))
    one, three = (measures.several_photos.get(size) for size in (1, 3))
    more = NOTHING
    if one and three and three.finds:
        more = paragraph("several", one=percent(one.top1), three=percent(three.top1))
    return section("names", table(columns, rows), more)


def certainty(measures: SplitMeasures) -> Markup:
    """The reliability diagram and the risk-coverage curve."""
    charts = []
    found = measures.calibration
    if found.bins:
        total = sum(each.count for each in found.bins)
        dots = [
            Dot(
                each.confidence,
                each.accuracy,
                each.count / total,
                text(
                    "report.dot",
                    said=percent(each.confidence),
                    right=percent(each.accuracy),
                    photos=each.count,
                ),
                each.accuracy_between,
            )
            for each in found.bins
        ]
        across, up = Axis(text("report.axis_said"), 0, 1), Axis("", 0, 1)
        charts.append(
            dot_chart(text("report.reliability"), across, up, dots)
            + paragraph("reliability_note", ece=percent(found.ece, 1), chance=percent(found.ece_by_chance, 1))
        )
    curve = [(each.coverage, each.risk) for each in measures.abstention]
    if len(curve) > 1:
        most = next(high for high in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if high >= max(risk for _, risk in curve))
        across, up = Axis(text("report.axis_answered"), 0, 1), Axis("", 0, most)
        half = next(risk for coverage, risk in curve if coverage >= 0.5)
        chart = line_chart(text("report.risk"), across, up, [Series(text("report.risk_wrong"), curve)])
        charts.append(chart + paragraph("risk_note", half=percent(half), all=percent(curve[-1][1])))
    return section("certainty", part("boxes", "charts", charts) if charts else NOTHING)


def unknowns(shown: Shown) -> Markup:
    """Photos of other things and species that the model never learned: are they noticed, and by which score."""
    measures, fitting = shown.first, shown.fitting
    content = []
    if measures.other_things:
        content.append(paragraph("others_unknown", **_facts(measures.other_things.unknown)))
    if shown.own_things:
        content.append(paragraph("own_others_unknown", **_facts(shown.own_things.unknown)))
    if measures.drawings:
        key = f"drawings_{'taught' if measures.drawings.taught else 'untaught'}"
        content.append(paragraph(key, **_facts(measures.drawings.unknown)))
    if measures.novel:
        said = measures.novel.verdicts
        content.append(paragraph("novel", **_facts(said.unknown), species=percent(said.species.said)))
    if content:
        content.append(paragraph("known_unknown", **_facts(measures.verdicts_on_known.unknown)))
    fitted = fitting.unknown if fitting else None
    if fitted and fitted.compared:
        columns = [
            Column(text("report.column_score")),
            Column(text("report.column_auroc"), number=True),
            Column(text("report.column_fpr95"), number=True),
            Column(text("report.column_novel_auroc"), number=True),
        ]
        rows = [
            (
                Cell(part("bold", _score(name))) if name == fitted.score else words(_score(name)),
                words(f"{each.auroc:.3f}"),
                words(percent(each.fpr95, 1)),
                words("–" if each.novel_auroc is None else f"{each.novel_auroc:.3f}"),
            )
            for name, each in sorted(fitted.compared.items(), key=lambda item: -item[1].auroc)
        ]
        note = paragraph("scores_note", kept=text(f"report.score_{fitted.score}"))
        content.append(part("details", say("scores"), note + table(columns, rows)))
    return section("unknowns", *content)


def _score(name: str) -> str:
    return say(f"score_{name}")


def _facts(share: Share) -> dict[str, object]:
    """A share with its interval, as sentences take it."""
    ends = {"low": percent(share.low), "high": percent(share.high)}
    return {"share": percent(share.value), "photos": share.photos, **ends}


def confusions(measures: SplitMeasures, limit: int = 40) -> Markup:
    """Which names are mixed up most often, as a table."""
    columns = [
        Column(text("report.column_true")),
        Column(text("report.column_said")),
        Column(text("report.column_photos"), number=True),
    ]
    rows = [
        (Cell(name_of(row.true), row.true), Cell(name_of(row.said), row.said), words(row.photos))
        for row in measures.confusions[:limit]
    ]
    return head("confused") + table(columns, rows) if rows else NOTHING
