"""Simulated answers on top of a model's real answers.

`python -m tests.benchmarks.bench_hands FOLDER [EVERY [BUNDLE]] [--card CARD]`

FOLDER holds a folder of photos per taxon, none of which taught the model; every `EVERY`th photo counts; the table is
also put into CARD, the model's card. Each find is asked by `FORAGERS` made-up people: for the question that is asked, a
state of the true kind's row is drawn, then an answer by how often the guide says that people give it. So the tables are
tested against themselves, with the model's real doubts: no field test.

The model is asked once: its answers are kept in the system's folder for such files, under the digest of the bundle and
the version of the guide. All finds are then asked side by side, in `BATCH`es.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands import Seen
from fieldguide.core.hands.asking import chosen_question, expected_gains, next_question
from fieldguide.core.hands.kinds import Kinds, kinds_of
from fieldguide.core.hands.opinion import NAMED_FROM, raised_alarm, staying_deadly
from fieldguide.core.hands.prior import prior
from fieldguide.core.photo import find_photos
from fieldguide.core.records import Alarm, Identification
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import Rank
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.runtime import Runtime

FORAGERS = 5
QUESTIONS = (0, 3, 6, 10)
BATCH = 500  # finds side by side
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Case:
    """One photo: the name of its true kind, and what the model said."""

    truth: str
    said: Identification


@dataclass
class Walk:
    """Foragers side by side, `N` of them.

    Attributes:
        truths: `[N]` places of the true kinds. photos: their alarms. alarms: `[N]`, grown by the answers so far.
        start: `[K,N]`, before any answer. scores, even: `[K,N]`, what the answers so far say, for dangers and
            for names. out: `[K,N]`, whether one does not fit.
        asked: characters asked so far, a set per forager. chances: a forager's own random numbers.
    """

    truths: NDArray[np.intp]
    photos: Sequence[Alarm]
    alarms: list[Alarm]
    start: Floats
    scores: Floats
    even: Floats
    out: Flags
    asked: list[set[str]]
    chances: list[np.random.Generator]

    def after(self, scores: Floats) -> Floats:
        """`[K,N]`: the probabilities after the answers so far."""
        weighed = self.start * np.exp(scores - scores.max(axis=0))
        return np.asarray(weighed / weighed.sum(axis=0))


def main() -> None:
    """Print the table, as it stands in docs/benchmarks.md."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("every", type=int, nargs="?", default=1)
    options.add_argument("bundle", type=Path, nargs="?", default=resource("model", "starter.fieldguide"))
    options.add_argument("--card", type=Path)
    given = options.parse_args()
    guide = load_guide()
    kinds = kinds_of(guide)
    cases = read_cases(given.folder, given.every, given.bundle, guide)
    found: dict[int, Counter[str]] = {asked: Counter() for asked in QUESTIONS}
    began = time.process_time()
    people = [(case, number, forager) for number, case in enumerate(cases) for forager in range(FORAGERS)]
    for first in range(0, len(people), BATCH):
        walk(people[first : first + BATCH], guide, kinds, found)
    seconds = time.process_time() - began
    deadly = sum(kinds.deadly[kinds.place[case.truth]] for case in cases)
    print(f"{len(cases)} photos, {deadly} of deadly kinds, {FORAGERS} simulated foragers each, {seconds:.0f} s")
    print(f"next question over {len(kinds.taxa)} kinds: {one_question(cases, kinds):.1f} ms of this process (median)")
    table = [f"| questions | {' | '.join(HEADINGS.values())} |", "|---|" + "--:|" * len(HEADINGS)]
    for asked, counts in found.items():
        shares = [f"{100 * counts[name] / max(1, counts[SHARES[name]]):.1f} %" for name in HEADINGS]
        table.append(f"| {asked} | {' | '.join(shares)} |")
    print("\n".join(table))
    if given.card is not None:
        put_into_card(given.card, len(cases), deadly, table)


def put_into_card(card: Path, photos: int, deadly: int, table: Sequence[str]) -> None:
    """The table as the last section of a model's card, in the place of one that is there."""
    before = card.read_text(encoding="utf-8").partition(f"\n{SECTION}\n")[0].rstrip("\n")
    words = (
        f"**These answers are simulated.** {FORAGERS} made-up foragers answered for each of {photos} photos by people "
        f"who taught it nothing ({deadly} of deadly kinds), as the guide's own tables say that people answer; no "
        "forager took part. It shows what questions could add to this model's doubts, not what they will."
    )
    card.write_text("\n".join([before, "", SECTION, "", words, "", *table, ""]), encoding="utf-8")


SECTION = "## With questions to the hand, simulated"

HEADINGS = {
    "species": "species first",
    "genus": "genus first",
    "deadly_named": "deadly kind named",
    "deadly_alarm": "deadly alarm, deadly kinds",
    "false_alarm": "deadly alarm, others",
    "grown": "alarm grew",
    "uncovered": "wrong names uncovered",
    "shaken": "right names shaken",
}
SHARES = {
    "species": "all",
    "genus": "all",
    "deadly_named": "deadly",
    "deadly_alarm": "deadly",
    "false_alarm": "mild",
    "grown": "all",
    "uncovered": "wrong",
    "shaken": "right",
}


def read_cases(folder: Path, every: int, bundle: Path, guide: Guide) -> list[Case]:
    """What the model says of every `every`th photo whose folder names a species of the guide, asked once."""
    photos = []
    for inside in sorted(folder.iterdir()):
        taxon = guide.resolve(inside.name) if inside.is_dir() else None
        if taxon is not None and taxon.taxon.rank is Rank.SPECIES:
            photos += [(taxon.taxon.name, path) for path in find_photos([inside])]
    photos = photos[::every]
    what = [hashlib.sha256(bundle.read_bytes()).hexdigest(), guide.version, *(str(path) for _, path in photos)]
    digest = hashlib.sha256("\n".join(what).encode()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / f"bench_hands_{digest}.json"
    if not kept.exists():
        identifier = FindIdentifier(Runtime.load(bundle, "cpu"), guide)
        found = identifier.identify([[path] for _, path in photos])
        said = zip(photos, found, strict=True)
        cases = [Case(truth, each.identification) for (truth, _), each in said if each.identification is not None]
        kept.write_bytes(msgspec.json.encode(cases))
    return msgspec.json.decode(kept.read_bytes(), type=list[Case])


def walk(people: Sequence[tuple[Case, int, int]], guide: Guide, kinds: Kinds, found: dict[int, Counter[str]]) -> None:
    """These foragers answer until the last of `QUESTIONS`; what stands first is counted at each of them."""
    priors = {number: prior(kinds, case.said) for case, number, _ in people}
    start = np.stack([priors[number] for _, number, _ in people], axis=1)
    photos = [case.said.alarm for case, _, _ in people]
    it = Walk(
        np.array([kinds.place[case.truth] for case, _, _ in people]),
        photos,
        list(photos),
        start,
        np.zeros(start.shape),
        np.zeros(start.shape),
        np.zeros(start.shape, dtype=bool),
        [set() for _ in people],
        [np.random.default_rng((number, forager)) for _, number, forager in people],
    )
    for count in range(max(QUESTIONS) + 1):
        now, ranked = it.after(it.scores), it.after(it.even)
        for person in np.flatnonzero(it.scores.any(axis=0)):
            it.alarms[person] = raised_alarm(
                it.photos[person], it.alarms[person], kinds, it.start[:, person], now[:, person]
            )
        if count in found:
            tell(it, now, ranked, kinds, found[count])
        gains = expected_gains(kinds, (now + ranked) / 2)
        for person in range(len(people)):
            following = chosen_question(kinds, gains[:, person].tolist(), it.asked[person])
            if following is None:
                continue
            it.asked[person].add(following.question.character)
            seen = answer(following.question.character, int(it.truths[person]), guide, kinds, it.chances[person])
            if seen is not None:
                it.scores[:, person] += kinds.scores((seen,))
                it.even[:, person] += kinds.scores((seen,), even=True)
                it.out[:, person] |= kinds.contradicted((seen,))


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


def tell(it: Walk, now: Floats, ranked: Floats, kinds: Kinds, counts: Counter[str]) -> None:
    """Count what stands first by `ranked`, and what is warned of by `now`, both `[K,N]`."""
    groups = kinds.groups[Rank.GENUS]
    genera = np.zeros((groups.max() + 1, ranked.shape[1]))
    np.add.at(genera, groups, ranked)
    genera[0] = 0
    best, first = ranked.argmax(axis=0), it.start.argmax(axis=0)
    for person, truth in enumerate(it.truths):
        start, after, out = it.start[:, person], now[:, person], it.out[:, person]
        photo, alarm = it.photos[person], it.alarms[person]
        counts["all"] += 1
        counts["species"] += best[person] == truth
        counts["genus"] += genera[:, person].argmax() == groups[truth]
        counts["grown"] += alarm.level.severity > photo.level.severity
        assert alarm.level.severity >= photo.level.severity
        if kinds.deadly[truth]:
            named = staying_deadly(kinds, np.maximum(start, after), after, out, alarm, NAMED_FROM)
            counts["deadly"] += 1
            counts["deadly_named"] += kinds.taxa[truth] in {each.candidate.taxon for each in named}
            counts["deadly_alarm"] += alarm.level is Danger.DEADLY
        else:
            counts["mild"] += 1
            counts["false_alarm"] += alarm.level is Danger.DEADLY
        right = first[person] == truth
        counts["right" if right else "wrong"] += 1
        counts["shaken" if right else "uncovered"] += best[person] != first[person] or bool(out[first[person]])


def one_question(cases: Sequence[Case], kinds: Kinds) -> float:
    """Median time in ms to choose one question for one find, as the window does."""
    return statistics.median(_timed(cases[:200], kinds))


def _timed(cases: Sequence[Case], kinds: Kinds) -> Iterator[float]:
    for case in cases:
        start = prior(kinds, case.said)
        began = time.process_time()
        next_question(kinds, start, set())
        yield 1000 * (time.process_time() - began)


if __name__ == "__main__":
    main()
