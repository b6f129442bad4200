"""The one thing to do by hand that parts a mild name from the deadly kind it is taken for ("cut it in half").

Each check speaks in one direction only: what it finds means "this can be the deadly one". Nothing that it does not find
says anything for the mild name, and for some pairs there is no check that a forager can do.

The rules are field-guide knowledge of the compiler (the guide's source `k_general`), in line with the key features and
characters of the guide: gills, stem and cap inside a closed egg, a ring, a sac in the ground, the colour of a spore
print, milk and brittle flesh. The sentences are `danger.part_*` of the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import Lookalike, dangerous_lookalikes
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Taxon


class Parting(StrEnum):
    """What to do. The catalogue holds a sentence for each."""

    CUT_IN_HALF = "cut_in_half"  # a cap, gills and a stem inside a ball
    RING_AND_EDGE = "ring_and_edge"  # grisettes: no ring ever, a grooved edge
    YELLOW_INSIDE = "yellow_inside"  # Caesar's mushrooms: gills and stem yellow
    DIG_BASE = "dig_base"  # a sac or a bulb in the ground
    GILLS_AND_BASE = "gills_and_base"  # field mushrooms: gills never white
    PINK_PRINT = "pink_print"  # straw mushrooms have the sac too
    BREAK_STEM = "break_stem"  # brittlegills break like chalk
    RUSTY_PRINT = "rusty_print"  # Galerina and its like, webcaps
    TURN_OVER = "turn_over"  # chanterelles: blunt folds, no gills
    CUT_LENGTHWISE = "cut_lengthwise"  # morels: one hollow from top to foot
    PRESS_GILLS = "press_gills"  # roll-rims bruise brown
    MEASURE_CAP = "measure_cap"  # deadly dapperlings are small
    CROWDED_GILLS = "crowded_gills"  # fool's funnel
    REDDENS = "reddens"  # deadly fibrecap
    NO_CHECK = "no_check"


_BY_MILD = {  # deadly genus -> genus or family of the mild one -> check
    "Amanita": {
        "Lycoperdaceae": Parting.CUT_IN_HALF,
        "Phallaceae": Parting.CUT_IN_HALF,
        "Agaricus": Parting.GILLS_AND_BASE,
        "Leucoagaricus": Parting.DIG_BASE,
        "Russula": Parting.BREAK_STEM,
        "Pluteaceae": Parting.PINK_PRINT,
        "Volvariella": Parting.PINK_PRINT,
        "Volvopluteus": Parting.PINK_PRINT,
        "Clitopilus": Parting.PINK_PRINT,
    },
    "Cortinarius": {"Cantharellus": Parting.TURN_OVER, "Craterellus": Parting.TURN_OVER, "Hydnaceae": Parting.TURN_OVER,
                    "Cortinarius": Parting.NO_CHECK, "Phlegmacium": Parting.NO_CHECK},
    "Galerina": {"Craterellus": Parting.TURN_OVER, "Galerina": Parting.NO_CHECK},
    "Paxillus": {"Cantharellus": Parting.TURN_OVER, "Hydnaceae": Parting.TURN_OVER},
}  # fmt: skip
_BY_SPECIES = {  # among Amanitas the genus says nothing
    **dict.fromkeys(
        (
            "Amanita vaginata", "Amanita fulva", "Amanita crocea", "Amanita ceciliae", "Amanita submembranacea",
            "Amanita lividopallescens", "Amanita battarrae", "Amanita sinensis",
        ),
        Parting.RING_AND_EDGE,
    ),
    **dict.fromkeys(
        ("Amanita caesarea", "Amanita jacksonii", "Amanita hemibapha"), Parting.YELLOW_INSIDE,
    ),
}  # fmt: skip
_BALLS = frozenset({"Lycoperdaceae"})
_BY_DEADLY = {
    "Amanita": Parting.DIG_BASE,
    "Galerina": Parting.RUSTY_PRINT,
    "Pholiotina": Parting.RUSTY_PRINT,
    "Cortinarius": Parting.RUSTY_PRINT,
    "Lepiota": Parting.MEASURE_CAP,
    "Clitocybe": Parting.CROWDED_GILLS,
    "Inosperma": Parting.REDDENS,
    "Paxillus": Parting.PRESS_GILLS,
    "Gyromitra": Parting.CUT_LENGTHWISE,
}


@dataclass(frozen=True, slots=True)
class DeadlyDouble:
    """The deadly kinds that a mild name is taken for, the first one first, and what parts it from that one."""

    mild: Taxon
    deadly: tuple[Lookalike, ...]
    check: Parting


def deadly_double(taxon: Taxon, guide: Guide) -> DeadlyDouble | None:
    """What must stand beside this name; None when it names a harm itself, or the guide tells of no deadly look-alike.

    A species of whose own look-alikes none is deadly takes those of its genus; a puffball, those of all puffballs.
    """
    if guide.danger(taxon).harmful:
        return None
    wider = (taxon.genus, taxon.family if taxon.family in _BALLS else None)
    names = [taxon, *(record.taxon for name in wider if name and (record := guide.record(name)) is not None)]
    for name in names:
        deadly = tuple(each for each in dangerous_lookalikes([name], guide) if each.danger is Danger.DEADLY)
        if deadly:
            return DeadlyDouble(taxon, deadly, parting_check(taxon, deadly[0].taxon))
    return None


def parting_check(mild: Taxon, deadly: Taxon) -> Parting:
    """The check for a pair: by the mild species, then by its genus and family, then by the deadly genus alone."""
    special = _BY_MILD.get(deadly.genus or "", {})
    for name in (mild.genus, mild.family):
        if name in special:
            return special[name]
    if deadly.genus == "Amanita" and mild.name in _BY_SPECIES:
        return _BY_SPECIES[mild.name]
    if deadly.genus == mild.genus == "Amanita":
        return Parting.NO_CHECK
    return _BY_DEADLY.get(deadly.genus or "", Parting.NO_CHECK)
