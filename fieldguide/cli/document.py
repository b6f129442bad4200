"""One observation in the JSON document of `fieldguide identify --json`, which other programs rely on: keys stay.

Dangers are written as people see them (`Danger.shown`): the guide's mildest level never leaves the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands import HandOpinion, NextQuestion, Seen
from fieldguide.core.records import Alarm, Candidate, Observation, VerdictKind
from fieldguide.core.text import explain, language, text

NONE: Mapping[str, str] = MappingProxyType({})
UNREADABLE = "unreadable"  # the reason of a find none of whose photos could be read


def observation_document(observation: Observation, guide: Guide, brought: Mapping[str, str] = NONE) -> dict[str, Any]:
    """Plain values for JSON. Probabilities 0 to 1; a find without a readable photo is unknown and has no candidates.

    `brought`: the model's own common names, for what the guide has none of.
    """
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
        "danger": _danger(said.alarm, guide, brought),
        "candidates": _candidates(said.candidates, guide, brought),
    }


def hand_document(
    opinion: HandOpinion, seen: Sequence[Seen], guide: Guide, brought: Mapping[str, str] = NONE
) -> dict[str, Any]:
    """What `--seen` and `--asked` add to a find: its candidates and danger are those after the answers."""
    return {
        "danger": _danger(opinion.alarm, guide, brought),
        "candidates": _candidates(opinion.names, guide, brought),
        "seen": {each.character: {"values": list(each.values), "counted": each.counts} for each in seen},
        "hand": {
            "fits_no_name": opinion.contradicts,
            "fits": [_taxon(each, guide, brought) for each in opinion.fits],
            "deadly": [{**_taxon(each.candidate, guide, brought), "fits": each.fits} for each in opinion.deadly],
            "not_known_to_model": [taxon.name for taxon in opinion.unnamed],
        },
        "next_question": _question(opinion.next),
    }


def _question(following: NextQuestion | None) -> dict[str, Any] | None:
    if following is None:
        return None
    character = following.question.character
    return {
        "character": character,
        "question": text(f"characters.ask_{character}"),
        "how_to": text(f"characters.how_{character}"),
        "effort": following.effort.value,
        "answers": {value: text(f"characters.{character}_{value}") for value in CHARACTERS[character]},
    }


def _danger(alarm: Alarm, guide: Guide, brought: Mapping[str, str]) -> dict[str, Any]:
    return {
        "level": alarm.level.shown.value,
        "probability": alarm.probability,
        "taxa": [_taxon(candidate, guide, brought) for candidate in alarm.taxa],
    }


def _candidates(candidates: Sequence[Candidate], guide: Guide, brought: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"rank": place, "taxon_rank": candidate.taxon.rank.value, **_taxon(candidate, guide, brought)}
        for place, candidate in enumerate(candidates, start=1)
    ]


def _taxon(candidate: Candidate, guide: Guide, brought: Mapping[str, str]) -> dict[str, Any]:
    record = guide.record(candidate.taxon.name)
    common = record.common_name(language()) if record else ""
    return {
        "scientific_name": candidate.taxon.name,
        "common_name": common or brought.get(candidate.taxon.name, ""),
        "probability": candidate.probability,
        "danger": candidate.danger.shown.value,
    }
