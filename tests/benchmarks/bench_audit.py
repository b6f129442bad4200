"""What the audit finds of defects made from real photos: `python -m tests.benchmarks.bench_audit FOLDER [EACH]`.

FOLDER holds a folder of photos per label. Its largest labels give clean photos, and EACH (20) others become defects of
each kind. Recall: made ones that are listed as what they are. Precision: listed ones that were made so, or stand for
it (`ALSO`); real photos that truly have the fault count against it, so it is a lower bound. The last column names what
else was listed. Ends with the time a photo.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from fieldguide.core.guide import load_guide
from fieldguide.core.photo import find_photos
from fieldguide.core.resources import resource
from fieldguide.inference.runtime import Runtime
from trainer.config import DataConfig
from trainer.data.audit.audit import audit
from trainer.data.audit.embedding import embed_photos
from trainer.data.audit.findings import Finding
from trainer.data.labels import build_tree, resolve_labels
from trainer.data.scan import scan
from trainer.pipeline.cuts import find_cuts
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = 6
CLEAN = 40  # photos of each label that stay as they are
TIMED = 100  # photos that the time is measured on
LEAST = 150  # pixels of the short side of a photo that is used
Change = Callable[[Image.Image, Image.Image, random.Random], Image.Image]


def _caption(picture: Image.Image, other: Image.Image, chance: random.Random) -> Image.Image:
    pen, size = ImageDraw.Draw(picture), max(11, picture.height // 14)
    words = chance.choice(["Amanita muscaria 2019", "Photo: M. Weber, Spessart", "www.pilzfreunde.example"])
    pen.rectangle((0, picture.height - 2 * size, picture.width, picture.height), fill=(20, 20, 20))
    pen.text((6, picture.height - 1.7 * size), words, fill=(240, 240, 240), font=ImageFont.load_default(size))
    return picture


def _watermark(picture: Image.Image, other: Image.Image, chance: random.Random) -> Image.Image:
    over, size = picture.copy(), max(14, picture.width // 12)
    place = (picture.width // 10, chance.randrange(picture.height // 4, 3 * picture.height // 4))
    ImageDraw.Draw(over).text(place, "SHUTTERPHOTO", fill=(255, 255, 255), font=ImageFont.load_default(size))
    return Image.blend(picture, over, 0.6)


def _screenshot(picture: Image.Image, other: Image.Image, chance: random.Random) -> Image.Image:
    width, height = 300, 560
    screen = Image.new("RGB", (width, height), (250, 250, 250))
    screen.paste(picture.resize((width, 260)), (0, 60))
    pen, font = ImageDraw.Draw(screen), ImageFont.load_default(17)
    pen.rectangle((0, 0, width, 24), fill=(40, 40, 40))
    pen.text((8, 2), "12:47        Foto teilen", fill=(255, 255, 255), font=font)
    for line in range(7):
        pen.text((12, 335 + 28 * line), "gefunden im Wald bei Ulm", fill=(30, 30, 30), font=font)
    return screen


def _collage(picture: Image.Image, other: Image.Image, chance: random.Random) -> Image.Image:
    beside = chance.random() < 0.5
    side = (150, 200) if beside else (200, 150)
    sheet = Image.new("RGB", (300, 200) if beside else (200, 300))
    sheet.paste(ImageOps.fit(picture, side))
    sheet.paste(ImageOps.fit(other, side), (150, 0) if beside else (0, 150))
    return sheet


def _drawing(picture: Image.Image, other: Image.Image, chance: random.Random) -> Image.Image:
    """Lines where the picture changes, on warm paper with a margin and a caption of marks."""
    lines = np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(2)).filter(ImageFilter.FIND_EDGES))
    ink = (lines > np.percentile(lines, 90))[..., None]
    drawn = Image.fromarray(np.where(ink, (60, 50, 40), (244, 236, 214)).astype(np.uint8))
    return ImageOps.expand(drawn.crop((3, 3, drawn.width - 3, drawn.height - 3)), 24, (244, 236, 214))


def _cut(picture: Image.Image, other: Image.Image, chance: random.Random) -> Image.Image:
    return picture.crop((picture.width // 10, 0, picture.width, picture.height * 9 // 10))


def _faded(picture: Image.Image, other: Image.Image, chance: random.Random) -> Image.Image:
    return ImageEnhance.Contrast(picture).enhance(0.25)


KINDS: dict[str, tuple[Finding, Change]] = {
    "copy, smaller and saved again": (
        Finding.NEAR_COPY,
        lambda p, o, c: p.resize((p.width * 2 // 3, p.height * 2 // 3)),
    ),
    "copy, mirrored": (Finding.NEAR_COPY, lambda p, o, c: ImageOps.mirror(p)),
    "copy, cut by a tenth on two sides": (
        Finding.NEAR_COPY,
        lambda p, o, c: p.crop((p.width // 10, 0, p.width, p.height * 9 // 10)),
    ),
    "copy under another label": (Finding.COPY_ACROSS_LABELS, lambda p, o, c: p),
    "wrong label": (Finding.LABEL_ERROR, lambda p, o, c: p),
    "collage of two": (Finding.COLLAGE, _collage),
    "drawing on paper": (Finding.DRAWING, _drawing),
    "caption": (Finding.TEXT, _caption),
    "watermark": (Finding.TEXT, _watermark),
    "screenshot of a telephone": (Finding.TEXT, _screenshot),
    "blurred": (Finding.BLURRED, lambda p, o, c: p.filter(ImageFilter.GaussianBlur(max(p.size) / 90))),
    "dark": (Finding.DARK, lambda p, o, c: ImageEnhance.Brightness(p).enhance(0.2)),
    "overexposed": (Finding.LIGHT, lambda p, o, c: Image.blend(p, Image.new("RGB", p.size, (255, 255, 255)), 0.75)),
    "low contrast": (Finding.LOW_CONTRAST, _faded),
    "black and white": (Finding.GRAYSCALE, lambda p, o, c: ImageOps.grayscale(p).convert("RGB")),
    "strip": (Finding.ODD_ASPECT, lambda p, o, c: p.crop((0, p.height // 3, p.width, p.height // 3 + p.width // 4))),
    "small": (Finding.TOO_SMALL, lambda p, o, c: ImageOps.contain(p, (80, 80))),
}
ALSO = {  # what a made defect may rightly be listed as, beside its own kind
    Finding.NEAR_COPY: ("copy under another label", "wrong label"),
    Finding.COPY_ACROSS_LABELS: ("wrong label",),
    Finding.LABEL_ERROR: ("copy under another label",),
    Finding.LOW_CONTRAST: ("dark", "overexposed", "blurred"),
    Finding.LIGHT: ("drawing on paper", "screenshot of a telephone", "low contrast"),
    Finding.GRAYSCALE: ("drawing on paper", "dark", "low contrast", "overexposed"),
    Finding.DARK: ("low contrast",),
    Finding.TOO_SMALL: ("strip", "copy, smaller and saved again"),
    Finding.TEXT: ("drawing on paper",),
    Finding.COLLAGE: ("screenshot of a telephone",),
    Finding.BLURRED: ("low contrast", "overexposed", "dark"),
}


def make(root: Path, source: Path, each: int, chance: random.Random) -> dict[str, str]:
    """Write the photos; file name -> kind of those that were made."""
    folders = sorted((f for f in source.iterdir() if f.is_dir()), key=lambda f: -len(find_photos([f])))[:LABELS]
    photos = {folder.name: _shuffled(folder, chance) for folder in folders}
    made = {}
    for label, files in photos.items():
        (root / label).mkdir(parents=True)
        for file in files[: min(CLEAN, len(files) // 2)]:
            _open(file).save(root / label / f"clean_{file.stem}.jpg", quality=88)
    spare = _in_turn(photos, chance)
    for kind, (finding, change) in KINDS.items():
        for number in range(each):
            label, file = next(spare)
            another = chance.choice([name for name in photos if name != label])
            picture, other = _open(file), _open(chance.choice(photos[another]))
            name = f"{list(KINDS).index(kind):02}_{number:02}.jpg"
            if finding in (Finding.NEAR_COPY, Finding.COPY_ACROSS_LABELS):
                picture.save(root / label / f"clean_of_{name}", quality=95)
            away = finding in (Finding.COPY_ACROSS_LABELS, Finding.LABEL_ERROR)
            change(picture, other, chance).save(root / (another if away else label) / name, quality=80)
            made[name] = kind
    return made


def _shuffled(folder: Path, chance: random.Random) -> list[Path]:
    files = [file for file in sorted(find_photos([folder])) if min(_open(file).size) >= LEAST]
    chance.shuffle(files)
    return files


def _in_turn(photos: dict[str, list[Path]], chance: random.Random) -> Iterator[tuple[str, Path]]:
    rest = [(label, file) for label, files in photos.items() for file in files[len(files) // 2 :]]
    chance.shuffle(rest)
    return iter(rest)


def _open(file: Path) -> Image.Image:
    with Image.open(file) as picture:
        found = picture.convert("RGB")
    found.thumbnail((320, 320))  # never enlarged: that looks like blur
    return found


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    each = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    quiet = Progress(Style.QUIET)
    with TemporaryDirectory() as folder:
        root, run = Path(folder) / "photos", RunFolder(Path(folder) / "run").create()
        made = make(root, Path(sys.argv[1]), each, random.Random(11))
        photos = scan(DataConfig(folders=(str(root),)), run, quiet)
        pixels = np.load(run.pixels, mmap_mode="r")
        labels = resolve_labels((photo.raw_label for photo in photos), load_guide())
        eyes = embed_photos(photos, pixels, Runtime.load(resource("model", "starter.fieldguide")))
        cuts, tree = find_cuts(photos, run, quiet), build_tree(labels.taxa)
        report = audit(photos, pixels, labels, tree, eyes, cuts=cuts)
        some = photos[:: max(1, len(photos) // TIMED)]
        began = time.process_time()
        audit(some, pixels, labels, tree)
        seconds = (time.process_time() - began) / len(some)
    listed = {finding: {Path(p.file).name for p in report.listed(finding)} for finding in Finding}
    print(f"{len(photos)} photos of {LABELS} labels, {each} of each kind made")
    for kind, (finding, _) in KINDS.items():
        mine = {name for name, told in made.items() if told == kind}
        # Of a copy and its photo the larger stays: either of the two may be the one that is listed.
        found = {name for name in mine if {name, f"clean_of_{name}"} & listed[finding]}
        right = {told for told, (same, _) in KINDS.items() if same is finding} | set(ALSO.get(finding, ()))
        good = sum(made.get(name.removeprefix("clean_of_")) in right for name in listed[finding])
        total = len(listed[finding])
        share = f"{good} of {total}" if total else "-"
        others = {made.get(name.removeprefix("clean_of_"), "as it was") for name in listed[finding]} - right
        print(f"| {kind} | {finding} | {len(found)} of {len(mine)} | {share} | {', '.join(sorted(others))} |")
    print(f"{1000 * seconds:.1f} ms of processor a photo for all looks, without the model")


if __name__ == "__main__":
    main()
