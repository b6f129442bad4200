"""The loop of the window: opened, closed, opened anew in another language."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from fieldguide.app.opening import Opening
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.text import explain
from fieldguide.inference.child import Children
from fieldguide.services.notices import Notice, Severity
from fieldguide.services.one_window import OneWindow
from fieldguide.storage.locations import Locations, choose_library, create_locations
from fieldguide.storage.log import log_to, tell_death
from fieldguide.ui.kit.theme import make_application
from fieldguide.ui.shell.crash import ProblemDialog

if TYPE_CHECKING:
    from fieldguide.app.application import FieldGuide

log = logging.getLogger("fieldguide")


def run(photos: Sequence[Path], model: Path | None, children: Children) -> int:
    """Run the window until it is closed for good; `children` has the model's process prepared. The exit code."""
    qt = QApplication.instance() or make_application(sys.argv[:1])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("FieldGuide")
    qt.setDesktopFileName("fieldguide")
    try:
        locations = create_locations()
        one = OneWindow(locations.library)
        if not one.claim(photos):
            return 0
        log_to(locations.log)
        tell_death(locations.log)
        opening = Opening(qt, locations, model, children)
    except FieldGuideError as refused:
        return _tell_refused(refused)
    opening.front.offered.extend(photos)
    opening.front.window.first_painted.connect(one.listen)
    while True:
        one.handed.connect(opening.front.take_handed)
        opening.refused.connect(lambda error: qt.exit(_tell_refused(error)))
        opening.front.show()
        status = qt.exec()
        before = opening.application
        if before is None or not (before.reopens and before.rested):
            break
        one.handed.disconnect(opening.front.take_handed)
        gc.unfreeze()  # the window of before may go
        again = Children()
        again.prepare()
        news = _change_library(before, locations)
        locations = create_locations()
        opening = Opening(qt, locations, model, again, news)
        opening.go_on_from(before)
        if before.library is not None:
            one.release()
            one = OneWindow(locations.library)
            if not one.claim(()):
                return 0
            opening.front.window.first_painted.connect(one.listen)
    one.release()
    if not opening.rested:  # a photo that decodes for a minute, a disk that does not answer: nothing waits for them
        logging.shutdown()
        os._exit(status)
    return status


def _change_library(before: FieldGuide, locations: Locations) -> Notice | None:
    """Between two windows nobody writes: take the finds along or find others; what people should know of it."""
    if before.library is None:
        return None
    folder, taken = before.library
    try:
        if taken:
            from fieldguide.storage.moving import take_along  # imports what photos need: not before the first paint

            take_along(locations, folder)
        else:
            choose_library(locations, folder)
    except FieldGuideError as refused:
        return Notice(Severity.PROBLEM, error=refused)
    facts = {"path": str(folder), "before": str(locations.library)}
    return Notice(Severity.NEWS, "settings.library_taken" if taken else "settings.library_opened", facts)


def _tell_refused(refused: Exception) -> int:
    """Say why there is no window; the exit code."""
    if isinstance(refused, FieldGuideError):
        log.error("cannot start: %s", refused)
        ProblemDialog(explain(refused)).exec()
    else:
        sys.excepthook(type(refused), refused, refused.__traceback__)
    return 1
