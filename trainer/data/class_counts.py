"""Photos per label, as a table and as a plot."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fieldguide.core.atomic import written_atomically, written_text
from fieldguide.core.text import text

_COLOURS = {"train": "#4f7a3a", "val": "#c9a227", "test": "#7a5aa6"}


def write_class_counts(out: Path, counts: Mapping[tuple[str, str], int]) -> Path:
    """Write `class_counts.csv` and `class_counts.png` into `out`; returns the plot.

    counts: photos by (label, part), parts being train, val and test. Labels with most photos come first.
    """
    labels = {label for label, _ in counts}
    totals = {label: sum(counts.get((label, part), 0) for part in _COLOURS) for label in labels}
    ordered = sorted(labels, key=lambda label: (-totals[label], label))
    with written_text(out / "class_counts.csv") as stream:
        writer = csv.writer(stream)
        writer.writerow(["label", *_COLOURS, "all"])
        for label in ordered:
            writer.writerow([label, *(counts.get((label, part), 0) for part in _COLOURS), totals[label]])
    plot = out / "class_counts.png"
    with written_atomically(plot) as drawing:
        _draw(ordered, counts).savefig(drawing, dpi=110, format="png")
    return plot


def _draw(ordered: list[str], counts: Mapping[tuple[str, str], int]) -> Figure:
    """One bar per label, its parts one after the other; tall enough that every name can be read."""
    figure = Figure(figsize=(9, min(1.5 + 0.16 * len(ordered), 500)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    names = [label.replace("_", " ") for label in ordered]
    left = [0] * len(ordered)
    for part, colour in _COLOURS.items():
        widths = [counts.get((label, part), 0) for label in ordered]
        axes.barh(names, widths, left=left, color=colour, label=part, height=0.8)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.set_title(text("prepare.plot_title"))
    axes.set_xlabel(text("prepare.plot_axis"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(axis="y", labelsize=7)
    axes.margins(y=0.01)
    axes.invert_yaxis()
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)  # beside the bars, never over one
    axes.spines[["top", "right"]].set_visible(False)
    return figure
