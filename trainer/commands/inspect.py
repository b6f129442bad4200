"""`fieldguide-train inspect BUNDLE`: what a model file says of itself, without running anything of it."""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from fieldguide.core.bundle import BundleFile, read_bundle
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from trainer.report.promises import labels_in_words, promises_in_words

_PARTS = {"data": "weights", "code": "program", "extra": "extra"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inspect`."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help=text("bundle.help_bundle"))
    parser.add_argument("--json", action="store_true", help=text("bundle.help_json"))


def run(arguments: argparse.Namespace) -> int:
    """Print it for a person, or everything as JSON."""
    bundle = read_bundle(arguments.bundle)
    if arguments.json:
        print(json.dumps(describe(bundle), indent=1, ensure_ascii=False))
    else:
        print(summary(bundle))
    return 0


def describe(bundle: BundleFile) -> dict[str, Any]:
    """All of it as plain values: file, digest, sizes in bytes, manifest, card, number of training photos listed."""
    photos = bundle.extra("photos.txt")
    card = bundle.extra("card.md")
    return {
        "file": str(bundle.path),
        "sha256": bundle.digest,
        "bytes": bundle.path.stat().st_size,
        "sizes": sizes(bundle),
        "photos_listed": None if photos is None else len(photos.splitlines()),
        "manifest": json.loads(bundle.manifest.to_json()),
        "card": None if card is None else card.decode("utf-8", "replace"),
    }


def sizes(bundle: BundleFile) -> dict[str, int]:
    """Bytes of weights, program and each extra file, as they lie in the archive."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(io.BytesIO(bundle.data)) as archive:
        for entry in archive.infolist():
            inside, _, rest = entry.filename.partition("/")[2].partition("/")
            found[rest if inside == "extra" else _PARTS.get(inside, "program")] += entry.compress_size
    return dict(found)


def summary(bundle: BundleFile) -> str:
    """A page for a person: what it is, what it knows, what it promises, then its card."""
    manifest = bundle.manifest
    lines = [
        text("bundle.title", name=manifest.name, version=manifest.version),
        "",
        _line("id", manifest.id),
        _line("licence", manifest.licence or text("bundle.not_told")),
        _line("authors", ", ".join(manifest.authors) or text("bundle.not_told")),
        _line("regions", ", ".join(manifest.regions) or text("bundle.not_told")),
        _line("labels", labels_in_words(manifest)),
        _line("dangers", dangers_in_words(manifest)),
        _line("input", input_in_words(manifest)),
        _line("size", ", ".join(f"{name} {count / 2**20:.2f} MB" for name, count in sizes(bundle).items())),
        _line("digest", bundle.digest),
        "",
        *promises_in_words(manifest, load_guide()),
    ]
    card = bundle.extra("card.md")
    return "\n".join([*lines, "", _plain(card.decode("utf-8", "replace")) if card else text("bundle.no_card")])


def dangers_in_words(manifest: Manifest) -> str:
    """How many labels of each danger, by today's guide, worst first."""
    guide = load_guide()
    subjects = [label for label in manifest.labels if label.rank is not Rank.BACKGROUND]
    counted = Counter(guide.danger(label).shown for label in subjects)
    return ", ".join(f"{counted[level]} {level.value}" for level in sorted(counted, key=lambda each: -each.severity))


def input_in_words(manifest: Manifest) -> str:
    """How a photo is framed."""
    spec = manifest.input
    return text(f"bundle.input_{'whole' if spec.whole else 'centre'}", size=spec.size, resize=spec.resize)


def _plain(words: str) -> str:
    """Somebody else's text without what would steer the terminal."""
    return "".join(letter for letter in words if letter.isprintable() or letter in "\n\t")


def _line(key: str, value: str) -> str:
    return f"{text(f'bundle.key_{key}'):<10} {value}"
