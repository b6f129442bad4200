"""An observation in words: what stands on the banner, in the verdict, beside a candidate. No Qt widgets in here.

Dangers are today's guide's; probabilities are those of the day when the model spoke.
"""

from __future__ import annotations

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import dangerous_lookalikes
from fieldguide.core.decision.standing import PLAUSIBLE, current_danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Candidate, Identification, Observation, Reason, Verdict, VerdictKind
from fieldguide.core.text import text
from fieldguide.ui.kit.banner import Alert, Carrier
from fieldguide.ui.kit.bar import percent
from fieldguide.ui.kit.naming import name_of, ranked_name

NAMED_CARRIERS = 3  # on the banner; the others are counted
NAMED_RIVALS = 3  # in the reason of a rolled-up verdict


def alert_of(observation: Observation, guide: Guide) -> Alert:
    """What the danger banner says of an observation that was identified."""
    said = observation.identification
    if said is None:
        return Alert(Danger.UNKNOWN, text("identify.alert_unknown"), "", text("identify.alert_unknown_advice"))
    level = current_danger(observation, guide).told
    alarm = said.alarm
    if not level.harmful:
        kind = "unknown" if level is Danger.UNKNOWN else "caution"
        advice = text(f"identify.alert_{kind}_advice", percent=percent(alarm.harmful))
        if level is not Danger.UNKNOWN:
            advice = f"{advice} {_mistaken_for(said, guide)}".strip()
        return Alert(level, text(f"identify.alert_{kind}"), "", advice, help_words=text("identify.eaten_it"))
    carriers = _carriers(said, level, guide)
    advice = text(f"identify.alert_{level.value}_advice")
    if len(observation.photos) > 1:
        advice = f"{advice} {text('identify.alert_worst_photo')}"
    named = carriers[:NAMED_CARRIERS]
    rest = len(carriers) - len(named)
    return Alert(
        level,
        text(f"identify.alert_{level.value}"),
        percent(alarm.probability) if level is alarm.level else "",
        advice,
        tuple(_carrier(one, guide) for one in named),
        text("identify.alert_more", count=rest) if rest else "",
        text("identify.eaten_it"),
    )


def _mistaken_for(said: Identification, guide: Guide) -> str:
    """The worst look-alikes of what stands first: a mild name is never shown without them."""
    first = said.candidates[0].taxon
    names = [name_of(each.taxon, guide) for each in dangerous_lookalikes([first], guide)[:NAMED_RIVALS]]
    told = ", ".join(name.first for name in names)
    return text("identify.alert_caution_lookalikes", name=name_of(first, guide).first, names=told) if names else ""


def _carriers(said: Identification, level: Danger, guide: Guide) -> list[Candidate]:
    """Who carries the danger: the taxa of the alarm, or what only today's guide calls so dangerous."""
    carriers = [one for one in said.alarm.taxa if guide.danger(one.taxon).harmful or one.danger.harmful]
    if carriers:
        return carriers
    verdict = said.verdict
    wide = [Candidate(verdict.taxon, verdict.probability, level)] if verdict.taxon is not None else []
    told = {one.taxon: one for one in (*wide, *said.candidates) if one.probability >= PLAUSIBLE}
    return [one for one in told.values() if guide.danger(one.taxon).told is level]


def _carrier(candidate: Candidate, guide: Guide) -> Carrier:
    name = name_of(candidate.taxon, guide)
    return Carrier(name.common, ranked_name(candidate.taxon), percent(candidate.probability))


def verdict_words(verdict: Verdict, guide: Guide) -> str:
    """The verdict as a headline."""
    if verdict.taxon is None:
        return text("identify.verdict_unknown")
    name = name_of(verdict.taxon, guide)
    if verdict.kind is VerdictKind.SPECIES:
        return text("identify.verdict_species", name=name.first)
    return text(f"identify.verdict_{verdict.kind.value}", name=verdict.taxon.name)


def short_verdict(observation: Observation, guide: Guide) -> str:
    """The verdict in a list: a person's own name for the find comes first."""
    if observation.verified is not None:
        return name_of(observation.verified, guide).first
    if observation.identification is None:
        return text("identify.verdict_unknown")
    taxon = observation.identification.verdict.taxon
    if taxon is None:
        return text("identify.verdict_unknown")
    return text("identify.verdict_short", name=name_of(taxon, guide).common or ranked_name(taxon))


def reason_words(said: Identification, guide: Guide) -> str:
    """Why the verdict stands at its rank."""
    verdict = said.verdict
    name = verdict.taxon.name if verdict.taxon else ""
    rivals = _rivals(said, guide)
    key = f"identify.reason_{verdict.reason.value}"
    if verdict.reason in (Reason.SPECIES_TOO_CLOSE, Reason.GENERA_TOO_CLOSE) and len(rivals) < 2:
        key += "_plain"
    return text(key, name=name, rivals=", ".join(rivals), percent=percent(verdict.probability))


def _rivals(said: Identification, guide: Guide) -> list[str]:
    taxon = said.verdict.taxon
    if taxon is None:
        return []
    inside = [one.taxon for one in said.candidates if one.taxon.at(taxon.rank) == taxon.name and one.taxon != taxon]
    return [name_of(one, guide).first for one in inside[:NAMED_RIVALS]]


def set_words(said: Identification) -> str:
    """The prediction set as a sentence; empty when the model promises none, and for what looks like something else:
    the promise holds for photos like those that it was measured with.
    """
    strange = said.verdict.reason in (Reason.NO_SUBJECT, Reason.UNLIKE_TRAINING)
    if said.coverage is None or not said.plausible or strange:
        return ""
    key = "identify.set_one" if len(said.plausible) == 1 else "identify.set_many"
    held = said.coverage
    return text(key, count=len(said.plausible), percent=percent(held), missed=percent(1 - held))


def spoken_candidate(place: int, candidate: Candidate, guide: Guide, danger_word: str) -> str:
    """A candidate as a screen reader says it; `place` counts from 1."""
    name = name_of(candidate.taxon, guide)
    return text(
        "identify.candidate_spoken",
        place=place,
        name=name.first,
        scientific=name.scientific,
        percent=percent(candidate.probability),
        danger=danger_word,
    )
