"""A client of GBIF's public API (https://techdocs.gbif.org/en/openapi/): names to taxa, taxa to photos of observations.

Knows the API's shapes and manners, neither files nor folders. Polite: one request at a time, a pause between two of the
same host, Retry-After honoured, and a User-Agent that says who asks.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from urllib3 import Retry
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.data.collect.addresses import PlainSession, PublicHosts, follow, is_address
from trainer.data.collect.licences import Licence, read_licence

BASE_URL = "https://api.gbif.org/v1"
USER_AGENT = "FieldGuide-train/0.1 (collects openly licensed photos for a local model)"
PAGE = 300  # most that occurrence/search gives at once
DEEPEST = 100_000  # offset + limit that the search allows
ATTEMPTS = 5
_CONNECTS = 2  # attempts more to reach a host at all: a network that is down should be reported soon
_TRANSIENT = (429, 500, 502, 503, 504)
LONGEST_WAIT = 60.0  # seconds of Retry-After: who asks for more is asked again in another run
_REPORTED_WAIT = 5.0  # seconds from which a wait is reported
_LARGEST = 64 << 20  # bytes of an answer: 300 records with all their terms are a few million
_SLOWEST = 300.0  # seconds for one answer in all
_PIECE = 1 << 16
_MOST_MEDIA = 200  # of one record: each is a request, also where none is a photo
_MOST_DIGITS = 18  # of a key or a count: more is no number of theirs, and no name of a file


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
    """One still image of one observation, with all that attribution needs. Texts are empty when not known."""

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


class _Patience(Retry):
    """Asks again as long as a host asks for a bearable wait, which is reported; what it writes wrong is not heeded."""

    tell: Callable[[str], None]

    def new(self, **changes: Any) -> Self:
        again = super().new(**changes)
        again.tell = self.tell
        return again

    def get_retry_after(self, response: Any) -> float | None:
        try:
            return super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):  # no wait, or a number or a date beyond all numbers
            return None

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        wait = self.get_retry_after(response) if response is not None else None
        if wait is not None and wait > LONGEST_WAIT:
            raise MaxRetryError(_pool, url or "")
        return super().increment(method, url, response, error, _pool, _stacktrace)

    def sleep_for_retry(self, response: Any) -> bool:
        wait = self.get_retry_after(response)
        if wait and wait >= _REPORTED_WAIT:
            host = urlsplit(response.url or "").netloc or text("collect.a_host")
            self.tell(text("collect.waiting", host=host, seconds=round(wait)))
        return super().sleep_for_retry(response)


def open_session(
    source: str = BASE_URL,
    attempts: int = ATTEMPTS,
    backoff: float = 1.0,
    tell: Callable[[str], None] = lambda sentence: None,
) -> requests.Session:
    """A session that asks again after throttling and passing failures: Retry-After first, else 1, 2, 4 ... seconds.

    Of hosts that are not public it asks the `source` alone. A wait that a host asks for is reported from five seconds
    on; over a minute it counts as a failure.
    """
    retry = _Patience(
        total=attempts,
        connect=min(attempts, _CONNECTS),
        backoff_factor=backoff,
        status_forcelist=_TRANSIENT,
        respect_retry_after_header=True,
        raise_on_status=False,
    )
    retry.tell = tell
    session = PlainSession()
    for scheme in ("https://", "http://"):
        session.mount(scheme, PublicHosts(source, max_retries=retry))
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
        canonical = _writable(found.get("canonicalName") or found.get("scientificName") or "")
        several = "multiple equal matches" in str(found.get("note", "")).lower()
        return Match(name, _number(key) if kind == "EXACT" else 0, canonical, str(found.get("rank", "")), kind, several)

    def popularity(self, key: int) -> int:
        """How many occurrences of any kind GBIF has of a taxon, its synonyms and everything below it."""
        return _number(self._get("occurrence/search", {"taxonKey": key, "limit": 0}).get("count"))

    def still_images(self, key: int, basis: tuple[str, ...] = ("HUMAN_OBSERVATION",)) -> Iterator[Media]:
        """Every still image of a taxon's observations, page by page, in the API's order.

        `basis` keeps the herbarium sheets out. The licence filter of the API speaks of records, not of photos, and
        knows no CC BY-SA: so it is not used, and each photo's own licence is used instead.
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
            results = page.get("results")
            if not isinstance(results, list):
                results = []
            for record in results:
                yield from read_media(record)
            if page.get("endOfRecords") is not False or not results:
                return
            offset += len(results)

    def _get(self, path: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self._base}/{path}"
        try:
            with follow(self._session, url, self._pace.keep, params=dict(parameters)) as answer:
                answer.raise_for_status()
                found = json.loads(_whole(answer))
        except (requests.RequestException, HTTPError, ValueError, RecursionError) as problem:
            raise FieldGuideError(
                ErrorCode.SOURCE_UNREACHABLE, url=url, problem=_problem_in_words(problem)
            ) from problem
        if not isinstance(found, dict):
            raise FieldGuideError(ErrorCode.SOURCE_UNREACHABLE, url=url, problem=text("collect.problem_form"))
        return found


def pieces(answer: requests.Response, seconds: float) -> Iterator[bytes]:
    """The body as it arrives. Raises requests.Timeout once it takes longer than `seconds` in all."""
    until = time.monotonic() + seconds
    while piece := answer.raw.read1(_PIECE, decode_content=True):
        yield piece
        if time.monotonic() > until:
            raise requests.Timeout


def _whole(answer: requests.Response) -> bytes:
    """The body. Raises requests.RequestException when it has no end, ValueError when it is too large."""
    body = bytearray()
    for piece in pieces(answer, _SLOWEST):
        body += piece
        if len(body) > _LARGEST:
            raise AnswerTooLargeError
    return bytes(body)


class AnswerTooLargeError(ValueError):
    """An answer larger than any that the API gives."""


def read_media(record: Any) -> list[Media]:
    """The still images of one occurrence record that have an address; the record's licence is not taken for theirs.

    What is of another form than the API tells is left out.
    """
    key = _number(record.get("key")) if isinstance(record, Mapping) else 0
    if not key:
        return []
    media = record.get("media")
    found = []
    for number, medium in enumerate(media[:_MOST_MEDIA] if isinstance(media, list) else (), start=1):
        if not isinstance(medium, Mapping) or (medium.get("type") or "StillImage") != "StillImage":
            continue
        url = _writable(medium.get("identifier") or "").strip()
        if not is_address(url):
            continue
        written = _text_of(medium, "license")
        found.append(
            Media(
                key,
                number,
                url,
                read_licence(written),
                written,
                _text_of(medium, "creator") or _text_of(record, "recordedBy"),
                _text_of(medium, "rightsHolder") or _text_of(record, "rightsHolder"),
                _text_of(medium, "publisher"),
                _text_of(medium, "references") or _text_of(record, "references"),
                _text_of(record, "datasetKey"),
                _text_of(record, "datasetName"),
                _text_of(record, "eventDate"),
            )
        )
    return found


def _number(said: Any) -> int:
    """A number of GBIF's as JSON tells it, as a number or as its digits; 0 for anything else."""
    digits = str(said) if isinstance(said, int | str) else ""
    return int(digits) if digits.isdecimal() and len(digits) <= _MOST_DIGITS else 0


def _writable(said: Any) -> str:
    """A text as UTF-8 can hold it: JSON may tell half of a pair of UTF-16."""
    return str(said).encode("utf-8", "replace").decode("utf-8")


def _text_of(record: Mapping[str, Any], term: str) -> str:
    """A text on one line; empty when not known."""
    return " ".join(_writable(record.get(term) or "").split())


def _problem_in_words(problem: Exception) -> str:
    """A few words: what the library says of it runs over three lines."""
    if isinstance(problem, AnswerTooLargeError):
        return text("collect.problem_large")
    if isinstance(problem, requests.Timeout):
        return text("collect.problem_timeout")
    if isinstance(problem, requests.ConnectionError | HTTPError):
        return text("collect.problem_connection")
    if isinstance(problem, requests.HTTPError) and problem.response is not None:
        return text("collect.problem_status", status=problem.response.status_code)
    return text("collect.problem_form")
