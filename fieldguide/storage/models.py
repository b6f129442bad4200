"""Models that people bring: checked, copied whole into the models folder under their digest, listed, removed.

The starter model that ships is always there and cannot be removed. Which model is in use is a setting; whether a model
answers as it should is found out where it is loaded (`fieldguide.inference`). Knows no torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldguide.core.atomic import os_errors, written_atomically
from fieldguide.core.bundle import BUNDLE_SUFFIX, BundleFile, Manifest, read_bundle, read_manifest
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.resources import resource
from fieldguide.storage.locations import make_folder

_DIGITS = 16  # of the digest, in a file name
_CARD_BYTES = 2**15  # the starter's has 13,000; Qt lays out a megabyte of one word, or of a table, for a minute


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """One model on the shelf. `manifest` is None exactly when `problem` says why it cannot be used."""

    path: Path
    starter: bool
    size: int
    manifest: Manifest | None
    problem: FieldGuideError | None = None


class ModelShelf:
    """The models of one user. `folder` is made when something is installed."""

    def __init__(self, folder: Path, starter: Path | None = None) -> None:
        self._folder = folder
        self.starter = starter or resource("model", f"starter{BUNDLE_SUFFIX}")

    def first_of(self, *asked: Path | None) -> Path:
        """The first bundle that was asked for, else the starter."""
        return next((path for path in asked if path is not None), self.starter)

    def every(self) -> list[InstalledModel]:
        """The starter model, then the others by name; those that cannot be used any more too, with the reason."""
        others = [_look(path, starter=False) for path in self._folder.glob(f"*{BUNDLE_SUFFIX}")]
        others.sort(key=lambda model: (model.manifest.name.casefold() if model.manifest else "~", model.path.name))
        return [_look(self.starter, starter=True), *others]

    def install(self, path: Path, look: Callable[[BundleFile], None]) -> InstalledModel:
        """Copy what was checked of a model onto the shelf, without torch; one that is there already is left alone.

        `look` goes through its program and refuses what is hostile (`fieldguide.inference.operators.refuse_program`).

        Raises:
            FieldGuideError: one of the BUNDLE_ codes with `file`; DISK_FULL or NOT_WRITABLE with `path`.
        """
        bundle = read_bundle(path)
        look(bundle)
        bundle.golden()  # a model without its own test is refused before it is copied
        digest = hashlib.sha256(bundle.data).hexdigest()  # of what is kept: a copy of a copy is the same model
        place = self._folder / f"{digest[:_DIGITS]}{BUNDLE_SUFFIX}"
        make_folder(self._folder)
        if not place.is_file() or place.stat().st_size != len(bundle.data):
            with written_atomically(place) as stream:
                stream.write(bundle.data)
        return _look(place, starter=False)

    def read_card(self, model: InstalledModel) -> str:
        """The card that the model carries, Markdown; empty when it has none.

        Raises:
            FieldGuideError: one of the BUNDLE_ codes with `file`.
        """
        card = read_bundle(model.path).extra("card.md") or b""
        return card[:_CARD_BYTES].decode("utf-8", "replace")

    def remove(self, model: InstalledModel) -> None:
        """Take a model off the shelf; the starter model stays, and so does any file outside the folder.

        Raises:
            FieldGuideError: MODEL_STAYS with `file`; NOT_WRITABLE with `path`.
        """
        if model.starter or model.path.parent != self._folder:
            raise FieldGuideError(ErrorCode.MODEL_STAYS, file=model.path.name)
        with os_errors(model.path):
            model.path.unlink(missing_ok=True)


def _look(path: Path, *, starter: bool) -> InstalledModel:
    try:
        size = path.stat().st_size
    except OSError:  # gone, or its folder is; `read_manifest` says which
        size = 0
    try:
        return InstalledModel(path, starter, size, read_manifest(path))
    except FieldGuideError as problem:
        return InstalledModel(path, starter, size, None, problem)
