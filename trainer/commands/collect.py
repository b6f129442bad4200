"""`fieldguide-train collect`: arguments, the list of names, and what to tell at the end."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.taxonomy import clean_name
from fieldguide.core.text import text
from trainer.config import read_table, read_text
from trainer.data.collect.attribution import ATTRIBUTION
from trainer.data.collect.collection import CollectConfig, Outcome, collect
from trainer.data.collect.gbif import BASE_URL, Pace, open_session
from trainer.data.collect.licences import CHOICES, Licence
from trainer.progress import Progress, Style

_COLUMNS = ("scientific_name", "scientificname", "species", "name", "label")
_KINGDOMS = ("Animalia", "Archaea", "Bacteria", "Chromista", "Fungi", "Plantae", "Protozoa", "Viruses")  # GBIF's
_LONGEST = 120  # characters of a name: it becomes a folder
_NAME = re.compile(r"[^\W\d_][\w .×-]*")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `collect`."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=text("collect.help_names"))
    parser.add_argument("--species", type=Path, metavar="FILE", help=text("collect.help_species"))
    parser.add_argument("--out", required=True, type=Path, help=text("collect.help_out"))
    parser.add_argument("--licences", default=",".join(CHOICES), metavar="LIST", help=text("collect.help_licences"))
    parser.add_argument("--per-species", type=int, default=100, help=text("collect.help_per_species"))
    parser.add_argument("--per-observation", type=int, default=5, help=text("collect.help_per_observation"))
    parser.add_argument("--min-occurrences", type=int, default=0, help=text("collect.help_min_occurrences"))
    parser.add_argument("--kingdom", choices=_KINGDOMS, default="", metavar="NAME", help=text("collect.help_kingdom"))
    parser.add_argument("--rate", type=float, default=1.0, help=text("collect.help_rate"))
    parser.add_argument("--max-megabytes", type=int, default=25, help=text("collect.help_max_megabytes"))
    parser.add_argument("--source", default=BASE_URL, metavar="URL", help=text("collect.help_source"))
    verbosity = parser.add_mutually_exclusive_group()
    verbosity.add_argument("--json", action="store_true", help=text("train.help_json"))
    verbosity.add_argument("--quiet", action="store_true", help=text("train.help_quiet"))


def run(arguments: argparse.Namespace) -> int:
    """Collect, and tell what became of each name."""
    style = Style.JSON if arguments.json else Style.QUIET if arguments.quiet else Style.PERSON
    config = configuration(arguments)
    try:
        progress = Progress(style)
        outcomes = collect(config, open_session(config.base_url, tell=progress.note), Pace(config.rate), progress)
    except KeyboardInterrupt:
        print(f"\nfieldguide-train: {text('collect.stopped')}", file=sys.stderr)
        return 1
    if style is Style.JSON:
        print(json.dumps({"event": "done", "out": str(config.out), "names": [asdict(outcome) for outcome in outcomes]}))
    elif style is Style.PERSON:
        print(_summary(config, outcomes))
    return 0


def configuration(arguments: argparse.Namespace) -> CollectConfig:
    """The arguments, checked. Raises FieldGuideError(CONFIG_INVALID, option, problem); nothing is clamped."""
    for option, least in (
        ("per_species", 1),
        ("per_observation", 1),
        ("min_occurrences", 0),
        ("rate", 0.001),
        ("max_megabytes", 1),
    ):
        value = getattr(arguments, option)
        if not least <= value < float("inf"):
            _refuse("--" + option.replace("_", "-"), text("collect.number_too_small", value=value, least=least))
    if urlsplit(arguments.source).scheme not in ("http", "https"):
        _refuse("--source", text("collect.source_wrong", value=arguments.source))
    for name in arguments.names:
        if Path(name).is_file():
            _refuse(name, text("collect.name_is_file", file=name))
    listed = read_names(arguments.species) if arguments.species else []
    return CollectConfig(
        names=_checked([*arguments.names, *listed]),
        out=arguments.out,
        licences=frozenset(_licence(name) for name in arguments.licences.split(",")),
        per_species=arguments.per_species,
        per_observation=arguments.per_observation,
        min_occurrences=arguments.min_occurrences,
        kingdom=arguments.kingdom,
        rate=arguments.rate,
        max_megabytes=arguments.max_megabytes,
        base_url=arguments.source,
    )


def read_names(file: Path) -> list[str]:
    """Names from a text file (one per line, `#` begins a remark) or from a CSV with a column of scientific names."""
    if not file.is_file():
        _refuse("--species", text("collect.list_missing", file=file))
    if file.suffix.lower() != ".csv":
        lines = read_text(file, "--species").splitlines()
        return [name for line in lines if (name := line.split("#")[0].strip())]
    rows = read_table(file, "--species")
    heads = {head.lower(): head for head in rows.columns if head}
    column = next((heads[name] for name in _COLUMNS if name in heads), None)
    if column is None:
        _refuse("--species", text("collect.list_column_missing", file=file))
    return [named for row in rows if (named := row[column])]


def _checked(names: Iterable[str]) -> tuple[str, ...]:
    cleaned = {clean_name(name): name for name in names}
    if not cleaned:
        _refuse("NAME", text("collect.no_names"))
    for name, written in cleaned.items():
        if len(name) > _LONGEST or not _NAME.fullmatch(name):
            _refuse("NAME", text("collect.name_unusable", name=written[:_LONGEST]))
    return tuple(cleaned)


def _licence(name: str) -> Licence:
    wanted = CHOICES.get(name.strip().lower())
    if wanted is None:
        _refuse("--licences", text("collect.licence_unknown", name=name, known=", ".join(CHOICES)))
    return wanted


def _summary(config: CollectConfig, outcomes: list[Outcome]) -> str:
    attribution, species = config.out / ATTRIBUTION, config.out / "species.csv"
    lines = [text(f"collect.fate_{outcome.fate}", **asdict(outcome)) for outcome in outcomes]
    count = sum(outcome.photos for outcome in outcomes)
    facts = {"photos": count, "names": len(outcomes), "folder": config.out}
    lines.append(text("collect.summary", **facts, attribution=attribution, species=species))
    if count:
        lines.append(text("collect.next", folder=config.out))
    return "\n".join(lines)


def _refuse(option: str, problem: str) -> NoReturn:
    raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=option, problem=problem)
