"""The review's page: a server for one person on this machine alone.

Listens on 127.0.0.1, answers only requests that were addressed to it by that name (so that no web page can reach it
through a name of its own) and with the token of this run in the address (so that no other user of the machine can), no
request that another site began, and gives out only photos of the audit, by number.
"""

from __future__ import annotations

import io
import json
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.photo import read_photo
from fieldguide.core.text import text
from trainer.data.audit.findings import AuditReport, Finding
from trainer.data.review.decisions import Choice, Decision, Decisions
from trainer.data.review.queue import PASSES, Card, cards
from trainer.html import templates

_LARGEST_REQUEST = 1 << 16  # bytes
_PHOTO_SIDE = 1280  # pixels
_RULES = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self'; connect-src 'self'"
_DISK_REFUSES = (ErrorCode.DISK_FULL, ErrorCode.NOT_WRITABLE)
_log = logging.getLogger(__name__)


class ReviewServer:
    """One review of one audit. `start` returns at once; `address` is what the browser opens."""

    def __init__(
        self, report: AuditReport, decisions: Decisions, findings: Sequence[Finding] = (), port: int = 0
    ) -> None:
        self._report = report
        self._decisions = decisions
        self._findings = findings
        self._names = set(load_guide().records)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.port: int = self._server.server_address[1]
        self.token = secrets.token_urlsafe(16)
        self.address = f"http://127.0.0.1:{self.port}/{self.token}/"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def wait(self) -> None:
        """Return when the server has stopped."""
        while self._thread.is_alive():
            self._thread.join(0.5)  # a join without end would keep Ctrl+C from this thread

    def stop(self) -> None:
        """Answer no more; decisions are on disk already."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def list_cards(self, step: int) -> dict[str, object]:
        """The cards of a pass, the labels there are, and the other names of the guide, as the page wants them."""
        with self._lock:
            found = cards(self._report, self._decisions, step, self._findings)
        labels = {photo.raw_label.replace("_", " ") for photo in self._report.photos if photo.raw_label != "."}
        names = sorted(self._names - labels)
        return {"cards": [_as_json(card) for card in found], "labels": sorted(labels), "names": names}

    def picture(self, index: int) -> bytes:
        """One photo as a JPEG that fits a screen. Raises FieldGuideError (unreadable) or IndexError (no such photo)."""
        if index < 0:
            raise IndexError(index)
        photo = self._report.photos[index]
        picture = Image.fromarray(read_photo(Path(photo.file), _PHOTO_SIDE // 2).pixels)
        picture.thumbnail((_PHOTO_SIDE, _PHOTO_SIDE))
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=88)
        return data.getvalue()

    def decide(self, asked: dict[str, Any]) -> None:
        """Keep one decision of the page. Raises KeyError, ValueError or IndexError when it makes no sense."""
        choice, step, index = Choice(asked["choice"]), int(asked["pass"]), int(asked["index"])
        label = " ".join(str(asked.get("label") or "").split())
        if step not in PASSES or index < 0 or (choice is Choice.RELABEL and not _is_name(label)):
            raise ValueError(asked)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept = label if choice is Choice.RELABEL else ""
        with self._lock:
            self._decisions.add(Decision(self._report.photos[index].file, step, choice, kept, now))


def page() -> str:
    """The page with the catalogue's sentences in it."""
    words = {
        "about1": text("review.pass_1_about"),
        "about2": text("review.pass_2_about"),
        "done1": text("review.pass_1_done"),
        "done2": text("review.pass_2_done"),
        "decided": text("review.decided", done="@done", total="@total"),
    }
    return templates(Path(__file__).parent).get_template("page.html").render(words=words)


def _as_json(card: Card) -> dict[str, object]:
    photo, earlier, decided = card.photo, card.earlier, card.decided
    said = "" if earlier is None else text(f"review.{earlier.choice}")
    return {
        "index": photo.index,
        "label": photo.raw_label.replace("_", " "),
        "file": Path(photo.file).name,
        "found": [text(f"audit.{finding}") for finding in photo.findings],
        "group": photo.group,
        "elsewhere": [label.replace("_", " ") for label in photo.elsewhere],
        "suggestion": photo.suggestion,
        "earlier": f"{said} {earlier.label}".strip() if earlier else "",
        "choice": decided.choice if decided else "",
        "newLabel": decided.label if decided else "",
    }


def _is_name(label: str) -> bool:
    return bool(label) and len(label) <= 120 and label[0].isalpha() and not set(label) & set('/\\:*?"<>|')


def _handler_of(review: ReviewServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        wbufsize = -1

        def do_GET(self) -> None:
            self._answer(self._get)

        def do_POST(self) -> None:
            self._answer(self._post)

        def _answer(self, act: Callable[[], None]) -> None:
            if not self._is_ours():
                self._send(403, b"")
                return
            try:
                act()
            except (KeyError, ValueError, IndexError, TypeError):
                self._send(400, b"")
            except (FieldGuideError, OSError) as problem:
                ours = isinstance(problem, FieldGuideError) and problem.code not in _DISK_REFUSES
                if not ours:
                    _log.exception("a decision could not be stored")
                self._send(400 if ours else 500, b"")

        def _is_ours(self) -> bool:
            """Whether the page itself, or a person who has its address, asks."""
            hosts = (f"127.0.0.1:{review.port}", f"localhost:{review.port}")
            token = self.path.removeprefix("/").partition("/")[0]
            return (
                self.headers.get("Host") in hosts
                and self.headers.get("Origin") in (None, *(f"http://{host}" for host in hosts))
                and self.headers.get("Sec-Fetch-Site") in (None, "same-origin", "none")
                and secrets.compare_digest(token.encode(), review.token.encode())
            )

        def _get(self) -> None:
            address = urlsplit(self.path.removeprefix(f"/{review.token}"))
            if address.path == "/":
                self._send(200, page().encode(), "text/html; charset=utf-8")
            elif address.path == "/cards":
                step = int(parse_qs(address.query)["pass"][0])
                if step not in PASSES:
                    raise ValueError(step)
                self._send(200, json.dumps(review.list_cards(step)).encode(), "application/json")
            elif address.path.startswith("/photo/"):
                self._send(200, review.picture(int(address.path.removeprefix("/photo/"))), "image/jpeg")
            else:
                self._send(404, b"")

        def _post(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            if self.headers.get("Content-Type") != "application/json" or not 0 < length <= _LARGEST_REQUEST:
                raise ValueError(length)
            review.decide(json.loads(self.rfile.read(length)))
            self._send(204, b"")

        def _send(self, status: int, body: bytes, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", _RULES)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Cache-Control", "max-age=3600" if kind == "image/jpeg" else "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            _log.debug(format, *args)

    return Handler
