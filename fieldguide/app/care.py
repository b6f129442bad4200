"""The report for whoever helps, the check of the program, and what the log says of a run. All off the GUI thread."""

from __future__ import annotations

import logging
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from fieldguide import __version__
from fieldguide.app.parts import Parts
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.resources import is_frozen
from fieldguide.core.text import explain, text
from fieldguide.services.engine import Model
from fieldguide.services.identifier import Summary
from fieldguide.services.jobs import JobEnd
from fieldguide.services.lanes import Handle, Lane

log = logging.getLogger("fieldguide")
_LOOK_SECONDS = 0.2


class CareController(QObject):
    """Writes the log's lines, and does what `fieldguide.ui.kit.care.CareRow` offers."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._model = "-"
        log.info("started: fieldguide %s, Python %s, %s", __version__, platform.python_version(), platform.platform())
        parts.identifier.model_ready.connect(self._log_model)
        parts.identifier.model_failed.connect(lambda error: log.warning("no model: %s", error))
        parts.identifier.ended.connect(self._log_batch)
        parts.jobs.ended.connect(self._log_job)

    def write_report(self, target: Path, tell: Callable[[str], None]) -> None:
        """See `Care.write_report`."""
        parts = self._parts
        places, settings, model = parts.locations, parts.settings, parts.model_path

        def work(_: Handle) -> None:
            from fieldguide.services.doctor import examine, write_report

            write_report(examine(places, settings, model), places, target)

        job = parts.lanes.start(Lane.EXPORT, work)
        job.done.connect(lambda _: tell(text("ui.care_written", file=str(target))))
        job.failed.connect(lambda error: tell(_sentence(error)))

    def check(self, tell: Callable[[str], None]) -> None:
        """See `Care.check`."""
        job = self._parts.lanes.start(Lane.EXPORT, _check)
        job.done.connect(lambda words: tell(words))
        job.failed.connect(lambda error: tell(_sentence(error)))

    def _log_model(self, model: Model) -> None:
        manifest = model.manifest
        self._model = f"{manifest.id} {manifest.version}"
        log.info("model: %s on %s%s", self._model, model.device, f", {model.note}" if model.note else "")

    def _log_batch(self, summary: Summary) -> None:
        state = "cancelled" if summary.cancelled else "failed" if summary.error else "done"
        how = f"{summary.finds} finds identified, {state}{_reason(summary.error)}"
        log.info("batch %d: %s; fieldguide %s, model %s", summary.batch, how, __version__, self._model)

    def _log_job(self, end: JobEnd) -> None:
        job = end.status
        counts = f"{job.total} finds, {job.stored} stored, {job.known} known, {job.unread} unread"
        log.info("job %d: %s", job.number, counts)


def _check(handle: Handle) -> str:
    """Run `fieldguide --selftest` beside this window, and say how it ended."""
    itself = [sys.executable] if is_frozen() else [sys.executable, "-m", "fieldguide"]
    flags: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows alone
    child = subprocess.Popen(
        [*itself, "--selftest"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        creationflags=flags,
    )
    try:
        while True:
            handle.check()
            try:
                said, _ = child.communicate(timeout=_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            break
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    if child.returncode:
        log.error("the check failed\n%s", said.rstrip())
    return text("ui.care_failed" if child.returncode else "ui.care_well") + "\n" + said.rstrip()


def _sentence(error: Exception) -> str:
    return explain(error) if isinstance(error, FieldGuideError) else f"{type(error).__name__}: {error}"


def _reason(error: FieldGuideError | None) -> str:
    return f", {error.code.value}" if error is not None else ""
