"""How a kind is drawn: one state of each character, the most telling one, and the colours that it may have besides.

A cell tells every state to be expected, not which is usual. The record's features, where they name a state, decide;
else the marked state is drawn (a ring rather than none), because it is what one has to know.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from fieldguide.core.guide.characters import Characters

_MARKED = {
    "ring": ("skirt", "sheath", "sliding", "cobweb", "zone_or_fleeting"),
    "base": ("sac", "rim_or_scales", "rooting", "strigose", "cords", "bulb"),
    "stem_pattern": ("net", "bands", "dots", "scales", "grooved", "velvety", "powdery", "fibrous"),
    "milk": ("orange", "red", "blue", "white", "changing", "clear"),
    "bruising": ("blue", "red", "yellow", "black", "orange", "green", "violet", "brown"),
    "growth": (),
    "surface": (),
}
_ELSEWHERE = r"gill|pore|spore|stem|stalk|flesh|ring|volva|base|milk|latex|spine|teeth|underside|inside|turning|bruis"
# Beginnings of words in the guide's key features (English) that name a state.
_WORDS = {
    "surface": {
        "slimy": ("slim", "viscid", "sticky", "glutin", "greasy"),
        "scaly": ("scal", "shaggy"),
        "warts": ("wart", "patch"),
        "velvety": ("velvet", "felt", "hairy", "woolly", "downy"),
        "fibrous": ("silky", "fibr", "streak", "radial"),
        "striate_edge": ("striate", "grooved margin", "pleated"),
        "cracked": ("crack",),
        "powdery": ("powder", "mealy", "granul", "frost"),
        "wrinkled": ("wrinkl", "vein"),
        "zoned": ("zone", "zonate", "concentric", "band"),
    },
    "cap_colour": {
        "white": ("white", "ivory"), "cream": ("cream", "pale", "buff", "whitish"), "yellow": ("yellow", "golden", "lemon", "ochre"),
        "orange": ("orange", "apricot", "salmon", "tawny"), "red": (r"red\b(?!-)", "scarlet", "crimson", "blood", "wine"),
        "pink": ("pink", "rose", "flesh"), "violet": ("violet", "purple", "lilac", "amethyst"), "blue": ("blue",),
        "green": ("green",), "olive": ("olive",), "brown": ("brown", "tan", "chestnut", "cinnamon", "bay", "fawn", "hazel", "rust", "honey"),
        "grey": ("grey", "gray", "smoky", "mouse"), "black": ("black", "sooty"),
    },
}  # fmt: skip
# The same in its habitat; a "wood" alone is a forest there.
_GROUNDS = {
    "wood": r"stump|\blogs?\b|trunk|branch|(dead|rotten|rotting|decaying|buried|fallen|on) (\w+ ){0,3}(hard|soft)?wood\b|bases? of|bark|parasit|trees\b.*\bon\b",
    "dung": r"dung|manure|compost",
    "burnt_ground": r"burnt|fire",
    "grass": r"grass|meadow|lawn|pasture|steppe",
    "moss": r"moss|sphagnum|\bbogs?\b",
    "litter": r"litter|needles|leaves",
}


# Shapes within a form that its features name; the first that fits.
_SHAPES = {
    "phallus_or_cage": {
        "cage": r"lattice|cage", "rays": r"star|tentacle", "columns": r"column|lantern", "horn": r"\bhorn",
        "skirt": r"\bnet\b",
    },
    "morel_like": {"saddle": r"saddle"},
    "coral_or_club": {
        "clubs": r"\bclubs?\b|spindle|finger|tongue|unbranched|worm|pestle|\bheads?\b",
        "branched": r"branch|coral|antler|cauliflower|\btips?\b",
    },
}  # fmt: skip
_NO_STEM = r"without (a )?stem|stemless|no stem"
_SHELF = rf"\bfans?\b|shel[fv]|bracket|oyster|{_NO_STEM}"  # of what may be a cap on a stem too
_ON_A_STEM = r"saddle|brain|fold|lobed|wrinkled cap"  # of what may be a cup or a cap of folds


@dataclass(frozen=True, slots=True)
class Look:
    """One state of each character that shows; an empty word means: not drawn.

    `other_colours` are further colours of the cap, drawn as small variants. `size` is the middle of its range in cm.
    `seed` makes two kinds of the same states differ a little; `shape` is one within its form, where the features name it.
    """

    form: str
    underside: str
    gill_attachment: str
    gill_colour: str
    ring: str
    base: str
    milk: str
    bruising: str
    flesh: str
    surface: str
    cap_colour: str
    other_colours: tuple[str, ...]
    stem_pattern: str
    substrate: str
    growth: str
    size: float
    seed: int
    shape: str = ""


def look_of(characters: Characters, features: str = "", habitat: str = "", name: str = "") -> Look:
    """The look of these characters; `features` and `habitat` are texts of the record, `name` the taxon drawn."""
    colours, form = characters.states("cap_colour"), _form(characters.states("form"), features)
    of_skin = features if form == "cap_and_stem" else re.sub("teeth|spines", "", features)  # else they are the whole
    colour = _named("cap_colour", colours, of_skin) or (_first(colours) if form == "ball" else _middle(colours))
    undersides = characters.states("underside")
    small, large = characters.size_cm or (5.0, 8.0)
    return Look(
        form=form,
        underside=_below(undersides, features),
        gill_attachment=_first(characters.states("gill_attachment")),
        gill_colour=_first(characters.states("gill_colour")[1:2] or characters.states("gill_colour")),
        ring=_marked("ring", characters.states("ring")),
        base=_base(characters.states("base"), features),
        milk=_marked("milk", characters.states("milk")),
        bruising=_marked("bruising", characters.states("bruising")),
        flesh=_first(characters.states("flesh")),
        surface=_surface(characters.states("surface"), features),
        cap_colour=colour,
        other_colours=tuple(each for each in colours if each != colour),
        stem_pattern=_marked("stem_pattern", characters.states("stem_pattern")),
        substrate=_named_substrate(characters.states("substrate"), habitat),
        growth=_growth(characters.states("growth"), f"{features} {habitat}"),
        size=(small * large) ** 0.5,
        seed=zlib.crc32((name or characters.name).encode()),
        shape=next((shape for shape, words in _SHAPES.get(form, {}).items() if re.search(words, features)), ""),
    )


def _first(states: tuple[str, ...], else_: str = "") -> str:
    return states[0] if states else else_


def _form(states: tuple[str, ...], features: str) -> str:
    """What is not the closed ball that many others begin as, and of two the one that the features speak of."""
    if "phallus_or_cage" in states or ("morel_like" in states and re.search(_ON_A_STEM, features)):
        return "phallus_or_cage" if "phallus_or_cage" in states else "morel_like"
    if "bracket" in states and re.search(_SHELF, features):
        return "bracket"
    return next((state for state in states if state != "ball"), _first(states, "other"))


def _below(states: tuple[str, ...], features: str) -> str:
    if "pits_or_folds" in states and re.search(r"honeycomb|pits|pitted|ridges", features):
        return "pits_or_folds"
    if "pits_or_folds" in states:
        return "smooth"  # brains and saddles
    return _first(tuple(state for state in states if state != "enclosed") or states)


def _named_substrate(states: tuple[str, ...], habitat: str) -> str:
    named = next((state for state, words in _GROUNDS.items() if state in states and re.search(words, habitat)), "")
    return named or _first(states, "soil")


def _middle(states: tuple[str, ...]) -> str:
    strong = tuple(state for state in states if state not in ("white", "cream")) if len(states) > 2 else states
    return strong[(len(strong) - 1) // 2] if strong else _first(states)


def _marked(character: str, states: tuple[str, ...]) -> str:
    return next((state for state in _MARKED[character] if state in states), _first(states))


def _base(states: tuple[str, ...], features: str) -> str:
    """The most telling foot, unless the features name rings or a rim on the bulb."""
    if "rim_or_scales" in states and re.search(r"\b(ringed|rimmed|scaly) (bulb|base)|rimmed|rings of", features):
        return "rim_or_scales"
    return _marked("base", states)


def _growth(states: tuple[str, ...], words: str) -> str:
    """Tufts and tiers where they are usual or named: nearly every kind is said to grow alone."""
    usual = len(states) <= 2 or re.search(r"cluster|tuft|shelv|tier", words) is not None
    return next((each for each in ("clustered", "tiered") if each in states and usual), _first(states, "single"))


def _surface(states: tuple[str, ...], features: str) -> str:
    named = _named("surface", states, features)
    marked = [state for state in states if state != "dry"]
    return named or (marked[0] if len(marked) == 1 else "dry" if "dry" in states else _first(states))


def _named(character: str, states: tuple[str, ...], features: str) -> str:
    """The state that the features name first; empty when they name none of these."""
    told = re.sub(_NO_STEM, "", re.split(r"\[note|;", features.lower())[0])
    parts, before = told.split(","), re.split(r",| with .*?(?:,|$)| turning .*?(?:,|$)", told)
    of_cap = [part for part in parts if "cap" in part]
    of_skin, of_rest = ([part for part in each if not re.search(_ELSEWHERE, part)] for each in (parts, before))
    for words in (", ".join(of_cap), ", ".join(of_skin), ", ".join(of_rest)):
        places = {
            state: min((place for word in _WORDS[character][state] if (place := _place(words, word)) >= 0), default=-1)
            for state in states
            if state in _WORDS[character]
        }
        named = {state: place for state, place in places.items() if place >= 0}
        if named:
            return min(named, key=lambda state: named[state])
    return ""


def _place(words: str, start: str) -> int:
    found = re.search(rf"\b{start}", words)
    return found.start() if found else -1
