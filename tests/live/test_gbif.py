"""What the real API answers today: run with a network by `make live`, skipped otherwise. Its answers are kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from trainer.data.collect.addresses import TIMEOUT
from trainer.data.collect.collection import CollectConfig, Fate, collect
from trainer.data.collect.gbif import BASE_URL, Gbif, Pace, open_session, read_media
from trainer.progress import Progress, Style

ANSWERS = os.environ.get("FIELDGUIDE_LIVE", "")
pytestmark = pytest.mark.skipif(not ANSWERS, reason="asks a server on the network: `make live`")


def test_the_shapes_that_the_client_reads() -> None:
    folder = Path(ANSWERS)
    folder.mkdir(parents=True, exist_ok=True)
    with open_session() as session:
        for name in ("Amanita muscaria", "Agaricus muscarius", "Amanita muscarria", "Oenanthe"):
            answer = session.get(f"{BASE_URL}/species/match", params={"name": name}, timeout=TIMEOUT).json()
            (folder / f"match {name}.json").write_text(json.dumps(answer, indent=1), encoding="utf-8")
        match = Gbif(session, Pace(1), BASE_URL).match("Amanita muscaria")
        assert (match.kind, match.rank, match.key > 0) == ("EXACT", "SPECIES", True)
        asked = {"taxonKey": match.key, "mediaType": "StillImage", "basisOfRecord": "HUMAN_OBSERVATION", "limit": 20}
        page = session.get(f"{BASE_URL}/occurrence/search", params=asked, timeout=TIMEOUT).json()
        (folder / "search.json").write_text(json.dumps(page, indent=1), encoding="utf-8")
    media = [medium for record in page["results"] for medium in read_media(record)]
    assert media
    assert any(medium.licence for medium in media)
    assert all(medium.creator or medium.rights_holder or medium.publisher for medium in media)


def test_two_photos_come(tmp_path: Path) -> None:
    config = CollectConfig(("Amanita muscaria",), tmp_path, per_species=2)
    with open_session() as session:
        (outcome,) = collect(config, session, Pace(1), Progress(Style.QUIET))
    assert (outcome.fate, outcome.photos) == (Fate.COLLECTED, 2)
