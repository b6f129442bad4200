"""What a hand, a nose and a knife find on a kind: its characters, and how often people answer what when it is so.

A cell holds every state that has to be expected in the field; an empty one means not known or not there, never "no".
Most were recalled, not read, and say so by their sources. Knows no photo, no model and no screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

SIZE = "size"
# Every character in the order in which a botanist looks, with its values in the order of the tables.
CHARACTERS: Mapping[str, tuple[str, ...]] = {
    name: tuple(values.split())
    for name, values in {
        "form": "cap_and_stem bracket rosette crust coral_or_club ball star cup jelly truffle phallus_or_cage"
        " morel_like gall_or_mould other",
        "underside": "gills ridges pores teeth maze smooth pits_or_folds enclosed",
        "gill_attachment": "free notched adnate decurrent stemless",
        "gill_colour": "white cream yellow orange pink red violet brown olive grey black",
        "spore_print": "white cream yellow pink lilac rusty brown olive purple_brown black green",
        "ring": "none skirt sliding sheath cobweb zone_or_fleeting",
        "base": "plain bulb sac rim_or_scales rooting strigose cords",
        "milk": "none white clear orange red blue changing",
        "bruising": "none blue red yellow orange black brown green violet",
        "flesh": "fibrous brittle_like_chalk fragile soft tough gelatinous",
        "smell": "none aniseed almond flour radish phenol_ink fruity fishy garlic chlorine foul spermatic spicy earthy",
        "surface": "dry slimy scaly warts velvety fibrous striate_edge cracked powdery wrinkled zoned",
        "cap_colour": "white cream yellow orange red pink violet blue green olive brown grey black",
        "stem_pattern": "smooth net dots scales bands fibrous grooved velvety powdery hollow",
        "substrate": "soil litter grass wood dung burnt_ground moss other_fungus insect living_plant",
        "growth": "single scattered clustered ring tiered",
        SIZE: "up_to_2 2_to_5 5_to_10 10_to_20 over_20",
    }.items()
}
IN_CELLS = tuple(name for name in CHARACTERS if name != SIZE)  # the size stands as two numbers
SIZE_STARTS = (0.0, 2.0, 5.0, 10.0, 20.0)  # cm: where each class of size begins
DIGGING = "base"  # it hides in the ground: what was not dug out was not seen
CERTAINTIES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of one taxon, as its row tells them; a species without a row has those of its genus.

    `values` holds the states of each character of `IN_CELLS` that is known; `size_cm` the range of the widest grown cap
    (or whole body) in cm. `certainty` is one of `CERTAINTIES`. `caveat`: where these lead astray, in English. `wide`:
    characters that are given as widely as of the whole genus (`with_genera` finds them).
    """

    name: str
    values: Mapping[str, tuple[str, ...]]
    size_cm: tuple[float, float] | None
    certainty: str
    sources: tuple[str, ...]
    caveat: str = ""
    wide: frozenset[str] = frozenset()

    def states(self, character: str) -> tuple[str, ...]:
        """The values to be expected; empty when not known or it does not apply. Sizes as the classes they touch."""
        if character != SIZE:
            return self.values.get(character, ())
        if self.size_cm is None:
            return ()
        first, last = (size_class(number) for number in self.size_cm)
        classes = CHARACTERS[SIZE]
        return classes[classes.index(first) : classes.index(last) + 1]


@dataclass(frozen=True, slots=True)
class Question:
    """One character as it is asked.

    Attributes:
        needs: what it takes, in the words of the table ("eyes", "cut", "paper and hours").
        minutes: the longest that it takes. digging: whether the base has to come out of the ground.
        likelihood: for each true state how often (0 to 1) each answer is given, a state's answers summing to 1.
            As the compiler estimates it, never measured.
    """

    character: str
    needs: str
    minutes: float
    digging: bool
    likelihood: Mapping[str, Mapping[str, float]]


def size_class(centimetres: float) -> str:
    """The class of a size in cm. Raises ValueError for what is no length of a mushroom (0 to 250)."""
    if not 0 < centimetres <= 250:
        raise ValueError(f"{centimetres} cm")
    return CHARACTERS[SIZE][max(i for i, start in enumerate(SIZE_STARTS) if centimetres > start)]


def read_characters(row: Mapping[str, str]) -> Characters:
    """One row of `characters.csv`. Raises KeyError or ValueError with what is wrong."""
    values = {}
    for character in IN_CELLS:
        states = tuple(part for part in row[character].split("|") if part)
        strange = [state for state in states if state not in CHARACTERS[character]]
        if strange:
            raise ValueError(f"{character} {strange[0]}")
        if states:
            values[character] = states
    smallest, largest = row["size_cm_min"], row["size_cm_max"]
    size = (float(smallest), float(largest)) if smallest else None
    if size is not None:
        for number in size:
            size_class(number)
    sources = tuple(part for part in row["sources"].split("|") if part)
    return Characters(row["scientific_name"], values, size, row["certainty"], sources, row["caveat"])


_MANY = 3  # states from which on a cell says rather what may occur than what is so


def with_genera(rows: Iterable[Characters]) -> dict[str, Characters]:
    """The rows by name, each with what it tells as widely as of its whole genus, so that nobody takes it for a mark of
    the species.

    That is a cell of many states which is the genus's too, and other species of the genus are described otherwise; and
    of a genus row, by which species without one of their own are described, every cell of many states.
    """
    found = {row.name: row for row in rows}
    narrower: dict[str, set[str]] = {}
    for name, row in found.items():
        genus = found.get(name.split()[0])
        if genus is not None and genus is not row:
            apart = {each for each in row.values if row.values[each] != genus.values.get(each)}
            narrower.setdefault(genus.name, set()).update(apart)
    for name, row in found.items():
        genus = found.get(name.split()[0], row)
        same = {
            each for each, states in row.values.items() if len(states) >= _MANY and states == genus.values.get(each)
        }
        wide = same if genus is row else same & narrower[genus.name]
        found[name] = replace(row, wide=frozenset(wide))
    return found


def read_questions(rows: Iterable[Mapping[str, str]]) -> dict[str, Question]:
    """The rows of `questions.csv` (one per true state) as a question per character.

    Raises:
        ValueError: a character or an answer that nobody knows, or a share that is no number.
    """
    found: dict[str, Question] = {}
    for row in rows:
        character, state = row["column"], row["answer"]
        if state not in CHARACTERS.get(character, ()):
            raise ValueError(f"{character} {state}")
        likelihood = dict(found[character].likelihood) if character in found else {}
        likelihood[state] = read_likelihood(row["likelihood_if_true"])
        minutes = float(row["minutes"].rpartition("-")[2])
        found[character] = Question(character, row["needs"], minutes, row["needs_digging"] == "yes", likelihood)
    for character, question in found.items():
        expected = set(CHARACTERS[character])
        for state in expected:
            if set(question.likelihood.get(state, ())) != expected:
                raise ValueError(f"{character} {state}")
    return found


def read_likelihood(cell: str) -> dict[str, float]:
    """A cell like `none:0.9|white:0.1`. Raises ValueError for what is no share."""
    pairs = [part.partition(":") for part in cell.split("|")]
    return {answer: float(share) for answer, _, share in pairs}


def parting_characters(one: Characters, other: Characters) -> tuple[str, ...]:
    """The characters that are known of both and no state can be met in both, in the botanist's order."""
    return tuple(
        name
        for name in CHARACTERS
        if one.states(name) and other.states(name) and not set(one.states(name)) & set(other.states(name))
    )


# What to look at first, from the surest and quickest.
_CHECKS = (
    "base",
    "gill_colour",
    "spore_print",
    "underside",
    "ring",
    "gill_attachment",
    "milk",
    "bruising",
    "flesh",
    "cap_colour",
)


def first_check(own: Characters, other: Characters) -> tuple[str, tuple[str, ...]] | None:
    """The character to check first, and the states that only `other` can have: who finds one has found the other.

    None when `other` has no state of its own. That a state is not found says nothing. What is given as widely as of the
    whole genus is no state of its own; a sac is, for who misses one misses a death cap.
    """
    parting = parting_characters(own, other)
    hidden = [DIGGING] if "sac" in other.states(DIGGING) and "sac" not in own.states(DIGGING) else []
    for names in (hidden, [name for name in _CHECKS if name in parting], _CHECKS):
        for name in names:
            wide = name in other.wide
            states = [state for state in other.states(name) if state == "sac" or not wide]
            only = tuple(state for state in states if state not in (*own.states(name), "none", "plain"))
            if only and own.states(name):
                return name, only
    return None
