"""Which question to ask next: the one that most reduces the expected doubt; parting deadly from the rest counts extra.

Three quick ones come before any that needs a knife or a spade, six unless such a one tells twice as much; and six
before one that takes hours, which is asked as soon as it tells most: it can wait while the others are answered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fieldguide.core.guide.characters import Question
from fieldguide.core.hands.kinds import Kinds, Matrix

DEADLY_COUNTS = 3.0  # a nat of doubt about deadly or not, in nats of doubt about the name
ENOUGH = 0.03  # nats: a question that promises less is not worth a walk around the find
APPLIES = 0.3  # least probability of the kinds of which the character is known at all
QUICK_FIRST, QUICK_USUALLY = 3, 6
IMPLIES = {"gill_colour": "underside", "gill_attachment": "underside"}  # who tells of gills has turned it over
HOURS = 60.0  # minutes from which on a question waits for another day


class Effort(StrEnum):
    """What a question takes."""

    QUICK = "quick"
    DIG = "dig"
    CUT = "cut"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """The question to ask, and how much (in nats, deadly or not counted extra) it promises."""

    question: Question
    effort: Effort
    gain: float


def effort_of(question: Question) -> Effort:
    """What a question takes, from what the table says that it needs."""
    if question.minutes >= HOURS:
        return Effort.HOURS
    if question.digging:
        return Effort.DIG
    return Effort.CUT if question.needs == "cut" else Effort.QUICK


def next_question(
    kinds: Kinds, probabilities: Matrix, asked: Collection[str], photo: bool = True
) -> NextQuestion | None:
    """The most telling question that was not asked yet; None when no further one would tell much.

    Args:
        kinds: of today's guide. probabilities: `[K]`, after the answers so far.
        asked: characters that were answered, that nobody could tell, or that wait.
        photo: whether a photo has spoken already.
    """
    return chosen_question(kinds, expected_gains(kinds, probabilities, photo).tolist(), asked)


def chosen_question(kinds: Kinds, gains: Sequence[float], asked: Collection[str]) -> NextQuestion | None:
    """The question to ask, by what each of `kinds.asked` promises."""
    answered = {*asked, *(IMPLIES[name] for name in asked if name in IMPLIES)}
    best: dict[Effort, NextQuestion] = {}
    done = 0
    for (name, each), gain in zip(kinds.asked.items(), gains, strict=True):
        effort = effort_of(each.question)
        done += name in asked and effort is Effort.QUICK
        if name not in answered and gain >= ENOUGH and (effort not in best or gain > best[effort].gain):
            best[effort] = NextQuestion(each.question, effort, gain)
    quick = best.get(Effort.QUICK)
    efforts = (Effort.DIG, Effort.CUT, *([Effort.HOURS] if done >= QUICK_USUALLY else []))
    slow = max((best[effort] for effort in efforts if effort in best), key=lambda each: each.gain, default=None)
    if quick is None or slow is None:
        return quick or slow or best.get(Effort.HOURS)
    if done < QUICK_FIRST:
        return quick
    return slow if slow.gain > quick.gain * (2 if done < QUICK_USUALLY else 1) else quick


def expected_gains(kinds: Kinds, probabilities: Matrix, photo: bool = True) -> Matrix:
    """How many nats of doubt one answer to each question of `kinds.asked` is expected to take away: mutual information
    of answer and kind, and of answer and deadly-or-not `DEADLY_COUNTS` times; 0 where a character says nothing of what
    the find could be. `[K]` gives `[Q]`, and `[K,N]`, a column per find, gives `[Q,N]`."""
    asked = kinds.expected
    if not len(asked.starts):
        return np.zeros((0, *probabilities.shape[1:]))
    marginal = asked.given @ probabilities  # [S] or [S,N]
    of_names = asked.order @ probabilities - np.add.reduceat(marginal * np.log(marginal), asked.starts)
    deadly = probabilities[kinds.deadly]
    conditional = asked.of_deadly @ deadly / marginal
    of_danger = _doubt(deadly.sum(axis=0)) - np.add.reduceat(marginal * _doubt(conditional), asked.starts)
    gains = of_names + DEADLY_COUNTS * np.maximum(0.0, of_danger)
    weights = asked.weights[int(photo)]
    if gains.ndim > 1:
        weights = weights[:, None]
    return np.where(asked.known @ probabilities < APPLIES, 0.0, weights * gains)


def _doubt(share: Matrix) -> Matrix:
    """Entropy of yes or no, in nats, element by element."""
    yes = np.clip(share, 1e-12, 1 - 1e-12)
    return np.asarray(-(yes * np.log(yes) + (1 - yes) * np.log(1 - yes)))
