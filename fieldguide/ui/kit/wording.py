"""An observation in words: what stands on the banner, in the verdict, beside a candidate. No Qt widgets in here.

Dangers are today's guide's; probabilities are those of the day when the model spoke.
"""

from __future__ import annotations

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import dangerous_lookalikes
from fieldguide.core.decision.parting import DeadlyDouble, Parting
from fieldguide.core.decision.standing import PLAUSIBLE, current_danger, is_milder, leading_taxon, machine_danger
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Candidate, Identification, Observation, Reason, Verdict, VerdictKind
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import percent, shown, text
from fieldguide.ui.kit.banner import Alert, Carrier
from fieldguide.ui.kit.naming import name_of, ranked_name

NAMED_CARRIERS = 3  # on the banner; the others are counted
PAPER_LETTERS, PAPER_LINES = 4000, 80  # of a note: about two pages of a report
NAMED_RIVALS = 3  # in the reason of a rolled-up verdict


def alert_of(observation: Observation, guide: Guide) -> Alert:
    """What the danger banner says of an observation that was identified.

    Only a deadly alarm is loud. What the model takes for no fungus at all is one quiet line, unless it is deadly.
    """
    said = observation.identification
    level = current_danger(observation, guide).shown
    headline = alarm_words(level)
    if said is None:
        return Alert(level, headline, "", text("identify.alert_unknown_advice"), brief=_brief(level))
    if has_no_subject(observation) and level is not Danger.DEADLY:
        return Alert(level, text("identify.alert_no_subject", alarm=headline), "", "", quiet=True)
    if not level.harmful:
        mistaken = _mistaken_for(observation, guide)
        kind = "unknown" if level is Danger.UNKNOWN else "caution"
        advice = [mistaken and _brief(level), text(f"identify.alert_{kind}_advice")]
        advice_words = " ".join(filter(None, advice))
        return Alert(
            level, headline, "", advice_words, help_words=text("identify.eaten_it"), brief=mistaken or _brief(level)
        )
    carriers = _carriers(observation, level, guide)
    advice = [text(f"identify.alert_{level.value}_advice")]
    if len(observation.photos) > 1:
        advice.append(text("identify.alert_worst_photo"))
    named = carriers[:NAMED_CARRIERS]
    rest = len(carriers) - len(named)
    return Alert(
        level,
        headline,
        percent(said.alarm.probability) if level is said.alarm.level else "",
        " ".join(advice),
        tuple(named),
        text("identify.alert_more", count=rest) if rest else "",
        text("identify.eaten_it"),
        brief="" if level is Danger.DEADLY else ", ".join(f"{each.first} {each.share}" for each in named),
    )


def alarm_words(level: Danger) -> str:
    """The headline of a danger: "Deadly possible"."""
    kind = level.shown.value if level.harmful or level is Danger.UNKNOWN else Danger.CAUTION.value
    return text(f"identify.alert_{kind}")


def has_no_subject(observation: Observation) -> bool:
    """Whether the model took the photo for one of something else, and nobody named it."""
    said = observation.identification
    return observation.verified is None and said is not None and said.verdict.reason is Reason.NO_SUBJECT


def _brief(level: Danger) -> str:
    return text(f"identify.alert_{'unknown' if level is Danger.UNKNOWN else 'caution'}_brief")


def _mistaken_for(observation: Observation, guide: Guide) -> str:
    """The worst look-alikes of the name that stands first: a mild name is never shown without them."""
    first = leading_taxon(observation)
    if first is None:
        return ""
    names = [name_of(each.taxon, guide) for each in dangerous_lookalikes([first], guide)[:NAMED_RIVALS]]
    listed = ", ".join(name.first for name in names)
    return text("identify.alert_caution_lookalikes", name=name_of(first, guide).first, names=listed) if names else ""


def _carriers(observation: Observation, level: Danger, guide: Guide) -> list[Carrier]:
    """Who carries the danger: the taxa of the alarm, else what only today's guide or the person calls so dangerous.

    Under "deadly" deadly names only; under the other harms whatever is harmful.
    """
    said = observation.identification
    assert said is not None

    def counts(one: Candidate) -> bool:
        today = guide.danger(one.taxon) if guide.record(one.taxon.name) else one.danger
        return today is Danger.DEADLY if level is Danger.DEADLY else today.harmful or one.danger.harmful

    verdict = said.verdict
    wide = [Candidate(verdict.taxon, verdict.probability, level)] if verdict.taxon is not None else []
    others = [one for one in (*wide, *said.candidates) if one.probability >= PLAUSIBLE and counts(one)]
    by_taxon = {one.taxon: one for one in ([one for one in said.alarm.taxa if counts(one)] or others)}
    carriers = [_carrier(taxon, percent(one.probability), guide) for taxon, one in by_taxon.items()]
    named = observation.verified
    if named is not None and guide.danger(named) is level and named not in by_taxon:
        carriers.insert(0, _carrier(named, text("identify.alert_by_you"), guide))
    return carriers


def _carrier(taxon: Taxon, share: str, guide: Guide) -> Carrier:
    return Carrier(name_of(taxon, guide).common, ranked_name(taxon), share)


def machine_words(observation: Observation, guide: Guide) -> str:
    """What the machine warns of beside a milder name that a person gave: "Machine: Deadly"; else, and where the hand
    found worse, empty.
    """
    machine = machine_danger(observation.identification, guide)
    worse = danger_today(observation, guide).severity > machine.severity
    if worse or not is_milder(observation.verified, observation.identification, guide):
        return ""
    return text("ui.machine_danger", danger=text(f"ui.danger_{machine.shown.value}"))


def named_words(observation: Observation, guide: Guide) -> str:
    """That a person named it, with the machine's alarm beside a milder name; empty without a name."""
    if observation.verified is None:
        return ""
    name = name_of(observation.verified, guide).first
    if is_milder(observation.verified, observation.identification, guide):
        alarm = alarm_words(machine_danger(observation.identification, guide))
        return text("identify.named_beside", name=name, alarm=alarm)
    return text("identify.named_by_you", name=name)


def verdict_words(verdict: Verdict, guide: Guide) -> str:
    """The verdict as a headline."""
    if verdict.taxon is None:
        return text("identify.verdict_unknown")
    name = name_of(verdict.taxon, guide)
    if verdict.kind is VerdictKind.SPECIES:
        return text("identify.verdict_species", name=name.first)
    return text(f"identify.verdict_{verdict.kind.value}", name=verdict.taxon.name)


def on_paper(words: str) -> str:
    """What a person wrote, cut where it would fill pages, which is then said; no sign in it turns others round."""
    lines = words[:PAPER_LETTERS].splitlines()
    kept = "\n".join(shown(line) for line in lines[:PAPER_LINES])
    is_whole = len(words) <= PAPER_LETTERS and len(lines) <= PAPER_LINES
    return kept if is_whole else f"{kept} … {text('storage.report_cut')}"


def short_verdict(observation: Observation, guide: Guide) -> str:
    """The verdict in a list: a person's own name for the find comes first."""
    if observation.verified is not None:
        name = name_of(observation.verified, guide).first
        milder = is_milder(observation.verified, observation.identification, guide)
        return text("identify.named_short", name=name) if milder else name
    if observation.identification is None:
        return text("identify.verdict_unknown")
    taxon = observation.identification.verdict.taxon
    if taxon is None:
        return text("identify.verdict_unknown")
    return text("identify.verdict_short", name=name_of(taxon, guide).common or ranked_name(taxon))


def guess_words(observation: Observation, guide: Guide) -> str:
    """The best guess under an unknown verdict, small, with what speaks against it; empty elsewhere."""
    said, guess = observation.identification, leading_taxon(observation)
    if observation.verified is not None or said is None or said.verdict.taxon is not None or guess is None:
        return ""
    share = text("identify.guess", name=name_of(guess, guide).first, percent=percent(said.candidates[0].probability))
    return f"{share}, {text(f'identify.guess_reason_{said.verdict.reason.value}')}"


def parting_words(double: DeadlyDouble, guide: Guide) -> str:
    """The one check that parts a mild name from its deadly look-alike, and that its silence proves nothing."""
    check = text(f"danger.part_{double.check.value}", name=name_of(double.deadly[0].taxon, guide).first)
    return check if double.check is Parting.NO_CHECK else f"{check} {text('danger.part_limit')}"


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
    return text(key, count=len(said.plausible))


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


def time_left(seconds: float) -> str:
    """A time left as people say it."""
    if seconds < 60:
        return text(
            "identify.left_seconds", count=max(1, round(seconds / 5) * 5) if seconds > 5 else round(seconds) or 1
        )
    if seconds < 3600:
        return text("identify.left_minutes", count=round(seconds / 60))
    return text("identify.left_hours", count=f"{seconds / 3600:.1f}")
