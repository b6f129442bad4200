"""What a model answered to a split of photos, as arrays, and the file they rest in (`RUN/predictions/SPLIT.npz`).

Everything in this package takes these; nothing here runs a network or reads a photo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.atomic import written_atomically
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon

NO_LABEL = -1


@dataclass(frozen=True)
class Predictions:
    """One row per photo.

    Attributes:
        logits: `[N,C]` as the exported module returns them. embeddings: `[N,D]`.
        targets: `[N]` index of the true label (of any rank); `NO_LABEL` when the model has no such label.
        groups: `[N]` near-duplicate group (or observation); photos of one group are one unit of evidence.
        sources: `[N]` where each photo comes from. files: `[N]` its path, for lists of mistakes.
        truth: `[N]` the true taxon of photos whose target is `NO_LABEL` (species held out of training; the background);
            None when every photo has a label. Entries of labelled photos are not read.
    """

    logits: NDArray[np.floating]
    embeddings: NDArray[np.floating]
    targets: NDArray[np.integer]
    groups: NDArray[np.integer]
    sources: NDArray[np.str_]
    files: NDArray[np.str_]
    truth: tuple[Taxon | None, ...] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError when the rows do not fit together."""
        lengths = {len(each) for each in (self.logits, self.embeddings, self.targets, self.groups, self.sources)}
        lengths |= {len(self.files), len(self.targets if self.truth is None else self.truth)}
        if len(lengths) != 1:
            raise ValueError(f"rows do not fit together: {sorted(lengths)}")
        if len(self.targets) and (self.targets.min() < NO_LABEL or self.targets.max() >= self.logits.shape[1]):
            raise ValueError("a target that is no label")

    def __len__(self) -> int:
        """How many photos."""
        return len(self.targets)

    def true_taxa(self, labels: tuple[Taxon, ...]) -> tuple[Taxon | None, ...]:
        """The true taxon of each photo; None when not known."""
        rest = self.truth or (None,) * len(self)
        return tuple(labels[target] if target >= 0 else other for target, other in zip(self.targets, rest, strict=True))

    def select(self, rows: NDArray[np.bool_] | NDArray[np.integer]) -> Predictions:
        """Those rows, by mask or index."""
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return replace(
            self,
            logits=self.logits[index],
            embeddings=self.embeddings[index],
            targets=self.targets[index],
            groups=self.groups[index],
            sources=self.sources[index],
            files=self.files[index],
            truth=None if self.truth is None else tuple(self.truth[i] for i in index),
        )

    def save(self, file: Path) -> None:
        """Write everything as one compressed `.npz` (no pickles)."""
        truth_taxa = [taxon or Taxon("", Rank.BACKGROUND) for taxon in self.truth or ()]
        taxa = [(taxon.name, taxon.rank.value, taxon.genus or "", taxon.family or "") for taxon in truth_taxa]
        with written_atomically(file) as stream:
            np.savez_compressed(
                stream,
                logits=self.logits,
                embeddings=self.embeddings,
                targets=self.targets,
                groups=self.groups,
                sources=np.asarray(self.sources, dtype=str),
                files=np.asarray(self.files, dtype=str),
                truth=np.array(taxa, dtype=str).reshape(-1, 4),
            )

    @classmethod
    def load(cls, file: Path) -> Predictions:
        """Read what `save` wrote. Raises OSError or ValueError when it is not there or damaged."""
        with np.load(file, allow_pickle=False) as arrays:
            rows = arrays["truth"]
            truth = tuple(_taxon(*row) if row[0] else None for row in rows.tolist()) if len(rows) else None
            names = ("logits", "embeddings", "targets", "groups", "sources", "files")
            return cls(**{name: arrays[name] for name in names}, truth=truth)


def join(parts: list[Predictions]) -> Predictions:
    """The rows of several, in order. Groups keep their numbers: they must already differ where the photos do."""
    named = any(part.truth is not None for part in parts)
    return Predictions(
        logits=np.concatenate([part.logits for part in parts]),
        embeddings=np.concatenate([part.embeddings for part in parts]),
        targets=np.concatenate([part.targets for part in parts]),
        groups=np.concatenate([part.groups for part in parts]),
        sources=np.concatenate([part.sources for part in parts]),
        files=np.concatenate([part.files for part in parts]),
        truth=tuple(taxon for part in parts for taxon in (part.truth or (None,) * len(part))) if named else None,
    )


def _taxon(name: str, rank: str, genus: str, family: str) -> Taxon:
    return BACKGROUND if rank == Rank.BACKGROUND.value else Taxon(name, Rank(rank), genus or None, family or None)
