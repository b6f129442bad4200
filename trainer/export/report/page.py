"""Put the report together and write it: every number from `metrics.json`, pictures from the photos themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fieldguide.core.bundle import read_manifest
from fieldguide.core.manifest import Manifest
from fieldguide.core.text import language, text
from fieldguide.core.thresholds import Thresholds
from trainer.export.report.attention import attention
from trainer.export.report.classes import every_class, matrix
from trainer.export.report.judgement import certainty, names_by_rank, strangers
from trainer.export.report.numbers import complete_metrics
from trainer.export.report.opening import dangerous_mistakes, in_short, promises
from trainer.export.report.parts import say, section
from trainer.export.report.photos import mistake_figures
from trainer.export.report.samples import label_photos
from trainer.export.report.training import audit, configuration, learning, photos
from trainer.run_folder import RunFolder

Metrics = Mapping[str, Any]
MISTAKES, LOSSES = 24, 24  # photos shown of each kind


def write_report(run: RunFolder) -> Path:
    """Write `report.html` from what lies in the run folder, and the numbers that it needs into `metrics.json`.

    Raises:
        FieldGuideError: RUN_INCOMPLETE with the file that is missing or damaged; one of the BUNDLE_ codes.
    """
    metrics = complete_metrics(run)
    toml = run.config.read_text(encoding="utf-8") if run.config.exists() else ""
    page = render(read_manifest(run.bundle), metrics, label_photos(run), attention(metrics, run.bundle), toml)
    part = run.report.with_name(run.report.name + ".part")
    part.write_text(page, encoding="utf-8")
    part.replace(run.report)
    return run.report


def render(manifest: Manifest, metrics: Metrics, thumbnails: Mapping[str, str], heat_maps: str, toml: str) -> str:
    """The whole page."""
    thresholds = Thresholds.from_manifest(manifest.thresholds)
    sections = {
        "short": in_short(metrics),
        "danger": dangerous_mistakes(metrics, MISTAKES),
        "promises": promises(metrics, thresholds),
        "names": names_by_rank(metrics),
        "classes": every_class(metrics, thumbnails),
        "matrix": matrix(metrics),
        "losses": section("losses", mistake_figures(metrics["report"]["top_losses"], LOSSES)),
        "attention": heat_maps,
        "certainty": certainty(metrics),
        "strangers": strangers(metrics),
        "learning": learning(metrics),
        "photos": photos(metrics),
        "audit": audit(metrics),
        "configuration": configuration(toml),
    }
    shown = {key: html for key, html in sections.items() if html}
    links = "".join(f'<a href="#{key}">{say(f"{key}_link")}</a>' for key in shown)
    title = say("title", name=manifest.name)
    made = manifest.provenance.get("made", "")
    about = say("version", version=manifest.version, made=made or text("report.not_told"), labels=len(manifest.labels))
    own = Path(__file__)
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{own.with_name('style.css').read_text(encoding='utf-8')}</style></head><body>"
        f'<header><h1>{title}</h1><p class="quiet">{about}</p><p>{say("lede")}</p>'
        f'<div class="warning"><p>{say("guess")}</p></div></header>'
        f"<nav><div>{links}</div></nav><main>{''.join(shown.values())}</main>"
        f"<footer><p>{say('thumbnails_rights')}</p></footer>"
        f"<script>{own.with_name('page.js').read_text(encoding='utf-8')}</script></body></html>"
    )
