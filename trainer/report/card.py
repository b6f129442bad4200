"""The model card: what a model is, what it was made of, how often it errs, and what it cannot do. Markdown, in words.

It lies in the bundle as `card.md` and beside the report; the application's model page shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldguide.core.atomic import write_whole
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from trainer.config import read_config
from trainer.data.collect.attribution import ATTRIBUTION, attribution_section, read_attributions
from trainer.export.told import told_recipe
from trainer.report.numbers import complete_metrics
from trainer.report.promises import labels_in_words, promises_in_words
from trainer.run_folder import RunFolder

Metrics = Mapping[str, Any]
NAMES = ("top1", "top5", "genus_top1", "genus_top5")


def write_card(run: RunFolder, manifest: Manifest, metrics: Metrics) -> str:
    """The card of a run, written as `card.md` beside its report; returns it.

    `metrics` are what `metrics.json` holds; the card's own counts are added there.
    """
    config = read_config(run.config)
    places = [Path(file) for file in config.data.manifests if Path(file).name == ATTRIBUTION]
    places += [Path(folder) / ATTRIBUTION for folder in config.data.folders]
    lines = {line.url: line for place in places for line in read_attributions(place)}
    attribution = attribution_section(lines.values()) if lines else ""
    recipe = told_recipe(run.config.read_text(encoding="utf-8"))
    card = model_card(manifest, {**metrics, **complete_metrics(run)}, load_guide(), attribution, recipe)
    write_whole(run.root / "card.md", card)
    return card


def model_card(manifest: Manifest, metrics: Metrics, guide: Guide, attribution: str = "", recipe: str = "") -> str:
    """The card of any bundle. Sections without facts say so rather than staying out."""
    parts = [
        f"# {text('card.title', name=manifest.name, version=manifest.version)}",
        text("card.guess"),
        *_section("what", _what(manifest)),
        *_section("photos", _photos(manifest, metrics)),
        *_section("labels", _labels(manifest, guide)),
        *_section("names", _names(metrics)),
        *_section("danger", _danger(metrics, promises_in_words(manifest, guide))),
        *_section("limits", [text(f"card.limit_{number}") for number in range(1, 7)]),
    ]
    if attribution:
        parts.append(attribution.strip())
    if recipe:
        parts += [f"## {text('card.recipe')}", text("card.recipe_about"), f"```toml\n{recipe.strip()}\n```"]
    return "\n\n".join(parts) + "\n"


def _section(key: str, lines: list[str]) -> Iterator[str]:
    yield f"## {text(f'card.{key}')}"
    yield "\n".join(f"- {line}" if line and not line.startswith("|") else line for line in lines)


def _what(manifest: Manifest) -> list[str]:
    network = manifest.provenance.get("network", {}).get("name") or text("card.not_told")
    made = manifest.provenance.get("made") or text("card.not_told")
    return [
        text("card.what_it_is", network=network, size=manifest.input.size),
        text("card.made", made=made, authors=", ".join(manifest.authors) or text("card.not_told")),
        text("card.licence", licence=manifest.licence or text("card.not_told")),
        text("card.regions", regions=", ".join(manifest.regions) or text("card.not_told")),
    ]


def _photos(manifest: Manifest, metrics: Metrics) -> list[str]:
    counts = manifest.provenance.get("photos")
    if not isinstance(counts, Mapping):
        return [text("card.photos_not_told")]
    lines = [text("card.split", **{name: counts.get(name, 0) for name in ("train", "val", "calibration", "test")})]
    sources = manifest.provenance.get("sources", {})
    named = ", ".join(f"{source or text('card.no_source')} ({count})" for source, count in sorted(sources.items()))
    lines.append(text("card.sources", sources=named or text("card.not_told")))
    audit = metrics.get("report", {}).get("audit", {})
    if audit.get("unresolved"):
        lines.append(text("card.unresolved", names=", ".join(audit["unresolved"])))
    return [*lines, text("card.no_photos_inside")]


def _labels(manifest: Manifest, guide: Guide) -> list[str]:
    subjects = [label for label in manifest.labels if label.rank is not Rank.BACKGROUND]
    counted = Counter(guide.danger(label).told for label in subjects)
    lines = [text("card.ranks", ranks=labels_in_words(manifest))]
    lines += [
        text("card.level", level=text(f"card.danger_{level.value}"), count=counted[level])
        for level in Danger
        if counted[level]
    ]
    deadly = sorted(label.name for label in subjects if guide.danger(label) is Danger.DEADLY)
    return [*lines, text("card.deadly_names", names=", ".join(deadly))] if deadly else lines


def _names(metrics: Metrics) -> list[str]:
    lines = []
    for key in ("test", "calibrated_on"):
        found = metrics.get(key)
        if found and found.get("top1") is not None:
            between = _percents(
                dict(zip(("low", "high"), found.get("top1_between", ()), strict=False)), ("low", "high")
            )
            lines.append(text(f"card.names_{key}", photos=found["photos"], **between, **_percents(found)))
    for rank in ("species", "genus", "family"):
        said = metrics.get("verdicts", {}).get(rank)
        if said and said["right"]["value"] is not None:
            share = _percents(said["right"], ("value", "low", "high")) | _percents(said, ("said",))
            facts = {"rank": text(f"card.rank_{rank}"), "photos": said["right"]["photos"]}
            lines.append(text("card.verdict", **facts, **share))
    silent = metrics.get("verdicts", {}).get("unknown", {}).get("value")
    if silent is not None:
        lines.append(text("card.silent", share=f"{100 * silent:.0f}"))
    if "strangers" in metrics.get("fitting", {}).get("gave_way", ()):
        lines.append(text("card.own_kinds"))
    if metrics.get("calibration", {}).get("ece") is not None:
        lines.append(text("card.ece", **_percents(metrics["calibration"], ("ece", "ece_by_chance"))))
    unknown = metrics.get("other_things", {}).get("unknown")
    if unknown:
        facts = _percents(unknown, ("value", "low", "high"))
        lines.append(text("card.other_things", photos=unknown["photos"], **facts))
    drawn = metrics.get("test", {}).get("drawings")
    if drawn:
        unknown_share = f"{100 * drawn['unknown']['value']:.0f}"
        key = "card.drawings_taught" if drawn["taught"] else "card.drawings_untaught"
        lines.append(text(key, share=unknown_share, photos=drawn["photos"]))
    seen = metrics.get("test", {}).get("seen_by_starting_weights")
    if seen:
        lines.append(text("card.seen_before", count=seen, photos=metrics["test"]["photos"]))
    return [*lines, text("card.flatters")] if lines else [text("card.not_measured")]


def _danger(metrics: Metrics, promises: list[str]) -> list[str]:
    lines = list(promises)
    told = metrics.get("danger", {})
    for level in ("deadly", "harmful"):
        recall, false = told.get(level, {}).get("recall"), told.get(level, {}).get("false_alarms")
        if recall and recall["value"] is not None:
            numbers = {"share": f"{100 * recall['value']:.1f}", "low": f"{100 * recall['low']:.1f}"}
            false_share = f"{100 * false['value']:.0f}" if false["value"] is not None else "-"
            lines.append(text(f"card.recall_{level}", photos=recall["photos"], false=false_share, **numbers))
    passed = told.get("passed_as_harmless")
    if passed:
        lines.append(text("card.passed", count=passed["count"], total=passed["of"], deadly=passed["deadly"]))
    rows = metrics.get("report", {}).get("dangerous_labels", [])
    if rows:
        lines += ["", *_table(rows)]
    return lines


def _table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Dangerous labels with their photos in the test split and what became of them."""
    heads = [text(f"card.column_{name}") for name in ("label", "danger", "photos", "first", "alarm", "no_warning")]
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|--:|--:|--:|--:|"
    for row in rows:
        cells = (row["label"], row["danger"], row["photos"], row["first"], row["alarm"], row["no_warning"])
        yield f"| {' | '.join(map(str, cells))} |"


def _percents(found: Mapping[str, Any], names: Sequence[str] = NAMES) -> dict[str, str]:
    return {name: f"{100 * found[name]:.1f}" if found.get(name) is not None else "-" for name in names}
