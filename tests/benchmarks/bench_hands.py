"""Simulated answers on top of a model's real answers: `python -m tests.benchmarks.bench_hands FOLDER [EVERY [BUNDLE]]`.

FOLDER holds a folder of photos per taxon, none of which taught the model. Each find is asked by `FORAGERS` made-up
people: for the question that is asked, a state of the true kind's row is drawn, then an answer by how often the guide
says that people give it. So the tables are tested against themselves, with the model's real doubts: no field test.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands import Seen
from fieldguide.core.hands.asking import next_question
from fieldguide.core.hands.kinds import Kinds, kinds_of
from fieldguide.core.hands.opinion import NAMED_FROM, grown_alarm, staying_deadly
from fieldguide.core.hands.prior import prior
from fieldguide.core.photo import find_photos
from fieldguide.core.records import Identification
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import Rank
from fieldguide.inference.identify import Identifier
from fieldguide.inference.runtime import Runtime

FORAGERS = 5
QUESTIONS = (0, 3, 6, 10)


@dataclass(frozen=True, slots=True)
class Case:
    """One photo: the place of its true kind among the guide's, and what the model said."""

    truth: int
    said: Identification


def main() -> None:
    """Print the table."""
    folder, every = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    bundle = Path(sys.argv[3]) if len(sys.argv) > 3 else resource("model", "starter.fieldguide")
    guide = load_guide()
    kinds = kinds_of(guide)
    cases = list(read_cases(folder, every, bundle, guide, kinds))
    found: dict[int, Counter[str]] = {asked: Counter() for asked in QUESTIONS}
    times: list[float] = []
    for number, case in enumerate(cases):
        for forager in range(FORAGERS):
            ask(case, guide, kinds, np.random.default_rng((number, forager)), found, times)
    deadly = sum(kinds.deadly[case.truth] for case in cases)
    print(f"{len(cases)} photos, {deadly} of deadly kinds, {FORAGERS} simulated foragers each")
    print(f"next question over {len(kinds.taxa)} kinds: median {statistics.median(times):.1f} ms of this process")
    for asked, counts in found.items():
        shares = {name: f"{100 * counts[name] / max(1, counts[of]):.1f}" for name, of in SHARES.items()}
        print(asked, shares)


SHARES = {
    "species": "all",
    "genus": "all",
    "deadly_named": "deadly",
    "deadly_alarm": "deadly",
    "false_alarm": "mild",
    "uncovered": "wrong",
    "shaken": "right",
}


def read_cases(folder: Path, every: int, bundle: Path, guide: Guide, kinds: Kinds) -> Iterator[Case]:
    """What the model says of every `every`th photo whose folder names a species of the guide."""
    photos = []
    for inside in sorted(folder.iterdir()):
        taxon = guide.resolve(inside.name) if inside.is_dir() else None
        if taxon is not None and taxon.taxon.rank is Rank.SPECIES:
            photos += [(kinds.place[taxon.taxon.name], path) for path in find_photos([inside])]
    photos = photos[::every]
    identifier = Identifier(Runtime.load(bundle, "cpu"), guide)
    found = identifier.identify([[path] for _, path in photos])
    for (truth, _), observation in zip(photos, found, strict=True):
        if observation.identification is not None:
            yield Case(truth, observation.identification)


def ask(
    case: Case,
    guide: Guide,
    kinds: Kinds,
    chance: np.random.Generator,
    found: dict[int, Counter[str]],
    times: list[float],
) -> None:
    """One forager answers until the last of `QUESTIONS`; what stands first is counted at each of them."""
    start = prior(kinds, case.said)
    scores, contradicted = np.zeros(len(start)), np.zeros(len(start), dtype=bool)
    asked: set[str] = set()
    first = int(start.argmax())
    for count in range(max(QUESTIONS) + 1):
        now = start * np.exp(scores - scores.max())
        now /= now.sum()
        if count in found:
            tell(case, kinds, start, now, contradicted, first, found[count])
        began = time.process_time()
        following = next_question(kinds, now, asked)
        times.append(1000 * (time.process_time() - began))
        if following is None:
            asked_all = [each for each in QUESTIONS if each > count]
            for each in asked_all:
                tell(case, kinds, start, now, contradicted, first, found[each])
            return
        asked.add(following.question.character)
        seen = answer(following.question.character, case.truth, guide, kinds, chance)
        if seen is not None:
            scores = scores + kinds.scores((seen,))
            contradicted |= kinds.contradicted((seen,))


def answer(character: str, truth: int, guide: Guide, kinds: Kinds, chance: np.random.Generator) -> Seen | None:
    """What such a person says of that kind; None: cannot tell, since nothing is told of it."""
    told = guide.characters_of(kinds.taxa[truth].name)
    states = told.states(character) if told else ()
    if not states:
        return None
    given = guide.questions[character].likelihood[states[int(chance.integers(len(states)))]]
    values = CHARACTERS[character]
    shares = np.array([given[value] for value in values])
    return Seen(character, (values[int(chance.choice(len(values), p=shares / shares.sum()))],), dug_out=True)


def tell(
    case: Case,
    kinds: Kinds,
    start: NDArray[np.float64],
    now: NDArray[np.float64],
    contradicted: NDArray[np.bool_],
    first: int,
    counts: Counter[str],
) -> None:
    """Count what stands first now, and what is warned of."""
    truth, best = case.truth, int(now.argmax())
    genera = np.bincount(kinds.groups[Rank.GENUS], weights=now)
    genera[0] = 0
    alarm = case.said.alarm if (now == start).all() else grown_alarm(case.said.alarm, kinds, start, now)
    counts["all"] += 1
    counts["species"] += best == truth
    counts["genus"] += int(genera.argmax()) == kinds.groups[Rank.GENUS][truth]
    if kinds.deadly[truth]:
        named = staying_deadly(kinds, start, now, contradicted, alarm, NAMED_FROM)
        counts["deadly"] += 1
        counts["deadly_named"] += kinds.taxa[truth] in {each.candidate.taxon for each in named}
        counts["deadly_alarm"] += alarm.level is Danger.DEADLY
    else:
        counts["mild"] += 1
        counts["false_alarm"] += alarm.level is Danger.DEADLY
    counts["right" if first == truth else "wrong"] += 1
    counts["shaken" if first == truth else "uncovered"] += best != first or bool(contradicted[first])


if __name__ == "__main__":
    main()
