"""What spoke for and against a name, worked out in the model's lane and handed to the page as a transparent picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject

from fieldguide.app.parts import Parts
from fieldguide.core.photo.preprocess import crop_box
from fieldguide.core.records import Observation, Photo
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from fieldguide.inference.explain import StoppedError, Way, explain, picture_of
from fieldguide.inference.network import Network
from fieldguide.services.lanes import Handle
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.kit.heat import QUIET, paint_heat
from fieldguide.ui.kit.naming import name_of

HEAT_GROUP = "heat"


@dataclass(frozen=True)
class HeatMap:
    """Heat float32 [S,S] in -1..1 over `box` (left, top, right, bottom in pixels of the upright photo)."""

    heat: npt.NDArray[np.float32]
    box: tuple[float, float, float, float]


class HeatController(QObject):
    """Answers the page; a new question stops the one before."""

    def __init__(self, parts: Parts, page: IdentifyPage) -> None:
        super().__init__()
        self._parts, self._page = parts, page
        page.heat_wanted.connect(self._begin)
        page.heat_cancelled.connect(self._cancel)

    def _cancel(self) -> None:
        self._parts.lanes.cancel(HEAT_GROUP)

    def _begin(self, find: Observation, path: Path, taxon: Taxon, against: Taxon | None, way: str) -> None:
        self._cancel()
        photo = next((each for each in find.photos if each.path == path), None)
        if photo is None:
            return
        words = self._words(taxon, against)
        self._page.take_heat(find.id, path, None, text("identify.heat_working"))

        def show(found: HeatMap | None) -> None:
            if found is None:
                self._page.take_heat(find.id, path, None, text("identify.heat_not_known"))
            else:
                overlay = paint_heat(found.heat, found.box, (photo.width, photo.height))
                even = float(np.abs(found.heat).max()) < QUIET  # nothing is painted
                caption = f"{text('identify.heat_even')} {words}" if even else words
                self._page.take_heat(find.id, path, overlay, caption)

        job = self._parts.identifier.with_model(
            lambda runtime, handle: work_out(runtime, handle, photo, taxon, against, way), HEAT_GROUP
        )
        job.done.connect(show)
        job.failed.connect(lambda _: self._page.take_heat(find.id, path, None, ""))

    def _words(self, taxon: Taxon, against: Taxon | None) -> str:
        name = name_of(taxon, self._parts.guide).first
        if against is None:
            return text("identify.heat_of", name=name)
        return text("identify.heat_rather", name=name, other=name_of(against, self._parts.guide).first)


def work_out(
    runtime: Network, handle: Handle, photo: Photo, taxon: Taxon, against: Taxon | None, way: str
) -> HeatMap | None:
    """Runs in the lane; None when the loaded model does not know the name (another model gave it).

    Raises:
        FieldGuideError: one of the PHOTO_ codes, when the file has changed or gone.
    """
    labels = runtime.manifest.labels
    known = [each for each in (taxon, against) if each is not None]
    if not all(any(label == each or label.at(each.rank) == each.name for label in labels) for each in known):
        return None
    try:
        heat = explain(runtime, picture_of(photo, runtime), taxon, against, way=Way(way), should_stop=handle.stopped)
    except StoppedError:
        return None
    return HeatMap(heat, crop_box(photo.width, photo.height, runtime.manifest.input))
