"""Which question to ask next: the one that most reduces the expected doubt; parting deadly from the rest counts extra.

Three quick ones come before any that needs a knife, a spade or hours, six unless such a one tells twice as much.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fieldguide.core.guide.characters import Question
from fieldguide.core.hands.kinds import Asked, Kinds, Matrix

DEADLY_COUNTS = 3.0  # a nat of doubt about deadly or not, in nats of doubt about the name
ENOUGH = 0.03  # nats: a question that promises less is not worth a walk around the find
APPLIES = 0.3  # least probability of the kinds of which the character is told at all
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
    told = {*asked, *(IMPLIES[name] for name in asked if name in IMPLIES)}
    open_ = [
        NextQuestion(each.question, effort_of(each.question), gain)
        for name, each in kinds.asked.items()
        if name not in told and (gain := expected_gain(kinds, probabilities, each, photo)) >= ENOUGH
    ]
    best = {
        effort: max((each for each in open_ if each.effort is effort), key=lambda each: each.gain, default=None)
        for effort in Effort
    }
    quick = best[Effort.QUICK]
    slow = max(
        (each for each in (best[Effort.DIG], best[Effort.CUT]) if each), key=lambda each: each.gain, default=None
    )
    done = sum(name in asked for name, each in kinds.asked.items() if effort_of(each.question) is Effort.QUICK)
    if quick is None or slow is None:
        return quick or slow or best[Effort.HOURS]
    if done < QUICK_FIRST:
        return quick
    return slow if slow.gain > quick.gain * (2 if done < QUICK_USUALLY else 1) else quick


def expected_gain(kinds: Kinds, probabilities: Matrix, asked: Asked, photo: bool = True) -> float:
    """How many nats of doubt one answer is expected to take away: mutual information of answer and kind, and of answer
    and deadly-or-not `DEADLY_COUNTS` times; 0 where the character says nothing of what the find could be."""
    if float(probabilities @ asked.told) < APPLIES:
        return 0.0
    marginal = asked.given @ probabilities  # [A]
    of_names = float(probabilities @ asked.order - marginal @ np.log(marginal))
    deadly = probabilities * kinds.deadly
    conditional = np.clip(asked.given @ deadly / marginal, 0.0, 1.0)
    of_danger = float(_doubt(np.array([deadly.sum()]))[0] - marginal @ _doubt(conditional))
    return asked.counts(photo) * (of_names + DEADLY_COUNTS * max(0.0, of_danger))


def _doubt(share: Matrix) -> Matrix:
    """Entropy of yes or no, in nats, element by element."""
    yes = np.clip(share, 1e-12, 1 - 1e-12)
    return np.asarray(-(yes * np.log(yes) + (1 - yes) * np.log(1 - yes)))
