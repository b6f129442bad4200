"""The whole journey of a photo, in one place to read: from files to observations with what is said of them.

read -> upright at reduced scale -> prepare -> logits and embedding -> calibrate -> unknown score -> fuse the photos
of a find -> place and season -> decide. No step reaches back. Knows neither the window nor the database.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fieldguide.core.decision import decide
from fieldguide.core.decision.calibration import softmax
from fieldguide.core.decision.fusion import disagreement, fuse
from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.decision.season import Weighing, weigh
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.decision.unknown import UnknownModel, unknown_model
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.photo import DecodedPhoto
from fieldguide.core.records import Identification, Observation, Photo, UnreadablePhoto
from fieldguide.core.text import explain
from fieldguide.inference.network import Network
from fieldguide.inference.reading import PreparedPhoto, read_ahead


@dataclass(frozen=True)
class Opinion:
    """What the network says of one photo: calibrated `probabilities` [C], and how strange it finds it."""

    photo: Photo
    probabilities: npt.NDArray[np.float64]
    strangeness: float


@dataclass(frozen=True, slots=True)
class PlaceAndSeason:
    """Let place and date weigh the candidates. `home`: the user's region, for photos that do not tell their place."""

    home: str | None = None


MANY = 8  # photos from which on decoding and the network are better off with cores of their own


def never() -> bool:
    """For callers that do not stop."""
    return False


class FindIdentifier:
    """One model and one guide, ready to identify. Use from one thread at a time."""

    def __init__(self, runtime: Network, guide: Guide, place_and_season: PlaceAndSeason | None = None) -> None:
        """Join `runtime` and `guide`; without `place_and_season` those take no part.

        Raises:
            FieldGuideError: BUNDLE_CONTRADICTORY or BUNDLE_DAMAGED when the unknown score's arrays do not fit.
        """
        self.runtime = runtime
        self.guide = guide
        self.place_and_season = place_and_season
        self._thresholds = Thresholds.from_manifest(runtime.manifest.thresholds)
        self._unknown = _unknown_model(runtime)
        self._labels = guide.placed(runtime.manifest.labels)

    def identify(
        self,
        groups: Sequence[Sequence[Path]],
        *,
        finds: Sequence[Observation] = (),
        should_stop: Callable[[], bool] = never,
        on_result: Callable[[Observation], None] | None = None,
        on_photo: Callable[[DecodedPhoto], None] | None = None,
    ) -> Iterator[Observation]:
        """One observation per group of photos, in their order, each as soon as it is done.

        Files that cannot be read, and those for which the network has no answer (MODEL_NO_ANSWER), are carried in
        `Observation.unreadable`; a group with no other photo comes without an identification. `finds`: what is known of
        each group already; its date and place, known or not, replace those of the photos. After `should_stop()`
        turns true nothing more comes, least of all half a group. `on_photo` gets the pixels of each readable photo
        (short side at least twice the input's), on a thread of its own; no call of it outlasts the iterator.
        """
        opinions = self._opinions(chain.from_iterable(groups), should_stop, on_photo)
        many = sum(map(len, groups)) >= MANY
        with closing(opinions), self.runtime.beside_decoding() if many else nullcontext():
            for place, group in enumerate(groups):
                members = list(islice(opinions, len(group)))
                if len(members) < len(group):
                    return
                observation = self._find_of(members, finds[place] if finds else None)
                if on_result is not None:
                    on_result(observation)
                yield observation

    def _opinions(
        self,
        paths: Iterator[Path],
        should_stop: Callable[[], bool],
        on_photo: Callable[[DecodedPhoto], None] | None,
    ) -> Generator[Opinion | UnreadablePhoto, None, None]:
        """Each photo's opinion in its order, read ahead and run in batches."""
        spec = self.runtime.manifest.input
        with closing(read_ahead(paths, spec, self.runtime.batch_size, should_stop, on_photo)) as batches:
            for batch in batches:
                readable = [each for each in batch if isinstance(each, PreparedPhoto)]
                answers = iter(self._run(readable))
                for each in batch:
                    yield next(answers) if isinstance(each, PreparedPhoto) else each

    def _run(self, batch: Sequence[PreparedPhoto]) -> list[Opinion | UnreadablePhoto]:
        """An opinion of each photo; where the network fails with several, each is asked alone: one spoils no other."""
        if not batch:
            return []
        try:
            logits, embeddings = self.runtime.run(np.stack([each.picture for each in batch]))
            strangeness = self._unknown.score(logits, embeddings) if self._unknown else np.zeros(len(batch))
        except FieldGuideError as failed:
            if len(batch) > 1:
                return [opinion for each in batch for opinion in self._run([each])]
            path = batch[0].photo.path
            error = FieldGuideError(ErrorCode.MODEL_NO_ANSWER, file=path.name, problem=explain(failed))
            return [UnreadablePhoto(path, error)]
        probabilities = softmax(logits, self.runtime.manifest.temperature)
        return [
            Opinion(each.photo, row, float(score))
            for each, row, score in zip(batch, probabilities, strangeness, strict=True)
        ]

    def _find_of(self, members: Sequence[Opinion | UnreadablePhoto], known: Observation | None) -> Observation:
        """One find from the opinions of its photos; its date is the earliest, its place the first that is known."""
        opinions = [member for member in members if isinstance(member, Opinion)]
        photos = tuple(opinion.photo for opinion in opinions)
        placed = next((photo for photo in photos if photo.latitude is not None), None)
        find = Observation(
            photos,
            tuple(member for member in members if isinstance(member, UnreadablePhoto)),
            observed_at=min((photo.taken_at for photo in photos if photo.taken_at is not None), default=None),
            latitude=placed.latitude if placed else None,
            longitude=placed.longitude if placed else None,
        )
        if known is not None:
            find = replace(find, observed_at=known.observed_at, latitude=known.latitude, longitude=known.longitude)
        return replace(find, identification=self._say(find, opinions)) if opinions else find

    def _say(self, find: Observation, opinions: Sequence[Opinion]) -> Identification:
        """Fuse, weigh, decide. Every photo is a witness for the alarm, whatever the fused opinion says."""
        manifest = self.runtime.manifest
        rows = np.stack([opinion.probabilities for opinion in opinions])
        strangeness = float(np.mean([opinion.strangeness for opinion in opinions]))
        several = len(opinions) > 1
        fused = fuse(rows) if several else rows[0]
        weighing = self._weighing(find)
        weighed = weighing is not None and weighing.weighs
        decision = decide(
            weighing.apply(fused) if weighing is not None and weighed else fused,
            self._labels,
            self.guide,
            self._thresholds,
            strangeness,
            witnesses=np.vstack([rows, fused]) if several or weighed else None,
            disagreement=disagreement(rows, label_tree(self._labels), self._thresholds) if several else None,
        )
        return Identification(
            model=manifest.reference,
            guide_version=self.guide.version,
            made_at=datetime.now().replace(microsecond=0),
            verdict=decision.verdict,
            alarm=decision.alarm,
            candidates=decision.candidates,
            plausible=decision.plausible,
            coverage=self._thresholds.coverage,
            unknown_score=strangeness,
            weighed=weighed,
        )

    def _weighing(self, find: Observation) -> Weighing | None:
        if self.place_and_season is None:
            return None
        return weigh(
            self._labels,
            self.guide,
            today=date.today(),
            taken_on=find.observed_at.date() if find.observed_at else None,
            latitude=find.latitude,
            longitude=find.longitude,
            home=self.place_and_season.home,
            model_regions=self.runtime.manifest.regions,
        )


def _unknown_model(runtime: Network) -> UnknownModel | None:
    """The bundle's unknown score, tried on the golden samples; None when it has none: then every photo is as known."""
    named = runtime.manifest.unknown.get("score")
    if named is None:
        return None
    model = unknown_model(str(named), runtime.bundle.arrays("statistics.npz"), runtime.manifest.temperature)
    model.score(runtime.golden.logits, runtime.golden.embedding)
    return model
