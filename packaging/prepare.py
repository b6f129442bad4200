"""Makes `.venv` ready for the Makefile: the right Python, the system libraries that Qt needs, the project itself.

Runs on the system's own Python before anything is installed, so it uses the standard library alone and must not import
the project; its sentences therefore stand here and not in the catalogue. What is already there is not touched.

    python3 packaging/prepare.py VENV STAMP [EXTRA...]
"""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
# What the Qt wheels leave to the system, and the Debian package that brings it (tried on a bare Debian 12).
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",  # brings a Latin font too: without one every letter is a box
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}


def main(arguments: list[str]) -> int:
    """Prepare the environment and write the stamp; 0 when it is ready, 1 with a sentence when it is not."""
    if sys.version_info < OLDEST:
        version = ".".join(map(str, sys.version_info[:3]))
        say(f"FieldGuide needs Python 3.11 or newer and this is {version}: try make PYTHON=python3.11")
        return 1
    venv, stamp, extras = Path(arguments[0]), Path(arguments[1]), arguments[2:]
    install_system_libraries()
    if not is_whole(venv) and not create(venv):
        return 1
    wanted = f".[{','.join(extras)}]" if extras else "."
    print(f"Installing {wanted} into {venv}: the first time this downloads torch and Qt and takes minutes.", flush=True)
    pip = [str(python_of(venv)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", wanted]
    if subprocess.run(pip, check=False).returncode:
        say("pip could not install the project; the reason stands above. Running make again goes on.")
        return 1
    stamp.touch()
    return 0


def python_of(venv: Path) -> Path:
    """The interpreter of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_whole(venv: Path) -> bool:
    """Whether the environment exists and has a working pip (an interrupted set-up leaves one without)."""
    python = python_of(venv)
    return python.exists() and succeeds([str(python), "-m", "pip", "--version"])


def create(venv: Path) -> bool:
    """Make the environment, with Debian's venv package first where root may install it; False after naming it."""
    if succeeds([sys.executable, "-m", "venv", "--clear", str(venv)]):
        return True
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if may_install() and apt_install([package]) and succeeds([sys.executable, "-m", "venv", "--clear", str(venv)]):
        return True
    shutil.rmtree(venv, ignore_errors=True)
    say(f"Python's venv module does not work here; on Debian: sudo apt-get install {package}")
    return False


def install_system_libraries() -> None:
    """Install what Qt lacks as root on Debian; otherwise name the one command and go on."""
    missing = missing_packages()
    if not sys.platform.startswith("linux") or not missing:
        return
    if may_install() and apt_install(missing):
        return
    name_packages(missing)


def missing_packages() -> list[str]:
    """Debian packages of the libraries that Qt's window lacks here."""
    return [package for library, package in QT_LIBRARIES.items() if not loads(library)]


def name_packages(missing: list[str]) -> None:
    """Name the one command that installs them."""
    command = shlex.join(["sudo", "apt-get", "install", "--no-install-recommends", *missing])
    say(f"Qt's window needs libraries that this system lacks; on Debian and Ubuntu: {command}")


def loads(library: str) -> bool:
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def may_install() -> bool:
    """Whether this is root on a system with apt."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages without a question."""
    print("Installing system packages:", *packages, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        say(done.stderr.strip())
    return done.returncode == 0


def say(sentence: str) -> None:
    """Tell the person what is wrong."""
    print(sentence, file=sys.stderr, flush=True)


def succeeds(command: list[str]) -> bool:
    """Whether a command ends well; what it prints is dropped."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
