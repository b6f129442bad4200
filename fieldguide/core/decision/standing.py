"""What a find stands for: what it is called, and how dangerous it is to be shown.

A name that a person gives may add a danger and never takes one away: what is shown is the worst of what the machine
warned of and what the person named. Old scores stay as they were; corrected dangers of the guide reach them.
"""

from __future__ import annotations

from fieldguide.core.danger import Danger, worst
from fieldguide.core.guide import Guide
from fieldguide.core.records import Candidate, Identification, Observation, Reason
from fieldguide.core.taxonomy import Rank, Taxon

# A candidate of the five below 1 in 20 raises nothing by a correction and is compared with nothing, unless the
# prediction set holds it.
PLAUSIBLE = 0.05


def shown_taxon(observation: Observation) -> Taxon | None:
    """What the find is called: the human's label, else the model's verdict, else None."""
    if observation.verified is not None:
        return observation.verified
    return observation.identification.verdict.taxon if observation.identification else None


def leading_taxon(observation: Observation) -> Taxon | None:
    """The name that a reader takes away: what the find is called, else the best guess under an unknown verdict.

    None when nothing was said, or what was said is that this looks like a photo of something else.
    """
    said = observation.identification
    named = shown_taxon(observation)
    if named is not None or said is None or said.verdict.reason is Reason.NO_SUBJECT or not said.candidates:
        return named
    return said.candidates[0].taxon


def taxon_danger(observation: Observation, guide: Guide) -> Danger:
    """Today's danger of what the find is called (the chip beside its name), milder or worse than it once was."""
    taxon = shown_taxon(observation)
    return guide.danger(taxon) if taxon else Danger.UNKNOWN


def machine_danger(said: Identification | None, guide: Guide) -> Danger:
    """What the machine warned of, as it is to be shown today: the worst of

    - today's danger of its verdict (*unknown* when it names nothing, or nothing was said),
    - its alarm, which only a corrected guide makes milder,
    - every plausible candidate of which today's guide says worse than when the model spoke.
    """
    if said is None:
        return Danger.UNKNOWN
    taxon = said.verdict.taxon
    verdict = guide.danger(taxon) if taxon else Danger.UNKNOWN
    return worst([verdict, _alarm_today(said, guide), *_made_worse(said, guide)])


def current_danger(observation: Observation, guide: Guide) -> Danger:
    """The danger to show for a find: the worst of what the machine warned of and of what a person named it."""
    machine = machine_danger(observation.identification, guide)
    return machine if observation.verified is None else worst((machine, guide.danger(observation.verified)))


def is_milder(taxon: Taxon | None, said: Identification | None, guide: Guide) -> bool:
    """Whether this name for a find is milder than a harm that the machine warned of: the warning stays beside it."""
    machine = machine_danger(said, guide)
    return taxon is not None and machine.harmful and guide.danger(taxon).severity < machine.severity


def plausible_taxa(said: Identification) -> list[Taxon]:
    """What is worth comparing with: the candidates of some weight, then the rest of the prediction set."""
    likely = [one.taxon for place, one in enumerate(said.candidates) if place == 0 or one.probability >= PLAUSIBLE]
    return list(dict.fromkeys([*likely, *(one.taxon for one in said.plausible)]))


def _alarm_today(said: Identification, guide: Guide) -> Danger:
    """The stored level, unless the guide was corrected and now says milder of every taxon that carried it."""
    alarm = said.alarm
    if said.guide_version == guide.version or not alarm.taxa:
        return alarm.level
    then = worst(candidate.danger for candidate in alarm.taxa)
    today = worst(_today(candidate, guide) for candidate in alarm.taxa)
    corrected = today.severity < then.severity and today.severity < alarm.level.severity
    return today if corrected else alarm.level


def _made_worse(said: Identification, guide: Guide) -> list[Danger]:
    if said.guide_version == guide.version:
        return []
    counted = [*said.alarm.taxa, *said.plausible, *(one for one in said.candidates if one.probability >= PLAUSIBLE)]
    today = ((_today(one, guide), one.danger) for one in counted)
    return [level for level, then in today if level.severity > then.severity]


def _today(candidate: Candidate, guide: Guide) -> Danger:
    """Today's danger of a candidate. A genus or family counts with its worst species; a taxon that today's guide
    does not have keeps the danger that it had.
    """
    taxon = candidate.taxon
    if guide.record(taxon.name) is None:
        return candidate.danger
    level = guide.danger(taxon)
    if taxon.rank is Rank.SPECIES:
        return level
    below = (record.danger for record in guide.records.values() if record.taxon.at(taxon.rank) == taxon.name)
    return worst((level, *below))
