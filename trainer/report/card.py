"""The model card: what a model is, what it was made of, how often it errs, and what it cannot do. Markdown, in words.

It lies in the bundle as `card.md` and beside the report; the application's model page shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fieldguide.core.atomic import write_whole
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from trainer.config import read_config, read_text
from trainer.data.collect.attribution import ATTRIBUTION, attribution_section, read_attributions
from trainer.data.split import ELSEWHERE_FIT, ELSEWHERE_MEASURE, SPLITS
from trainer.evaluation.document import Metrics
from trainer.evaluation.metrics import CALIBRATED_ON, ELSEWHERE
from trainer.evaluation.records import DangerousLabel, Names, Share, SourceMeasures, SplitMeasures
from trainer.export.bundle_metrics import recipe_without_paths
from trainer.report.figures import among_five, points
from trainer.report.grounds import GAP, differences, sources_in_words
from trainer.report.promises import labels_in_words, promises_in_words
from trainer.report.shown import Shown
from trainer.run_folder import RunFolder


def write_card(run: RunFolder, manifest: Manifest, guide: Guide, metrics: Metrics) -> str:
    """The card of a run, written as `card.md` beside its report; returns it."""
    card = run_card(run, manifest, guide, metrics)
    write_whole(run.root / "card.md", card)
    return card


def run_card(run: RunFolder, manifest: Manifest, guide: Guide, metrics: Metrics) -> str:
    """The card of a run's model under the names of `manifest`, with the recipe and the attributions of the run."""
    config = read_config(run.config)
    places = [Path(file) for file in config.data.manifests if Path(file).name == ATTRIBUTION]
    places += [Path(folder) / ATTRIBUTION for folder in config.data.folders]
    lines = {line.url: line for place in places for line in read_attributions(place)}
    attribution = attribution_section(lines.values()) if lines else ""
    recipe = recipe_without_paths(read_text(run.config, str(run.config)))
    return model_card(manifest, guide, Shown.of_run(metrics), attribution, recipe)


def model_card(
    manifest: Manifest, guide: Guide, shown: Shown | None = None, attribution: str = "", recipe: str = ""
) -> str:
    """The card of any bundle; `shown` is None when nobody measured it. Sections without facts say so."""
    parts = [
        f"# {text('card.title', name=manifest.name, version=manifest.version)}",
        text("card.guess"),
        *_section("what", _what(manifest)),
        *_section("photos", _photos(manifest, shown)),
        *_section("labels", _labels(manifest, guide)),
        *_section("names", _names(shown)),
        *_section("danger", _danger(shown, promises_in_words(manifest, guide))),
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


def _photos(manifest: Manifest, shown: Shown | None) -> list[str]:
    counts = manifest.provenance.get("photos")
    if not isinstance(counts, Mapping):
        return [text("card.photos_not_told")]
    key = "split_elsewhere" if counts.get(ELSEWHERE_FIT) else "split"
    lines = [text(f"card.{key}", **{name: counts.get(name, 0) for name in (*SPLITS, ELSEWHERE_FIT, ELSEWHERE_MEASURE)})]
    if shown and shown.run:
        lines.append(text("card.cuts_sought" if shown.run.cuts_sought else "card.cuts_not_sought"))
    sources = manifest.provenance.get("sources", {})
    named = ", ".join(f"{source or text('card.no_source')} ({count})" for source, count in sorted(sources.items()))
    lines.append(text("card.sources", sources=named or text("card.not_told")))
    if shown and shown.folders.unresolved:
        lines.append(text("card.unresolved", names=", ".join(shown.folders.unresolved)))
    return [*lines, text("card.no_photos_inside")]


def _labels(manifest: Manifest, guide: Guide) -> list[str]:
    subjects = [label for label in manifest.labels if label.rank is not Rank.BACKGROUND]
    counted = Counter(guide.danger(label).shown for label in subjects)
    lines = [text("card.ranks", ranks=labels_in_words(manifest))]
    lines += [
        text("card.level", level=text(f"card.danger_{level.value}"), count=counted[level])
        for level in Danger
        if counted[level]
    ]
    deadly = sorted(label.name for label in subjects if guide.danger(label) is Danger.DEADLY)
    return [*lines, text("card.deadly_names", names=", ".join(deadly))] if deadly else lines


def _names(shown: Shown | None) -> list[str]:
    if shown is None:
        return [text("card.not_measured")]
    first = shown.first
    lines = _first_names(first)
    if first.novel_photos:
        lines.append(text("card.novel", novel=first.novel_photos, photos=first.photos))
    if first.split == CALIBRATED_ON:
        return lines or [text("card.not_measured")]
    for rank in Names.__dataclass_fields__:
        said = first.verdicts.at(rank)
        if said.right.value is not None:
            facts = {"rank": text(f"card.rank_{rank}"), "said": points(said.said), **_of_share(said.right)}
            lines.append(text("card.verdict", **facts))
    lines.append(text("card.silent", share=points(first.verdicts_on_known.unknown.value, 0)))
    if "novel" in shown.relaxed:
        lines.append(text("card.own_kinds"))
    if first.calibration.ece is not None:
        ece, chance = points(first.calibration.ece), points(first.calibration.ece_by_chance)
        lines.append(text("card.ece", ece=ece, ece_by_chance=chance))
    if first.other_things:
        lines.append(text("card.other_things", **_of_share(first.other_things.unknown)))
    if shown.own_things:
        lines.append(text("card.own_things", **_of_share(shown.own_things.unknown)))
    if first.drawings:
        key = "card.drawings_taught" if first.drawings.taught else "card.drawings_untaught"
        lines.append(text(key, share=points(first.drawings.unknown.value, 0), photos=first.drawings.photos))
    if shown.run and shown.run.seen_by_starting_weights:
        seen = shown.run.seen_by_starting_weights
        lines.append(text("card.seen_before", count=seen, photos=shown.measures.photos))
    return [*lines, *_grounds(shown), text("card.flatters")]


def _first_names(measures: SplitMeasures) -> list[str]:
    names = measures.names
    if names.species.top1.value is None:
        return []
    facts = {
        **_of_share(names.species.top1),
        "photos": measures.photos,
        "known": names.species.top1.photos,
        "top1": points(names.species.top1.value),
        "five": among_five(names.species),
        "genus_top1": points(names.genus.top1.value),
        "genus_five": among_five(names.genus),
        "sources": sources_in_words(measures),
    }
    return [text(f"card.names_{measures.split}", **facts)]


def _grounds(shown: Shown) -> list[str]:
    """Each source by itself; then own photos beside those from elsewhere, and how far apart they are."""
    if shown.first.split != ELSEWHERE:
        crossed = shown.fitting is not None and shown.fitting.ground == "crossed"
        return [text("card.no_elsewhere"), *([text("card.crossed")] if crossed else [])] if shown.run else []
    sources = shown.first.sources.items()
    lines = [text("card.source", source=name or text("card.no_source"), **_of_source(each)) for name, each in sources]
    if shown.own:
        lines += [text("card.own") + line for line in _first_names(shown.own)]
    worse = differences(shown)
    if worse:
        lines.append(text("card.gap", points=round(100 * GAP), differences="; ".join(worse)))
    return lines


def _of_source(each: SourceMeasures) -> dict[str, object]:
    shares = {"species": each.species, "right": each.right}
    shares |= {"deadly": each.deadly.recall, "false": each.deadly.false_alarms}
    return {
        "photos": each.photos,
        "passed": text("report.of", some=each.passed.count, all=each.passed.of),
        **{name: _counted(share) for name, share in shares.items()},
    }


def _counted(share: Share) -> str:
    if share.value is None:
        return text("card.source_none")
    return text("card.source_share", count=share.count, **_of_share(share))


def _danger(shown: Shown | None, promises: list[str]) -> list[str]:
    lines = list(promises)
    if shown is None:
        return lines
    danger, ground = shown.first.danger, text(f"card.ground_{shown.first.split}")
    for level in ("deadly", "harmful"):
        recall, false = danger.of(level).recall, danger.of(level).false_alarms
        if recall.value is not None:
            facts = {"share": points(recall.value), "low": points(recall.low), "false": points(false.value, 0)}
            lines.append(text(f"card.recall_{level}", photos=recall.photos, ground=ground, **facts))
    passed = danger.passed_as_harmless
    lines.append(text("card.passed", count=passed.count, total=passed.of, deadly=passed.deadly))
    rows = shown.first.mistakes.dangerous_labels
    return [*lines, "", *_table(rows)] if rows else lines


def _table(rows: Sequence[DangerousLabel]) -> Iterator[str]:
    """Dangerous labels with their photos in the test split and what became of them."""
    heads = [text(f"card.column_{name}") for name in ("label", "danger", "photos", "first", "alarm", "no_warning")]
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|--:|--:|--:|--:|"
    for row in rows:
        cells = (row.label, row.danger, row.photos, row.first, row.alarm, row.no_warning)
        yield f"| {' | '.join(map(str, cells))} |"


def _of_share(share: Share) -> dict[str, object]:
    ends = {"low": points(share.low), "high": points(share.high)}
    return {"value": points(share.value), "photos": share.photos, **ends}
