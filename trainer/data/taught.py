"""Photos that taught the weights a run begins with: they may teach again, and they judge nothing.

A model file lists the photos that taught it or chose it, those of the models that it went on from among them. On them a
model that goes on from it is right by memory: their numbers flatter, and an epoch that has begun to forget them looks
worse than none.
"""

from __future__ import annotations

from pathlib import Path

from fieldguide.core.bundle import BUNDLE_SUFFIX, read_bundle


def lines_before(init: str) -> tuple[str, ...]:
    """A line for each such photo: its SHA-256 and perceptual hash; none when `init` (`network.init`) is no bundle.

    Raises:
        FieldGuideError: what `read_bundle` raises.
    """
    if not init.endswith(BUNDLE_SUFFIX):
        return ()
    listed = read_bundle(Path(init)).extra("photos.txt") or b""
    return tuple(line for line in listed.decode("utf-8", "replace").splitlines() if line.strip())


def taught_before(init: str) -> frozenset[str]:
    """The SHA-256 of each such photo, in hex. Raises as `lines_before`."""
    return frozenset(line.split()[0] for line in lines_before(init))
