"""One 12-megapixel JPEG to its verdict. By hand: `python -m tests.benchmarks.bench_photo [BUNDLE] [PHOTO]`.

Bars: disk to stored verdict, warm, at most twice the model's own forward pass; at least four times faster than
Image.open + torchvision's transforms + the same network, eager. In the same run, each way in turn and again, so that a
machine whose pace changes is unjust to none: ONNX Runtime after the same plain reading, and fastai's `predict`, with
the same network; both where they are installed (`pip install onnxruntime onnx fastai`): the project needs neither.
A median of milliseconds on the clock, and of what this process computed meanwhile, which other programs change less.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from torch import nn
from torchvision import transforms

from fieldguide.core.guide import load_guide
from fieldguide.core.resources import resource
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.runtime import Runtime
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from tests.benchmarks.big_photos import write_photo

ROUNDS = 25
Way = Callable[[Path], object]


def measure(ways: dict[str, Way], photo: Path) -> dict[str, tuple[float, float]]:
    """Medians in ms, on the clock and computed, of `ROUNDS` turns of all ways after three that warm up."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 3):
        for name, way in ways.items():
            begun, computed = time.perf_counter(), time.process_time()
            way(photo)
            times[name].append(((time.perf_counter() - begun) * 1000, (time.process_time() - computed) * 1000))
    return {
        name: (statistics.median(each[0] for each in found[3:]), statistics.median(each[1] for each in found[3:]))
        for name, found in times.items()
    }


def network_of(runtime: Runtime) -> nn.Module:
    """The network of the model, as timm makes it: its weights do not change its pace."""
    named = runtime.manifest.provenance["network"]["name"]
    return timm.create_model(named, num_classes=len(runtime.manifest.labels)).eval()


def preparation(runtime: Runtime) -> transforms.Compose:
    """What a first script would do with a picture."""
    spec = runtime.manifest.input
    return transforms.Compose(
        [
            transforms.Resize(spec.resize, transforms.InterpolationMode.BICUBIC),
            transforms.CenterCrop(spec.size),
            transforms.ToTensor(),
            transforms.Normalize([0.5] * 3, [0.5] * 3),
        ]
    )


def plain(runtime: Runtime) -> Way:
    """The whole photo opened, torchvision's transforms, the same network eager."""
    network, prepare = network_of(runtime), preparation(runtime)

    def identify(photo: Path) -> torch.Tensor:
        with torch.inference_mode():
            return network(prepare(Image.open(photo).convert("RGB"))[None]).softmax(1)

    return identify


def onnx(runtime: Runtime, folder: Path) -> Way:
    """The same reading, the network in ONNX Runtime, which is the quickest of all for networks of this size."""
    import onnxruntime

    network, prepare, file = network_of(runtime), preparation(runtime), folder / "network.onnx"
    size = runtime.manifest.input.size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(network, (torch.zeros(1, 3, size, size),), file, input_names=["pictures"], dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def identify(photo: Path) -> object:
        return session.run(None, {"pictures": prepare(Image.open(photo).convert("RGB"))[None].numpy()})

    return identify


def fastai(runtime: Runtime, folder: Path) -> Way:
    """fastai's `Learner.predict` on a file, with its own transforms at the model's size."""
    from fastai.vision.all import CategoryBlock, DataBlock, ImageBlock, Learner, Resize

    size = runtime.manifest.input.size
    for number in range(2):
        Image.new("RGB", (size, size)).save(folder / f"{number}.png")
    labels = [str(number) for number in range(len(runtime.manifest.labels))]
    block = DataBlock(
        (ImageBlock, CategoryBlock(vocab=labels)),
        get_y=lambda file: file.stem,
        item_tfms=Resize(size),
        splitter=_halves,
    )
    loaders = block.dataloaders([folder / "0.png", folder / "1.png"], bs=1, num_workers=0)
    learner = Learner(loaders, network_of(runtime), loss_func=nn.CrossEntropyLoss())

    def identify(photo: Path) -> object:
        with learner.no_bar():
            return learner.predict(photo)

    return identify


def _halves(files: list[Path]) -> tuple[list[int], list[int]]:
    return [0], [1]


def main(arguments: list[str]) -> None:
    """Print a row for each way."""
    bundle = Path(arguments[0]) if arguments else resource("model", "starter.fieldguide")
    runtime, guide = Runtime.load(bundle, device="cpu"), load_guide()
    identifier = FindIdentifier(runtime, guide)
    size = runtime.manifest.input.size
    batch = np.random.default_rng(0).integers(0, 255, (1, 3, size, size), np.uint8)
    with tempfile.TemporaryDirectory() as name, Database(Path(name) / "finds.db") as database:
        folder = Path(name)
        photo = Path(arguments[1]) if len(arguments) > 1 else write_photo(folder / "photo.jpg")
        store = ObservationStore(database, guide)
        ways: dict[str, Way] = {
            "forward pass alone": lambda _: runtime.run(batch),
            "disk to verdict": lambda photo: list(identifier.identify([[photo]])),
            "disk to stored verdict": lambda photo: [store.add(found) for found in identifier.identify([[photo]])],
            "Image.open, transforms, eager": plain(runtime),
        }
        rivals = {"onnxruntime": ("Image.open, transforms, ONNX", onnx), "fastai": ("fastai, predict", fastai)}
        for library, (title, rival) in rivals.items():
            if importlib.util.find_spec(library) is None:
                print(f"{library} is not installed: left out")
            else:
                ways[title] = rival(runtime, folder)
        found = measure(ways, photo)
    forward, stored = found["forward pass alone"], found["disk to stored verdict"]
    print(f"{torch.get_num_threads()} threads, {bundle.name}, {photo.name}, medians of {ROUNDS}")
    print("bars: the stored verdict at most 2 of a forward pass, the plain recipe at least 4 of the stored verdict")
    print(f"{'':30} {'ms':>8} {'computed':>9} {'of a forward pass':>18} {'of ours, stored':>16}")
    for title, (clock, computed) in found.items():
        print(f"{title:30} {clock:8.1f} {computed:9.1f} {clock / forward[0]:18.2f} {clock / stored[0]:16.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
