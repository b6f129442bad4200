"""Finds with a place for maps: GPX 1.1 (topografix.com/GPX/1/1) for receivers, GeoJSON (RFC 7946) for map programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path

from fieldguide.core.atomic import written_text
from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.storage.export import Exported, LeftOut
from fieldguide.storage.export.places import Places
from fieldguide.storage.export.table import FIND_COLUMNS, find_row

_NOT_XML = {code: None for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


def export_gpx(
    observations: Iterable[Observation], guide: Guide, path: Path, places: Places = Places.EXACT
) -> Exported:
    """One waypoint a find; those without a place are left out.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    written = left_out = 0
    with written_text(path) as stream:
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        stream.write('<gpx version="1.1" creator="FieldGuide" xmlns="http://www.topografix.com/GPX/1/1">\n')
        if places is Places.BLURRED:
            stream.write(f"<metadata><desc>{_xml(text('storage.report_blurred'))}</desc></metadata>\n")
        for find in observations:
            if find.latitude is None or find.longitude is None:
                left_out += 1
                continue
            taxon = shown_taxon(find)
            # Local time without a zone is no GPX time, which is UTC: the day stands in the description.
            day = f"{find.observed_at:%Y-%m-%d} " if find.observed_at else ""
            level = text(f"ui.danger_{danger_today(find, guide).shown.value}")
            about = f"{day}{level} {find.notes}".strip()
            stream.write(
                f'<wpt lat="{find.latitude:.6f}" lon="{find.longitude:.6f}"><name>{_xml(taxon.name if taxon else "?")}'
                f"</name><desc>{_xml(about)}</desc></wpt>\n"
            )
            written += 1
        stream.write("</gpx>\n")
    return Exported(path, written, left_out, why=LeftOut.PLACELESS)


def export_geojson(
    observations: Iterable[Observation],
    guide: Guide,
    path: Path,
    language: str = "en",
    places: Places = Places.EXACT,
) -> Exported:
    """One point a find, with the columns of the table as properties; those without a place are left out.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    written = left_out = 0
    with written_text(path) as stream:
        stream.write('{"type": "FeatureCollection", "features": [')
        for find in observations:
            if find.latitude is None or find.longitude is None:
                left_out += 1
                continue
            row = dict(zip(FIND_COLUMNS, find_row(find, guide, language, places), strict=True))
            properties = {key: value for key, value in row.items() if key not in ("latitude", "longitude")}
            point = {"type": "Point", "coordinates": [find.longitude, find.latitude]}
            feature = {"type": "Feature", "id": find.id, "geometry": point, "properties": properties}
            stream.write(",\n" if written else "\n")
            stream.write(json.dumps(feature, ensure_ascii=False, allow_nan=False))
            written += 1
        stream.write("\n]}\n")
    return Exported(path, written, left_out, why=LeftOut.PLACELESS)


def _xml(words: str) -> str:
    return escape(words.translate(_NOT_XML), quote=False)
