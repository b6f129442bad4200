"""`fieldguide-train autoencoder FOLDER --out OUT`: an autoencoder of any folder of photos, and what it is good for.

Writes autoencoder.pt, before_after.png (photo, repainted, damaged, that repainted), generated.png and autoencoder.json.
A training that was stopped goes on from OUT/checkpoint.pt with --resume.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.photo import find_photos
from fieldguide.core.text import text
from trainer.commands.call import add_output_options, style_of
from trainer.config import DEVICES, refuse
from trainer.data.squares import keep_back, read_squares
from trainer.evaluation.foreign import open_foreign
from trainer.evaluation.repainted import ERROR, BothAnswers, Errors, Noticed, classify_both, compare_scores, sheet
from trainer.fit.autoencoder import (
    Autoencoder,
    AutoencoderConfig,
    Squares,
    as_pictures,
    as_pixels,
    damaged,
    fit_autoencoder,
    invent,
    repaint,
)
from trainer.fit.checkpoint import write
from trainer.pipeline.preparation import choose_device
from trainer.progress import Progress, Style
from trainer.report.figures import points
from trainer.run_folder import read_json, write_json

SHOWN = 12  # pictures in a row of a sheet
FEWEST = 20  # photos
KEPT_BACK = 0.1  # share of the photos that measure and do not teach
MOST_FORMS = 2000  # photos that the Gaussian is fitted on


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `autoencoder`."""
    usual = AutoencoderConfig()
    parser.add_argument("folder", type=Path, help=text("train.help_auto_folder"))
    parser.add_argument("--out", required=True, type=Path, help=text("train.help_auto_out"))
    parser.add_argument("--background", type=Path, metavar="FOLDER", help=text("train.help_auto_background"))
    parser.add_argument("--bundle", type=Path, help=text("train.help_auto_bundle"))
    parser.add_argument("--size", type=int, default=usual.size, help=text("train.help_auto_size"))
    parser.add_argument("--width", type=int, default=usual.width, help=text("train.help_auto_width"))
    parser.add_argument("--latent", type=int, default=usual.latent, help=text("train.help_auto_latent"))
    parser.add_argument("--epochs", type=int, default=usual.epochs, help=text("train.help_auto_epochs"))
    parser.add_argument("--device", choices=DEVICES, default="auto", help=text("train.help_device"))
    parser.add_argument("--seed", type=int, default=usual.seed, help=text("train.help_seed"))
    parser.add_argument("--resume", action="store_true", help=text("train.help_resume"))
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train, draw, compare, tell."""
    style = style_of(arguments)
    progress = Progress(style)
    config = _config(arguments)
    for folder in filter(None, (arguments.folder, arguments.background)):
        if not folder.is_dir():
            raise FieldGuideError(ErrorCode.DATA_MISSING, folder=str(folder))
    runtime = open_foreign(arguments.bundle, arguments.device) if arguments.bundle else None
    photos = find_photos([arguments.folder])
    _open(arguments.out, config, photos, resume=arguments.resume)
    device = choose_device(arguments.device, progress)
    progress.step(text("train.auto_reading"))
    pixels, files = read_squares(photos, config.size, arguments.out / "cache/photos.npy", progress)
    if len(files) < FEWEST:
        raise FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=str(arguments.folder))
    teaching, kept = keep_back(pixels, KEPT_BACK, SHOWN, config.seed)
    if not len(kept):
        raise FieldGuideError(ErrorCode.DATA_TOO_FEW, labels=f"{arguments.folder} (1)", needed=2)
    progress.step(text("train.auto_training"))
    network, losses = fit_autoencoder(pixels, teaching, config, device, progress, arguments.out / "checkpoint.pt")
    write({"config": asdict(config), "state_dict": network.state_dict()}, arguments.out / "autoencoder.pt")
    progress.step(text("train.auto_looking"))
    held = np.asarray(pixels[kept])
    painted, errors = repaint(network, held, device)
    spread = teaching[:: -(-len(teaching) // MOST_FORMS)]
    draw_sheets(network, held[evenly(len(held))], pixels[spread], arguments.out, config.seed)
    answers, scores = None, {}
    if runtime is not None:
        answers = classify_both(runtime, held, painted, [files[row] for row in kept], load_guide())
    if arguments.background:
        others, _ = read_squares(
            find_photos([arguments.background]), config.size, arguments.out / "cache/others.npy", progress
        )
        scores = compare_scores((held, errors), (np.asarray(others), repaint(network, others, device)[1]), runtime)
    found = {
        "config": asdict(config),
        "photos": len(files),
        "kept_back": len(kept),
        "losses": losses,
        "error": {"mean": float(errors.mean()), "median": float(np.median(errors))},
        **({"classifier": asdict(answers)} if answers else {}),
        **({"unknown": {name: asdict(each) for name, each in scores.items()}} if scores else {}),
    }
    write_json(arguments.out / "autoencoder.json", found)
    if style is Style.JSON:
        print(json.dumps({"event": "done", **found}))
    elif style is Style.PERSON:
        print("\n".join(summary_lines(arguments.out, errors, answers, scores)))
    return 0


def evenly(count: int) -> npt.NDArray[np.int64]:
    """At most `SHOWN` places of `count`, from the first to the last, so that every folder has a chance to be seen."""
    return np.linspace(0, count - 1, min(SHOWN, count)).round().astype(np.int64)


def draw_sheets(network: Autoencoder, shown: Squares, forms: Squares, out: Path, seed: int) -> None:
    """before_after.png of the pictures `shown`, and generated.png of what resembles the pictures `forms`."""
    device = next(network.parameters()).device
    broken = as_pixels(damaged(as_pictures(shown, device), torch.Generator().manual_seed(seed)))
    rows = [shown, repaint(network, shown, device)[0], broken, repaint(network, broken, device)[0]]
    sheet(rows, out / "before_after.png")
    new = invent(network, forms, 3 * SHOWN, seed, device)
    sheet([new[at : at + SHOWN] for at in range(0, len(new), SHOWN)], out / "generated.png")


def summary_lines(out: Path, errors: Errors, answers: BothAnswers | None, scores: Mapping[str, Noticed]) -> list[str]:
    """What came out, for a person; `errors` [N] of the photos kept back."""
    lines = [text("train.auto_done", out=out, error=f"{errors.mean():.4f}", photos=len(errors))]
    lines.append(text("train.auto_sheets"))
    if answers is not None and answers.labelled:
        originals, repainted = points(answers.originals_top1), points(answers.repainted_top1)
        top1 = {"originals_top1": originals, "repainted_top1": repainted}
        lines.append(text("train.auto_accuracy", photos=answers.labelled, **top1))
    if answers is not None:
        lines.append(text("train.auto_agreement", share=points(answers.agreement)))
    for name, score in scores.items():
        label = text("train.auto_error") if name == ERROR else text(f"report.score_{name}")
        lines.append(text("train.auto_score", name=label, auroc=f"{score.auroc:.3f}", fpr=points(score.fpr95)))
    return lines


def _open(out: Path, config: AutoencoderConfig, photos: Sequence[Path], *, resume: bool) -> None:
    """Begin a folder, or go on with the same training of the same photos in it."""
    names = hashlib.sha256("\0".join(map(str, photos)).encode()).hexdigest()
    asked = asdict(config) | {"folder": names}
    begun = out / "begun.json"
    if resume and begun.exists():
        try:
            known = read_json(begun, dict[str, int | str])
        except ValueError as damage:
            raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(begun), problem=str(damage)) from damage
        for option in asked:
            if known.get(option) != asked[option]:
                refuse(f"--{option}".replace("--folder", "folder"), text("train.begun_otherwise"))
        return
    if out.exists() and any(out.iterdir()):
        refuse("--out", text("prepare.out_not_empty"))
    out.mkdir(parents=True, exist_ok=True)
    write_json(begun, asked)


def _config(arguments: argparse.Namespace) -> AutoencoderConfig:
    for name, low, high in (("size", 32, 256), ("width", 4, 128), ("latent", 1, 256), ("epochs", 1, 10_000)):
        if not low <= getattr(arguments, name) <= high:
            refuse(f"--{name}", f"{getattr(arguments, name)} is not between {low} and {high}")
    if arguments.size % 16:
        refuse("--size", f"{arguments.size} is no multiple of 16")
    return AutoencoderConfig(arguments.size, arguments.width, arguments.latent, arguments.epochs, arguments.seed)
