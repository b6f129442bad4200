"""Everything that is known of each find as one JSON document, for scripts, in the words of `fieldguide identify`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from fieldguide.core.atomic import written_atomically
from fieldguide.core.decision.standing import machine_danger
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Alarm, Candidate, Identification, Observation, Seen
from fieldguide.storage.export import Exported
from fieldguide.storage.rows import file_name


def export_json(observations: Iterable[Observation], guide: Guide, path: Path, language: str = "en") -> Exported:
    """Write `{"guide": {"version"}, "observations": [...]}`, a find a line.

    `danger` is the alarm as it was said, `machine_alarm` the same by today's guide, whatever a person named the find,
    and `danger_today` what is shown for it, never milder than either; all as they are shown.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    written = 0
    with written_atomically(path) as stream:
        stream.write(b'{"guide": ' + _encoded({"version": guide.version}) + b', "observations": [')
        for observation in observations:
            stream.write(b",\n" if written else b"\n")
            stream.write(_encoded(_document(observation, guide, language)))
            written += 1
        stream.write(b"\n]}\n")
    return Exported(path, written)


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")


def _document(observation: Observation, guide: Guide, language: str) -> dict[str, object]:
    photos = [{"file": file_name(one.path), "sha256": one.sha256, "error": None} for one in observation.photos]
    failed = [
        {"file": file_name(one.path), "sha256": None, "error": {"code": one.error.code.value}}
        for one in observation.unreadable
    ]
    said = observation.identification
    return {
        "observation_id": observation.id,
        "datetime": observation.observed_at.isoformat() if observation.observed_at else None,
        "latitude": observation.latitude,
        "longitude": observation.longitude,
        "photos": photos + failed,
        "machine_alarm": machine_danger(said, guide).shown.value,
        "danger_today": danger_today(observation, guide).shown.value,
        "verified_name": observation.verified.name if observation.verified else None,
        "verified_rank": observation.verified.rank.value if observation.verified else None,
        "notes": observation.notes,
        "tags": list(observation.tags),
        "seen": {each.character: _seen(each) for each in observation.seen},
        "identification": _identification(said, guide, language) if said else None,
    }


def _seen(answer: Seen) -> dict[str, object]:
    return {
        "values": list(answer.values),
        "counted": answer.counts,
        "dug_out": answer.dug_out,
        "waits": answer.waits,
        "answered_at": answer.answered_at.isoformat() if answer.answered_at else None,
        "by": answer.by,
        "guide": {"version": answer.guide_version},
    }


def _identification(said: Identification, guide: Guide, language: str) -> dict[str, object]:
    verdict = said.verdict
    return {
        "made_at": said.made_at.isoformat(),
        "model": {"id": said.model.id, "name": said.model.name, "version": said.model.version},
        "guide": {"version": said.guide_version},
        "verdict": {
            "kind": verdict.kind.value,
            "taxon": verdict.taxon.name if verdict.taxon else None,
            "reason": verdict.reason.value,
            "probability": verdict.probability,
        },
        "danger": _alarm(said.alarm),
        "candidates": _candidates(said.candidates, guide, language),
        "plausible": _candidates(said.plausible, guide, language),
        "coverage": said.coverage,
        "unknown_score": said.unknown_score,
        "weighed": said.weighed,
    }


def _alarm(alarm: Alarm) -> dict[str, object]:
    return {
        "level": alarm.level.shown.value,
        "probability": alarm.probability,
        "raised": alarm.raised,
        "taxa": [candidate.taxon.name for candidate in alarm.taxa],
    }


def _candidates(candidates: Sequence[Candidate], guide: Guide, language: str) -> list[dict[str, object]]:
    listed = []
    for place, one in enumerate(candidates, start=1):
        record = guide.record(one.taxon.name)
        listed.append(
            {
                "rank": place,
                "scientific_name": one.taxon.name,
                "common_name": record.common_name(language) if record else "",
                "taxon_rank": one.taxon.rank.value,
                "probability": one.probability,
                "danger": one.danger.shown.value,
            }
        )
    return listed
