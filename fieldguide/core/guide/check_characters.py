"""Whether the tables of characters and questions keep the rules: the same for the shipped guide and for one brought.

A narrow cell is the danger here: a state that a deadly kind can have and its cell lacks speaks against that kind. So
the lost states of harmful kinds (a ring that fell off, a base in the ground) must stand there, and a genus must be as
wide as its species.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fieldguide.core.danger import Danger
from fieldguide.core.guide.characters import CERTAINTIES, CHARACTERS, IN_CELLS, read_likelihood
from fieldguide.core.guide.rules import Problem, Rule
from fieldguide.core.guide.tables import Line

LONGEST_CAVEAT = 260  # characters
FEWEST = 6  # cells of a row that says something
_ALWAYS = ("form", "underside", "cap_colour", "substrate")
# A character whose marked states get lost, and the state that is left: rain, slugs, age, or a base in the ground.
_LOST = {"ring": ("none", ()), "base": ("plain", ()), "smell": ("none", ()), "milk": ("none", ())}
_WASHED = ("dry", ("slimy", "warts", "powdery"))  # of the surface
_HARMFUL = (Danger.DEADLY, Danger.POISONOUS)


def check_characters(lines: Sequence[Line], taxa: Mapping[str, Line], sources: set[str]) -> Iterator[Problem]:
    """What is wrong with `characters.csv`, beside its shape; `taxa` are the rows of `species.csv` by name."""
    rows = {line.name: line for line in lines}
    for line in lines:
        taxon = taxa.get(line.name)
        if taxon is None:
            yield _wrong(line, Rule.CHARACTERS_UNLISTED)
        elif taxon.cells["rank"] != line.cells["rank"]:
            yield _wrong(line, Rule.CHARACTERS_RANK, taxon.cells["rank"])
        yield from _check_cells(line, sources)
        yield from _check_sense(line, taxon)
        genus = rows.get(line.name.split(" ")[0])
        if genus is not None and genus is not line:
            yield from _check_width(line, genus)
    if lines:
        for name, taxon in taxa.items():
            harmful = taxon.cells["rank"] == "species" and taxon.cells["danger"] in _HARMFUL
            if name not in rows and (harmful or taxon.cells["rank"] == "genus"):
                yield Problem("characters", 0, name, Rule.CHARACTERS_MISSING, name)


def check_questions(lines: Sequence[Line]) -> Iterator[Problem]:
    """What is wrong with `questions.csv`: unknown answers, missing ones, and shares that are none."""
    asked: dict[str, set[str]] = {}
    for line in lines:
        character, state = line.cells["column"], line.cells["answer"]

        def wrong(rule: Rule, value: str, line: Line = line) -> Problem:
            return Problem("questions", line.number, f"{line.cells['column']} {line.cells['answer']}", rule, value)

        if state not in CHARACTERS.get(character, ()) or state in asked.setdefault(character, set()):
            yield wrong(Rule.QUESTION, f"{character} {state}")
            continue
        asked[character].add(state)
        try:
            shares = read_likelihood(line.cells["likelihood_if_true"])
            minutes = float(line.cells["minutes"].rpartition("-")[2])
        except ValueError:
            shares, minutes = {}, 0.0
        whole = abs(sum(shares.values()) - 1) <= 0.002 and all(0 < share <= 1 for share in shares.values())
        if set(shares) != set(CHARACTERS[character]) or not whole or minutes < 0:
            yield wrong(Rule.LIKELIHOOD, line.cells["likelihood_if_true"])
        elif shares[state] < max(shares.values()):
            yield wrong(Rule.LIKELIHOOD, max(shares, key=lambda answer: shares[answer]))
    for character, states in asked.items():
        missing = [state for state in CHARACTERS.get(character, ()) if state not in states]
        if missing:
            yield Problem("questions", 0, character, Rule.ANSWERS, f"{character} {missing[0]}")


def _check_cells(line: Line, sources: set[str]) -> Iterator[Problem]:
    """Values that are in the vocabulary, once; a size; a certainty; sources that are listed."""
    for character in IN_CELLS:
        states = line.several(character)
        strange = [state for state in states if state not in CHARACTERS[character] or states.count(state) > 1]
        if strange:
            yield _wrong(line, Rule.VALUE, f"{character} {strange[0]}")
    try:
        smallest, largest = float(line.cells["size_cm_min"]), float(line.cells["size_cm_max"])
        sized = 0 < smallest < largest <= 250
    except ValueError:
        sized = False
    if not sized:
        yield _wrong(line, Rule.SIZE, f"{line.cells['size_cm_min']} - {line.cells['size_cm_max']}")
    if line.cells["certainty"] not in CERTAINTIES:
        yield _wrong(line, Rule.CERTAINTY, line.cells["certainty"])
    yield from (_wrong(line, Rule.SOURCE, key) for key in line.several("sources") if key not in sources)
    if not line.cells["sources"]:
        yield _wrong(line, Rule.NO_SOURCE)
    empty = [character for character in _ALWAYS if not line.cells[character]]
    filled = sum(bool(line.cells[character]) for character in IN_CELLS)
    if empty or filled < FEWEST:
        yield _wrong(line, Rule.CHARACTERS_FEW, empty[0] if empty else str(filled))


def _check_sense(line: Line, taxon: Line | None) -> Iterator[Problem]:
    """What goes together, and what a harmful kind must not lack."""
    underside = set(line.several("underside"))
    if not underside & {"gills", "ridges"} and "stemless" in line.several("gill_attachment"):
        yield _wrong(line, Rule.STEMLESS)
    if line.cells["form"] == "cap_and_stem" and underside == {"gills"}:
        empty = [name for name in ("gill_attachment", "spore_print", "ring", "base") if not line.cells[name]]
        if empty:
            yield _wrong(line, Rule.GILLED, empty[0])
    danger = taxon.cells["danger"] if taxon is not None and taxon.cells["rank"] == "species" else ""
    if len(line.cells["caveat"]) > LONGEST_CAVEAT or (danger == Danger.DEADLY and not line.cells["caveat"]):
        yield _wrong(line, Rule.CAVEAT, str(len(line.cells["caveat"])))
    if danger in _HARMFUL:
        for character, (left, marked) in {**_LOST, "surface": _WASHED}.items():
            states = line.several(character)
            telling = set(marked) & set(states) if marked else set(states) - {left}
            if telling and left not in states:
                yield _wrong(line, Rule.LOST_STATE, f"{character} {left}")


def _check_width(line: Line, genus: Line) -> Iterator[Problem]:
    for character in IN_CELLS:
        beyond = [state for state in line.several(character) if state not in genus.several(character)]
        if beyond:
            yield _wrong(genus, Rule.GENUS_NARROWER, f"{character} {beyond[0]} ({line.name})")


def _wrong(line: Line, rule: Rule, value: str = "") -> Problem:
    return Problem("characters", line.number, line.name, rule, value)
