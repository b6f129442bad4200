"""What pip writes while it fetches and installs, and what its last words mean when it fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError

_UNREACHABLE = ("NewConnectionError", "name resolution", "Max retries", "timed out", "ConnectionResetError", "SSLError")


@dataclass(frozen=True, slots=True)
class SetUp:
    """How far the making is. `step`: preparing, fetching, installing or trying; then `name` of the package, `done` and
    `total` of its bytes (0: not known), and the bytes `fetched` in all."""

    step: str
    name: str = ""
    done: int = 0
    total: int = 0
    fetched: int = 0


class PipOutput:
    """Reads what pip writes and tells how far it is."""

    def __init__(self, tell: Callable[[SetUp], None]) -> None:
        self._tell, self._name, self._rest = tell, "", ""
        self._before = self._now = 0

    @property
    def fetched(self) -> int:
        """Bytes of all packages so far."""
        return self._before + self._now

    def tell(self, step: str) -> None:
        """A step of which pip says nothing."""
        self._tell(SetUp(step, fetched=self.fetched))

    def hear(self, said: str) -> None:
        """What was written since: of each package, the latest."""
        *lines, self._rest = (self._rest + said).split("\n")
        latest: SetUp | None = None
        for line in lines:
            meaning = self._meaning(line.strip())
            if meaning and latest and meaning.name != latest.name:
                self._tell(latest)
            latest = meaning or latest
        if latest is not None:
            self._tell(latest)

    def _meaning(self, line: str) -> SetUp | None:
        if found := re.match(r"Progress (\d+) of (\d+)", line):
            done, total = int(found[1]), int(found[2])
            self._now = done
            return SetUp("fetching", self._name, done, total, self.fetched)
        if found := re.match(r"(?:Downloading|Using cached|Processing|Collecting) (\S+)", line):
            self._before, self._now = self.fetched, 0
            self._name = re.split(r"-\d|[<>=!~;\[(]", found[1].rpartition("/")[2])[0]
            return SetUp("fetching", self._name, fetched=self.fetched)
        if line.startswith("Installing collected packages"):
            return SetUp("installing", fetched=self.fetched)
        return None


def coming(report: Path, without: tuple[str, ...]) -> list[str]:
    """What pip's report of a trial names, each with its one version, without those that begin with one of `without`."""
    found = [each["metadata"] for each in json.loads(report.read_text(encoding="utf-8"))["install"]]
    named = {f"{each['name']}=={each['version']}": re.sub(r"[-_.]+", "-", each["name"]).lower() for each in found}
    return [pinned for pinned, name in named.items() if not name.startswith(without)]


def failure_of(said: str, log: Path) -> FieldGuideError:
    """What the last words of pip or venv mean, which stand in `log`."""
    if "No space left on device" in said:
        return FieldGuideError(ErrorCode.DISK_FULL, path=str(log.parent))
    if any(sign in said for sign in _UNREACHABLE):
        return FieldGuideError(ErrorCode.SETUP_UNREACHABLE)
    if missing := re.search(r"No matching distribution found for ([\w.-]*\w)", said):
        return FieldGuideError(ErrorCode.SETUP_WHEEL_MISSING, name=missing[1])
    problem = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    return FieldGuideError(ErrorCode.SETUP_FAILED, problem=problem[:300], file=str(log))
