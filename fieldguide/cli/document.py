"""One observation in the JSON document of `fieldguide identify --json`, which other programs rely on: keys stay.

Dangers are told as people are told them (`Danger.told`): the guide's mildest level never leaves the program.
"""

from __future__ import annotations

from typing import Any

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Candidate, Observation, VerdictKind
from fieldguide.core.text import explain, language

UNREADABLE = "unreadable"  # the reason of a find none of whose photos could be read


def observation_document(observation: Observation, guide: Guide) -> dict[str, Any]:
    """Plain values for JSON. Probabilities 0 to 1; a find without a readable photo is unknown and has no candidates."""
    photos: list[dict[str, Any]] = [
        {"file": str(photo.path), "sha256": photo.sha256, "error": None} for photo in observation.photos
    ]
    for unread in observation.unreadable:
        error = {"code": unread.error.code.value, "message": explain(unread.error)}
        photos.append({"file": str(unread.path), "sha256": None, "error": error})
    said = observation.identification
    if said is None:
        return {
            "photos": photos,
            "verdict": {"kind": VerdictKind.UNKNOWN.value, "taxon": None, "reason": UNREADABLE},
            "danger": {"level": Danger.UNKNOWN.value, "probability": 0.0, "taxa": []},
            "candidates": [],
        }
    verdict = said.verdict
    return {
        "photos": photos,
        "verdict": {
            "kind": verdict.kind.value,
            "taxon": verdict.taxon.name if verdict.taxon else None,
            "reason": verdict.reason.value,
        },
        "danger": {
            "level": said.alarm.level.told.value,
            "probability": said.alarm.probability,
            "taxa": [_taxon(candidate, guide) for candidate in said.alarm.taxa],
        },
        "candidates": [
            {"rank": place, "taxon_rank": candidate.taxon.rank.value, **_taxon(candidate, guide)}
            for place, candidate in enumerate(said.candidates, start=1)
        ],
    }


def _taxon(candidate: Candidate, guide: Guide) -> dict[str, Any]:
    record = guide.record(candidate.taxon.name)
    return {
        "scientific_name": candidate.taxon.name,
        "common_name": record.common_name(language()) if record else "",
        "probability": candidate.probability,
        "danger": candidate.danger.told.value,
    }
