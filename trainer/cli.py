"""`fieldguide-train VERB ...`: a table of verbs; each verb's module tells its arguments and does its work.

Exit status: 0 done, 1 something expected went wrong (a sentence says what to do), 2 the call itself was wrong.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
import threading
from collections.abc import Sequence

from fieldguide.core.arguments import Arguments
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import explain, text
from fieldguide.core.training.events import Failed, write_event

VERBS = {
    "run": "trainer.commands.run",
    "look": "trainer.commands.look",
    "options": "trainer.commands.options",
    "sweep": "trainer.commands.sweep",
    "find-rate": "trainer.commands.find_rate",
    "augment-sheet": "trainer.commands.augment_sheet",
    "autoencoder": "trainer.commands.autoencoder",
    "collect": "trainer.commands.collect",
    "audit": "trainer.commands.audit",
    "review": "trainer.commands.review",
    "prepare": "trainer.commands.prepare",
    "evaluate": "trainer.commands.evaluate",
    "report": "trainer.commands.report",
    "inspect": "trainer.commands.inspect",
    "verify": "trainer.commands.verify",
    "compare": "trainer.commands.compare",
    "package": "trainer.commands.package",
    "judge": "trainer.commands.judge",
    "pass-on": "trainer.commands.pass_on",
    "was-trained-on": "trainer.commands.was_trained_on",
}
"""Verb to module; a module has `add_arguments(parser)` and `run(arguments) -> int` and is imported only when called."""

EVENTFUL = ("run", "look", "audit", "judge", "pass-on")
"""Verbs whose --json tells events, one a line (docs/training-events.md)."""

TRAINING = ("run", "sweep", "find-rate", "autoencoder")
ASKING = ("augment-sheet", "audit", "evaluate", "report", "verify", "package", "judge", "pass-on")
"""Verbs whose libraries load for seconds."""

NO_MEMORY = ("can't allocate memory", "out of memory")
"""What torch says then, of the computer's memory and of a graphics card's."""

USAGE_ERRORS = (ErrorCode.CONFIG_INVALID, ErrorCode.NETWORK_UNKNOWN, ErrorCode.RUN_EXISTS, ErrorCode.RUN_BUSY)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status (argparse itself exits with 2 on a wrong call)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = Arguments(prog="fieldguide-train", description=text("train.description"))
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    asked = next((word for word in arguments if not word.startswith("-")), "")
    if asked in TRAINING + ASKING and not {"--json", "--quiet", "-h", "--help"} & set(arguments):
        print(text("train.starting"), file=sys.stderr, flush=True)  # the libraries for training load for seconds
    try:
        _try_threads()
    except FieldGuideError as refused:
        print(f"fieldguide-train: {explain(refused)}", file=sys.stderr)
        return 1
    modules = {verb: importlib.import_module(VERBS[verb]) for verb in VERBS if verb == asked}
    for verb in VERBS:
        sentence = text(f"train.verb_{verb.replace('-', '_')}")
        child = verbs.add_parser(verb, help=sentence, description=sentence)
        if verb in modules:
            modules[verb].add_arguments(child)
    parsed = parser.parse_args(arguments)
    try:
        status = int(modules[parsed.verb].run(parsed))
        sys.stdout.flush()
        return status
    except FieldGuideError as error:
        return _fail(parsed, error)
    except MemoryError:
        return _fail(parsed, FieldGuideError(ErrorCode.TRAINING_MEMORY))
    except KeyboardInterrupt:
        print(
            f"\nfieldguide-train: {text('train.interrupted' if hasattr(parsed, 'resume') else 'train.stopped')}",
            file=sys.stderr,
        )
        return 1
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        _drop_output()
        return 1
    except OSError as error:
        path = error.filename or getattr(parsed, "out", "") or "stdout"
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return _fail(parsed, FieldGuideError(ErrorCode.DISK_FULL, path=path))
        message = text("train.disk", path=path, problem=error.strerror)
        _tell_programs(parsed, Failed(ErrorCode.NOT_WRITABLE.value, message, {"path": str(path)}))
        print(f"fieldguide-train: {message}", file=sys.stderr)
        return 1
    except Exception as defect:
        if isinstance(defect, RuntimeError) and any(sign in str(defect) for sign in NO_MEMORY):  # torch has no own type
            return _fail(parsed, FieldGuideError(ErrorCode.TRAINING_MEMORY))
        _tell_programs(parsed, Failed(ErrorCode.TRAINING_DEFECT.value, repr(defect), {"problem": repr(defect)[:300]}))
        raise


def _try_threads() -> None:
    """Start as many threads as numpy's library does when it is imported: where it may not, it cries Ctrl+C.

    Raises:
        FieldGuideError: SYSTEM_REFUSES where the system lets no more be started.
    """
    begun, over = [], threading.Event()
    try:
        for _ in range(os.cpu_count() or 1):
            thread = threading.Thread(target=over.wait)
            thread.start()
            begun.append(thread)
    except RuntimeError as refused:
        raise FieldGuideError(ErrorCode.SYSTEM_REFUSES, problem=str(refused)) from refused
    finally:
        over.set()
        for thread in begun:
            thread.join()


def _fail(parsed: argparse.Namespace, error: FieldGuideError) -> int:
    words = explain(error)
    _tell_programs(parsed, Failed(error.code.value, words, {name: str(fact) for name, fact in error.facts.items()}))
    print(f"fieldguide-train: {words}", file=sys.stderr)
    return 2 if error.code in USAGE_ERRORS else 1


def _tell_programs(parsed: argparse.Namespace, failed: Failed) -> None:
    """The failure as an event, for verbs that tell events; nothing where the disk of the output itself is full."""
    try:
        if parsed.verb in EVENTFUL and parsed.json:
            print(write_event(failed))
        sys.stdout.flush()
    except OSError:
        _drop_output()


def _drop_output() -> None:
    """Write nothing more: what nobody can take would be tried again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
