"""`fieldguide-train was-trained-on PHOTO ... BUNDLE`: whether a photo, or nearly the same picture, taught this model.

Exit status: 0 yes (the same file, or a near-duplicate), 1 no, 2 no answer (photo or model file
unreadable, or it does not list its photos). With --json one event for each photo.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.text import explain, text
from fieldguide.core.training.events import Failed, Traced
from trainer.data.duplicates import NEAR, hamming, perceptual_hash
from trainer.progress import Progress, Style

YES, NO, CANNOT_TELL = 0, 1, 2
UNREADABLE = "unreadable"
_SIDE = 224  # pixels: what a scan decodes for its hash unless the run says otherwise


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
    parser.add_argument("photos", type=Path, nargs="+", metavar="PHOTO", help=text("bundle.help_photo"))
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help=text("bundle.help_bundle"))
    parser.add_argument("--json", action="store_true", help=text("bundle.help_json"))


def run(arguments: argparse.Namespace) -> int:
    """Answer, in words and by the exit status; of several photos one without an answer counts most, then a yes."""
    progress = Progress(Style.JSON if arguments.json else Style.QUIET)
    try:
        listed = _listed(arguments.bundle)
        answers = [_answer(photo, listed, progress) for photo in arguments.photos]
    except FieldGuideError as error:  # exit 1 would say that the photo was not used
        named = FieldGuideError(error.code, **{"file": arguments.bundle.name, **error.facts})
        facts = {name: str(fact) for name, fact in named.facts.items()}
        progress.event(Failed(named.code.value, explain(named), facts))
        print(explain(named), file=sys.stderr)
        return CANNOT_TELL
    if UNREADABLE in answers:
        return CANNOT_TELL
    return NO if set(answers) == {"no"} else YES


def _listed(bundle: Path) -> str:
    lines = read_bundle(bundle).extra("photos.txt")
    if lines is None:
        raise FieldGuideError(ErrorCode.BUNDLE_LISTS_NO_PHOTOS)
    return lines.decode("utf-8", "replace")


def _answer(photo: Path, listed: str, progress: Progress) -> str:
    """Told; raises FieldGuideError for the list alone."""
    try:
        trace = find_photo(photo, listed)
    except FieldGuideError as error:
        if not error.code.value.startswith("photo_"):
            raise
        trace, answer = Trace(same=False, bits=-1), UNREADABLE
        print(explain(FieldGuideError(error.code, **{"file": str(photo), **error.facts})), file=sys.stderr)
    else:
        answer = "same" if trace.same else "near" if trace.near else "no"
    progress.event(Traced(str(photo), answer, trace.bits))
    if progress.style is not Style.JSON and answer != UNREADABLE:
        print(text(f"bundle.trained_on_{answer}", photo=photo.name, bits=trace.bits))
    return answer


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
