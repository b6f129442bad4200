"""From folder names to the labels of a model: accepted taxa of any rank, each once, and the tree above them.

What the guide cannot resolve keeps its own name and is listed, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, Match, promises_a_meal
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon, clean_name
from fieldguide.core.text import text
from trainer.data.scan import BACKGROUND_FOLDER
from trainer.run_folder import read_json

READ_AS = (
    "read_as"  # how a name such as "Agaricus sp." or "Boletus edulis 2" became a taxon, beside the guide's matches
)


class Fate(StrEnum):
    """What becomes of a label with few photos."""

    GENUS = "genus"  # its photos teach the label of its genus
    FAMILY = "family"  # they teach that it is one of its family's labels, whichever
    TEACHES = "teaches"  # it stays a label that learns, as was asked for
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class RareLabel:
    """A taxon that has too few photos or finds to be a label of its own; `teaches` names what it teaches instead."""

    name: str
    photos: int
    finds: int
    fate: Fate
    teaches: str


@dataclass(frozen=True, slots=True)
class Labels:
    """`taxa` are the model's outputs in order; `of_folder` maps raw names to a row of `taxa`.

    `renamed` lists (raw name, accepted name, how) and `unresolved` the raw names that the guide does not know.
    `taxon_of` gives every raw name its own taxon, whatever it teaches; `of_family` maps raw names that teach no label
    to the family that they teach through the tree; `rare` tells what became of labels with few photos.
    """

    taxa: tuple[Taxon, ...]
    of_folder: dict[str, int]
    renamed: tuple[tuple[str, str, str], ...]
    unresolved: tuple[str, ...]
    taxon_of: dict[str, Taxon] = field(default_factory=dict)
    of_family: dict[str, str] = field(default_factory=dict)
    rare: tuple[RareLabel, ...] = ()

    def as_json(self) -> dict[str, object]:
        """For `labels.json` and the report."""
        return asdict(self)


def resolve_labels(raw: Iterable[str], guide: Guide) -> Labels:
    """One label per accepted taxon: synonyms and misspellings of one taxon share it. Sorted by family, genus, name."""
    taxon_of: dict[str, Taxon] = {}
    renamed, unresolved = [], []
    for name in sorted(set(raw)):
        taxon_of[name] = taxon_named(name, guide)
        if name == BACKGROUND_FOLDER:
            continue
        resolution = guide.resolve(name)
        if resolution is None:
            unresolved.append(name)
        elif resolution.match is not Match.ACCEPTED:
            renamed.append((name, resolution.taxon.name, resolution.match.value))
        elif not _is_written_so(name, resolution.taxon):
            renamed.append((name, resolution.taxon.name, READ_AS))
    taxa = ordered(set(taxon_of.values()))
    row = {taxon: number for number, taxon in enumerate(taxa)}
    of_folder = {name: row[taxon] for name, taxon in taxon_of.items()}
    return Labels(taxa, of_folder, tuple(renamed), tuple(unresolved), taxon_of)


def _is_written_so(raw: str, taxon: Taxon) -> bool:
    """Whether a folder bears the very name, but for case and what joins its words."""
    return re.sub(r"[\s_-]+", " ", raw).strip().casefold() == taxon.name.casefold().replace("-", " ")


def read_labels(file: Path) -> Labels:
    """What `Labels.as_json` was written as. Raises ValueError when it is damaged, OSError when it is not there."""
    labels = read_json(file, Labels)
    if not all(0 <= row < len(labels.taxa) for row in labels.of_folder.values()):
        raise ValueError(f"{file}: a folder of a label that is not there")
    return labels


def with_names(labels: Labels, raw: Iterable[str], guide: Guide) -> Labels:
    """The same labels, with the taxa of other names that teach none of them."""
    return replace(labels, taxon_of={name: taxon_named(name, guide) for name in set(raw)} | labels.taxon_of)


def ordered(taxa: Iterable[Taxon]) -> tuple[Taxon, ...]:
    """Labels as a model holds them: by family, genus and name, background last."""
    return tuple(sorted(taxa, key=lambda t: (t.rank is Rank.BACKGROUND, t.family or "", t.genus or "", t.name)))


def taxon_named(raw: str, guide: Guide) -> Taxon:
    """The accepted taxon of a raw name; by the form of the name where the guide does not know it."""
    if raw == BACKGROUND_FOLDER:
        return BACKGROUND
    found = guide.resolve(raw)
    return found.taxon if found else unlisted_taxon(raw)


def names_in_words(labels: Labels) -> list[str]:
    """Sentences on the folder names that the guide does not know, and on those that it knows by another name."""
    sentences = [text("train.plan_unresolved", names=", ".join(labels.unresolved))] if labels.unresolved else []
    return sentences + [
        text("train.plan_renamed", raw=raw, accepted=name, how=text(f"report.how_{how}"))
        for raw, name, how in labels.renamed
    ]


def refuse_promises(labels: Labels) -> None:
    """Refuse folders such as `edible`: the application would say it, and no photo can.

    Raises:
        FieldGuideError: LABEL_PROMISES with `folder`.
    """
    for folder, row in labels.of_folder.items():
        if promises_a_meal(labels.taxa[row].name):
            raise FieldGuideError(ErrorCode.LABEL_PROMISES, folder=folder)


def unlisted_taxon(raw: str) -> Taxon:
    """A taxon for a name outside the guide, by its form: "-idae", "-aceae" a family, one word a genus, else species."""
    name = clean_name(raw)
    if name.endswith(("aceae", "idae")) and " " not in name:
        return Taxon(name, Rank.FAMILY, None, name)
    return Taxon(name, Rank.SPECIES if " " in name else Rank.GENUS, name.split()[0])


@dataclass(frozen=True, slots=True)
class Tree:
    """What may be meant by a target: `members` bool [T,C], row t is True for the labels that target t allows.

    Rows 0..C-1 are the labels themselves (a genus label allows its species too), then the genera and families that
    several labels share. `genus` and `family` int64 [T] give the target one and two ranks up, or -1.
    """

    members: npt.NDArray[np.bool_]
    genus: npt.NDArray[np.int64]
    family: npt.NDArray[np.int64]
    names: tuple[str, ...]

    def common_target(self, rows: Sequence[int]) -> int:
        """The narrowest target that allows all that these rows allow; -1 when they share nothing."""
        if len(set(rows)) == 1:
            return rows[0]
        allowed = self.members[list(rows)].any(axis=0)
        fitting = [t for t in range(len(self.names)) if self.members[t, allowed].all()]
        return min(fitting, key=lambda t: int(self.members[t].sum()), default=-1)

    def target_of(self, raw: str, labels: Labels) -> int:
        """The row that a photo of this raw name teaches; -1 when it teaches nothing."""
        if raw in labels.of_family:
            return self.names.index(labels.of_family[raw])
        return labels.of_folder.get(raw, -1)


def build_tree(taxa: Sequence[Taxon]) -> Tree:
    """The targets above a list of labels."""
    ancestors = {
        rank: sorted({name for taxon in taxa if (name := taxon.at(rank))} - {t.name for t in taxa})
        for rank in (Rank.GENUS, Rank.FAMILY)
    }
    nodes = [(taxon.rank, taxon.name) for taxon in taxa]
    nodes += [(rank, name) for rank, names in ancestors.items() for name in names]
    row = {node: number for number, node in enumerate(nodes)}
    members = np.array([[taxon.at(rank) == name for taxon in taxa] for rank, name in nodes])

    def up(node: tuple[Rank, str], rank: Rank) -> int:
        below = [taxon.at(rank) for taxon, inside in zip(taxa, members[row[node]], strict=True) if inside]
        shared = set(below)
        return row.get((rank, below[0] or ""), -1) if len(shared) == 1 and below[0] else -1

    return Tree(
        members,
        np.array([up(node, Rank.GENUS) for node in nodes]),
        np.array([up(node, Rank.FAMILY) for node in nodes]),
        tuple(name for _, name in nodes),
    )
