"""A hand's opinion in sentences that the window and the command line share.

None says that a check takes a danger away: an answer speaks for or against names, and deadly kinds stay possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fieldguide.core.guide import Guide
from fieldguide.core.guide.characters import SIZE, Characters, first_check
from fieldguide.core.hands.answers import Seen
from fieldguide.core.hands.opinion import Effect, HandOpinion
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text

MOST_DEADLY = 12  # names in one sentence


def character_name(character: str) -> str:
    """A character as it is called in the language in use."""
    return text(f"characters.{character}")


def value_name(character: str, value: str) -> str:
    """One of its values."""
    return text(f"characters.{character}_{value}")


def states_words(characters: Characters, character: str) -> str:
    """Everything to be expected of one character, joined by commas, or by semicolons where a state has a comma or a
    colon of its own; empty when not known. A size as its range; what is known of the whole genus only says so."""
    if character == SIZE and characters.size_cm is not None:
        first, last = (f"{number:g}" for number in characters.size_cm)
        return text("characters.size_range", first=first, last=last)
    names = [value_name(character, value) for value in characters.states(character)]
    states = ("; " if any(sign in name for name in names for sign in ",:") else ", ").join(names)
    return text("characters.varies", states=states) if character in characters.wide else states


def check_words(own: Characters, other: Characters, name: str) -> str:
    """What to check first where a kind could be another, `name`: "Stem base: in a sac: then it can be ..."."""
    check = first_check(own, other)
    if check is None:
        return text("guide.check_none")
    return text("guide.check_means", name=name, answer=answer_words(Seen(*check)))


def ground_words(characters: Characters, name: str, guide: Guide) -> list[str]:
    """Whose characters these are when not those of `name`, how well they are known, and whether any text was read."""
    found = [text("characters.inherited", name=characters.name)] if characters.name != name else []
    read = sum(guide.sources[key].was_read for key in characters.sources if key in guide.sources)
    known = text(f"characters.certainty_{characters.certainty}")
    rests = (
        text("characters.partly_read", count=read, all=len(characters.sources)) if read else text("characters.recalled")
    )
    return [*found, f"{known} {rests}"]


def answer_words(seen: Seen) -> str:
    """One answer: "Gill colour: white"; one that nobody could give, or that waits, says so."""
    values = f" {text('hands.or')} ".join(value_name(seen.character, value) for value in seen.values)
    if not seen.values:
        values = text("hands.later") if seen.waits else text("hands.cannot_tell")
    return text("hands.answer", character=character_name(seen.character), values=values)


def effect_words(effect: Effect, call: Callable[[Taxon], str]) -> str:
    """What one answer did: "Gill colour: white. It speaks against Agaricus." `call` names a taxon."""
    answer = answer_words(effect.seen)
    names, others = (_joined(taxa, call) for taxa in (effect.speaks_for, effect.speaks_against))
    if names and others:
        return text("hands.speaks_both", answer=answer, names=names, others=others)
    if names or others:
        return text(f"hands.speaks_{'for' if names else 'against'}", answer=answer, names=names or others)
    return text("hands.speaks_little", answer=answer)


def danger_words(opinion: HandOpinion, call: Callable[[Taxon], str]) -> list[str]:
    """The deadly kinds that stay named, those that an answer does not fit apart."""
    found = []
    for fits, key in ((True, "hands.deadly"), (False, "hands.deadly_unfit")):
        taxa = [each.candidate.taxon for each in opinion.deadly if each.fits is fits]
        if taxa:
            found.append(text(key, names=_joined(taxa, call, MOST_DEADLY)))
    return found


def notes(opinion: HandOpinion, call: Callable[[Taxon], str]) -> list[str]:
    """Everything else that has to be said below the names, the gravest first."""
    found = []
    if opinion.contradicts:
        found.append(text("hands.contradicts"))
        if opinion.fits:
            found.append(text("hands.fits", names=_joined([each.taxon for each in opinion.fits], call)))
    if opinion.effects and not opinion.fits:
        found.append(text("hands.fits_none"))
    if opinion.ignored:
        found.append(text("hands.ignored"))
    if opinion.unnamed and opinion.effects:
        found.append(text("hands.unnamed", names=_joined(opinion.unnamed, call)))
    return found


def waiting_words(character: str) -> str:
    """That a question waits for its answer."""
    return text("hands.waits", question=text(f"characters.ask_{character}"))


def _joined(taxa: Iterable[Taxon], call: Callable[[Taxon], str], most: int = 0) -> str:
    names = list(dict.fromkeys(call(taxon) for taxon in taxa))
    shown = names[:most] if most else names
    return ", ".join(shown) + (f" ... (+{len(names) - len(shown)})" if len(names) > len(shown) else "")
