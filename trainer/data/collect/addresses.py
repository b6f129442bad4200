"""Where an address may lead: to a public host that speaks HTTP, in a few steps, and with nobody's password.

Anybody may publish a record, and its addresses are asked from inside somebody's home or institute.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import LocationValueError

TIMEOUT = (10.0, 60.0)  # seconds to connect, and between two pieces of an answer
LONGEST_HEAD = 60.0  # seconds until the head of an answer is there, however it drips
MOST_STEPS = 5  # from one address to the next


def is_address(url: str) -> bool:
    """Whether a host can be asked for it: names have letters, of which no part is empty or longer than 63. One with a
    password in it is none: it would stand in every attribution."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        return parts.scheme in ("http", "https") and bool(host) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:  # UnicodeError is one
        return False


def follow(session: requests.Session, url: str, keep_pace: Callable[[str], None], **options: Any) -> requests.Response:
    """The answer to which an address leads, its body not yet read; of those on the way no body is read at all.

    Raises:
        requests.RequestException: InvalidURL where it leads to what is no address, TooManyRedirects, and what asking
            raises. LocationValueError: it leads to a host that is not public.
    """
    for _ in range(MOST_STEPS + 1):
        keep_pace(url)
        answer = session.get(url, stream=True, timeout=TIMEOUT, **options)
        if not answer.is_redirect:
            return answer
        answer.close()
        url, options = urljoin(url, answer.headers["Location"].encode("latin-1").decode("utf-8", "replace")), {}
        if not is_address(url):
            raise requests.exceptions.InvalidURL(url)
    raise requests.TooManyRedirects(url)


class PublicHosts(HTTPAdapter):
    """Asks public hosts alone, and the `source` (an address) that a person named.

    What was connected is looked at: a name may mean another computer at the next look. A proxy decides for itself.
    """

    def __init__(self, source: str, **options: Any) -> None:
        parts = urlsplit(source)
        self._source = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        super().__init__(**options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Pools whose connections are looked at."""
        super().init_poolmanager(*arguments, **options)
        look = self._refuse_private

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return look(super()._new_conn(), self.host, self.port)

            def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself has it
                with _bounded(self.sock):
                    return super().getresponse()

        class Encrypted(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return look(super()._new_conn(), self.host, self.port)

            def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself has it
                with _bounded(self.sock):
                    return super().getresponse()

        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain}),
            "https": type("EncryptedPool", (HTTPSConnectionPool,), {"ConnectionCls": Encrypted}),
        }

    def _refuse_private(self, connected: socket.socket, host: str, port: int) -> socket.socket:
        reached = ip_address(connected.getpeername()[0].partition("%")[0])
        reached = getattr(reached, "ipv4_mapped", None) or reached
        if reached.is_global or (host, port) == self._source:
            return connected
        connected.close()
        raise LocationValueError(f"{host} is no public host")


@contextmanager
def _bounded(connected: socket.socket | None) -> Iterator[None]:
    """Hang up when this takes too long: a timeout of a socket begins anew with every byte. Raises TimeoutError."""
    over = threading.Event()
    late = threading.Timer(LONGEST_HEAD, _hang_up, [connected, over])
    late.daemon = True
    late.start()
    try:
        yield
    finally:
        late.cancel()
    if over.is_set():  # what came so far would pass for a whole head
        raise TimeoutError


def _hang_up(connected: socket.socket | None, over: threading.Event) -> None:
    over.set()
    with suppress(OSError):
        if connected is not None:
            connected.shutdown(socket.SHUT_RDWR)


class PlainSession(requests.Session):
    """Leads nowhere by itself, for requests would read the whole body of each answer on the way; sends no password,
    for it would look for one in the person's .netrc."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = lambda request: request

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere: see `follow`."""
        return None
