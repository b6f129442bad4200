"""What a hand finds after a photo: answers that re-weigh names and raise alarms, and the question to ask next.

Pure: an identification and answers in, an opinion out. What a person says never lowers what the machine warned of.
"""

from fieldguide.core.hands.answers import Seen, read_seen
from fieldguide.core.hands.asking import Effort, NextQuestion, effort_of
from fieldguide.core.hands.opinion import HandOpinion, danger_today, hear_find, hear_hand, heard

__all__ = [
    "Effort",
    "HandOpinion",
    "NextQuestion",
    "Seen",
    "danger_today",
    "effort_of",
    "hear_find",
    "hear_hand",
    "heard",
    "read_seen",
]
