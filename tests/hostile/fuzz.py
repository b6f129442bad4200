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

from fieldguide.core.bundle import read_bundle, read_manifest
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide.check import check_tables
from fieldguide.core.guide.names import read_name
from fieldguide.core.guide.tables import COLUMNS, read_table
from fieldguide.core.photo import read_header, read_photo
from fieldguide.core.resources import resource
from fieldguide.core.text import explain
from fieldguide.storage.database import Database

SECONDS = 20  # for one case
PICTURES = ("jpg", "progressive.jpg", "restarts.jpg", "png", "webp", "gif", "tif", "bmp", "avif", "heic")
KINDS = (*PICTURES, "fieldguide", "csv", "db", "drop")


@cache
def sound(kind: str) -> bytes:
    """A small file of that kind that every reader takes."""
    if kind in PICTURES:
        return _picture(kind)
    if kind == "fieldguide":
        out = io.BytesIO()
        with zipfile.ZipFile(resource("model", "starter.fieldguide")) as whole, zipfile.ZipFile(out, "w") as small:
            for entry in whole.infolist():
                if entry.file_size < 100_000:
                    small.writestr(entry.filename, whole.read(entry))
        return out.getvalue()
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
    if kind == "heic":  # nothing here writes one: boxes that look like it
        return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + _picture("avif")[24:]
    options: dict[str, object] = {"progressive": kind.startswith("progr"), "restart_marker_rows": int("rest" in kind)}
    name = {"jpg": "JPEG", "tif": "TIFF"}.get(kind.rpartition(".")[2], kind.rpartition(".")[2].upper())
    image.save(out, name, **(options if name == "JPEG" else {}), exif=exif.tobytes())
    return out.getvalue()


def malformed(kind: str, seed: int, number: int) -> bytes:
    """Case `number`: a sound file with one to eight wounds."""
    chance = random.Random(f"{kind} {seed} {number}")
    data = bytearray(sound(kind))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
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
        "csv": (_look_at_guide,),
        "db": (lambda path: Database(path).close(),),
        "drop": (_look_at_drop,),
    }
    for reader in readers.get(kind, (read_header, lambda path: read_photo(path, 64))):
        try:
            reader(file)
        except FieldGuideError as told:
            explain(told)


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
        signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(TimeoutError(f"still busy after {SECONDS} s")))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, last):
            print(json.dumps({"case": number}), flush=True)
            file = Path(folder, f"case.{kind.rpartition('.')[2]}")
            file.write_bytes(malformed(kind, seed, number))
            if os.name == "posix":
                signal.alarm(SECONDS)
            try:
                look(kind, file)
            except Exception:  # the very thing that is looked for
                print(json.dumps({"case": number, "wrong": traceback.format_exc(limit=-6)}), flush=True)
            if os.name == "posix":
                signal.alarm(0)
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
        limit = 120 + SECONDS + 2 * (last - first)
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
