"""What the sheet is about, gathered: the plausible taxa, their syndromes, whom to call. No widgets in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import dangerous_lookalikes
from fieldguide.core.guide import Guide, PoisonCentre, Syndrome, TaxonRecord
from fieldguide.core.guide.emergency import EmergencyNumber, shipped_numbers
from fieldguide.core.hands import hear_find
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import text
from fieldguide.ui.kit.naming import is_late

WIDELY = "112"  # answers in the European Union and on most mobile networks elsewhere
MOST_LOOKALIKES = 6
MOST_SUSPECTS = 12


@dataclass(frozen=True, slots=True)
class Suspect:
    """A taxon that may have been eaten, today's danger of it, and its probability (None: not from a photo)."""

    taxon: Taxon
    danger: Danger
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """One kind of poisoning that is possible, by the suspects that cause it; onset in hours after the meal."""

    syndrome: Syndrome
    onset_hours: tuple[float, float]
    suspects: tuple[Suspect, ...]

    @property
    def late(self) -> bool:
        """Whether first signs may come only when organs are being damaged already."""
        return is_late(self.onset_hours, self.syndrome)


@dataclass(frozen=True, slots=True)
class Help:
    """Whom to call in a country. `number` is None when no emergency number is known for it."""

    country: str
    centres: tuple[PoisonCentre, ...]
    number: EmergencyNumber | None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that the sheet tells. `find` is None when it was opened from the guide. `milder` courses that only
    suspects below a harm would cause are left out where there are graver ones: whoever treats reads this in a hurry.
    """

    find: Observation | None
    suspects: tuple[Suspect, ...]
    courses: tuple[Course, ...]
    guide_version: str
    milder: int = 0

    @property
    def listed(self) -> tuple[Suspect, ...]:
        """The suspects to list, the worst first: at most `MOST_SUSPECTS`, the model's candidates always among them."""
        said = self.find.identification if self.find is not None else None
        asked = {one.taxon for one in said.candidates} if said is not None else set()
        rest = [suspect for suspect in self.suspects if suspect.taxon not in asked]
        kept = {suspect.taxon for suspect in rest[: max(0, MOST_SUSPECTS - len(asked))]}
        return tuple(suspect for suspect in self.suspects if suspect.taxon in asked or suspect.taxon in kept)


def case_of(find: Observation, guide: Guide) -> Case:
    """The case of a find: its candidates, what carries its alarm, its label, and their dangerous look-alikes."""
    said = find.identification
    mentioned = [*said.alarm.taxa, *said.candidates, *said.plausible] if said is not None else []
    if any(each.counts for each in find.seen):  # what the hand found names kinds too
        opinion = hear_find(find, guide)
        mentioned += [*opinion.alarm.taxa, *opinion.names, *(each.candidate for each in opinion.deadly)]
    found: dict[str, Suspect] = {}
    if find.verified is not None:
        found[find.verified.name] = Suspect(find.verified, guide.danger(find.verified))
    for one in mentioned:
        found.setdefault(one.taxon.name, Suspect(one.taxon, guide.danger(one.taxon), one.probability))
    alike = dangerous_lookalikes([suspect.taxon for suspect in found.values()], guide)[:MOST_LOOKALIKES]
    for other in alike:
        found.setdefault(other.taxon.name, Suspect(other.taxon, other.danger))
    return _case(find, list(found.values()), guide)


def case_of_taxon(record: TaxonRecord, guide: Guide) -> Case:
    """The case of a taxon of the guide, with its dangerous look-alikes."""
    alike = dangerous_lookalikes((record.taxon,), guide)[:MOST_LOOKALIKES]
    suspects = [Suspect(record.taxon, record.danger), *(Suspect(other.taxon, other.danger) for other in alike)]
    return _case(None, suspects, guide)


def empty_case(guide: Guide) -> Case:
    """The sheet without a find: somebody ate something, and there is no photo."""
    return Case(None, (), (), guide.version)


def help_in(country: str, guide: Guide) -> Help:
    """Whom to call in a country (ISO 3166-1 alpha-2 code; empty: not known)."""
    centres = tuple(centre for centre in guide.centres if centre.country == country)
    return Help(country, centres, shipped_numbers().get(country))


def countries(guide: Guide) -> list[str]:
    """Codes of all countries with a poison centre or an emergency number."""
    return sorted({centre.country for centre in guide.centres} | set(shipped_numbers()))


def likely_country(chosen: str) -> str:
    """The country that was chosen in Settings, else that of this computer; empty when neither tells."""
    return chosen or QLocale.territoryToCode(QLocale.system().territory())


def phone_words(phone: str) -> str:
    """A number as the guide writes it, the few English words beside it in the reader's language."""
    abroad = phone.replace("from abroad", text("poison.from_abroad"))
    return abroad.replace("(or ", f"({text('hands.or')} ").replace(" or ", f" {text('hands.or')} ")


def hours_words(centre: PoisonCentre) -> str:
    """When somebody answers there."""
    known = {"24/7": "poison.hours_always", "office hours": "poison.hours_office"}
    return text(known[centre.hours]) if centre.hours in known else centre.hours


def verified_words(centre: PoisonCentre) -> str:
    """On what kind of page the number was read; behind a semicolon the guide may tell which, and on what day."""
    kind = "official" if centre.verified.startswith("official") else "secondary"
    where = centre.verified.partition(";")[2].strip()
    return text(f"poison.verified_{kind}_at", where=where) if where else text(f"poison.verified_{kind}")


def _case(find: Observation | None, suspects: Sequence[Suspect], guide: Guide) -> Case:
    ordered = sorted(suspects, key=lambda each: (-each.danger.shown.severity, -(each.probability or 0.0)))
    courses = _courses(ordered, guide)
    grave = [course for course in courses if any(suspect.danger.harmful for suspect in course.suspects)]
    return Case(find, tuple(ordered), tuple(grave or courses), guide.version, len(courses) - len(grave or courses))


def _courses(suspects: Sequence[Suspect], guide: Guide) -> list[Course]:
    """The syndromes of the suspects: the gravest first, of these what is most probable, then what comes latest. A genus
    brings those of its harmful species.
    """
    causes: dict[str, list[tuple[Suspect, tuple[float, float] | None]]] = {}
    for suspect in suspects:
        for record in _records(suspect.taxon, guide):
            if record.syndrome in guide.syndromes:
                causes.setdefault(record.syndrome, []).append((suspect, record.onset_hours))
    courses = []
    for key, found in causes.items():
        syndrome = guide.syndromes[key]
        onsets = [onset or syndrome.onset_hours for _, onset in found]
        onset = (min(first for first, _ in onsets), max(last for _, last in onsets))
        courses.append(Course(syndrome, onset, tuple(dict.fromkeys(suspect for suspect, _ in found))))
    return sorted(courses, key=_urgency)


def _urgency(course: Course) -> tuple[float, ...]:
    likely = max(suspect.probability or 0.0 for suspect in course.suspects)
    return -course.syndrome.severity, -likely, -course.onset_hours[1]


def _records(taxon: Taxon, guide: Guide) -> list[TaxonRecord]:
    record = guide.record(taxon.name)
    if taxon.rank is not Rank.GENUS:
        return [record] if record else []
    inside = [each for each in guide.records.values() if each.taxon.genus == taxon.name and each.danger.harmful]
    return [*([record] if record else []), *inside]
