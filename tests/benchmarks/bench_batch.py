"""A dropped folder of 12-megapixel photos. By hand: `python -m tests.benchmarks.bench_batch [BUNDLE]`.

Bar: decoding on all cores while the model runs is at least 1.6 times faster than one photo after the other, on
two cores. FIELDGUIDE_BENCH_PHOTOS sets the number (1,000).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import torch

from fieldguide.core.guide import load_guide
from fieldguide.core.resources import resource
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.runtime import Runtime
from tests.benchmarks.big_photos import write_folder

PHOTOS = int(os.environ.get("FIELDGUIDE_BENCH_PHOTOS", "1000"))
ALONE = min(PHOTOS, 100)  # enough to know the pace of one at a time


def main(arguments: list[str]) -> None:
    bundle = Path(arguments[0]) if arguments else resource("model", "starter.fieldguide")
    identifier = FindIdentifier(Runtime.load(bundle, device="cpu"), load_guide())
    with tempfile.TemporaryDirectory() as folder:
        photos = write_folder(Path(folder), PHOTOS)
        begun = time.perf_counter()
        for photo in photos[:ALONE]:
            list(identifier.identify([[photo]]))
        alone = (time.perf_counter() - begun) / ALONE
        begun = time.perf_counter()
        found = sum(1 for _ in identifier.identify([[photo] for photo in photos]))
        together = (time.perf_counter() - begun) / found
    print(f"{PHOTOS} photos, {os.cpu_count()} cores, {torch.get_num_threads()} threads of torch, {bundle.name}")
    print(f"one at a time   {alone * 1000:7.1f} ms a photo   1.00   ({ALONE} photos)")
    print(
        f"as a folder     {together * 1000:7.1f} ms a photo   {alone / together:.2f} times faster (bar: at least 1.6)"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
