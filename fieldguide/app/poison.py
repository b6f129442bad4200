"""The sheet "Eaten already?": opened from every page, over the window, with the photos of the find."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from fieldguide.app.parts import Parts
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.records import Observation
from fieldguide.services.lanes import Handle, Lane
from fieldguide.ui.kit.pictures import image_of_pixels
from fieldguide.ui.poison.case import Case, case_of, case_of_taxon, empty_case, likely_country
from fieldguide.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from fieldguide.ui.poison.sheet import PoisonSheet

MOST_PHOTOS = 6
SHORT_SIDE = 450  # pixels at least twice this: sharp on paper


class PoisonController(QObject):
    """Opens sheets. `country_chosen`: code of a country that somebody picked on one."""

    country_chosen = Signal(str)

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self.sheet: PoisonSheet | None = None

    def connect_to(self, window: MainWindow) -> None:
        """Over which window the sheet lies."""
        self._window = window

    def open_find(self, find: Observation) -> None:
        """The sheet of a find; its photos come to it as they are read."""
        sheet = self._open(case_of(find, self._parts.guide))
        paths = tuple(photo.path for photo in find.photos[:MOST_PHOTOS])
        job = self._parts.lanes.start(Lane.READING, lambda handle: _read(paths, handle))
        job.done.connect(lambda found: self._take_photos(sheet, found))
        job.failed.connect(self._parts.notices.report)

    def open_taxon(self, name: str) -> None:
        """The sheet of a taxon of the guide."""
        record = self._parts.guide.record(name)
        self._open(case_of_taxon(record, self._parts.guide) if record else empty_case(self._parts.guide))

    def open_empty(self) -> None:
        """The sheet without find or taxon."""
        self._open(empty_case(self._parts.guide))

    def _open(self, case: Case) -> PoisonSheet:
        from fieldguide.ui.poison.sheet import PoisonSheet

        chosen = self._parts.settings.country
        sheet = PoisonSheet(case, self._parts.guide, likely_country(chosen), guessed=not chosen, parent=self._window)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.country_chosen.connect(self.country_chosen)
        sheet.finished.connect(lambda _: self._forget(sheet))
        self.sheet = sheet
        sheet.open()
        return sheet

    def _take_photos(self, sheet: PoisonSheet, found: list[np.ndarray]) -> None:
        if self.sheet is sheet:
            sheet.add_photos([image_of_pixels(pixels) for pixels in found])

    def _forget(self, closed: PoisonSheet) -> None:
        if self.sheet is closed:
            self.sheet = None


def _read(paths: tuple[Path, ...], handle: Handle) -> list[np.ndarray]:
    """The pixels of those that can still be read: a sheet with some photos beats none."""
    found = []
    for path in paths:
        handle.check()
        try:
            found.append(read_photo(path, SHORT_SIDE).pixels)
        except FieldGuideError:
            continue
    return found
