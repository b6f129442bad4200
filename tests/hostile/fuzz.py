"""Thousands of malformed files from one seed, each looked at in a child process that may die without taking us along.

`make fuzz CASES=10000 SEED=1`. A case is told by its kind and number alone, so a failure can be made again. Whatever a
reader answers is right as long as it answers: a value, or a `FieldGuideError`; not a traceback, a crash or a hang.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from fieldguide.core.bundle import Manifest, read_bundle, read_manifest
from fieldguide.core.decision.decide import decide
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide.check import check_tables
from fieldguide.core.guide.guide import Guide, load_guide
from fieldguide.core.guide.names import read_name
from fieldguide.core.guide.tables import COLUMNS, read_table
from fieldguide.core.photo import read_header, read_photo
from fieldguide.core.resources import resource
from fieldguide.core.text import explain
from fieldguide.storage.database import Database
from trainer.config.table import read_config

SECONDS = 20  # of the processor, for one case: on a busy machine the clock says nothing
PICTURES = ("jpg", "progressive.jpg", "restarts.jpg", "png", "webp", "gif", "tif", "bmp", "avif", "heic")
KINDS = (*PICTURES, "fieldguide", "repacked", "csv", "toml", "db", "drop")
ODD_VALUES = (None, True, -1, 0, 1e308, 2**70, "", "\u202e", "x" * 5000, [], {}, [[]], {"": None}, "NaN", "<b>&amp;")


@cache
def sound(kind: str) -> bytes:
    """A small file of that kind that every reader takes."""
    if kind in PICTURES:
        return _picture(kind)
    if kind in ("fieldguide", "repacked"):
        out = io.BytesIO()
        with zipfile.ZipFile(resource("model", "starter.fieldguide")) as whole, zipfile.ZipFile(out, "w") as small:
            for number, entry in enumerate(whole.infolist()):
                if (entry.file_size < 100_000 and number % 20 == 0) or entry.filename.endswith(
                    (".json", ".npz", ".md")
                ):
                    small.writestr(entry.filename, whole.read(entry))
        return out.getvalue()
    if kind == "toml":
        return (resource("model") / "starter.toml").read_bytes()
    if kind == "csv":
        return b"".join((resource("guide") / "species.csv").read_bytes().splitlines(keepends=True)[:12])
    if kind == "db":
        with tempfile.TemporaryDirectory() as folder:
            with Database(Path(folder, "o.db")):
                pass
            return Path(folder, "o.db").read_bytes()
    return b"file:///tmp/a%20b.jpg\r\nfile://localhost/tmp/Gr%FCn.jpg\r\nhttps://example.org/c.jpg\r\n"


def _picture(kind: str) -> bytes:
    grain = np.random.default_rng(5).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    image, out = Image.fromarray(grain).resize((160, 120), Image.Resampling.BICUBIC), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2024:10:05 11:12:13"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 0.0), 3: "E", 4: (14.0, 15.0, 0.0)})
    if kind == "heic":  # nothing here writes one
        return (Path(__file__).parents[1] / "helpers" / "drawn.heic").read_bytes()
    options: dict[str, object] = {"progressive": kind.startswith("progr"), "restart_marker_rows": int("rest" in kind)}
    name = {"jpg": "JPEG", "tif": "TIFF"}.get(kind.rpartition(".")[2], kind.rpartition(".")[2].upper())
    image.save(out, name, **(options if name == "JPEG" else {}), exif=exif.tobytes())
    return out.getvalue()


def malformed(kind: str, seed: int, number: int) -> bytes:
    """Case `number`: a sound file with one to eight wounds."""
    chance = random.Random(f"{kind} {seed} {number}")
    wounds = chance.choice((1, 1, 2, 3, 8))
    if kind == "repacked":
        return _repacked(sound(kind), wounds, chance)
    return _wounded(sound(kind), wounds, chance)


def _entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _repacked(data: bytes, wounds: int, chance: random.Random) -> bytes:
    """Packed anew after one part was wounded: so what stands behind the checksums is reached too."""
    entries, out = _entries(data), io.BytesIO()
    name = chance.choice([each for each in entries if "/extra/" in each] * 50 + list(entries))
    as_json = name.endswith(".json") and chance.random() < 0.8
    entries[name] = (_wounded_json if as_json else _wounded)(entries[name], wounds, chance)
    with zipfile.ZipFile(out, "w") as archive:
        for each, held in entries.items():
            archive.writestr(each, held)
    return out.getvalue()


def _wounded_json(data: bytes, wounds: int, chance: random.Random) -> bytes:
    """One to eight values, at any depth, that are of another kind, missing, or twice there."""
    document = json.loads(data)
    for _ in range(wounds):
        within = document
        while True:
            keys = list(within) if isinstance(within, dict) else list(range(len(within)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(within[key], dict | list) and chance.random() < 0.8:
                within = within[key]
                continue
            within[key] = chance.choice((*ODD_VALUES, within[chance.choice(keys)]))
            break
    return json.dumps(document).encode()


def _wounded(sound: bytes, wounds: int, chance: random.Random) -> bytes:
    data = bytearray(sound)
    for _ in range(wounds):
        _wound(data, chance)
    return bytes(data)


def _wound(data: bytearray, chance: random.Random) -> None:
    place, length = chance.randrange(len(data) + 1), chance.choice((1, 2, 4, 16, 300))
    if chance.random() < 0.4:  # headers are where lengths stand
        place = min(place, chance.randrange(400))
    ways: tuple[Callable[[], None], ...] = (
        lambda: data.__setitem__(slice(place, place + 1), bytes([chance.randrange(256)])),
        lambda: data.__setitem__(slice(place, place + 4), chance.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"))),
        lambda: data.__delitem__(slice(place, place + length)),
        lambda: data.__delitem__(slice(place, None)),
        lambda: data.__setitem__(slice(place, place), chance.randbytes(length)),
        lambda: data.__setitem__(slice(place, place), data[place : place + length] * chance.choice((1, 3, 2000))),
        lambda: data.__setitem__(slice(place, place + length), bytes(data[:length])),
        lambda: data.extend(bytes(chance.choice((1, 5000, 2_000_000)))),
    )
    chance.choice(ways)()


def look(kind: str, file: Path) -> None:
    """Hand the file to every reader of its kind."""
    readers: Mapping[str, tuple[Callable[[Path], object], ...]] = {
        "fieldguide": (read_manifest, read_bundle),
        "repacked": (_look_at_model,),
        "toml": (read_config,),
        "csv": (_look_at_guide,),
        "db": (lambda path: Database(path).close(),),
        "drop": (_look_at_drop,),
    }
    for reader in readers.get(kind, (read_header, lambda path: read_photo(path, 64))):
        try:
            reader(file)
        except FieldGuideError as told:
            explain(told)


def _look_at_model(file: Path) -> None:
    bundle = read_bundle(file)
    _ = bundle.golden, bundle.program, bundle.extra("card.md")
    _use(bundle.manifest)


@cache
def _guide() -> Guide:
    return load_guide()


def _use(manifest: Manifest) -> None:
    """All that the window does with a model's manifest before and after a photo, but for the network itself."""
    from fieldguide.ui.models import facts
    from fieldguide.ui.models.measured import measured_of

    guide = _guide()
    measured_of(manifest)
    for words in (facts.promises_of, facts.dangers_of, facts.unknown_deadly):
        words(manifest, guide)
    for words_alone in (facts.coverage_words, facts.threshold_words, facts.ranks_of):
        words_alone(manifest)
    thresholds = Thresholds.from_manifest(manifest.thresholds)
    for top in (0, len(manifest.labels) - 1):
        probabilities = np.full(len(manifest.labels), 0.2 / len(manifest.labels))
        probabilities[top] += 0.8
        decide(probabilities, manifest.labels, guide, thresholds, unknown_score=0.5)


def _look_at_guide(file: Path) -> None:
    tables = {name: read_table((resource("guide") / f"{name}.csv").read_bytes()[:4000]) for name in COLUMNS}
    wounded = read_table(file.read_bytes())
    check_tables({**tables, "species": wounded})
    for line in wounded.lines:
        read_name(line.name)


def _look_at_drop(file: Path) -> None:
    from PySide6.QtCore import QMimeData

    from fieldguide.services.dropped import URI_LIST, dropped_paths

    mime = QMimeData()
    mime.setData(URI_LIST, file.read_bytes())
    for path in dropped_paths(mime)[:50]:
        try:
            read_header(path)
        except FieldGuideError as told:
            explain(told)


def child(kind: str, seed: int, first: int, last: int) -> None:
    """Look at the cases one by one, and say which is begun and what was wrong: the parent reads it even if we die."""
    if os.name == "posix":
        import resource as limits

        limits.setrlimit(limits.RLIMIT_AS, (8 * 2**30, 8 * 2**30))
        signal.signal(signal.SIGPROF, lambda *_: (_ for _ in ()).throw(TimeoutError(f"still busy after {SECONDS} s")))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, last):
            print(json.dumps({"case": number}), flush=True)
            file = Path(folder, f"case.{kind.rpartition('.')[2]}")
            file.write_bytes(malformed(kind, seed, number))
            if os.name == "posix":
                signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                look(kind, file)
            except Exception:  # the very thing that is looked for
                print(json.dumps({"case": number, "wrong": traceback.format_exc(limit=-6)}), flush=True)
            if os.name == "posix":
                signal.setitimer(signal.ITIMER_PROF, 0)
            for beside in Path(folder).iterdir():
                beside.unlink()
    print(json.dumps({"done": True}), flush=True)


def run(kind: str, seed: int, first: int, last: int) -> list[tuple[int, str]]:
    """The cases that went wrong, with what happened. The child runs with Python's checks of memory, and dies alone."""
    wrong: list[tuple[int, str]] = []
    while first < last:
        command = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "tests.hostile.fuzz", "--child"]
        words = [kind, str(seed), str(first), str(last)]
        surroundings = {**os.environ, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}
        limit = 600 + 10 * (last - first)  # a case that waits for something without end
        try:
            ended = subprocess.run(
                [*command, *words], capture_output=True, timeout=limit, env=surroundings, check=False
            )
            said, errors, code = ended.stdout, ended.stderr, ended.returncode
        except subprocess.TimeoutExpired as late:
            said, errors, code = late.stdout or b"", late.stderr or b"", -1
        lines = [json.loads(line) for line in said.splitlines() if line.startswith(b"{")]
        wrong += [(line["case"], line["wrong"]) for line in lines if "wrong" in line]
        if code == 0 and lines and lines[-1].get("done"):
            return wrong
        begun = max((line["case"] for line in lines if "case" in line), default=first)
        wrong.append((begun, f"the process ended with {code}: {errors[-2000:].decode(errors='replace')}"))
        first = begun + 1
    return wrong


def main() -> int:
    """Run the cases of every kind in turn; the exit status is 1 when one went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000, help="of all kinds together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", default=KINDS, choices=KINDS)
    parser.add_argument("--child", nargs=4, metavar=("KIND", "SEED", "FIRST", "LAST"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        kind, *numbers = arguments.child
        child(kind, *map(int, numbers))
        return 0
    each, found, begun = -(-arguments.cases // len(arguments.kinds)), Counter[str](), time.monotonic()
    for kind in arguments.kinds:
        for number, what in run(kind, arguments.seed, 0, each):
            found[kind] += 1
            print(f"{kind} {number} (seed {arguments.seed}): {what}\n")
        print(f"{kind}: {each} cases, {found[kind]} wrong", flush=True)
    print(f"{each * len(arguments.kinds)} cases in {time.monotonic() - begun:.0f} s, {found.total()} wrong")
    return int(found.total() > 0)


if __name__ == "__main__":
    raise SystemExit(main())
