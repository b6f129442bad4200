"""`fieldguide-train options`: every option of a run with its meaning and value, as a file that `--config` reads."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import tomli_w

from fieldguide.core.text import text
from trainer.commands.call import add_folders, add_options, configuration
from trainer.config import AUGMENT, RunConfig
from trainer.pipeline.wanted import complete


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `options`: those of `run`, whose outcome is shown."""
    add_folders(parser)
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print them."""
    print(listing(complete(configuration(arguments))))
    return 0


def listing(config: RunConfig) -> str:
    """The configuration as TOML with what each option means above it or beside it."""
    intro = [f"# {line}" for line in text("options.intro").splitlines()]
    return "\n".join([*intro, "", *_lines(asdict(config), "")])


def _lines(table: Mapping[str, Any], where: str) -> Iterator[str]:
    """Values first, then tables, as TOML has it; `where` is empty or the table's name and a dot."""
    tables = {name: value for name, value in table.items() if isinstance(value, dict) and name != "options"}
    phases = table.get("phases", ())
    for name, value in table.items():
        if name not in tables and name != "phases":
            yield f"{_assigned(name, value)}  # {text('options.' + where + name)}"
    if where == "fit.":
        yield f"\n# {text('options.fit.phases')}"
    for number, phase in enumerate(phases):
        yield "[[fit.phases]]"
        for name, value in phase.items():
            yield _assigned(name, value) + ("" if number else f"  # {text(f'options.fit.phases.{name}')}")
    for name, value in tables.items():
        yield f"\n[{where}{name}]"
        if where + name == "fit.augment":
            yield f"# {text('options.fit.augment')}"
        yield from _lines(AUGMENT | value if name == "augment" else value, f"{where}{name}.")


def _assigned(name: str, value: Any) -> str:
    """`name = value` on one line."""
    if isinstance(value, dict):
        inside = ", ".join(_assigned(each, inner) for each, inner in value.items())
        return f"{name} = {{{inside}}}"
    if isinstance(value, tuple | list):
        return f"{name} = [{', '.join(_assigned('', each)[3:] for each in value)}]"
    return tomli_w.dumps({name: value}).strip() if name else f" = {tomli_w.dumps({'x': value}).strip()[4:]}"
