"""From a list of names to folders of openly licensed photos with their attribution; can be stopped and run again.

    name -> taxon (exact, or named and left out) -> popular enough? -> media page by page -> licence -> download

What there is already is never asked for again: `attribution.csv` says which photos, `not_taken.csv` which addresses
failed for good.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import requests

from fieldguide.core.atomic import append_whole, write_whole, written_text
from fieldguide.core.text import text
from trainer.data.collect.attribution import (
    ATTRIBUTION,
    Attribution,
    append_attribution,
    read_attributions,
    write_attributions,
)
from trainer.data.collect.download import PASSING, PhotoNotTakenError, Trouble, download
from trainer.data.collect.gbif import BASE_URL, Gbif, Match, Media, Pace, open_session
from trainer.data.collect.licences import Licence
from trainer.data.rows import text_of
from trainer.progress import Progress

NOT_TAKEN = "not_taken.csv"
_IN_A_ROW = 3  # photos of one host that fail one after the other: then the host is dead, or not worth a wait


@dataclass(frozen=True, slots=True)
class CollectConfig:
    """What to collect. `names` are scientific names of any rank; `rate` is in requests per second and host."""

    names: tuple[str, ...]
    out: Path
    licences: frozenset[Licence] = frozenset({Licence.CC0, Licence.CC_BY, Licence.CC_BY_SA, Licence.CC_BY_NC})
    per_species: int = 100
    per_observation: int = 5
    min_occurrences: int = 0
    kingdom: str = ""
    rate: float = 1.0
    max_megabytes: int = 25
    base_url: str = BASE_URL


class Fate(StrEnum):
    """What became of a name."""

    COLLECTED = "collected"  # as many photos as were asked for, or all there are
    NO_PHOTO = "no_photo"  # of `detail` photos none could be taken
    NOT_FOUND = "not_found"
    SEVERAL_TAXA = "several_taxa"  # one name, several taxa: the kingdom is to be given
    SPELLED_OTHERWISE = "spelled_otherwise"  # `detail` is the backbone's spelling: correct the list
    ONLY_WIDER = "only_wider"  # the backbone knows only its genus or family
    SAME_TAXON = "same_taxon"  # as `detail`, which came earlier in the list
    UNPOPULAR = "unpopular"  # fewer occurrences than asked for


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of `species.csv`. `taxon_key` is GBIF's (0: none); `photos` counts those of earlier runs too."""

    name: str
    fate: Fate
    detail: str = ""
    taxon_key: int = 0
    occurrences: int = 0
    photos: int = 0


@dataclass(slots=True)
class _Shelf:
    """What is there already; grows while collecting."""

    out: Path
    urls: set[str] = field(default_factory=set)
    of_label: Counter[str] = field(default_factory=Counter)
    of_observation: Counter[str] = field(default_factory=Counter)

    def add(self, row: Attribution) -> None:
        self.urls.add(row.url)
        self.of_label[row.label] += 1
        self.of_observation[row.observation] += 1


@dataclass(frozen=True, slots=True)
class _Work:
    """Everything that one collection works with."""

    config: CollectConfig
    session: requests.Session
    pace: Pace
    gbif: Gbif
    shelf: _Shelf
    progress: Progress
    hasty: requests.Session  # asks once: for hosts that failed before
    failed: Counter[str] = field(default_factory=Counter)  # photos in a row that a host did not give
    dead: set[str] = field(default_factory=set)  # hosts that do not answer at all
    name_of: dict[int, str] = field(default_factory=dict)


def collect(config: CollectConfig, session: requests.Session, pace: Pace, progress: Progress) -> list[Outcome]:
    """Collect every name of the list; writes `species.csv` after each.

    Raises:
        FieldGuideError: SOURCE_UNREACHABLE when GBIF cannot be reached: run it again later, it goes on where it
            stopped. A host of photos that does not answer is reported and left out.
    """
    shelf = _open_shelf(config.out)
    outcomes: list[Outcome] = []
    with open_session(config.base_url, attempts=0) as hasty:
        work = _Work(config, session, pace, Gbif(session, pace, config.base_url), shelf, progress, hasty)
        for number, name in enumerate(config.names, start=1):
            progress.step(f"{name} ({number}/{len(config.names)})")
            if shelf.of_label[name] >= config.per_species:
                outcomes.append(Outcome(name, Fate.COLLECTED, photos=shelf.of_label[name]))
            else:
                outcomes.append(_collect_name(name, work))
            _write_outcomes(config.out / "species.csv", outcomes)
    return outcomes


def _collect_name(name: str, work: _Work) -> Outcome:
    config, shelf = work.config, work.shelf
    match = work.gbif.match(name, config.kingdom)
    if not match.key:
        return _unmatched(match)
    earlier = work.name_of.setdefault(match.key, name)
    if earlier != name:
        return Outcome(name, Fate.SAME_TAXON, earlier, match.key)
    occurrences = work.gbif.popularity(match.key) if config.min_occurrences else 0
    if occurrences < config.min_occurrences:
        return Outcome(name, Fate.UNPOPULAR, "", match.key, occurrences, shelf.of_label[name])
    seen = 0
    for media in work.gbif.still_images(match.key):
        seen += 1
        if shelf.of_label[name] >= config.per_species:
            break
        host = urlsplit(media.url).netloc
        if host in work.dead or not _wanted(media, config, shelf):
            continue
        trouble = _take(name, media, work)
        work.failed[host] = work.failed[host] + 1 if trouble in PASSING else 0
        if trouble in (Trouble.SLOW, Trouble.UNREACHABLE) and work.failed[host] >= _IN_A_ROW:
            work.dead.add(host)
            work.progress.note(text("collect.host_dead", host=host))
        work.progress.advance(shelf.of_label[name], config.per_species)
    if not shelf.of_label[name]:
        return Outcome(name, Fate.NO_PHOTO, str(seen), match.key, occurrences)
    return Outcome(name, Fate.COLLECTED, "", match.key, occurrences, shelf.of_label[name])


def _unmatched(match: Match) -> Outcome:
    fates = {"FUZZY": Fate.SPELLED_OTHERWISE, "HIGHERRANK": Fate.ONLY_WIDER}
    fate = fates.get(match.kind, Fate.SEVERAL_TAXA if match.several else Fate.NOT_FOUND)
    return Outcome(match.asked, fate, match.name if match.kind in fates else "")


def _wanted(media: Media, config: CollectConfig, shelf: _Shelf) -> bool:
    return (
        media.licence in config.licences
        and media.url not in shelf.urls
        and shelf.of_observation[str(media.occurrence)] < config.per_observation
    )


def _take(name: str, media: Media, work: _Work) -> Trouble | None:
    """Download one photo and write its attribution; what is wrong with it, or None."""
    out, shelf = work.config.out, work.shelf
    folder = out / folder_of(name)
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"gbif-{media.occurrence}-{media.number}"
    try:
        session = work.session if work.failed[urlsplit(media.url).netloc] < _IN_A_ROW else work.hasty
        file, digest = download(session, work.pace, media.url, stem, work.config.max_megabytes * 2**20)
    except PhotoNotTakenError as problem:
        if problem.trouble not in PASSING:
            shelf.urls.add(media.url)
            line = io.StringIO()
            csv.writer(line, lineterminator="\n").writerow([media.url, problem.trouble.value])
            append_whole(out / NOT_TAKEN, line.getvalue())
        return problem.trouble
    row = Attribution(
        file=f"{folder.name}/{file.name}",
        source="gbif",
        observation=str(media.occurrence),
        label=name,
        url=media.url,
        creator=media.creator,
        rights_holder=media.rights_holder,
        licence=media.licence.value if media.licence else "",
        licence_text=media.licence_text,
        publisher=media.publisher,
        dataset=media.dataset,
        dataset_name=media.dataset_name,
        references=media.references,
        date=media.date,
        sha256=digest,
    )
    append_attribution(out / ATTRIBUTION, row)
    shelf.add(row)
    return None


def folder_of(name: str) -> str:
    """The folder of a label: blanks as underscores."""
    return name.replace(" ", "_")


def _open_shelf(out: Path) -> _Shelf:
    """What earlier runs left; a photo without its file is forgotten, so that it is fetched again."""
    out.mkdir(parents=True, exist_ok=True)
    shelf = _Shelf(out)
    kept = [row for row in read_attributions(out / ATTRIBUTION) if _is_there(out / row.file)]
    write_attributions(out / ATTRIBUTION, kept)
    for row in kept:
        shelf.add(row)
    failed = out / NOT_TAKEN
    try:
        shelf.urls.update(row[0] for row in csv.reader(text_of(failed)) if len(row) == 2)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (ValueError, csv.Error):  # another program wrote it: these addresses are asked once more
        write_whole(failed, "")
    return shelf


def _is_there(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # no name of a file
        return False


def _write_outcomes(file: Path, outcomes: Iterable[Outcome]) -> None:
    with written_text(file) as stream:
        writer = csv.DictWriter(stream, [column.name for column in fields(Outcome)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(outcome) for outcome in outcomes)
