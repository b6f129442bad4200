"""`fieldguide doctor`: the report on the screen, and with `--zip` as a file to send, the logs beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from fieldguide.core.resources import resource
from fieldguide.services.doctor import examine, write_report
from fieldguide.storage.locations import find_locations
from fieldguide.storage.settings import read_settings


def doctor(target: Path | None) -> int:
    """Print the report; 0 when everything could be looked at and the model answers, else 1.

    Raises:
        FieldGuideError: the zip could not be written.
    """
    places = find_locations()
    settings = read_settings(places.settings).settings
    report = examine(places, settings, settings.model_path or resource("model", "starter.fieldguide"))
    sys.stdout.write(report.words)
    if target is not None:
        write_report(report, places, target)
    return 0 if report.well else 1
