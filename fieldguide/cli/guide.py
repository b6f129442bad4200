"""`fieldguide guide`: one kind with its danger and characters, or the kinds that fit what somebody sees."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from fieldguide.cli.document import hand_document
from fieldguide.cli.identify import READ, print_json
from fieldguide.cli.table import Table
from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, TaxonRecord, load_guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.guide.search import Wanted, index_of
from fieldguide.core.hands import Seen, hear_hand
from fieldguide.core.hands.kinds import kinds_of
from fieldguide.core.hands.wording import answer_words, character_name, ground_words, states_words
from fieldguide.core.text import language, text

LISTED = 20
NAMED = 5


def look_up(name: str, seen: Sequence[Seen], *, as_json: bool) -> int:
    """Print the kind of that name, or the kinds that fit `seen`, among those of the name when there is one too.

    Raises:
        FieldGuideError: KIND_UNKNOWN with `word` and, in `near`, what it could mean.
    """
    guide = load_guide()
    records = _named(name, guide) if name else list(guide.records.values())
    if seen:
        _list_fitting(records, seen, guide, as_json=as_json)
    elif as_json:
        print_json({"guide": {"version": guide.version}, "kinds": [_document(record, guide) for record in records]})
    else:
        _show(records[0], guide)
        table = Table(sys.stdout, guide)
        if len(records) > 1:
            table.add_sentence(text("cli.perhaps", names=", ".join(_called(each) for each in records[1 : 1 + NAMED])))
        table.add_sentence(text("cli.guess"))
    return READ


def _named(name: str, guide: Guide) -> list[TaxonRecord]:
    found = guide.resolve(name)
    hits = [hit.record for hit in index_of(guide).find(Wanted(name))]
    first = [guide.records[found.taxon.name]] if found is not None else []
    records = [*first, *(record for record in hits if record not in first)]
    if not records:
        for centre in index_of(guide).centres(name):
            print(f"{centre.name}: {centre.phone}")
        raise FieldGuideError(ErrorCode.KIND_UNKNOWN, word=name)
    return records


def _list_fitting(records: Sequence[TaxonRecord], seen: Sequence[Seen], guide: Guide, *, as_json: bool) -> None:
    """Kinds that every answer fits, the likeliest first; every deadly one among them is named, however unlikely."""
    kinds, counted = kinds_of(guide), tuple(each for each in seen if each.counts)
    fits = kinds.fitting(counted)
    places = [place for place in (kinds.place[record.taxon.name] for record in records) if fits[place]]
    scores = kinds.scores(counted, photo=False)
    order = sorted(places, key=lambda place: -scores[place])
    fitting = [guide.records[kinds.taxa[place].name] for place in order]
    deadly = [record for record in fitting[LISTED:] if record.danger is Danger.DEADLY]
    opinion = hear_hand(None, seen, guide)
    if as_json:
        document = {key: value for key, value in hand_document(opinion, seen, guide).items() if key != "hand"}
        listed = [_document(record, guide) for record in fitting]
        print_json({"guide": {"version": guide.version}, **document, "kinds": listed})
        return
    table = Table(sys.stdout, guide)
    table.add_sentence(". ".join(answer_words(each) for each in seen) + ".")
    table.add_sentence(_count_words(len(fitting), len(records) < len(guide.records)))
    for record in fitting[:LISTED]:
        print(f"   {_called(record):56}  {text(f'ui.danger_{record.danger.shown.value}')}")
    if any(not each.counts and each.values for each in seen):
        table.add_sentence(f"{text('hands.ignored')} {text('cli.dig_it')}")
    if deadly:
        names = ", ".join(_called(record) for record in deadly)
        table.add_sentence(text("cli.deadly_too", count=len(deadly), names=names))
    if opinion.next is not None:
        table.add_sentence(f"{text('hands.next')}: {text(f'characters.ask_{opinion.next.question.character}')}")
    table.add_sentence(text("cli.guess"))


def _count_words(count: int, named: bool) -> str:
    if count:
        return text("cli.kinds_fit", count=count)
    return text("cli.none_named_fits" if named else "hands.fits_none")


def _show(record: TaxonRecord, guide: Guide) -> None:
    table = Table(sys.stdout, guide)
    table.add_kind(_called(record), record.danger)
    characters = guide.characters_of(record.taxon.name)
    if characters is None:
        print(text("characters.none_told"))
        return
    for character in CHARACTERS:
        words = states_words(characters, character)
        if words:
            table.add_fact(character_name(character), words)
    for sentence in (characters.caveat, *ground_words(characters, record.taxon.name, guide)):
        table.add_sentence(sentence)


def _document(record: TaxonRecord, guide: Guide) -> dict[str, Any]:
    characters = guide.characters_of(record.taxon.name)
    return {
        "scientific_name": record.taxon.name,
        "taxon_rank": record.taxon.rank.value,
        "common_name": record.common_name(language()),
        "danger": record.danger.shown.value,
        "characters": {name: list(states) for name in CHARACTERS if characters and (states := characters.states(name))},
        "characters_of": characters.name if characters else None,
        "varies_in_genus": sorted(characters.wide) if characters else [],
        "certainty": characters.certainty if characters else None,
        "caveat": characters.caveat if characters else "",
    }


def _called(record: TaxonRecord) -> str:
    common = record.common_name(language())
    return f"{common[:1].upper()}{common[1:]} ({record.taxon.name})" if common else record.taxon.name
