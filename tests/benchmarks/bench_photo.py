"""One 12-megapixel JPEG to its verdict. By hand: `python -m tests.benchmarks.bench_photo [BUNDLE] [PHOTO]`.

Bars: disk to stored verdict, warm, at most twice the model's own forward pass; at least four times faster than
Image.open + torchvision's transforms + the same network, eager.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from torchvision import transforms

from fieldguide.core.guide import load_guide
from fieldguide.core.resources import resource
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.runtime import Runtime
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from tests.benchmarks.big_photos import write_photo

ROUNDS = 25


def median_ms(act: Callable[[], object]) -> float:
    """Median of `ROUNDS` calls after three that warm up, ms."""
    times = []
    for _ in range(ROUNDS + 3):
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[3:])


def naive(runtime: Runtime) -> Callable[[Path], torch.Tensor]:
    """What a first script would do: the whole photo opened, torchvision's transforms, the same network eager."""
    spec = runtime.manifest.input
    network = timm.create_model(
        runtime.manifest.provenance["network"]["name"], num_classes=len(runtime.manifest.labels)
    ).eval()
    prepare = transforms.Compose(
        [
            transforms.Resize(spec.resize, transforms.InterpolationMode.BICUBIC),
            transforms.CenterCrop(spec.size),
            transforms.ToTensor(),
            transforms.Normalize([0.5] * 3, [0.5] * 3),
        ]
    )

    def identify(photo: Path) -> torch.Tensor:
        with torch.inference_mode():
            return network(prepare(Image.open(photo).convert("RGB"))[None]).softmax(1)

    return identify


def main(arguments: list[str]) -> None:
    bundle = Path(arguments[0]) if arguments else resource("model", "starter.fieldguide")
    runtime, guide = Runtime.load(bundle, device="cpu"), load_guide()
    identifier, eager = FindIdentifier(runtime, guide), naive(runtime)
    size = runtime.manifest.input.size
    batch = np.random.default_rng(0).integers(0, 255, (1, 3, size, size), np.uint8)
    with tempfile.TemporaryDirectory() as folder, Database(Path(folder) / "finds.db") as database:
        photo = Path(arguments[1]) if len(arguments) > 1 else write_photo(Path(folder) / "photo.jpg")
        store = ObservationStore(database, guide)
        forward = median_ms(lambda: runtime.run(batch))
        verdict = median_ms(lambda: list(identifier.identify([[photo]])))
        stored = median_ms(lambda: [store.add(found) for found in identifier.identify([[photo]])])
        script = median_ms(lambda: eager(photo))
    print(f"{torch.get_num_threads()} threads, {bundle.name}, {photo.name}, medians of {ROUNDS}")
    print(f"forward pass alone           {forward:7.1f} ms   1.00")
    print(f"disk to verdict              {verdict:7.1f} ms   {verdict / forward:.2f}")
    print(f"disk to stored verdict       {stored:7.1f} ms   {stored / forward:.2f}   (bar: at most 2)")
    print(f"Image.open, transforms, eager{script:7.1f} ms   ours {script / stored:.1f} times faster (bar: at least 4)")


if __name__ == "__main__":
    main(sys.argv[1:])
