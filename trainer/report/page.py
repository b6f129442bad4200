"""Put the report together and write it: every number from the metrics, pictures from the photos themselves.

Two pages of one family: of a run, with how the model came to be, and of any model on anybody's photos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from fieldguide.core.atomic import write_whole
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.inference.network import Network
from trainer.config import read_text
from trainer.evaluation.document import Evaluation, Metrics
from trainer.report.attention import attention
from trainer.report.classes import every_class, matrix
from trainer.report.grounds import each_source
from trainer.report.layers import layers
from trainer.report.opening import dangerous_mistakes, in_short, promises
from trainer.report.parts import NOTHING, TEMPLATES, bullets, say, section
from trainer.report.photos import mistake_figures
from trainer.report.reliability import certainty, names_by_rank, unknowns
from trainer.report.samples import label_photos
from trainer.report.shown import Shown
from trainer.report.training import audit, configuration, folders, learning, photos
from trainer.run_folder import RunFolder

MISTAKES, LOSSES = 24, 24  # photos shown of each kind


@dataclass(frozen=True, slots=True)
class Beside:
    """What a page shows that stands in no metrics: pieces of HTML, and sentences that are not yet escaped."""

    attention: Markup
    layers: Markup
    thumbnails: Mapping[str, Markup] = field(default_factory=dict)
    toml: str = ""
    gate: Sequence[str] = ()


def write_report(run: RunFolder, runtime: Network, guide: Guide, metrics: Metrics) -> Path:
    """Write `report.html` of a run: its numbers, and pictures from its photos, asked of its own bundle."""
    shown = Shown.of_run(metrics)
    toml = read_text(run.config, str(run.config)) if run.config.exists() else ""
    looked = attention(shown.first.mistakes, runtime)
    beside = Beside(looked, layers(shown.first, run), label_photos(run), toml)
    write_whole(run.report, render(runtime.manifest, guide, shown, beside))
    return run.report


def write_evaluation(file: Path, runtime: Network, guide: Guide, found: Evaluation, gate: Sequence[str] = ()) -> None:
    """Write the page of a model measured on anybody's photos; `gate` tells how it stands against an older model."""
    shown = Shown.of_evaluation(found)
    beside = Beside(attention(shown.first.mistakes, runtime), layers(shown.first, None), gate=gate)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, render(runtime.manifest, guide, shown, beside))


def render(manifest: Manifest, guide: Guide, shown: Shown, beside: Beside) -> str:
    """The whole page."""
    sections = _sections(manifest, guide, shown, beside)
    kind = "" if shown.run else "_evaluated"
    made = manifest.provenance.get("made") or text("report.not_told")
    folder = Path(__file__).with_name("templates")
    style, script = ((folder / name).read_text(encoding="utf-8") for name in ("style.css", "page.js"))
    return TEMPLATES.get_template("page.html").render(
        title=say(f"title{kind}", name=manifest.name),
        about=say("version", version=manifest.version, made=made, labels=len(manifest.labels)),
        lede=say(f"lede{kind}"),
        sections=sections,
        style=Markup(style),
        script=Markup(script),
    )


def _sections(manifest: Manifest, guide: Guide, shown: Shown, beside: Beside) -> dict[str, Markup]:
    """The sections that have something to show, in their order."""
    first, run = shown.first, shown.run
    sections = {
        "short": in_short(shown),
        "each_source": each_source(shown),
        "gate": section("gate", bullets(beside.gate)),
        "danger": dangerous_mistakes(shown, MISTAKES),
        "promises": promises(shown, manifest, guide),
        "names": names_by_rank(first),
        "classes": every_class(shown, beside.thumbnails),
        "matrix": matrix(shown),
        "losses": section("losses", mistake_figures(first.mistakes.top_losses, LOSSES)),
        "attention": beside.attention,
        "layers": beside.layers,
        "certainty": certainty(first),
        "unknowns": unknowns(shown),
        "learning": learning(run) if run else NOTHING,
        "photos": photos(run, shown.labels) if run else NOTHING,
        "audit": audit(run) if run else NOTHING,
        "folders": NOTHING if run else folders(shown.folders),
        "configuration": configuration(beside.toml),
    }
    return {key: html for key, html in sections.items() if html}
