"""A server on this machine that speaks GBIF's occurrence API: real shapes, paging, throttling, and broken photos."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image

CC_BY = "http://creativecommons.org/licenses/by/4.0/"
CC_BY_NC = "http://creativecommons.org/licenses/by-nc/4.0/"
CC_BY_ND = "http://creativecommons.org/licenses/by-nd/4.0/"
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"


@dataclass
class FakeGbif:
    """What the server knows, what it was asked, and how it misbehaves.

    `matches`: answers of species/match by name. `records`: occurrence records by taxon key. `throttle`: how many of
    the next answers are 429 with Retry-After 0. `page`: the server's own largest page.
    """

    url: str = ""
    matches: dict[str, dict[str, object]] = field(default_factory=dict)
    records: dict[int, list[dict[str, object]]] = field(default_factory=dict)
    answers: dict[int, dict[str, object]] = field(default_factory=dict)  # whole answers to a search, by taxon key
    throttle: int = 0
    wait: str = "0"  # what its Retry-After says
    page: int = 300
    asked: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(
        default_factory=dict
    )  # photo -> gone | html | cut | large | failing | busy | later | vague | slow | creeping | lying, or an address
    passwords: list[str] = field(default_factory=list)  # what came with requests

    def add_species(self, name: str, key: int, records: list[dict[str, object]]) -> None:
        """A name that the backbone knows exactly, and the observations of its taxon."""
        self.matches[name] = {
            "usageKey": key,
            "scientificName": f"{name} (L.) Lam.",
            "canonicalName": name,
            "rank": "SPECIES",
            "status": "ACCEPTED",
            "confidence": 99,
            "matchType": "EXACT",
            "kingdom": "Fungi",
            "phylum": "Basidiomycota",
            "speciesKey": key,
            "synonym": False,
            "class": "Agaricomycetes",
        }
        self.records[key] = records

    def record(self, key: int, photos: int, licence: str = CC_BY) -> dict[str, object]:
        """One observation with `photos` media, as iNaturalist's records look in GBIF."""
        return {
            "key": key,
            "datasetKey": "50c9509d-22c7-4a22-a47d-8c48425ef4a7",
            "datasetName": "iNaturalist research-grade observations",
            "basisOfRecord": "HUMAN_OBSERVATION",
            "occurrenceStatus": "PRESENT",
            "license": CC_BY_NC,
            "eventDate": "2021-09-12T10:33",
            "recordedBy": "A. Recorder",
            "references": f"https://www.inaturalist.org/observations/{key}",
            "media": [
                {
                    "type": "StillImage",
                    "format": "image/jpeg",
                    "references": f"https://www.inaturalist.org/photos/{key}{number}",
                    "created": "2021-09-12T10:33:00.000Z",
                    "creator": f"Photographer {key % 3}",
                    "publisher": "iNaturalist",
                    "license": licence,
                    "rightsHolder": f"Photographer {key % 3}",
                    "identifier": f"{self.url}/photos/{key}-{number}/original.jpg",
                }
                for number in range(1, photos + 1)
            ],
        }

    def count(self, part: str) -> int:
        """How many requests held this text."""
        return sum(part in asked for asked in self.asked)


def _photo(name: str) -> bytes:
    """A JPEG whose look depends on its name."""
    generator = np.random.default_rng(list(name.encode()))
    coarse = Image.fromarray(generator.integers(0, 256, (5, 6, 3), dtype=np.uint8))
    data = io.BytesIO()
    coarse.resize((120, 100), Image.Resampling.BICUBIC).save(data, "JPEG", quality=85)
    return data.getvalue()


def _handler(state: FakeGbif) -> type[BaseHTTPRequestHandler]:
    tried: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: else each answer waits 40 ms for an acknowledgement

        def do_GET(self) -> None:
            state.asked.append(self.path)
            state.passwords += self.headers.get_all("Authorization", [])
            if state.throttle > 0:
                state.throttle -= 1
                self._send(429, "text/html", b"<html>Too Many Requests</html>", {"Retry-After": state.wait})
                return
            address = urlsplit(self.path)
            query = parse_qs(address.query)
            if address.path == "/v1/species/match":
                none = {"confidence": 100, "matchType": "NONE", "synonym": False}
                self._json(state.matches.get(query["name"][0], none))
            elif address.path == "/v1/occurrence/search":
                self._search(query)
            elif address.path.startswith("/photos/"):
                self._send_photo(address.path.split("/")[2])
            else:
                self._send(404, "text/plain", b"no such resource")

        def _search(self, query: dict[str, list[str]]) -> None:
            offset = int(query.get("offset", ["0"])[0])
            limit = min(int(query.get("limit", ["20"])[0]), state.page)
            if offset + limit > 100_000:
                self._send(400, "text/plain", b"Max offset of 100001 exceeded")
                return
            if int(query["taxonKey"][0]) in state.answers:
                self._json(state.answers[int(query["taxonKey"][0])])
                return
            records = state.records.get(int(query["taxonKey"][0]), [])
            if "mediaType" in query:
                records = [record for record in records if record.get("media")]
            self._json(
                {
                    "offset": offset,
                    "limit": limit,
                    "endOfRecords": offset + limit >= len(records),
                    "count": len(records),
                    "results": records[offset : offset + limit],
                    "facets": [],
                }
            )

        def _send_photo(self, name: str) -> None:
            tried[name] += 1
            trouble, photo = state.broken.get(name, ""), _photo(name)
            if trouble == "gone":
                self._send(404, "text/html", b"<html>gone</html>")
            elif trouble == "html":
                self._send(200, "image/jpeg", b"<html>please log in</html>")
            elif trouble == "large":
                self._send(200, "image/jpeg", photo + bytes(2 << 20))
            elif trouble == "failing" and tried[name] < 3:
                self._send(503, "text/plain", b"come back", {"Retry-After": "0"})
            elif trouble == "busy":
                self._send(503, "text/plain", b"no")
            elif trouble == "later":
                self._send(429, "text/plain", b"slow down", {"Retry-After": "3600"})
            elif trouble == "vague":
                self._send(429, "text/plain", b"slow down", {"Retry-After": "soon"})
            elif trouble == "lying":
                self._send(200, "image/jpeg", photo, {"Content-Encoding": "gzip"})
            elif ":" in trouble or "/" in trouble:
                self._lead(trouble)
            elif trouble == "creeping":
                self._creep()
            elif trouble == "slow":
                self._drip(photo)
            elif trouble == "cut":
                self._send(200, "image/jpeg", photo[: len(photo) // 2])
            else:
                self._send(200, "image/jpeg", photo)

        def _lead(self, address: str) -> None:
            """To another address, with a body that never comes."""
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", str(10**9))
            self.end_headers()
            self.wfile.flush()
            with suppress(OSError):
                self.connection.settimeout(20)
                self.connection.recv(1)
            self.close_connection = True

        def _creep(self) -> None:
            """A head that never ends: no single wait is long."""
            with suppress(OSError):
                self.connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                for _ in range(200):
                    self.connection.sendall(b"x")
                    time.sleep(0.05)
            self.close_connection = True

        def _drip(self, photo: bytes) -> None:
            """A byte now and then: no single wait is long."""
            self.send_response(200)
            self.send_header("Content-Length", str(len(photo)))
            self.end_headers()
            with suppress(OSError):
                for byte in photo:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(0.02)

        def _json(self, content: object) -> None:
            self._send(200, "application/json", json.dumps(content).encode())

        def _send(self, status: int, kind: str, body: bytes, extra: dict[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (extra or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def serving_gbif() -> Iterator[FakeGbif]:
    """The server, running on a free port of 127.0.0.1 until the block ends."""
    state = FakeGbif()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
