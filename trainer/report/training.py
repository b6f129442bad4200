"""How the model came to be: learning curves, photos by label and source, what the audit found, the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from fieldguide.core.text import percent, text
from trainer.data.split import ELSEWHERE_FIT, ELSEWHERE_MEASURE
from trainer.evaluation.document import FolderFacts, LabelFacts, RunFacts
from trainer.report.charts import Axis, Series, bar_chart, line_chart
from trainer.report.parts import NOTHING, Column, bullets, head, paragraph, part, say, section, table, words

SAME = 1e-6  # shares that differ by less came from the same photos
UNREADABLE = 12  # files named
SPLITS = ("train", "val", "calibration", "test", ELSEWHERE_FIT, ELSEWHERE_MEASURE, "held_out", "left_out")
BESIDE = ("calibration", "test")  # they do less where other people's photos fit and measure


def learning(run: RunFacts) -> Markup:
    """Loss and accuracy by epoch, and a sentence on whether more epochs would have helped."""
    log = run.epochs
    if not log:
        return NOTHING
    steps = range(1, len(log) + 1)
    across = Axis(text("report.axis_epoch"), 1, max(len(log), 2), share=False)
    charts = []
    losses = [each.loss for each in log if each.loss is not None]
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
    lines = []
    for name, values in (("top1", [each.val_top1 for each in log]), ("top5", [each.val_top5 for each in log])):
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            lines.append(Series(text(f"report.curve_{name}"), list(zip(steps, known, strict=True))))
    if lines:
        charts.append(line_chart(text("report.accuracy"), across, Axis("", 0, 1), lines))
    return section("learning", part("boxes", "charts", charts), _ships(run), _still_rising(lines, run.kept_top1))


def _ships(run: RunFacts) -> Markup:
    """Which state became the model, and why."""
    return part("paragraph", run.ships) if run.ships else NOTHING


def _still_rising(lines: list[Series], kept: float | None) -> Markup:
    """Whether more epochs would have helped; `kept` (0 to 1) is above them all when the head alone was better."""
    if not lines or len(lines[0].points) < 4:
        return NOTHING
    best = max(lines[0].points, key=lambda point: point[1])
    last = lines[0].points[-1][0]
    if kept is not None and kept > best[1] + SAME:
        return paragraph("head_kept", kept=percent(kept, 1), best=percent(best[1], 1))
    key = "still_rising" if best[0] >= last - 0.1 * last else "flat_since"
    return paragraph(key, epoch=round(best[0]), best=percent(best[1], 1))


def photos(run: RunFacts, labels: Sequence[LabelFacts]) -> Markup:
    """How many photos each label and each source has."""
    if not run.splits:
        return NOTHING
    beside = "_beside" if run.splits.get(ELSEWHERE_FIT) else ""
    split_counts = bullets(
        text(f"report.split_{name}{beside if name in BESIDE else ''}", count=run.splits[name])
        for name in SPLITS
        if run.splits.get(name)
    )
    bars = [(label.name, float(label.photos.get("train", 0))) for label in labels]
    bars.sort(key=lambda bar: -bar[1])
    chart = bar_chart(text("report.counts"), bars)
    counts = [count for _, count in bars if count]
    note = NOTHING
    if counts:
        note = paragraph(
            "counts_note",
            most=f"{counts[0]:.0f}",
            name=bars[0][0],
            fewest=f"{counts[-1]:.0f}",
            last=bars[len(counts) - 1][0],
        )
    cuts = paragraph("cuts_sought" if run.cuts_sought else "cuts_not_sought")
    return section("photos", split_counts, cuts, chart, note, _sources(run.sources))


def _sources(sources: Mapping[str, Mapping[str, int]]) -> Markup:
    if not any(sources):
        return NOTHING
    columns = [Column(text("report.column_source"))]
    columns += [Column(text(f"report.column_{name}"), number=True) for name in ("learned", "tested")]
    rows = [
        (words(source or text("report.no_source")), words(counts.get("train", 0)), words(counts.get("test", 0)))
        for source, counts in sources.items()
    ]
    return head("sources") + table(columns, rows)


def audit(found: RunFacts) -> Markup:
    """Photos that were set aside or learned with care, and folder names that became another name."""
    content = []
    if found.why:
        content += [
            head("set_aside"),
            bullets(text("report.counted", what=what, count=count) for what, count in found.why.items()),
        ]
    if found.quarantine:
        total = sum(found.quarantine.values())
        content += [head("quarantine"), paragraph("quarantine_note", count=total)]
        content.append(
            bullets(text("report.counted", what=_finding(name), count=n) for name, n in found.quarantine.items())
        )
    listed = {name: count for name, count in found.findings.items() if count}
    if listed:
        content += [
            head("findings"),
            bullets(text("report.counted", what=_finding(name), count=n) for name, n in listed.items()),
        ]
    return section("audit", *content, *_folder_names(found.folders))


def folders(found: FolderFacts) -> Markup:
    """What could not be read, and what the folder names of photos became that somebody brought."""
    unreadable = found.unreadable
    key = "unreadable_one" if len(unreadable) == 1 else "unreadable"
    some = paragraph(key, count=len(unreadable)) + bullets(unreadable[:UNREADABLE]) if unreadable else NOTHING
    return section("folders", some, *_folder_names(found))


def _folder_names(found: FolderFacts) -> list[Markup]:
    """Folder names that became another name, and those that the guide does not know."""
    content = []
    if found.renamed:
        renamed = [
            text("report.renamed", raw=raw, name=name, how=text(f"report.how_{how}"))
            for raw, name, how in found.renamed
        ]
        content += [
            head("renamed_labels"),
            part("details", say("renamed_count", count=len(renamed)), bullets(renamed)),
        ]
    if found.unresolved:
        content += [head("unresolved"), paragraph("unresolved_note"), bullets(found.unresolved)]
    return content


def configuration(toml: str) -> Markup:
    """The run's own options, as another run can read them."""
    return section("configuration", part("preformatted", toml)) if toml else NOTHING


def _finding(name: str) -> str:
    try:
        return text(f"audit.{name}")
    except KeyError:
        return name.replace("_", " ")
