"""The table for spreadsheets: one line per photo and candidate. UTF-8, decimals 0 to 1 with a point, ISO dates."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from fieldguide.core.atomic import written_atomically
from fieldguide.core.decision.standing import current_danger, machine_danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Candidate, Observation
from fieldguide.storage.export import Exported
from fieldguide.storage.rows import file_name

COLUMNS = (
    "file",
    "observation_id",
    "datetime",
    "latitude",
    "longitude",
    "rank",
    "scientific_name",
    "common_name",
    "taxon_rank",
    "gbif_id",
    "confidence",
    "danger",
    "machine_alarm",
    "danger_today",
    "model_id",
    "model_version",
    "is_verified",
    "verified_name",
    "notes",
)


def export_csv(observations: Iterable[Observation], guide: Guide, path: Path, language: str = "en") -> Exported:
    """Write every find; `danger` is today's guide's of the candidate, `rank` its place from 1.

    `machine_alarm` is what the model warned of, whatever a person named the find; `danger_today` is what is shown for
    it, never milder than either.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    written = 0
    with written_atomically(path) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        for observation in observations:
            writer.writerows(_lines(observation, guide, language))
            written += 1
        text.detach()
    return Exported(path, written)


def _lines(observation: Observation, guide: Guide, language: str) -> Iterator[dict[str, object]]:
    said = observation.identification
    shared = {
        "observation_id": observation.id,
        "datetime": observation.observed_at.isoformat(timespec="seconds") if observation.observed_at else "",
        "latitude": observation.latitude,
        "longitude": observation.longitude,
        "model_id": said.model.id if said else "",
        "model_version": said.model.version if said else "",
        "machine_alarm": machine_danger(said, guide).told.value,
        "danger_today": current_danger(observation, guide).told.value,
        "is_verified": "true" if observation.verified else "false",
        "verified_name": observation.verified.name if observation.verified else "",
        "notes": observation.notes,
    }
    candidates = said.candidates if said else ()
    for photo in observation.photos:
        start = shared | {"file": file_name(photo.path)}
        yield from (start | _named(place, one, guide, language) for place, one in enumerate(candidates, start=1))
        if not candidates:
            yield start


def _named(place: int, candidate: Candidate, guide: Guide, language: str) -> dict[str, object]:
    record = guide.record(candidate.taxon.name)
    return {
        "rank": place,
        "scientific_name": candidate.taxon.name,
        "common_name": record.common_name(language) if record else "",
        "taxon_rank": candidate.taxon.rank.value,
        "gbif_id": record.gbif_key if record else "",
        "confidence": f"{candidate.probability:.4f}",
        "danger": guide.danger(candidate.taxon).told.value,
    }
