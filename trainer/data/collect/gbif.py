"""A client of GBIF's public API (https://techdocs.gbif.org/en/openapi/): names to taxa, taxa to photos of observations.

Knows the API's shapes and manners, neither files nor folders. Polite: one request at a time, a pause between two of the
same host, Retry-After honoured, and a User-Agent that says who asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.data.collect.licences import Licence, read_licence

BASE_URL = "https://api.gbif.org/v1"
USER_AGENT = "FieldGuide-train/0.1 (collects openly licensed photos for a local model)"
PAGE = 300  # most that occurrence/search gives at once
DEEPEST = 100_000  # offset + limit that the search allows
TIMEOUT = (10.0, 60.0)  # seconds to connect, and between two pieces of an answer
ATTEMPTS = 5
_CONNECTS = 2  # attempts more to reach a host at all: a network that is down should be told soon
_TRANSIENT = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Match:
    """How GBIF's backbone understood a name. `key` is the accepted taxon's; 0 when there is no exact match.

    `kind` is EXACT, FUZZY (another spelling: `name` suggests it), HIGHERRANK (only a wider taxon is known) or NONE.
    `several`: NONE because several taxa bear the name (the answer's only sign is its note "Multiple equal matches").
    """

    asked: str
    key: int
    name: str
    rank: str
    kind: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """One still image of one observation, with all that attribution needs. Texts are empty when nobody told."""

    occurrence: int
    number: int
    url: str
    licence: Licence | None
    licence_text: str
    creator: str
    rights_holder: str
    publisher: str
    references: str
    dataset: str
    dataset_name: str
    date: str


class Pace:
    """Keeps requests to one host apart by at least 1 / `rate` seconds."""

    def __init__(self, rate: float, wait: Callable[[float], None] = time.sleep) -> None:
        self._gap = 1.0 / rate
        self._wait = wait
        self._next: dict[str, float] = {}

    def keep(self, url: str) -> None:
        """Wait until this host may be asked again."""
        host = urlsplit(url).netloc
        now = time.monotonic()
        due = self._next.get(host, now)
        if due > now:
            self._wait(due - now)
        self._next[host] = max(due, now) + self._gap


def open_session(attempts: int = ATTEMPTS, backoff: float = 1.0) -> requests.Session:
    """A session that asks again after throttling and passing failures: Retry-After first, else 1, 2, 4 ... seconds."""
    retry = Retry(
        total=attempts,
        connect=min(attempts, _CONNECTS),
        backoff_factor=backoff,
        status_forcelist=_TRANSIENT,
        respect_retry_after_header=True,
        raise_on_status=False,
    )
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    session.headers["User-Agent"] = USER_AGENT
    return session


class Gbif:
    """The three questions that collecting asks.

    Every method raises FieldGuideError(SOURCE_UNREACHABLE, url, problem) when the API does not answer as it should.
    """

    def __init__(self, session: requests.Session, pace: Pace, base_url: str = BASE_URL) -> None:
        self._session = session
        self._pace = pace
        self._base = base_url.rstrip("/")

    def match(self, name: str, kingdom: str = "") -> Match:
        """Find a name in the backbone (`species/match`). A synonym gives the key of its accepted taxon."""
        asked = {"name": name} | ({"kingdom": kingdom} if kingdom else {})
        found = self._get("species/match", asked)
        kind = str(found.get("matchType", "NONE"))
        key = found.get("acceptedUsageKey") or found.get("usageKey") or 0
        canonical = str(found.get("canonicalName") or found.get("scientificName") or "")
        several = "multiple equal matches" in str(found.get("note", "")).lower()
        return Match(name, int(key) if kind == "EXACT" else 0, canonical, str(found.get("rank", "")), kind, several)

    def popularity(self, key: int) -> int:
        """How many occurrences of any kind GBIF has of a taxon, its synonyms and everything below it."""
        return int(self._get("occurrence/search", {"taxonKey": key, "limit": 0}).get("count", 0))

    def still_images(self, key: int, basis: tuple[str, ...] = ("HUMAN_OBSERVATION",)) -> Iterator[Media]:
        """Every still image of a taxon's observations, page by page, in the API's order.

        `basis` keeps the herbarium sheets out. The licence filter of the API speaks of records, not of photos, and
        knows no CC BY-SA: so it is not used, and each photo's own licence is told instead.
        """
        offset = 0
        while offset < DEEPEST:
            page = self._get(
                "occurrence/search",
                {
                    "taxonKey": key,
                    "mediaType": "StillImage",
                    "basisOfRecord": list(basis),
                    "occurrenceStatus": "PRESENT",
                    "limit": min(PAGE, DEEPEST - offset),
                    "offset": offset,
                },
            )
            results = page.get("results") or []
            for record in results:
                yield from read_media(record)
            if page.get("endOfRecords", True) or not results:
                return
            offset += len(results)

    def _get(self, path: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self._base}/{path}"
        self._pace.keep(url)
        try:
            answer = self._session.get(url, params=dict(parameters), timeout=TIMEOUT)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as problem:
            raise FieldGuideError(ErrorCode.SOURCE_UNREACHABLE, url=url, problem=_told_problem(problem)) from problem
        if not isinstance(found, dict):
            raise FieldGuideError(ErrorCode.SOURCE_UNREACHABLE, url=url, problem=text("collect.problem_form"))
        return found


def read_media(record: Mapping[str, Any]) -> list[Media]:
    """The still images of one occurrence record that have an address; the record's licence is not taken for theirs."""
    found = []
    for number, medium in enumerate(record.get("media") or (), start=1):
        url = str(medium.get("identifier") or "")
        if (medium.get("type") or "StillImage") != "StillImage" or urlsplit(url).scheme not in ("http", "https"):
            continue
        written = _told(medium, "license")
        found.append(
            Media(
                int(record["key"]),
                number,
                url,
                read_licence(written),
                written,
                _told(medium, "creator") or _told(record, "recordedBy"),
                _told(medium, "rightsHolder") or _told(record, "rightsHolder"),
                _told(medium, "publisher"),
                _told(medium, "references") or _told(record, "references"),
                _told(record, "datasetKey"),
                _told(record, "datasetName"),
                _told(record, "eventDate"),
            )
        )
    return found


def _told(record: Mapping[str, Any], term: str) -> str:
    """A text on one line; empty when nobody told."""
    return " ".join(str(record.get(term) or "").split())


def _told_problem(problem: Exception) -> str:
    """A few words: what the library says of it runs over three lines."""
    if isinstance(problem, requests.Timeout):
        return text("collect.problem_timeout")
    if isinstance(problem, requests.ConnectionError):
        return text("collect.problem_connection")
    if isinstance(problem, requests.HTTPError) and problem.response is not None:
        return text("collect.problem_status", status=problem.response.status_code)
    return text("collect.problem_form")
