"""`fieldguide identify`: photos in, a JSON document or a table out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from fieldguide.cli.document import hand_document, observation_document
from fieldguide.cli.table import Table
from fieldguide.core.bundle import Manifest
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.hands import HandOpinion, Seen, hear_find, hear_hand
from fieldguide.core.photo import find_photos
from fieldguide.core.records import Observation, UnreadablePhoto
from fieldguide.core.resources import resource
from fieldguide.core.text import escaped
from fieldguide.inference.child import Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.served import ServedNetwork
from fieldguide.storage.locations import find_locations

READ, SOME_UNREAD = 0, 1


def identify(
    paths: Sequence[Path],
    *,
    as_json: bool,
    group: bool,
    model: Path | None,
    device: str,
    seen: Sequence[Seen] = (),
    asked: bool = False,
) -> int:
    """Identify photos and folders, print what was found, and return the exit status: 0 all read, 1 some not.

    What the hand has `seen` belongs to one find, so all photos show it; without a photo it stands alone and no model is
    loaded. `asked` names the question that would tell most.

    Raises:
        FieldGuideError: the guide or the model cannot be used; nothing was identified.
    """
    photos, empty_folders = _expand(paths)
    groups = [photos] if (group or seen) and photos else [[photo] for photo in photos]
    if not paths:
        return _hand_alone(seen, load_guide(), as_json=as_json)
    children = Children()
    try:
        children.prepare()  # torch is imported there while the guide is read here
        guide = load_guide()
        bundle = model or resource("model", "starter.fieldguide")
        frozen = FrozenModels(find_locations().frozen)
        network = ServedNetwork.load(bundle, device, children=children, frozen=frozen)
        if network.note is not None:
            print(f"fieldguide: {network.note}", file=sys.stderr)
        found = _followed_by(FindIdentifier(network, guide).identify(groups), empty_folders)
        hear = None
        if seen or asked:
            hear = partial(_hear, seen=seen, guide=guide, manifest=network.manifest)
        return _show(found, photos, guide, network.manifest, seen, hear, as_json=as_json)
    finally:
        children.end_all()


def _show(
    found: Iterable[Observation],
    photos: Sequence[Path],
    guide: Guide,
    manifest: Manifest,
    seen: Sequence[Seen],
    hear: Callable[[Observation], HandOpinion] | None,
    *,
    as_json: bool,
) -> int:
    """Print every find as it comes. `hear`: what the hand says of one, where somebody answered or asked."""
    unread, reference, brought = 0, manifest.reference, manifest.common_names
    if as_json:
        observations = []
        order = {str(path): number for number, path in enumerate(photos)}
        for observation in found:
            unread += len(observation.unreadable)
            observations.append(observation_document(observation, guide, brought))
            if hear is not None:
                observations[-1] |= hand_document(hear(observation), seen, guide, brought)
            observations[-1]["photos"].sort(key=lambda photo: order.get(photo["file"], 0))  # as they were given
        document = {
            "model": {"id": reference.id, "name": reference.name, "version": reference.version},
            "guide": {"version": guide.version},
            "observations": observations,
        }
        print_json(document)
    else:
        table = Table(sys.stdout, guide, brought)
        for observation in found:
            unread += len(observation.unreadable)
            table.add(observation)
            if hear is not None:
                table.add_hand(hear(observation))
        table.close(reference)
    return SOME_UNREAD if unread else READ


def _hear(observation: Observation, seen: Sequence[Seen], guide: Guide, manifest: Manifest) -> HandOpinion:
    least = Thresholds.from_manifest(manifest.thresholds).deadly
    return hear_find(replace(observation, seen=tuple(seen)), guide, labels=manifest.labels, least=least)


def _hand_alone(seen: Sequence[Seen], guide: Guide, *, as_json: bool) -> int:
    opinion = hear_hand(None, seen, guide)
    if as_json:
        find = {"photos": [], "verdict": None, **hand_document(opinion, seen, guide)}
        print_json({"model": None, "guide": {"version": guide.version}, "observations": [find]})
    else:
        table = Table(sys.stdout, guide)
        table.add_hand(opinion)
        table.close_alone()
    return READ


def _expand(paths: Sequence[Path]) -> tuple[list[Path], list[Observation]]:
    """The photos that were named, folders opened; and a find without photos for every folder that has none."""
    photos: list[Path] = []
    empty: list[Observation] = []
    for path in paths:
        inside = find_photos([path])
        photos.extend(inside)
        if not inside:
            error = FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=str(path))
            empty.append(Observation((), (UnreadablePhoto(path, error),)))
    return photos, empty


def _followed_by(first: Iterable[Observation], then: Iterable[Observation]) -> Iterator[Observation]:
    yield from first
    yield from then


def print_json(document: dict[str, Any]) -> None:
    """Readable where the output can take it; escaped where it cannot (its encoding, a file name that is no text)."""
    words = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    try:
        words.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        words = json.dumps(document, indent=2, allow_nan=False)
    print(escaped(words))
