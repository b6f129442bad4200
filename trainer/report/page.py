"""Put the report together and write it: every number from the metrics, pictures from the photos themselves.

Two pages of one family: of a run, with how the model came to be, and of any model on anybody's photos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldguide.core.atomic import write_whole
from fieldguide.core.bundle import read_manifest
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.text import language, text
from fieldguide.inference.runtime import Runtime
from trainer.report.attention import attention
from trainer.report.classes import every_class, matrix
from trainer.report.judgement import certainty, names_by_rank, strangers
from trainer.report.layers import layers
from trainer.report.numbers import complete_metrics
from trainer.report.opening import dangerous_mistakes, in_short, promises
from trainer.report.parts import bullets, say, section
from trainer.report.photos import mistake_figures
from trainer.report.samples import label_photos
from trainer.report.training import audit, configuration, folders, learning, photos
from trainer.run_folder import RunFolder

Metrics = Mapping[str, Any]
MISTAKES, LOSSES = 24, 24  # photos shown of each kind


@dataclass(frozen=True, slots=True)
class Beside:
    """What a page shows that stands in no metrics: pieces of HTML, and sentences that are not yet escaped.

    `of_run` is False for photos that somebody brought, of which nothing is known but their folders.
    """

    attention: str
    layers: str
    thumbnails: Mapping[str, str] = field(default_factory=dict)
    toml: str = ""
    gate: Sequence[str] = ()
    of_run: bool = True


def write_report(run: RunFolder) -> Path:
    """Write `report.html` from what lies in the run folder, and the numbers that it needs into `metrics.json`.

    Raises:
        FieldGuideError: RUN_INCOMPLETE with the file that is missing or damaged; one of the BUNDLE_ codes.
    """
    metrics = complete_metrics(run)
    toml = run.config.read_text(encoding="utf-8") if run.config.exists() else ""
    looked = attention(metrics, Runtime.load(run.bundle, "cpu"))
    beside = Beside(looked, layers(metrics, run), label_photos(run), toml)
    write_whole(run.report, render(read_manifest(run.bundle), metrics, beside))
    return run.report


def write_evaluation(file: Path, runtime: Runtime, metrics: Metrics, gate: Sequence[str] = ()) -> None:
    """Write the page of a model measured on anybody's photos; `metrics` hold the `report` numbers too.

    `gate` are sentences on how it stands against an older model.
    """
    beside = Beside(attention(metrics, runtime), layers(metrics, None), gate=gate, of_run=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, render(runtime.manifest, metrics, beside))


def render(manifest: Manifest, metrics: Metrics, beside: Beside) -> str:
    """The whole page."""
    sections = _sections(manifest, metrics, beside)
    links = "".join(f'<a href="#{key}">{say(f"{key}_link")}</a>' for key in sections)
    kind = "" if beside.of_run else "_evaluated"
    title = say(f"title{kind}", name=manifest.name)
    made = manifest.provenance.get("made", "")
    about = say("version", version=manifest.version, made=made or text("report.not_told"), labels=len(manifest.labels))
    own = Path(__file__)
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{own.with_name('style.css').read_text(encoding='utf-8')}</style></head><body>"
        f'<header><h1>{title}</h1><p class="quiet">{about}</p><p>{say(f"lede{kind}")}</p>'
        f'<div class="warning"><p>{say("guess")}</p></div></header>'
        f"<nav><div>{links}</div></nav><main>{''.join(sections.values())}</main>"
        f"<footer><p>{say('thumbnails_rights')}</p></footer>"
        f"<script>{own.with_name('page.js').read_text(encoding='utf-8')}</script></body></html>"
    )


def _sections(manifest: Manifest, metrics: Metrics, beside: Beside) -> dict[str, str]:
    """The sections that have something to show, in their order."""
    sections = {
        "short": in_short(metrics, "flatters" if beside.of_run else "flatters_evaluated"),
        "gate": section("gate", bullets(beside.gate)),
        "danger": dangerous_mistakes(metrics, MISTAKES),
        "promises": promises(metrics, manifest),
        "names": names_by_rank(metrics),
        "classes": every_class(metrics, beside.thumbnails),
        "matrix": matrix(metrics),
        "losses": section("losses", mistake_figures(metrics["report"]["top_losses"], LOSSES)),
        "attention": beside.attention,
        "layers": beside.layers,
        "certainty": certainty(metrics),
        "strangers": strangers(metrics),
        "learning": learning(metrics),
        "photos": photos(metrics),
        **({"audit": audit(metrics)} if beside.of_run else {"folders": folders(metrics)}),
        "configuration": configuration(beside.toml),
    }
    return {key: html for key, html in sections.items() if html}
