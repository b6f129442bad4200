"""`fieldguide-train verify BUNDLE...`: whether model files load and answer as they did when they were made."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from fieldguide.core.decision.unknown import unknown_model
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.text import explain, text
from trainer.config import DEVICES
from trainer.evaluation.foreign import open_foreign


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `verify`."""
    parser.add_argument("bundles", nargs="+", type=Path, metavar="BUNDLE", help=text("bundle.help_bundles"))
    parser.add_argument("--device", choices=DEVICES, default="cpu", help=text("train.help_device"))
    parser.add_argument("--json", action="store_true", help=text("bundle.help_json"))


def run(arguments: argparse.Namespace) -> int:
    """Check each; 0 when all are in order, 1 when one is not."""
    checked = [(file, _check(file, arguments.device)) for file in arguments.bundles]
    if arguments.json:
        document = [
            {"file": str(file), "ok": not problem, "code": code, "message": problem}
            for file, (code, problem) in checked
        ]
        print(json.dumps(document, indent=1, ensure_ascii=False))
    else:
        for file, (_, problem) in checked:
            print(problem or text("bundle.verified", file=file.name))
    return 1 if any(problem for _, (_, problem) in checked) else 0


def _check(file: Path, device: str) -> tuple[str, str]:
    """Code and sentence of what is wrong; both empty when nothing is."""
    try:
        runtime = open_foreign(file, device)
        score = runtime.manifest.unknown.get("score")
        if score:
            unknown_model(str(score), runtime.bundle.arrays("statistics.npz"), runtime.manifest.temperature)
    except FieldGuideError as error:
        named = FieldGuideError(error.code, **{"file": file.name, **error.facts})
        sentence = explain(named)
        return error.code.value, sentence if file.name in sentence else f"{file.name}: {sentence}"
    return "", runtime.note or "" if device == "cuda" else ""
