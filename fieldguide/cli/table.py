"""The table of `fieldguide identify`: the danger first, then the verdict in words, then five candidates with bars.

Colour comes only on a terminal, unless NO_COLOR is set, and never alone: every level is a word too.
"""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Mapping
from typing import TextIO

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import dangerous_lookalikes
from fieldguide.core.decision.parting import deadly_double
from fieldguide.core.guide import Guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands import HandOpinion
from fieldguide.core.hands.asking import NextQuestion
from fieldguide.core.hands.wording import danger_words, effect_words, notes, value_name, waiting_words
from fieldguide.core.records import Alarm, Candidate, Identification, ModelReference, Observation, Reason, VerdictKind
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import explain, language, percent, shown, text

BAR = 12  # columns
INDENT = "   "
# SGR codes. No green: nothing near a mushroom may look like a permission.
_COLOURS = {
    Danger.DEADLY: "1;97;41",
    Danger.POISONOUS: "1;31",
    Danger.PSYCHOACTIVE: "1;35",
    Danger.UNKNOWN: "1;33",
    Danger.CAUTION: "33",
    Danger.INEDIBLE: "33",
}
NAMED_LOOKALIKES = 3
_NAME = 27  # columns of a character's name
_BOLD, _DIM = "1", "2"
_RIVALLED = (Reason.SPECIES_TOO_CLOSE, Reason.GENERA_TOO_CLOSE)


class Table:
    """Writes finds to `stream` one after the other; `close` ends it with the sentence that always stands there."""

    def __init__(self, stream: TextIO, guide: Guide, brought: Mapping[str, str] | None = None) -> None:
        """Write to `stream`; names and dangers come from `guide`, common names it has none of from the model's own."""
        self._stream = stream
        self._guide = guide
        self._brought = brought or {}
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._blocks = _can_write("█░▲", stream)
        self._width = max(60, min(110, shutil.get_terminal_size((100, 24)).columns))
        self._finds = self._unread = 0

    def add(self, observation: Observation) -> None:
        """Write one find."""
        self._finds += 1
        self._unread += len(observation.unreadable)
        self._line(self._paint(self._title(observation), _BOLD))
        for unread in observation.unreadable:
            self._wrapped(explain(unread.error))
        said = observation.identification
        if said is None:
            self._line(INDENT + self._paint(text("cli.not_read"), _COLOURS[Danger.UNKNOWN]))
        else:
            self._danger(said.alarm, said.candidates[0].taxon, said.verdict.reason is not Reason.NO_SUBJECT)
            self._verdict(said)
            for place, candidate in enumerate(said.candidates, start=1):
                self._line(self._candidate(place, candidate))
        self._line("")

    def add_kind(self, name: str, danger: Danger) -> None:
        """Write the name of one kind of the guide and its danger."""
        level = danger.shown
        self._line(self._paint(name, _BOLD))
        self._line(INDENT + self._paint(f" {text(f'ui.danger_{level.value}').upper()} ", _COLOURS[level]))

    def add_fact(self, name: str, words: str) -> None:
        """Write a line of a kind: the name of a character, and beside it everything to be expected."""
        first, *rest = textwrap.wrap(words, self._width - len(INDENT) - _NAME)
        self._line(f"{INDENT}{name + ':':{_NAME}}{first}")
        for line in rest:
            self._line(INDENT + " " * _NAME + line)

    def add_sentence(self, sentence: str) -> None:
        """Write a sentence of its own."""
        self._wrapped(sentence, indent="")

    def add_hand(self, opinion: HandOpinion) -> None:
        """Write what the answers did to the find before, and the question that would tell most."""
        if opinion.effects or opinion.ignored or opinion.waiting:
            self._add_answers(opinion)
        if opinion.next is not None:
            self._ask(opinion.next)
        self._line("")

    def _add_answers(self, opinion: HandOpinion) -> None:
        names = self._name
        self._line(INDENT + self._paint(text("hands.after"), _BOLD))
        self._danger(opinion.alarm, opinion.names[0].taxon)
        for sentence in danger_words(opinion, names):
            self._wrapped(sentence)
        for place, candidate in enumerate(opinion.names, start=1):
            self._line(self._candidate(place, candidate))
        effects, waiting = (effect_words(each, names) for each in opinion.effects), map(waiting_words, opinion.waiting)
        for sentence in (*effects, *notes(opinion, names), *waiting):
            self._wrapped(sentence)
        if opinion.ignored:
            self._wrapped(text("cli.dig_it"))

    def _ask(self, following: NextQuestion) -> None:
        character = following.question.character
        self._line(INDENT + self._paint(f"{text('hands.next')}: {text(f'characters.ask_{character}')}", _BOLD))
        self._wrapped(f"{text(f'hands.effort_{following.effort.value}')}. {text(f'characters.how_{character}')}")
        for value in CHARACTERS[character]:
            self._wrapped(f"--seen {character}={value}".ljust(38) + value_name(character, value), indent=2 * INDENT)
        self._wrapped(f"--seen {character}=?".ljust(38) + text("hands.cannot_tell"), indent=2 * INDENT)

    def close(self, model: ModelReference) -> None:
        """End with the count, the model, and what always stands at a result."""
        if self._unread:
            summary = text("cli.summary_some", count=self._finds, failed=self._unread)
        else:
            summary = text("cli.summary_one") if self._finds == 1 else text("cli.summary_all", count=self._finds)
        made_by = text("cli.made_by", model=model.name, version=model.version, guide=self._guide.version)
        self._line(self._paint(f"{summary} {made_by}", _DIM))
        self._wrapped(text("cli.guess"), indent="", style=_BOLD)

    def close_alone(self) -> None:
        """End what came from the hand alone."""
        self._wrapped(text("hands.no_photo"), indent="")
        self._wrapped(text("cli.guess"), indent="", style=_BOLD)

    def _title(self, observation: Observation) -> str:
        paths = [photo.path for photo in observation.photos] + [unread.path for unread in observation.unreadable]
        if len(paths) > 1:
            return text("cli.several_photos", file=shown(str(paths[0])), count=len(paths) - 1)
        return shown(str(paths[0])) if paths else ""

    def _danger(self, alarm: Alarm, first: Taxon, subject: bool = True) -> None:
        """The headline, who carries it, and beside a mild `first` name its dangerous look-alikes.

        `subject`: whether the photo shows anything of the kind.
        """
        level = alarm.level.shown
        kind = level.value if level.harmful or level is Danger.UNKNOWN else Danger.CAUTION.value
        headline = text(f"identify.alert_{kind}").upper()
        if level.harmful:
            headline = f"{headline}  {percent(alarm.probability)}"
        sign = ("▲ " if self._blocks else "! ") if level is not Danger.CAUTION else ""
        self._line(f"{INDENT}{self._paint(f' {sign}{headline} ', _COLOURS[level])}")
        carriers = [f"{self._name(each.taxon)} {percent(each.probability)}" for each in alarm.taxa]
        if carriers:
            self._wrapped(", ".join(carriers))
        if not level.harmful:
            self._wrapped(text(f"identify.alert_{kind}_brief"))
        self._wrapped(text(f"identify.alert_{kind}_advice"))
        alike = dangerous_lookalikes([first], self._guide)[:NAMED_LOOKALIKES]
        if kind == Danger.CAUTION.value and alike:  # a mild name never stands without them
            names = ", ".join(self._name(each.taxon) for each in alike)
            self._wrapped(text("identify.alert_caution_lookalikes", name=self._name(first), names=names))
        double = deadly_double(first, self._guide)
        if double is not None and subject:
            other = self._name(double.deadly[0].taxon)
            self._wrapped(text(f"danger.part_{double.check.value}", name=other), style=_BOLD)

    def _verdict(self, said: Identification) -> None:
        verdict = said.verdict
        name = "" if verdict.taxon is None else verdict.taxon.name
        shown = self._name(verdict.taxon) if verdict.taxon and verdict.kind is VerdictKind.SPECIES else name
        self._line(INDENT + self._paint(text(f"identify.verdict_{verdict.kind.value}", name=shown), _BOLD))
        rivals = [
            self._name(each.taxon)
            for each in said.candidates
            if verdict.taxon and each.taxon != verdict.taxon and each.taxon.at(verdict.taxon.rank) == name
        ]
        key = f"identify.reason_{verdict.reason.value}"
        if verdict.reason in _RIVALLED and len(rivals) < 2:
            key += "_plain"
        facts = {"name": name, "percent": percent(verdict.probability), "rivals": ", ".join(rivals[:3])}
        self._wrapped(text(key, **facts))

    def _candidate(self, place: int, candidate: Candidate) -> str:
        filled = min(BAR, max(1 if candidate.probability > 0 else 0, round(candidate.probability * BAR)))
        full, empty = ("█", "░") if self._blocks else ("#", ".")
        level = candidate.danger.shown
        danger = self._paint(text(f"ui.danger_{level.value}"), _COLOURS[level])
        room = max(20, self._width - len(INDENT) - BAR - 34)
        name = textwrap.shorten(self._name(candidate.taxon), room, placeholder="...").ljust(room)
        bar = full * filled + empty * (BAR - filled)
        return f"{INDENT}{place}  {bar} {percent(candidate.probability):>6}  {name}  {danger}"

    def _name(self, taxon: Taxon) -> str:
        """Common name first, then the scientific one; genera and families say that they are."""
        record = self._guide.record(taxon.name)
        common = (record.common_name(language()) if record else "") or self._brought.get(taxon.name, "")
        wide = taxon.rank in (Rank.GENUS, Rank.FAMILY)
        scientific = text(f"names.rank_{taxon.rank.value}", name=taxon.name) if wide else taxon.name
        return f"{common[:1].upper()}{common[1:]} ({taxon.name})" if common and not wide else scientific

    def _wrapped(self, sentence: str, indent: str = INDENT, style: str = "") -> None:
        for line in textwrap.wrap(sentence, self._width - len(indent)):
            self._line(indent + self._paint(line, style))

    def _paint(self, words: str, style: str) -> str:
        return f"\x1b[{style}m{words}\x1b[0m" if self._coloured and style else words

    def _line(self, words: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        print(words.encode(encoding, "replace").decode(encoding), file=self._stream)


def _can_write(characters: str, stream: TextIO) -> bool:
    try:
        characters.encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
