"""From folder names to the labels of a model: accepted taxa of any rank, each once, and the tree above them.

What the guide cannot resolve keeps its own name and is listed, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, Match, promises_a_meal
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon, clean_name
from fieldguide.core.text import text
from trainer.data.scan import BACKGROUND_FOLDER


@dataclass(frozen=True, slots=True)
class Labels:
    """`taxa` are the model's outputs in order; `of_folder` maps raw names to a row of `taxa`.

    `renamed` lists (raw name, accepted name, how) and `unresolved` the raw names that the guide does not know.
    """

    taxa: tuple[Taxon, ...]
    of_folder: dict[str, int]
    renamed: tuple[tuple[str, str, str], ...]
    unresolved: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For `labels.json` and the report."""
        return {
            "taxa": [asdict(taxon) for taxon in self.taxa],
            "of_folder": self.of_folder,
            "renamed": self.renamed,
            "unresolved": self.unresolved,
        }


def resolve_labels(raw: Iterable[str], guide: Guide) -> Labels:
    """One label per accepted taxon: synonyms and misspellings of one taxon share it. Sorted by family, genus, name."""
    taxon_of: dict[str, Taxon] = {}
    renamed, unresolved = [], []
    for name in sorted(set(raw)):
        if name == BACKGROUND_FOLDER:
            taxon_of[name] = BACKGROUND
            continue
        resolution = guide.resolve(name)
        if resolution is None:
            unresolved.append(name)
            taxon_of[name] = unlisted_taxon(name)
            continue
        taxon_of[name] = resolution.taxon
        if resolution.match is not Match.ACCEPTED:
            renamed.append((name, resolution.taxon.name, resolution.match.value))
    taxa = tuple(
        sorted(set(taxon_of.values()), key=lambda t: (t.rank is Rank.BACKGROUND, t.family or "", t.genus or "", t.name))
    )
    row = {taxon: number for number, taxon in enumerate(taxa)}
    return Labels(taxa, {name: row[taxon] for name, taxon in taxon_of.items()}, tuple(renamed), tuple(unresolved))


def told_names(labels: Labels) -> list[str]:
    """Sentences on the folder names that the guide does not know, and on those that it knows by another name."""
    told = [text("train.plan_unresolved", names=", ".join(labels.unresolved))] if labels.unresolved else []
    return told + [text("train.plan_renamed", raw=raw, accepted=name, how=how) for raw, name, how in labels.renamed]


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

    def common_target(self, labels: Sequence[int]) -> int:
        """The narrowest target that allows all of these labels; -1 when they share nothing."""
        if len(set(labels)) == 1:
            return labels[0]
        fitting = [t for t in range(len(self.names)) if self.members[t, list(labels)].all()]
        return min(fitting, key=lambda t: int(self.members[t].sum()), default=-1)


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
