"""`fieldguide-train was-trained-on PHOTO BUNDLE`: whether a photo, or nearly the same picture, taught this model.

Exit status: 0 yes (the same file, or a near-duplicate), 1 no, 2 it cannot be told (photo or model file
unreadable, or it does not list its photos).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.text import explain, text
from trainer.data.duplicates import NEAR, hamming, perceptual_hash

YES, NO, CANNOT_TELL = 0, 1, 2
_SIDE = 224  # pixels: what a scan decodes for its hash unless told otherwise


@dataclass(frozen=True, slots=True)
class Trace:
    """`same`: the very file was used. `bits`: to the nearest training photo, 0 to 64 (-1: none listed)."""

    same: bool
    bits: int

    @property
    def near(self) -> bool:
        """Whether a training photo shows the same picture."""
        return 0 <= self.bits <= NEAR


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `was-trained-on`."""
    parser.add_argument("photo", type=Path, metavar="PHOTO", help=text("bundle.help_photo"))
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help=text("bundle.help_bundle"))
    parser.add_argument("--json", action="store_true", help=text("bundle.help_json"))


def run(arguments: argparse.Namespace) -> int:
    """Answer, in words and by the exit status."""
    try:
        listed = read_bundle(arguments.bundle).extra("photos.txt")
        if listed is None:
            print(text("bundle.photos_not_listed", file=arguments.bundle.name), file=sys.stderr)
            return CANNOT_TELL
        trace = find_photo(arguments.photo, listed.decode("utf-8", "replace"))
    except FieldGuideError as error:  # exit 1 would say that the photo was not used
        print(explain(FieldGuideError(error.code, **{"file": arguments.bundle.name, **error.facts})), file=sys.stderr)
        return CANNOT_TELL
    answer = "same" if trace.same else "near" if trace.near else "no"
    if arguments.json:
        print(json.dumps({"photo": str(arguments.photo), "answer": answer, "bits": trace.bits}))
    else:
        print(text(f"bundle.trained_on_{answer}", photo=arguments.photo.name, bits=trace.bits))
    return NO if answer == "no" else YES


def find_photo(photo: Path, listed: str) -> Trace:
    """Look for a photo among lines of SHA-256 and perceptual hash (hex).

    Raises:
        FieldGuideError: one of the PHOTO_ codes; BUNDLE_DAMAGED for lines that are none.
    """
    decoded = read_photo(photo, _SIDE)
    lines = [line.split() for line in listed.splitlines() if line.strip()]
    if not lines:
        return Trace(same=False, bits=-1)
    try:
        others = np.array([int(fingerprint, 16) for _, fingerprint in lines], dtype=np.uint64)
    except (ValueError, OverflowError) as problem:
        raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED) from problem
    own = np.uint64(perceptual_hash(np.asarray(Image.fromarray(decoded.pixels).convert("L"))))
    same = decoded.photo.sha256 in {line[0] for line in lines}
    return Trace(same, int(hamming(np.full(len(others), own, dtype=np.uint64), others).min()))
