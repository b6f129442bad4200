"""What each preset would take on this machine, and on which device: a few steps timed, a few photos decoded."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.training import events
from trainer.config import PRESETS, RunConfig, with_preset
from trainer.data.scan import ScannedPhoto, list_photos
from trainer.pipeline.expected import Pace
from trainer.pipeline.preparation import choose_device
from trainer.pipeline.wanted import complete
from trainer.progress import Progress, Style

TIMED = 12  # photos that are decoded to time it
START = 25.0  # seconds for loading libraries, trying the network and writing the files
SPREAD = (0.8, 3.0)  # a run alone on the machine, and one beside other programs (four times as slow was seen)


def estimates(config: RunConfig) -> Iterator[events.Estimate]:
    """Preset by preset, quick first, as it is soonest told."""
    photos = list_photos(config.data)
    device = choose_device(config.device, Progress(Style.QUIET))
    reading = _decoding(photos, config.data.cache_size) * len(photos)
    quick = complete(with_preset(config, "quick"))
    pace = Pace(quick, device)
    features = pace.features(quick, len(photos))  # all photos, whether they teach or judge
    for preset in PRESETS:
        chosen = complete(with_preset(config, preset))
        computing = features + pace.fit(chosen, config.data.fractions[0] * len(photos))
        seconds = START + pace.loading + 2 * reading + computing
        pixels = len(photos) * 3 * config.data.cache_size**2
        kept = 3 if preset == "quick" else 7  # network, average, two moments of the optimizer; best; the model twice
        low, high = (round(share * seconds) for share in SPREAD)
        yield events.Estimate(preset, low, high, pixels + kept * pace.weights, device.type)


def _decoding(photos: Sequence[ScannedPhoto], size: int) -> float:
    """Seconds to decode a photo, spread over the folders, with all cores at work."""
    few = [Path(photo.file) for photo in photos[:: max(1, len(photos) // TIMED)]][:TIMED]
    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(lambda file: _decoded(file, size), few))
    return (time.perf_counter() - began) / max(1, len(few))


def _decoded(file: Path, size: int) -> None:
    try:
        read_photo(file, size)
    except FieldGuideError:
        return
