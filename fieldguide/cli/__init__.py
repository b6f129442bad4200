"""The command `fieldguide`: opens the window, identifies photos, looks kinds up, or hands over to the trainer.

Exit status: 0 all well, 1 something could not be read, 2 the call itself was wrong or nothing could be done. Heavy
libraries (torch, Qt) are imported by the command that needs them. Language and model are those of the settings: without
any, English and the starter model.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fieldguide import __version__
from fieldguide.core.arguments import Arguments
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import NoSentencesError, choose_language, explain, text
from fieldguide.storage.inbox import hand_over, has_window
from fieldguide.storage.locations import LIBRARY_VARIABLE, find_locations
from fieldguide.storage.settings import read_settings

USAGE = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status (argparse itself exits with 2 on a wrong call)."""
    words = _take_library(list(sys.argv[1:] if argv is None else argv))
    if words[:1] != ["train"]:  # where no thread may be started, numpy's library says that somebody pressed Ctrl+C
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        if words[:1] == ["train"]:
            return _train(words[1:])
        if words == ["--selftest"]:  # first: it must work where settings and sentences do not
            return int(importlib.import_module("fieldguide.cli.selftest").selftest())
        read = read_settings(find_locations().settings)
        choose_language(read.settings.language)
        if words[:1] in (["identify"], ["guide"], ["history"], ["doctor"]) or (words and words[0].startswith("-")):
            if read.problem is not None:  # the window tells it itself
                _complain(explain(read.problem))
            return _parse_and_run(words, read.settings.model_path)
        return _open_window(words)
    except FieldGuideError as error:
        return _complain(explain(error))
    except NoSentencesError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        _complain(text("cli.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _take_library(words: list[str]) -> list[str]:
    """The words behind `--library FOLDER`; the folder is kept where every part of the program looks: as a variable."""
    if words[:1] != ["--library"] or len(words) < 2:
        return words
    os.environ[LIBRARY_VARIABLE] = str(Path(words[1]).absolute())
    return words[2:]


def _parse_and_run(words: list[str], chosen_model: Path | None) -> int:
    parser = _parser()
    arguments = parser.parse_args(words)
    if arguments.command is None:
        return _open_window([])
    if arguments.command == "doctor":
        from fieldguide.cli.doctor import doctor

        return doctor(arguments.zip)
    if arguments.command == "history":
        from fieldguide.cli.history import run

        return run(arguments)
    from fieldguide.core.hands import read_seen

    seen = read_seen(arguments.seen, dug_out=arguments.dug)
    if arguments.command == "guide":
        from fieldguide.cli.guide import look_up

        if not arguments.name and not seen:
            parser.error(text("cli.kind_or_seen"))
        return look_up(" ".join(arguments.name), seen, as_json=arguments.json)
    from fieldguide.cli.identify import identify

    if not arguments.photos and not seen and not arguments.asked:
        parser.error(text("cli.nothing_given"))
    return identify(
        arguments.photos,
        seen=seen,
        asked=arguments.asked,
        as_json=arguments.json,
        group=arguments.group,
        model=arguments.model or chosen_model,
        device=arguments.device,
    )


def _parser() -> argparse.ArgumentParser:
    parser = Arguments(prog="fieldguide", description=text("cli.description"), epilog=text("cli.epilog"))
    parser.add_argument(
        "--version", action="version", version=f"fieldguide {__version__}", help=text("cli.help_version")
    )
    parser.add_argument("--library", metavar="FOLDER", help=text("cli.help_library"))
    parser.add_argument("--selftest", action="store_true", help=text("cli.help_selftest"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    sentence = text("cli.command_identify")
    identify = commands.add_parser("identify", help=sentence, description=sentence, epilog=text("cli.epilog"))
    identify.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help=text("cli.help_photos"))
    identify.add_argument("--json", action="store_true", help=text("cli.help_json"))
    identify.add_argument("--group", action="store_true", help=text("cli.help_group"))
    identify.add_argument("--model", type=Path, metavar="FILE", help=text("cli.help_model"))
    identify.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help=text("cli.help_device"))
    identify.add_argument("--asked", action="store_true", help=text("cli.help_asked"))
    sentence = text("cli.command_guide")
    guide = commands.add_parser("guide", help=sentence, description=sentence, epilog=text("cli.epilog"))
    guide.add_argument("name", nargs="*", metavar="NAME", help=text("cli.help_name"))
    guide.add_argument("--json", action="store_true", help=text("cli.help_json"))
    for verb in (identify, guide):
        verb.add_argument("--seen", action="append", default=[], metavar="CHARACTER=VALUE", help=text("cli.help_seen"))
        verb.add_argument("--dug", action="store_true", help=text("cli.help_dug"))
    from fieldguide.cli.history import add_arguments

    sentence = text("cli.command_history")
    add_arguments(commands.add_parser("history", help=sentence, description=sentence))
    sentence = text("cli.command_doctor")
    doctor = commands.add_parser("doctor", help=sentence, description=sentence)
    doctor.add_argument("--zip", type=Path, metavar="FILE", help=text("cli.help_zip"))
    commands.add_parser("train", help=text("cli.command_train"), add_help=False)
    return parser


def _open_window(words: list[str]) -> int:
    """Open the window, with the photos that were named; on a machine without a display say so."""
    strange = next((word for word in words if not Path(word).exists()), None)
    if strange is not None:
        return _complain(text("cli.strange_word", word=strange))
    library = find_locations().library
    if has_window(library) and hand_over(library, [Path(word) for word in words]):
        return 0  # before anything heavy is imported
    if not _has_display():
        return _complain(text("cli.no_display"))
    try:
        app = importlib.import_module("fieldguide.app")
    except ImportError as problem:  # a system library that Qt needs is not installed
        return _complain(text("cli.no_window", problem=problem))
    return int(app.main([Path(word) for word in words]))


def _has_display() -> bool:
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _train(words: list[str]) -> int:
    """The one door to the trainer: in this Python where its libraries are, else in the environment made for it."""
    from fieldguide.storage.trainer_home import TrainerHome, carried_wheel, find_trainer

    home = TrainerHome(find_locations().trainer, carried_wheel())
    if words[:1] == ["--set-up"]:
        from fieldguide.cli.set_up import set_up

        return set_up(home, words[1:])
    call = find_trainer(home)
    if call is None:
        raise FieldGuideError(ErrorCode.TRAINER_NOT_SET_UP if home.wheel else ErrorCode.TRAINER_MISSING)
    if call.path:
        return int(importlib.import_module("trainer.cli").main(words))
    return subprocess.run([*call.command, *words], env=call.environment(), check=False).returncode


def _complain(sentence: str) -> int:
    print(f"fieldguide: {sentence}", file=sys.stderr)
    return USAGE
