"""`fieldguide-train augment-sheet FOLDER --out SHEET.png`: what each augmentation does to photos, by name.

A row for each photo: the photo, each augmentation alone and at its full strength, and all together as a fit has them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import find_photos, read_photo
from fieldguide.core.text import text
from trainer.commands.call import add_options, configuration
from trainer.config import AUGMENT, AUGMENT_RANGES, refuse
from trainer.data.augment import Augment, whole
from trainer.pipeline.wanted import complete

CAPTION = 16  # pixels above each column
TOGETHER = 3  # columns with all at once


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `augment-sheet`."""
    parser.add_argument("folder", nargs=1, help=text("train.help_folder"))
    parser.add_argument("--out", required=True, type=Path, help=text("train.help_sheet_out"))
    parser.add_argument("--photos", type=int, default=6, help=text("train.help_sheet_photos"))
    parser.add_argument("--size", type=int, default=160, help=text("train.help_sheet_size"))
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Draw the sheet."""
    if not 1 <= arguments.photos <= 100:
        refuse("--photos", f"{arguments.photos} is not between 1 and 100")
    if not 32 <= arguments.size <= 512:
        refuse("--size", f"{arguments.size} is not between 32 and 512")
    config = complete(configuration(arguments))
    pixels, aspect = _read(Path(arguments.folder[0]), arguments.photos, arguments.size)
    columns = columns_of(config.fit.augment, arguments.size)
    sheet = draw_sheet(pixels, aspect, columns, arguments.size, config.seed)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(arguments.out)
    print(text("train.sheet_done", file=arguments.out, photos=len(pixels), columns=len(columns)))
    return 0


def columns_of(overrides: dict[str, float], size: int) -> list[tuple[str, Augment | None]]:
    """Caption and augmentation of each column; None is the photo as it is. What is off is left out."""
    nothing = {name: 1.0 if name == "crop" else 0.0 for name in AUGMENT}
    strengths = AUGMENT | overrides
    amounts = {"brightness", "contrast", "saturation", "hue", *AUGMENT_RANGES}  # the others are chances: shown for sure
    alone = [
        (name, Augment(size, nothing | {name: strength if name in amounts else 1.0}))
        for name, strength in strengths.items()
        if strength != nothing[name]
    ]
    together = [(text("train.sheet_all"), Augment(size, strengths))] * TOGETHER
    return [(text("train.sheet_original"), None), *alone, *together]


def draw_sheet(
    pixels: torch.Tensor, aspect: torch.Tensor, columns: list[tuple[str, Augment | None]], size: int, seed: int
) -> Image.Image:
    """`pixels` uint8 [N,S,S,3], `aspect` float [N]: a picture of N rows and a column for each augmentation."""
    sheet = Image.new("RGB", (len(columns) * size, len(pixels) * size + CAPTION), "white")
    pen = ImageDraw.Draw(sheet)
    for place, (name, augment) in enumerate(columns):
        generator = torch.Generator().manual_seed(seed + place)
        shown = augment(pixels, aspect, generator) if augment else whole(pixels, size)
        pen.text((place * size + 3, 2), name, fill="black")
        for row, picture in enumerate(shown.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()):
            sheet.paste(Image.fromarray(picture), (place * size, CAPTION + row * size))
    return sheet


def _read(folder: Path, wanted: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Photos spread over the folder, squeezed to squares as the cache holds them, and their aspects."""
    if not folder.is_dir():
        raise FieldGuideError(ErrorCode.DATA_MISSING, folder=str(folder))
    files = find_photos([folder])
    squares, aspects = [], []
    for place in np.linspace(0, max(len(files) - 1, 0), min(wanted, len(files))).astype(int):
        try:
            decoded = read_photo(files[place], size)
        except FieldGuideError:
            continue
        square = Image.fromarray(decoded.pixels).resize((size, size), Image.Resampling.BICUBIC)
        squares.append(torch.from_numpy(np.array(square)))
        aspects.append(decoded.photo.width / decoded.photo.height)
    if not squares:
        raise FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=str(folder))
    return torch.stack(squares), torch.tensor(aspects)
