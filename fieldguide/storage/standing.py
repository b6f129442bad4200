"""How dangerous a stored find is by today's guide. Old scores stay as they were; corrected dangers reach them."""

from __future__ import annotations

from fieldguide.core.danger import Danger, worst
from fieldguide.core.guide import Guide
from fieldguide.core.records import Candidate, Identification, Observation
from fieldguide.core.taxonomy import Rank, Taxon

# A candidate of the five below 1 in 20 raises nothing by a correction, unless the prediction set holds it.
PLAUSIBLE = 0.05


def shown_taxon(observation: Observation) -> Taxon | None:
    """What the find is called: the human's label, else the model's verdict, else None."""
    if observation.verified is not None:
        return observation.verified
    return observation.identification.verdict.taxon if observation.identification else None


def taxon_danger(observation: Observation, guide: Guide) -> Danger:
    """Today's danger of what the find is called (the chip beside its name), milder or worse than it once was."""
    taxon = shown_taxon(observation)
    return guide.danger(taxon) if taxon else Danger.UNKNOWN


def current_danger(observation: Observation, guide: Guide) -> Danger:
    """The danger to show for a stored find: the worst of

    - today's danger of what it is called,
    - the alarm of its identification, which only a corrected guide makes milder (a human's label overrules an alarm
      that says no more than *unknown*, never one that names a harm),
    - every plausible candidate of which today's guide says worse than when the model spoke.
    """
    levels = [taxon_danger(observation, guide)]
    said = observation.identification
    if said is not None:
        alarm = _alarm_today(said, guide)
        if alarm.harmful or observation.verified is None:
            levels.append(alarm)
        levels += _made_worse(said, guide)
    return worst(levels)


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
